//! What is known of payees, in memory: 24 bytes each, in the order of their coming, and a table of their places.
//!
//! A table of hashes is up to half empty. So the table holds places of four bytes, and what is larger stands elsewhere
//! without gaps.

use hashbrown::HashTable;

use super::sole_line::{SoleLine, SoleStage};
use super::{StoreError, invariant};
use crate::types::{BindingNo, Coin, UnixTime};

/// What is known of a payee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Payee {
    /// Their latest binding; each binding names the one before it.
    pub(super) last: BindingNo,
    /// How many addresses they are bound to.
    pub(super) bindings: u32,
    /// How many status numbers they have been given.
    pub(super) seqs: u32,
}

impl Payee {
    /// Whether they have had one address and one line, and no more.
    fn has_one_line(self) -> bool {
        (self.bindings, self.seqs) == (1, SoleLine::SEQ)
    }
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    hash: u64,
    last: u32,
    lines: Lines,
}

/// Whoever has one line that needs no row to be told has one binding and one status number.
#[derive(Debug, Clone, Copy)]
enum Lines {
    Sole { since: u32, coin_tag: u8, stage: SoleStage },
    Counted { bindings: u32, seqs: u32 },
}

impl Lines {
    const ONE: Lines = Lines::Counted { bindings: 1, seqs: SoleLine::SEQ };

    /// Times after the year 2106 do not fit, and are read.
    fn sole(line: Option<SoleLine>) -> Lines {
        let Some(SoleLine { coin, since, stage }) = line else { return Lines::ONE };
        let since = u32::try_from(since.get());
        since.map_or(Lines::ONE, |since| Lines::Sole { since, coin_tag: coin.tag(), stage })
    }
}

impl Entry {
    fn payee(&self) -> Payee {
        let (bindings, seqs) = match self.lines {
            Lines::Sole { .. } => (1, SoleLine::SEQ),
            Lines::Counted { bindings, seqs } => (bindings, seqs),
        };
        Payee { last: BindingNo::new(self.last.into()), bindings, seqs }
    }

    fn line(&self) -> Option<SoleLine> {
        match self.lines {
            Lines::Sole { since, coin_tag, stage } => {
                let coin = Coin::from_tag(coin_tag)?;
                Some(SoleLine { coin, since: UnixTime::new(since.into()), stage })
            }
            Lines::Counted { .. } => None,
        }
    }
}

/// Payees by the hashes of their addresses.
#[derive(Debug, Default)]
pub(super) struct Payees {
    /// Positions in `entries`.
    places: HashTable<u32>,
    entries: Vec<Entry>,
}

impl Payees {
    fn with_hash(&self, hash: u64) -> impl Iterator<Item = &Entry> {
        let entries = self.places.iter_hash(hash).filter_map(|place| self.entries.get(position(*place)));
        entries.filter(move |entry| entry.hash == hash)
    }

    /// All payees with this hash: nearly always one at most.
    pub(super) fn candidates(&self, hash: u64) -> impl Iterator<Item = Payee> {
        self.with_hash(hash).map(Entry::payee)
    }

    /// The only line of the one payee with this hash; none where two have it.
    pub(super) fn line(&self, hash: u64) -> Option<SoleLine> {
        let mut found = self.with_hash(hash);
        let line = found.next()?.line()?;
        found.next().is_none().then_some(line)
    }

    fn entry_mut(&mut self, hash: u64, last: u32) -> Option<&mut Entry> {
        let entries = &mut self.entries;
        let place = self.places.find(hash, |place| {
            entries.get(position(*place)).is_some_and(|entry| (entry.hash, entry.last) == (hash, last))
        });
        place.and_then(|place| entries.get_mut(position(*place)))
    }

    /// Sets what is known of a payee; `before` is the binding that the entry to replace has as its latest.
    pub(super) fn set(&mut self, hash: u64, before: Option<u32>, now: Payee) -> Result<(), StoreError> {
        let last = narrow(now.last)?;
        let counted = Lines::Counted { bindings: now.bindings, seqs: now.seqs };
        if let Some(entry) = before.and_then(|before| self.entry_mut(hash, before)) {
            let lines = if now.has_one_line() { entry.lines } else { counted };
            *entry = Entry { hash, last, lines };
            return Ok(());
        }
        let place = u32::try_from(self.entries.len())
            .map_err(|_| invariant("more payees than the index can hold"))?;
        if self.entries.len() == self.entries.capacity() {
            // An eighth at a time, where a vector would double.
            self.entries.reserve_exact((self.entries.len() / 8).max(4));
        }
        self.entries.push(Entry { hash, last, lines: counted });
        let entries = &self.entries;
        let hasher = |place: &u32| entries.get(position(*place)).map_or(0, |entry| entry.hash);
        self.places.insert_unique(hash, place, hasher);
        Ok(())
    }

