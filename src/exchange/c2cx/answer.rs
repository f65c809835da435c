//! The envelope of C2CX's answers, and what is in it.

use std::collections::BTreeMap;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::super::call_error::{CallError, Refusal};
use super::super::exact::{Exact, Word};
use super::super::order::{ClientId, Fee, OrderReport, OrderState, VenueOrderId};
use super::super::port::Balance;
use super::super::read::{amount, difference, json, part, refused, unclear};

#[derive(Deserialize)]
struct Envelope<'a> {
    code: Word,
    #[serde(default)]
    message: Option<Word>,
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
}

/// Reads what an answer brings; the status of HTTP says nothing.
pub(super) fn data<T: for<'a> Deserialize<'a>>(answer: &[u8]) -> Result<T, CallError> {
    let envelope: Envelope<'_> = json(answer)?;
    if envelope.code.as_str() == "200" {
        return part(envelope.data.map_or("null", RawValue::get));
    }
    Err(error(envelope.code.as_str(), &envelope.message.unwrap_or_default().0))
}

fn error(code: &str, words: &str) -> CallError {
    let told = format!("{code}: {words}");
    if words.eq_ignore_ascii_case("Too Many Requests") || code == "429" {
        return CallError::RateLimited { after: None, is_certain: false, words: told };
    }
    match code {
        "401" | "403" => refused(Refusal::Credentials, told),
        "400" => refused(kind(&words.to_lowercase()), told),
        "404" => refused(Refusal::Other, told),
        // Errors of its own machines, and codes that nobody has described.
        _ => unclear(told),
    }
}

/// The protocol has no codes for these.
fn kind(words: &str) -> Refusal {
    for (part, kind) in [
        ("cid", Refusal::Duplicate),
        ("duplicate", Refusal::Duplicate),
        ("insufficient", Refusal::Funds),
        ("limit value", Refusal::TooSmall),
        ("symbol", Refusal::Market),
        ("market is closed", Refusal::Market),
        ("order not exists", Refusal::NoSuchOrder),
        ("order can not be cancelled", Refusal::NoSuchOrder),
        ("price", Refusal::Terms),
        ("quantity", Refusal::Terms),
        ("sign", Refusal::Credentials),
    ] {
        if words.contains(part) {
            return kind;
        }
    }
    Refusal::Other
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Placed {
    pub(super) order_id: Word,
}

#[derive(Deserialize)]
pub(super) struct ToldBook {
    pub(super) bids: Vec<(Exact, Exact)>,
    pub(super) asks: Vec<(Exact, Exact)>,
}

#[derive(Deserialize)]
pub(super) struct ToldTicker {
    pub(super) buy: Exact,
    pub(super) sell: Exact,
    pub(super) last: Exact,
}

#[derive(Deserialize)]
pub(super) struct ToldBalances {
    balance: BTreeMap<String, Exact>,
    frozen: BTreeMap<String, Exact>,
}

impl ToldBalances {
    pub(super) fn balances(self) -> Result<Vec<Balance>, CallError> {
        // What all coins together are worth is no coin.
        let coins = self.balance.into_iter().filter(|(name, _)| name != "total");
        let row = |(asset, all): (String, Exact)| {
            let reserved = amount(self.frozen.get(&asset).copied().unwrap_or_default())?;
            let available = amount(Exact(difference(all.0, reserved)?))?;
            Ok(Balance { asset, available, reserved })
        };
        coins.map(row).collect()
    }
}

/// A page of orders. Its own number may be null, and is not read.
#[derive(Deserialize)]
pub(super) struct Page {
    pub(super) rows: Vec<ToldOrder>,
    pub(super) recordcount: Exact,
    pub(super) pagecount: Exact,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ToldOrder {
    pub(super) order_id: Word,
    status: Word,
    avg_price: Exact,
    completed_amount: Exact,
    #[serde(default)]
    fee: Option<Exact>,
    #[serde(default)]
    pub(super) cid: Option<Word>,
}

impl ToldOrder {
    /// Returns the order as the port has it. `places` is how many a cost can have, `base` the coin that is bought.
    pub(super) fn report(self, places: u32, base: &str) -> Result<OrderReport, CallError> {
        let state = match self.status.as_str() {
            // 12 is a cancel that is on its way: it can still be carried out.
            "1" | "2" | "3" | "7" | "8" | "9" | "12" => OrderState::Open,
            "4" | "5" | "6" | "11" => OrderState::Ended,
            other => return Err(unclear(format_args!("an order of status {other:.20}"))),
        };
        let filled = amount(self.completed_amount)?;
        // The average is cut to eight places: what is nearest of what a cost can be is as near as it gets.
        let cost = amount(self.avg_price)?.checked_mul(filled);
        let cost = cost.ok_or_else(|| unclear("an order that is too large"))?;
        let fees = match self.fee {
            // It says 0 of fees that it takes.
            Some(Exact(fee)) if fee > Decimal::ZERO => {
                Some(vec![Fee { asset: base.to_owned(), amount: fee }])
            }
            _ if filled.is_zero() => Some(Vec::new()),
            _ => None,
        };
        Ok(OrderReport {
            id: VenueOrderId(self.order_id.0),
            client_id: self.cid.map(|cid| ClientId(cid.0)),
            state,
            filled,
            cost: cost.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero),
            fees,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_sort_refusals_by_their_words() {
        for (code, words, kind) in [
            ("400", "cid is duplicated", Refusal::Duplicate),
            ("400", "Insufficient balance", Refusal::Funds),
            ("400", "limit value: 0.00123", Refusal::TooSmall),
            ("400", "price error", Refusal::Terms),
            ("400", "quantity error", Refusal::Terms),
            ("400", "symbol not exists: BTC_XYZ", Refusal::Market),
            ("400", "The market is closed", Refusal::Market),
            ("400", "order not exists", Refusal::NoSuchOrder),
            ("401", "Invalid sign", Refusal::Credentials),
            ("400", "who knows", Refusal::Other),
        ] {
            assert_eq!(error(code, words).refusal(), Some(kind), "{words}");
        }
        for (code, words) in [("500", "Internal Server Error"), ("", ""), ("400", "Too Many Requests")] {
            assert!(error(code, words).may_have_happened(), "{code}");
        }
    }

    #[test]
    fn should_read_orders_in_all_their_forms() {
        for order in [
            r#"{"orderId":7,"status":4,"avgPrice":0.00200000,"completedAmount":40,"fee":0.08,"cid":null}"#,
            r#"{"orderId":"7","status":"4","avgPrice":"0.002","completedAmount":"40.00","fee":"0.080","extra":[]}"#,
        ] {
            let report = part::<ToldOrder>(order).unwrap().report(7, "sky").unwrap();
            assert_eq!((report.id.0.as_str(), report.state), ("7", OrderState::Ended));
            assert_eq!((report.filled, report.cost), (Decimal::from(40), Decimal::new(8, 2)));
            assert_eq!(report.fees.unwrap()[0].amount, Decimal::new(8, 2));
        }
        let hidden = r#"{"orderId":7,"status":12,"avgPrice":0.00206666,"completedAmount":3,"fee":0}"#;
        let report = part::<ToldOrder>(hidden).unwrap().report(7, "sky").unwrap();
        assert_eq!((report.state, report.fees), (OrderState::Open, None));
        assert_eq!(report.cost, Decimal::new(62, 4), "the average was cut");
        let strange = r#"{"orderId":7,"status":99,"avgPrice":0,"completedAmount":0}"#;
        assert!(part::<ToldOrder>(strange).unwrap().report(7, "sky").is_err());
    }
}
