//! Who is let in, and who has to go for it.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::answers::Answers;
use super::visitor::{Phase, UNREAD_LIMIT, Visitor};
use crate::config::NetworkPrefix;
use crate::http::caller::{is_proxy, limit_key};

/// How often it is looked who takes too long.
const SWEEP: Duration = Duration::from_millis(500);
/// How often the log tells how many had to go.
const TELL: Duration = Duration::from_secs(60);

/// How many connections there may be.
#[derive(Debug, Clone)]
pub struct DoorLimits {
    /// In all.
    pub max: usize,
    /// Of one client.
    pub per_client: usize,
    /// That have not agreed upon TLS yet.
    pub handshakes: usize,
    /// Whether clients come through proxies, which no limit of one client is for.
    pub behind_proxy: bool,
    /// Proxies that speak for their clients, and are not counted as one.
    pub trusted_proxies: Vec<NetworkPrefix>,
    /// How long a reply may wait without any more of it being taken.
    pub unread: Duration,
}

impl DoorLimits {
    /// So many, whoever they are of.
    pub fn only(max: usize) -> Self {
        DoorLimits {
            max,
            per_client: max,
            handshakes: max,
            behind_proxy: false,
            trusted_proxies: Vec::new(),
            unread: UNREAD_LIMIT,
        }
    }
}

/// What has happened at a door.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DoorReport {
    /// Connections that are open now.
    pub open: usize,
    /// Those that had to go for others, or were turned away, since the start.
    pub crowded_out: u64,
    /// Those that took too long, since the start.
    pub late: u64,
}

/// The one way in for the connections of one or more listeners.
#[derive(Debug)]
pub struct Door {
    name: &'static str,
    limits: DoorLimits,
    inside: Mutex<Inside>,
    is_closed: AtomicBool,
    crowded_out: AtomicU64,
    late: AtomicU64,
    answers: Arc<Answers>,
}

#[derive(Debug, Default)]
struct Inside {
    last: u64,
    visitors: HashMap<u64, Arc<Visitor>>,
    /// Those that have not been told to go, by client.
    clients: HashMap<IpAddr, usize>,
    /// The same in all.
    staying: usize,
}

/// A connection that was let in. It leaves where this is dropped.
#[derive(Debug)]
pub(super) struct Visit {
    door: Arc<Door>,
    number: u64,
    pub(super) visitor: Arc<Visitor>,
}

impl Drop for Visit {
    fn drop(&mut self) {
        let mut inside = self.door.inside();
        inside.visitors.remove(&self.number);
        if !self.visitor.must_go() {
            inside.gone(&self.visitor);
        }
    }
}

impl Inside {
    fn gone(&mut self, visitor: &Visitor) {
        self.staying = self.staying.saturating_sub(1);
        let Some(client) = visitor.client else { return };
        if let Some(count) = self.clients.get_mut(&client) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.clients.remove(&client);
            }
        }
    }

    /// Sends away whoever can be spared best; false where nobody can.
    fn make_room(&mut self, among: impl Fn(&Visitor) -> bool) -> bool {
        let candidates = self.visitors.values().filter(|visitor| among(visitor));
        let spared = candidates.filter_map(|visitor| Some((visitor.spare()?, visitor)));
        let Some((_, visitor)) = spared.max_by_key(|(rank, _)| *rank) else { return false };
        let visitor = Arc::clone(visitor);
        if visitor.send_away() {
            self.gone(&visitor);
        }
        true
    }
}

