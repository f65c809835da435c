//! The random operations reach what they are to reach.

use std::collections::BTreeSet;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use super::operations::operations;
use super::property::Pair;

#[test]
fn should_reach_every_end_of_an_order() {
    let mut runner = TestRunner::deterministic();
    let mut seen = BTreeSet::new();
    for _ in 0..400 {
        let mut pair = Pair::new();
        for operation in &operations().new_tree(&mut runner).unwrap().current() {
            seen.extend(pair.apply(operation));
        }
        seen.extend(pair.states());
    }
    let expected = [
        "Balance",
        "Cancelled",
        "Expired(FillOrKill)",
        "Expired(ImmediateOrCancel)",
        "Expired(MarketGone)",
        "Expired(NoLiquidity)",
        "Expired(PriceRange)",
        "Expired(SelfTrade)",
        "Expired(TooLittle)",
        "Filled",
        "IdTaken",
        "NotTrading",
        "Notional",
        "Open",
        "PartlyFilled",
        "Price",
        "Quantity",
        "Rejected(Balance)",
        "Rejected(WouldTake)",
        "Spend",
        "SpendOnSell",
        "Step",
        "WouldTake",
    ];
    let missing: Vec<_> = expected.iter().filter(|name| !seen.contains(**name)).collect();
    assert!(missing.is_empty(), "{missing:?} never happened; what did: {seen:?}");
}
