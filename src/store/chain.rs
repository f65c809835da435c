//! How far each chain was followed: the cursor, the hashes of the last blocks, and ranges that are to be read again.
//!
//! These are what was read, not what happened: they can be read again, so they are not events. They change in
//! the same transaction as the deposits that the blocks hold. Invariant: the stored blocks of a chain follow
//! each other without gaps, and the cursor is the last of them. No deposit waits for confirmations at or
//! below the height up to which deposits were made final.

use minicbor::{Decode, Encode};

use super::codec::{self, number_at_end};
use super::kv::{Table, prefix_end};
use super::tables::{Tables, get};
use super::tx::WriteTx;
use super::{StoreError, invariant};
use crate::types::{BlockHash, BlockRef, Coin, DepositNo, Height, Work};

/// Hashes that are kept of each chain: the deepest fork that can be followed.
pub const KEPT_BLOCKS: u64 = 2_000;

/// Where a chain's scanner is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Cursor {
    /// The last block that was followed.
    #[n(0)]
    pub tip: BlockRef,
    /// Deposits up to here have been made final; never above the tip.
    #[n(1)]
    pub finalized: Option<Height>,
}

/// A range that an operator wants read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Rescan {
    /// The first block.
    #[n(0)]
    pub from: Height,
    /// The last block.
    #[n(1)]
    pub to: Height,
    /// The next block to be read.
    #[n(2)]
    pub next: Height,
    /// Deposits that were found and had been missed.
    #[n(3)]
    pub found: u64,
}

/// A block that was followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub(super) struct KeptBlock {
    #[n(0)]
    pub(super) hash: BlockHash,
    #[n(1)]
    pub(super) work: Work,
}

/// Reads of chains.
pub trait Chains: Tables {
    /// None before the chain was first followed.
    fn cursor(&self, coin: Coin) -> Result<Option<Cursor>, StoreError> {
        get(self.kv(), Table::Cursors, &[coin.tag()])
    }

    /// The hash of a followed block, as long as it is kept.
    fn block_hash(&self, coin: Coin, height: Height) -> Result<Option<BlockHash>, StoreError> {
        let kept: Option<KeptBlock> =
            get(self.kv(), Table::Blocks, &codec::key_tagged(coin.tag(), height.get()))?;
        Ok(kept.map(|kept| kept.hash))
    }

    /// The work in the followed blocks from a height on.
    fn work_from(&self, coin: Coin, from: Height) -> Result<Work, StoreError> {
        let (start, end) = (codec::key_tagged(coin.tag(), from.get()), prefix_end(&[coin.tag()]));
        let blocks = self.kv().scan(Table::Blocks, &start, end.as_deref())?;
        let works = blocks.map(|pair| {
            let (key, value) = pair?;
            Ok(codec::decode::<KeptBlock>(Table::Blocks, &key, &value)?.work)
        });
        works.sum()
    }

    /// Returns the range that is being read again; none where there is none.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn rescan(&self, coin: Coin) -> Result<Option<Rescan>, StoreError> {
        get(self.kv(), Table::Rescans, &[coin.tag()])
    }

    /// Deposits that stand in blocks from `from` up to and with `to`, ascending by height.
    fn deposits_between(
        &self,
        coin: Coin,
        from: Height,
        to: Option<Height>,
    ) -> Result<Vec<DepositNo>, StoreError> {
        let start = codec::key_tagged(coin.tag(), from.get());
        let end = match to {
            Some(to) => Some(codec::key_tagged(coin.tag(), to.next().get()).to_vec()),
            None => prefix_end(&[coin.tag()]),
        };
        let table = Table::DepositsByHeight;
        self.kv()
            .scan(table, &start, end.as_deref())?
            .map(|pair| Ok(DepositNo::new(number_at_end(table, &pair?.0)?)))
            .collect()
    }
}

impl<T: Tables> Chains for T {}

