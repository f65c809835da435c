//! All that is final at once, for who holds a copy of the books against the chain.

use std::time::Duration;

use super::open::LOOK_AGAIN;
use super::{PAUSE, Reconciler};
use crate::chain::ChainSource;
use crate::store::{Chains, StoreError};

/// Failures in a row after which the node is given up, and the time between them.
const PATIENCE: u32 = 5;
const AFTER_FAILURE: Duration = Duration::from_secs(1);
/// Looks at what differs. What changes from one to the next is told as what was looked at once.
const LOOKS: u32 = 3;

impl<S: ChainSource> Reconciler<S> {
    /// Compares everything that is final, without a rest; `tell` hears how many blocks are left. What differs is looked
    /// at again before this answers. What could not be read is shown, as the worker shows it.
    pub async fn through(&mut self, tell: &dyn Fn(u64)) {
        self.through_with(tell, tokio::time::sleep).await;
    }

    /// The same; `wait` lets the time between two tries pass.
    async fn through_with<W: Future<Output = ()>>(
        &mut self,
        tell: &dyn Fn(u64),
        wait: impl Fn(Duration) -> W,
    ) {
        let (mut failures, mut looks) = (0, 0);
        loop {
            match self.read().await {
                Ok(PAUSE) => {
                    failures = 0;
                    tell(self.left().unwrap_or(0));
                }
                Ok(_) if looks < LOOKS && self.is_in_doubt() => {
                    looks += 1;
                    wait(LOOK_AGAIN).await;
                }
                Ok(_) => return self.show(None),
                Err(_) if failures < PATIENCE => {
                    failures += 1;
                    wait(AFTER_FAILURE).await;
                }
                Err(trouble) => return self.show(Some(trouble.to_string())),
            }
        }
    }

    fn is_in_doubt(&self) -> bool {
        self.pages.as_ref().is_some_and(|pages| pages.is_in_doubt())
    }

    /// How many blocks are still to be compared.
    fn left(&self) -> Result<u64, StoreError> {
        let cursor = self.store.snapshot().cursor(self.coin())?;
        let settled = cursor.and_then(|cursor| cursor.finalized).map_or(0, |settled| settled.next().get());
        let next = self.pages.as_ref().map_or(settled, |pages| pages.next().get());
        Ok(settled.saturating_sub(next))
    }
}

#[cfg(test)]
mod tests;
