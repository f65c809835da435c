//! Writes problems of health into the log of events: what opens and what ends, once each.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::report::{OpenProblem, ProblemCode, ProblemKey};
use crate::store::{OpenProblems, ProblemEvent, Store, StoreError};
use crate::task::Shutdown;

/// Where the store does not take it, it is tried again after this.
const AGAIN: Duration = Duration::from_secs(10);

/// See the module. Nothing depends on it.
#[derive(Debug)]
pub struct Noter {
    store: Store,
    open: watch::Receiver<Arc<Vec<OpenProblem>>>,
}

impl Noter {
    /// Returns one that notes what is passed on to `open`.
    pub fn new(store: Store, open: watch::Receiver<Arc<Vec<OpenProblem>>>) -> Noter {
        Noter { store, open }
    }

    /// Returns the problems that were open when the service ended last, as far as this version knows them.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    pub fn noted(store: &Store) -> Result<Vec<OpenProblem>, StoreError> {
        let noted = store.snapshot().open_problems()?.into_iter();
        Ok(noted
            .filter_map(|(code, coin, since)| {
                let code = ProblemCode::ALL.into_iter().find(|known| known.name() == code)?;
                Some(OpenProblem { key: (code, coin), words: Vec::new(), since })
            })
            .collect())
    }

    /// Works until the service stops.
    pub async fn run(mut self, shutdown: Shutdown) {
        loop {
            let open: BTreeSet<ProblemKey> =
                self.open.borrow_and_update().iter().map(|problem| problem.key).collect();
            let noted = self.note(&open).await;
            let is_noted =
                noted.inspect_err(|error| tracing::warn!(%error, "a problem is not in the log")).is_ok();
            tokio::select! {
                changed = self.open.changed() => if changed.is_err() { return },
                () = tokio::time::sleep(AGAIN), if !is_noted => {}
                () = shutdown.wait() => return,
            }
        }
    }

    /// Records what has changed since it was noted last.
    async fn note(&self, open: &BTreeSet<ProblemKey>) -> Result<(), StoreError> {
        let noted = self.store.snapshot().open_problems()?;
        let is_noted =
            |key: &ProblemKey| noted.iter().any(|(code, coin, _)| *code == key.0.name() && *coin == key.1);
        let opened = open.iter().filter(|key| !is_noted(key));
        let opened =
            opened.map(|(code, coin)| ProblemEvent::Opened { code: code.name().to_owned(), coin: *coin });
        let is_open = |code: &str, coin| open.iter().any(|key| key.0.name() == code && key.1 == coin);
        let closed = noted.iter().filter(|(code, coin, _)| !is_open(code, *coin));
        let closed = closed.map(|(code, coin, _)| ProblemEvent::Closed { code: code.clone(), coin: *coin });
        let events: Vec<ProblemEvent> = opened.chain(closed).collect();
        if events.is_empty() {
            return Ok(());
        }
        self.store.write(move |tx| events.iter().try_for_each(|event| tx.record(event.clone()))).await
    }
}
