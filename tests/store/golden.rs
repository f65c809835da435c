//! Files that earlier versions wrote: each is opened by this one, brought up to date, and audited.
//!
//! `tests/data/store/schema-N.db.gz` is a whole database as schema N was. Once the schema was released, its file is
//! never changed. Where `SCHEMA_VERSION` was raised, [`should_have_a_file_of_every_schema`] fails until
//!
//! ```text
//! cargo test --test store -- --ignored make_a_golden_file
//! ```
//!
//! has written the new one from what [`fill`] does; a schema that was never released may be written anew after its
//! file is deleted. What [`fill`] learns later, older files lack: ask for that from its schema on only.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use teller::address::DepositAddress;
use teller::coins::Family;
use teller::deposit::{BlockAt, DepositState};
use teller::engine::{BuyMethods, FoundDeposit, Intake};
use teller::ledger::{Account, Asset};
use teller::payout::{
    AttemptState, HoldReason, Inherited, PayoutState, PublicStatus, SpendVerdict, Verdict, Waiting,
};
use teller::price::{BindPromise, PriceNote, PromisedPrice};
use teller::rail::Hold;
use teller::skycoin::{CoinHours, Transaction};
use teller::store::kv::Backend;
use teller::store::{
    Accounts, AddressEvent, AttemptEvent, BlockGaps, Books, Chains, DepositEvent, Derivation, Event,
    GapEffect, Identities, Offer, OwnMoney, OwnMoneyTable, Page, Passed, PayoutEvent, Pool, Reconciled,
    RedbBackend, Rescan, SCHEMA_VERSION, Seen, Store, Tables, WaitingPage, WalletEvent, read_schema_version,
};
use teller::testing::signed;
use teller::types::{
    Actor, AttemptNo, BlockHash, BlockRef, BuyMethod, Claim, Coin, Contract, DepositId, DepositNo, Droplets,
    Hash32, Height, PerCoin, Rate, Symbol, Token, Units, UnixTime, Work,
};

use crate::support::{self, WALLET, addresses, audit, bind, foreign_spend, open, payee};

const POOL: usize = 8;
const ETH: &str = "0x2cf014d432e92685ef1cf7bc7967a4e4debca092";
const SKY: &str = "2ANKJFgszWDKS9vUEEkHCDBUDmsxSfxc12y";

fn golden(schema: u32) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/data/store/schema-{schema}.db.gz"))
}

#[test]
fn should_have_a_file_of_every_schema() {
    for schema in 1..=SCHEMA_VERSION {
        let path = golden(schema);
        assert!(path.is_file(), "{} is missing: see the head of {}", path.display(), file!());
    }
}

#[test]
fn should_open_what_every_schema_left() {
    for schema in 1..=SCHEMA_VERSION {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("teller.db");
        let mut bytes = Vec::new();
        GzDecoder::new(File::open(golden(schema)).unwrap()).read_to_end(&mut bytes).unwrap();
        std::fs::write(&path, bytes).unwrap();

        let backend =
            RedbBackend::open(&path, move |percent| panic!("schema {schema} is repaired: {percent} %"))
                .unwrap();
        let stored = |backend: &dyn Backend| read_schema_version(&*backend.snapshot().unwrap()).unwrap();
        assert_eq!(stored(&backend), Some(schema));
        let backend: Arc<dyn Backend> = Arc::new(backend);
        let store = open(Arc::clone(&backend)).unwrap();
        assert_eq!(stored(&*backend), Some(SCHEMA_VERSION), "schema {schema}");
        assert_eq!(audit(&store), Vec::<String>::new(), "schema {schema}");
        assert_is_filled(&store);

        // And it goes on from there.
        bind(&store, 3, addresses(3)[2]).unwrap();
        sign(&store, 5, &[(3, 1_000_000)]);
        assert_eq!(audit(&store), Vec::<String>::new(), "schema {schema}");
    }
}

