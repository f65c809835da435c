//! An order as the exchange keeps it, and as others see it.

use super::ids::{AccountId, AssetId, MarketId, OrderId, TradeId};
use super::market::Market;
use super::rate::Rate;
use super::terms::{OrderKind, OrderState, Price, Side};

/// The place of an order in memory.
pub(super) type Slot = u32;

/// No place.
pub(super) const NOWHERE: Slot = Slot::MAX;

/// An order as the exchange keeps it.
///
/// It is two lines of the processor's cache long: in a large book nearly every order that is touched is out of the
/// cache, and the time goes into getting it. What most have not, a client id, stands elsewhere.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub(super) struct Order {
    pub(super) id: OrderId,
    pub(super) account: AccountId,
    pub(super) market: MarketId,
    pub(super) side: Side,
    pub(super) kind: OrderKind,
    pub(super) state: OrderState,
    /// Whether a cancel was asked for and is held back.
    pub(super) is_cancelling: bool,
    /// Whether the fee is paid beside what the order pays, and not out of what it gets.
    pub(super) is_fee_on_top: bool,
    pub(super) maker_fee: Rate,
    pub(super) taker_fee: Rate,
    /// 0 in a market order.
    pub(super) ticks: u64,
    /// 0 where an amount of quote is spent.
    pub(super) lots: u64,
    pub(super) filled: u64,
    /// Quote units to spend; 0 where lots are asked for.
    pub(super) spend: u128,
    /// Quote units.
    pub(super) filled_quote: u128,
    pub(super) fee: u128,
    pub(super) created: u64,
    pub(super) updated: u64,
    pub(super) last_trade: TradeId,
}

const _: () = assert!(size_of::<Order>() == 128);

impl Order {
    /// Returns the lots that have not traded.
    pub(super) fn rest(&self) -> u64 {
        self.lots - self.filled
    }

    /// Returns what has to be frozen for the rest of an order in the book, in units of what it pays with.
    pub(super) fn needs(&self, market: &Market) -> u128 {
        self.needs_at(market, self.maker_fee)
    }

    /// Returns what the rest can cost at the order's own price, with a fee of this rate.
    pub(super) fn needs_at(&self, market: &Market, fee: Rate) -> u128 {
        let paid = match self.side {
            Side::Buy => market.cost(self.ticks, self.rest()),
            Side::Sell => market.quantity(self.rest()),
        };
        if self.is_fee_on_top { paid + fee.of(paid) } else { paid }
    }

    pub(super) fn fee_asset(&self, market: &Market) -> AssetId {
        if self.is_fee_on_top { market.paid(self.side) } else { market.received(self.side) }
    }

    pub(super) fn has_traded(&self) -> bool {
        self.filled > 0
    }
}

/// An order as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OrderInfo<'a> {
    pub(crate) id: OrderId,
    pub(crate) account: AccountId,
    pub(crate) market: MarketId,
    pub(crate) client_id: Option<&'a str>,
    pub(crate) side: Side,
    pub(crate) kind: OrderKind,
    pub(crate) state: OrderState,
    /// Whether a cancel was asked for and is held back.
    pub(crate) is_cancelling: bool,
    /// `None` in a market order.
    pub(crate) price: Option<Price>,
    /// In base units; `None` where an amount of quote is spent.
    pub(crate) quantity: Option<u128>,
    /// In quote units; `None` where a quantity is asked for.
    pub(crate) spend: Option<u128>,
    /// What has traded, in base units.
    pub(crate) filled: u128,
    /// What that cost without fees, in quote units. The average price is this by `filled`.
    pub(crate) filled_quote: u128,
    /// In units of `fee_asset`.
    pub(crate) fee: u128,
    pub(crate) fee_asset: AssetId,
    /// In milliseconds.
    pub(crate) created: u64,
    /// When the state or what has traded changed last, in milliseconds.
    pub(crate) updated: u64,
}

impl<'a> OrderInfo<'a> {
    pub(super) fn of(order: &Order, client_id: Option<&'a str>, market: &Market) -> OrderInfo<'a> {
        let (price, lots, spend) = match order.kind {
            OrderKind::Limit(_) => (Some(market.price(order.ticks)), Some(order.lots), None),
            OrderKind::Market => (None, Some(order.lots), None),
            OrderKind::MarketSpend => (None, None, Some(order.spend)),
        };
        OrderInfo {
            id: order.id,
            account: order.account,
            market: order.market,
            client_id,
            side: order.side,
            kind: order.kind,
            state: order.state,
            is_cancelling: order.is_cancelling,
            price,
            quantity: lots.map(|lots| market.quantity(lots)),
            spend,
            filled: market.quantity(order.filled),
            filled_quote: order.filled_quote,
            fee: order.fee,
            fee_asset: order.fee_asset(market),
            created: order.created,
            updated: order.updated,
        }
    }
}
