//! The id of a deposit where its transaction alone does not tell what it pays.
//!
//! What a contract passes on is decided when the transaction is executed: after a fork, another block
//! executes it once more, and what is bought at the price of the moment comes to another amount, or goes to
//! somebody else; before it there may be more or fewer transfers than there were. So a transfer is known by
//! what it is: its transaction, whom it pays, how much, and which of equal ones. Its number is only a label,
//! given once. What differs is another deposit; the one from before stays orphaned, and where that was paid
//! already nothing is paid for the other before a person has looked.

use crate::chain::Payment;
use crate::deposit::DepositState;
use crate::store::{StoreError, Tables, WriteTx};
use crate::types::{Coin, DepositId, DepositNo};

/// What a payment is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Named {
    /// A deposit that is known, or one whose transaction tells all of it.
    Fixed(DepositId),
    /// One that was not known.
    New(DepositId),
    /// Something else than what the transaction came to before, and for that a payout is signed.
    Rival(DepositNo),
}

/// The id under which this payment is taken up.
pub(super) fn name(tx: &WriteTx<'_>, coin: Coin, payment: &Payment) -> Result<Named, StoreError> {
    let token = payment.token.map(|token| token.contract);
    let id = |n: u32| DepositId { coin, tx: payment.tx.clone(), n, token };
    if !coin.facts().inner_transfers || payment.n == 0 {
        return Ok(Named::Fixed(id(payment.n)));
    }
    let (mut equal, mut last, mut rival) = (0_u32, 0, None);
    for (n, no) in tx.deposits_of_tx(coin, token, &payment.tx)? {
        last = n;
        if n == 0 {
            continue;
        }
        if is_same(tx, no, payment)? {
            equal = equal.saturating_add(1);
            if equal == payment.n {
                return Ok(Named::Fixed(id(n)));
            }
        } else if is_quarantined(tx, no)? {
            rival = rival.or(Some(no));
        }
    }
    Ok(rival.map_or_else(|| Named::New(id(last.saturating_add(1))), Named::Rival))
}

/// Its block is gone, and a transaction that pays it is signed.
fn is_quarantined(tx: &WriteTx<'_>, no: DepositNo) -> Result<bool, StoreError> {
    let deposit = tx.deposit(no)?;
    Ok(deposit.is_some_and(|deposit| matches!(deposit.state, DepositState::Quarantined { .. })))
}

fn is_same(tx: &WriteTx<'_>, no: DepositNo, payment: &Payment) -> Result<bool, StoreError> {
    let Some(deposit) = tx.deposit(no)?.filter(|deposit| deposit.amount == payment.amount) else {
        return Ok(false);
    };
    let binding = tx.binding(deposit.binding)?;
    Ok(binding.is_some_and(|binding| binding.address.key() == payment.address.key()))
}
