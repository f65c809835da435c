//! What Kraken tells, and what it means.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::super::call_error::CallError;
use super::super::exact::{Exact, Word};
use super::super::market::{Market, MarketState};
use super::super::order::{ClientId, Fee, OrderReport, OrderState, VenueOrderId};
use super::super::port::Balance;
use super::super::read::{amount, difference, step, sum, unclear};
use super::super::withdrawal::{WithdrawalReport, WithdrawalState};
use crate::types::UnixTime;

/// Returns the one value of a map that answers a question for one thing.
pub(super) fn only<T>(told: BTreeMap<String, T>) -> Result<(String, T), CallError> {
    let count = told.len();
    let mut told = told.into_iter();
    match (told.next(), count) {
        (Some(one), 1) => Ok(one),
        _ => Err(unclear(format_args!("{count} answers, expected one"))),
    }
}

/// Returns a small count.
fn count(told: Exact) -> Result<u32, CallError> {
    u32::try_from(told.0).map_err(|_| unclear(format_args!("a count of {}", told.0)))
}

#[derive(Deserialize)]
pub(super) struct ToldPair {
    pub(super) base: String,
    pub(super) quote: String,
    pair_decimals: Exact,
    lot_decimals: Exact,
    ordermin: Exact,
    #[serde(default)]
    costmin: Option<Exact>,
    #[serde(default)]
    tick_size: Option<Exact>,
    #[serde(default)]
    status: Option<String>,
}

impl ToldPair {
    pub(super) fn market(self, name: &str) -> Result<Market, CallError> {
        let by_decimals = step(count(self.pair_decimals)?)?;
        let tick = self.tick_size.map(|tick| tick.0).filter(|tick| *tick > Decimal::ZERO);
        let is_online = self.status.as_deref().is_none_or(|status| status == "online");
        Ok(Market {
            name: name.to_owned(),
            base: self.base,
            quote: self.quote,
            state: if is_online { MarketState::Trading } else { MarketState::Closed },
            price_step: tick.unwrap_or(by_decimals),
            quantity_step: step(count(self.lot_decimals)?)?,
            least_quantity: amount(self.ordermin)?,
            least_cost: self.costmin.map_or(Ok(Decimal::ZERO), amount)?,
        })
    }
}

/// A price, how much stands there, and since when.
type Row = (Exact, Exact, IgnoredAny);

#[derive(Deserialize)]
pub(super) struct ToldDepth {
    bids: Vec<Row>,
    asks: Vec<Row>,
}

impl ToldDepth {
    /// Returns prices and quantities of who buys, and of who sells.
    pub(super) fn sides(self) -> [Vec<(Exact, Exact)>; 2] {
        [self.bids, self.asks].map(|rows| rows.into_iter().map(|(price, size, _)| (price, size)).collect())
    }
}

#[derive(Deserialize)]
pub(super) struct ToldTicker {
    a: Vec<Exact>,
    b: Vec<Exact>,
    c: Vec<Exact>,
}

impl ToldTicker {
    /// Returns what is asked, what is bid, and the last price.
    pub(super) fn prices(&self) -> [Exact; 3] {
        [&self.a, &self.b, &self.c].map(|prices| prices.first().copied().unwrap_or_default())
    }
}

#[derive(Deserialize)]
pub(super) struct Placed {
    pub(super) txid: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct OpenOrders {
    pub(super) open: BTreeMap<String, ToldOrder>,
}

#[derive(Deserialize)]
pub(super) struct ClosedOrders {
    pub(super) closed: BTreeMap<String, ToldOrder>,
    #[serde(default)]
    pub(super) count: Option<Exact>,
}

#[derive(Deserialize)]
pub(super) struct ToldOrder {
    #[serde(default)]
    pub(super) cl_ord_id: Option<Word>,
    status: String,
    vol_exec: Exact,
    cost: Exact,
    fee: Exact,
    #[serde(default)]
    oflags: String,
}

impl ToldOrder {
    pub(super) fn has_fee(&self) -> bool {
        !self.fee.0.is_zero()
    }

