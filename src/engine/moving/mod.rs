//! Moving over from the original: what its database comes to here, and the one write that makes it so.
//!
//! What the original has paid stays paid by it. What it had not ended is known to be neither paid nor unpaid: it
//! waits for a person, whatever its status says. Numbers are those that the original told: a payee sees the same
//! ones, counted from 1 instead of 0.

mod plan;
mod report;
#[cfg(test)]
mod tests;

pub use plan::{Plan, PlanError, PlannedBinding, plan};
pub use report::{InFlight, MoveReport, PerCoinSum};

use crate::store::{AddressEvent, DepositEvent, StoreError, WriteTx};
use crate::types::DepositNo;

/// Why a plan was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoveError {
    /// There is something in the database already.
    #[error("the database is not empty: what is taken over is the first thing in it")]
    NotEmpty,
    /// The store's own trouble.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Takes over all of it, inside the caller's transaction: all or nothing.
///
/// # Errors
///
/// Where the store is not empty, or what is planned would break one of its invariants.
pub fn take_over(tx: &mut WriteTx<'_>, plan: &Plan) -> Result<(), MoveError> {
    if tx.counters().events != 0 {
        return Err(MoveError::NotEmpty);
    }
    for bound in &plan.bindings {
        let PlannedBinding { no: binding, address, payee, payee_seq } = *bound;
        tx.record(AddressEvent::Bound {
            binding,
            address,
            payee,
            payee_seq,
            derivation: None,
            promise: None,
        })?;
    }
    for address in &plan.used {
        tx.record(AddressEvent::UsedBefore { address: *address })?;
    }
    let mut deposit = DepositNo::FIRST;
    for told in &plan.deposits {
        tx.record(DepositEvent::Inherited { deposit, told: told.clone() })?;
        deposit = deposit.next();
    }
    Ok(())
}
