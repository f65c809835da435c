//! Which of the coins that moved in a block are payments to watched addresses.
//!
//! A payment inside a transaction, or of a validator, is named by what no fork shifts: its transaction, whom
//! it pays, how much, and which of equal ones it is.

use std::collections::HashMap;

use web3::types::{H160, H256, U256};

use super::block::{EthBlock, EthTransaction, EthWithdrawal};
use super::moves::{Growth, Moved};
use super::nonsense;
use crate::address::DepositAddress;
use crate::chain::{Effect, Origin, Payment, SourceError, Unread, Watch};
use crate::types::Units;

/// Wei of one gwei, in which validators are paid.
const GWEI: u64 = 1_000_000_000;

/// The address, if somebody waits for payments to it and it gets any.
pub(super) fn watched(to: Option<H160>, value: U256, watch: &dyn Watch) -> Option<DepositAddress> {
    let address = DepositAddress::of_account(to?.0);
    (!value.is_zero() && watch.may_be_watched(&address)).then_some(address)
}

fn units(value: U256) -> Result<Units, SourceError> {
    Ok(Units::new(u128::try_from(value).map_err(nonsense)?))
}

/// What a transaction itself pays to whom; whether it succeeded is for its receipt to tell.
fn direct(transaction: &EthTransaction, watch: &dyn Watch) -> Result<Option<Payment>, SourceError> {
    let Some(address) = watched(transaction.to, transaction.value, watch) else { return Ok(None) };
    let tx = format!("{:#x}", transaction.hash);
    let payment = Payment::new(tx, 0, address, units(transaction.value)?);
    Ok(Some(Payment { origin: from([Some(transaction.from)]), ..payment }))
}

/// Transfers straight to a watched address, with their transactions.
pub(super) fn all_direct(block: &EthBlock, watch: &dyn Watch) -> Result<Vec<(H256, Payment)>, SourceError> {
    let mut payments = Vec::new();
    for transaction in &block.transactions {
        payments.extend(direct(transaction, watch)?.map(|payment| (transaction.hash, payment)));
    }
    Ok(payments)
}

/// What was paid inside the block's transactions.
pub(super) fn inner(
    block: &EthBlock,
    moves: &[(H256, Moved)],
    watch: &dyn Watch,
) -> Result<Vec<Payment>, SourceError> {
    let mut payments = Vec::new();
    let mut equal: HashMap<(H256, H160, U256), u32> = HashMap::new();
    for (hash, moved) in moves {
        let Moved { to, value, .. } = *moved;
        let Some(address) = watched(Some(to), value, watch) else { continue };
        let n = equal.entry((*hash, to, value)).or_default();
        *n = n.saturating_add(1);
        let payment = Payment::new(format!("{hash:#x}"), *n, address, units(value)?);
        // Whoever began it may have paid through a contract.
        let origin = from([sender(block, *hash), moved.from]);
        payments.push(Payment { origin, ..payment });
    }
    Ok(payments)
}

pub(super) fn sender(block: &EthBlock, hash: H256) -> Option<H160> {
    block.transactions.iter().find(|one| one.hash == hash).map(|one| one.from)
}

pub(super) fn from<const N: usize>(accounts: [Option<H160>; N]) -> Origin {
    let known = accounts.into_iter().flatten();
    Origin::Addresses(known.map(|account| DepositAddress::of_account(account.0)).collect())
}

/// The payments that balances tell of, of transactions that could not be read.
pub(super) fn by_balance(block: &EthBlock, unread: &[Unread]) -> Vec<Payment> {
    let mut payments = Vec::new();
    for Unread { tx, effect, .. } in unread {
        let Effect::Grew(grew) = effect else { continue };
        let sent = block.transactions.iter().find(|one| format!("{:#x}", one.hash) == *tx);
        let origin = from([sent.map(|one| one.from)]);
        payments.extend(grew.iter().map(|(address, amount)| Payment {
            origin: origin.clone(),
            ..Payment::new(tx.clone(), 1, *address, *amount)
        }));
    }
    payments
}

/// What watched addresses have more after a transaction than what it pays itself.
pub(super) fn grown(
    block: &EthBlock,
    transaction: &EthTransaction,
    growth: Growth,
    watch: &dyn Watch,
) -> Result<Vec<(DepositAddress, Units)>, SourceError> {
    let mut all = Vec::new();
    for (account, more) in growth {
        let own = if transaction.to == Some(account) { transaction.value } else { U256::zero() };
        // Whoever makes the block gets the fees of it.
        let inside = if account == block.miner { U256::zero() } else { more.saturating_sub(own) };
        if let Some(address) = watched(Some(account), inside, watch) {
            all.push((address, units(inside)?));
        }
    }
    Ok(all)
}

/// What the chain paid to validators.
pub(super) fn withdrawn(
    withdrawals: &[EthWithdrawal],
    watch: &dyn Watch,
) -> Result<Vec<Payment>, SourceError> {
    let paid = withdrawals.iter().filter_map(|one| {
        let value = U256::from(one.amount.as_u64()) * U256::from(GWEI);
        Some((one.index, watched(Some(one.address), value, watch)?, value))
    });
    paid.map(|(index, address, value)| {
        Ok(Payment::new(format!("withdrawal:{index}"), 1, address, units(value)?))
    })
    .collect()
}
