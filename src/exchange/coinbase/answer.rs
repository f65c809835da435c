//! What Coinbase tells, and what it means.

use rust_decimal::Decimal;
use serde::Deserialize;

use super::super::call_error::CallError;
use super::super::exact::{self, Exact, Word};
use super::super::market::{Market, MarketState};
use super::super::order::{ClientId, Fee, OrderReport, OrderState, VenueOrderId};
use super::super::port::Balance;
use super::super::read::{amount, unclear};
use super::super::withdrawal::{WithdrawalReport, WithdrawalState};
use super::error::rejection;

#[derive(Deserialize)]
#[allow(clippy::struct_excessive_bools, reason = "each closes the market by itself")]
pub(super) struct ToldProduct {
    product_id: String,
    base_currency_id: String,
    quote_currency_id: String,
    base_increment: Exact,
    price_increment: Exact,
    base_min_size: Exact,
    quote_min_size: Exact,
    #[serde(default)]
    is_disabled: bool,
    #[serde(default)]
    trading_disabled: bool,
    #[serde(default)]
    cancel_only: bool,
    #[serde(default)]
    post_only: bool,
    #[serde(default)]
    view_only: bool,
    #[serde(default)]
    auction_mode: bool,
    #[serde(default)]
    status: String,
}

impl ToldProduct {
    pub(super) fn market(self) -> Result<Market, CallError> {
        let is_closed = self.is_disabled || self.trading_disabled || self.cancel_only || self.view_only;
        let takes_nothing =
            self.post_only || self.auction_mode || !["", "online"].contains(&self.status.as_str());
        let state = if is_closed || takes_nothing { MarketState::Closed } else { MarketState::Trading };
        let step =
            |told: Exact| if told.0 > Decimal::ZERO { Ok(told.0) } else { Err(unclear("a step of nothing")) };
        Ok(Market {
            name: self.product_id,
            base: self.base_currency_id,
            quote: self.quote_currency_id,
            state,
            price_step: step(self.price_increment)?,
            quantity_step: step(self.base_increment)?,
            least_quantity: amount(self.base_min_size)?,
            least_cost: amount(self.quote_min_size)?,
        })
    }
}

#[derive(Deserialize)]
pub(super) struct ToldBook {
    pub(super) pricebook: Sides,
}

#[derive(Deserialize)]
pub(super) struct Sides {
    pub(super) bids: Vec<ToldLevel>,
    pub(super) asks: Vec<ToldLevel>,
}

#[derive(Deserialize)]
pub(super) struct ToldLevel {
    pub(super) price: Exact,
    pub(super) size: Exact,
}

#[derive(Deserialize)]
pub(super) struct ToldTicker {
    trades: Vec<ToldPrice>,
    best_bid: Word,
    best_ask: Word,
}

#[derive(Deserialize)]
struct ToldPrice {
    price: Exact,
}

impl ToldTicker {
    /// Returns what is bid, what is asked, and the last price. Where there is none, the text is empty.
    pub(super) fn prices(&self) -> Result<[Exact; 3], CallError> {
        let best = |word: &Word| match word.as_str() {
            "" => Ok(Exact::default()),
            text => exact::read(text).map(Exact).ok_or_else(|| unclear("a price that is no number")),
        };
        let last = self.trades.first().map(|trade| trade.price).unwrap_or_default();
        Ok([best(&self.best_bid)?, best(&self.best_ask)?, last])
    }
}

#[derive(Deserialize)]
pub(super) struct Placed {
    success: bool,
    #[serde(default)]
    success_response: Option<ToldId>,
    #[serde(default)]
    error_response: Option<ToldRejection>,
}

#[derive(Deserialize)]
struct ToldId {
    order_id: String,
}

#[derive(Deserialize)]
struct ToldRejection {
    #[serde(default)]
    error: String,
    #[serde(default)]
    message: String,
}

