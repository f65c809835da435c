//! Coins that were ours already: change of a spent deposit, ether from one deposit address to another.
//!
//! Only whoever has the key of a deposit address can spend what came to it. So what a transaction with such
//! coins pays to bound addresses is the desk's own money coming home: no deposit, and nothing is paid for it.
//! So is what came to an address before a person gave it back to its pool: whoever has it by now did not send that.
//! It is noted, because a transaction may have coins of others in it too, and a person has to be able to see
//! that.

use crate::chain::{Origin, Payment};
use crate::deposit::BlockAt;
use crate::store::{AddressEvent, OwnMoney, OwnMoneyTable, StoreError, Tables, WriteTx};
use crate::types::{Coin, DepositId};

/// What is known of the transaction that was asked about last: its payments come one after the other, and what it
/// spends is looked up once for all of them.
#[derive(Default)]
pub(super) struct Spenders {
    last: Option<(Origin, bool)>,
}

impl Spenders {
    /// Returns whether a payment spends what came to us before.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    pub(super) fn are_ours(
        &mut self,
        tx: &WriteTx<'_>,
        coin: Coin,
        payment: &Payment,
    ) -> Result<bool, StoreError> {
        if let Some((_, is_own)) = self.last.as_ref().filter(|(last, _)| last.is_shared(&payment.origin)) {
            return Ok(*is_own);
        }
        let is_own = is_ours(tx, coin, &payment.origin)?;
        self.last = Some((payment.origin.clone(), is_own));
        Ok(is_own)
    }
}

fn is_ours(tx: &WriteTx<'_>, coin: Coin, origin: &Origin) -> Result<bool, StoreError> {
    match origin {
        Origin::Unknown => Ok(false),
        Origin::Outputs(outputs) => {
            for (spent, n) in outputs.iter() {
                let id = DepositId { coin, tx: spent.clone(), n: *n, token: None };
                if tx.deposit_no(&id)?.is_some() || tx.own_money(&id)?.is_some() {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Origin::Addresses(addresses) => {
            for address in addresses.iter() {
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
        "own money came back to a deposit address, or it came before the address was released to its pool: it is no \
         deposit");
    tx.record(AddressEvent::OwnMoneySeen { id, own: OwnMoney { address, amount, block } })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::DepositAddress;
    use crate::skycoin::Address;
    use crate::testing::memory_store;
    use crate::types::{BlockHash, Height, Units};

    #[test]
    fn should_keep_in_sight_what_came_back_once_a_block_and_of_bound_addresses_alone() {
        let store = memory_store();
        let noted = store.write_blocking(|tx| {
            let (bound, free) = (DepositAddress::of_account([1; 20]), DepositAddress::of_account([2; 20]));
            tx.bind(Address::from_bytes([1; 20]), bound)?;
            let mut events = Vec::new();
            for (name, address, height) in [("a", bound, 5), ("a", bound, 5), ("a", bound, 6), ("b", free, 5)]
            {
                let before = tx.counters().events;
                let id = DepositId { coin: Coin::ETH, tx: name.to_owned(), n: 0, token: None };
                let payment = Payment::new(name.to_owned(), 0, address, Units::new(7));
                let hash = Some(BlockHash([9; 32]));
                note(tx, id.clone(), &payment, BlockAt { height: Height::new(height), hash, waits: 0 })?;
                let known = tx.own_money(&id)?.map(|own| own.block.height.get());
                events.push((tx.counters().events - before, known));
            }
            Ok::<_, StoreError>(events)
        });
        assert_eq!(noted.unwrap(), [(1, Some(5)), (0, Some(5)), (1, Some(6)), (0, None)]);
    }
}
