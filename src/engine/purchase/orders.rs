//! Follows the orders that are open, side by side: one that is stuck keeps no other one waiting.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::lookup::{self, ABSENT_LOOKS, Look, Looked, Terms, Watch};
use super::outcome::FeeRule;
use super::{Purchaser, UNANSWERED};
use crate::engine::trouble::{is_silence, stops_others};
use crate::store::{OrderEvent, Orders, Snapshot};
use crate::task::StepError;
use crate::types::OrderNo;
use crate::upstream::{BuyOrder, BuyOrderState};

/// Open orders that are read in one step: more are never open, but for those that a person has to look at.
const MOST: usize = 4096;

/// Another account knows nothing of an order, which is not to say that there is none.
fn strange_event(order: &BuyOrder) -> OrderEvent {
    let words = format!("it was placed at {} with another key than is configured now", order.terms.exchange);
    OrderEvent::Held { order: order.no, words }
}

impl Purchaser {
    /// Looks at every open order whose time has come, and takes what looks have brought; answers whether anything
    /// happened.
    pub(super) async fn follow(&mut self) -> Result<bool, StepError> {
        let snapshot = self.store.snapshot();
        let mut is_news = false;
        if snapshot.counters().open_orders == snapshot.counters().held_orders {
            self.watches.clear();
        } else {
            is_news |= self.begin_looks(&snapshot).await?;
        }
        let (mut looked, mut failures) = (self.looks.take().await, Vec::new());
        while !looked.is_empty() {
            let mut events = Vec::new();
            for Looked { order, watch, look } in looked {
                if !self.is_awaited(&order, &watch) {
                    continue;
                }
                if let Look::Trouble(error) | Look::PlacedAgain(error) = &look {
                    failures.push((order.clone(), error.clone()));
                }
                events.extend(self.take_look(&order, look).map(|event| (order, event)));
            }
            is_news |= self.record(events).await?;
            looked = self.looks.take().await;
        }
        // What failed counts, whatever went well beside it. That there was no answer is nobody's matter but its own.
        let others = failures.iter().filter(|(_, error)| !is_silence(error));
        others.for_each(|(order, error)| self.note_failure(order, error, false));
        Ok(is_news)
    }

    /// Begins to look at every open order whose time has come; answers whether anything happened.
    async fn begin_looks(&mut self, snapshot: &Snapshot) -> Result<bool, StepError> {
        let now = self.clock.moment();
        if self.standstill.is_on(now) {
            return Ok(false);
        }
        let fees = FeeRule { is_told: self.exchange.tells_fees(), usual: self.settings.fee };
        let terms = Terms { fees, patience: self.settings.order_patience, now };
        let (mut strange, is_stopped) = (Vec::new(), Arc::new(AtomicBool::new(false)));
        let open = snapshot.open_orders(OrderNo::new(0), MOST)?;
        for order in open.into_iter().filter(|order| !order.is_held()) {
            // Its call is under way, and tells what became of it.
            if self.placing.contains(&order.no) {
                continue;
            }
            if !self.is_ours(&order) {
                let event = strange_event(&order);
                strange.push((order, event));
                continue;
            }
            // A call that is on its way when the service ends may come to life after the start: it is waited for anew.
            let watch = self.watches.entry(order.no).or_insert(Watch::new(now));
            if !watch.is_due(now, self.settings.check_wait) {
                continue;
            }
            watch.is_asked = true;
            let (watch, exchange, is_stopped) = (*watch, Arc::clone(&self.exchange), Arc::clone(&is_stopped));
            self.looks.begin(async move {
                if is_stopped.load(Ordering::Relaxed) {
                    return Looked { order, watch, look: Look::Early };
                }
                let look = lookup::look(&*exchange, &order, watch, terms).await;
                if matches!(&look, Look::Trouble(error) | Look::PlacedAgain(error) if stops_others(error)) {
                    is_stopped.store(true, Ordering::Relaxed);
                }
                Looked { order, watch, look }
            });
        }
        self.record(strange).await
    }

    /// Whether a look is still the one that is waited for: where a person said meanwhile what became of the order, what
    /// was found out before counts no more.
    pub(super) fn is_awaited(&self, order: &BuyOrder, asked: &Watch) -> bool {
        self.watches.get(&order.no) == Some(asked)
    }

    /// How many orders were asked for again and again without an answer.
    pub(super) fn unanswered(&self) -> u64 {
        let unanswered = self.watches.values().filter(|watch| watch.unanswered >= UNANSWERED);
        u64::try_from(unanswered.count()).unwrap_or(u64::MAX)
    }

    /// Whether an order was placed with the key that is configured now.
    fn is_ours(&self, order: &BuyOrder) -> bool {
        order.terms.exchange == self.exchange.name() && order.terms.account == self.settings.account
    }

    /// Notes what a look brought; answers what happened.
    pub(super) fn take_look(&mut self, order: &BuyOrder, look: Look) -> Option<OrderEvent> {
        let now = self.clock.moment();
        let watch = self.watches.get_mut(&order.no)?;
        watch.is_asked = false;
        watch.unanswered = match &look {
            Look::Trouble(error) | Look::PlacedAgain(error) if is_silence(error) => {
                watch.unanswered.saturating_add(1)
            }
            Look::Early => watch.unanswered,
            _ => 0,
        };
        match &look {
            Look::Early => return None,
            Look::Trouble(_) | Look::PlacedAgain(_) => {}
            // Nobody was asked about these.
            _ if matches!(order.state, BuyOrderState::Intended) => {}
            // That it tells of orders does not mean that a market takes new ones.
            Look::Event(_) | Look::Nothing | Look::Absent(_) | Look::Cancelled => self.standstill.end(),
        }
        watch.looked = Some(now);
        match look {
            Look::Event(event) => Some(event),
            Look::Absent(words) => {
                watch.absent = watch.absent.saturating_add(1);
                let is_sure = watch.absent >= ABSENT_LOOKS;
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
    pub(super) async fn record(&mut self, events: Vec<(BuyOrder, OrderEvent)>) -> Result<bool, StepError> {
        if events.is_empty() {
            return Ok(false);
        }
        let write = events.clone();
        let recorded = self.store.write(move |tx| {
            for (order, event) in &write {
                // A person may have said meanwhile what became of it.
                if tx.order(order.no)?.as_ref() == Some(order) {
                    tx.record(event.clone())?;
                }
            }
            Ok(())
        });
        recorded.await?;
        for (order, _) in events {
            self.forget(order.no);
        }
        Ok(true)
    }
}
