//! One webhook is told what it has not heard, one event after the other, as long as it takes them.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use super::narrow::{hook_message, narrowed};
use super::port::{HookClient, TIMEOUT};
use crate::clock::Clock;
use crate::outbox::port::Refusal;
use crate::store::{Failing, History, Hook, Hooks, Page, Snapshot, Store, StoreError};
use crate::types::{BindingNo, Moment};

/// Events of one webhook that are told before others have their turn.
const BURST: usize = 16;
/// After so long others have theirs.
const BURST_TIME: Duration = Duration::from_secs(5);

/// A webhook that is to be told something.
#[derive(Debug, Clone)]
pub(super) struct Errand {
    pub(super) binding: BindingNo,
    pub(super) hook: Hook,
    /// Whether it did not take what it was told the last time.
    pub(super) is_retry: bool,
}

/// What came of it.
#[derive(Debug)]
pub(super) struct Returned {
    pub(super) binding: BindingNo,
    pub(super) is_retry: bool,
    /// Events that it has acknowledged.
    pub(super) taken: Vec<u64>,
    /// The event that it did not take, and why.
    pub(super) refused: Option<(u64, Refusal)>,
    /// How it failed before: none where it took something now.
    pub(super) failing: Option<Failing>,
    /// Why nothing more is known.
    pub(super) broken: Option<StoreError>,
}

impl Errand {
    /// Tells it.
    pub(super) async fn carry_out(
        self,
        client: Arc<HookClient>,
        store: Store,
        clock: Arc<dyn Clock>,
    ) -> Returned {
        let began = clock.moment();
        let mut returned = Returned {
            binding: self.binding,
            is_retry: self.is_retry,
            taken: Vec::new(),
            refused: None,
            failing: self.hook.failing.clone(),
            broken: None,
        };
        if let Err(error) = self.tell(&client, (&store, &*clock), began, &mut returned).await {
            returned.broken = Some(error);
        }
        returned
    }

    async fn tell(
        &self,
        client: &HookClient,
        (store, clock): (&Store, &dyn Clock),
        began: Moment,
        returned: &mut Returned,
    ) -> Result<(), StoreError> {
        let snapshot = store.snapshot();
        for event in snapshot.hook_due(self.binding, BURST)? {
            if let Some(told) = self.message(&snapshot, event)? {
                let telling = client.port.tell(&self.hook.url, &told, clock.now());
                let answer = timeout(TIMEOUT, telling).await;
                let answer = answer.unwrap_or_else(|_| Err(Refusal::failed("it takes too long")));
                if let Err(refusal) = answer {
                    returned.refused = Some((event, refusal));
                    return Ok(());
                }
            }
            returned.taken.push(event);
            returned.failing = None;
            if clock.moment().since(began) >= BURST_TIME {
                break;
            }
        }
        Ok(())
    }

    /// The message of an event; none where there is nothing in it to be told.
    fn message(&self, snapshot: &Snapshot, event: u64) -> Result<Option<crate::outbox::Message>, StoreError> {
        let page = Page { after: event.saturating_sub(1), limit: 1 };
        let found = snapshot.past_events(page)?;
        let Some(found) = found.first().filter(|found| found.head.number == event) else { return Ok(None) };
        let told = narrowed(snapshot, found, self.binding)?;
        Ok(told.map(|told| hook_message(&told, self.binding)))
    }
}
