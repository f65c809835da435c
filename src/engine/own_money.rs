//! Coins that were ours already: change of a spent deposit, ether from one deposit address to another.
//!
//! Only whoever has the key of a deposit address can spend what came to it. So what a transaction with such
//! coins pays to bound addresses is the desk's own money coming home: no deposit, and nothing is paid for it.
//! It is noted, because a transaction may have coins of others in it too, and a person has to be able to see
//! that.

use crate::chain::{Origin, Payment};
use crate::deposit::BlockAt;
use crate::store::{AddressEvent, OwnMoney, OwnMoneyTable, StoreError, Tables, WriteTx};
use crate::types::{Coin, DepositId};

/// Whether a payment spends what came to us before.
pub(super) fn is_own(tx: &WriteTx<'_>, coin: Coin, payment: &Payment) -> Result<bool, StoreError> {
    match &payment.origin {
        Origin::Unknown => Ok(false),
        Origin::Outputs(outputs) => {
            for (spent, n) in outputs {
                let id = DepositId { coin, tx: spent.clone(), n: *n, token: None };
                if tx.deposit_no(&id)?.is_some() || tx.own_money(&id)?.is_some() {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Origin::Addresses(addresses) => {
            for address in addresses {
                if tx.find_address(address)?.is_some() {
                    return Ok(true);
                }
            }
            Ok(false)
        }
    }
}

/// Keeps it in sight, once for every block that it stands in.
pub(super) fn note(
    tx: &mut WriteTx<'_>,
    id: DepositId,
    payment: &Payment,
    block: BlockAt,
) -> Result<(), StoreError> {
    let is_bound = tx.find_address(&payment.address)?.is_some();
    if !is_bound || tx.own_money(&id)?.is_some_and(|known| known.block == block) {
        return Ok(());
    }
    let (address, amount) = (payment.address, payment.amount);
    tracing::warn!(coin = %id.coin, deposit = %id, %address, amount = %amount.get(), height = %block.height,
        "own money came back to a deposit address: it is no deposit");
    tx.record(AddressEvent::OwnMoneySeen { id, own: OwnMoney { address, amount, block } })
}
