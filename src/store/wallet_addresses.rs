//! The hot wallet's own addresses: the only ones that what is left of a payout may go to.

use super::codec;
use super::events::WalletEvent;
use super::kv::Table;
use super::tables::{self, Tables};
use super::tx::WriteTx;
use super::{StoreError, invariant};
use crate::address::DepositAddress;
use crate::rail::SignedTransaction;
use crate::skycoin::Address;
use crate::types::UnixTime;

/// Reads of the wallet's addresses.
pub trait WalletAddresses: Tables {
    /// Whether it is an address of the hot wallet, or was one of the wallet before.
    fn is_of_wallet(&self, address: &Address) -> Result<bool, StoreError> {
        let since: Option<UnixTime> = tables::get(self.kv(), Table::WalletAddresses, address.as_bytes())?;
        Ok(since.is_some())
    }

    /// Returns all of them, also those of wallets before.
    ///
    /// # Errors
    ///
    /// The store's.
    fn all_of_wallet(&self) -> Result<Vec<Address>, StoreError> {
        let rows = self.kv().scan(Table::WalletAddresses, &[], None)?;
        let all = rows.map(|row| {
            let key = row?.0.try_into().map_err(|_| invariant("an address has its bytes"))?;
            Ok(Address::from_bytes(key))
        });
        all.collect()
    }

    /// Whether what a transaction does not pay to anybody goes to the wallet. One that was adopted may have
    /// nothing left.
    fn keeps_change(&self, transaction: &SignedTransaction) -> Result<bool, StoreError> {
        let has_none = transaction.is_adopted && transaction.change.is_null();
        Ok(has_none || self.is_of_wallet(&transaction.change)?)
    }
}

impl<T: Tables + ?Sized> WalletAddresses for T {}

impl WriteTx<'_> {
    /// Notes the addresses that the hot wallet has keys of. None of them is anybody's deposit address, now or later.
    pub fn know_wallet(&mut self, addresses: &[Address]) -> Result<(), StoreError> {
        let mut news = Vec::new();
        for address in addresses {
            if !self.is_of_wallet(address)? {
                news.push(*address);
            }
        }
        if news.is_empty() { Ok(()) } else { self.record(WalletEvent::Known { addresses: news }) }
    }
}

pub(super) fn insert(tx: &mut WriteTx<'_>, addresses: &[Address]) -> Result<(), StoreError> {
    let now = tx.now();
    for address in addresses {
        if tx.find_address(&DepositAddress::of_skycoin(*address))?.is_some() {
            return Err(invariant("an address of the wallet is no deposit address"));
        }
        tx.kv.put(Table::WalletAddresses, address.as_bytes(), &codec::encode(&now))?;
    }
    Ok(())
}
