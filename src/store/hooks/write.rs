//! What changes webhooks: that one is given, that something happens which it is to hear, that it was told.

use super::row::{Hook, HookCounts, HookState, Hooks, SORTED, due_key, lane_key};
use crate::store::codec::{self, key};
use crate::store::counters::step;
use crate::store::kv::Table;
use crate::store::receivers::Failing;
use crate::store::tx::WriteTx;
use crate::store::{StoreError, invariant};
use crate::types::{BindingNo, Hidden};

/// A webhook that is given with a bind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewHook {
    /// The client that gives it.
    pub client: String,
    /// Where it is.
    pub url: Hidden,
    /// How many the client may have.
    pub most: u64,
}

/// What came of telling a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookTold {
    /// Whose it is.
    pub binding: BindingNo,
    /// Events that it has acknowledged, ascending.
    pub taken: Vec<u64>,
    /// Why it did not take the next one; none where it did.
    pub refused: Option<HookRefusal>,
}

/// Why a webhook did not take an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookRefusal {
    /// In words: nothing that a stranger wrote, and nothing secret.
    pub words: String,
    /// Whether it is told nothing any more.
    pub is_end: bool,
}

impl WriteTx<'_> {
    /// Gives a binding its webhook, in the transaction that made it. Answers whether the client may have one more.
    ///
    /// # Errors
    ///
    /// Where the store fails, or the binding has one.
    pub fn add_hook(&mut self, no: BindingNo, new: &NewHook) -> Result<bool, StoreError> {
        if self.hook_counts(&new.client)?.hooks >= new.most {
            return Ok(false);
        }
        if self.hook(no)?.is_some() {
            return Err(invariant("a binding has one webhook"));
        }
        let begin = self.head().number;
        // Before the first one nobody sorts: what happened until now concerns none.
        if !self.has_hooks()? {
            self.set_sorted(begin.saturating_sub(1))?;
        }
        let (client, url) = (new.client.clone(), new.url.clone());
        let hook = Hook { client, url, begin, told: 0, due: 0, first: 0, failing: None, given_up: None };
        self.put_hook(no, None, hook)?;
        Ok(true)
    }

    /// Notes which webhooks are to be told which events, up to the event `upto`. What was sorted before is not
    /// taken up again.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    pub fn sort_hooks(&mut self, upto: u64, due: &[(BindingNo, u64)]) -> Result<(), StoreError> {
        let sorted = self.hooks_sorted()?;
        let mut due: Vec<_> = due.iter().filter(|(_, event)| *event > sorted).copied().collect();
        due.sort_unstable();
        for of_one in due.chunk_by(|one, other| one.0 == other.0) {
            self.note_due(of_one)?;
        }
        if upto > sorted { self.set_sorted(upto) } else { Ok(()) }
    }

    /// Notes what one webhook is to be told.
    fn note_due(&mut self, events: &[(BindingNo, u64)]) -> Result<(), StoreError> {
        let Some((no, _)) = events.first().copied() else { return Ok(()) };
        let Some(old) = self.hook(no)? else { return Ok(()) };
        let mut due = old.due;
        for (_, event) in events.iter().filter(|(_, event)| *event >= old.begin) {
            if self.kv.replace(Table::HooksDue, &due_key(no, *event), &[])?.is_none() {
                step(&mut due, true)?;
            }
        }
        if due == old.due { Ok(()) } else { self.put_hook(no, Some(&old), Hook { due, ..old.clone() }) }
    }

    fn set_sorted(&mut self, upto: u64) -> Result<(), StoreError> {
        self.changed();
        self.kv.put(Table::Meta, SORTED, &codec::encode(&upto))
    }

    /// Notes what came of telling webhooks.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    pub fn hooks_told(&mut self, told: &[HookTold]) -> Result<(), StoreError> {
        told.iter().try_for_each(|told| self.hook_told(told))
    }

    fn hook_told(&mut self, told: &HookTold) -> Result<(), StoreError> {
        let Some(old) = self.hook(told.binding)? else { return Ok(()) };
        let mut new = old.clone();
        for event in &told.taken {
            if self.kv.delete(Table::HooksDue, &due_key(told.binding, *event))? {
                step(&mut new.due, false)?;
            }
            (new.told, new.failing) = (new.told.max(*event), None);
        }
        if let Some(refusal) = &told.refused {
            let (since, times) = new.failing.map_or((self.now, 0), |failing| (failing.since, failing.times));
            let (times, words) = (times.saturating_add(1), refusal.words.clone());
            new.failing = Some(Failing { since, times, words });
            new.given_up = new.given_up.or_else(|| refusal.is_end.then_some(self.now));
        }
        self.put_hook(told.binding, Some(&old), new)
    }

    /// Has a client's webhooks told again that were given up, so many at most; answers how many that were.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    pub fn resume_hooks(&mut self, client: &str, limit: usize) -> Result<usize, StoreError> {
        let given_up = self.hooks_in(client, HookState::GivenUp, None, limit)?;
        for (_, no) in &given_up {
            let missing = || invariant("a webhook that was given up is one");
            let old = self.hook(*no)?.ok_or_else(missing)?;
            self.put_hook(*no, Some(&old), Hook { given_up: None, failing: None, ..old.clone() })?;
        }
        Ok(given_up.len())
    }

    /// Writes one, and moves it between those of its client.
    fn put_hook(&mut self, no: BindingNo, old: Option<&Hook>, new: Hook) -> Result<(), StoreError> {
        self.changed();
        let first = self.hook_due(no, 1)?.first().copied().unwrap_or(0);
        let failing = new.failing.filter(|_| new.due > 0);
        let new = Hook { first, failing, ..new };
        let (was, is) = (old.and_then(|old| lane_key(no, old)), lane_key(no, &new));
        if was != is {
            if let Some(row) = was {
                self.kv.delete(Table::HooksByState, &row)?;
            }
            if let Some(row) = is {
                self.kv.put(Table::HooksByState, &row, &[])?;
            }
        }
        self.count_hook(old, &new)?;
        self.kv.put(Table::Hooks, &key(no.get()), &codec::encode(&new))
    }

    fn count_hook(&mut self, old: Option<&Hook>, new: &Hook) -> Result<(), StoreError> {
        let before = self.hook_counts(&new.client)?;
        let mut counts = before;
        if let Some(old) = old {
            counts.move_by(old, false)?;
        }
        counts.move_by(new, true)?;
        if counts == before {
            return Ok(());
        }
        self.kv.put(Table::HookCounts, new.client.as_bytes(), &codec::encode(&counts))
    }
}

impl HookCounts {
    /// Counts a webhook, or does not any more.
    pub(super) fn move_by(&mut self, hook: &Hook, up: bool) -> Result<(), StoreError> {
        step(&mut self.hooks, up)?;
        let due = if up { self.due.checked_add(hook.due) } else { self.due.checked_sub(hook.due) };
        self.due = due.ok_or_else(|| invariant("a counter left its range"))?;
        match hook.state() {
            Some((HookState::Failing, _)) => step(&mut self.failing, up),
            Some((HookState::GivenUp, _)) => step(&mut self.given_up, up),
            Some((HookState::Due, _)) | None => Ok(()),
        }
    }
}
