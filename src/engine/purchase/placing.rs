//! Places orders: intended in one transaction, called for side by side, and what came of the calls in one more.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ring::rand::{SecureRandom, SystemRandom};

use super::groups::{Candidate, Gathering, groups, sum};
use super::lookup::{new_order, placed_event};
use super::markets::Offer;
use super::queue::{Settled, Waiting, is_still_ready};
use super::{MarketSettings, Purchaser};
use crate::engine::doubt::is_reconciled;
use crate::engine::trouble::stops_others;
use crate::exchange::{Book, CallError, VenueOrderId};
use crate::ledger::Asset;
use crate::store::{Orders, StoreError};
use crate::task::StepError;
use crate::types::{Exact, Moment, OrderNo, Symbol, Units};
use crate::upstream::{BuyOrder, Share, Sizing, SizingRefused, Terms, size_order};

/// Orders that are placed in one step, with those whose calls of before are not answered.
const MOST_AT_ONCE: usize = 128;
/// Orders that are open at once; those that a person has to look at are not counted.
const MOST_OPEN: u64 = 512;

/// What came of the call that places an order; no answer where it was not made.
#[derive(Debug)]
pub(super) struct Placed {
    order: BuyOrder,
    answer: Option<Result<VenueOrderId, CallError>>,
}

/// An order that is to be stored.
type Draft = (Terms, Vec<Share>);

impl Purchaser {
    /// Buys for what waits; answers whether anything came of it.
    pub(super) async fn buy(&mut self) -> Result<bool, StepError> {
        if !is_reconciled(&self.live, &self.store.snapshot()) {
            // What waits here may have been bought before: a person looks first.
            return self.take_placed().await;
        }
        let queue = self.queue()?;
        let (mut drafts, mut settled) = (Vec::new(), Vec::new());
        let mut markets = self.settings.markets.clone();
        let now = self.clock.moment();
        markets.retain(|market| {
            queue.get(&market.asset).is_some_and(|waiting| self.is_worth_asking(market, waiting, now))
        });
        let asked: Vec<Asset> = markets.iter().map(|market| market.asset).collect();
        let mut offers = self.offers(&markets).await;
        for market in markets {
            let Some(waiting) = queue.get(&market.asset) else { continue };
            let offer = offers.remove(&market.asset);
            settled.extend(self.plan(&market, waiting, offer, &mut drafts));
        }
        let is_left = |asset: &Asset| !asked.contains(asset);
        let alone = queue.iter().filter(|(asset, _)| is_left(asset)).flat_map(|(_, all)| all);
        settled.extend(alone.filter_map(|one| self.settled(one, None)));
        let has_settled = self.settle(settled).await?;
        let orders = self.intend(drafts).await?;
        let has_placed = !orders.is_empty();
        for share in orders.iter().flat_map(|order| &order.shares) {
            self.seen.remove(&share.payout);
        }
        self.place_all(orders);
        let is_news = self.take_placed().await?;
        Ok(has_settled || has_placed || is_news)
    }

    /// Whether something could be ordered, as far as is known: what waits for more is no reason to ask again and again.
    pub(super) fn is_worth_asking(&self, market: &MarketSettings, waiting: &[Waiting], now: Moment) -> bool {
        let Some(least) = self.known_least(market, now) else { return true };
        let is_begun = |one: &Waiting| !one.bought.spent.is_zero();
        let fresh: Vec<Candidate> = waiting.iter().map(|one| self.candidate(one)).collect();
        waiting.iter().any(is_begun) || !groups(&fresh, self.gathering(market, least)).is_empty()
    }

    fn gathering(&self, market: &MarketSettings, least: Units) -> Gathering {
        Gathering {
            count: self.settings.gather_count,
            time: self.settings.gather_time,
            least: least.max(market.least),
        }
    }

