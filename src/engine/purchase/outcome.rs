//! What an order came to, made of what an exchange tells of it. Pure.

use rust_decimal::Decimal;

use crate::exchange::{Fee, OrderReport, OrderState};
use crate::types::{Exact, Symbol};
use crate::upstream::{BuyOrder, Outcome, PaidFee};

/// What a report says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Told {
    /// It can still be carried out.
    Open,
    /// It has ended, and its fees are not told yet.
    FeesMissing,
    /// It has ended, and this came of it.
    Ended(Outcome),
    /// What is told cannot be.
    Impossible(String),
}

/// How fees are known.
#[derive(Debug, Clone, Copy)]
pub(super) struct FeeRule {
    /// Whether the exchange tells the fees that it takes.
    pub(super) is_told: bool,
    /// What it takes of what was bought, as a fraction of it, where it does not.
    pub(super) usual: Decimal,
}

/// Digits beyond which exchanges round a cost.
const ROUNDING: Decimal = Decimal::from_parts(1, 0, 0, false, 6);

/// Reads a report of an order.
pub(super) fn read(order: &BuyOrder, report: &OrderReport, rule: FeeRule) -> Told {
    if let Some(words) = contradiction(order, report) {
        return Told::Impossible(words);
    }
    if report.state == OrderState::Open {
        return Told::Open;
    }
    let Some(fees) = fees(order, report, rule) else { return Told::FeesMissing };
    let read = Exact::new(report.filled).zip(Exact::new(report.cost)).zip(paid(&fees));
    let Some(((filled, cost), fees)) = read else {
        return Told::Impossible(format!("amounts that cannot be: {report:?}"));
    };
    let outcome = Outcome { filled, cost, fees };
    match order.portions(&outcome) {
        Ok(_) => Told::Ended(outcome),
        Err(error) => Told::Impossible(format!("what was bought cannot be shared out: {error}")),
    }
}

/// More than was ordered, or dearer.
fn contradiction(order: &BuyOrder, report: &OrderReport) -> Option<String> {
    let terms = &order.terms;
    if let Some(told) = report.client_id.as_ref().filter(|told| **told != terms.client_id) {
        return Some(format!("it is said to be the order {told}"));
    }
    let (filled, cost) = (report.filled, report.cost);
    let most = filled.checked_mul(terms.price.get()).and_then(|most| most.checked_add(ROUNDING));
    let is_negative = filled.is_sign_negative() || cost.is_sign_negative();
    if is_negative || filled > terms.quantity.get() || most.is_none_or(|most| cost > most) {
        return Some(format!("{filled} are said to be bought for {cost}: more than was ordered, or dearer"));
    }
    let is_half = filled.is_zero() != cost.is_zero();
    is_half.then(|| format!("{filled} are said to be bought for {cost}"))
}

/// The fees as they are told; where the exchange does not tell them, those that it usually takes.
fn fees(order: &BuyOrder, report: &OrderReport, rule: FeeRule) -> Option<Vec<Fee>> {
    if report.filled.is_zero() {
        return Some(Vec::new());
    }
    if rule.is_told {
        return report.fees.clone();
    }
    let told = report.fees.clone().unwrap_or_default();
    if told.iter().any(|fee| !fee.amount.is_zero()) {
        return Some(told);
    }
    let usual = report.filled.checked_mul(rule.usual)?;
    Some(vec![Fee { asset: order.terms.base.as_str().to_owned(), amount: usual }])
}