#[test]
#[ignore = "writes into tests/data; run it by name when the schema has changed"]
fn make_a_golden_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("teller.db");
    let store = open(Arc::new(RedbBackend::open(&path, |_| {}).unwrap())).unwrap();
    fill(&store);
    assert_eq!(audit(&store), Vec::<String>::new());
    assert_is_filled(&store);
    store.release();
    drop(store);
    // What was released is never written over.
    std::fs::create_dir_all(golden(SCHEMA_VERSION).parent().unwrap()).unwrap();
    let file = File::create_new(golden(SCHEMA_VERSION)).unwrap();
    let mut packed = GzEncoder::new(file, Compression::best());
    packed.write_all(&std::fs::read(&path).unwrap()).unwrap();
    packed.finish().unwrap();
}

fn address(coin: Coin) -> DepositAddress {
    match coin.family() {
        Family::BitcoinLike if coin == Coin::BTC => addresses(1)[0],
        Family::BitcoinLike => unreachable!("{coin} is not in the file"),
        Family::Ethereum => DepositAddress::parse(coin.main_network(), ETH).unwrap(),
        Family::Skycoin => DepositAddress::parse(coin.main_network(), SKY).unwrap(),
    }
}

fn block(height: u8) -> BlockRef {
    BlockRef { height: Height::new(height.into()), hash: BlockHash([height; 32]) }
}

fn at(height: u8) -> BlockAt {
    BlockAt { height: Height::new(height.into()), hash: Some(BlockHash([height; 32])), waits: 0 }
}

fn record(store: &Store, event: impl Into<Event>) {
    let event = event.into();
    store.write_blocking(move |tx| tx.record(event.clone())).unwrap();
}

fn act(store: &Store, act: impl Into<Event>) {
    let act = act.into();
    store.write_blocking(move |tx| tx.record_act(Actor::operator(), act.clone())).unwrap();
}

fn usdt() -> Token {
    Token { contract: Contract([0xda; 20]), symbol: Symbol::parse("USDT").unwrap(), decimals: 6 }
}

fn deposit(store: &Store, coin: Coin, tx: &str, amount: u128, is_final: bool) {
    deposit_of(store, coin, None, tx, amount, is_final);
}

fn deposit_of(store: &Store, coin: Coin, token: Option<Token>, tx: &str, amount: u128, is_final: bool) {
    let rate = |coin: Coin| if coin == Coin::ETH { "1/3" } else { coin.facts().settings.rate.unwrap() };
    let rates = PerCoin::new(|coin| Rate::parse(rate(coin)).unwrap());
    let tokens = [(usdt(), Rate::parse("0.5").unwrap())];
    let intake = Intake::fixed(&rates, &tokens, 3, BuyMethods::default());
    let id = DepositId { coin, tx: tx.to_owned(), n: 1, token: token.map(|token| token.contract) };
    let block = if is_final { at(102) } else { at(104) };
    let found =
        FoundDeposit { id, token, address: address(coin), amount: Units::new(amount), block, is_final };
    store.act_blocking(move |tx| intake.take(tx, &found)).unwrap();
}

fn sign(store: &Store, input: u8, payouts: &[(u64, u64)]) -> AttemptNo {
    let payouts: Vec<_> = payouts.iter().map(|(no, droplets)| (DepositNo::new(*no), *droplets)).collect();
    support::sign(store, input, &payouts).unwrap()
}

/// A bit of everything that a database can hold.
/// What was promised with a binding.
fn promise() -> Option<BindPromise> {
    let note = PriceNote { source: "fixed".into(), at: UnixTime::new(7), spread: "0".parse().unwrap() };
    let price = PromisedPrice { token: None, rate: "500".into(), note };
    BindPromise::new(vec![price], UnixTime::new(7), Duration::from_secs(900))
}

