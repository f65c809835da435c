//! Orders that come.

use std::sync::Arc;

use super::book::{Rank, WORST};
use super::close::{note_final, open};
use super::ids::{AccountId, OrderId, TradeId};
use super::market::Market;
use super::matching::{Aim, Matching, Stop, Want, bound_at, probe};
use super::order::Order;
use super::orders::Name;
use super::rate::{FeeCoin, MAX_UNITS};
use super::request::{ClientId, Draft, OrderRequest, PlaceError, Placed, Refusal, draft};
use super::state::Exchange;
use super::terms::{ExpiryReason, IdPolicy, MarketState, OrderKind, OrderState, Side, TimeInForce};
use super::venue::Venue;

impl Exchange {
    /// Takes an order and trades it as far as it goes.
    ///
    /// # Errors
    /// Where the market does not take orders, the client id is taken, the market's rules are broken, or, unless the
    /// request wants that on record, the balance is too low or a post-only order would trade.
    pub(crate) fn place(
        &mut self,
        account: AccountId,
        request: &OrderRequest<'_>,
        now: u64,
    ) -> Result<Placed, PlaceError> {
        let now = self.advance(now);
        if let Some(order) = self.repeated(account, request)? {
            return Ok(Placed { order, is_repeat: true });
        }
        let (mut order, aim) = self.prepare(account, request, now)?;
        let id = match self.admit(&order, aim) {
            Ok(()) => self.execute(order, aim),
            Err(error) => match error.on_record().filter(|_| request.refusal == Refusal::Recorded) {
                Some(reason) => {
                    order.state = OrderState::Rejected(reason);
                    self.record(order)
                }
                None => return Err(error),
            },
        };
        if let Some(ClientId { id: name, .. }) = request.client_id {
            self.name(account, id, name);
        }
        Ok(Placed { order: id, is_repeat: false })
    }

    /// Looks whether an order would be taken now, and changes nothing.
    ///
    /// # Errors
    /// As [`Exchange::place`], whatever the request wants on record.
    pub(crate) fn validate(&self, account: AccountId, request: &OrderRequest<'_>) -> Result<(), PlaceError> {
        if self.repeated(account, request)?.is_some() {
            return Ok(());
        }
        let (order, aim) = self.prepare(account, request, self.now())?;
        self.admit(&order, aim)
    }

    fn prepare(
        &self,
        account: AccountId,
        request: &OrderRequest<'_>,
        now: u64,
    ) -> Result<(Order, Aim), PlaceError> {
        let venue = &self.venues[request.market.index()];
        let draft = draft(&venue.market, request.side, request.terms)?;
        let order = self.make(account, request, &draft, now);
        let self_trade = request.self_trade.unwrap_or(self.accounts.get(account).settings.self_trade);
        let aim = Aim { want: want(&order), bound: bound(venue, &order), self_trade };
        Ok((order, aim))
    }

    /// Returns the order that a request to a trading market repeats, where that is how its client id is meant.
    fn repeated(
        &self,
        account: AccountId,
        request: &OrderRequest<'_>,
    ) -> Result<Option<OrderId>, PlaceError> {
        let market = self.market(request.market);
        if market.state() != MarketState::Trading {
            let (name, state) = (market.spec().name.clone(), market.state());
            return Err(PlaceError::NotTrading { name, state });
        }
        let Some(ClientId { id, policy }) = request.client_id else {
            return Ok(None);
        };
        let Some(newest) = self.accounts.get(account).client_ids.get(id).copied() else {
            return Ok(None);
        };
        let taken = |order| Err(PlaceError::IdTaken { id: id.to_owned(), order });
        match policy {
            IdPolicy::UniqueForEver => taken(newest),
            IdPolicy::UniqueAmongOpen => match self.namesakes(newest).find(|order| !order.state.is_final()) {
                Some(open) => taken(open.id),
                None => Ok(None),
            },
            IdPolicy::ReturnsExisting => Ok(Some(newest)),
            IdPolicy::NotEnforced => Ok(None),
        }
    }

