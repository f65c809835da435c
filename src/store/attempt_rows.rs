//! Rows of attempts by themselves, and the payouts that keep one back.

use super::codec::{self, key};
use super::kv::Table;
use super::tables::Tables;
use super::tx::WriteTx;
use super::{StoreError, invariant};
use crate::deposit::Deposit;
use crate::payout::{Attempt, Payout, PayoutState, may_leave};
use crate::rail::SignedTransaction;
use crate::types::AttemptNo;

pub(super) fn known(tx: &WriteTx<'_>, no: AttemptNo) -> Result<Attempt, StoreError> {
    tx.attempt(no)?.ok_or_else(|| invariant("an event names an attempt that exists"))
}

pub(super) fn known_transaction(tx: &WriteTx<'_>, no: AttemptNo) -> Result<SignedTransaction, StoreError> {
    tx.signed_transaction(no)?.ok_or_else(|| invariant("what is attempted is stored"))
}

pub(super) fn put(tx: &mut WriteTx<'_>, attempt: &Attempt) -> Result<(), StoreError> {
    tx.kv.put(Table::Attempts, &key(attempt.no.get()), &codec::encode(attempt))
}

/// The live transaction that a payout keeps back: it pays it, and the payout's coins may not leave.
pub(super) fn kept_back(deposit: &Deposit, payout: &Payout) -> Option<AttemptNo> {
    match payout.state {
        PayoutState::Signed { attempt, .. } | PayoutState::Sent { attempt, .. } => {
            Some(attempt).filter(|_| !may_leave(deposit, payout))
        }
        PayoutState::Undecided
        | PayoutState::Owed { .. }
        | PayoutState::Held { .. }
        | PayoutState::Settled { .. }
        | PayoutState::Void
        | PayoutState::Voided { .. }
        | PayoutState::ToBuy { .. }
        | PayoutState::Buying { .. }
        | PayoutState::Inherited(_) => None,
    }
}

/// Counts a payout that keeps its transaction back from now on, or does so no more.
pub(super) fn keep_back(
    tx: &mut WriteTx<'_>,
    old: Option<AttemptNo>,
    new: Option<AttemptNo>,
) -> Result<(), StoreError> {
    if old == new {
        return Ok(());
    }
    let out_of_range = || invariant("a transaction counts the payouts that keep it back");
    for (no, up) in [(old, false), (new, true)] {
        let Some(attempt) = no.map(|no| known(tx, no)).transpose()? else { continue };
        let kept = if up { attempt.kept.checked_add(1) } else { attempt.kept.checked_sub(1) };
        put(tx, &Attempt { kept: kept.ok_or_else(out_of_range)?, ..attempt })?;
    }
    tx.draft.work = true;
    Ok(())
}
