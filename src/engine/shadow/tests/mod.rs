//! What differs from the original, kind by kind.

mod edges;
mod worker;

use std::collections::BTreeMap;

use super::*;
use crate::address::DepositAddress;
use crate::deposit::{BlockAt, Deposit, DepositState};
use crate::original::{Bolt, OriginalBinding, OriginalDeposit, Unhandled, read};
use crate::payout::{Payout, PublicStatus};
use crate::skycoin::Address;
use crate::store::{Binding, Purchase};
use crate::testing::{BoltBucket, OriginalFile, OriginalRecord, bolt_file, deposit_addresses};
use crate::types::{BindingNo, BuyMethod, DepositId, DepositNo, Droplets, Rate, TxId, Units, UnixTime};

const MIXED: &[u8] = include_bytes!("../../../../tests/data/original/mixed.db");
/// When the copy was made, and when this desk began to look on.
const MADE: UnixTime = UnixTime::new(2_000);
const BEGAN: UnixTime = UnixTime::new(1_000);
const TIP: Height = Height::new(200);

fn payee(n: u8) -> Address {
    Address::from_bytes([n; 20])
}

fn address(coin: Coin) -> DepositAddress {
    deposit_addresses(coin)[0]
}

fn id(coin: Coin, tx: u8, n: u32) -> DepositId {
    DepositId { coin, tx: format!("{tx:064x}"), n, token: None }
}

/// As the original has it: paid for at 500 SKY.
fn theirs(coin: Coin, tx: u8) -> OriginalDeposit {
    let amount = Units::new(if coin == Coin::ETH { 2_000_000_000_000_000 } else { 200_000 });
    OriginalDeposit {
        seq: u64::from(tx),
        id: id(coin, tx, 0),
        address: address(coin),
        payee: payee(1),
        amount,
        rate: "500".to_owned(),
        height: Height::new(100),
        updated_at: UnixTime::new(1_500),
        method: BuyMethod::Direct,
        status: PublicStatus::Done,
        txid: Some(TxId([tx; 32])),
        sent: Droplets::new(1_000_000),
        bought: Droplets::ZERO,
        error: String::new(),
        order: String::new(),
    }
}

/// As it is seen here: the same, on the third output.
fn ours(coin: Coin, tx: u8) -> OurDeposit {
    let theirs = theirs(coin, tx);
    let block = BlockAt { height: theirs.height, hash: None, waits: 0 };
    let no = DepositNo::new(u64::from(tx));
    let deposit = Deposit {
        no,
        id: id(coin, tx, if coin == Coin::ETH { 0 } else { 2 }),
        binding: BindingNo::FIRST,
        payee_seq: 1,
        amount: theirs.amount,
        rate: theirs.rate,
        quote: Some(theirs.sent),
        seen_at: UnixTime::new(1_400),
        updated_at: UnixTime::new(1_400),
        state: DepositState::Final { block },
        previous: None,
        token: None,
        method: BuyMethod::Direct,
        priced: None,
        is_unlocated: false,
    };
    let payout = Payout::undecided(no, payee(1), theirs.sent, BEGAN);
    let payout = payout.decide(BuyMethod::Direct, deposit.worth(), BEGAN).unwrap();
    let binding = Binding {
        no: BindingNo::FIRST,
        address: address(coin),
        payee: payee(1),
        payee_seq: 1,
        bound_at: BEGAN,
        previous: None,
        last_deposit: None,
        derivation: None,
        promise: None,
    };
    OurDeposit { purchase: Purchase { deposit, payout: Some(payout) }, binding }
}

fn reach() -> Reach {
    let rules = ChainRules { is_followed: true, begins: Height::new(10), required: Some(3) };
    Reach { rules, read_to: Some(TIP), again_from: None, tip: Some(TIP) }
}

/// Everything that both know: one deposit of Bitcoin, the same in both.
struct Both {
    original: Original,
    sight: Sight,
    early: Early,
}

impl Both {
    fn of(coin: Coin) -> Both {
        let (there, here) = (theirs(coin, 1), ours(coin, 1));
        let bound = OriginalBinding { address: address(coin), payee: payee(1) };
        let sight = Sight {
            bindings: vec![(BindingNo::FIRST, address(coin), payee(1))],
            deposits: vec![here],
            chains: PerCoin::new(|_| reach()),
            began: Some(BEGAN),
            max_decimals: 3,
        };
        let original = Original { bindings: vec![bound], deposits: vec![there], ..Original::default() };
        Both { original, sight, early: Early::new() }
    }

