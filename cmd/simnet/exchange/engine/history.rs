//! What an account asks about its orders.

use super::ids::{AccountId, AssetId, MarketId, OrderId, TradeId};
use super::order::{Order, OrderInfo};
use super::state::Exchange;
use super::terms::{Price, Side};

/// The part of a trade that one order had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fill {
    /// Counts up within the market.
    pub(crate) trade: TradeId,
    pub(crate) order: OrderId,
    pub(crate) market: MarketId,
    pub(crate) side: Side,
    pub(crate) price: Price,
    /// In base units.
    pub(crate) quantity: u128,
    /// In quote units.
    pub(crate) quote: u128,
    /// In units of `fee_asset`.
    pub(crate) fee: u128,
    pub(crate) fee_asset: AssetId,
    /// Whether the order was there first.
    pub(crate) is_maker: bool,
    /// In milliseconds.
    pub(crate) time: u64,
}

/// Some of the orders that were asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Page<'a> {
    pub(crate) orders: Vec<OrderInfo<'a>>,
    /// How many there are on all pages.
    pub(crate) total: usize,
}

impl Exchange {
    /// Returns an order of an account, or `None` where the account has none of this id on record.
    pub(crate) fn order(&self, account: AccountId, id: OrderId) -> Option<OrderInfo<'_>> {
        self.orders.get(id).filter(|order| order.account == account).map(|order| self.info(order))
    }

    /// Returns the orders of an account with a client id, newest first.
    pub(crate) fn orders_by_client_id(
        &self,
        account: AccountId,
        client_id: &str,
    ) -> impl Iterator<Item = OrderInfo<'_>> {
        let newest = self.accounts.get(account).client_ids.get(client_id).copied();
        newest.into_iter().flat_map(|newest| self.namesakes(newest)).map(|order| self.info(order))
    }

    /// Returns the open orders of an account, newest first.
    pub(crate) fn open_orders(&self, account: AccountId) -> Vec<OrderInfo<'_>> {
        let open = self.accounts.get(account).open.iter().map(|slot| self.info(self.orders.at(*slot)));
        let mut open: Vec<OrderInfo<'_>> = open.collect();
        open.sort_by_key(|order| std::cmp::Reverse(order.id));
        open
    }

    /// Returns the orders of an account that are on record, newest first, or those placed before one of them.
    pub(crate) fn orders(
        &self,
        account: AccountId,
        before: Option<OrderId>,
    ) -> impl Iterator<Item = OrderInfo<'_>> {
        let all = &self.accounts.get(account).orders;
        let end = before.map_or(all.len(), |before| all.partition_point(|id| *id < before));
        all[..end].iter().rev().filter_map(|id| self.orders.get(*id)).map(|order| self.info(order))
    }

    /// Returns those of an account's orders that are wanted, newest first: `limit` of them after the first `offset`.
    ///
    /// It looks at every order of the account that is on record.
    pub(crate) fn page(
        &self,
        account: AccountId,
        is_wanted: impl Fn(&OrderInfo<'_>) -> bool,
        (offset, limit): (usize, usize),
    ) -> Page<'_> {
        let (mut orders, mut total) = (Vec::new(), 0usize);
        for order in self.orders(account, None).filter(is_wanted) {
            if total >= offset && orders.len() < limit {
                orders.push(order);
            }
            total += 1;
        }
        Page { orders, total }
    }

    /// Returns what an order has traded, oldest first, as far as the market's trades are kept.
    pub(crate) fn fills(&self, order: OrderId) -> Vec<Fill> {
        let Some(order) = self.orders.get(order) else {
            return Vec::new();
        };
        let venue = &self.venues[order.market.index()];
        let mut fills = Vec::new();
        let mut next = order.last_trade;
        while let Some(trade) = venue.tape.get(next) {
            let is_maker = trade.maker == order.id;
            fills.push(Fill {
                trade: trade.id,
                order: order.id,
                market: order.market,
                side: order.side,
                price: trade.price,
                quantity: trade.quantity,
                quote: trade.quote,
                fee: if is_maker { trade.maker_fee } else { trade.taker_fee },
                fee_asset: order.fee_asset(&venue.market),
                is_maker,
                time: trade.time,
            });
            next = trade.before(order.id);
        }
        fills.reverse();
        fills
    }

    fn info<'a>(&'a self, order: &'a Order) -> OrderInfo<'a> {
        let client_id = self.orders.name(order.id).map(|name| &*name.client_id);
        OrderInfo::of(order, client_id, self.market(order.market))
    }
}