impl WriteTx<'_> {
    /// Begins to follow a chain after this block, whose own payments do not count.
    pub fn start_chain(&mut self, coin: Coin, after: BlockRef) -> Result<(), StoreError> {
        if self.cursor(coin)?.is_some() {
            return Err(invariant("a chain is begun once"));
        }
        // Whatever it cost, no chain goes back below it.
        self.put_block(coin, after, Work::BLOCK)?;
        self.put_cursor(coin, Cursor { tip: after, finalized: None })
    }

    /// Follows the chain by blocks that come after `expected`, which must be the cursor still.
    pub fn extend_chain(
        &mut self,
        coin: Coin,
        expected: BlockRef,
        blocks: &[(BlockRef, Work)],
    ) -> Result<(), StoreError> {
        let cursor = self.cursor(coin)?.filter(|cursor| cursor.tip == expected);
        let cursor = cursor.ok_or_else(|| invariant("a chain is extended from its cursor"))?;
        let mut tip = cursor.tip;
        for (block, work) in blocks {
            if block.height != tip.height.next() {
                return Err(invariant("followed blocks have no gaps"));
            }
            self.put_block(coin, *block, *work)?;
            if let Some(old) = block.height.get().checked_sub(KEPT_BLOCKS) {
                self.kv.delete(Table::Blocks, &codec::key_tagged(coin.tag(), old))?;
            }
            tip = *block;
        }
        self.put_cursor(coin, Cursor { tip, ..cursor })
    }

    /// Goes back to a block that the chain still has.
    pub fn rewind_chain(&mut self, coin: Coin, fork: BlockRef) -> Result<(), StoreError> {
        if self.block_hash(coin, fork.height)? != Some(fork.hash) {
            return Err(invariant("a chain goes back to a block that was followed"));
        }
        self.cut_chain(coin, fork, fork.height)
    }

    /// Begins after this block, which has taken the place of the lowest that is kept.
    pub fn restart_chain(&mut self, coin: Coin, after: BlockRef) -> Result<(), StoreError> {
        let below = after.height.prev().ok_or_else(|| invariant("the first block is never replaced"))?;
        if self.block_hash(coin, below)?.is_some() || self.block_hash(coin, after.height)?.is_none() {
            return Err(invariant("a chain begins anew at the lowest block that is kept"));
        }
        self.cut_chain(coin, after, below)?;
        self.put_block(coin, after, Work::BLOCK)
    }

    /// Forgets the blocks above the new tip; final is nothing above `finalized`.
    fn cut_chain(&mut self, coin: Coin, tip: BlockRef, finalized: Height) -> Result<(), StoreError> {
        let cursor = self.cursor(coin)?.ok_or_else(|| invariant("only a followed chain forks"))?;
        let mut height = cursor.tip.height;
        while height > tip.height {
            self.kv.delete(Table::Blocks, &codec::key_tagged(coin.tag(), height.get()))?;
            height = height.prev().ok_or_else(|| invariant("heights end at zero"))?;
        }
        self.forget_gaps_above(coin, tip.height)?;
        let finalized = cursor.finalized.map(|height| height.min(finalized));
        self.put_cursor(coin, Cursor { tip, finalized })
    }

    /// Notes up to where deposits were made final.
    pub fn set_finalized(&mut self, coin: Coin, height: Height) -> Result<(), StoreError> {
        let cursor = self.cursor(coin)?.ok_or_else(|| invariant("only a followed chain has final blocks"))?;
        self.put_cursor(coin, Cursor { finalized: Some(height), ..cursor })
    }

    /// A deposit in a block of this height is not final: it will be looked at again, however far finality had come.
    pub fn reopen_finality(&mut self, coin: Coin, height: Height) -> Result<(), StoreError> {
        match self.cursor(coin)? {
            Some(cursor) if cursor.finalized >= Some(height) => {
                self.put_cursor(coin, Cursor { finalized: height.prev(), ..cursor })
            }
            _ => Ok(()),
        }
    }

    /// Sets the range that is to be read again; none ends it.
    pub fn set_rescan(&mut self, coin: Coin, rescan: Option<Rescan>) -> Result<(), StoreError> {
        self.changed();
        self.draft.work = true;
        match rescan {
            Some(rescan) => self.kv.put(Table::Rescans, &[coin.tag()], &codec::encode(&rescan)),
            None => self.kv.delete(Table::Rescans, &[coin.tag()]).map(drop),
        }
    }

    fn put_block(&mut self, coin: Coin, block: BlockRef, work: Work) -> Result<(), StoreError> {
        self.changed();
        let key = codec::key_tagged(coin.tag(), block.height.get());
        self.kv.put(Table::Blocks, &key, &codec::encode(&KeptBlock { hash: block.hash, work }))
    }

    fn put_cursor(&mut self, coin: Coin, cursor: Cursor) -> Result<(), StoreError> {
        self.changed();
        self.kv.put(Table::Cursors, &[coin.tag()], &codec::encode(&cursor))
    }
}