impl Door {
    /// Returns a door of this name, which the log tells.
    pub fn new(name: &'static str, limits: DoorLimits) -> Arc<Door> {
        let (crowded_out, late) = (AtomicU64::new(0), AtomicU64::new(0));
        let is_closed = AtomicBool::new(false);
        Arc::new(Door {
            name,
            limits,
            inside: Mutex::default(),
            is_closed,
            crowded_out,
            late,
            answers: Arc::default(),
        })
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn max(&self) -> usize {
        self.limits.max
    }

    /// Lets a connection in, if need be in place of another; none where everybody is being served.
    pub(super) fn admit(self: &Arc<Self>, peer: IpAddr, is_tls: bool) -> Option<Visit> {
        if self.is_closed.load(Ordering::Acquire) {
            return None;
        }
        let limits = &self.limits;
        let speaks_for_many = is_proxy(peer, limits.behind_proxy, &limits.trusted_proxies);
        let client = (!speaks_for_many).then(|| limit_key(peer));
        let mut inside = self.inside();
        let of_client = client.and_then(|client| inside.clients.get(&client).copied()).unwrap_or(0);
        let shakes = |visitor: &Visitor| visitor.phase() == Phase::Handshake;
        let mut has_room = true;
        if of_client >= limits.per_client {
            has_room = self.crowd_out(&mut inside, |visitor| visitor.client == client);
        } else if inside.staying >= limits.max {
            has_room = self.crowd_out(&mut inside, |_| true);
        }
        if has_room
            && is_tls
            && inside.visitors.values().filter(|one| shakes(one)).count() >= limits.handshakes
        {
            self.crowd_out(&mut inside, shakes);
        }
        if !has_room {
            return None;
        }
        inside.last = inside.last.wrapping_add(1);
        let (number, visitor) =
            (inside.last, Arc::new(Visitor::new(client, is_tls, Arc::clone(&self.answers))));
        inside.visitors.insert(number, Arc::clone(&visitor));
        inside.staying = inside.staying.saturating_add(1);
        if let Some(client) = client {
            let count = inside.clients.entry(client).or_default();
            *count = count.saturating_add(1);
        }
        drop(inside);
        Some(Visit { door: Arc::clone(self), number, visitor })
    }

    fn crowd_out(&self, inside: &mut Inside, among: impl Fn(&Visitor) -> bool) -> bool {
        self.crowded_out.fetch_add(1, Ordering::Relaxed);
        inside.make_room(among)
    }

    /// Returns the name, which the log tells.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Returns how requests that came through it were answered.
    pub fn answers(&self) -> &Answers {
        &self.answers
    }

    /// What has happened so far.
    pub fn report(&self) -> DoorReport {
        DoorReport {
            open: self.inside().staying,
            crowded_out: self.crowded_out.load(Ordering::Relaxed),
            late: self.late.load(Ordering::Relaxed),
        }
    }

    /// Ends whoever takes too long, for as long as this is awaited.
    pub async fn sweep(&self) {
        let (mut told, mut told_at) = (DoorReport::default(), tokio::time::Instant::now());
        let mut ticks = tokio::time::interval(SWEEP);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            self.end_late();
            let report = self.report();
            if report.crowded_out > told.crowded_out && told_at.elapsed() >= TELL {
                let crowded_out = report.crowded_out.saturating_sub(told.crowded_out);
                let late = report.late.saturating_sub(told.late);
                tracing::warn!(
                    listener = self.name,
                    open = report.open,
                    crowded_out,
                    late,
                    "too many connections"
                );
                (told, told_at) = (report, tokio::time::Instant::now());
            }
        }
    }

