//! What was followed and not read whole: transactions that were passed over, and blocks whose inside was not told.
//!
//! As the cursor it is what was read, not what happened, and no event: it is read again, by itself where a
//! node can tell what another could not, or when a person wants it. It changes in the same transaction as the
//! blocks that it is about. Invariant: blind ranges neither overlap nor touch.

use std::collections::HashMap;

use minicbor::{Decode, Encode};

use super::StoreError;
use super::chain::{Chains, Rescan};
use super::codec::{self, key_tagged};
use super::compared::BalanceCheck;
use super::kv::{Table, prefix_end};
use super::tables::{Tables, get};
use super::tx::WriteTx;
use crate::address::DepositAddress;
use crate::types::{Actor, BlockRef, Coin, DepositNo, Height, Token, Units, UnixTime};

/// What is known of what a transaction did that was passed over.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum GapEffect {
    /// Nothing, and why.
    #[n(0)]
    Unknown(#[n(0)] String),
    /// By how much bound addresses grew: that was credited.
    #[n(1)]
    Grew(#[n(0)] Vec<(DepositAddress, Units)>),
    /// It pays something else than before a fork, and what it paid before is paid out: this was not credited.
    #[n(2)]
    Rival {
        /// The deposit's number.
        #[n(0)]
        deposit: DepositNo,
        /// The deposit address.
        #[n(1)]
        address: DepositAddress,
        /// How much, in the smallest unit.
        #[n(2)]
        amount: Units,
        /// What of, where that is a token.
        #[n(3)]
        token: Option<Token>,
    },
    /// A transfer of a token that did not arrive as its contract told: this was not credited.
    #[n(3)]
    Untrue {
        /// The deposit address.
        #[n(0)]
        address: DepositAddress,
        /// What of.
        #[n(1)]
        token: Token,
        /// As its contract told it.
        #[n(2)]
        amount: Units,
    },
}

/// A transaction that was passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    /// The transaction, in its chain's own text.
    pub tx: String,
    /// Why it could not be told.
    pub why: String,
    /// What is known of it otherwise.
    pub effect: GapEffect,
}

/// What could not be told of a block that was followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockGaps {
    /// The block.
    pub at: BlockRef,
    /// Why nothing was told of the inside of its transactions, where it was not.
    pub blind: Option<String>,
    /// The transactions of it that were passed over.
    pub passed: Vec<Passed>,
}

/// A transaction that was passed over, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct PassedOver {
    /// The block.
    #[n(0)]
    pub at: BlockRef,
    /// The transaction, in its chain's own text.
    #[n(1)]
    pub tx: String,
    /// Why it could not be told.
    #[n(2)]
    pub why: String,
    /// What is known of it otherwise.
    #[n(3)]
    pub effect: GapEffect,
    /// When it was noted.
    #[n(4)]
    pub noted_at: UnixTime,
    /// It was read since; what was credited for it before is kept with it.
    #[n(5)]
    pub is_read: bool,
    /// Who has looked at it and what they made of it.
    #[n(6)]
    pub seen: Option<Seen>,
    /// What the balances of bound addresses tell, where nothing else does.
    #[n(7)]
    pub check: Option<BalanceCheck>,
    /// Which of its payments that were not credited; 0 where it is about the transaction as a whole.
    #[n(8)]
    pub n: u32,
}

/// A person's word on it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Seen {
    /// Who has looked.
    #[n(0)]
    pub by: Actor,
    /// Why it could not be told.
    #[n(1)]
    pub why: String,
    /// The block.
    #[n(2)]
    pub at: UnixTime,
}

impl PassedOver {
    /// Returns what it is called by: the transaction, with `:n` where it is about one of its payments.
    pub fn name(&self) -> String {
        name_of(&self.tx, self.n)
    }