pub(crate) fn fill(store: &Store) {
    let pool = addresses(POOL);
    store.write_blocking(move |tx| tx.put_pool_chunk(Coin::BTC, 1, 0, &pool)).unwrap();
    let total = u64::try_from(POOL).unwrap();
    let pool = Pool { generation: 1, digest: [7; 32], total, ..Pool::default() };
    store.write_blocking(move |tx| tx.switch_pool(Coin::BTC, pool.clone())).unwrap();
    bind(store, 1, address(Coin::BTC)).unwrap();
    bind(store, 1, address(Coin::ETH)).unwrap();
    bind(store, 2, address(Coin::SKY)).unwrap();
    record(store, AddressEvent::AccountUsed { account: 1, coin: Coin::BTC, identity: [8; 32] });
    let derivation = Some(Derivation { account: 1, index: 3 });
    let offer = Offer { address: addresses(2)[1], derivation };
    store.write_blocking(move |tx| tx.bind_promised(payee(2), offer, promise()).map(drop)).unwrap();
    follow(store);
    meet(store);

    deposit(store, Coin::BTC, "confirming", 1_000_000, false);
    deposit(store, Coin::BTC, "undecided", 200_000, true);
    for tx in ["owed", "held", "refused", "sent", "settled", "died", "orphaned", "quarantined"] {
        deposit(store, Coin::BTC, tx, 200_000, true);
    }
    deposit(store, Coin::BTC, "void", 1, true);
    deposit(store, Coin::ETH, "large", 3_000_000_000_000_000_000_000, true);
    deposit(store, Coin::SKY, "sky", 2_500_000, true);
    deposit_of(store, Coin::ETH, Some(usdt()), "token", 7_000_000, true);
    for payout in (3..=13).map(DepositNo::new) {
        record(store, PayoutEvent::Decided { payout, method: BuyMethod::Direct });
    }
    pay(store);
    crate::golden_upstream::fill(store, 15);
    crate::golden_prices::fill(store, 22);
    crate::golden_people::fill(store);
    crate::golden_inherited::fill(store, 24);
    crate::golden_answers::fill(store);
    crate::golden_receivers::fill(store);
    crate::golden_withdrawals::fill(store);
}

fn follow(store: &Store) {
    store.write_blocking(|tx| tx.start_chain(Coin::BTC, block(100))).unwrap();
    store
        .write_blocking(|tx| {
            tx.extend_chain(
                Coin::BTC,
                block(100),
                &[101, 102, 103, 104, 105].map(|height| (block(height), Work::new(9))),
            )
        })
        .unwrap();
    store.write_blocking(|tx| tx.set_finalized(Coin::BTC, Height::new(103))).unwrap();
    let (from, to, next) = (Height::new(50), Height::new(90), Height::new(60));
    store
        .write_blocking(move |tx| tx.set_rescan(Coin::BTC, Some(Rescan { from, to, next, found: 1 })))
        .unwrap();
    note_gaps(store);
}

/// One transaction of each kind that is passed over, in a block that was followed blindly.
fn note_gaps(store: &Store) {
    let (address, amount) = (address(Coin::ETH), Units::new(5));
    let effects = [
        GapEffect::Unknown("no answer in time".into()),
        GapEffect::Grew(vec![(address, amount)]),
        GapEffect::Rival { deposit: DepositNo::FIRST, address, amount, token: None },
        GapEffect::Untrue { address, token: usdt(), amount },
    ];
    let passed =
        (0..).zip(effects).map(|(n, effect)| Passed { tx: format!("0x0{n}"), why: "why".into(), effect });
    let at = BlockRef { height: Height::new(7), hash: BlockHash([7; 32]) };
    let gaps = BlockGaps { at, blind: Some("no traces".into()), passed: passed.collect() };
    let seen = Seen { by: Actor::operator(), why: "not ours".into(), at: UnixTime::new(5) };
    store.write_blocking(move |tx| tx.note_gaps(Coin::ETH, &gaps)).unwrap();
    store
        .write_blocking(move |tx| tx.see_passed(Coin::ETH, at.height, "0x00", seen.clone()).map(drop))
        .unwrap();
}

