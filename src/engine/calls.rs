//! Calls to others that are under way, each by itself: one that hangs holds up nobody but those who asked it.
//!
//! Whoever makes calls takes what is answered, and waits for that for a moment. What takes longer goes on by itself,
//! and wakes them with its answer.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

/// How long answers are waited for once the last call has begun.
const MOMENT: Duration = Duration::from_millis(300);

/// An answer, or the panic that came in its place.
type Answer<T> = Result<T, Box<dyn Any + Send>>;

/// Calls of one kind.
#[derive(Debug)]
pub(in crate::engine) struct Calls<T> {
    /// They end with this.
    running: JoinSet<()>,
    answers: (UnboundedSender<Answer<T>>, UnboundedReceiver<Answer<T>>),
    /// How many have no answer that was taken.
    open: usize,
    /// When the last one began.
    begun: Option<Instant>,
    /// So many are made side by side; the others wait for their turn.
    width: Arc<Semaphore>,
    /// Whether somebody takes the answers now: nobody has to be woken for them.
    is_awaited: Arc<AtomicBool>,
    /// Told of an answer that nobody waits for.
    late: Arc<Notify>,
}

impl<T: Send + 'static> Calls<T> {
    /// Returns none yet, of which so many will be made side by side. `late` is told of answers that nobody waits for.
    pub(in crate::engine) fn new(width: usize, late: Arc<Notify>) -> Calls<T> {
        Calls {
            running: JoinSet::new(),
            answers: unbounded_channel(),
            open: 0,
            begun: None,
            width: Arc::new(Semaphore::new(width)),
            is_awaited: Arc::default(),
            late,
        }
    }

    /// Begins one. Its answer is to be taken, or waited for, by [`Calls::take`] from now on.
    pub(in crate::engine) fn begin(&mut self, call: impl Future<Output = T> + Send + 'static) {
        let (width, late) = (Arc::clone(&self.width), Arc::clone(&self.late));
        let (answers, is_awaited) = (self.answers.0.clone(), Arc::clone(&self.is_awaited));
        self.is_awaited.store(true, Ordering::SeqCst);
        (self.begun, self.open) = (Some(Instant::now()), self.open.saturating_add(1));
        self.running.spawn(async move {
            // It is never closed.
            let _turn = width.acquire_owned().await;
            let answer = AssertUnwindSafe(call).catch_unwind().await;
            // Where nobody takes answers any more, they are gone with everything else.
            let _ = answers.send(answer);
            if !is_awaited.load(Ordering::SeqCst) {
                late.notify_one();
            }
        });
    }

    /// Returns how many have no answer that was taken.
    pub(in crate::engine) const fn open(&self) -> usize {
        self.open
    }

    /// Returns all that is answered, as soon as anything is. Returns nothing where nothing is under way, or all that is
    /// has been for longer than a moment; what is answered from then on wakes whoever has to take it.
    pub(in crate::engine) async fn take(&mut self) -> Vec<T> {
        while self.running.try_join_next().is_some() {}
        let mut taken = self.taken();
        if let Some(begun) = self.begun.filter(|_| taken.is_empty() && self.open > 0) {
            let until = begun.checked_add(MOMENT).unwrap_or(begun);
            if let Ok(Some(answer)) = timeout_at(until, self.answers.1.recv()).await {
                taken.push(self.read(answer));
                taken.extend(self.taken());
            }
        }
        if taken.is_empty() {
            self.is_awaited.store(false, Ordering::SeqCst);
            // One may have come just before.
            taken = self.taken();
        }
        taken
    }

    /// Gives up whatever is under way: what it would answer counts no more.
    pub(in crate::engine) fn drop_all(&mut self) {
        *self = Calls { width: Arc::clone(&self.width), ..Calls::new(0, Arc::clone(&self.late)) };
    }

    fn taken(&mut self) -> Vec<T> {
        let mut taken = Vec::new();
        while let Ok(answer) = self.answers.1.try_recv() {
            taken.push(self.read(answer));
        }
        taken
    }

    /// A panic in a call goes on where its answer is taken.
    fn read(&mut self, answer: Answer<T>) -> T {
        self.open = self.open.saturating_sub(1);
        answer.unwrap_or_else(|panic| resume_unwind(panic))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(width: usize) -> Calls<u8> {
        Calls::new(width, Arc::default())
    }

    #[tokio::test]
    async fn should_wait_a_moment_and_not_for_one_that_hangs() {
        let mut calls = calls(2);
        assert_eq!(calls.take().await, Vec::<u8>::new());
        let before = Instant::now();
        calls.begin(std::future::pending());
        calls.begin(async { 1 });
        assert_eq!(calls.take().await, [1]);
        assert_eq!(calls.take().await, Vec::<u8>::new());
        assert!(before.elapsed() >= MOMENT);
        // Nobody waits for it a second time.
        let before = Instant::now();
        assert_eq!((calls.take().await, calls.open()), (Vec::new(), 1));
        assert!(before.elapsed() < MOMENT);
        calls.begin(async { 2 });
        assert_eq!(calls.take().await, [2]);
        calls.drop_all();
        assert_eq!(calls.open(), 0);
        calls.begin(async { 3 });
        assert_eq!(calls.take().await, [3]);
    }

    #[tokio::test]
    async fn should_wake_with_an_answer_that_comes_late_and_with_no_other() {
        let late = Arc::new(Notify::new());
        let mut calls = Calls::new(2, Arc::clone(&late));
        calls.begin(async { 1 });
        assert_eq!(calls.take().await, [1]);
        let (go, went) = tokio::sync::oneshot::channel::<u8>();
        calls.begin(async { went.await.unwrap() });
        assert_eq!(calls.take().await, Vec::<u8>::new());
        assert!(late.notified().now_or_never().is_none());
        go.send(7).unwrap();
        late.notified().await;
        assert_eq!(calls.take().await, [7]);
    }

    #[tokio::test]
    async fn should_make_so_many_side_by_side() {
        let mut calls = calls(1);
        let (go, went) = tokio::sync::oneshot::channel::<u8>();
        calls.begin(async { went.await.unwrap() });
        calls.begin(async { 2 });
        assert_eq!(calls.take().await, Vec::<u8>::new(), "the second waits for its turn");
        go.send(1).unwrap();
        let mut all = Vec::new();
        while all.len() < 2 {
            tokio::task::yield_now().await;
            all.extend(calls.take().await);
        }
        assert_eq!(all, [1, 2]);
    }

    #[tokio::test]
    #[should_panic(expected = "a defect")]
    async fn should_let_a_panic_go_on_where_the_answer_is_taken() {
        let mut calls = calls(1);
        calls.begin(async { panic!("a defect") });
        calls.take().await;
    }
}
