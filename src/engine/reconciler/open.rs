//! What was compared so far: sums of what agrees, and the blocks in which something does not.

use std::collections::BTreeMap;
use std::time::Duration;

use super::compare::{Compared, Paid, add};
use crate::live::{Difference, ReadSums, SecondReading};
use crate::store::{Chains, Snapshot, StoreError};
use crate::types::{BlockRef, Coin, Height, Moment, UnixTime};

/// Blocks with differences that are kept: with more, reading waits until somebody has looked at these.
const MOST_OPEN: usize = 100;
/// Differences that a breaker is opened with: a block may have thousands.
const MOST_GROUNDS: usize = 100;
/// Between two looks at a block with differences.
pub(super) const LOOK_AGAIN: Duration = Duration::from_secs(10);

/// See the module's documentation.
#[derive(Debug)]
pub(super) struct Pages {
    from: Height,
    next: Height,
    to: Option<BlockRef>,
    blocks: u64,
    blind: u64,
    sums: Vec<ReadSums>,
    open: BTreeMap<Height, Open>,
    /// Whether a block with differences had the last turn.
    is_again: bool,
}

/// A block in which something differs.
#[derive(Debug)]
struct Open {
    sums: Vec<ReadSums>,
    differences: Vec<Difference>,
    looked: Moment,
}

impl Pages {
    pub(super) fn new(from: Height) -> Self {
        let (to, sums, open) = (None, Vec::new(), BTreeMap::new());
        Pages { from, next: from, to, blocks: 0, blind: 0, sums, open, is_again: false }
    }

    /// The next block to be compared.
    pub(super) fn next(&self) -> Height {
        self.next
    }

    pub(super) fn is_full(&self) -> bool {
        self.open.len() >= MOST_OPEN
    }

    /// Whether the last block that was compared is part of the chain that is followed still, and final.
    pub(super) fn stand(&self, snapshot: &Snapshot, coin: Coin, settled: Height) -> Result<bool, StoreError> {
        let Some(to) = self.to else { return Ok(self.next <= settled.next()) };
        let kept = snapshot.block_hash(coin, to.height)?;
        Ok(to.height <= settled && kept.is_none_or(|kept| kept == to.hash))
    }

    /// Whether something differs that was looked at once only.
    pub(super) fn is_in_doubt(&self) -> bool {
        self.open.values().flat_map(|open| &open.differences).any(|found| !found.stands)
    }

    /// The block with differences that is to be looked at again now: the one that was looked at longest ago. Where
    /// there is more to read, that has every other turn: many that differ do not keep the others from being read.
    pub(super) fn due(&mut self, now: Moment, is_more: bool) -> Option<Height> {
        if is_more && std::mem::take(&mut self.is_again) {
            return None;
        }
        let due = self.open.iter().filter(|(_, open)| now.since(open.looked) >= LOOK_AGAIN);
        let due = due.max_by_key(|(_, open)| now.since(open.looked)).map(|(height, _)| *height);
        self.is_again = due.is_some();
        due
    }

    /// Notes that a block was looked at, whether it could be read or not.
    pub(super) fn looked(&mut self, height: Height, now: Moment) {
        if let Some(open) = self.open.get_mut(&height) {
            open.looked = now;
        }
    }

    fn pass(&mut self, at: BlockRef) -> bool {
        let is_new = at.height >= self.next;
        if is_new {
            self.next = at.height.next();
            self.to = Some(at);
        }
        is_new
    }

    /// Leaves a block out that could not be read whole.
    pub(super) fn skip(&mut self, at: BlockRef) {
        if self.pass(at) {
            self.blind = self.blind.saturating_add(1);
        }
    }

