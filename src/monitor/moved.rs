//! What each who acts has moved alone in the last day: many small acts are one large one.
//!
//! The log of acts keeps it; it is read once, and counted in memory from then on.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::MonitorState;
use crate::store::{ActLog, Snapshot, StoreError};
use crate::types::{Droplets, UnixTime};

/// How long what was moved counts.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Entries of the log that are read at once.
const PAGE: usize = 500;

/// What was moved by one act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Share {
    by: String,
    at: UnixTime,
    coins: Droplets,
}

/// All that was moved alone lately; none before the log was read.
#[derive(Debug, Default)]
pub(super) struct Moved(Mutex<Option<Vec<Share>>>);

impl Moved {
    /// What somebody would have moved in a day with this.
    pub(super) fn with(
        &self,
        state: &MonitorState,
        by: &str,
        coins: Droplets,
    ) -> Result<Option<Droplets>, StoreError> {
        self.look(state, |shares| sum(shares, by, coins))
    }

    /// Counts an act as done, unless that is more than `above` in a day; none where it is.
    pub(super) fn take(
        &self,
        state: &MonitorState,
        by: &str,
        coins: Droplets,
        above: Droplets,
    ) -> Result<Option<Share>, StoreError> {
        let at = state.clock.now();
        self.look(state, |shares| {
            let fits = sum(shares, by, coins).is_some_and(|sum| sum <= above);
            let share = Share { by: by.to_owned(), at, coins };
            fits.then(|| {
                shares.push(share.clone());
                share
            })
        })
    }

    /// It was not done after all.
    pub(super) fn give_back(&self, share: &Share) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(shares) = kept.as_mut() else { return };
        if let Some(place) = shares.iter().position(|known| known == share) {
            shares.swap_remove(place);
        }
    }

    fn look<T>(
        &self,
        state: &MonitorState,
        with: impl FnOnce(&mut Vec<Share>) -> T,
    ) -> Result<T, StoreError> {
        let now = state.clock.now();
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let shares = match kept.as_mut() {
            Some(shares) => shares,
            // Nothing was moved since the start: whatever is goes through here first.
            None => kept.insert(logged(&state.store.snapshot(), now)?),
        };
        shares.retain(|share| now.since(share.at) < DAY);
        Ok(with(shares))
    }
}

/// None where it is more than can be counted.
fn sum(shares: &[Share], by: &str, coins: Droplets) -> Option<Droplets> {
    let own = shares.iter().filter(|share| share.by == by).map(|share| share.coins);
    Droplets::sum(own.chain([coins])).ok()
}

/// What the log of acts tells of the last day.
fn logged(snapshot: &Snapshot, now: UnixTime) -> Result<Vec<Share>, StoreError> {
    let (mut shares, mut before) = (Vec::new(), None);
    loop {
        let entries = snapshot.acts_before(before, PAGE)?;
        let Some((oldest, last)) = entries.last() else { return Ok(shares) };
        let is_over = now.since(last.last_at) >= DAY;
        before = Some(*oldest);
        shares.extend(
            entries
                .into_iter()
                .filter_map(|(_, entry)| Some(Share { by: entry.who?, at: entry.at, coins: entry.moved? })),
        );
        if is_over {
            return Ok(shares);
        }
    }
}