    /// Whether it waits for a person: nobody knows what it did, or it was not credited.
    pub fn is_open(&self) -> bool {
        let is_known = match self.effect {
            GapEffect::Grew(_) => true,
            GapEffect::Unknown(_) => self.check.as_ref().is_some_and(BalanceCheck::is_nothing_missing),
            GapEffect::Rival { .. } | GapEffect::Untrue { .. } => false,
        };
        !is_known && !self.is_read && self.seen.is_none()
    }
}

/// Blocks that were followed without what happens inside their transactions.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct BlindRange {
    /// The first block.
    #[n(0)]
    pub from: Height,
    /// The last block.
    #[n(1)]
    pub to: Height,
    /// Why it could not be told.
    #[n(2)]
    pub why: String,
    /// Since when.
    #[n(3)]
    pub since: UnixTime,
}

/// How many transactions that were passed over wait for a person, and since when the first of them has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OpenGaps {
    /// How many there are.
    pub count: u64,
    /// Since when.
    pub since: Option<UnixTime>,
}

/// Reads of gaps.
pub trait Passes: Tables {
    /// Transactions of blocks from a height on that were passed over, at most `limit`, ascending.
    fn passed_over_from(
        &self,
        coin: Coin,
        from: Height,
        limit: usize,
    ) -> Result<Vec<PassedOver>, StoreError> {
        passed_rows(self, coin, &key_tagged(coin.tag(), from.get()), limit)
    }

    /// The same, of those beyond the one with a name in the block at `height`.
    fn passed_over_after(
        &self,
        coin: Coin,
        (height, name): (Height, &str),
        limit: usize,
    ) -> Result<Vec<PassedOver>, StoreError> {
        passed_rows(self, coin, &codec::beyond(&passed_key(coin, height, name)), limit)
    }

    /// Those that wait for a person.
    fn open_passed_over(&self, coin: Coin) -> Result<OpenGaps, StoreError> {
        let mut open = OpenGaps::default();
        let end = prefix_end(&[coin.tag()]);
        for pair in self.kv().scan(Table::PassedOver, &key_tagged(coin.tag(), 0), end.as_deref())? {
            let (key, value) = pair?;
            let passed: PassedOver = codec::decode(Table::PassedOver, &key, &value)?;
            if passed.is_open() {
                open.count = open.count.saturating_add(1);
                open.since = Some(open.since.map_or(passed.noted_at, |since| since.min(passed.noted_at)));
            }
        }
        Ok(open)
    }

    /// How many blocks were followed without what happens inside transactions.
    fn blind_blocks(&self, coin: Coin) -> Result<u64, StoreError> {
        let ranges = self.blind_ranges(coin)?;
        Ok(ranges.iter().map(|range| range.to.get().saturating_sub(range.from.get()).saturating_add(1)).sum())
    }

    /// The one with this name: see [`PassedOver::name`].
    fn passed_over(&self, coin: Coin, height: Height, name: &str) -> Result<Option<PassedOver>, StoreError> {
        get(self.kv(), Table::PassedOver, &passed_key(coin, height, name))
    }

    /// Ascending.
    fn blind_ranges(&self, coin: Coin) -> Result<Vec<BlindRange>, StoreError> {
        let end = prefix_end(&[coin.tag()]);
        let pairs = self.kv().scan(Table::BlindRanges, &key_tagged(coin.tag(), 0), end.as_deref())?;
        pairs
            .map(|pair| pair.and_then(|(key, value)| codec::decode(Table::BlindRanges, &key, &value)))
            .collect()
    }
}

impl<T: Tables> Passes for T {}

fn passed_rows(
    tables: &(impl Tables + ?Sized),
    coin: Coin,
    from: &[u8],
    limit: usize,
) -> Result<Vec<PassedOver>, StoreError> {
    let end = prefix_end(&[coin.tag()]);
    let pairs = tables.kv().scan(Table::PassedOver, from, end.as_deref())?.take(limit);
    pairs.map(|pair| pair.and_then(|(key, value)| codec::decode(Table::PassedOver, &key, &value))).collect()
}

