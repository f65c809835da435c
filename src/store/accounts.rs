//! The accounts that deposit addresses were derived from: how far each was handed out, and what came of it.
//!
//! A wallet that is made anew from its words stops looking where so many addresses in a row received nothing: its gap
//! limit, twenty by custom (BIP-44). So it is known which limit finds every deposit.
//! Invariant: an index of an account is given out at most once, and each next one is higher.

use super::account::Account;
use super::codec::{self, key};
use super::kv::Table;
use super::tables::{self, Tables};
use super::tx::WriteTx;
use super::{AddressEvent, StoreError, invariant};
use crate::types::Coin;

/// Reads of accounts.
pub trait Accounts: Tables {
    /// Returns the account with a number; none where there is none.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn account(&self, no: u64) -> Result<Option<Account>, StoreError> {
        tables::get(self.kv(), Table::Accounts, &key(no))
    }

    /// All of them, in the order of their first use: one for each key that was ever configured.
    fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        let all = self.kv().scan(Table::Accounts, &[], None)?;
        all.map(|pair| pair.and_then(|(key, value)| codec::decode(Table::Accounts, &key, &value))).collect()
    }

    /// Returns the account of a coin with an identity; none where it was never used.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn account_of(&self, coin: Coin, identity: &[u8; 32]) -> Result<Option<Account>, StoreError> {
        let is_it = |account: &Account| account.coin == coin && account.identity == *identity;
        Ok(self.accounts()?.into_iter().find(is_it))
    }
}

impl<T: Tables + ?Sized> Accounts for T {}

impl WriteTx<'_> {
    /// The account with this identity, which is made known where it is not.
    pub(super) fn know_account(&mut self, coin: Coin, identity: [u8; 32]) -> Result<Account, StoreError> {
        if let Some(known) = self.account_of(coin, &identity)? {
            return self.account_now(known.no);
        }
        let last = self.kv.last(Table::Accounts)?;
        let last = last.map_or(Ok(0), |(key, _)| codec::number_at_end(Table::Accounts, &key))?;
        let account = last.saturating_add(1);
        self.record(AddressEvent::AccountUsed { account, coin, identity })?;
        self.account_now(account)
    }

    /// An account as this write has it: it is stored once a transaction, not once a bind.
    fn account_now(&self, no: u64) -> Result<Account, StoreError> {
        match self.draft.accounts.iter().find(|account| account.no == no) {
            Some(account) => Ok(account.clone()),
            None => self.account(no)?.ok_or_else(|| invariant("a derivation names an account")),
        }
    }

    /// Changes an account's row, when the transaction ends.
    pub(super) fn change_account(
        &mut self,
        no: u64,
        change: impl FnOnce(&mut Account) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut account = self.account_now(no)?;
        change(&mut account)?;
        self.draft.accounts.retain(|known| known.no != no);
        self.draft.accounts.push(account);
        Ok(())
    }

    /// Notes that a deposit came to an index; a row that says so already is not written again.
    pub(super) fn receive(&mut self, no: u64, index: u32) -> Result<(), StoreError> {
        if u64::from(index) < self.account_now(no)?.received {
            return Ok(());
        }
        self.change_account(no, |account| {
            account.receive(index);
            Ok(())
        })
    }

    pub(super) fn save_accounts(&mut self) -> Result<(), StoreError> {
        for account in std::mem::take(&mut self.draft.accounts) {
            self.kv.put(Table::Accounts, &key(account.no), &codec::encode(&account))?;
        }
        Ok(())
    }
}

pub(super) fn insert(
    tx: &mut WriteTx<'_>,
    no: u64,
    coin: Coin,
    identity: [u8; 32],
) -> Result<(), StoreError> {
    if tx.account(no)?.is_some() || tx.account_of(coin, &identity)?.is_some() {
        return Err(invariant("an account is made known once"));
    }
    let used_since = tx.now();
    let account = Account { no, coin, identity, used_since, next: 0, received: 0, longest_gap: 0 };
    // At once: the next account's number follows from it.
    tx.kv.put(Table::Accounts, &key(no), &codec::encode(&account))
}