    /// Returns an order and those that had its client id before, newest first.
    pub(super) fn namesakes(&self, newest: OrderId) -> impl Iterator<Item = &Order> {
        let older = |order: &&Order| self.orders.get(self.orders.name(order.id)?.before?);
        std::iter::successors(self.orders.get(newest), older)
    }

    fn make(&self, account: AccountId, request: &OrderRequest<'_>, draft: &Draft, now: u64) -> Order {
        let spec = self.market(request.market).spec();
        let settings = self.accounts.get(account).settings;
        let fees = settings.fees.unwrap_or(spec.fees);
        let is_fee_on_top = match (settings.fee_coin.unwrap_or(spec.fee_coin), request.side) {
            (FeeCoin::Received, Side::Buy | Side::Sell) => false,
            (FeeCoin::Quote, side) => side == Side::Buy,
            (FeeCoin::Base, side) => side == Side::Sell,
        };
        Order {
            id: self.orders.next_id(),
            account,
            market: request.market,
            side: request.side,
            kind: draft.kind,
            state: OrderState::Open,
            is_cancelling: false,
            is_fee_on_top,
            maker_fee: fees.maker,
            taker_fee: fees.taker,
            ticks: draft.ticks,
            lots: draft.lots,
            filled: 0,
            spend: draft.spend,
            filled_quote: 0,
            fee: 0,
            created: now,
            updated: now,
            last_trade: TradeId::new(0),
        }
    }

    /// Looks whether an order can be paid and may trade.
    fn admit(&self, order: &Order, aim: Aim) -> Result<(), PlaceError> {
        let venue = &self.venues[order.market.index()];
        if order.kind == OrderKind::Limit(TimeInForce::PostOnly) {
            may_rest(venue, order)?;
        }
        let needed = match (order.kind, order.side) {
            (OrderKind::Limit(_), Side::Buy | Side::Sell) | (OrderKind::Market, Side::Sell) => {
                order.needs_at(&venue.market, order.maker_fee.max(order.taker_fee))
            }
            (OrderKind::Market, Side::Buy) => {
                let (_, quote) = probe(venue, &self.orders, order, aim);
                // What nobody can have needs no fee to be too much.
                let is_more = order.is_fee_on_top && quote <= MAX_UNITS;
                if is_more { quote + order.taker_fee.of(quote) } else { quote }
            }
            (OrderKind::MarketSpend, Side::Buy | Side::Sell) => order.spend,
        };
        let free = self.accounts.balance(order.account, venue.market.paid(order.side)).free;
        if needed > free { Err(PlaceError::Balance { needed, free }) } else { Ok(()) }
    }

    fn execute(&mut self, mut order: Order, aim: Aim) -> OrderId {
        let venue = &mut self.venues[order.market.index()];
        if order.kind == OrderKind::Limit(TimeInForce::FillOrKill)
            && probe(venue, &self.orders, &order, aim).0 < order.lots
        {
            order.state = OrderState::Expired(ExpiryReason::FillOrKill);
            return self.record(order);
        }
        let now = order.created;
        let mut matching = Matching { venue, orders: &mut self.orders, accounts: &mut self.accounts, now };
        let stop = matching.run(&mut order, aim);
        order.state = outcome(order.kind, stop, order.has_traded());
        if order.state.is_final() { self.record(order) } else { self.rest(order) }
    }

    /// Puts an order into the book.
    fn rest(&mut self, order: Order) -> OrderId {
        let venue = &mut self.venues[order.market.index()];
        let (account, paid) = (order.account, venue.market.paid(order.side));
        self.accounts.freeze(account, paid, order.needs(&venue.market));
        let id = self.keep(order);
        let slot = self.orders.slot(id).expect("BUG: an order that was just kept is there");
        open(&mut self.orders, &mut self.accounts, slot);
        self.venues[self.orders.at(slot).market.index()].push(&mut self.orders, slot);
        id
    }