    fn there(&mut self, change: impl FnOnce(&mut OriginalDeposit)) -> &mut Both {
        change(&mut self.original.deposits[0]);
        self
    }

    fn here(&mut self, change: impl FnOnce(&mut Deposit)) -> &mut Both {
        change(&mut self.sight.deposits[0].purchase.deposit);
        self
    }

    fn compare(&mut self) -> Comparison {
        compare(&self.original, MADE, &self.sight, &mut self.early)
    }

    /// What differs, and why.
    fn told(&mut self) -> Vec<(DifferenceKind, Option<Because>)> {
        self.compare().differences.iter().map(|one| (one.kind, one.because)).collect()
    }
}

#[test]
fn should_find_nothing_where_nothing_differs() {
    for coin in [Coin::BTC, Coin::ETH, Coin::SKY] {
        let compared = Both::of(coin).compare();
        assert_eq!((compared.agreed, compared.in_flight), (1, 0), "{coin}: {:?}", compared.differences);
        assert!(compared.differences.is_empty());
    }
}

#[test]
fn should_tell_a_deposit_that_is_not_there() {
    let mut both = Both::of(Coin::BTC);
    both.sight.deposits.clear();
    let not_seen = |because| vec![(DifferenceKind::NotSeen, because)];
    assert_eq!(both.told(), not_seen(None));
    both.sight.chains[Coin::BTC].again_from = Some(Height::new(100));
    assert_eq!(both.told(), not_seen(Some(Because::NotReadYet)));
    both.sight.chains[Coin::BTC] = Reach { read_to: Some(Height::new(99)), ..reach() };
    assert_eq!(both.told(), not_seen(Some(Because::NotReadYet)));
    both.sight.chains[Coin::BTC].rules.begins = Height::new(101);
    assert_eq!(both.told(), not_seen(Some(Because::BelowStart)));
    both.sight.chains[Coin::BTC].rules.is_followed = false;
    assert_eq!(both.told(), not_seen(Some(Because::CoinOff)));
    assert_eq!(Because::CoinOff.standing(), Standing::Unexplained, "it would be lost by moving over");
}

#[test]
fn should_tell_a_deposit_that_the_original_has_missed() {
    let not_taken = |because| vec![(DifferenceKind::NotTaken, because)];
    let alone = |coin| {
        let mut both = Both::of(coin);
        both.original.deposits.clear();
        both
    };
    assert_eq!(alone(Coin::BTC).told(), not_taken(None));
    let mut late = alone(Coin::BTC);
    late.here(|deposit| deposit.updated_at = UnixTime::new(2_001));
    assert_eq!(late.told(), not_taken(Some(Because::AfterTheCopy)));
    // It has gone past that block already.
    late.original.deposits.push(OriginalDeposit { height: Height::new(101), ..theirs(Coin::BTC, 7) });
    assert!(late.told().contains(&(DifferenceKind::NotTaken, None)));
    let mut left = alone(Coin::BTC);
    let theirs = theirs(Coin::BTC, 1);
    let OriginalDeposit { id, address, amount, height, .. } = theirs;
    left.original.unhandled.push(Unhandled { id, address, amount, height });
    assert_eq!(left.told(), not_taken(Some(Because::LeftBehind)));
    let mut inside = alone(Coin::ETH);
    inside.here(|deposit| deposit.id.n = 1);
    assert_eq!(inside.told(), not_taken(Some(Because::InsideTransaction)));
    let mut waiting = alone(Coin::BTC);
    let block = BlockAt { height: Height::new(199), hash: None, waits: 0 };
    waiting.here(|deposit| deposit.state = DepositState::Confirming { block });
    assert_eq!(waiting.told(), []);
    assert_eq!(waiting.compare().confirming, 1);
}

#[test]
fn should_tell_outputs_of_one_transaction_apart() {
    let mut both = Both::of(Coin::BTC);
    let mut second = ours(Coin::BTC, 1);
    (second.purchase.deposit.id.n, second.purchase.deposit.no) = (0, DepositNo::new(2));
    second.purchase.deposit.amount = Units::new(300_000);
    both.sight.deposits.push(second);
    assert_eq!(both.told(), [(DifferenceKind::NotTaken, Some(Because::SecondOutput))]);
    let compared = both.compare();
    assert_eq!(compared.differences[0].here_no, Some(DepositNo::new(2)), "the amount tells, not the place");
    assert_eq!(compared.agreed, 1);
}

