//! The accounts that deposit addresses were derived from: how far each was handed out, and what came of it.
//!
//! A wallet that is made anew from its words stops looking where so many addresses in a row received nothing: its gap
//! limit, twenty by custom (BIP-44). So it is known which limit finds every deposit.
//! Invariant: an index of an account is given out at most once, and each next one is higher.

use minicbor::{Decode, Encode};

use super::codec::{self, key};
use super::kv::Table;
use super::tables::{self, Tables};
use super::tx::WriteTx;
use super::{AddressEvent, StoreError, invariant};
use crate::types::{Coin, UnixTime};

/// Addresses in a row without a deposit at which wallets stop looking (BIP-44).
pub const USUAL_GAP_LIMIT: u64 = 20;

/// Where a derived address comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Derivation {
    /// The account's number in this database, from 1.
    #[n(0)]
    pub account: u64,
    /// The address's index in the account's receiving chain.
    #[n(1)]
    pub index: u32,
}

/// An account that addresses were derived from. Stored, one row each.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Account {
    #[n(0)]
    pub no: u64,
    #[n(1)]
    pub coin: Coin,
    /// What tells its addresses from those of any other, and gives none away.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub identity: [u8; 32],
    #[n(3)]
    pub used_since: UnixTime,
    /// The index after the last one that was given out.
    #[n(4)]
    pub next: u64,
    /// The index after the last one that a deposit came to; 0 where none came yet.
    #[n(5)]
    pub received: u64,
    /// The most indexes in a row that had no deposit when one came to the index after them.
    #[n(6)]
    pub longest_gap: u64,
}

impl Account {
    /// Returns the least gap limit with which a wallet finds every deposit there is, and every one that may come to
    /// what was given out.
    pub fn gap_limit(&self) -> u64 {
        self.longest_gap.saturating_add(1).max(self.next.saturating_sub(self.received))
    }

    pub(super) fn give_out(&mut self, index: u32) -> Result<(), StoreError> {
        if u64::from(index) < self.next {
            return Err(invariant("an index of an account is given out once, each next one higher"));
        }
        self.next = u64::from(index).saturating_add(1);
        Ok(())
    }

    pub(super) fn receive(&mut self, index: u32) {
        let index = u64::from(index);
        if let Some(gap) = index.checked_sub(self.received) {
            self.longest_gap = self.longest_gap.max(gap);
            self.received = index.saturating_add(1);
        }
    }
}

/// Reads of accounts.
pub trait Accounts: Tables {
    fn account(&self, no: u64) -> Result<Option<Account>, StoreError> {
        tables::get(self.kv(), Table::Accounts, &key(no))
    }

    /// All of them, in the order of their first use: one for each key that was ever configured.
    fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        let all = self.kv().scan(Table::Accounts, &[], None)?;
        all.map(|pair| pair.and_then(|(key, value)| codec::decode(Table::Accounts, &key, &value))).collect()
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    fn account() -> Account {
        let (no, coin, identity, used_since) = (1, Coin::BTC, [0; 32], UnixTime::new(0));
        Account { no, coin, identity, used_since, next: 0, received: 0, longest_gap: 0 }
    }

    #[test]
    fn should_know_how_far_a_wallet_has_to_look() {
        let mut account = account();
        assert_eq!(account.gap_limit(), 1);
        (0..30).for_each(|index| account.give_out(index).unwrap());
        assert_eq!(account.gap_limit(), 30);
        account.receive(9);
        assert_eq!((account.longest_gap, account.gap_limit()), (9, 20));
        // 19 without, then one with: a wallet that stops after 20 finds it.
        account.receive(29);
        assert_eq!((account.longest_gap, account.gap_limit()), (19, 20));
        // What comes to an earlier one later closes no gap that there was: a wallet may have looked meanwhile.
        account.receive(20);
        assert_eq!((account.received, account.gap_limit()), (30, 20));
    }

    #[test]
    fn should_give_out_no_index_twice() {
        let mut account = account();
        account.give_out(4).unwrap();
        assert!(account.give_out(4).is_err() && account.give_out(0).is_err());
        assert_eq!(account.next, 5);
    }
}
