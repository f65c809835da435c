//! Reads of spends of the hot wallet that no attempt made, and what they come to.

use minicbor::{Decode, Encode};

use super::codec;
use super::inheritance::Inheritance;
use super::kv::Table;
use super::tables::{self, Tables};
use super::{StoreError, invariant};
use crate::ledger;
use crate::payout::{Attempt, AttemptState, ForeignSpend, Stray};
use crate::rail::{PaidOutput, SignedTransaction};
use crate::types::{AttemptNo, BlockRef, DepositNo, Droplets, Hash32, TxId, Units};

/// The one row of its table.
pub(super) const KEY: &[u8] = b"wallet";

/// Up to where every spend of the wallet was looked for. Like a cursor it is no event: it can always be found again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Reconciled {
    /// The newest block whose spends were looked at.
    #[n(0)]
    pub to: BlockRef,
    /// Stands for the addresses of the wallet: with others, everything is looked for again.
    #[n(1)]
    pub wallet: Hash32,
}

/// Reads of foreign spends.
pub trait Spends: Tables {
    /// Returns the foreign spend with this transaction id; none where there is none.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn foreign_spend(&self, txid: TxId) -> Result<Option<ForeignSpend>, StoreError> {
        tables::get(self.kv(), Table::Spends, &txid.0)
    }

    /// All foreign spends, or the unknown ones alone, in the order of their ids; those after `after`.
    fn foreign_spends(
        &self,
        only_unknown: bool,
        after: Option<TxId>,
        limit: usize,
    ) -> Result<Vec<ForeignSpend>, StoreError> {
        let from = after.map_or(Vec::new(), |txid| codec::beyond(&txid.0));
        let all = self.kv().scan(Table::Spends, &from, None)?;
        let all = all.map(|pair| {
            let (key, value) = pair?;
            codec::decode::<ForeignSpend>(Table::Spends, &key, &value)
        });
        let fits = |spend: &Result<ForeignSpend, StoreError>| {
            !only_unknown || spend.as_ref().map_or(true, ForeignSpend::is_unknown)
        };
        all.filter(fits).take(limit).collect()
    }

    /// Up to where spends were looked for; none where they never were.
    fn reconciled(&self) -> Result<Option<Reconciled>, StoreError> {
        tables::get(self.kv(), Table::Reconciled, KEY)
    }

    /// Whether a spend is a transaction of this desk, or one that paid a deposit in the original. One that was declared
    /// dead is not: it cannot be in a block.
    fn is_own_spend(&self, txid: TxId) -> Result<bool, StoreError> {
        if self.is_paid_before(txid)? {
            return Ok(true);
        }
        let Some(no) = self.attempt_by_txid(txid)? else { return Ok(false) };
        let attempt = self.attempt(no)?;
        Ok(attempt.is_some_and(|attempt| !attempt.is_dead()))
    }

    /// Whether it was taken over as a transaction of this desk that was given up since. Where it shows up again,
    /// somebody has to say again what it is: what it paid may be paid by another one.
    fn is_given_up(&self, known: &ForeignSpend) -> Result<bool, StoreError> {
        Ok(known.is_adopted() && !self.is_own_spend(known.spend.txid)?)
    }
}

impl<T: Tables + ?Sized> Spends for T {}

/// What it has paid for deposits although it was given up: none of it where it is no such transaction, or in no block.
pub(super) fn strays_of(
    tables: &(impl Tables + ?Sized),
    known: &ForeignSpend,
) -> Result<Vec<(DepositNo, Stray)>, StoreError> {
    let Some(attempt) = known.strayed() else { return Ok(Vec::new()) };
    let parts = parts_of(tables, attempt)?.into_iter();
    Ok(parts.map(|part| (part.payout, Stray { attempt, amount: part.amount })).collect())
}

/// How much of what it paid the payouts account for, as another payment for them.
pub(super) fn accounted(tables: &(impl Tables + ?Sized), known: &ForeignSpend) -> Result<Units, StoreError> {
    sum(strays_of(tables, known)?.into_iter().map(|(_, stray)| stray.amount))
}

/// What a transaction that was taken over, and is in a block for good, paid beside what it paid for deposits. One that
/// was given up may be forgotten as a spend.
pub(super) fn adopted_rest(
    tables: &(impl Tables + ?Sized),
    attempt: &Attempt,
    transaction: &SignedTransaction,
) -> Result<Units, StoreError> {
    if !transaction.is_adopted || !matches!(attempt.state, AttemptState::Settled { .. }) {
        return Ok(Units::ZERO);
    }
    let known = tables.foreign_spend(attempt.txid)?;
    let known = known.ok_or_else(|| invariant("what was taken over was a foreign spend"))?;
    let parts = sum(transaction.parts.iter().map(|part| part.amount))?;
    ledger::rest_of(&known.spend, parts).ok_or_else(uncountable)
}

fn sum(amounts: impl Iterator<Item = Droplets>) -> Result<Units, StoreError> {
    let mut units = amounts.map(Units::from);
    units.try_fold(Units::ZERO, Units::checked_add).map_err(|_| uncountable())
}

fn uncountable() -> StoreError {
    invariant("what a transaction pays can be counted")
}

pub(super) fn parts_of(
    tables: &(impl Tables + ?Sized),
    attempt: AttemptNo,
) -> Result<Vec<PaidOutput>, StoreError> {
    let transaction = tables.signed_transaction(attempt)?;
    Ok(transaction.ok_or_else(|| invariant("what is attempted is stored"))?.parts)
}
