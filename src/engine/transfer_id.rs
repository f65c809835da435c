//! The id of a deposit where its transaction alone does not tell what it pays.
//!
//! What a contract passes on is decided when the transaction is executed: after a fork, another block executes it once
//! more, and what is bought at the price of the moment comes to another amount, or goes to somebody else. Such a transfer
//! is another deposit, with an id of its own; the one from before stays orphaned. At most one of them ever stands.

use crate::chain::Payment;
use crate::deposit::DepositState;
use crate::store::{StoreError, Tables, WriteTx};
use crate::types::{Coin, DepositId, DepositNo};

/// Numbers of transfers are below this: no transaction has as many.
const TURN: u32 = 1 << 24;

/// The id under which this payment is taken up.
pub(super) fn id_of(tx: &WriteTx<'_>, coin: Coin, payment: &Payment) -> Result<DepositId, StoreError> {
    let id = |n: u32| DepositId { coin, tx: payment.tx.clone(), n };
    let is_decided_later = coin == Coin::Eth && (1..TURN).contains(&payment.n);
    let (mut n, mut same) = (payment.n, None);
    while let Some(no) = tx.deposit_no(&id(n))? {
        let is_same = is_same(tx, no, payment)?;
        if !is_decided_later || !is_orphaned(tx, no)? {
            // It stands, or its payout is made: another one beside it would be a lie.
            return Ok(id(n));
        }
        same = same.or(Some(n).filter(|_| is_same));
        match n.checked_add(TURN) {
            Some(next) => n = next,
            None => break,
        }
    }
    Ok(id(same.unwrap_or(n)))
}

fn is_orphaned(tx: &WriteTx<'_>, no: DepositNo) -> Result<bool, StoreError> {
    let deposit = tx.deposit(no)?;
    Ok(deposit.is_some_and(|deposit| matches!(deposit.state, DepositState::Orphaned { .. })))
}

fn is_same(tx: &WriteTx<'_>, no: DepositNo, payment: &Payment) -> Result<bool, StoreError> {
    let Some(deposit) = tx.deposit(no)?.filter(|deposit| deposit.amount == payment.amount) else {
        return Ok(false);
    };
    let binding = tx.binding(deposit.binding)?;
    Ok(binding.is_some_and(|binding| binding.address.key() == payment.address.key()))
}
