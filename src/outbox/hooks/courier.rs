//! Tells the webhooks of one client: a few at a time, those that have waited longest first. Those that fail have places
//! of their own, and wait longer each time; the events of one are told one after the other.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;

use super::errand::{Errand, Returned};
use super::port::HookClient;
use crate::clock::Clock;
use crate::outbox::backoff::backoff;
use crate::outbox::courier::Pace;
use crate::outbox::port::Refusal;
use crate::store::{HookRefusal, HookState, HookTold, Hooks, Snapshot, Store, StoreError};
use crate::task::Shutdown;
use crate::types::{BindingNo, Moment};

/// Webhooks that are told at a time.
const PLACES: usize = 4;
/// Those that are tried again at a time, beside the others.
const RETRY_PLACES: usize = 2;
/// Events after which it is written what was taken: so many may be told once more after a crash.
const SAVE_EVERY: usize = 100;
/// After so long it is written too.
const SAVE_AFTER: Duration = Duration::from_millis(250);
/// Waits between two tries, in seconds; the last is the longest.
const WAITS: [u64; 9] = [5, 30, 120, 300, 900, 1_800, 3_600, 7_200, 14_400];
/// One that has failed for so long, and so often, is told nothing any more. By both: a clock that was set forward, or a
/// process that starts again and again, gives up nobody.
const PATIENCE: Duration = Duration::from_secs(5 * 24 * 60 * 60);
const TRIES: u64 = 24;
/// Where the store cannot be read or written.
const STORE_WAIT: Duration = Duration::from_secs(5);
/// Webhooks that are read at a time when it begins.
const PAGE: usize = 1_000;

/// What came of an errand and is not written yet: and after how long it is tried again, where it is.
type Unsaved = (HookTold, Option<Duration>);

/// The courier of one client's webhooks.
#[derive(Debug)]
pub struct HookCourier {
    client: Arc<HookClient>,
    store: Store,
    clock: Arc<dyn Clock>,
    began: Moment,
    /// Those that are being told, or of which it is not written yet what came of it.
    busy: HashSet<BindingNo>,
    /// Places that are taken: of the others, and of those that are tried again.
    taken: [usize; 2],
    /// Those that failed, by when they are tried again, since `began`.
    resting: BTreeSet<(Duration, BindingNo)>,
    is_begun: bool,
    unsaved: Vec<Unsaved>,
    saved_at: Moment,
}

impl HookCourier {
    /// Returns one that has done nothing yet.
    pub fn new(client: Arc<HookClient>, store: Store, clock: Arc<dyn Clock>) -> HookCourier {
        let began = clock.moment();
        HookCourier {
            client,
            store,
            clock,
            began,
            busy: HashSet::new(),
            taken: [0, 0],
            resting: BTreeSet::new(),
            is_begun: false,
            unsaved: Vec::new(),
            saved_at: began,
        }
    }

    /// Tells until the service stops.
    pub async fn run(mut self, shutdown: Shutdown) {
        let mut under_way: FuturesUnordered<BoxFuture<'static, Returned>> = FuturesUnordered::new();
        loop {
            let wait = match self.turn(&mut under_way).await {
                Ok(wait) => wait,
                Err(error) => {
                    tracing::warn!(client = %self.client.name, %error, "webhooks are not told for now");
                    STORE_WAIT
                }
            };
            tokio::select! {
                Some(returned) = under_way.next(), if !under_way.is_empty() => self.note(returned),
                () = tokio::time::sleep(wait) => {}
                () = self.client.woken() => {}
                // What is on its way is told once more after the next start.
                () = shutdown.wait() => break,
            }
        }
        drop(under_way);
        if let Err(error) = self.save().await {
            tracing::warn!(client = %self.client.name, %error, "the last events will be told once more");
        }
    }

    /// Writes what is to be written, and sends out whom there is room for. Answers how long there is nothing else to
    /// do.
    async fn turn(
        &mut self,
        under_way: &mut FuturesUnordered<BoxFuture<'static, Returned>>,
    ) -> Result<Duration, StoreError> {
        let waited = self.clock.moment().since(self.saved_at);
        let count: usize = self.unsaved.iter().map(|(told, _)| told.taken.len().saturating_add(1)).sum();
        if under_way.is_empty() || count >= SAVE_EVERY || waited >= SAVE_AFTER {
            self.save().await?;
        }
        while let Some(errand) = self.pick()? {
            let (client, store, clock) = (&self.client, self.store.clone(), Arc::clone(&self.clock));
            under_way.push(Box::pin(errand.carry_out(Arc::clone(client), store, clock)));
        }
        let save = (!self.unsaved.is_empty()).then_some(SAVE_AFTER);
        let retry = self.next_retry().filter(|_| self.taken[1] < RETRY_PLACES);
        Ok(save.into_iter().chain(retry).min().unwrap_or(Duration::from_secs(86_400)))
    }

    /// Tells one webhook, and writes what came of it.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read or written to. Nothing is lost: the next step goes on.
    pub async fn step(&mut self) -> Result<Pace, StoreError> {
        let Some(errand) = self.pick()? else {
            return Ok(self.next_retry().map_or(Pace::Idle, Pace::Wait));
        };
        let (client, store) = (Arc::clone(&self.client), self.store.clone());
        let returned = errand.carry_out(client, store, Arc::clone(&self.clock)).await;
        self.note(returned);
        self.save().await?;
        Ok(Pace::Again)
    }

