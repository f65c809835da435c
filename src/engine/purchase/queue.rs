//! What waits to be bought, and what of it is done with.

use std::collections::HashMap;
use std::time::Duration;

use super::Purchaser;
use super::groups::Candidate;
use super::markets::Offer;
use crate::config::PartialFills;
use crate::deposit::Deposit;
use crate::engine::doubt;
use crate::ledger::Asset;
use crate::payout::{Bought, FromStock, Payout, PayoutState, may_leave};
use crate::store::{OpenState, Page, PayoutEvent, Purchase, Snapshot, StoreError, Tables};
use crate::task::StepError;
use crate::types::{Actor, DepositNo, Droplets, Rate, Units};

/// Payouts that are looked at in one step.
const LOOKED_AT: usize = 1024;

/// A payout that is to be bought, with its deposit.
#[derive(Debug, Clone)]
pub(super) struct Waiting {
    pub(super) deposit: Deposit,
    pub(super) payout: Payout,
    pub(super) bought: Bought,
    /// What can still be spent for it.
    pub(super) budget: Units,
    /// How long it has waited.
    pub(super) waits: Duration,
}

/// What is done with a payout without an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Settled {
    /// By the desk itself.
    Event(PayoutEvent),
    /// In the name of the setting that asks for it.
    Act(PayoutEvent),
}

impl Purchaser {
    /// The payouts that are to be bought, by what was deposited, in turns.
    pub(super) fn queue(&mut self) -> Result<HashMap<Asset, Vec<Waiting>>, StepError> {
        let (snapshot, now) = (self.store.snapshot(), self.clock.moment());
        let mut queue: HashMap<Asset, Vec<Waiting>> = HashMap::new();
        if snapshot.counters().to_buy == 0 {
            self.seen.clear();
            return Ok(queue);
        }
        let page = Page { after: self.queue_after, limit: LOOKED_AT };
        let numbers = snapshot.payouts_in(OpenState::ToBuy, page)?;
        self.queue_after = match numbers.last() {
            Some(last) if numbers.len() == LOOKED_AT => last.get(),
            Some(_) | None => 0,
        };
        for no in numbers {
            let since = *self.seen.entry(no).or_insert(now);
            if let Some(waiting) = self.waiting(&snapshot, no)? {
                let waiting = Waiting { waits: now.since(since), ..waiting };
                queue.entry(Asset::of_deposit(&waiting.deposit)).or_default().push(waiting);
            }
        }
        Ok(queue)
    }

    fn waiting(&self, snapshot: &Snapshot, no: DepositNo) -> Result<Option<Waiting>, StepError> {
        let Some(Purchase { deposit, payout: Some(payout) }) = snapshot.purchase(no)? else {
            return Ok(None);
        };
        if doubt::is_in_doubt(&self.live, &deposit, &payout) {
            return Ok(None);
        }
        Ok(ready(deposit, payout))
    }

    /// What is to be done with one that is not ordered; none where it is to be bought, or waits.
    pub(super) fn settled(&self, waiting: &Waiting, offer: Option<&Offer>) -> Option<Settled> {
        let payout = waiting.payout.no;
        let is_begun = !waiting.bought.spent.is_zero() || !waiting.bought.coins.is_zero();
        let ended = |stock: Option<FromStock>| {
            let max_decimals = self.settings.max_decimals;
            Some(Settled::Event(PayoutEvent::PurchaseEnded { payout, stock, max_decimals }))
        };
        // All is spent; or there was nothing, and there is nothing to pay.
        if waiting.budget.is_zero() {
            return ended(None);
        }
        if is_begun && let Some(offer) = offer {
            let is_too_small = waiting.budget < offer.least;
            match self.settings.partial_fills {
                _ if is_too_small => return ended(None),
                PartialFills::Reorder => {}
                PartialFills::Hold if waiting.bought.is_resumed => {}
                // Without a rate nothing can be sold from stock: the rest is ordered again.
                PartialFills::Stock => {
                    if let Some(stock) = from_stock(waiting) {
                        return ended(Some(stock));
                    }
                }
                PartialFills::Hold => {
                    let why = "the order was carried out in part, and partial_fills is hold".to_owned();
                    return Some(Settled::Act(PayoutEvent::PurchasePaused { payout, why }));
                }
            }
        }
        let waited = waiting.waits;
        let is_due = self.settings.fallback_after.is_some_and(|after| waited >= after);
        match (is_due, is_begun) {
            (false, _) => None,
            (true, true) => from_stock(waiting).and_then(|stock| ended(Some(stock))),
            (true, false) => {
                let why = format!("it could not be bought for {} seconds: fallback_after", waited.as_secs());
                Some(Settled::Event(PayoutEvent::PaidDirect { payout, why }))
            }
        }
    }

    /// Commits what is done without an order. What changed meanwhile is left as it is.
    pub(super) async fn settle(&self, settled: Vec<Settled>) -> Result<bool, StepError> {
        if settled.is_empty() {
            return Ok(false);
        }
        let write = self.store.write(move |tx| {
            for one in settled.clone() {
                let (Settled::Event(event) | Settled::Act(event)) = &one;
                if !is_still_ready(tx, payout_of(event))? {
                    continue;
                }
                match one {
                    Settled::Event(event) => tx.record(event)?,
                    Settled::Act(event) => tx.record_act(Actor::desk(), event)?,
                }
            }
            Ok(())
        });
        write.await?;
        Ok(true)
    }

    /// How long a deposit has waited, as a candidate for an order.
    pub(super) fn candidate(&self, waiting: &Waiting) -> Candidate {
        Candidate { no: waiting.payout.no, budget: waiting.budget, waits: waiting.waits }
    }
}

/// One that is to be bought and may be, with what can be spent.
pub(super) fn ready(deposit: Deposit, payout: Payout) -> Option<Waiting> {
    let is_to_buy = matches!(payout.state, PayoutState::ToBuy { paused: None });
    let bought = payout.bought.filter(|_| is_to_buy && may_leave(&deposit, &payout))?;
    let budget = bought.budget(deposit.amount).ok()?;
    Some(Waiting { deposit, payout, bought, budget, waits: Duration::ZERO })
}

/// Whether nothing has changed since it was looked at.
pub(super) fn is_still_ready(tables: &impl Tables, no: DepositNo) -> Result<bool, StoreError> {
    let Some(Purchase { deposit, payout: Some(payout) }) = tables.purchase(no)? else { return Ok(false) };
    Ok(ready(deposit, payout).is_some())
}

fn payout_of(event: &PayoutEvent) -> DepositNo {
    match event {
        PayoutEvent::Decided { payout, .. }
        | PayoutEvent::Held { payout, .. }
        | PayoutEvent::Released { payout }
        | PayoutEvent::Cut { payout, .. }
        | PayoutEvent::Ruled { payout, .. }
        | PayoutEvent::PurchaseEnded { payout, .. }
        | PayoutEvent::PaidDirect { payout, .. }
        | PayoutEvent::PaidBefore { payout, .. }
        | PayoutEvent::PurchasePaused { payout, .. }
        | PayoutEvent::PurchaseResumed { payout, .. } => *payout,
    }
}

/// What the desk gives for the rest of a deposit, at the rate that the deposit was seen at; nothing without a rate.
fn from_stock(waiting: &Waiting) -> Option<FromStock> {
    let rate = Rate::parse(&waiting.deposit.rate).ok()?;
    let decimals = Asset::of_deposit(&waiting.deposit).decimals();
    let quote = rate.quote(waiting.budget, decimals, Droplets::DECIMALS).ok()?;
    Some(FromStock { paid: waiting.budget, given: quote.payout })
}