impl Placed {
    pub(super) fn order(self) -> Result<VenueOrderId, CallError> {
        match (self.success, self.success_response, self.error_response) {
            (true, Some(told), _) if !told.order_id.is_empty() => Ok(VenueOrderId(told.order_id)),
            (false, _, Some(told)) => Err(rejection(&told.error, &told.message)),
            _ => Err(unclear("an order that is neither taken nor refused")),
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Cancelled {
    pub(super) results: Vec<ToldCancel>,
}

#[derive(Deserialize)]
pub(super) struct ToldCancel {
    pub(super) success: bool,
    #[serde(default)]
    pub(super) failure_reason: String,
}

#[derive(Deserialize)]
pub(super) struct OneOrder {
    pub(super) order: ToldOrder,
}

#[derive(Deserialize)]
pub(super) struct OrderPage {
    pub(super) orders: Vec<ToldOrder>,
    pub(super) has_next: bool,
    #[serde(default)]
    pub(super) cursor: Word,
}

#[derive(Deserialize)]
pub(super) struct ToldOrder {
    order_id: String,
    product_id: String,
    #[serde(default)]
    pub(super) client_order_id: Option<String>,
    status: String,
    filled_size: Exact,
    filled_value: Exact,
    total_fees: Exact,
    #[serde(default)]
    settled: Option<bool>,
}

impl ToldOrder {
    pub(super) fn report(self) -> Result<OrderReport, CallError> {
        let state = match self.status.as_str() {
            "OPEN" | "PENDING" | "QUEUED" | "CANCEL_QUEUED" | "EDIT_QUEUED" => OrderState::Open,
            "FILLED" | "CANCELLED" | "EXPIRED" | "FAILED" => OrderState::Ended,
            other => return Err(unclear(format_args!("an order that is {other:.40}"))),
        };
        let (filled, fee) = (amount(self.filled_size)?, amount(self.total_fees)?);
        // Fees are taken in the quote coin, which stands second in the name.
        let asset = self.product_id.rsplit('-').next().unwrap_or_default().to_owned();
        let is_settled = state == OrderState::Ended && self.settled != Some(false);
        let fees = match (filled.is_zero(), is_settled) {
            (true, _) => Some(Vec::new()),
            (false, true) if fee.is_zero() => Some(Vec::new()),
            (false, true) => Some(vec![Fee { asset, amount: fee }]),
            (false, false) => None,
        };
        Ok(OrderReport {
            id: VenueOrderId(self.order_id),
            client_id: self.client_order_id.map(ClientId),
            state,
            filled,
            cost: amount(self.filled_value)?,
            fees,
        })
    }
}

#[derive(Deserialize)]
pub(super) struct AccountPage {
    pub(super) accounts: Vec<ToldAccount>,
    pub(super) has_next: bool,
    #[serde(default)]
    pub(super) cursor: Word,
}

#[derive(Deserialize)]
pub(super) struct ToldAccount {
    currency: String,
    available_balance: ToldValue,
    hold: ToldValue,
}

#[derive(Deserialize)]
struct ToldValue {
    value: Exact,
}

impl ToldAccount {
    pub(super) fn balance(self) -> Result<Balance, CallError> {
        let (available, reserved) = (amount(self.available_balance.value)?, amount(self.hold.value)?);
        Ok(Balance { asset: self.currency, available, reserved })
    }
}

/// What the older API answers with.
#[derive(Deserialize)]
pub(super) struct Data<T> {
    pub(super) data: T,
}

/// A page of an older list; `next_uri` is null on the last.
#[derive(Deserialize)]
pub(super) struct TransactionPage {
    pub(super) data: Vec<ToldTransaction>,
    pub(super) pagination: Pagination,
}

#[derive(Deserialize)]
pub(super) struct Pagination {
    #[serde(default)]
    pub(super) next_uri: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct ToldAddress {
    #[serde(default)]
    pub(super) network: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct ToldTransaction {
    pub(super) id: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    idem: Option<String>,
    status: String,
    amount: ToldAmount,
    #[serde(default)]
    network: Option<ToldNetwork>,
    #[serde(default)]
    to: Option<ToldPayee>,
}

#[derive(Deserialize)]
struct ToldPayee {
    #[serde(default)]
    address: Option<String>,
}

#[derive(Deserialize)]
struct ToldAmount {
    amount: Exact,
}

#[derive(Deserialize)]
struct ToldNetwork {
    #[serde(default)]
    hash: Option<Word>,
    #[serde(default)]
    transaction_fee: Option<ToldAmount>,
}

impl ToldTransaction {
    /// Whether coins left the account by it.
    pub(super) fn is_withdrawal(&self) -> bool {
        self.kind == "send" && self.amount.amount.0 < Decimal::ZERO
    }

    pub(super) fn report(self) -> Result<WithdrawalReport, CallError> {
        let (txid, fee) = self.network.map_or((None, None), |told| (told.hash, told.transaction_fee));
        let state = match self.status.as_str() {
            "completed" => WithdrawalState::Sent { txid: txid.map(|id| id.0).filter(|id| !id.is_empty()) },
            "failed" | "expired" | "canceled" => WithdrawalState::Failed,
            _ => WithdrawalState::Pending,
        };
        Ok(WithdrawalReport {
            id: self.id,
            client_id: self.idem.map(ClientId),
            // What leaves has a minus, and the fee is in it.
            amount: self.amount.amount.0.abs(),
            fee: fee.map_or(Ok(Decimal::ZERO), |fee| amount(fee.amount))?,
            address: self.to.and_then(|to| to.address),
            at: None,
            state,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::read::part;
    use super::*;

    #[test]
    fn should_tell_fees_of_what_is_settled_alone() {
        let told = |status: &str, settled: &str| {
            let text = format!(
                r#"{{"order_id":"o","product_id":"SKY-BTC","status":"{status}","filled_size":"50","filled_value":0.1,
                "total_fees":"0.0012"{settled}}}"#
            );
            part::<ToldOrder>(&text).unwrap().report()
        };
        let fee = Fee { asset: "BTC".to_owned(), amount: Decimal::new(12, 4) };
        assert_eq!(told("FILLED", r#","settled":true"#).unwrap().fees, Some(vec![fee]));
        assert_eq!(told("CANCELLED", r#","settled":false"#).unwrap().fees, None);
        assert_eq!(told("CANCEL_QUEUED", "").unwrap().state, OrderState::Open);
        assert!(told("UNKNOWN_ORDER_STATUS", "").is_err());
    }

    #[test]
    fn should_know_an_order_that_was_neither_taken_nor_refused() {
        for text in [
            r#"{"success":true}"#,
            r#"{"success":false}"#,
            r#"{"success":true,"success_response":{"order_id":""}}"#,
        ] {
            assert!(part::<Placed>(text).unwrap().order().unwrap_err().may_have_happened(), "{text}");
        }
    }
}
