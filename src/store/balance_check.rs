//! The balances of bound addresses before and after a block with a transaction of which nothing could be known.
//!
//! A part of what is kept of that transaction. It proceeds by bindings, so that it costs little at a time,
//! and goes on after a restart where it was. What it finds is shown and not credited: a balance tells that
//! coins came, not from whom.

use super::StoreError;
use super::codec;
use super::compared::BalanceCheck;
use super::gaps::{GapEffect, PassedOver, Passes};
use super::kv::{Table, prefix_end};
use super::tx::WriteTx;
use crate::types::{BlockRef, Coin};

impl PassedOver {
    /// Whether the balances before and after its block are all that could tell what it did, and were not compared yet.
    pub fn wants_balance_check(&self) -> bool {
        let is_checked = self.check.as_ref().is_some_and(|check| check.end.is_some());
        matches!(self.effect, GapEffect::Unknown(_)) && !self.is_read && !is_checked
    }
}

/// Reads for the job that compares balances.
pub trait BalanceChecks: Passes {
    /// The first transaction whose block's balances are to be compared.
    fn next_balance_check(&self, coin: Coin) -> Result<Option<PassedOver>, StoreError> {
        let end = prefix_end(&[coin.tag()]);
        for pair in self.kv().scan(Table::PassedOver, &[coin.tag()], end.as_deref())? {
            let (key, value) = pair?;
            let passed: PassedOver = codec::decode(Table::PassedOver, &key, &value)?;
            if passed.wants_balance_check() {
                return Ok(Some(passed));
            }
        }
        Ok(None)
    }
}

impl<T: Passes> BalanceChecks for T {}

impl WriteTx<'_> {
    /// Keeps how far the comparison has come, for every transaction of the block that wants it. Nothing is
    /// kept where the chain forked meanwhile.
    pub fn note_balance_check(
        &mut self,
        coin: Coin,
        at: BlockRef,
        check: &BalanceCheck,
    ) -> Result<(), StoreError> {
        let of_block = self.passed_over_from(coin, at.height, usize::MAX)?;
        let of_block = of_block.into_iter().take_while(|passed| passed.at.height == at.height);
        for passed in of_block.filter(|passed| passed.at == at && passed.wants_balance_check()) {
            self.put_passed(coin, &PassedOver { check: Some(check.clone()), ..passed })?;
        }
        Ok(())
    }
}