/// Whose chains they are, and money that was ours before.
fn meet(store: &Store) {
    store.write_blocking(|tx| tx.identify(Some(Coin::BTC), "bitcoin")).unwrap();
    store.write_blocking(|tx| tx.identify(None, "skycoin")).unwrap();
    let id = DepositId { coin: Coin::BTC, tx: "change".to_owned(), n: 2, token: None };
    let own = OwnMoney { address: address(Coin::BTC), amount: Units::new(7), block: at(102) };
    record(store, AddressEvent::OwnMoneySeen { id, own });
}

fn pay(store: &Store) {
    let why = HoldReason::Rail(Hold::NotEnoughCoins { spendable: Droplets::new(999_999) });
    record(store, PayoutEvent::Held { payout: DepositNo::new(4), why });
    let refused = sign(store, 1, &[(5, 1_000_000)]);
    record(store, AttemptEvent::Refused { attempt: refused, words: "no".into() });
    let sent = sign(store, 2, &[(6, 1_000_000), (13, 2_500_000)]);
    record(store, AttemptEvent::Sent { attempt: sent });
    let settled = sign(store, 3, &[(7, 1_000_000), (10, 1_000_000)]);
    record(store, AttemptEvent::Sent { attempt: settled });
    record(store, AttemptEvent::Settled { attempt: settled, block: block(9), burnt: CoinHours::new(7) });
    let died = sign(store, 4, &[(8, 1_000_000)]);
    record(store, AttemptEvent::Died { attempt: died, why: "spent by another".into() });
    record(store, DepositEvent::Orphaned { deposit: DepositNo::new(9) });
    record(store, DepositEvent::Quarantined { deposit: DepositNo::new(10) });
    rule(store);
}

/// What a person did: accepted a loss, voided a payout, had a transaction withdrawn.
fn rule(store: &Store) {
    let why = "as agreed".to_owned();
    for (payout, verdict) in [(10, Verdict::Pay), (9, Verdict::Void)] {
        act(store, PayoutEvent::Ruled { payout: DepositNo::new(payout), verdict, why: why.clone() });
    }
    let of = AttemptNo::FIRST;
    act(store, AttemptEvent::WithdrawalAsked { attempt: of, why });
    let raw = signed(Claim([1; 32]), &[(WALLET, Droplets::new(7))]).encode();
    store.write_blocking(move |tx| tx.sign_withdrawal(of, raw.clone(), WALLET)).unwrap();
    spend(store);
    for (address, tx) in [(address(Coin::BTC), Some("tainting".to_owned())), (addresses(5)[4], None)] {
        let amount = tx.as_ref().map(|_| Units::new(7));
        record(store, AddressEvent::Tainted { address, tx, amount, height: Height::new(101) });
    }
    act(
        store,
        AddressEvent::Released {
            address: addresses(5)[4],
            why: "asked".to_owned(),
            up_to: Some(Height::new(120)),
        },
    );
    store.write_blocking(|tx| tx.set_vetted(Coin::BTC, 1, 3)).unwrap();
}

/// Somebody else with the wallet's keys spent from it, which was the operator.
fn spend(store: &Store) {
    let found = foreign_spend(9, &[(payee(7), Droplets::new(7))], Some(block(8)));
    let txid = found.txid;
    record(store, WalletEvent::SpendFound { spend: found });
    let (why, verdict) = ("cold wallet".to_owned(), SpendVerdict::Mine);
    act(store, WalletEvent::SpendRuled { txid, verdict, why });
    // And what had been given up for dead was confirmed all the same.
    let back = foreign_spend(4, &[(payee(1), Droplets::new(1_000_000))], Some(block(8)));
    let (txid, why) = (back.txid, "it was".to_owned());
    record(store, WalletEvent::SpendFound { spend: back });
    act(store, WalletEvent::SpendRuled { txid, verdict, why });
    let reconciled = Reconciled { to: block(9), wallet: Hash32([7; 32]) };
    store.write_blocking(move |tx| tx.set_reconciled(reconciled)).unwrap();
}