    fn end_late(&self) {
        let mut inside = self.inside();
        let late = inside.visitors.values().filter(|visitor| visitor.is_late(self.limits.unread));
        let late: Vec<Arc<Visitor>> = late.cloned().collect();
        for visitor in late {
            if visitor.send_away() {
                inside.gone(&visitor);
                self.late.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// Lets nobody in any more, and ends what has not come to a request yet: nobody waits for it when the
    /// service stops.
    pub fn close(&self) {
        self.is_closed.store(true, Ordering::Release);
        let inside = self.inside();
        inside.visitors.values().filter(|visitor| visitor.phase() == Phase::Handshake).for_each(|visitor| {
            visitor.send_away();
        });
    }
}

/// The doors of all listeners, for whoever tells how many come and go.
#[derive(Debug, Default)]
pub struct Doors(Mutex<Vec<Arc<Door>>>);

impl Doors {
    /// Adds a door.
    pub fn add(&self, door: &Arc<Door>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(door));
    }

    /// Returns all of them, in the order in which they were added.
    pub fn all(&self) -> Vec<Arc<Door>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn door(max: usize, per_client: usize) -> Arc<Door> {
        Door::new("test", DoorLimits { max, per_client, ..DoorLimits::only(max) })
    }

    fn ip(n: u8) -> IpAddr {
        [10, 0, 0, n].into()
    }

    fn wait() {
        std::thread::sleep(Duration::from_millis(3));
    }

    #[test]
    fn should_let_the_newest_in_and_the_longest_waiting_go() {
        let door = door(3, 3);
        let visits: Vec<Visit> = (0..3).map(|n| (door.admit(ip(n), false).unwrap(), wait()).0).collect();
        let _newest = door.admit(ip(9), false).unwrap();
        assert_eq!(
            visits.iter().map(|visit| visit.visitor.must_go()).collect::<Vec<_>>(),
            [true, false, false]
        );
        assert_eq!(door.report().open, 3);
    }

    #[test]
    fn should_end_idle_ones_before_all_others() {
        let door = door(3, 3);
        let visits: Vec<Visit> = (0..3).map(|n| (door.admit(ip(n), false).unwrap(), wait()).0).collect();
        visits[2].visitor.enter(Phase::Idle);
        let _newest = door.admit(ip(9), false).unwrap();
        assert_eq!(
            visits.iter().map(|visit| visit.visitor.must_go()).collect::<Vec<_>>(),
            [false, false, true]
        );
    }

    #[test]
    fn should_hold_one_client_to_its_share() {
        let door = door(10, 2);
        let other = door.admit(ip(1), false).unwrap();
        let mut visits: Vec<Visit> = (0..4).map(|_| (door.admit(ip(7), false).unwrap(), wait()).0).collect();
        let gone = |visits: &[Visit]| visits.iter().filter(|visit| visit.visitor.must_go()).count();
        assert_eq!((gone(&visits), other.visitor.must_go(), door.report().open), (2, false, 3));
        visits.clear();
        assert_eq!(door.report().open, 1);
    }

    #[test]
    fn should_never_end_one_that_is_being_served() {
        let door = door(2, 2);
        let served: Vec<Visit> = (0..2).map(|n| door.admit(ip(n), false).unwrap()).collect();
        served.iter().for_each(|visit| visit.visitor.enter(Phase::Answer));
        assert!(door.admit(ip(9), false).is_none());
        // A reply that nobody takes is another matter.
        served[1].visitor.stuck();
        assert!(door.admit(ip(9), false).is_some());
        assert!(served[1].visitor.must_go() && !served[0].visitor.must_go());
    }

    #[test]
    fn should_hold_no_proxy_to_the_share_of_a_client() {
        let trusted_proxies = vec![NetworkPrefix { address: ip(1), bits: 32 }];
        let limits = DoorLimits { per_client: 2, behind_proxy: true, trusted_proxies, ..DoorLimits::only(9) };
        let door = Door::new("test", limits);
        let through: Vec<Visit> = (0..5).map(|_| door.admit(ip(1), false).unwrap()).collect();
        assert!(through.iter().all(|visit| !visit.visitor.must_go()));
        let direct: Vec<Visit> = (0..3).map(|_| door.admit(ip(2), false).unwrap()).collect();
        assert_eq!(direct.iter().filter(|visit| visit.visitor.must_go()).count(), 1);
    }

    #[test]
    fn should_hold_handshakes_to_their_number() {
        let door = Door::new("test", DoorLimits { handshakes: 2, ..DoorLimits::only(9) });
        let done = door.admit(ip(1), true).unwrap();
        done.visitor.enter(Phase::Head);
        let half: Vec<Visit> = (0..4).map(|_| (door.admit(ip(2), true).unwrap(), wait()).0).collect();
        assert_eq!(half.iter().filter(|visit| visit.visitor.must_go()).count(), 2);
        assert!(!done.visitor.must_go());
    }
}