    fn now(&self) -> Duration {
        self.clock.moment().since(self.began)
    }

    /// How long until somebody is tried again.
    fn next_retry(&self) -> Option<Duration> {
        self.resting.first().map(|(at, _)| at.saturating_sub(self.now()))
    }

    /// Somebody to be told now, where there is room.
    fn pick(&mut self) -> Result<Option<Errand>, StoreError> {
        let snapshot = self.store.snapshot();
        if !self.is_begun {
            self.begin(&snapshot)?;
        }
        if self.client.take_resumed() {
            let all = std::mem::take(&mut self.resting);
            self.resting = all.into_iter().map(|(_, no)| (Duration::ZERO, no)).collect();
        }
        if self.taken[0] < PLACES {
            let among = self.busy.len().saturating_add(1);
            let due = snapshot.hooks_in(&self.client.name, HookState::Due, None, among)?;
            let next = due.into_iter().map(|(_, no)| no).find(|no| !self.busy.contains(no));
            if let Some(errand) = next.map(|no| self.send_out(&snapshot, no, false)).transpose()?.flatten() {
                return Ok(Some(errand));
            }
        }
        while self.taken[1] < RETRY_PLACES
            && let Some((at, no)) = self.resting.first().copied()
            && at <= self.now()
        {
            self.resting.pop_first();
            if let Some(errand) = self.send_out(&snapshot, no, true)? {
                return Ok(Some(errand));
            }
        }
        Ok(None)
    }

    fn send_out(
        &mut self,
        snapshot: &Snapshot,
        binding: BindingNo,
        is_retry: bool,
    ) -> Result<Option<Errand>, StoreError> {
        let hook = snapshot.hook(binding)?.filter(|hook| hook.due > 0 && hook.given_up.is_none());
        let Some(hook) = hook else { return Ok(None) };
        self.busy.insert(binding);
        let place = &mut self.taken[usize::from(is_retry)];
        *place = place.saturating_add(1);
        Ok(Some(Errand { binding, hook, is_retry }))
    }

    /// Those that had failed when the process ended are tried again at once.
    fn begin(&mut self, snapshot: &Snapshot) -> Result<(), StoreError> {
        let mut after = None;
        loop {
            let page = snapshot.hooks_in(&self.client.name, HookState::Failing, after, PAGE)?;
            self.resting.extend(page.iter().map(|(_, no)| (Duration::ZERO, *no)));
            after = page.last().copied();
            if page.len() < PAGE {
                self.is_begun = true;
                return Ok(());
            }
        }
    }

    /// Takes over what came of an errand.
    fn note(&mut self, returned: Returned) {
        let Returned { binding, is_retry, taken, refused, failing, broken } = returned;
        let place = &mut self.taken[usize::from(is_retry)];
        *place = place.saturating_sub(1);
        let times = failing.as_ref().map_or(0, |failing| failing.times).saturating_add(1);
        let since = failing.map_or(Duration::ZERO, |failing| self.clock.now().since(failing.since));
        let is_old = times >= TRIES && since >= PATIENCE;
        let mut again = None;
        if let Some(error) = broken {
            tracing::warn!(client = %self.client.name, %error, "a webhook is not told for now");
            again = Some(STORE_WAIT);
        }
        let refused = refused.map(|(event, refusal)| {
            let is_end = is_old || matches!(refusal, Refusal::Gone { .. });
            let words = refusal.words().to_owned();
            if times == 1 || is_end {
                let (client, binding) = (&self.client.name, binding.get());
                tracing::warn!(client, binding, event, words, is_end, "a webhook did not take an event");
            }
            let wish = match refusal {
                Refusal::Failed { after, .. } => after.unwrap_or_default(),
                Refusal::Gone { .. } => Duration::ZERO,
            };
            let tries = u32::try_from(times).unwrap_or(u32::MAX);
            let wait = wish.max(backoff(&WAITS, &format!("{binding} {event}"), tries));
            again = (!is_end).then_some(wait);
            HookRefusal { words, is_end }
        });
        if self.unsaved.is_empty() {
            self.saved_at = self.clock.moment();
        }
        self.unsaved.push((HookTold { binding, taken, refused }, again));
    }

    /// Writes down what came of errands, where that is not written.
    async fn save(&mut self) -> Result<(), StoreError> {
        if self.unsaved.is_empty() {
            return Ok(());
        }
        let told: Vec<HookTold> = self.unsaved.iter().map(|(told, _)| told.clone()).collect();
        self.store.write(move |tx| tx.hooks_told(&told)).await?;
        let now = self.now();
        for (told, again) in std::mem::take(&mut self.unsaved) {
            // One that cannot be read is left alone, whatever is due.
            if told.refused.is_some() || again.is_none() {
                self.busy.remove(&told.binding);
            }
            self.resting.extend(again.map(|wait| (now.saturating_add(wait), told.binding)));
        }
        Ok(())
    }
}