/// What [`fill`] left, however old the file is.
fn assert_is_filled(store: &Store) {
    crate::golden_answers::assert_is_filled(store);
    crate::golden_receivers::assert_is_filled(store);
    let snapshot = store.snapshot();
    let counters = snapshot.counters();
    assert_eq!((counters.bindings, counters.deposits, counters.attempts), (4, 26, 5));
    let balances = snapshot.balances().unwrap();
    assert_eq!(balances.received(Coin::ETH), Units::new(3_000_000_000_000_000_000_000));
    assert_eq!(balances.amount(Asset::Token(usdt()), Account::Received), Units::new(7_000_000));
    let (pool, total) = (snapshot.pool(Coin::BTC), u64::try_from(POOL).unwrap());
    assert_eq!((pool.generation, pool.total, pool.digest), (1, total, [7; 32]));

    let bound = snapshot.bindings_of(&payee(1)).unwrap();
    let bound: Vec<_> = bound.iter().map(|bound| bound.address.to_string().to_lowercase()).collect();
    assert_eq!(bound, [address(Coin::BTC).to_string().to_lowercase(), ETH.to_owned()]);
    assert_eq!(snapshot.find_address(&address(Coin::SKY)).unwrap().unwrap().payee, payee(2));

    let all = snapshot.deposits(None, Page::ALL).unwrap();
    let lines: Vec<String> = all.into_iter().map(|no| line(&*snapshot, no)).collect();
    assert_eq!(lines, LINES);
    let done = snapshot.deposits(Some(PublicStatus::Done), Page::ALL).unwrap();
    assert_eq!(done, [7, 9, 10, 11, 24, 26].map(DepositNo::new));
    let states = (1..=4).map(|no| snapshot.attempt(AttemptNo::new(no)).unwrap().unwrap().state);
    let (settled, dead) =
        (AttemptState::Settled { block: block(9), burnt: CoinHours::new(7) }, "spent by another".into());
    let expected = [AttemptState::Signed, AttemptState::Sent, settled, AttemptState::Dead { why: dead }];
    assert_eq!(states.collect::<Vec<_>>(), expected);
    let sent = snapshot.attempt(AttemptNo::new(2)).unwrap().unwrap();
    let stored = snapshot.signed_transaction(sent.no).unwrap().unwrap();
    let transaction = Transaction::decode(&stored.raw).unwrap();
    assert_eq!((sent.txid, stored.parts.len()), (transaction.txid(), 2));
    assert_eq!(snapshot.claimed_by(Claim([2; 32])).unwrap(), Some(AttemptNo::new(2)));

    let cursor = snapshot.cursor(Coin::BTC).unwrap().unwrap();
    assert_eq!((cursor.tip, cursor.finalized), (block(105), Some(Height::new(103))));
    assert_eq!(snapshot.block_hash(Coin::BTC, Height::new(101)).unwrap(), Some(BlockHash([101; 32])));
    assert_eq!(snapshot.rescan(Coin::BTC).unwrap().map(|rescan| rescan.next), Some(Height::new(60)));
    assert_eq!(snapshot.identity(Some(Coin::BTC)).unwrap().as_deref(), Some("bitcoin"));
    assert_eq!(snapshot.identity(None).unwrap().as_deref(), Some("skycoin"));
    let accounts = snapshot.accounts().unwrap();
    assert_eq!((accounts.len(), accounts[0].identity, accounts[0].next), (1, [8; 32], 4));
    let own = snapshot.all_own_money(None, 9).unwrap();
    assert_eq!((own.len(), own[0].0.to_string(), own[0].1.amount), (1, "change:2".to_owned(), Units::new(7)));
    assert_eq!(snapshot.balances().unwrap().lost(Coin::BTC), Units::new(200_000));
    let strays = snapshot.strays(None, usize::MAX).unwrap();
    assert_eq!(
        (strays.len(), strays[0].deposit, strays[0].attempt),
        (1, DepositNo::new(8), AttemptNo::new(4))
    );
    let first = WaitingPage { after: None, limit: 9 };
    let lost = snapshot.waiting(Waiting::Lost, first).unwrap();
    assert_eq!(lost.iter().map(|(_, no)| no.get()).collect::<Vec<_>>(), [10]);
    let withdrawn = snapshot.attempt(AttemptNo::new(1)).unwrap().unwrap();
    assert_eq!(withdrawn.refusal.as_ref().map(|refusal| refusal.words.as_str()), Some("no"));
    assert!(withdrawn.is_withdrawn() && withdrawn.rival == Some(AttemptNo::new(5)));
}

