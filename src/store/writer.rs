//! The one writer: a thread that gathers the jobs that are waiting, runs them in one transaction, commits once and
//! then answers all of them.
//!
//! Invariant: a job is answered `Ok` only after its commit is durable. A commit that answers an error may be durable
//! all the same; nobody can know, so the store ends there, and the truth is read again at the next start.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, PoisonError};

use tokio::sync::oneshot;

use super::counters::Counters;
use super::kv::Verdict;
use super::narration::Story;
use super::noting::{Failure, Noting};
use super::pools::Pools;
use super::rehearsal::Told;
use super::seal::Sealing;
use super::snapshot::{Newest, Snapshot};
use super::tx::{TxDraft, WriteTx};
use super::{Shared, StoreError};
use crate::task::panic_words;

/// Jobs in one transaction: more gain little, and all of them wait for the slowest.
const MAX_BATCH: usize = 1024;

/// What the writer is told.
pub(super) enum Message {
    Job(Box<dyn Job>),
    /// Finish what was asked before, then end.
    Stop,
}

/// Something to be done inside a transaction. It may be run more than once: what another job of the same batch
/// spoils is rolled back, and run again on its own.
pub(super) trait Job: Send {
    fn run(&mut self, tx: &mut WriteTx<'_>) -> Outcome;
    /// Answers whoever waits: with the last run's result, or with the store's own error.
    fn answer(self: Box<Self>, committed: Result<(), StoreError>);
}

/// How a job ended.
pub(super) enum Outcome {
    Done,
    /// It refused. What it recorded until then must not be committed.
    Refused,
}

/// A job as a closure with a typed answer.
pub(super) struct Task<T, E, F> {
    work: F,
    result: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
    story: Story,
    /// Hears what was done, where nothing of it is to be kept.
    rehearsed: Option<Told>,
}

impl<T, E, F> Task<T, E, F> {
    pub(super) fn new(work: F, rehearsed: Option<Told>) -> (Self, oneshot::Receiver<Result<T, E>>) {
        let (reply, answer) = oneshot::channel();
        let story = if rehearsed.is_some() { Story::of_all() } else { Story::begin() };
        (Task { work, result: None, reply, story, rehearsed }, answer)
    }
}

impl<T, E, F> Job for Task<T, E, F>
where
    T: Send,
    E: From<StoreError> + Send,
    F: Fn(&mut WriteTx<'_>) -> Result<T, E> + Send,
{
    fn run(&mut self, tx: &mut WriteTx<'_>) -> Outcome {
        self.story.start(tx);
        let result = (self.work)(tx);
        self.story.take(tx);
        // What is only rehearsed is undone as what was refused is.
        let is_kept = result.is_ok() && self.rehearsed.is_none();
        let outcome = if is_kept { Outcome::Done } else { Outcome::Refused };
        self.result = Some(result);
        outcome
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) {
        let result = match committed {
            Ok(()) => {
                let result = self.result.unwrap_or_else(|| Err(E::from(StoreError::Closed)));
                match &self.rehearsed {
                    None if result.is_ok() => self.story.tell(),
                    None => {}
                    Some(told) => {
                        told.lock().unwrap_or_else(PoisonError::into_inner).extend(self.story.lines())
                    }
                }
                result
            }
            Err(error) => Err(E::from(error)),
        };
        // Whoever asked may have gone; the work is done all the same.
        let _ = self.reply.send(result);
    }
}

/// The writer's own state.
pub(super) struct Writer {
    pub(super) shared: Arc<Shared>,
    pub(super) messages: Receiver<Message>,
    pub(super) counters: Counters,
    pub(super) pools: Pools,
}

impl Writer {
    /// Works until the store is closed or a commit fails.
    pub(super) fn run(self) {
        let shared = Arc::clone(&self.shared);
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| self.work())) {
            shared.fail(&StoreError::Panicked(panic_words(&*panic)));
        }
    }

    fn work(mut self) {
        loop {
            let Ok(Message::Job(first)) = self.messages.recv() else { return };
            let mut batch = vec![first];
            let mut stop = false;
            while batch.len() < MAX_BATCH && !stop {
                match self.messages.try_recv() {
                    Ok(Message::Job(job)) => batch.push(job),
                    Ok(Message::Stop) => stop = true,
                    Err(_) => break,
                }
            }
            if self.batch(batch).is_err() || stop {
                return;
            }
        }
    }

