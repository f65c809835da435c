//! Orders and markets that end.

use super::book::BookSide;
use super::close::close;
use super::ids::{AccountId, MarketId, OrderId};
use super::order::Slot;
use super::state::Exchange;
use super::terms::{ExpiryReason, MarketState, OrderState, Side};

/// Why an order cannot be ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CancelError {
    #[error("the account has no order {0}")]
    Unknown(OrderId),
    #[error("order {order} is {state:?}, expected one that is open")]
    Final { order: OrderId, state: OrderState },
}

impl Exchange {
    /// Takes an open order back, also one whose cancel was held back.
    ///
    /// # Errors
    /// Where the account has no such order, or it is final.
    pub(crate) fn cancel(&mut self, account: AccountId, order: OrderId, now: u64) -> Result<(), CancelError> {
        let slot = self.open_slot(account, order)?;
        self.end(slot, OrderState::Cancelled, now);
        Ok(())
    }

    /// Notes that an order is to be cancelled and leaves it as it is: it can still trade, until [`Exchange::cancel`].
    ///
    /// # Errors
    /// Where the account has no such order, or it is final.
    pub(crate) fn hold_cancel(
        &mut self,
        account: AccountId,
        order: OrderId,
        now: u64,
    ) -> Result<(), CancelError> {
        let slot = self.open_slot(account, order)?;
        let updated = self.advance(now);
        let order = self.orders.at_mut(slot);
        (order.is_cancelling, order.updated) = (true, updated);
        Ok(())
    }

    /// Takes all open orders of an account back, or those in one market; returns how many.
    pub(crate) fn cancel_all(&mut self, account: AccountId, market: Option<MarketId>, now: u64) -> usize {
        let is_meant = |slot: &&Slot| market.is_none_or(|market| self.orders.at(**slot).market == market);
        let mut open: Vec<Slot> = self.accounts.get(account).open.iter().filter(is_meant).copied().collect();
        open.sort_by_key(|slot| self.orders.at(*slot).id);
        for slot in &open {
            self.end(*slot, OrderState::Cancelled, now);
        }
        open.len()
    }

    /// Ends an open order by the will of the exchange.
    ///
    /// # Errors
    /// Where the account has no such order, or it is final.
    pub(crate) fn expire(
        &mut self,
        account: AccountId,
        order: OrderId,
        reason: ExpiryReason,
        now: u64,
    ) -> Result<(), CancelError> {
        let slot = self.open_slot(account, order)?;
        self.end(slot, OrderState::Expired(reason), now);
        Ok(())
    }

    /// Changes whether a market can be traded in. Where it goes, its orders expire and free what they froze.
    pub(crate) fn set_market_state(&mut self, market: MarketId, state: MarketState, now: u64) {
        let venue = &mut self.venues[market.index()];
        venue.market.set_state(state);
        match state {
            MarketState::Trading | MarketState::CancelOnly => {}
            MarketState::Gone => {
                let sides = [Side::Buy, Side::Sell].map(|side| venue.side(side));
                let levels = sides.into_iter().flat_map(BookSide::levels);
                let queued = levels.flat_map(|(_, level)| level.queue(&self.orders));
                let slots: Vec<Slot> = queued.map(|(slot, _)| slot).collect();
                let end = OrderState::Expired(ExpiryReason::MarketGone);
                for slot in slots {
                    self.end(slot, end, now);
                }
            }
        }
    }

    fn open_slot(&self, account: AccountId, order: OrderId) -> Result<Slot, CancelError> {
        let owned = |slot: &Slot| self.orders.at(*slot).account == account;
        let slot = self.orders.slot(order).filter(owned).ok_or(CancelError::Unknown(order))?;
        let state = self.orders.at(slot).state;
        if state.is_final() { Err(CancelError::Final { order, state }) } else { Ok(slot) }
    }

    fn end(&mut self, slot: Slot, state: OrderState, now: u64) {
        let now = self.advance(now);
        let venue = &mut self.venues[self.orders.at(slot).market.index()];
        venue.remove(&mut self.orders, slot);
        close(&mut self.orders, &mut self.accounts, &venue.market, (slot, state, now));
    }
}