/// Deposit, where it stands, what it is worth in droplets; its payout.
const LINES: [&str; 26] = [
    "confirming:1 confirming 5000000, no payout",
    "undecided:1 final 1000000, undecided",
    "owed:1 final 1000000, owed",
    "held:1 final 1000000, held",
    "refused:1 final 1000000, signed in 1",
    "sent:1 final 1000000, sent in 2",
    "settled:1 final 1000000, settled in 3",
    "died:1 final 1000000, owed",
    "orphaned:1 orphaned 1000000, voided",
    "quarantined:1 quarantined 1000000, settled in 3",
    "void:1 final 0, void",
    "large:1 final 1000000000, owed",
    "sky:1 final 2500000, sent in 2",
    "token:1 final 3500000, undecided",
    "upstream 0:0 final 5000000, owed",
    "upstream 1:0 final 5000000, buying by 2",
    "upstream 2:0 final 5000000, buying by 3",
    "upstream 3:0 final 5000000, buying by 4",
    "upstream 4:0 final 5000000, to buy",
    "upstream 5:0 final 5000000, buying by 6",
    "upstream 6:0 final 5000000, to buy",
    "priced late:0 confirming 990000, no payout",
    "without a price:0 confirming no price, no payout",
    "paid before:0 final 1000000, paid before",
    "inherited:0 final 1000000, inherited",
    "said to be paid:0 final 1000000, paid before",
];

fn line(tables: &dyn Tables, no: DepositNo) -> String {
    let deposit = tables.deposit(no).unwrap().unwrap();
    let state = match deposit.state {
        DepositState::Confirming { .. } => "confirming",
        DepositState::Final { .. } => "final",
        DepositState::Orphaned { .. } => "orphaned",
        DepositState::Quarantined { .. } => "quarantined",
    };
    let payout = match tables.payout(no).unwrap().map(|payout| payout.state) {
        None => "no payout".to_owned(),
        Some(PayoutState::Undecided) => "undecided".to_owned(),
        Some(PayoutState::Owed { .. }) => "owed".to_owned(),
        Some(PayoutState::Held { .. }) => "held".to_owned(),
        Some(PayoutState::Signed { attempt, .. }) => format!("signed in {attempt}"),
        Some(PayoutState::Sent { attempt, .. }) => format!("sent in {attempt}"),
        Some(PayoutState::Settled { attempt, .. }) => format!("settled in {attempt}"),
        Some(PayoutState::Void) => "void".to_owned(),
        Some(PayoutState::Voided { .. }) => "voided".to_owned(),
        Some(PayoutState::ToBuy { .. }) => "to buy".to_owned(),
        Some(PayoutState::Buying { order }) => format!("buying by {order}"),
        Some(PayoutState::Inherited(Inherited::Paid { .. })) => "paid before".to_owned(),
        Some(PayoutState::Inherited(Inherited::Unclear { .. })) => "inherited".to_owned(),
    };
    let quote = deposit.quote.map_or_else(|| "no price".to_owned(), |quote| quote.get().to_string());
    format!("{} {state} {quote}, {payout}", deposit.id)
}