    /// Sets the only line of the payee whose only binding this is; none where rows have to be read. Nothing is kept for
    /// one who has more lines.
    pub(super) fn set_line(&mut self, hash: u64, binding: u32, line: Option<SoleLine>) {
        if let Some(entry) = self.entry_mut(hash, binding).filter(|entry| entry.payee().has_one_line()) {
            entry.lines = Lines::sole(line);
        }
    }
}

fn position(place: u32) -> usize {
    usize::try_from(place).unwrap_or(usize::MAX)
}

/// Four thousand million bindings are the limit of the index, and are far away.
pub(super) fn narrow(binding: BindingNo) -> Result<u32, StoreError> {
    u32::try_from(binding.get()).map_err(|_| invariant("more bindings than the index can hold"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::BuyMethod;

    fn payee(last: u64, bindings: u32, seqs: u32) -> Payee {
        Payee { last: BindingNo::new(last), bindings, seqs }
    }

    fn line(since: u64) -> SoleLine {
        let stage = SoleStage::Paid(BuyMethod::Direct);
        SoleLine { coin: Coin::BTC, since: UnixTime::new(since), stage }
    }

    #[test]
    fn should_take_no_more_than_24_bytes() {
        assert_eq!(size_of::<Entry>(), 24);
    }

    #[test]
    fn should_keep_the_line_of_who_has_one() {
        let mut payees = Payees::default();
        payees.set(7, None, payee(1, 1, 1)).unwrap();
        assert_eq!(payees.line(7), None, "nothing was said of it");
        payees.set_line(7, 1, Some(line(5)));
        payees.set(7, Some(1), payee(1, 1, 1)).unwrap();
        assert_eq!(payees.line(7), Some(line(5)));
        assert_eq!(payees.candidates(7).collect::<Vec<_>>(), [payee(1, 1, 1)]);
        payees.set_line(7, 1, None);
        assert_eq!(payees.line(7), None);
    }

    #[test]
    fn should_keep_no_line_of_who_has_two() {
        let mut payees = Payees::default();
        payees.set(7, None, payee(1, 1, 1)).unwrap();
        payees.set_line(7, 1, Some(line(5)));
        payees.set(7, Some(1), payee(1, 1, 2)).unwrap();
        assert_eq!(payees.line(7), None);
        payees.set_line(7, 1, Some(line(5)));
        assert_eq!(payees.line(7), None, "a second deposit came");
        payees.set(7, Some(1), payee(2, 2, 3)).unwrap();
        payees.set_line(7, 1, Some(line(5)));
        assert_eq!(payees.line(7), None, "a second address was bound");
        assert_eq!(payees.candidates(7).collect::<Vec<_>>(), [payee(2, 2, 3)]);
    }

    #[test]
    fn should_tell_two_of_one_hash_apart() {
        let mut payees = Payees::default();
        payees.set(7, None, payee(1, 1, 1)).unwrap();
        payees.set(7, None, payee(2, 1, 1)).unwrap();
        payees.set_line(7, 2, Some(line(5)));
        assert_eq!(payees.line(7), None, "whose it is, is not known");
        payees.set(7, Some(2), payee(3, 2, 2)).unwrap();
        let mut both: Vec<_> = payees.candidates(7).collect();
        both.sort_by_key(|payee| payee.last);
        assert_eq!(both, [payee(1, 1, 1), payee(3, 2, 2)]);
    }

    #[test]
    fn should_find_each_of_many() {
        let mut payees = Payees::default();
        let hash = |number: u64| number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        for number in 1..=10_000 {
            payees.set(hash(number), None, payee(number, 1, 1)).unwrap();
            payees.set_line(hash(number), u32::try_from(number).unwrap(), Some(line(number)));
        }
        for number in 1..=10_000 {
            assert_eq!(payees.line(hash(number)), Some(line(number)));
        }
        assert_eq!(payees.line(hash(10_001)), None);
    }

    #[test]
    fn should_not_keep_a_time_that_does_not_fit() {
        let mut payees = Payees::default();
        payees.set(7, None, payee(1, 1, 1)).unwrap();
        payees.set_line(7, 1, Some(line(1 << 32)));
        assert_eq!(payees.line(7), None);
    }
}