fn passed_key(coin: Coin, height: Height, name: &str) -> Vec<u8> {
    let mut key = key_tagged(coin.tag(), height.get()).to_vec();
    key.extend_from_slice(name.as_bytes());
    key
}

fn name_of(tx: &str, n: u32) -> String {
    if n == 0 { tx.to_owned() } else { format!("{tx}:{n}") }
}

/// Each with its number: those about one payment count from 1 within their transaction, in the block's order.
fn numbered(all: &[Passed]) -> Vec<(u32, &Passed)> {
    let mut payments: HashMap<&str, u32> = HashMap::new();
    let numbered = all.iter().map(|passed| match passed.effect {
        GapEffect::Unknown(_) | GapEffect::Grew(_) => (0, passed),
        GapEffect::Rival { .. } | GapEffect::Untrue { .. } => {
            let n = payments.entry(&passed.tx).or_default();
            *n = n.saturating_add(1);
            (*n, passed)
        }
    });
    numbered.collect()
}

impl WriteTx<'_> {
    /// Notes what could not be told of a block, in place of what was noted of that height before.
    pub fn note_gaps(&mut self, coin: Coin, gaps: &BlockGaps) -> Result<(), StoreError> {
        self.see(coin, gaps.at.height, gaps.blind.as_deref())?;
        let end = key_tagged(coin.tag(), gaps.at.height.next().get());
        let start = key_tagged(coin.tag(), gaps.at.height.get());
        let rows: Vec<_> = self.kv.scan(Table::PassedOver, &start, Some(&end))?.collect::<Result<_, _>>()?;
        let mut before: Vec<PassedOver> = Vec::new();
        for (key, value) in rows {
            before.push(codec::decode(Table::PassedOver, &key, &value)?);
        }
        let told = numbered(&gaps.passed);
        let is_told = |old: &PassedOver| told.iter().any(|(n, new)| (*n, &new.tx) == (old.n, &old.tx));
        for old in before.iter().filter(|old| !is_told(old)) {
            let was_credited = matches!(&old.effect, GapEffect::Grew(grew) if !grew.is_empty());
            if was_credited && old.at == gaps.at {
                self.put_passed(coin, &PassedOver { is_read: true, ..old.clone() })?;
            } else {
                self.kv.delete(Table::PassedOver, &passed_key(coin, old.at.height, &old.name()))?;
                self.changed();
            }
        }
        for (n, Passed { tx, why, effect }) in told {
            // A number is a place: what a person said of one payment is not said of another that stands there now.
            let is_it = |old: &&PassedOver| n == 0 || old.effect == *effect;
            let old = before.iter().find(|old| (old.n, &old.tx, old.at) == (n, tx, gaps.at)).filter(is_it);
            let (at, tx, why) = (gaps.at, tx.clone(), why.clone());
            let noted_at = old.map_or(self.now(), |old| old.noted_at);
            let seen = old.and_then(|old| old.seen.clone());
            // What was credited stays told, whatever is known now.
            let effect = match (old.map(|old| &old.effect), effect) {
                (Some(GapEffect::Grew(grew)), GapEffect::Unknown(_)) => GapEffect::Grew(grew.clone()),
                _ => effect.clone(),
            };
            // What the block brought may be known better now: its balances are compared anew.
            let row = PassedOver { at, tx, why, effect, noted_at, is_read: false, seen, check: None, n };
            self.draft.work |= row.wants_balance_check();
            self.put_passed(coin, &row)?;
        }
        Ok(())
    }

    /// Forgets what was noted of blocks above the fork.
    pub(super) fn forget_gaps_above(&mut self, coin: Coin, fork: Height) -> Result<(), StoreError> {
        for gone in self.passed_over_from(coin, fork.next(), usize::MAX)? {
            self.kv.delete(Table::PassedOver, &passed_key(coin, gone.at.height, &gone.name()))?;
        }
        for range in self.blind_ranges(coin)?.into_iter().filter(|range| range.to > fork) {
            self.kv.delete(Table::BlindRanges, &key_tagged(coin.tag(), range.from.get()))?;
            if range.from <= fork {
                self.put_blind(coin, &BlindRange { to: fork, ..range })?;
            }
        }
        Ok(())
    }

    /// Whether the block's inside was told: why not, where it was not.
    fn see(&mut self, coin: Coin, height: Height, blind: Option<&str>) -> Result<(), StoreError> {
        let ranges = self.blind_ranges(coin)?;
        let around = ranges.iter().find(|range| range.from <= height && height <= range.to);
        match (around, blind) {
            (None, None) | (Some(_), Some(_)) => Ok(()),
            (Some(range), None) => self.cut(coin, range, height),
            (None, Some(why)) => {
                let below = ranges.iter().find(|range| range.to.next() == height);
                let above = ranges.iter().find(|range| height.next() == range.from);
                if let Some(above) = above {
                    self.kv.delete(Table::BlindRanges, &key_tagged(coin.tag(), above.from.get()))?;
                }
                let to = above.map_or(height, |above| above.to);
                let new = BlindRange { from: height, to, why: why.to_owned(), since: self.now() };
                let joined = below.map_or(new, |below| BlindRange { to, ..below.clone() });
                self.put_blind(coin, &joined)
            }
        }
    }

    /// Takes one height out of a range.
    fn cut(&mut self, coin: Coin, range: &BlindRange, height: Height) -> Result<(), StoreError> {
        self.kv.delete(Table::BlindRanges, &key_tagged(coin.tag(), range.from.get()))?;
        self.changed();
        if let Some(below) = height.prev().filter(|below| range.from <= *below) {
            self.put_blind(coin, &BlindRange { to: below, ..range.clone() })?;
        }
        if height < range.to {
            self.put_blind(coin, &BlindRange { from: height.next(), ..range.clone() })?;
        }
        Ok(())
    }

    /// Notes that a person has looked at it; answers whether it was passed over.
    pub fn see_passed(
        &mut self,
        coin: Coin,
        height: Height,
        name: &str,
        seen: Seen,
    ) -> Result<bool, StoreError> {
        let Some(passed) = self.passed_over(coin, height, name)? else { return Ok(false) };
        self.put_passed(coin, &PassedOver { seen: Some(seen), ..passed })?;
        Ok(true)
    }

    /// Gives up blocks that were followed blindly: they are not read again.
    pub fn forget_blind_ranges(&mut self, coin: Coin) -> Result<Vec<BlindRange>, StoreError> {
        let ranges = self.blind_ranges(coin)?;
        for range in &ranges {
            self.kv.delete(Table::BlindRanges, &key_tagged(coin.tag(), range.from.get()))?;
            self.changed();
        }
        Ok(ranges)
    }

    /// Has the first of the blocks that were followed blindly read again, unless others are; answers which.
    pub fn read_blind_again(&mut self, coin: Coin) -> Result<Option<BlindRange>, StoreError> {
        let (None, Some(range)) = (self.rescan(coin)?, self.blind_ranges(coin)?.into_iter().next()) else {
            return Ok(None);
        };
        let BlindRange { from, to, .. } = range;
        self.set_rescan(coin, Some(Rescan { from, to, next: from, found: 0 }))?;
        Ok(Some(range))
    }

    pub(super) fn put_passed(&mut self, coin: Coin, passed: &PassedOver) -> Result<(), StoreError> {
        self.changed();
        let key = passed_key(coin, passed.at.height, &passed.name());
        self.kv.put(Table::PassedOver, &key, &codec::encode(passed))
    }

    fn put_blind(&mut self, coin: Coin, range: &BlindRange) -> Result<(), StoreError> {
        self.changed();
        let key = key_tagged(coin.tag(), range.from.get());
        self.kv.put(Table::BlindRanges, &key, &codec::encode(range))
    }
}