    /// Takes up what came of a block. Answers the differences that stand from now on.
    pub(super) fn put(&mut self, at: BlockRef, compared: Compared, now: Moment) -> Vec<Difference> {
        if self.pass(at) {
            self.blocks = self.blocks.saturating_add(1);
        }
        let before = self.open.remove(&at.height).map_or(Vec::new(), |open| open.differences);
        if compared.unexplained.is_empty() {
            compared.sums.iter().for_each(|sums| add(&mut self.sums, sums));
            return Vec::new();
        }
        let all = compared.unexplained.into_iter().map(|paid| difference(at, paid, &before, now.at()));
        let differences: Vec<Difference> = all.collect();
        let was_told = |found: &Difference| before.iter().any(|known| known.stands && is_same(known, found));
        let news = differences.iter().filter(|found| found.stands && !was_told(found)).cloned().collect();
        self.open.insert(at.height, Open { sums: compared.sums, differences, looked: now });
        news
    }

    /// What stands and is not accepted, one by one, by what it is and says.
    pub(super) fn grounds(&self, accepted: &[String]) -> Vec<String> {
        let all = self.open.values().flat_map(|open| &open.differences);
        let standing = all.filter(|found| found.stands).map(Difference::name);
        standing.filter(|name| !accepted.contains(name)).take(MOST_GROUNDS).collect()
    }

    /// What is shown of it.
    pub(super) fn shown(&self, now: UnixTime, trouble: Option<String>) -> SecondReading {
        let mut sums = self.sums.clone();
        self.open.values().flat_map(|open| &open.sums).for_each(|more| add(&mut sums, more));
        let full =
            || "too many blocks differ from the books, no more are compared until these do not".to_owned();
        SecondReading {
            from: Some(self.from),
            to: self.to,
            at: self.to.map(|_| now),
            blocks: self.blocks,
            blind: self.blind,
            sums,
            differences: self.open.values().flat_map(|open| open.differences.clone()).collect(),
            trouble: trouble.or_else(|| self.is_full().then(full)),
        }
    }
}

fn is_same(one: &Difference, other: &Difference) -> bool {
    one.block == other.block && one.name() == other.name()
}

