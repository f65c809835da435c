use super::*;
use crate::skycoin::Transaction;
use proptest::prelude::*;

fn address(n: u8) -> Address {
    Address::from_bytes([n; 20])
}

fn unspent(n: u64, coins: u64, hours: u64) -> Unspent {
    let mut uxid = [0; 32];
    uxid[..8].copy_from_slice(&n.to_be_bytes());
    Unspent {
        uxid: Claim(uxid),
        owner: address(200),
        coins: Droplets::new(coins),
        hours: CoinHours::new(hours),
    }
}

fn owed(no: u64, payee: u8, amount: u64) -> Owed {
    Owed { no: DepositNo::new(no), payee: address(payee), amount: Droplets::new(amount) }
}

fn purse(unspents: &[Unspent]) -> Purse<'_> {
    let burn = BurnFactor::new(10).unwrap();
    let rules = ChainRules { burn, max_size: 32_768, max_decimals: 3 };
    Purse { unspents, incoming: Droplets::ZERO, change: address(200), rules }
}

fn paid(plan: &Plan) -> Vec<u64> {
    plan.parts.iter().map(|part| part.payout.get()).collect()
}

#[test]
fn should_pay_several_in_one_transaction_and_keep_the_hours() {
    let coins = [unspent(1, 5_000_000, 100)];
    let plan = plan(&[owed(1, 1, 1_000_000), owed(2, 2, 2_000_000)], purse(&coins)).unwrap();
    assert_eq!(paid(&plan), [1, 2]);
    let change = plan.outputs.last().unwrap();
    assert_eq!((change.address, change.coins.get(), change.hours.get()), (address(200), 2_000_000, 90));
    assert!(plan.outputs[..2].iter().all(|output| output.hours.is_zero()));
}

#[test]
fn should_hold_what_does_not_fit_and_go_on_with_what_does() {
    let coins = [unspent(1, 3_000_000, 10)];
    let plan =
        plan(&[owed(1, 1, 9_000_000), owed(2, 2, 2_000_000), owed(3, 3, 2_000_000)], purse(&coins)).unwrap();
    assert_eq!(paid(&plan), [2]);
    let reasons: Vec<u64> = plan.held.iter().map(|(no, _)| no.get()).collect();
    assert_eq!(reasons, [1, 3]);
}

#[test]
fn should_wait_for_change_rather_than_hold() {
    let mut purse = purse(&[]);
    purse.incoming = Droplets::new(5_000_000);
    let plan = plan(&[owed(1, 1, 1_000_000), owed(2, 1, 6_000_000)], purse).unwrap();
    assert_eq!((plan.parts.len(), plan.held.len(), plan.held[0].0.get()), (0, 1, 2));
}

#[test]
fn should_fetch_hours_where_the_coins_have_none() {
    let coins = [unspent(1, 9_000_000, 0), unspent(2, 1_000, 3)];
    let plan = plan(&[owed(1, 1, 1_000_000)], purse(&coins)).unwrap();
    assert_eq!((plan.inputs.len(), paid(&plan)), (2, vec![1]));
    let none = [unspent(1, 9_000_000, 0)];
    let stuck = super::plan(&[owed(1, 1, 1_000_000)], super::tests::purse(&none)).unwrap();
    assert_eq!(stuck.held, [(DepositNo::new(1), Hold::NotEnoughHours)]);
}

#[test]
fn should_tell_equal_outputs_apart_by_their_hours() {
    let coins = [unspent(1, 100_000_000, 1_000)];
    let many: Vec<Owed> = (1..=20).map(|no| owed(no, 1, 1_000_000)).collect();
    let plan = plan(&many, purse(&coins)).unwrap();
    assert_eq!(paid(&plan), [1, 2, 3, 4, 5, 6, 7, 8]);
    let given: u64 = plan.outputs[..8].iter().map(|output| output.hours.get()).sum();
    assert_eq!(given, 28);
}

