use std::collections::HashSet;

use proptest::prelude::*;

use super::*;
use crate::deposit::{BlockAt, Deposit, DepositState};
use crate::payout::{
    Attempt, AttemptState, ForeignSpend, HoldReason, Payout, PayoutState, Reason, Ruling, SpendRuling,
    SpendVerdict, Stray, Verdict,
};
use crate::rail::Hold;
use crate::rail::{Paid, Purpose, Spend};
use crate::skycoin::{Address, CoinHours};
use crate::types::{
    Actor, AttemptNo, BindingNo, BlockHash, BlockRef, BuyMethod, Coin, DepositId, DepositNo, Droplets,
    Height, TxId, Units, UnixTime,
};

const AT: UnixTime = UnixTime::new(7);
const ATTEMPT: AttemptNo = AttemptNo::FIRST;
const BLOCK: BlockAt = BlockAt { height: Height::new(5), hash: None, waits: 0 };

fn deposit(state: DepositState) -> Deposit {
    Deposit {
        no: DepositNo::FIRST,
        id: DepositId { coin: Coin::BTC, tx: "aa".into(), n: 0, token: None },
        binding: BindingNo::FIRST,
        payee_seq: 1,
        amount: Units::new(200),
        rate: "500".into(),
        quote: Some(Droplets::new(1_000)),
        seen_at: AT,
        updated_at: AT,
        state,
        previous: None,
        token: None,
        method: BuyMethod::Direct,
        priced: None,
        is_unlocated: false,
    }
}

fn payout(state: PayoutState, verdict: Option<Verdict>) -> Payout {
    let payee = Address::from_bytes([1; 20]);
    let reason = Reason { by: Actor::operator(), why: "so be it".into(), at: AT };
    let ruling = verdict.map(|verdict| Ruling { verdict, reason });
    Payout { state, ruling, ..Payout::undecided(DepositNo::FIRST, payee, Droplets::new(1_000), AT) }
}

fn stray(attempt: u64, droplets: u64) -> Stray {
    Stray { attempt: AttemptNo::new(attempt), amount: Droplets::new(droplets) }
}

fn deposit_states() -> [DepositState; 4] {
    [
        DepositState::Confirming { block: BLOCK },
        DepositState::Final { block: BLOCK },
        DepositState::Orphaned { was: BLOCK },
        DepositState::Quarantined { was: BLOCK },
    ]
}

fn payout_states() -> [PayoutState; 8] {
    let method = BuyMethod::Direct;
    [
        PayoutState::Undecided,
        PayoutState::Owed { method },
        PayoutState::Held { method, why: HoldReason::Rail(Hold::NotEnoughHours) },
        PayoutState::Signed { method, attempt: ATTEMPT },
        PayoutState::Sent { method, attempt: ATTEMPT },
        PayoutState::Settled { method, attempt: ATTEMPT },
        PayoutState::Void,
        PayoutState::Voided { method: None },
    ]
}

/// What stands where, in the order of assets and accounts.
fn told(entry: &Entry) -> String {
    entry.check().unwrap();
    let mut lines = entry.postings().to_vec();
    lines.sort_by_key(|line| (line.asset, line.account));
    let line = |line: &Posting| {
        let sign = if line.amount.is_credit() { "-" } else { "" };
        format!("{} {}: {sign}{}", line.asset, line.account, line.amount.amount())
    };
    lines.iter().map(line).collect::<Vec<_>>().join(", ")
}

fn purchase(deposit_state: usize, payout_state: Option<usize>, strays: &[Stray]) -> String {
    let payout = payout_state
        .map(|state| Payout { strays: strays.to_vec(), ..payout(payout_states()[state].clone(), None) });
    told(&of_purchase(&deposit(deposit_states()[deposit_state].clone()), payout.as_ref()).unwrap())
}

#[test]
fn should_name_every_account_and_asset_once() {
    let names: HashSet<_> = Account::ALL.iter().map(|account| account.name()).collect();
    let tags: HashSet<_> = Account::ALL.iter().map(|account| account.tag()).collect();
    assert_eq!((names.len(), tags.len()), (Account::ALL.len(), Account::ALL.len()));
    assert!(Account::ALL.is_sorted_by_key(|account| account.tag()));
    for account in Account::ALL {
        assert_eq!(Account::from_tag(account.tag()), Some(account));
    }
    for asset in Coin::all().map(Asset::Coin).chain([Asset::CoinHours]) {
        assert_eq!(Asset::from_key(&asset.key()), Some(asset));
    }
    assert_eq!((Account::from_tag(200), Asset::from_key(&[200])), (None, None));
}

