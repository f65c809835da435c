//! Decides how the coins of each new payout are come by, and has those bought that are bought upstream.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use super::purchase::Purchaser;
use super::unasked::hold_orders;
use crate::store::{OpenState, Page, PayoutEvent, Store, StoreError, Tables};
use crate::task::{Next, StepError, Worker};
use crate::types::OrderNo;

/// Payouts that are decided in one transaction.
const BATCH: usize = 1024;
/// The store wakes this worker; the wait is only a net.
const IDLE: Duration = Duration::from_secs(30);

/// The worker that decides.
#[derive(Debug)]
pub struct Buyer {
    store: Store,
    upstream: Option<Purchaser>,
    /// Up to which order a person has been asked to look, where nobody else can.
    unasked_after: OrderNo,
}

impl Buyer {
    /// Returns one that buys upstream where there is an exchange to buy at. Where there is none, a person looks at
    /// orders that are still open.
    pub fn new(store: Store, upstream: Option<Purchaser>) -> Self {
        Buyer { store, upstream, unasked_after: OrderNo::new(0) }
    }

    /// Returns what wakes it beside the store: an exchange that answers late.
    pub fn nudge(&self) -> Arc<Notify> {
        self.upstream.as_ref().map_or_else(Arc::default, Purchaser::nudge)
    }

    /// Decides what is not decided yet, as it was settled when each deposit was first seen; answers whether there is
    /// more.
    async fn decide(&self) -> Result<bool, StepError> {
        let snapshot = self.store.snapshot();
        if snapshot.counters().undecided == 0 {
            return Ok(false);
        }
        let undecided = snapshot.payouts_in(OpenState::Undecided, Page::first(BATCH))?;
        let decided = undecided.len();
        self.store
            .write(move |tx| {
                undecided.iter().try_for_each(|&payout| {
                    let missing = || StoreError::Invariant("a payout has a deposit".to_owned());
                    let method = tx.deposit(payout)?.ok_or_else(missing)?.method;
                    tx.record(PayoutEvent::Decided { payout, method })
                })
            })
            .await?;
        tracing::debug!(decided, "payouts decided");
        Ok(true)
    }
}

impl Worker for Buyer {
    fn name(&self) -> &'static str {
        "buyer"
    }

    async fn step(&mut self) -> Result<Next, StepError> {
        if self.decide().await? {
            return Ok(Next::Again);
        }
        match &mut self.upstream {
            Some(upstream) => upstream.step().await,
            None if hold_orders(&self.store, &mut self.unasked_after).await? => Ok(Next::Again),
            None => Ok(Next::Wait(IDLE)),
        }
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;
    use crate::config::PartialFills;
    use crate::engine::purchase::PurchaseSettings;
    use crate::testing::{FakeExchange, Fuse, ManualClock, memory_store};

    #[test]
    fn should_be_woken_by_an_exchange_that_answers_late() {
        let settings = PurchaseSettings {
            markets: Vec::new(),
            slippage: Decimal::ZERO,
            fee: Decimal::ZERO,
            partial_fills: PartialFills::Reorder,
            gather_count: 1,
            gather_time: IDLE,
            order_patience: IDLE,
            fallback_after: None,
            max_decimals: 3,
            failure_wait: IDLE,
            ratelimit_wait: IDLE,
            check_wait: IDLE,
            vouched: Vec::new(),
            account: "a key".to_owned(),
        };
        let (store, clock) = (memory_store(), Arc::new(ManualClock::default()));
        let exchange = Arc::new(FakeExchange::new(clock.clone(), Fuse::default()));
        let purchaser = Purchaser::new(store.clone(), exchange, clock, Arc::default(), settings);
        let told = purchaser.nudge();
        let buyer = Buyer::new(store, Some(purchaser));
        assert!(Arc::ptr_eq(&buyer.nudge(), &told));
        assert_eq!(buyer.name(), "buyer");
    }
}
