//! The audit of followed chains: blocks without gaps, the cursor at their end, deposits in the blocks they say.

use super::StoreError;
use super::audit_report::AuditReport;
use super::chain::{Chains, KeptBlock};
use super::codec::{self, key_tagged, number_at_end};
use super::kv::{Read, Table, prefix_end};
use super::row_keys::place;
use super::tables::Tables;
use crate::types::{BlockRef, Coin, Height};

/// The tables to check.
struct View<'a>(&'a dyn Read);

impl Tables for View<'_> {
    fn kv(&self) -> &dyn Read {
        self.0
    }
}

pub(super) fn check(kv: &dyn Read, report: &mut AuditReport) -> Result<(), StoreError> {
    for coin in Coin::all() {
        check_coin(&View(kv), coin, report)?;
    }
    Ok(())
}

fn check_coin(view: &View<'_>, coin: Coin, report: &mut AuditReport) -> Result<(), StoreError> {
    let (mut first, mut last): (Option<Height>, Option<BlockRef>) = (None, None);
    let end = prefix_end(&[coin.tag()]);
    for pair in view.kv().scan(Table::Blocks, &key_tagged(coin.tag(), 0), end.as_deref())? {
        let (key, value) = pair?;
        let height = Height::new(number_at_end(Table::Blocks, &key)?);
        let KeptBlock { hash, .. } = codec::decode(Table::Blocks, &key, &value)?;
        let follows = last.is_none_or(|last| last.height.next() == height);
        report.check(follows, || format!("{coin}: block {height} does not follow the one before it"));
        first = first.or(Some(height));
        last = Some(BlockRef { height, hash });
    }
    let cursor = view.cursor(coin)?;
    report.check(cursor.map(|cursor| cursor.tip) == last, || {
        format!("{coin}: the cursor is {cursor:?}, the last block {last:?}")
    });
    let finalized = cursor.and_then(|cursor| cursor.finalized);
    report.check(finalized <= last.map(|last| last.height), || {
        format!("{coin}: final up to {finalized:?}, the last block is {last:?}")
    });
    match first {
        Some(first) => check_deposits(view, coin, first, finalized, report),
        None => Ok(()),
    }
}

/// Deposits within the kept blocks stand in exactly those, and none was passed over when it had to become final.
fn check_deposits(
    view: &View<'_>,
    coin: Coin,
    first: Height,
    finalized: Option<Height>,
    report: &mut AuditReport,
) -> Result<(), StoreError> {
    for no in view.deposits_between(coin, first, None)? {
        let Some(deposit) = view.deposit(no)? else { continue };
        let Some((_, height)) = place(&deposit) else { continue };
        let (told, kept) = (deposit.block().hash, view.block_hash(coin, height)?);
        let agrees = told.is_none() || told == kept;
        report.check(agrees, || format!("deposit {no} stands in block {told:?}, followed was {kept:?}"));
        let is_passed_over = told.is_some() && !deposit.is_final() && Some(height) <= finalized;
        report.check(!is_passed_over, || {
            format!("deposit {no} in block {height} is not final, {coin} is final up to {finalized:?}")
        });
    }
    Ok(())
}