#[test]
fn should_explain_what_is_worth_something_else() {
    let told = |change: &dyn Fn(&mut OriginalDeposit)| Both::of(Coin::BTC).there(change).told();
    let worth = |because| vec![(DifferenceKind::Worth, because)];
    assert_eq!(told(&|deposit| deposit.sent = Droplets::new(999_999)), worth(None));
    let before = told(&|deposit| {
        deposit.rate = "400".to_owned();
        deposit.sent = Droplets::new(800_000);
        deposit.updated_at = BEGAN;
    });
    let because = Some(Because::BeforeThisDesk);
    assert_eq!(before, [(DifferenceKind::Rate, because), (DifferenceKind::Worth, Some(Because::Follows))]);
    let since = told(&|deposit| {
        deposit.rate = "400".to_owned();
        deposit.sent = Droplets::new(800_000);
    });
    assert_eq!(since, [(DifferenceKind::Rate, None), (DifferenceKind::Worth, Some(Because::Follows))]);
    assert_eq!(told(&|deposit| deposit.rate = "1000/2".to_owned()), [], "the same rate, written otherwise");
    // 0.00200123 BTC are 1.000615 SKY.
    let cut = |sent: u64| {
        let mut both = Both::of(Coin::BTC);
        both.there(|deposit| (deposit.amount, deposit.sent) = (Units::new(200_123), Droplets::new(sent)));
        both.here(|deposit| deposit.amount = Units::new(200_123));
        both.sight.deposits[0].purchase.payout.as_mut().unwrap().amount = Droplets::new(1_000_000);
        both.told()
    };
    assert_eq!(cut(1_000_615), worth(Some(Because::Rounding(6))));
    assert_eq!(cut(1_000_614), worth(None), "one droplet is no rounding");
}

#[test]
fn should_explain_gwei() {
    let mut both = Both::of(Coin::ETH);
    both.here(|deposit| deposit.amount = Units::new(2_000_000_999_999_999));
    let same = both.told();
    assert_eq!(same, [(DifferenceKind::Amount, Some(Because::Gwei))]);
    both.here(|deposit| deposit.amount = Units::new(2_001_000_000_000_000));
    let other = both.told();
    assert_eq!(other[0], (DifferenceKind::Amount, None), "another amount is no other way to count");
}

#[test]
fn should_tell_what_is_not_final_here() {
    let mut both = Both::of(Coin::BTC);
    let block = |height| BlockAt { height: Height::new(height), hash: None, waits: 0 };
    both.there(|deposit| deposit.height = Height::new(199));
    both.here(|deposit| deposit.state = DepositState::Confirming { block: block(199) });
    let confirmations = |because| vec![(DifferenceKind::Confirmations, because)];
    assert_eq!(both.told(), confirmations(Some(Because::NotFinalHere)));
    both.here(|deposit| deposit.state = DepositState::Final { block: block(199) });
    assert_eq!(both.told(), confirmations(Some(Because::MoreConfirmations)));
    let compared = both.compare();
    assert_eq!(compared.differences[0].there, "1 confirmation(s)", "what was seen once is not forgotten");
    both.here(|deposit| deposit.state = DepositState::Orphaned { was: block(199) });
    assert_eq!(both.told(), confirmations(None), "the original has paid what is no longer there");
}

#[test]
fn should_tell_what_was_called_done_and_what_was_paid_twice() {
    let mut nothing = Both::of(Coin::BTC);
    nothing.there(|deposit| {
        (deposit.txid, deposit.sent) = (None, Droplets::ZERO);
        deposit.error = "order failed".to_owned();
    });
    assert_eq!(nothing.told(), [(DifferenceKind::Status, Some(Because::DoneWithNothing))]);
    let mut twice = Both::of(Coin::BTC);
    twice.original.deposits.push(OriginalDeposit { txid: Some(TxId([1; 32])), ..theirs(Coin::BTC, 2) });
    twice.sight.deposits.push(ours(Coin::BTC, 2));
    assert_eq!(twice.told(), [(DifferenceKind::Paid, None), (DifferenceKind::Paid, None)]);
    let mut waits = Both::of(Coin::BTC);
    waits.there(|deposit| {
        (deposit.status, deposit.txid, deposit.sent) = (PublicStatus::WaitingSend, None, Droplets::ZERO);
    });
    assert_eq!(waits.told(), []);
    assert_eq!(waits.compare().in_flight, 1);
}