    /// Keeps an order that is final from the start.
    fn record(&mut self, order: Order) -> OrderId {
        let account = order.account;
        let id = self.keep(order);
        note_final(&mut self.orders, &mut self.accounts, account, id);
        id
    }

    fn keep(&mut self, order: Order) -> OrderId {
        let id = order.id;
        self.accounts.get_mut(order.account).orders.push(id);
        self.orders.keep(order);
        id
    }

    /// Notes the client id of an order that was just kept.
    fn name(&mut self, account: AccountId, id: OrderId, name: &str) {
        let client_id: Arc<str> = Arc::from(name);
        let before = self.accounts.get_mut(account).client_ids.insert(Arc::clone(&client_id), id);
        self.orders.set_name(id, Name { client_id, before });
    }
}

/// Looks whether a post-only order finds nothing to trade with.
fn may_rest(venue: &Venue, order: &Order) -> Result<(), PlaceError> {
    let market: &Market = &venue.market;
    match venue.side(order.side.opposite()).best() {
        Some((rank, _)) if rank <= bound_at(order.side, order.ticks) => {
            let best = venue.side(order.side.opposite()).best_ticks().unwrap_or_default();
            Err(PlaceError::WouldTake { price: market.price(order.ticks), best: market.price(best) })
        }
        Some(_) | None => Ok(()),
    }
}

fn want(order: &Order) -> Want {
    match order.kind {
        OrderKind::Limit(_) | OrderKind::Market => Want::Lots(order.lots),
        OrderKind::MarketSpend if order.is_fee_on_top => Want::Quote(order.taker_fee.below(order.spend)),
        OrderKind::MarketSpend => Want::Quote(order.spend),
    }
}

/// Returns the worst rank of the other side that an order takes.
fn bound(venue: &Venue, order: &Order) -> Rank {
    match order.kind {
        OrderKind::Limit(_) => bound_at(order.side, order.ticks),
        OrderKind::Market | OrderKind::MarketSpend => range(venue, order.side).unwrap_or(WORST),
    }
}

/// Returns how far a market order goes by the rule of the market.
fn range(venue: &Venue, side: Side) -> Option<Rank> {
    let best = venue.side(side.opposite()).best_ticks()?;
    let far = venue.market.spec().price_range?.of(u128::from(best));
    let far = u64::try_from(far).expect("BUG: a part of a price is a price");
    let ticks = match side {
        Side::Buy => best.saturating_add(far),
        Side::Sell => best - far,
    };
    Some(bound_at(side, ticks))
}

/// Returns the state of an order that has traded as far as it goes.
fn outcome(kind: OrderKind, stop: Stop, has_traded: bool) -> OrderState {
    use ExpiryReason as Reason;
    match (stop, kind) {
        (Stop::Done, _) => OrderState::Filled,
        (Stop::SelfTrade, _) => OrderState::Expired(Reason::SelfTrade),
        (Stop::TooLittle, _) if has_traded => OrderState::Filled,
        (Stop::TooLittle, _) => OrderState::Expired(Reason::TooLittle),
        (Stop::Empty | Stop::Bound, OrderKind::Limit(force)) => match force {
            TimeInForce::GoodTilCancelled | TimeInForce::PostOnly if has_traded => OrderState::PartlyFilled,
            TimeInForce::GoodTilCancelled | TimeInForce::PostOnly => OrderState::Open,
            TimeInForce::ImmediateOrCancel => OrderState::Expired(Reason::ImmediateOrCancel),
            TimeInForce::FillOrKill => OrderState::Expired(Reason::FillOrKill),
        },
        (Stop::Empty, OrderKind::Market | OrderKind::MarketSpend) => OrderState::Expired(Reason::NoLiquidity),
        (Stop::Bound, OrderKind::Market | OrderKind::MarketSpend) => OrderState::Expired(Reason::PriceRange),
    }
}