fn difference(at: BlockRef, paid: Paid, before: &[Difference], now: UnixTime) -> Difference {
    let Paid { asset, tx, address, chain, booked } = paid;
    let new = Difference { asset, block: at, tx, address, chain, booked, since: now, stands: false };
    let known = before.iter().find(|known| is_same(known, &new));
    match known {
        Some(known) => Difference { since: known.since, stands: true, ..new },
        None => new,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::DepositAddress;
    use crate::ledger::Asset;
    use crate::types::{BlockHash, Units};

    fn block(height: u64, hash: u8) -> BlockRef {
        BlockRef { height: Height::new(height), hash: BlockHash([hash; 32]) }
    }

    fn at(seconds: u64) -> Moment {
        Moment::new(UnixTime::new(seconds), Duration::from_secs(seconds))
    }

    fn differing(transactions: &[&str]) -> Compared {
        let paid = |tx: &&str| Paid {
            asset: Asset::Coin(Coin::BTC),
            tx: (*tx).to_owned(),
            address: DepositAddress::of_account([1; 20]),
            chain: Units::new(5),
            booked: Units::ZERO,
        };
        Compared { sums: Vec::new(), unexplained: transactions.iter().map(paid).collect() }
    }

    fn told(news: &[Difference]) -> Vec<(&str, u64)> {
        news.iter().map(|found| (found.tx.as_str(), found.since.get())).collect()
    }

    #[test]
    fn should_tell_once_what_differs_when_the_same_block_is_read_again() {
        let mut pages = Pages::new(Height::new(5));
        assert_eq!(told(&pages.put(block(5, 1), differing(&["a"]), at(1))), []);
        assert_eq!(
            told(&pages.put(block(5, 1), differing(&["a", "b"]), at(2))),
            [("a", 1)],
            "found at first at 1"
        );
        assert_eq!(told(&pages.put(block(5, 1), differing(&["a", "b"]), at(3))), [("b", 2)]);
        assert_eq!(told(&pages.put(block(5, 1), differing(&["a", "b"]), at(4))), []);
    }

    #[test]
    fn should_take_nothing_for_found_again_that_is_another_difference_or_in_another_block() {
        let mut pages = Pages::new(Height::new(5));
        pages.put(block(5, 1), differing(&["a"]), at(1));
        assert_eq!(told(&pages.put(block(5, 1), differing(&["b"]), at(2))), []);
        assert_eq!(told(&pages.put(block(5, 2), differing(&["b"]), at(3))), []);
        assert_eq!(told(&pages.put(block(5, 2), differing(&["b"]), at(4))), [("b", 3)]);
    }

    #[test]
    fn should_be_full_with_as_many_blocks_as_are_kept() {
        let mut pages = Pages::new(Height::new(1));
        for height in 1..=100 {
            assert!(!pages.is_full(), "{height}");
            pages.put(block(height, 1), differing(&["a"]), at(1));
        }
        assert!(pages.is_full());
        assert!(
            pages
                .shown(UnixTime::new(1), None)
                .trouble
                .is_some_and(|words| words.contains("too many blocks"))
        );
        pages.put(block(7, 1), differing(&[]), at(2));
        assert!(!pages.is_full(), "one of them agrees now");
    }

    #[test]
    fn should_look_again_at_one_after_a_while_and_read_on_in_between() {
        let mut pages = Pages::new(Height::new(5));
        pages.put(block(5, 1), differing(&["a"]), at(0));
        assert_eq!(pages.due(at(9), false), None);
        assert_eq!(pages.due(at(10), false), Some(Height::new(5)));
        assert_eq!(pages.due(at(10), false), Some(Height::new(5)), "there is nothing else to do");
        assert_eq!(pages.due(at(10), true), None, "the blocks that come have their turn");
        assert_eq!(pages.due(at(10), true), Some(Height::new(5)));
        pages.looked(Height::new(5), at(10));
        assert_eq!(pages.due(at(19), false), None);
        assert_eq!(pages.due(at(20), false), Some(Height::new(5)));
    }

    #[test]
    fn should_be_in_doubt_of_what_was_looked_at_once() {
        let mut pages = Pages::new(Height::new(5));
        assert!(!pages.is_in_doubt());
        pages.put(block(5, 1), differing(&["a"]), at(1));
        assert!(pages.is_in_doubt());
        pages.put(block(5, 1), differing(&["a"]), at(2));
        assert!(!pages.is_in_doubt(), "it stands");
        pages.put(block(5, 1), differing(&["a", "b"]), at(3));
        assert!(pages.is_in_doubt());
        pages.put(block(5, 1), differing(&[]), at(4));
        assert!(!pages.is_in_doubt(), "it agrees");
    }

    #[test]
    fn should_count_a_block_that_could_not_be_read_whole_and_go_on_after_it() {
        let mut pages = Pages::new(Height::new(5));
        pages.put(block(5, 1), differing(&[]), at(1));
        pages.skip(block(6, 1));
        pages.skip(block(6, 1));
        let shown = pages.shown(UnixTime::new(9), None);
        assert_eq!((shown.blocks, shown.blind, shown.to), (1, 1, Some(block(6, 1))));
        assert_eq!(pages.next(), Height::new(7));
    }

    #[test]
    fn should_stand_before_the_first_block_as_long_as_that_may_become_final_next() {
        let store = crate::testing::memory_store();
        let pages = Pages::new(Height::new(5));
        for (settled, stands) in [(3, false), (4, true), (5, true)] {
            let found = pages.stand(&store.snapshot(), Coin::BTC, Height::new(settled)).unwrap();
            assert_eq!(found, stands, "{settled}");
        }
        let mut pages = Pages::new(Height::new(5));
        pages.put(block(5, 1), differing(&[]), at(1));
        for (settled, stands) in [(4, false), (5, true), (6, true)] {
            let found = pages.stand(&store.snapshot(), Coin::BTC, Height::new(settled)).unwrap();
            assert_eq!(found, stands, "{settled}");
        }
    }
}
