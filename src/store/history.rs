//! The history proves itself: with each event a hash is stored that covers the hash before it, the event's number and
//! its stored bytes.
//!
//! Whoever changes, drops or swaps events has to write every later hash anew, and then the history has another head
//! than the one that was told before: in a backup, an alert, the answer of health. ADR 21.

use super::StoreError;
use super::codec;
use super::counters::Counters;
use super::events::Record;
use super::history_row::{self, split};
use super::kv::{Read, Table};
use super::tables::{Page, Tables};
use crate::types::HistoryHead;

/// Events between two reports of progress.
const PROGRESS_EVERY: u64 = 100_000;
/// Breaks that are told one by one.
const TOLD: usize = 50;

/// Goes along the events, the first one first.
#[derive(Debug, Clone, Copy)]
pub(super) struct Walk(HistoryHead);

impl Walk {
    pub(super) const fn new() -> Walk {
        Walk(HistoryHead::EMPTY)
    }

    /// The head as far as it has gone.
    pub(super) const fn head(self) -> HistoryHead {
        self.0
    }

    /// Takes the next row; answers in words what is wrong with it. What comes after is held against this one, so that
    /// one event that is wrong is told once.
    pub(super) fn follow(&mut self, key: &[u8], value: &[u8]) -> Result<Option<String>, StoreError> {
        let number = codec::number_at_end(Table::Events, key)?;
        let (hash, bytes) = split(key, value)?;
        let before = self.0;
        self.0 = HistoryHead { number, hash };
        Ok(if Some(number) != before.number.checked_add(1) {
            Some(format!("event {number} follows {}", before.number))
        } else if history_row::next(before, bytes).hash != hash {
            Some(format!(
                "event {number} is not what was written: its hash does not follow from event {}",
                before.number
            ))
        } else {
            None
        })
    }
}

/// What a proof of the whole history came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryProof {
    /// The head that all events come to.
    pub head: HistoryHead,
    /// Where the history is not what was written, in words: the first fifty places. Empty where it holds.
    pub breaks: Vec<String>,
    /// Those of the earlier heads that the history passes through, ascending.
    pub kept: Vec<HistoryHead>,
    /// Those that it does not: what stands at or before them was rewritten after they were told, or taken away.
    pub broken: Vec<HistoryHead>,
}

impl HistoryProof {
    /// Returns whether nothing is wrong.
    pub fn holds(&self) -> bool {
        self.breaks.is_empty() && self.broken.is_empty()
    }

    /// Returns the events among which the first rewritten one stands, as far as the earlier heads tell: after the
    /// first number, and up to the second. None where the history passes through all of them.
    pub fn rewritten(&self) -> Option<(u64, u64)> {
        let first = self.broken.iter().map(|head| head.number).min()?;
        let last_kept = self.kept.iter().map(|head| head.number).filter(|number| *number < first).max();
        Some((last_kept.unwrap_or(0), first))
    }
}

/// Proves the history from its first event to its last, and that it passes through the heads `earlier`. `progress`
/// hears now and then how many events were looked at.
///
/// # Errors
///
/// Where the database cannot be read, or a row is none of an event.
pub fn prove_history(
    kv: &dyn Read,
    earlier: &[HistoryHead],
    progress: &dyn Fn(u64),
) -> Result<HistoryProof, StoreError> {
    let mut earlier = earlier.to_vec();
    earlier.sort_unstable();
    earlier.dedup();
    let mut waiting = earlier.iter().copied().peekable();
    let (mut walk, mut breaks, mut kept, mut count) = (Walk::new(), Vec::new(), Vec::new(), 0u64);
    let pass = |walk: Walk, waiting: &mut std::iter::Peekable<_>, kept: &mut Vec<_>| {
        while let Some(head) = waiting.next_if(|head: &HistoryHead| head.number <= walk.head().number) {
            kept.extend(Some(head).filter(|head| *head == walk.head()));
        }
    };
    pass(walk, &mut waiting, &mut kept);
    for row in kv.scan(Table::Events, &[], None)? {
        let (key, value) = row?;
        let wrong = walk.follow(&key, &value)?;
        breaks.extend(wrong.filter(|_| breaks.len() < TOLD));
        pass(walk, &mut waiting, &mut kept);
        count = count.saturating_add(1);
        if count.is_multiple_of(PROGRESS_EVERY) {
            progress(count);
        }
    }
    let stored = Counters::load(kv)?.head();
    if stored != walk.head() && breaks.len() < TOLD {
        breaks.push(format!(
            "the events end with {}, and the database says that they end with {stored}",
            walk.head()
        ));
    }
    let broken = earlier.into_iter().filter(|head| !kept.contains(head)).collect();
    Ok(HistoryProof { head: walk.head(), breaks, kept, broken })
}

/// An event, as the history has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastEvent {
    /// The head that the history had after it: its number, and what tells it from an event of the same number in a
    /// history that went on otherwise.
    pub head: HistoryHead,
    /// What happened.
    pub record: Record,
}

/// Reads of the history.
pub trait History: Tables {
    /// Returns the events of a page, ascending.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn past_events(&self, page: Page) -> Result<Vec<PastEvent>, StoreError> {
        let events = history_row::past(self.kv(), page.after.saturating_add(1))?.take(page.limit);
        events.map(|event| event.map(|(head, record)| PastEvent { head, record })).collect()
    }

    /// Returns the head that the history had after this event; none where it does not go that far.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn head_at(&self, number: u64) -> Result<Option<HistoryHead>, StoreError> {
        if number == 0 {
            return Ok(Some(HistoryHead::EMPTY));
        }
        let key = codec::key(number);
        let row = self.kv().get(Table::Events, &key)?;
        let hash = row.map(|row| split(&key, &row).map(|(hash, _)| hash)).transpose()?;
        Ok(hash.map(|hash| HistoryHead { number, hash }))
    }
}

impl<T: Tables + ?Sized> History for T {}

/// Writes every hash anew, as whoever rewrites a history would.
#[cfg(feature = "testing")]
pub fn chain_anew(backend: &dyn super::kv::Backend) -> Result<(), StoreError> {
    backend.transact(&mut |kv| {
        let mut head = HistoryHead::EMPTY;
        let rows: Vec<_> = kv.scan(Table::Events, &[], None)?.collect::<Result<_, _>>()?;
        for (key, value) in rows {
            let before =
                HistoryHead { number: codec::number_at_end(Table::Events, &key)?.saturating_sub(1), ..head };
            let bytes = split(&key, &value)?.1.to_vec();
            head = history_row::next(before, &bytes);
            kv.put(Table::Events, &key, &history_row::row(head.hash, &bytes))?;
        }
        let counters = Counters { events: head.number, history: head.hash, ..Counters::load(&*kv)? };
        counters.save(kv)?;
        Ok(super::kv::Verdict::Commit)
    })
}
