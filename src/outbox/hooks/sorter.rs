//! Reads the log of events once, whoever wants to hear of it, and notes which webhook is to be told what.
//!
//! How far it is stands in the transaction that notes it, so that no event is left out and none noted twice. Where
//! nobody has a webhook it reads nothing.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::narrow::concerned;
use super::port::HookClients;
use crate::clock::Clock;
use crate::live::Live;
use crate::outbox::courier::Pace;
use crate::store::{History, Hooks, Page, Store, StoreError};
use crate::task::Shutdown;

/// Events that are read at a time.
const PAGE: usize = 256;
/// Events that concern no webhook, after which it is written how far it is although there is nothing to note.
const SKIP: u64 = 5_000;
/// Where the store cannot be read or written.
const STORE_WAIT: Duration = Duration::from_secs(5);

/// See the module. Nothing depends on it.
#[derive(Debug)]
pub struct HookSorter {
    store: Store,
    clients: HookClients,
    /// Where it is shown since when it is behind.
    live: Arc<Live>,
    clock: Arc<dyn Clock>,
    read_to: u64,
}

impl HookSorter {
    /// Returns one that has read nothing yet.
    pub fn new(store: Store, clients: HookClients, live: Arc<Live>, clock: Arc<dyn Clock>) -> HookSorter {
        HookSorter { store, clients, live, clock, read_to: 0 }
    }

    /// Sorts until the service stops.
    pub async fn run(mut self, shutdown: Shutdown) {
        let mut commits = self.store.commits();
        loop {
            let seen = *commits.borrow_and_update();
            let wait = match self.step().await {
                Ok(Pace::Again) if !shutdown.is_triggered() => continue,
                Ok(Pace::Again) => return,
                Ok(Pace::Idle | Pace::Wait(_)) => None,
                Err(error) => {
                    tracing::warn!(%error, "webhooks of purchases are not told for now");
                    Some(STORE_WAIT)
                }
            };
            tokio::select! {
                () = tokio::time::sleep(wait.unwrap_or_default()), if wait.is_some() => {}
                news = commits.wait_for(|newest| *newest > seen), if wait.is_none() => {
                    if news.is_err() { return }
                }
                () = shutdown.wait() => return,
            }
        }
    }

    /// Reads one page, and notes what is in it.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read or written to. The next step does it again.
    pub async fn step(&mut self) -> Result<Pace, StoreError> {
        // Until a step finds nothing to read, nobody knows what there is: also where this one never ends.
        self.live.hooks_unsorted(Some(self.clock.moment()));
        let pace = self.sort().await?;
        if pace == Pace::Idle {
            self.live.hooks_unsorted(None);
        }
        Ok(pace)
    }

    async fn sort(&mut self) -> Result<Pace, StoreError> {
        let snapshot = self.store.snapshot();
        if !snapshot.has_hooks()? {
            return Ok(Pace::Idle);
        }
        let saved = snapshot.hooks_sorted()?;
        let events = snapshot.past_events(Page { after: self.read_to.max(saved), limit: PAGE })?;
        let Some(last) = events.last().map(|event| event.head.number) else { return Ok(Pace::Idle) };
        let (mut due, mut woken) = (Vec::new(), BTreeSet::new());
        for event in &events {
            for no in concerned(&snapshot, event)? {
                if let Some(hook) = snapshot.hook(no)? {
                    due.push((no, event.head.number));
                    woken.insert(hook.client);
                }
            }
        }
        if !due.is_empty() || last.saturating_sub(saved) >= SKIP {
            self.store.write(move |tx| tx.sort_hooks(last, &due)).await?;
        }
        self.read_to = last;
        woken.iter().filter_map(|client| self.clients.get(client)).for_each(|client| client.wake());
        Ok(Pace::Again)
    }
}
