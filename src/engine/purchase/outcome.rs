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