#[test]
fn should_follow_a_purchase_from_the_first_block_to_the_last() {
    const CONFIRMING: usize = 0;
    const FINAL: usize = 1;
    assert_eq!(purchase(CONFIRMING, None, &[]), "BTC confirming: 200, BTC sold: -200");
    for owed in 0..4 {
        let expected = "BTC received: 200, BTC sold: -200, SKY sold: 1000, SKY owed: -1000";
        assert_eq!(purchase(FINAL, Some(owed), &[]), expected);
    }
    let sent = "BTC received: 200, BTC sold: -200, SKY sold: 1000, SKY in_transit: -1000";
    assert_eq!(purchase(FINAL, Some(4), &[]), sent);
    assert_eq!(purchase(FINAL, Some(5), &[]), sent.replace("in_transit", "paid"));
    for void in [6, 7] {
        assert_eq!(purchase(FINAL, Some(void), &[]), "BTC received: 200, BTC sold: -200");
    }
}

#[test]
fn should_keep_a_loss_on_the_books_until_the_deposit_is_final_again() {
    // Nothing had left: neither is there.
    for (gone, unsent) in [2, 3].into_iter().flat_map(|gone| (0..4).map(move |unsent| (gone, unsent))) {
        assert_eq!(purchase(gone, Some(unsent), &[]), "");
    }
    let lost = "BTC lost: 200, BTC sold_for_lost: -200, SKY sold_for_lost: 1000, SKY paid: -1000";
    for gone in [0, 2, 3] {
        assert_eq!(purchase(gone, Some(4), &[]), lost.replace("paid", "in_transit"));
        assert_eq!(purchase(gone, Some(5), &[]), lost);
    }
}

#[test]
fn should_tell_what_was_sent_for_lost_deposits_of_the_coin_that_is_sent() {
    let gone = deposit(DepositState::Orphaned { was: BLOCK });
    let sent = payout(payout_states()[5].clone(), None);
    let mut all = Entry::default();
    for (number, coin) in [Coin::BTC, Coin::SKY].into_iter().enumerate() {
        let gone = Deposit { id: DepositId { coin, ..gone.id.clone() }, ..gone.clone() };
        all.add(&of_purchase(&gone, Some(&sent)).unwrap()).unwrap();
        let balances = Balances::new(all.clone());
        let expected = 1_000 * (u128::try_from(number).unwrap() + 1);
        assert_eq!(
            (balances.lost(coin), balances.sent_for_lost()),
            (Units::new(200), Ok(Units::new(expected)))
        );
    }
}

#[test]
fn should_owe_what_a_person_has_ruled_to_be_paid() {
    let gone = deposit(DepositState::Orphaned { was: BLOCK });
    let owed = payout(PayoutState::Undecided, Some(Verdict::Pay));
    assert_eq!(told(&of_purchase(&gone, Some(&owed)).unwrap()), "SKY sold: 1000, SKY owed: -1000");
    let there = deposit(DepositState::Final { block: BLOCK });
    let void = payout(PayoutState::Undecided, Some(Verdict::Void));
    assert_eq!(told(&of_purchase(&there, Some(&void)).unwrap()), "BTC received: 200, BTC sold: -200");
}

#[test]
fn should_tell_a_second_payment_as_a_loss_and_the_only_one_not() {
    let paid = "BTC received: 200, BTC sold: -200, SKY sold: 1000, SKY paid: -1000";
    let beside = "SKY paid_twice: 900, SKY outside: -900";
    assert_eq!(purchase(1, Some(5), &[stray(2, 900)]), format!("{paid}, {beside}"));
    let voided = "BTC received: 200, BTC sold: -200, SKY stray: 900, SKY outside: -900";
    assert_eq!(purchase(1, Some(7), &[stray(2, 900)]), voided);
    let twice = "BTC received: 200, BTC sold: -200, SKY paid_twice: 1000, SKY stray: 900, SKY outside: -1900";
    assert_eq!(purchase(1, Some(7), &[stray(2, 900), stray(3, 1_000)]), twice);
}

#[test]
fn should_count_what_is_burnt_once_it_is() {
    let signed = Attempt::signed(ATTEMPT, TxId([1; 32]), Purpose::Payouts, AT);
    assert_eq!(told(&of_attempt(&signed, Units::new(9)).unwrap()), "");
    let block = BlockRef { height: Height::new(5), hash: BlockHash([5; 32]) };
    let settled = AttemptState::Settled { block, burnt: CoinHours::new(70) };
    let settled = Attempt { state: settled, ..signed };
    let burnt = "coin hours burnt: 70, coin hours fees: -70";
    assert_eq!(told(&of_attempt(&settled, Units::ZERO).unwrap()), burnt);
    let rest = format!("SKY own: 9, SKY outside: -9, {burnt}");
    assert_eq!(told(&of_attempt(&settled, Units::new(9)).unwrap()), rest);
}