    /// Returns the order as the port has it. `coins` are base and quote, one of which the fee is taken in.
    pub(super) fn report(self, id: String, coins: (&str, &str)) -> Result<OrderReport, CallError> {
        let state = match self.status.as_str() {
            "pending" | "open" => OrderState::Open,
            "closed" | "canceled" | "expired" => OrderState::Ended,
            other => return Err(unclear(format_args!("an order that is {other:.40}"))),
        };
        let asset = if self.oflags.split(',').any(|flag| flag == "fcib") { coins.0 } else { coins.1 };
        let fee = Fee { asset: asset.to_owned(), amount: amount(self.fee)? };
        Ok(OrderReport {
            id: VenueOrderId(id),
            client_id: self.cl_ord_id.map(|id| ClientId(id.0)),
            state,
            filled: amount(self.vol_exec)?,
            cost: amount(self.cost)?,
            // It is kept with the order itself, and is never behind it.
            fees: Some(if fee.amount.is_zero() { Vec::new() } else { vec![fee] }),
        })
    }
}

#[derive(Deserialize)]
pub(super) struct ToldBalance {
    balance: Exact,
    #[serde(default)]
    hold_trade: Exact,
}

impl ToldBalance {
    pub(super) fn report(self, asset: String) -> Result<Balance, CallError> {
        let reserved = amount(self.hold_trade)?;
        let available = amount(Exact(difference(self.balance.0, reserved)?))?;
        Ok(Balance { asset, available, reserved })
    }
}

#[derive(Deserialize)]
pub(super) struct ToldMethod {
    pub(super) method: String,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    pub(super) refid: String,
}

/// What a withdrawal would cost.
#[derive(Deserialize)]
pub(super) struct ToldWithdrawalInfo {
    fee: Exact,
}

impl ToldWithdrawalInfo {
    pub(super) fn fee(self) -> Result<Decimal, CallError> {
        amount(self.fee)
    }
}

#[derive(Deserialize)]
pub(super) struct ToldWithdrawal {
    refid: String,
    #[serde(default)]
    txid: Option<Word>,
    /// The address.
    #[serde(default)]
    info: Option<String>,
    amount: Exact,
    fee: Exact,
    /// Seconds since 1970.
    #[serde(default)]
    time: Option<Exact>,
    status: String,
}

impl ToldWithdrawal {
    pub(super) fn report(self) -> Result<WithdrawalReport, CallError> {
        let state = match self.status.as_str() {
            "Success" => WithdrawalState::Sent { txid: self.txid.map(|id| id.0).filter(|id| !id.is_empty()) },
            "Failure" => WithdrawalState::Failed,
            _ => WithdrawalState::Pending,
        };
        let fee = amount(self.fee)?;
        // What is told is what arrives.
        Ok(WithdrawalReport {
            id: self.refid,
            client_id: None,
            amount: sum(amount(self.amount)?, fee)?,
            fee,
            address: self.info.filter(|address| !address.is_empty()),
            at: self.time.and_then(|time| time.0.trunc().to_u64()).map(UnixTime::new),
            state,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::read::part;
    use super::*;

    #[test]
    fn should_take_the_fee_in_the_coin_that_the_order_says() {
        let told = |flags: &str, status: &str| {
            let text = format!(
                r#"{{"status":"{status}","vol_exec":"30","cost":0.06,"fee":"0.00024",
                "oflags":"{flags}","cl_ord_id":null}}"#
            );
            part::<ToldOrder>(&text).unwrap().report("O".to_owned(), ("SKY", "XXBT"))
        };
        let asset = |flags| told(flags, "canceled").unwrap().fees.unwrap()[0].asset.clone();
        assert_eq!((asset("fciq"), asset("fcib"), asset("")), ("XXBT".into(), "SKY".into(), "XXBT".into()));
        assert_eq!(told("fciq", "open").unwrap().state, OrderState::Open);
        assert!(told("fciq", "lost").is_err());
    }

    #[test]
    fn should_read_rules_with_and_without_a_tick() {
        let told = |more: &str| {
            let text = format!(
                r#"{{"base":"SKY","quote":"XXBT","pair_decimals":5,"lot_decimals":"2","ordermin":"1"{more}}}"#
            );
            part::<ToldPair>(&text).unwrap().market("SKYXBT").unwrap()
        };
        let plain = told("");
        assert_eq!((plain.price_step, plain.quantity_step), (Decimal::new(1, 5), Decimal::new(1, 2)));
        assert_eq!((plain.state, plain.least_cost), (MarketState::Trading, Decimal::ZERO));
        let full = told(r#","costmin":"0.0001","tick_size":"0.0005","status":"cancel_only""#);
        assert_eq!((full.price_step, full.least_cost), (Decimal::new(5, 4), Decimal::new(1, 4)));
        assert_eq!(full.state, MarketState::Closed);
    }
}