#[test]
fn should_tell_who_an_address_is_bound_to() {
    let mut both = Both::of(Coin::BTC);
    both.sight.bindings[0].2 = payee(2);
    both.sight.deposits[0].binding.payee = payee(2);
    assert_eq!(both.told(), [(DifferenceKind::Binding, None), (DifferenceKind::Payee, None)]);
    both.original.bindings.clear();
    assert_eq!(both.told()[0], (DifferenceKind::Binding, None), "an older copy, or another desk's");
}

#[test]
fn should_tell_when_it_is_safe_to_move_over() {
    let now = UnixTime::new(2_500);
    let view = |both: &mut Both| ShadowView {
        copy: Some(Arc::new(CopyView {
            made_at: MADE,
            read_at: MADE,
            bindings: 1,
            new_bindings: 0,
            differences: Vec::new(),
        })),
        comparison: Some((1, Arc::new(both.compare()))),
        reach: both.sight.chains.clone(),
        ..ShadowView::default()
    };
    assert_eq!(ShadowView::default().obstacles(now), [Obstacle::NoCopy]);
    let mut both = Both::of(Coin::BTC);
    let good = view(&mut both);
    assert_eq!(good.obstacles(now), []);
    assert!(matches!(good.obstacles(UnixTime::new(200_000))[..], [Obstacle::OldCopy(_)]));
    let torn = ShadowView { trouble: Some("torn".to_owned()), ..good.clone() };
    assert_eq!(torn.obstacles(now), [Obstacle::Unreadable("torn".to_owned())]);
    both.sight.chains[Coin::BTC].tip = None;
    assert_eq!(view(&mut both).obstacles(now), [Obstacle::Behind(Coin::BTC)], "unknown is not read");
    both.sight.chains[Coin::BTC] = reach();
    both.sight.deposits.clear();
    assert_eq!(view(&mut both).obstacles(now), [Obstacle::NothingAgreed, Obstacle::Unexplained(1)]);
}

#[test]
fn should_write_files_as_the_original_does() {
    let networks = PerCoin::new(Coin::main_network);
    let bolt = Bolt::read(MIXED.to_vec()).unwrap();
    let root = bolt.root().unwrap();
    let mut buckets: BTreeMap<Vec<u8>, BoltBucket> = BTreeMap::new();
    for (name, bucket) in &root.buckets {
        let pairs = bucket.pairs.iter().map(|(key, value)| (key.to_vec(), value.to_vec())).collect();
        buckets.insert(name.to_vec(), (bucket.sequence, pairs));
    }
    let again = Bolt::read(bolt_file(&buckets)).unwrap();
    let (was, is) = (read(&root, &networks).unwrap(), read(&again.root().unwrap(), &networks).unwrap());
    assert_eq!((was.bindings, was.deposits, was.used), (is.bindings, is.deposits, is.used));

    // Its records have the fields that the original's have.
    let fields = |bytes: &[u8], bucket: &str| -> Vec<String> {
        let value: serde_json::Value = serde_json::from_slice(bytes).unwrap();
        value.as_object().unwrap_or_else(|| panic!("{bucket}")).keys().cloned().collect()
    };
    let (address, payee) = ("1Psprg9wqrxU6NNxbrCf4tY3gsX1q9CLy2", "2NmBqyHkdnA4uL5cXo9GfjHsqEQzs3S2uS3");
    let mut file = OriginalFile::default();
    let record = OriginalRecord::waiting("BTC", (address, payee), &"ab".repeat(32), 200_000, 7);
    file.bind("BTC", address, payee).deposit(record);
    let own = Bolt::read(file.bytes()).unwrap();
    let own = own.root().unwrap();
    for bucket in ["deposit_info", "bind_address_btc"] {
        let [theirs, ours] =
            [&root, &own].map(|root| fields(root.bucket(bucket).unwrap().pairs[0].1, bucket));
        assert_eq!(theirs, ours, "{bucket}");
    }
    let read = read(&own, &networks).unwrap();
    assert_eq!((read.bindings.len(), read.deposits.len(), read.differences), (1, 1, Vec::new()));
    assert_eq!(Rate::parse(&read.deposits[0].rate).unwrap().text(), "500");
}
