//! Follows the orders that are open, side by side: one that is stuck keeps no other one waiting.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::StreamExt;
use futures_util::stream;

use super::Purchaser;
use super::lookup::{self, Look, Terms, Watch};
use super::outcome::FeeRule;
use crate::engine::trouble::stops_others;
use crate::store::{OrderEvent, Orders};
use crate::task::StepError;
use crate::types::{Moment, OrderNo};
use crate::upstream::{BuyOrder, BuyOrderState};

/// Orders that are asked for side by side.
const WIDTH: usize = 16;
/// Open orders that are read in one step: more are never open, but for those that a person has to look at.
const MOST: usize = 4096;

/// Another account knows nothing of an order, which is not to say that there is none.
fn strange_event(order: &BuyOrder) -> OrderEvent {
    let words = format!("it was placed at {} with another key than is configured now", order.terms.exchange);
    OrderEvent::Held { order: order.no, words }
}

impl Purchaser {
    /// Looks at every open order whose time has come; answers whether anything happened.
    pub(super) async fn follow(&mut self) -> Result<bool, StepError> {
        let snapshot = self.store.snapshot();
        if snapshot.counters().open_orders == snapshot.counters().held_orders {
            self.watches.clear();
            return Ok(false);
        }
        let now = self.clock.moment();
        let open = snapshot.open_orders(OrderNo::new(0), MOST)?;
        drop(snapshot);
        if self.standstill.is_on(now) {
            return Ok(false);
        }
        let (mut due, mut strange) = (Vec::new(), Vec::new());
        for order in open.into_iter().filter(|order| !order.is_held()) {
            if !self.is_ours(&order) {
                strange.push((order.no, strange_event(&order)));
                continue;
            }
            let watch = self.watch(&order, now);
            if watch.looked.is_none_or(|looked| now.since(looked) >= self.settings.check_wait) {
                due.push((order, watch));
            }
        }
        let fees = FeeRule { is_told: self.exchange.tells_fees(), usual: self.settings.fee };
        let terms = Terms { fees, patience: self.settings.order_patience, now };
        let exchange = &Arc::clone(&self.exchange);
        let is_stopped = &AtomicBool::new(false);
        let looks = due.into_iter().map(|(order, watch)| async move {
            if is_stopped.load(Ordering::Relaxed) {
                return (order, Look::Early);
            }
            let look = lookup::look(&**exchange, &order, watch, terms).await;
            if matches!(&look, Look::Trouble(error) | Look::PlacedAgain(error) if stops_others(error)) {
                is_stopped.store(true, Ordering::Relaxed);
            }
            (order, look)
        });
        // What is answered is kept at once: a call that takes its time keeps nobody else's answer waiting.
        let mut looks = pin!(stream::iter(looks).buffer_unordered(WIDTH).ready_chunks(MOST));
        let mut is_news = self.record(strange).await?;
        let mut failures = Vec::new();
        while let Some(looks) = looks.next().await {
            let mut events = Vec::new();
            for (order, look) in looks {
                if let Look::Trouble(error) | Look::PlacedAgain(error) = &look {
                    failures.push((order.clone(), error.clone()));
                }
                events.extend(self.take_look(&order, look).map(|event| (order.no, event)));
            }
            is_news |= self.record(events).await?;
        }
        // What failed counts, whatever went well beside it.
        failures.iter().for_each(|(order, error)| self.note_failure(order, error, false));
        Ok(is_news)
    }

    /// Whether an order was placed with the key that is configured now.
    fn is_ours(&self, order: &BuyOrder) -> bool {
        order.terms.exchange == self.exchange.name() && order.terms.account == self.settings.account
    }

    /// What this process knows of an order; it begins to follow it where it did not.
    fn watch(&mut self, order: &BuyOrder, now: Moment) -> Watch {
        let fresh = Watch { since: now, looked: None, absent: 0, cancelled: None };
        // A call that is on its way when the service ends may come to life after the start: it is waited for anew.
        *self.watches.entry(order.no).or_insert(fresh)
    }

    /// Notes what a look brought; answers what happened.
    fn take_look(&mut self, order: &BuyOrder, look: Look) -> Option<OrderEvent> {
        let now = self.clock.moment();
        match &look {
            Look::Early => return None,
            Look::Trouble(_) | Look::PlacedAgain(_) => {}
            // Nobody was asked about these.
            _ if matches!(order.state, BuyOrderState::Intended) => {}
            // That it tells of orders does not mean that a market takes new ones.
            Look::Event(_) | Look::Nothing | Look::Absent(_) | Look::Cancelled => self.standstill.end(),
        }
        let watch = self.watches.get_mut(&order.no)?;
        watch.looked = Some(now);
        match look {
            Look::Event(event) => Some(event),
            Look::Absent(words) => {
                watch.absent = watch.absent.saturating_add(1);
                let is_sure = watch.absent > 1;
                is_sure.then_some(OrderEvent::Missed { order: order.no, words })
            }
            Look::Cancelled => {
                watch.cancelled = Some(now);
                None
            }
            Look::PlacedAgain(_) => {
                // What was sent just now is on its way as the first call was.
                (watch.since, watch.absent) = (now, 0);
                None
            }
            Look::Nothing | Look::Early | Look::Trouble(_) => None,
        }
    }

    /// Commits what happened to orders; answers whether anything did.
    pub(super) async fn record(&mut self, events: Vec<(OrderNo, OrderEvent)>) -> Result<bool, StepError> {
        if events.is_empty() {
            return Ok(false);
        }
        let write = events.clone();
        let recorded = self.store.write(move |tx| {
            for (no, event) in &write {
                // A person may have said meanwhile what became of it.
                let known = tx.order(*no)?;
                if known.is_some_and(|order| order.is_open() && !order.is_held()) {
                    tx.record(event.clone())?;
                }
            }
            Ok(())
        });
        recorded.await?;
        for (no, _) in events {
            self.forget(no);
        }
        Ok(true)
    }
}