/// One sum for each coin.
fn paid(fees: &[Fee]) -> Option<Vec<PaidFee>> {
    let mut paid: Vec<PaidFee> = Vec::new();
    for fee in fees.iter().filter(|fee| !fee.amount.is_zero()) {
        let (asset, amount) = (Symbol::parse(&fee.asset.to_uppercase()).ok()?, Exact::new(fee.amount)?);
        match paid.iter_mut().find(|known| known.asset == asset) {
            Some(known) => known.amount = known.amount.checked_add(amount)?,
            None => paid.push(PaidFee { asset, amount }),
        }
    }
    Some(paid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::{ClientId, VenueOrderId};
    use crate::types::{DepositNo, OrderNo, Units, UnixTime};
    use crate::upstream::{Share, Terms};

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn exact(text: &str) -> Exact {
        text.parse().unwrap()
    }

    /// 5 SKY at 0.002 BTC at most.
    fn order() -> BuyOrder {
        let terms = Terms {
            exchange: "fake".to_owned(),
            market: "SKYBTC".to_owned(),
            base: Symbol::parse("SKY").unwrap(),
            quote: Symbol::parse("BTC").unwrap(),
            quote_decimals: 8,
            client_id: ClientId("ours".to_owned()),
            price: exact("0.002"),
            quantity: exact("5"),
            account: "a key".to_owned(),
        };
        let share = Share { payout: DepositNo::FIRST, budget: Units::new(1_002_000) };
        BuyOrder::intended(OrderNo::new(1), terms, vec![share], UnixTime::new(0))
    }

    fn report(filled: &str, cost: &str) -> OrderReport {
        OrderReport {
            id: VenueOrderId("1".to_owned()),
            client_id: Some(ClientId("ours".to_owned())),
            state: OrderState::Open,
            filled: decimal(filled),
            cost: decimal(cost),
            fees: None,
        }
    }

    fn fee(asset: &str, amount: &str) -> Fee {
        Fee { asset: asset.to_owned(), amount: decimal(amount) }
    }

    fn paid_fee(asset: &str, amount: &str) -> PaidFee {
        PaidFee { asset: Symbol::parse(asset).unwrap(), amount: exact(amount) }
    }

    #[test]
    fn should_believe_nothing_that_cannot_have_come_of_an_order() {
        let rule = FeeRule { is_told: true, usual: Decimal::ZERO };
        let is_possible = |report: &OrderReport| match read(&order(), report, rule) {
            Told::Open => true,
            Told::Impossible(_) => false,
            other => panic!("{other:?}"),
        };
        // The last of them dearer than ordered by what exchanges round.
        for (filled, cost) in [("0", "0"), ("1", "0.0015"), ("5", "0.01"), ("5", "0.010001")] {
            assert!(is_possible(&report(filled, cost)), "{filled} for {cost}");
        }
        for (filled, cost) in [
            // More than was ordered, dearer, or both.
            ("6", "0.01"),
            ("5.00000001", "0.01"),
            ("5", "0.0100011"),
            ("5", "0.02"),
            ("6", "0.02"),
            // One without the other.
            ("1", "0"),
            ("0", "0.0000005"),
            // Less than nothing.
            ("-1", "-0.002"),
            ("-1", "0.001"),
            ("1", "-0.001"),
            ("0", "-0.001"),
        ] {
            assert!(!is_possible(&report(filled, cost)), "{filled} for {cost}");
        }
        let of = |client_id| OrderReport { client_id, ..report("1", "0.002") };
        assert!(is_possible(&of(None)), "it need not say whose it is");
        assert!(!is_possible(&of(Some(ClientId("another".to_owned())))));
    }

    #[test]
    fn should_count_the_fees_that_are_told_and_the_usual_ones_otherwise() {
        let fees = |is_told, filled: &str, told: Option<Vec<Fee>>| {
            let cost = if filled == "0" { "0" } else { "0.002" };
            let report = OrderReport { state: OrderState::Ended, fees: told, ..report(filled, cost) };
            match read(&order(), &report, FeeRule { is_told, usual: decimal("0.002") }) {
                Told::Ended(outcome) => Some(outcome.fees),
                Told::FeesMissing => None,
                other => panic!("{other:?}"),
            }
        };
        let usual = Some(vec![paid_fee("SKY", "0.002")]);
        assert_eq!(fees(true, "1", Some(vec![fee("sky", "0.01")])), Some(vec![paid_fee("SKY", "0.01")]));
        assert_eq!(fees(true, "1", Some(Vec::new())), Some(Vec::new()));
        assert_eq!(fees(true, "1", None), None, "they are told later");
        assert_eq!(fees(true, "0", None), Some(Vec::new()), "nothing was bought");
        // One that does not tell what it takes may tell that it is nothing.
        assert_eq!(fees(false, "1", None), usual);
        assert_eq!(fees(false, "1", Some(Vec::new())), usual);
        assert_eq!(fees(false, "1", Some(vec![fee("SKY", "0")])), usual);
        let told = vec![fee("SKY", "0"), fee("BTC", "0.0001")];
        assert_eq!(fees(false, "1", Some(told)), Some(vec![paid_fee("BTC", "0.0001")]));
        // One sum for each coin, however often it is told.
        let told = vec![fee("SKY", "0.01"), fee("BTC", "0.0001"), fee("sky", "0.02")];
        let summed = vec![paid_fee("SKY", "0.03"), paid_fee("BTC", "0.0001")];
        assert_eq!(fees(true, "1", Some(told)), Some(summed));
    }
}