    /// Runs the jobs in one transaction. Where one of them leaves something behind that must not stay, all are run
    /// again, each in a transaction of its own.
    fn batch(&mut self, mut jobs: Vec<Box<dyn Job>>) -> Result<(), StoreError> {
        match self.transact(&mut jobs) {
            Ok(true) => {
                jobs.into_iter().for_each(|job| job.answer(Ok(())));
                Ok(())
            }
            Ok(false) => self.one_by_one(jobs),
            Err(error) => {
                jobs.into_iter().for_each(|job| job.answer(Err(error.clone())));
                Err(error)
            }
        }
    }

    fn one_by_one(&mut self, jobs: Vec<Box<dyn Job>>) -> Result<(), StoreError> {
        let mut failed = None;
        for job in jobs {
            let mut alone = vec![job];
            let result = match &failed {
                None => self.transact(&mut alone).map(|_| ()),
                Some(_) => Err(StoreError::Closed),
            };
            alone.into_iter().for_each(|job| job.answer(result.clone()));
            failed = failed.or(result.err());
        }
        failed.map_or(Ok(()), Err)
    }

    /// Answers whether the transaction was fit to be kept. That the store has failed is known before anybody
    /// is answered.
    fn transact(&mut self, jobs: &mut [Box<dyn Job>]) -> Result<bool, StoreError> {
        // Where a job panics, its transaction is gone, and nothing is known of what it had in memory.
        let result = catch_unwind(AssertUnwindSafe(|| self.commit(jobs)));
        let result = result.unwrap_or_else(|panic| Err(StoreError::Panicked(panic_words(&*panic))));
        result.inspect_err(|error| self.shared.fail(error))
    }

    /// Nothing is written where no job changed anything.
    fn commit(&mut self, jobs: &mut [Box<dyn Job>]) -> Result<bool, StoreError> {
        #[cfg(feature = "testing")]
        {
            crate::task::panic_if_asked("store-writer");
            crate::task::hang_if_asked("store-writer");
        }
        let now = self.shared.clock.now();
        let mut committed: Option<TxDraft> = None;
        let mut clean = true;
        let shared = Arc::clone(&self.shared);
        let (counters, pools) = (&self.counters, &self.pools);
        shared.backend.transact(&mut |kv| {
            let draft = TxDraft::new(counters.clone(), pools.clone());
            let failure = Failure::default();
            let mut kv = Noting::new(kv, &failure);
            let mut kv = Sealing::new(&mut kv);
            let mut tx = WriteTx::new(&mut kv, &shared.index, draft, now);
            clean = run_jobs(jobs, &mut tx);
            if let Some(error) = failure.take() {
                return Err(error);
            }
            if !clean || tx.changes() == 0 {
                return Ok(Verdict::Abort);
            }
            let draft = tx.finish()?;
            kv.save()?;
            committed = Some(draft);
            Ok(Verdict::Commit)
        })?;
        if let Some(draft) = committed {
            self.publish(draft)?;
        }
        Ok(clean)
    }

    /// Shows readers what was committed. The order matters: whatever the index names is in the newest tables, and
    /// whatever a snapshot has is in the index.
    fn publish(&mut self, draft: TxDraft) -> Result<(), StoreError> {
        self.shared.committed.fetch_add(1, Ordering::Relaxed);
        let kv = self.shared.backend.snapshot()?;
        self.shared.newest.store(Arc::new(Newest(Arc::clone(&kv))));
        draft.publish(&self.shared.index)?;
        self.counters = draft.counters;
        self.pools = draft.pools.pools;
        let index = Arc::clone(&self.shared.index);
        let newest = Arc::clone(&self.shared.newest);
        let snapshot = Snapshot::new(kv, index, newest, self.counters.clone(), self.pools.clone());
        self.shared.current.store(Arc::new(snapshot));
        self.shared.commits.send_replace(self.counters.events);
        if draft.work {
            self.shared.work.send_modify(|count| *count = count.wrapping_add(1));
        }
        Ok(())
    }
}

/// Answers false as soon as a refused job has changed something.
fn run_jobs(jobs: &mut [Box<dyn Job>], tx: &mut WriteTx<'_>) -> bool {
    jobs.iter_mut().all(|job| {
        let before = tx.changes();
        match job.run(tx) {
            Outcome::Done => true,
            Outcome::Refused => tx.changes() == before,
        }
    })
}
