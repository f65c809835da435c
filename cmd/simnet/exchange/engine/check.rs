//! Proofs that the exchange is sound.

use std::collections::{BTreeMap, HashSet};

use super::accounts::Totals;
use super::ids::{AccountId, AssetId, MarketId, OrderId};
use super::order::{NOWHERE, Order, Slot};
use super::state::Exchange;
use super::terms::Side;
use super::venue::Venue;
use super::withdrawal::WithdrawalState;

/// What is wrong with an exchange. Amounts are in smallest units.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Violation {
    #[error("of {asset:?}, {totals:?}: what was deposited is not where it has to be")]
    Conservation { asset: AssetId, totals: Totals },
    #[error("of {asset:?}, accounts hold {found}, expected {expected}")]
    Held { asset: AssetId, found: u128, expected: u128 },
    #[error("of {asset:?}, withdrawals on their way have {found}, expected {expected}")]
    InTransit { asset: AssetId, found: u128, expected: u128 },
    #[error("{account:?} has {found} of {asset:?} frozen, expected the {expected} that its open orders need")]
    Frozen { account: AccountId, asset: AssetId, found: u128, expected: u128 },
    #[error("{market:?} buys at {bid} ticks and sells at {ask}, expected the first below the second")]
    Crossed { market: MarketId, bid: u64, ask: u64 },
    #[error("a level of {market:?} at {ticks} ticks does not have the orders that it counts")]
    Level { market: MarketId, ticks: u64 },
    #[error("order {0} stands where it does not belong")]
    Misplaced(OrderId),
    #[error("{found} orders are in books, expected the {expected} that are open")]
    Open { found: usize, expected: usize },
    #[error("two orders stand at one place")]
    SharedPlace,
    #[error("the client id {id:?} of {account:?} does not lead to an order that has it")]
    ClientId { account: AccountId, id: String },
}

impl Exchange {
    /// Looks in one step per asset whether all that was deposited is held, taken as fees, in transit or sent.
    ///
    /// # Errors
    /// Where money was made or lost.
    pub(crate) fn check_totals(&self) -> Result<(), Violation> {
        for asset in self.asset_ids() {
            let totals = self.totals(asset);
            if !totals.is_conserved() {
                return Err(Violation::Conservation { asset, totals });
            }
        }
        Ok(())
    }

    /// Proves everything that has to be true between two operations, in a walk over all there is.
    ///
    /// # Errors
    /// With the first thing that is not.
    pub(crate) fn check(&self) -> Result<(), Violation> {
        self.check_totals()?;
        self.check_sums()?;
        self.check_frozen()?;
        self.check_places()?;
        let mut in_books = 0;
        for venue in &self.venues {
            check_spread(venue)?;
            in_books += self.check_side(venue, Side::Buy)? + self.check_side(venue, Side::Sell)?;
        }
        let open = self.accounts.ids().map(|id| self.accounts.get(id).open.len()).sum();
        if in_books != open {
            return Err(Violation::Open { found: in_books, expected: open });
        }
        self.check_client_ids()
    }

    fn check_sums(&self) -> Result<(), Violation> {
        for asset in self.asset_ids() {
            let Totals { held: expected, in_transit, .. } = self.totals(asset);
            let balances = self.accounts.ids().map(|id| self.balance(id, asset));
            let found = balances.map(|balance| balance.free + balance.frozen).sum();
            if found != expected {
                return Err(Violation::Held { asset, found, expected });
            }
            let of_asset = self.withdrawals.iter().filter(|withdrawal| withdrawal.asset == asset);
            let waiting = of_asset.filter(|withdrawal| withdrawal.state == WithdrawalState::Requested);
            let found = waiting.map(|withdrawal| withdrawal.amount + withdrawal.fee).sum();
            if found != in_transit {
                return Err(Violation::InTransit { asset, found, expected: in_transit });
            }
        }
        Ok(())
    }

    fn check_frozen(&self) -> Result<(), Violation> {
        let mut needed: BTreeMap<(AccountId, AssetId), u128> = BTreeMap::new();
        for (_, order) in self.orders.all().filter(|(_, order)| !order.state.is_final()) {
            let market = self.market(order.market);
            *needed.entry((order.account, market.paid(order.side))).or_default() += order.needs(market);
        }
        for account in self.accounts.ids() {
            for asset in self.asset_ids() {
                let found = self.balance(account, asset).frozen;
                let expected = needed.get(&(account, asset)).copied().unwrap_or_default();
                if found != expected {
                    return Err(Violation::Frozen { account, asset, found, expected });
                }
            }
        }
        Ok(())
    }

    /// Every order has a place of its own, and is among the open ones of its account exactly where it is open.
    fn check_places(&self) -> Result<(), Violation> {
        let mut places: HashSet<Slot> = HashSet::new();
        for (slot, order) in self.orders.all() {
            if !places.insert(slot) {
                return Err(Violation::SharedPlace);
            }
            let open = &self.accounts.get(order.account).open;
            let open_at = self.orders.links(slot).open_at;
            let is_listed = open.get(open_at as usize) == Some(&slot);
            let is_right = if order.state.is_final() { open_at == NOWHERE } else { is_listed };
            if !is_right || self.orders.slot(order.id) != Some(slot) {
                return Err(Violation::Misplaced(order.id));
            }
        }
        Ok(())
    }

    /// Returns how many orders are in a side of a book.
    fn check_side(&self, venue: &Venue, side: Side) -> Result<usize, Violation> {
        let mut count = 0;
        for (ticks, level) in venue.side(side).levels() {
            let wrong = Violation::Level { market: venue.market.id(), ticks };
            let (mut lots, mut orders, mut last) = (0u128, 0u32, None);
            for (slot, order) in level.queue(&self.orders) {
                let follows = self.orders.links(slot).before == last.map_or(NOWHERE, |(slot, _)| slot)
                    && last.is_none_or(|(_, id)| id < order.id);
                let belongs = (order.market, order.side, order.ticks) == (venue.market.id(), side, ticks);
                if !follows || !belongs || order.state.is_final() || order.rest() == 0 {
                    return Err(Violation::Misplaced(order.id));
                }
                (lots, orders, last) = (lots + u128::from(order.rest()), orders + 1, Some((slot, order.id)));
            }
            if (lots, orders) != (level.lots, level.orders) || last.map(|(slot, _)| slot) != Some(level.last)
            {
                return Err(wrong);
            }
            count += orders as usize;
        }
        Ok(count)
    }

    fn check_client_ids(&self) -> Result<(), Violation> {
        for account in self.accounts.ids() {
            for (id, newest) in &self.accounts.get(account).client_ids {
                let is_named =
                    |order: &Order| self.orders.name(order.id).is_some_and(|name| name.client_id == *id);
                let is_its = |order: &Order| order.account == account && is_named(order);
                if !self.orders.get(*newest).is_none_or(is_its) {
                    return Err(Violation::ClientId { account, id: id.to_string() });
                }
            }
        }
        Ok(())
    }
}

fn check_spread(venue: &Venue) -> Result<(), Violation> {
    match (venue.side(Side::Buy).best_ticks(), venue.side(Side::Sell).best_ticks()) {
        (Some(bid), Some(ask)) if bid >= ask => {
            Err(Violation::Crossed { market: venue.market.id(), bid, ask })
        }
        (Some(_), Some(_)) | (None, _) | (_, None) => Ok(()),
    }
}
