//! What is kept of a webhook, and where it stands among those of its client.

use minicbor::{Decode, Encode};

use crate::store::codec::{self, key};
use crate::store::kv::{Table, prefix_end};
use crate::store::receivers::Failing;
use crate::store::tables::{Tables, get};
use crate::store::{StoreError, invariant};
use crate::types::{BindingNo, Hidden, UnixTime};

/// Up to which event the log was sorted, in the table of what there is once.
pub(super) const SORTED: &[u8] = b"hooks_sorted";

/// A webhook of one deposit address.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Hook {
    /// The client that gave it, by the name that the configuration has.
    #[n(0)]
    pub client: String,
    /// Where it is: often a secret in itself.
    #[n(1)]
    pub url: Hidden,
    /// The event that it begins with: that its deposit address was given out.
    #[n(2)]
    pub begin: u64,
    /// The last event that it has acknowledged; 0 before the first.
    #[n(3)]
    pub told: u64,
    /// Events that it is to be told.
    #[n(4)]
    pub due: u64,
    /// The first of those; 0 where there is none.
    #[n(5)]
    pub first: u64,
    /// Since when it does not take what it is told; none where it does.
    #[n(6)]
    pub failing: Option<Failing>,
    /// Since when it is told nothing any more; none where it is told.
    #[n(7)]
    pub given_up: Option<UnixTime>,
}

/// What is to be done about a webhook. Stored: the numbers never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HookState {
    /// It is to be told something.
    Due,
    /// It did not take what it was told, and is tried again.
    Failing,
    /// It did not take it for so long, or wants nothing any more, that it is told nothing.
    GivenUp,
}

impl HookState {
    /// Returns its name.
    pub const fn name(self) -> &'static str {
        match self {
            HookState::Due => "due",
            HookState::Failing => "failing",
            HookState::GivenUp => "given_up",
        }
    }

    const fn tag(self) -> u8 {
        match self {
            HookState::Due => 0,
            HookState::Failing => 1,
            HookState::GivenUp => 2,
        }
    }
}

impl Hook {
    /// Returns what is to be done about it, and since when: by the first event that is due, or by the time. None
    /// where it has heard everything.
    pub fn state(&self) -> Option<(HookState, u64)> {
        match (&self.given_up, &self.failing) {
            (Some(at), _) => Some((HookState::GivenUp, at.get())),
            (None, _) if self.due == 0 => None,
            (None, Some(failing)) => Some((HookState::Failing, failing.since.get())),
            (None, None) => Some((HookState::Due, self.first)),
        }
    }
}

/// How many webhooks a client has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Encode, Decode)]
pub struct HookCounts {
    /// All of them.
    #[n(0)]
    pub hooks: u64,
    /// Events that they are to be told, together.
    #[n(1)]
    pub due: u64,
    /// Those that do not take what they are told.
    #[n(2)]
    pub failing: u64,
    /// Those that are told nothing any more.
    #[n(3)]
    pub given_up: u64,
}

/// The rows of a client's webhooks in a state.
fn lane(client: &str, state: HookState) -> Vec<u8> {
    let length = u16::try_from(client.len()).unwrap_or(u16::MAX);
    [&length.to_be_bytes()[..], client.as_bytes(), &[state.tag()]].concat()
}

/// The row of a webhook among those of its client and state; none where nothing is to be done about it.
pub(super) fn lane_key(no: BindingNo, hook: &Hook) -> Option<Vec<u8>> {
    let (state, since) = hook.state()?;
    Some([&lane(&hook.client, state)[..], &key(since), &key(no.get())].concat())
}

/// The row of an event that a webhook is to be told.
pub(super) fn due_key(no: BindingNo, event: u64) -> [u8; 16] {
    let mut row = [0; 16];
    row[..8].copy_from_slice(&key(no.get()));
    row[8..].copy_from_slice(&key(event));
    row
}

/// Reads of webhooks.
pub trait Hooks: Tables {
    /// Returns the webhook of a binding; none where it has none.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn hook(&self, no: BindingNo) -> Result<Option<Hook>, StoreError> {
        get(self.kv(), Table::Hooks, &key(no.get()))
    }

    /// Returns how many webhooks a client has.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn hook_counts(&self, client: &str) -> Result<HookCounts, StoreError> {
        Ok(get(self.kv(), Table::HookCounts, client.as_bytes())?.unwrap_or_default())
    }

    /// Returns the clients that have webhooks, by name: few.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn hook_clients(&self) -> Result<Vec<(String, HookCounts)>, StoreError> {
        let table = Table::HookCounts;
        let rows = self.kv().scan(table, &[], None)?;
        rows.map(|row| {
            let (key, value) = row?;
            let name = String::from_utf8(key.clone()).map_err(|_| invariant("a client's name is text"))?;
            Ok((name, codec::decode(table, &key, &value)?))
        })
        .collect()
    }

    /// Returns whether anybody has a webhook.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn has_hooks(&self) -> Result<bool, StoreError> {
        Ok(self.kv().scan(Table::HookCounts, &[], None)?.next().transpose()?.is_some())
    }

    /// Returns the event up to which the log was sorted.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn hooks_sorted(&self) -> Result<u64, StoreError> {
        Ok(get(self.kv(), Table::Meta, SORTED)?.unwrap_or(0))
    }

    /// Returns the events that a webhook is to be told, the first one first, so many at most.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn hook_due(&self, no: BindingNo, limit: usize) -> Result<Vec<u64>, StoreError> {
        let (table, prefix) = (Table::HooksDue, key(no.get()));
        let rows = self.kv().scan(table, &prefix, prefix_end(&prefix).as_deref())?.take(limit);
        rows.map(|row| codec::number_at_end(table, &row?.0)).collect()
    }

    /// Returns a client's webhooks in a state, those that have waited longest first, so many at most after the one that
    /// is named: since when (for those that are due, the first event), and the binding.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn hooks_in(
        &self,
        client: &str,
        state: HookState,
        after: Option<(u64, BindingNo)>,
        limit: usize,
    ) -> Result<Vec<(u64, BindingNo)>, StoreError> {
        let (table, lane) = (Table::HooksByState, lane(client, state));
        let from = match after {
            None => lane.clone(),
            Some((since, no)) => [&lane[..], &key(since), &key(no.get().saturating_add(1))].concat(),
        };
        let rows = self.kv().scan(table, &from, prefix_end(&lane).as_deref())?.take(limit);
        rows.map(|row| {
            let (key, _) = row?;
            let no = BindingNo::new(codec::number_at_end(table, &key)?);
            let rest = key.get(..key.len().saturating_sub(8)).unwrap_or_default();
            Ok((codec::number_at_end(table, rest)?, no))
        })
        .collect()
    }
}

impl<T: Tables + ?Sized> Hooks for T {}
