//! What the desk has seen coming to an address, to hold a balance against.

use crate::address::DepositAddress;
use crate::deposit::{BlockAt, DepositState};
use crate::store::{OwnMoneyTable, Snapshot, StoreError, Tables};
use crate::types::{BlockRef, Height, Units};

/// What came to a bound address in one block.
pub(super) fn seen_in_block(
    snapshot: &Snapshot,
    address: &DepositAddress,
    at: BlockRef,
) -> Result<Units, StoreError> {
    seen(snapshot, address, |block| block.height == at.height && block.hash == Some(at.hash))
}

/// What came to a bound address up to a height, in blocks that stand.
///
/// # Errors
///
/// Where the store cannot be read.
pub fn seen_up_to(
    snapshot: &Snapshot,
    address: &DepositAddress,
    height: Height,
) -> Result<Units, StoreError> {
    seen(snapshot, address, |block| block.height <= height && block.hash.is_some())
}

fn seen(
    snapshot: &Snapshot,
    address: &DepositAddress,
    counts: impl Fn(&BlockAt) -> bool,
) -> Result<Units, StoreError> {
    let Some(binding) = snapshot.find_address(address)? else { return Ok(Units::new(0)) };
    let mut sum: u128 = 0;
    for purchase in snapshot.purchases_of(&binding)? {
        let deposit = purchase.deposit;
        if deposit.token.is_some() {
            continue;
        }
        let stands = matches!(deposit.state, DepositState::Confirming { .. } | DepositState::Final { .. });
        if stands && counts(&deposit.block()) {
            sum = sum.saturating_add(deposit.amount.get());
        }
    }
    for (id, own) in snapshot.all_own_money(None, usize::MAX)? {
        if id.token.is_none() && own.address.key() == address.key() && counts(&own.block) {
            sum = sum.saturating_add(own.amount.get());
        }
    }
    Ok(Units::new(sum))
}