#[test]
fn should_hold_a_payout_to_the_wallet_itself_that_looks_like_the_change() {
    let own = [owed(1, 200, 1_000_000), owed(2, 200, 1_000_000), owed(3, 1, 500_000)];
    // What is left after the burning is all that tells change and payouts apart.
    for (hours, others, twin) in [(2, 2, 1), (3, 1, 2)] {
        let coins = [unspent(1, 3_000_000, hours)];
        let twins = plan(&own[..2], purse(&coins)).unwrap();
        assert_eq!((paid(&twins), twins.held), (vec![others], vec![(DepositNo::new(twin), NO_HOURS)]));
        Transaction::new(vec![coins[0].uxid], twins.outputs).unwrap();
        assert_eq!(paid(&plan(&own, purse(&coins)).unwrap()), [1, 2, 3], "the change is another amount");
    }
    let coins = [unspent(1, 2_000_000, 1)];
    let alone = plan(&own[..1], purse(&coins)).unwrap();
    assert_eq!((alone.parts, alone.held), (vec![], vec![(DepositNo::new(1), NO_HOURS)]));
}

const NO_HOURS: Hold = Hold::NotEnoughHours;

#[test]
fn should_pay_what_takes_all_that_there_is() {
    let coins = [unspent(1, 3_000_000, 10), unspent(2, 1_000_000, 9)];
    let exact = plan(&[owed(1, 1, 3_000_000), owed(2, 1, 1_000_000)], purse(&coins)).unwrap();
    assert_eq!((paid(&exact), exact.outputs.len(), exact.held), (vec![1, 2], 2, vec![]));
    let one = plan(&[owed(1, 1, 3_000_000)], purse(&coins)).unwrap();
    assert_eq!((one.inputs, one.outputs.len()), (vec![coins[0]], 1), "no coin more than is needed");
    let mut small = purse(&coins[..1]);
    small.rules.max_size = encoded_size(2, 2);
    assert_eq!(paid(&plan(&[owed(1, 1, 2_000_000)], small).unwrap()), [1]);
    let mut waiting = purse(&coins[..1]);
    waiting.incoming = Droplets::new(1_000_000);
    assert_eq!(plan(&[owed(1, 1, 4_000_000)], waiting).unwrap().held, [], "it will be paid by itself");
}

#[test]
fn should_hold_amounts_that_the_node_finds_too_precise() {
    let coins = [unspent(1, 100_000_000, 1_000)];
    let plan = plan(&[owed(1, 1, 1_000_100)], purse(&coins)).unwrap();
    assert_eq!(plan.held, [(DepositNo::new(1), Hold::TooPrecise { max_decimals: 3 })]);
}

#[test]
fn should_plan_nothing_by_sums_that_cannot_be() {
    let (payouts, most) = ([owed(1, 1, 1_000_000)], u64::MAX - 615);
    let coins = [unspent(1, most, 10), unspent(2, 2_000_000, 10)];
    assert_eq!(plan(&payouts, purse(&coins)), Err(PlanError::Coins(AmountOutOfRange)));
    // Both are needed for what is owed, and both bring their hours.
    let hours = [unspent(1, 600_000, u64::MAX), unspent(2, 600_000, 1)];
    assert_eq!(plan(&payouts, purse(&hours)), Err(PlanError::Hours(HoursError::OutOfRange)));
    // What is on its way back counts where there is too little.
    let (few, more) = ([unspent(1, 600_000, 10)], [owed(1, 1, 9_000_000)]);
    let mut purse = purse(&few);
    purse.incoming = Droplets::new(u64::MAX);
    assert_eq!(plan(&more, purse), Err(PlanError::Coins(AmountOutOfRange)));
}

#[test]
fn should_spend_nothing_that_leaves_change_the_node_finds_too_precise() {
    let coins = [unspent(1, 9_000_001, 1_000), unspent(2, 5_000_000, 10)];
    let fine = plan(&[owed(1, 1, 2_000_000)], purse(&coins)).unwrap();
    assert_eq!(fine.outputs.last().unwrap().coins, Droplets::new(3_000_000));
    let stuck = plan(&[owed(1, 1, 6_000_000)], purse(&coins)).unwrap();
    let spendable = Droplets::new(5_000_000);
    assert_eq!(stuck.held, [(DepositNo::new(1), Hold::NotEnoughCoins { spendable })]);
}

