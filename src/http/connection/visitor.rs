//! One connection as its door sees it: what it is doing, since when, and whether it has been told to go.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::Waker;
use std::time::{Duration, Instant};

use futures_util::task::AtomicWaker;

use super::answers::Answers;

/// What a connection is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// TLS is being agreed upon.
    Handshake,
    /// The head of a request is awaited: of the first one, or of one that has begun to come.
    Head,
    /// A request has been answered, and none has begun since.
    Idle,
    /// The body of a request is awaited.
    Body,
    /// A request is worked on, or its reply is being made.
    Answer,
}

impl Phase {
    const ALL: [Phase; 5] = [Phase::Handshake, Phase::Head, Phase::Idle, Phase::Body, Phase::Answer];

    /// How long it may last; none where that is up to this service.
    const fn limit(self) -> Option<Duration> {
        match self {
            Phase::Handshake => Some(Duration::from_secs(10)),
            // A little more than what is answered with 408: see `serve` and `Body`.
            Phase::Head | Phase::Body => Some(Duration::from_secs(12)),
            Phase::Idle => Some(Duration::from_secs(75)),
            Phase::Answer => None,
        }
    }

    const fn tag(self) -> u64 {
        match self {
            Phase::Handshake => 0,
            Phase::Head => 1,
            Phase::Idle => 2,
            Phase::Body => 3,
            Phase::Answer => 4,
        }
    }
}

/// How long a reply may wait without any more of it being taken.
pub(super) const UNREAD_LIMIT: Duration = Duration::from_secs(30);
/// The phase stands in the lowest bits, the milliseconds above them.
const PHASE_BITS: u32 = 3;

/// Shared by the connection's own task and its door.
#[derive(Debug)]
pub struct Visitor {
    /// Whom it counts for; none for a proxy, which speaks for many.
    pub(super) client: Option<IpAddr>,
    /// Whether the connection is encrypted.
    pub is_tls: bool,
    /// The counts of its door.
    pub(super) answers: Arc<Answers>,
    began: Instant,
    /// What it is doing, and since when.
    state: AtomicU64,
    /// Since when a reply waits to be taken, in milliseconds and one more; 0 where none does.
    stuck: AtomicU64,
    /// Whether there was something to read that was not read.
    is_thirsty: AtomicBool,
    must_go: AtomicBool,
    waker: AtomicWaker,
}

impl Visitor {
    pub(super) fn new(client: Option<IpAddr>, is_tls: bool, answers: Arc<Answers>) -> Self {
        let phase = if is_tls { Phase::Handshake } else { Phase::Head };
        Visitor {
            client,
            is_tls,
            answers,
            began: Instant::now(),
            state: AtomicU64::new(phase.tag()),
            stuck: AtomicU64::new(0),
            is_thirsty: AtomicBool::new(false),
            must_go: AtomicBool::new(false),
            waker: AtomicWaker::new(),
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX >> PHASE_BITS)
    }

    /// Begins another phase.
    pub fn enter(&self, phase: Phase) {
        self.state.store(self.now() << PHASE_BITS | phase.tag(), Ordering::Release);
        if phase != Phase::Answer && self.is_thirsty.swap(false, Ordering::AcqRel) {
            self.waker.wake();
        }
    }

    pub(super) fn phase(&self) -> Phase {
        let tag = self.state.load(Ordering::Acquire) & ((1 << PHASE_BITS) - 1);
        Phase::ALL.into_iter().find(|phase| phase.tag() == tag).unwrap_or(Phase::Answer)
    }

    /// How long the phase has lasted.
    fn lasted(&self) -> Duration {
        let since = self.state.load(Ordering::Acquire) >> PHASE_BITS;
        Duration::from_millis(self.now().saturating_sub(since))
    }

    /// A reply cannot be written further.
    pub(super) fn stuck(&self) {
        let _ =
            self.stuck.compare_exchange(0, self.now().saturating_add(1), Ordering::AcqRel, Ordering::Relaxed);
    }

    /// A part of it was taken after all.
    pub(super) fn went_on(&self) {
        let now = self.now().saturating_add(1);
        let going_on = |since| (since != 0).then_some(now);
        let _ = self.stuck.fetch_update(Ordering::AcqRel, Ordering::Relaxed, going_on);
    }

    /// All of it has been written.
    pub(super) fn flushed(&self) {
        if self.stuck.swap(0, Ordering::AcqRel) != 0 && self.is_thirsty.swap(false, Ordering::AcqRel) {
            self.waker.wake();
        }
    }

    fn stuck_for(&self) -> Option<Duration> {
        let since = self.stuck.load(Ordering::Acquire).checked_sub(1)?;
        Some(Duration::from_millis(self.now().saturating_sub(since)))
    }

    /// Whether another request may be read. If not, whoever asked is woken once it may.
    pub(super) fn may_read(&self) -> bool {
        let may = || self.phase() != Phase::Answer && self.stuck.load(Ordering::Acquire) == 0;
        if may() {
            return true;
        }
        self.is_thirsty.store(true, Ordering::Release);
        // It may have become so in between.
        may()
    }

    pub(super) fn listen(&self, waker: &Waker) {
        self.waker.register(waker);
    }

    pub(super) fn must_go(&self) -> bool {
        self.must_go.load(Ordering::Acquire)
    }

    /// Tells it to go; answers whether that is news.
    pub(super) fn send_away(&self) -> bool {
        let is_news = !self.must_go.swap(true, Ordering::AcqRel);
        self.waker.wake();
        is_news
    }

    /// Whether it takes longer than anybody may.
    pub(super) fn is_late(&self, unread_limit: Duration) -> bool {
        self.phase().limit().is_some_and(|limit| self.lasted() > limit)
            || self.stuck_for().is_some_and(|time| time > unread_limit)
    }

    /// How well it can be spared: the more the later in this order. None for one that is being served.
    pub(super) fn spare(&self) -> Option<(bool, Duration)> {
        if self.must_go() {
            return None;
        }
        match (self.stuck_for(), self.phase()) {
            (Some(time), _) => Some((false, time)),
            (None, Phase::Answer) => None,
            (None, phase) => Some((phase == Phase::Idle, self.lasted())),
        }
    }
}
