//! The order that comes meets those that are there: the best price first, the oldest first within a price.

use super::accounts::Accounts;
use super::book::{Rank, rank};
use super::close::close;
use super::ids::{AccountId, TradeId};
use super::market::Market;
use super::order::{Order, Slot};
use super::orders::Orders;
use super::rate::{Rate, divide};
use super::tape::Trade;
use super::terms::{ExpiryReason, OrderState, SelfTrade, Side};
use super::venue::Venue;

/// What an order that comes still wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Want {
    Lots(u64),
    /// Quote units.
    Quote(u128),
}

/// How an order that comes trades.
#[derive(Debug, Clone, Copy)]
pub(super) struct Aim {
    pub(super) want: Want,
    /// The worst rank of the other side that it takes.
    pub(super) bound: Rank,
    pub(super) self_trade: SelfTrade,
}

/// Why an order trades no further.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// It has all it wanted.
    Done,
    /// Nothing is left to trade with.
    Empty,
    /// What is left is beyond its bound.
    Bound,
    /// What it still spends does not buy one lot.
    TooLittle,
    SelfTrade,
}

impl Want {
    fn is_over(self) -> bool {
        match self {
            Want::Lots(lots) => lots == 0,
            Want::Quote(quote) => quote == 0,
        }
    }

    /// Returns how many of so many lots are wanted at a price.
    fn of(self, lots: u64, lot_cost: u128) -> u64 {
        match self {
            Want::Lots(wanted) => lots.min(wanted),
            Want::Quote(quote) => u64::try_from(divide(quote, lot_cost)).map_or(lots, |most| lots.min(most)),
        }
    }

    fn less(self, lots: u64, lot_cost: u128) -> Want {
        match self {
            Want::Lots(wanted) => Want::Lots(wanted - lots),
            Want::Quote(quote) => Want::Quote(quote - u128::from(lots) * lot_cost),
        }
    }
}

/// Returns how many lots there are for an order and what they cost in quote units, and changes nothing.
pub(super) fn probe(venue: &Venue, orders: &Orders, taker: &Order, aim: Aim) -> (u64, u128) {
    let (mut lots, mut quote, mut want) = (0, 0, aim.want);
    for (rank, maker) in venue.side(taker.side.opposite()).queue(orders) {
        if want.is_over() || rank > aim.bound {
            break;
        }
        if maker.account == taker.account {
            match aim.self_trade {
                SelfTrade::Allow => {}
                SelfTrade::ExpireMaker => continue,
                SelfTrade::ExpireTaker | SelfTrade::ExpireBoth => break,
            }
        }
        let lot_cost = venue.market.lot_cost(maker.ticks);
        let taken = want.of(maker.rest(), lot_cost);
        lots += taken;
        quote += u128::from(taken) * lot_cost;
        want = want.less(taken, lot_cost);
    }
    (lots, quote)
}

pub(super) struct Matching<'a> {
    pub(super) venue: &'a mut Venue,
    pub(super) orders: &'a mut Orders,
    pub(super) accounts: &'a mut Accounts,
    pub(super) now: u64,
}

