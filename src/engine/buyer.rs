//! Decides how the coins of each new payout are come by.

use std::time::Duration;

use crate::store::{OpenState, Page, PayoutEvent, Store, Tables};
use crate::task::{Next, StepError, Worker};
use crate::types::BuyMethod;

/// Payouts that are decided in one transaction.
const BATCH: usize = 1024;
/// The store wakes this worker; the wait is only a net.
const IDLE: Duration = Duration::from_secs(30);

/// The worker that decides.
#[derive(Debug)]
pub struct Buyer {
    store: Store,
    method: BuyMethod,
}

impl Buyer {
    /// Returns a worker that decides how each undecided payout is bought.
    pub fn new(store: Store, method: BuyMethod) -> Self {
        Buyer { store, method }
    }
}

impl Worker for Buyer {
    fn name(&self) -> &'static str {
        "buyer"
    }

    async fn step(&mut self) -> Result<Next, StepError> {
        let snapshot = self.store.snapshot();
        if snapshot.counters().undecided == 0 {
            return Ok(Next::Wait(IDLE));
        }
        let undecided = snapshot.payouts_in(OpenState::Undecided, Page::first(BATCH))?;
        let (method, decided) = (self.method, undecided.len());
        self.store
            .write(move |tx| {
                undecided.iter().try_for_each(|&payout| tx.record(PayoutEvent::Decided { payout, method }))
            })
            .await?;
        tracing::debug!(decided, method = method.name(), "payouts decided");
        Ok(Next::Again)
    }
}
