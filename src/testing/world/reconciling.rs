//! The worker of a world that holds blocks against the books.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;

use super::World;
use crate::live::SecondReading;
use crate::store::Chains;
use crate::task::Worker;
use crate::testing::StepEnd;
use crate::testing::step_end::ended;

/// Steps in which it has to come to rest.
const STEPS: usize = 2_000;
/// Seconds between two of them.
const BETWEEN: u64 = 11;

impl World {
    /// One step of the worker that compares blocks with the books, after a while.
    pub async fn reconcile_step(&mut self) -> StepEnd {
        self.clock.advance(BETWEEN);
        let Some(service) = &mut self.service else { return StepEnd::Died };
        let end = ended(AssertUnwindSafe(service.reconciler.step()).catch_unwind().await);
        self.noted(end)
    }

    /// Lets it compare every final block, and those that differ once more. Answers what it says then.
    pub async fn reconcile(&mut self) -> Result<SecondReading, String> {
        for _ in 0..STEPS {
            let end = self.reconcile_step().await;
            let StepEnd::Done(_) = end else { return Err(format!("{end:?}")) };
            let service = self.service.as_ref().ok_or("the desk is not running")?;
            let cursor = service.store.snapshot().cursor(self.coin).map_err(|error| error.to_string())?;
            let settled = cursor.and_then(|cursor| cursor.finalized);
            if let Some(reading) = service.live.reading(self.coin).as_ref()
                && (reading.to.is_some_and(|to| Some(to.height) == settled) || reading.trouble.is_some())
                && reading.differences.iter().all(|found| found.stands)
            {
                return Ok(reading.clone());
            }
        }
        Err("final blocks are not all compared with the books".to_owned())
    }

    /// Makes sure that nothing differs which nothing explains.
    pub async fn check_reconciled(&mut self) -> Result<(), String> {
        let reading = self.reconcile().await?;
        match (&reading.trouble, reading.differences.first()) {
            (None, None) => Ok(()),
            (trouble, found) => Err(format!("chain and books differ: {found:?}, {trouble:?}")),
        }
    }
}