    /// Plans the orders for one market; answers what is done without one.
    pub(super) fn plan(
        &mut self,
        market: &MarketSettings,
        waiting: &[Waiting],
        offer: Option<Offer>,
        drafts: &mut Vec<Draft>,
    ) -> Vec<Settled> {
        let (mut settled, mut candidates) = (Vec::new(), Vec::new());
        for one in waiting {
            match self.settled(one, offer.as_ref()) {
                Some(done) => settled.push(done),
                None => candidates.push(self.candidate(one)),
            }
        }
        let Some(Offer { market: rules, mut book, least }) = offer else { return settled };
        let by = self.gathering(market, least);
        // What was begun is bought to its end, however little is left: the least of a deposit is no least of an order.
        let is_begun = |one: &Waiting| !one.bought.spent.is_zero();
        let begun: HashMap<_, _> = waiting.iter().map(|one| (one.payout.no, is_begun(one))).collect();
        let (begun, fresh): (Vec<Candidate>, Vec<Candidate>) =
            candidates.into_iter().partition(|one| begun.get(&one.no).copied().unwrap_or_default());
        let alone = begun.into_iter().map(|candidate| vec![candidate]);
        let guard = self.guard(market);
        for group in alone.chain(groups(&fresh, by)) {
            if drafts.len().saturating_add(self.placings.open()) >= MOST_AT_ONCE || self.is_full() {
                break;
            }
            let budget = Exact::of_units(sum(&group), market.asset.decimals());
            let sizing = budget.ok_or(SizingRefused::OutOfRange);
            match sizing.and_then(|budget| size_order(budget, &rules, &book, &guard)) {
                Ok(sizing) => {
                    take(&mut book, sizing);
                    drafts.extend(self.draft(market, &rules.base, &rules.quote, sizing, &group));
                }
                Err(refused) => self.refuse(market, &refused),
            }
        }
        settled
    }

    fn is_full(&self) -> bool {
        let counters = self.store.snapshot().counters().clone();
        counters.open_orders.saturating_sub(counters.held_orders) >= MOST_OPEN
    }

    fn refuse(&mut self, market: &MarketSettings, refused: &SizingRefused) {
        if let Some(state) = self.markets.get_mut(&market.asset) {
            state.refused = Some(refused.to_string());
        }
    }

    fn draft(
        &self,
        market: &MarketSettings,
        base: &str,
        quote: &str,
        sizing: Sizing,
        group: &[Candidate],
    ) -> Option<Draft> {
        let mut key = [0; 16];
        SystemRandom::new().fill(&mut key).ok()?;
        let terms = Terms {
            exchange: self.exchange.name().to_owned(),
            market: market.market.clone(),
            base: Symbol::parse(&base.to_uppercase()).ok()?,
            quote: Symbol::parse(&quote.to_uppercase()).ok()?,
            quote_decimals: market.asset.decimals(),
            client_id: self.exchange.client_id(key),
            price: sizing.price,
            quantity: sizing.quantity,
            account: self.settings.account.clone(),
        };
        let mut shares: Vec<Share> =
            group.iter().map(|one| Share { payout: one.no, budget: one.budget }).collect();
        shares.sort_by_key(|share| share.payout);
        Some((terms, shares))
    }

    /// Stores the orders; those whose deposits changed meanwhile are dropped.
    pub(super) async fn intend(&self, drafts: Vec<Draft>) -> Result<Vec<BuyOrder>, StepError> {
        if drafts.is_empty() {
            return Ok(Vec::new());
        }
        let write = self.store.write(move |tx| {
            let mut orders = Vec::new();
            for (terms, shares) in drafts.clone() {
                let mut is_ready = true;
                for share in &shares {
                    is_ready &= is_still_ready(tx, share.payout)?;
                }
                if is_ready {
                    let no = tx.intend_order(terms, shares)?;
                    let missing = || StoreError::Invariant("an order that was stored exists".to_owned());
                    orders.push(tx.order(no)?.ok_or_else(missing)?);
                }
            }
            Ok(orders)
        });
        Ok(write.await?)
    }

    /// Makes the one call for each. Once the exchange takes no more, the others are not called for.
    pub(super) fn place_all(&mut self, orders: Vec<BuyOrder>) {
        let is_stopped = Arc::new(AtomicBool::new(false));
        for order in orders {
            self.placing.insert(order.no);
            let (exchange, is_stopped) = (Arc::clone(&self.exchange), Arc::clone(&is_stopped));
            self.placings.begin(async move {
                if is_stopped.load(Ordering::Relaxed) {
                    return Placed { order, answer: None };
                }
                let answer = exchange.place(&new_order(&order)).await;
                if answer.as_ref().is_err_and(stops_others) {
                    is_stopped.store(true, Ordering::Relaxed);
                }
                Placed { order, answer: Some(answer) }
            });
        }
    }

