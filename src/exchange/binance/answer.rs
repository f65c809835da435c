//! What Binance tells, and what it means.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Deserialize;

use super::super::call_error::{CallError, Refusal};
use super::super::exact::{Exact, Word};
use super::super::market::{AssetNetwork, Market, MarketState};
use super::super::order::{ClientId, Fee, OrderReport, OrderState, VenueOrderId};
use super::super::read::{amount, refused, sum, unclear};
use super::super::withdrawal::{WithdrawalReport, WithdrawalState};

#[derive(Deserialize)]
pub(super) struct ToldInfo {
    symbols: Vec<ToldSymbol>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ToldSymbol {
    symbol: String,
    status: String,
    base_asset: String,
    quote_asset: String,
    filters: Vec<Filter>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Filter {
    filter_type: String,
    tick_size: Option<Exact>,
    step_size: Option<Exact>,
    min_qty: Option<Exact>,
    min_notional: Option<Exact>,
}

impl ToldInfo {
    /// Returns the market of this name.
    pub(super) fn market(self, name: &str) -> Result<Market, CallError> {
        let symbol = self.symbols.into_iter().find(|symbol| symbol.symbol == name);
        let symbol = symbol.ok_or_else(|| refused(Refusal::Market, format!("{name} is not in the list")))?;
        let value = |filter: &str, value: fn(&Filter) -> Option<Exact>| {
            symbol.filters.iter().find(|known| known.filter_type == filter).and_then(value)
        };
        let rule = |filter, rule, of| {
            let Exact(value) =
                value(filter, of).ok_or_else(|| unclear(format_args!("{name} without {rule}")))?;
            if value > Decimal::ZERO {
                Ok(value)
            } else {
                Err(unclear(format_args!("{name}: {rule} {value}")))
            }
        };
        let least_cost =
            ["NOTIONAL", "MIN_NOTIONAL"].map(|filter| value(filter, |filter| filter.min_notional));
        // Whatever takes no orders is closed, by whichever of the many names.
        let state = if symbol.status == "TRADING" { MarketState::Trading } else { MarketState::Closed };
        Ok(Market {
            state,
            price_step: rule("PRICE_FILTER", "tickSize", |filter| filter.tick_size)?,
            quantity_step: rule("LOT_SIZE", "stepSize", |filter| filter.step_size)?,
            least_quantity: rule("LOT_SIZE", "minQty", |filter| filter.min_qty)?,
            least_cost: least_cost.into_iter().flatten().map(|cost| cost.0).max().unwrap_or_default(),
            name: symbol.symbol,
            base: symbol.base_asset,
            quote: symbol.quote_asset,
        })
    }
}

#[derive(Deserialize)]
pub(super) struct ToldDepth {
    pub(super) bids: Vec<(Exact, Exact)>,
    pub(super) asks: Vec<(Exact, Exact)>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ToldDay {
    pub(super) last_price: Exact,
    pub(super) bid_price: Exact,
    pub(super) ask_price: Exact,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Placed {
    pub(super) order_id: Word,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ToldOrder {
    pub(super) order_id: Word,
    pub(super) client_order_id: Option<Word>,
    status: String,
    executed_qty: Exact,
    cummulative_quote_qty: Exact,
}

impl ToldOrder {
    /// Returns the order as the port has it, without fees where it has any.
    pub(super) fn report(self) -> Result<OrderReport, CallError> {
        let state = match self.status.as_str() {
            "NEW" | "PENDING_NEW" | "PARTIALLY_FILLED" | "PENDING_CANCEL" => OrderState::Open,
            "FILLED" | "CANCELED" | "REJECTED" | "EXPIRED" | "EXPIRED_IN_MATCH" => OrderState::Ended,
            other => return Err(unclear(format_args!("an order that is {other:.40}"))),
        };
        let filled = amount(self.executed_qty)?;
        Ok(OrderReport {
            id: VenueOrderId(self.order_id.0),
            client_id: self.client_order_id.map(|id| ClientId(id.0)),
            state,
            filled,
            cost: amount(self.cummulative_quote_qty)?,
            fees: filled.is_zero().then(Vec::new),
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ToldTrade {
    pub(super) id: Exact,
    order_id: Word,
    qty: Exact,
    commission: Exact,
    commission_asset: String,
}

/// Returns the fees of an order; none while there are trades that are not told yet. Trades may come twice and in any
/// order.
pub(super) fn fees(order: &OrderReport, trades: Vec<ToldTrade>) -> Result<Option<Vec<Fee>>, CallError> {
    let own = trades.into_iter().filter(|trade| trade.order_id.as_str() == order.id.0);
    let once: BTreeMap<Exact, ToldTrade> = own.map(|trade| (trade.id, trade)).collect();
    let (mut traded, mut fees) = (Decimal::ZERO, BTreeMap::<String, Decimal>::new());
    for trade in once.into_values() {
        traded = sum(traded, amount(trade.qty)?)?;
        let fee = fees.entry(trade.commission_asset).or_default();
        *fee = sum(*fee, amount(trade.commission)?)?;
    }
    if traded > order.filled && order.state == OrderState::Ended {
        return Err(unclear(format_args!("trades of {traded} of an order that bought {}", order.filled)));
    }
    let paid = fees.into_iter().filter(|(_, amount)| !amount.is_zero());
    let paid = paid.map(|(asset, amount)| Fee { asset, amount }).collect();
    Ok(if traded == order.filled { Some(paid) } else { None })
}

#[derive(Deserialize)]
pub(super) struct ToldAccount {
    pub(super) balances: Vec<ToldBalance>,
}

#[derive(Deserialize)]
pub(super) struct ToldBalance {
    pub(super) asset: String,
    pub(super) free: Exact,
    pub(super) locked: Exact,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ToldCoin {
    pub(super) coin: String,
    network_list: Vec<ToldNetwork>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ToldNetwork {
    network: String,
    contract_address: Option<String>,
    #[serde(default)]
    is_default: bool,
    #[serde(default)]
    withdraw_fee: Option<Exact>,
}

impl ToldCoin {
    /// Returns what a withdrawal on a network costs, on the usual one where none is named; none where it is not told.
    pub(super) fn fee_on(&self, network: Option<&str>) -> Option<Result<Decimal, CallError>> {
        let is_it = |told: &&ToldNetwork| network.map_or(told.is_default, |name| told.network == name);
        let found = self.network_list.iter().find(is_it)?;
        found.withdraw_fee.map(amount)
    }

    pub(super) fn networks(self) -> Vec<AssetNetwork> {
        let row = |told: ToldNetwork| AssetNetwork {
            name: told.network,
            contract: told.contract_address.filter(|contract| !contract.is_empty()),
        };
        self.network_list.into_iter().map(row).collect()
    }
}

#[derive(Deserialize)]
pub(super) struct Asked {
    pub(super) id: Word,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ToldWithdrawal {
    id: Word,
    #[serde(default)]
    withdraw_order_id: Option<Word>,
    amount: Exact,
    transaction_fee: Exact,
    #[serde(default)]
    address: Option<String>,
    status: Word,
    #[serde(default)]
    tx_id: Option<Word>,
}

impl ToldWithdrawal {
    pub(super) fn report(self) -> Result<WithdrawalReport, CallError> {
        let txid = self.tx_id.map(|id| id.0).filter(|id| !id.is_empty());
        let state = match self.status.as_str() {
            "6" => WithdrawalState::Sent { txid },
            // Cancelled, rejected, failed.
            "1" | "3" | "5" => WithdrawalState::Failed,
            _ => WithdrawalState::Pending,
        };
        let fee = amount(self.transaction_fee)?;
        Ok(WithdrawalReport {
            id: self.id.0,
            client_id: self.withdraw_order_id.map(|id| ClientId(id.0)).filter(|id| !id.0.is_empty()),
            // What is told is what arrives.
            amount: sum(amount(self.amount)?, fee)?,
            fee,
            address: self.address.filter(|address| !address.is_empty()),
            at: None,
            state,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::read::part;
    use super::*;

    fn order(state: OrderState, filled: i64) -> OrderReport {
        let (id, cost) = (VenueOrderId("7".to_owned()), Decimal::ONE);
        OrderReport { id, client_id: None, state, filled: Decimal::from(filled), cost, fees: None }
    }

    fn told(trades: &str) -> Vec<ToldTrade> {
        part(trades).unwrap()
    }

    const ONE: &str = r#"{"id":1,"orderId":7,"qty":"3.0","commission":0.003,"commissionAsset":"SKY"}"#;
    const TWO: &str = r#"{"id":"2","orderId":"7","qty":2,"commission":"0.002","commissionAsset":"BNB"}"#;
    const OTHER: &str = r#"{"id":3,"orderId":8,"qty":"9","commission":"1","commissionAsset":"SKY"}"#;

    #[test]
    fn should_count_each_trade_once_and_wait_for_all() {
        let paid =
            |asset: &str, thousandths| Fee { asset: asset.to_owned(), amount: Decimal::new(thousandths, 3) };
        let ended = order(OrderState::Ended, 5);
        for trades in [format!("[{ONE},{TWO},{OTHER}]"), format!("[{TWO},{ONE},{TWO},{ONE}]")] {
            let fees = fees(&ended, told(&trades)).unwrap();
            assert_eq!(fees, Some(vec![paid("BNB", 2), paid("SKY", 3)]), "{trades}");
        }
        assert_eq!(fees(&ended, told(&format!("[{ONE}]"))).unwrap(), None);
        assert_eq!(fees(&ended, told("[]")).unwrap(), None);
        let too_many = format!("[{ONE},{TWO}]");
        assert!(fees(&order(OrderState::Ended, 3), told(&too_many)).is_err());
        assert_eq!(fees(&order(OrderState::Open, 3), told(&too_many)).unwrap(), None, "it went on meanwhile");
    }

    #[test]
    fn should_read_rules_by_their_filters() {
        let info = |status: &str, least: &str| {
            let text = format!(
                r#"{{"symbols":[{{"symbol":"SKYBTC","status":"{status}","baseAsset":"SKY","quoteAsset":"BTC","filters":[
                {{"filterType":"PRICE_FILTER","tickSize":"0.00001"}},{{"filterType":"ICEBERG_PARTS","limit":10}},
                {{"filterType":"LOT_SIZE","minQty":1,"stepSize":"0.01"}},{least}]}}]}}"#
            );
            part::<ToldInfo>(&text).unwrap().market("SKYBTC")
        };
        for least in [
            r#"{"filterType":"NOTIONAL","minNotional":"0.0001"}"#,
            r#"{"filterType":"MIN_NOTIONAL","minNotional":0.0001}"#,
        ] {
            let market = info("TRADING", least).unwrap();
            assert_eq!((market.state, market.least_cost), (MarketState::Trading, Decimal::new(1, 4)));
            assert_eq!((market.price_step, market.quantity_step), (Decimal::new(1, 5), Decimal::new(1, 2)));
        }
        let other = r#"{"filterType":"MAX_NUM_ORDERS","maxNumOrders":200}"#;
        let closed = info("CANCEL_ONLY", other).unwrap();
        assert_eq!((closed.state, closed.least_cost), (MarketState::Closed, Decimal::ZERO));
        let nowhere = part::<ToldInfo>(r#"{"symbols":[]}"#).unwrap().market("SKYBTC").unwrap_err();
        assert_eq!(nowhere.refusal(), Some(Refusal::Market));
    }
}