impl Matching<'_> {
    /// Trades as far as the aim goes.
    pub(super) fn run(&mut self, taker: &mut Order, aim: Aim) -> Stop {
        let mut want = aim.want;
        while !want.is_over() {
            let Some((rank, level)) = self.venue.side(taker.side.opposite()).best() else {
                return Stop::Empty;
            };
            if rank > aim.bound {
                return Stop::Bound;
            }
            let slot = level.first;
            let maker = self.orders.at(slot);
            if maker.account == taker.account && aim.self_trade != SelfTrade::Allow {
                if self.prevent(slot, aim.self_trade) {
                    return Stop::SelfTrade;
                }
                continue;
            }
            let lot_cost = self.venue.market.lot_cost(maker.ticks);
            let lots = want.of(maker.rest(), lot_cost);
            if lots == 0 {
                return Stop::TooLittle;
            }
            self.fill(taker, slot, lots);
            want = want.less(lots, lot_cost);
        }
        Stop::Done
    }

    /// Keeps an account from trading with itself; returns whether the order that comes ends.
    fn prevent(&mut self, slot: Slot, mode: SelfTrade) -> bool {
        let (expires_maker, expires_taker) = match mode {
            SelfTrade::Allow => (false, false),
            SelfTrade::ExpireTaker => (false, true),
            SelfTrade::ExpireMaker => (true, false),
            SelfTrade::ExpireBoth => (true, true),
        };
        if expires_maker {
            self.venue.remove(self.orders, slot);
            let state = OrderState::Expired(ExpiryReason::SelfTrade);
            close(self.orders, self.accounts, &self.venue.market, (slot, state, self.now));
        }
        expires_taker
    }

    /// Trades so many lots with the best order of the other side.
    fn fill(&mut self, taker: &mut Order, slot: Slot, lots: u64) {
        let market = &self.venue.market;
        let maker = self.orders.at_mut(slot);
        let (price, id) = (market.price(maker.ticks), self.venue.tape.next_id());
        let (quantity, quote) = (market.quantity(lots), market.cost(maker.ticks, lots));
        let needed = maker.needs(market);
        let deal = Deal::of(market, maker, maker.maker_fee, (quantity, quote));
        let maker_before = note(maker, lots, quote, &deal, (id, self.now));
        let freed = needed - maker.needs(market) - deal.pays;
        self.accounts.pay_frozen(deal.account, market.paid(maker.side), deal.pays, freed);
        deal.give(self.accounts, market, maker.side);
        let maker_fee = deal.fee;
        let deal = Deal::of(market, taker, taker.taker_fee, (quantity, quote));
        let taker_before = note(taker, lots, quote, &deal, (id, self.now));
        self.accounts.pay_free(deal.account, market.paid(taker.side), deal.pays);
        deal.give(self.accounts, market, taker.side);
        let (maker, taker_side, taker_fee, time) = (maker.id, taker.side, deal.fee, self.now);
        self.settle_book(slot, lots);
        self.venue.print(Trade {
            id,
            time,
            price,
            quantity,
            quote,
            maker,
            taker: taker.id,
            taker_side,
            maker_fee,
            taker_fee,
            maker_before,
            taker_before,
        });
    }

    /// Brings the book up to date with what the best order has just traded.
    fn settle_book(&mut self, slot: Slot, lots: u64) {
        let (side, rest) = (self.orders.at(slot).side, self.orders.at(slot).rest());
        self.venue.reduce_best(side, lots);
        if rest == 0 {
            self.venue.remove(self.orders, slot);
            let end = (slot, OrderState::Filled, self.now);
            close(self.orders, self.accounts, &self.venue.market, end);
        }
    }
}

/// Notes in an order what it has traded; returns its trade before this one.
fn note(order: &mut Order, lots: u64, quote: u128, deal: &Deal, (id, now): (TradeId, u64)) -> TradeId {
    order.filled += lots;
    order.filled_quote += quote;
    order.fee += deal.fee;
    order.updated = now;
    order.state = OrderState::PartlyFilled;
    std::mem::replace(&mut order.last_trade, id)
}

/// What a trade means for one of its two orders, in smallest units.
struct Deal {
    account: AccountId,
    pays: u128,
    gets: u128,
    fee: u128,
    is_fee_on_top: bool,
}

impl Deal {
    fn of(market: &Market, order: &Order, rate: Rate, (quantity, quote): (u128, u128)) -> Deal {
        debug_assert!(order.market == market.id());
        let (paid, got) = match order.side {
            Side::Buy => (quote, quantity),
            Side::Sell => (quantity, quote),
        };
        let (account, is_fee_on_top) = (order.account, order.is_fee_on_top);
        if is_fee_on_top {
            let fee = rate.of(paid);
            Deal { account, pays: paid + fee, gets: got, fee, is_fee_on_top }
        } else {
            let fee = rate.of(got);
            Deal { account, pays: paid, gets: got - fee, fee, is_fee_on_top }
        }
    }

    /// Gives the account what it gets, and the exchange its fee.
    fn give(&self, accounts: &mut Accounts, market: &Market, side: Side) {
        accounts.credit(self.account, market.received(side), self.gets);
        let fee_asset = if self.is_fee_on_top { market.paid(side) } else { market.received(side) };
        accounts.collect_fee(fee_asset, self.fee);
    }
}

/// Returns the worst rank of the other side that an order with a limit takes.
pub(super) fn bound_at(side: Side, ticks: u64) -> Rank {
    rank(side.opposite(), ticks)
}
