//! When each transaction was offered to the node, and how long one that is in trouble rests.

use std::collections::HashMap;
use std::time::Duration;

use crate::payout::Attempt;
use crate::types::{AttemptNo, Moment, UnixTime};

/// How often an unconfirmed transaction is offered to the node again. Nodes forget them.
const AGAIN: Duration = Duration::from_secs(60);
/// The longest rest of one in trouble, in seconds. The shortest is one; it doubles.
const LONGEST_REST: u64 = 60;

/// By transaction. In memory: after a restart each is offered at once.
#[derive(Debug, Default)]
pub(super) struct Offers(HashMap<AttemptNo, Offer>);

#[derive(Debug, Clone, Copy, Default)]
struct Offer {
    /// Offered, or looked at in vain.
    at: Option<Moment>,
    /// How often a person had asked for it by then.
    retries: u32,
    trouble: Option<Trouble>,
}

#[derive(Debug, Clone, Copy)]
struct Trouble {
    at: Moment,
    /// How often in a row.
    times: u32,
    /// A person, or the chain, that changes the transaction ends the rest.
    version: (UnixTime, u32),
}

impl Trouble {
    /// How much of its rest is left.
    fn rests_for(&self, now: Moment) -> Duration {
        let rest = 1u64.checked_shl(self.times.saturating_sub(1)).unwrap_or(LONGEST_REST).min(LONGEST_REST);
        Duration::from_secs(rest).saturating_sub(now.since(self.at))
    }
}

impl Offers {
    /// It was taken, or looked at: all is well with it.
    pub(super) fn made(&mut self, attempt: &Attempt, now: Moment) {
        self.0.insert(attempt.no, Offer { at: Some(now), retries: attempt.retries, trouble: None });
    }

    /// It could not be brought further.
    pub(super) fn fail(&mut self, attempt: &Attempt, now: Moment) {
        let offer = self.0.entry(attempt.no).or_default();
        // What a person asks for begins anew.
        let before = offer.trouble.filter(|_| offer.retries == attempt.retries);
        let times = before.map_or(0, |trouble| trouble.times).saturating_add(1);
        offer.retries = attempt.retries;
        offer.trouble = Some(Trouble { at: now, times, version: version(attempt) });
    }

    pub(super) fn forget(&mut self, no: AttemptNo) {
        self.0.remove(&no);
    }

    /// Whether it is to be left alone after its trouble.
    pub(super) fn is_resting(&self, attempt: &Attempt, now: Moment) -> bool {
        let trouble = self.0.get(&attempt.no).and_then(|offer| offer.trouble);
        trouble
            .is_some_and(|trouble| version(attempt) == trouble.version && !trouble.rests_for(now).is_zero())
    }

    /// Whether it is to be offered again although the node has it.
    pub(super) fn is_due(&self, attempt: &Attempt, now: Moment) -> bool {
        let offer = self.0.get(&attempt.no).filter(|offer| offer.retries == attempt.retries);
        let at = offer.and_then(|offer| offer.at);
        at.is_none_or(|at| now.since(at) >= AGAIN)
    }

    /// How long it is until the first of those in trouble is to be tried again.
    pub(super) fn next(&self, now: Moment) -> Option<Duration> {
        let troubles = self.0.values().filter_map(|offer| offer.trouble);
        troubles.map(|trouble| trouble.rests_for(now)).min()
    }
}

fn version(attempt: &Attempt) -> (UnixTime, u32) {
    (attempt.updated_at, attempt.retries)
}