fn spend(block: bool, verdict: Option<SpendVerdict>) -> ForeignSpend {
    let paid = |n: u8, coins| Paid { to: Address::from_bytes([n; 20]), coins: Droplets::new(coins) };
    let ruling = |verdict| SpendRuling { verdict, by: Actor::operator(), why: "so be it".into(), at: AT };
    ForeignSpend {
        spend: Spend {
            txid: TxId([1; 32]),
            block: block.then_some(BlockRef { height: Height::new(5), hash: BlockHash([5; 32]) }),
            payments: vec![paid(1, 600), paid(2, 400)],
            raw: Vec::new(),
        },
        seen_at: AT,
        ruling: verdict.map(ruling),
        was: None,
    }
}

#[test]
fn should_give_every_ruling_on_a_spend_an_account_of_its_own() {
    let of =
        |block, verdict, accounted| told(&of_spend(&spend(block, verdict), Units::new(accounted)).unwrap());
    assert_eq!(of(true, None, 0), "SKY unexplained: 1000, SKY outside: -1000");
    assert_eq!(of(true, Some(SpendVerdict::Mine), 0), "SKY own: 1000, SKY outside: -1000");
    assert_eq!(of(true, Some(SpendVerdict::PayAgain), 0), "SKY again: 1000, SKY outside: -1000");
    // What is in no block has moved nothing, and what payouts account for is not told twice.
    assert_eq!(of(false, Some(SpendVerdict::Mine), 0), "");
    assert_eq!(of(true, None, 1_000), "");
    let adopted = Some(SpendVerdict::Adopted { attempt: ATTEMPT });
    assert_eq!(of(true, adopted, 600), "", "its transaction's");
    assert_eq!(rest_of(&spend(true, adopted).spend, Units::new(600)), Some(Units::new(400)));
}

#[test]
fn should_refuse_what_comes_from_nowhere_or_cannot_be_counted() {
    let mut entry = Entry::of(Asset::CoinHours, Account::Burnt, Account::Fees, Units::new(7)).unwrap();
    let lone = Posting { asset: Asset::CoinHours, account: Account::Burnt, amount: Balance::ZERO };
    entry.post(lone).unwrap();
    assert_eq!(entry.check(), Ok(()));
    let one = entry.postings()[0];
    entry.post(one).unwrap();
    assert_eq!(entry.check(), Err(LedgerError::Unbalanced(Asset::CoinHours)));
    let most = Units::new(u128::MAX);
    let refused = Entry::of(Asset::CoinHours, Account::Burnt, Account::Fees, most);
    assert_eq!(refused, Err(LedgerError::OutOfRange { account: Account::Burnt }));
    let large = Units::new(u128::MAX / 2);
    let large = Entry::of(Asset::CoinHours, Account::Burnt, Account::Fees, large).unwrap();
    assert!(large.clone().add(&large).is_err());
}

proptest! {
    #[test]
    fn should_sum_to_zero_whatever_the_state(
        stands in 0usize..4,
        owed in 0usize..8,
        amount in 0u128..=u128::MAX / 2,
        quote: u64,
        strays in prop::collection::vec(any::<u64>(), 0..4),
        verdict in prop::option::of(prop::sample::select(vec![Verdict::Pay, Verdict::Void, Verdict::Wait])),
    ) {
        let deposit = Deposit { amount: Units::new(amount), ..deposit(deposit_states()[stands].clone()) };
        let strays = (0..).zip(strays).map(|(n, droplets)| stray(n, droplets)).collect();
        let payout = payout(payout_states()[owed].clone(), verdict);
        let payout = Payout { amount: Droplets::new(quote), strays, ..payout };
        let entry = of_purchase(&deposit, Some(&payout)).unwrap();
        prop_assert_eq!(entry.check(), Ok(()));
        // Taken away again, nothing is left.
        let mut none = entry.clone();
        none.subtract(&entry).unwrap();
        prop_assert!(none.is_empty());
    }

    #[test]
    fn should_keep_balances_through_the_codec(debit in 0..=u128::MAX / 2) {
        let entry = Entry::of(Asset::CoinHours, Account::Burnt, Account::Fees, Units::new(debit)).unwrap();
        for line in entry.postings() {
            let bytes = minicbor::to_vec(line.amount).unwrap();
            prop_assert_eq!(minicbor::decode::<Balance>(&bytes).unwrap(), line.amount);
        }
    }
}
