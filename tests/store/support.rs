//! Backends to run on, and shorthand for what the tests do again and again.

use std::sync::Arc;

use teller::address::DepositAddress;
use teller::clock::Clock;
use teller::deposit::BlockAt;
use teller::engine::{BuyMethods, FoundDeposit, Intake, IntakeError, IntakeOutcome};
use teller::rail::{Paid, Pays, Spend};
use teller::skycoin::{Address, KeyChain, bitcoin_address};
use teller::store::kv::Backend;
use teller::store::{Audit, MemoryBackend, Purpose, RedbBackend, Store, StoreError, Tables};
use teller::testing::{Fuse, ManualClock, SimDisk, Way, signed};
use teller::types::{AttemptNo, BlockRef, Claim, Coin, DepositNo, Droplets, Height, PerCoin, Rate};

/// Every backend, by name. A new one is added here and nowhere else.
pub(crate) fn backends() -> Vec<(&'static str, Arc<dyn Backend>)> {
    vec![
        ("memory", Arc::new(MemoryBackend::default())),
        ("redb", Arc::new(RedbBackend::on_storage(SimDisk::new(Fuse::default())).unwrap())),
    ]
}

/// Every backend with every way in which a deposit is made, by name.
pub(crate) fn everywhere() -> Vec<(String, Arc<dyn Backend>, Way)> {
    let named = |way: Way| {
        backends().into_iter().map(move |(name, backend)| (format!("{name}, {way}"), backend, way))
    };
    Way::all().flat_map(named).collect()
}

pub(crate) fn open(backend: Arc<dyn Backend>) -> Result<Store, StoreError> {
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::default());
    Store::open(backend, Purpose::real(Coin::BTC.main_network()), clock, &|_| {})
}

pub(crate) fn payee(n: u8) -> Address {
    Address::from_bytes([n; 20])
}

pub(crate) fn addresses(count: usize) -> Vec<DepositAddress> {
    let keys = KeyChain::new(b"store tests").take(count);
    let text = keys.map(|key| bitcoin_address(&key.public()).to_string());
    text.map(|text| DepositAddress::parse(Coin::BTC.main_network(), &text).unwrap()).collect()
}

pub(crate) fn bind(store: &Store, n: u8, address: DepositAddress) -> Result<(), StoreError> {
    store.write_blocking(move |tx| tx.bind(payee(n), address).map(|_| ()))
}

pub(crate) fn deposit(
    store: &Store,
    address: DepositAddress,
    tx_id: &str,
    satoshi: u64,
) -> Result<IntakeOutcome, IntakeError> {
    deposit_by(store, Way::plain(Coin::BTC), address, tx_id, satoshi)
}

/// A final deposit that is worth so many satoshi of a bitcoin.
pub(crate) fn deposit_by(
    store: &Store,
    way: Way,
    address: DepositAddress,
    tx_id: &str,
    satoshi: u64,
) -> Result<IntakeOutcome, IntakeError> {
    let rate = Rate::parse("500").unwrap();
    let tokens = Way::all().filter_map(Way::token).map(|token| (token, rate.clone())).collect::<Vec<_>>();
    let rates = PerCoin::new(|_| rate.clone());
    let intake = Intake::fixed(&rates, &tokens, 3, BuyMethods::default());
    let found = FoundDeposit {
        id: way.id(tx_id),
        token: way.token(),
        address,
        amount: way.units(satoshi),
        block: BlockAt { height: Height::new(5), hash: None, waits: 0 },
        is_final: true,
    };
    store.act_blocking(move |tx| intake.take(tx, &found))
}

/// The wallet that the tests' payouts come from.
pub(crate) const WALLET: Address = Address::from_bytes([0xee; 20]);

/// As the payer does before it signs anything.
pub(crate) fn know_wallet(store: &Store) {
    store.write_blocking(|tx| tx.know_wallet(&[WALLET])).unwrap();
}

/// Stores a transaction that spends `input` and pays so many droplets to the payee of each payout; the rest is change.
pub(crate) fn sign(store: &Store, input: u8, payouts: &[(DepositNo, u64)]) -> Result<AttemptNo, StoreError> {
    know_wallet(store);
    let snapshot = store.snapshot();
    let payee = |no: DepositNo| snapshot.payout(no).unwrap().map_or(WALLET, |payout| payout.payee);
    let mut outputs: Vec<(Address, Droplets)> =
        payouts.iter().map(|&(no, droplets)| (payee(no), Droplets::new(droplets))).collect();
    outputs.push((WALLET, Droplets::new(5_000_000)));
    let raw = signed(Claim([input; 32]), &outputs).encode();
    let pays: Vec<Pays> = (0..).zip(payouts).map(|(output, &(payout, _))| Pays { payout, output }).collect();
    store.write_blocking(move |tx| tx.sign_attempt(raw.clone(), WALLET, pays.clone()))
}

/// A transaction that spends `input` of the wallet and that no store knows.
pub(crate) fn foreign_spend(input: u8, paid: &[(Address, Droplets)], block: Option<BlockRef>) -> Spend {
    let mut outputs = paid.to_vec();
    outputs.push((WALLET, Droplets::new(5_000_000)));
    let transaction = signed(Claim([input; 32]), &outputs);
    let payments = paid.iter().map(|&(to, coins)| Paid { to, coins }).collect();
    Spend { txid: transaction.txid(), block, payments, raw: transaction.encode() }
}

/// Everything the audit finds.
pub(crate) fn audit(store: &Store) -> Vec<String> {
    Audit::new(store.snapshot().kv(), &|_| {}).run_full().unwrap().messages()
}
