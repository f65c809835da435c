//! The id of a deposit where its transaction alone does not tell what it pays.
//!
//! What a contract passes on is decided when the transaction is executed: after a fork, another block
//! executes it once more, and what is bought at the price of the moment comes to another amount, or goes to
//! somebody else; before it there may be more or fewer transfers than there were. So a transfer is known by
//! what it is: its transaction, whom it pays, how much, and which of equal ones. Its number is only a label,
//! given once. What differs is another deposit; the one from before stays orphaned, and where that was paid
//! already nothing is paid for the other before a person has looked.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::address::AddressKey;
use crate::chain::Payment;
use crate::deposit::DepositState;
use crate::store::{OwnMoneyTable, StoreError, Tables, WriteTx};
use crate::types::{Coin, Contract, DepositId, DepositNo, Units};

/// What a payment is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TransferName {
    /// A deposit that is known, or one whose transaction tells all of it.
    Fixed(DepositId),
    /// One that was not known.
    New(DepositId),
    /// Something else than what the transaction came to before, and for that a payout is signed.
    Rival(DepositNo),
}

/// What the transactions of one block came to before. Each is read once, however many transfers it makes: one
/// transaction may make thousands.
#[derive(Default)]
pub(super) struct Names {
    known: HashMap<(String, Option<Contract>), Transfers>,
}

/// Whom a transfer pays, and how much.
type Transfer = (AddressKey, Units);

/// The transfers of one transaction that are deposits already, or own money.
#[derive(Default)]
struct Transfers {
    /// The numbers of equal ones, ascending.
    equal: HashMap<Transfer, Vec<u32>>,
    /// The highest number of all.
    last: u32,
    /// Those whose block is gone while a transaction that pays them is signed: two that differ, where there are. One of
    /// them is another one than any payment.
    quarantined: Vec<(DepositNo, Transfer)>,
}

impl Names {
    /// Returns the id under which this payment is taken up.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    pub(super) fn name(
        &mut self,
        tx: &WriteTx<'_>,
        coin: Coin,
        payment: &Payment,
    ) -> Result<TransferName, StoreError> {
        let token = payment.token.map(|token| token.contract);
        let id = |n: u32| DepositId { coin, tx: payment.tx.clone(), n, token };
        if !coin.facts().inner_transfers || payment.n == 0 {
            return Ok(TransferName::Fixed(id(payment.n)));
        }
        let known = match self.known.entry((payment.tx.clone(), token)) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(Transfers::read(tx, coin, payment)?),
        };
        let this = transfer(payment);
        let position = usize::try_from(payment.n.saturating_sub(1)).unwrap_or(usize::MAX);
        if let Some(n) = known.equal.get(&this).and_then(|equal| equal.get(position)) {
            return Ok(TransferName::Fixed(id(*n)));
        }
        let rival = known.quarantined.iter().find(|(_, other)| *other != this);
        Ok(rival.map_or_else(
            || TransferName::New(id(known.last.saturating_add(1))),
            |(no, _)| TransferName::Rival(*no),
        ))
    }

    /// Takes note that a payment is kept under this id.
    pub(super) fn add(&mut self, payment: &Payment, id: &DepositId) {
        if let Some(known) = self.known.get_mut(&(id.tx.clone(), id.token)) {
            known.last = known.last.max(id.n);
            known.equal.entry(transfer(payment)).or_default().push(id.n);
        }
    }
}

impl Transfers {
    fn read(tx: &WriteTx<'_>, coin: Coin, payment: &Payment) -> Result<Self, StoreError> {
        let mut known = Transfers::default();
        let token = payment.token.map(|token| token.contract);
        for (n, no) in tx.deposits_of_tx(coin, token, &payment.tx)? {
            known.last = n;
            // What the transaction pays by itself has its number by that.
            let Some(deposit) = tx.deposit(no)?.filter(|_| n != 0) else { continue };
            let Some(binding) = tx.binding(deposit.binding)? else { continue };
            let this = (binding.address.key(), deposit.amount);
            known.equal.entry(this).or_default().push(n);
            let is_quarantined = matches!(deposit.state, DepositState::Quarantined { .. });
            let is_another = known.quarantined.iter().all(|(_, other)| *other != this);
            if is_quarantined && is_another && known.quarantined.len() < 2 {
                known.quarantined.push((no, this));
            }
        }
        for (n, own) in tx.own_money_of_tx(coin, token, &payment.tx)?.into_iter().filter(|(n, _)| *n != 0) {
            known.last = known.last.max(n);
            known.equal.entry((own.address.key(), own.amount)).or_default().push(n);
        }
        known.equal.values_mut().for_each(|equal| equal.sort_unstable());
        Ok(known)
    }
}

fn transfer(payment: &Payment) -> Transfer {
    (payment.address.key(), payment.amount)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::DepositAddress;
    use crate::deposit::BlockAt;
    use crate::engine::own_money;
    use crate::skycoin::Address;
    use crate::testing::memory_store;
    use crate::types::{BlockHash, Height};

    fn payment(n: u32, amount: u128) -> Payment {
        Payment::new("aa".to_owned(), n, DepositAddress::of_account([1; 20]), Units::new(amount))
    }

    fn id(coin: Coin, n: u32) -> DepositId {
        DepositId { coin, tx: "aa".to_owned(), n, token: None }
    }

    #[test]
    fn should_know_a_transfer_by_what_it_is_and_not_by_what_its_transaction_pays() {
        let named = memory_store().write_blocking(|tx| {
            tx.bind(Address::from_bytes([1; 20]), DepositAddress::of_account([1; 20]))?;
            let block = BlockAt { height: Height::new(5), hash: Some(BlockHash([9; 32])), waits: 0 };
            // Own money came home: the transaction itself brought 7, and a transfer within it 5, as its third.
            own_money::note(tx, id(Coin::ETH, 0), &payment(0, 7), block)?;
            own_money::note(tx, id(Coin::ETH, 3), &payment(3, 5), block)?;
            let mut names = Names::default();
            [(Coin::BTC, 2, 5), (Coin::ETH, 0, 5), (Coin::ETH, 1, 5), (Coin::ETH, 2, 5), (Coin::ETH, 1, 7)]
                .map(|(coin, n, amount)| names.name(tx, coin, &payment(n, amount)))
                .into_iter()
                .collect::<Result<Vec<_>, _>>()
        });
        let fixed = |coin, n| TransferName::Fixed(id(coin, n));
        let new = || TransferName::New(id(Coin::ETH, 4));
        let expected = [fixed(Coin::BTC, 2), fixed(Coin::ETH, 0), fixed(Coin::ETH, 3), new(), new()];
        assert_eq!(named.unwrap(), expected);
    }
}