#[test]
fn should_fill_a_transaction_and_leave_the_rest_for_the_next() {
    let coins = [unspent(1, 100_000_000_000, 1_000)];
    let many: Vec<Owed> = (1..=2_000).map(|no| owed(no, 1, no * 1_000)).collect();
    let plan = plan(&many, purse(&coins)).unwrap();
    let size = encoded_size(plan.inputs.len(), plan.outputs.len());
    assert!((32_000..=32_768).contains(&size), "{size}");
    assert!(plan.held.is_empty());
}

#[test]
fn should_hold_what_takes_more_coins_than_fit_and_go_on_with_the_rest() {
    let coins: Vec<Unspent> = (1..=1_000).map(|n| unspent(n, 1_000_000, 10)).collect();
    let payouts = [owed(1, 1, 3_000_000), owed(2, 1, 500_000_000), owed(3, 2, 2_000_000)];
    let plan = plan(&payouts, purse(&coins)).unwrap();
    assert_eq!(paid(&plan), [1, 3]);
    // 37 bytes, 97 for each input, 37 for each of two outputs; one input is kept for hours.
    let spendable = Droplets::new(335_000_000);
    assert_eq!(plan.held, [(DepositNo::new(2), Hold::NotEnoughCoins { spendable })]);
}

/// Somebody may have bound the wallet's own address.
const PAYEES: [u8; 5] = [1, 2, 3, 4, 200];

proptest! {
    #[test]
    fn should_always_make_a_transaction_that_the_chain_takes(
        coins in prop::collection::vec((1u64..2_000, 0u64..50), 0..40),
        amounts in prop::collection::vec((0u8..5, 1u64..3_000), 1..60),
        incoming in prop_oneof![Just(0), 0u64..1_000], max_size in 400usize..3_000,
    ) {
        let unspents: Vec<Unspent> =
            coins.iter().zip(1..).map(|(&(c, h), n)| unspent(n, c * 1_000, h)).collect();
        let payouts: Vec<Owed> =
            amounts.iter().zip(1..).map(|(&(p, a), n)| owed(n, PAYEES[usize::from(p)], a * 1_000)).collect();
        let mut purse = purse(&unspents);
        purse.incoming = Droplets::new(incoming);
        purse.rules.max_size = max_size;
        let plan = plan(&payouts, purse).unwrap();
        let coins_in: u64 = plan.inputs.iter().map(|input| input.coins.get()).sum();
        let coins_out: u64 = plan.outputs.iter().map(|output| output.coins.get()).sum();
        prop_assert_eq!(coins_in, coins_out);
        for part in &plan.parts {
            let output = plan.outputs[part.output as usize];
            let payout = payouts.iter().find(|payout| payout.no == part.payout).unwrap();
            prop_assert_eq!((payout.payee, payout.amount), (output.address, output.coins));
        }
        if !plan.parts.is_empty() {
            let inputs: Vec<Claim> = plan.inputs.iter().map(|input| input.uxid).collect();
            let transaction = Transaction::new(inputs, plan.outputs.clone()).unwrap();
            prop_assert!(transaction.encode().len() <= max_size);
            let hours = |hours: u64| CoinHours::new(hours);
            let hours_in: u64 = plan.inputs.iter().map(|input| input.hours.get()).sum();
            let hours_out: u64 = plan.outputs.iter().map(|output| output.hours.get()).sum();
            prop_assert!(purse.rules.burn.check(hours(hours_in), hours(hours_out)).is_ok());
        } else {
            prop_assert!(plan.inputs.is_empty() && plan.outputs.is_empty());
            prop_assert!(incoming > 0 || !plan.held.is_empty(), "nothing is paid, and nobody is told why");
        }
    }
}