    /// Commits what came of calls that place orders: what is answered is kept at once.
    pub(super) async fn take_placed(&mut self) -> Result<bool, StepError> {
        let (mut is_news, mut failures, mut placed) = (false, Vec::new(), self.placings.take().await);
        while !placed.is_empty() {
            let mut events = Vec::new();
            for Placed { order, answer } in placed {
                match &answer {
                    Some(Ok(_)) => self.note_placed(&order),
                    Some(Err(error)) => failures.push((order.clone(), error.clone())),
                    None => {}
                }
                self.placing.remove(&order.no);
                let event = placed_event(order.no, answer.unwrap_or_else(not_called));
                events.push((order, event));
            }
            is_news |= self.record(events).await?;
            placed = self.placings.take().await;
        }
        // What failed counts, whatever went well beside it.
        for (order, error) in failures {
            self.note_failure(&order, &error, true);
        }
        Ok(is_news)
    }

    /// Notes that an order was placed.
    pub(super) fn note_placed(&mut self, order: &BuyOrder) {
        self.standstill.end();
        let market = self.settings.markets.iter().find(|market| market.market == order.terms.market);
        if let Some(state) = market.and_then(|market| self.markets.get_mut(&market.asset)) {
            state.is_order_refused = false;
            state.standstill.end();
        }
    }

    /// Notes that a call for an order failed, the one that places it or another.
    pub(super) fn note_failure(&mut self, order: &BuyOrder, error: &CallError, is_placing: bool) {
        let market = self.settings.markets.iter().find(|market| market.market == order.terms.market).cloned();
        match market {
            Some(market) => self.note(&market, error, is_placing),
            None => {
                let (now, waits) = (self.clock.moment(), self.waits());
                self.standstill.begin(error, now, waits);
            }
        }
    }

    /// Orders that are not open any more are not watched.
    pub(super) fn forget(&mut self, no: OrderNo) {
        self.watches.remove(&no);
    }
}

/// What stands for the answer to a call that was not made.
fn not_called() -> Result<VenueOrderId, CallError> {
    Err(CallError::NotSent("the one before it failed".to_owned()))
}

/// Takes what an order will buy out of a book, so that the next one is not planned with it.
fn take(book: &mut Book, sizing: Sizing) {
    book.asks.sort_by_key(|level| level.price);
    let mut left = sizing.quantity.get();
    for level in &mut book.asks {
        if level.price > sizing.price.get() {
            break;
        }
        let taken = level.quantity.min(left);
        level.quantity = level.quantity.saturating_sub(taken);
        left = left.saturating_sub(taken);
    }
    book.asks.retain(|level| !level.quantity.is_zero());
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;
    use crate::exchange::Level;

    #[test]
    fn should_plan_no_order_with_what_another_one_will_buy() {
        let level =
            |price, quantity| Level { price: Decimal::new(price, 3), quantity: Decimal::from(quantity) };
        let exact = |text: &str| text.parse::<Exact>().unwrap();
        let left = |price: &str, quantity: &str| {
            // In no order.
            let asks = vec![level(3, 5), level(2, 3), level(4, 7)];
            let mut book = Book { bids: Vec::new(), asks };
            take(&mut book, Sizing { price: exact(price), quantity: exact(quantity) });
            book.asks
        };
        assert_eq!(left("0.003", "2"), [level(2, 1), level(3, 5), level(4, 7)]);
        assert_eq!(left("0.002", "3"), [level(3, 5), level(4, 7)]);
        assert_eq!(left("0.003", "6"), [level(3, 2), level(4, 7)]);
        // What is dearer than its price it does not buy.
        assert_eq!(left("0.003", "9"), [level(4, 7)]);
        assert_eq!(left("0.001", "9"), [level(2, 3), level(3, 5), level(4, 7)]);
    }
}
