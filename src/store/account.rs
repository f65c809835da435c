//! An account that deposit addresses are derived from: how far it was handed out, and what came of it.

use minicbor::{Decode, Encode};

use super::{StoreError, invariant};
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
    /// The account's number in this database, from 1.
    #[n(0)]
    pub no: u64,
    /// The coin that its addresses are for.
    #[n(1)]
    pub coin: Coin,
    /// What tells its addresses from those of any other, and gives none away.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub identity: [u8; 32],
    /// When the store was first told of it.
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
