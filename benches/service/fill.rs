//! Addresses, bindings and deposits in large numbers, made quickly.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use bitcoin::hashes::Hash;
use bitcoin::{Address as BtcAddress, Network, PubkeyHash, ScriptBuf};
use teller::address::DepositAddress;
use teller::clock::SystemClock;
use teller::deposit::BlockAt;
use teller::rail::Pays;
use teller::skycoin::{Address, CoinHours};
use teller::store::{
    AttemptEvent, DepositEvent, NewDeposit, PayoutEvent, Purpose, RedbBackend, Store, StoreError, Tables,
    WriteTx,
};
use teller::testing::signed;
use teller::types::{BlockHash, BlockRef, BuyMethod, Claim, Coin, DepositId, Droplets, Height, Units};

/// Bindings or deposits in one job while a database is filled.
const JOB: u64 = 2_000;
/// Payouts in one transaction.
const BATCH: usize = 500;
/// What each deposit is paid.
const QUOTE: Droplets = Droplets::new(1_000_000);

fn hash(kind: u8, number: u64) -> [u8; 20] {
    let mut bytes = [kind; 20];
    let mixed = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bytes[..8].copy_from_slice(&mixed.to_be_bytes());
    bytes[8..16].copy_from_slice(&number.to_be_bytes());
    bytes
}

/// The `number`th payee.
pub(crate) fn payee(number: u64) -> Address {
    Address::from_bytes(hash(0xaa, number))
}

fn script(number: u64) -> ScriptBuf {
    ScriptBuf::new_p2pkh(&PubkeyHash::from_byte_array(hash(0xbb, number)))
}

/// The `number`th deposit address.
pub(crate) fn address(number: u64) -> DepositAddress {
    DepositAddress::of_script(script(number).as_bytes(), Coin::BTC.main_network()).unwrap()
}

/// An address file with the addresses from `from` on.
pub(crate) fn address_file(path: &Path, from: u64, count: u64) {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
    let mut line = String::new();
    for number in from..from + count {
        line.clear();
        writeln!(line, "{}", BtcAddress::from_script(&script(number), Network::Bitcoin).unwrap()).unwrap();
        file.write_all(line.as_bytes()).unwrap();
    }
    file.flush().unwrap();
}

/// A database with the first `bindings` addresses bound, one to a payee, and `deposits` paid into the first of them.
pub(crate) fn database(dir: &Path, bindings: u64, deposits: u64) {
    std::fs::create_dir_all(dir).unwrap();
    let backend = Arc::new(RedbBackend::open(&dir.join("teller.db"), |_| {}).unwrap());
    let store = Store::open(backend, Purpose::play(Coin::BTC.main_network()), Arc::new(SystemClock), &|_| {})
        .unwrap();
    for from in (0..bindings).step_by(usize::try_from(JOB).unwrap()) {
        let numbers = from..(from + JOB).min(bindings);
        let bind = store.write_blocking(move |tx| {
            numbers.clone().try_for_each(|n| tx.bind(payee(n), address(n)).map(drop))
        });
        bind.unwrap();
    }
    for from in (0..deposits).step_by(usize::try_from(JOB).unwrap()) {
        let numbers = from..(from + JOB).min(deposits);
        let job = store.write_blocking(move |tx| {
            let mut owed = Vec::new();
            for number in numbers.clone() {
                let binding = tx.find_address(&address(number % bindings))?.unwrap();
                let deposit = tx.see_deposit(&binding, deposit(number))?;
                tx.record(DepositEvent::Finalized { deposit })?;
                tx.record(PayoutEvent::Decided { payout: deposit, method: BuyMethod::Direct })?;
                owed.push(Pays { payout: deposit, output: u32::try_from(owed.len() % BATCH).unwrap() });
            }
            owed.chunks(BATCH).try_for_each(|parts| pay(tx, parts))
        });
        job.unwrap();
    }
    store.close();
}

/// Pays them in one transaction, which confirms at once: nothing is left for the workers.
fn pay(tx: &mut WriteTx<'_>, parts: &[Pays]) -> Result<(), StoreError> {
    let first = parts[0].payout.get();
    let mut input = [0; 32];
    input[..20].copy_from_slice(&hash(0xdd, first));
    let payees = parts.iter().map(|part| tx.payout(part.payout));
    let payees = payees.collect::<Result<Vec<_>, _>>()?;
    let outputs: Vec<_> = payees.into_iter().map(|payout| (payout.unwrap().payee, QUOTE)).collect();
    let signed = signed(Claim(input), &outputs);
    tx.know_wallet(&[Address::from_bytes([0xee; 20])])?;
    let attempt = tx.sign_attempt(signed.encode(), Address::from_bytes([0xee; 20]), parts.to_vec())?;
    tx.record(AttemptEvent::Sent { attempt })?;
    let block = BlockRef { height: Height::new(1), hash: BlockHash(input) };
    tx.record(AttemptEvent::Settled { attempt, block, burnt: CoinHours::new(7) })
}

fn deposit(number: u64) -> NewDeposit {
    NewDeposit {
        token: None,
        id: DepositId { coin: Coin::BTC, tx: format!("{number:064x}"), n: 0, token: None },
        amount: Units::new(200_000),
        rate: "500".to_owned(),
        quote: Some(QUOTE),
        block: BlockAt { height: Height::new(1), hash: None, waits: 0 },
        method: BuyMethod::Direct,
        priced: None,
    }
}
