//! Who the nodes are: what tells their chain from every other, as it was at first contact.

use super::codec;
use super::events::ChainEvent;
use super::kv::Table;
use super::tables::{Tables, get};
use super::tx::WriteTx;
use super::{StoreError, invariant};
use crate::types::Coin;

/// Stands where no coin does: the side that payouts are made on.
const PAYOUTS: u8 = 0xff;

/// Reads of identities.
pub trait Identities: Tables {
    /// The chain that deposits of a coin are taken from, or where none is given, that payouts are made on.
    /// None before the first contact.
    fn identity(&self, coin: Option<Coin>) -> Result<Option<String>, StoreError> {
        get(self.kv(), Table::Identities, &key(coin))
    }
}

impl<T: Tables> Identities for T {}

/// Returns whether two identities are of one chain, as far as both tell: of one that tells less, the other one is a
/// longer form.
pub fn is_same_chain(one: &str, other: &str) -> bool {
    one == other || is_more(one, other) || is_more(other, one)
}

fn is_more(longer: &str, shorter: &str) -> bool {
    longer.strip_prefix(shorter).is_some_and(|rest| rest.starts_with(", "))
}

fn key(coin: Option<Coin>) -> [u8; 1] {
    [coin.map_or(PAYOUTS, Coin::tag)]
}

impl WriteTx<'_> {
    /// Notes which chain it is, once, and once more where more of it is known. Another one afterwards is refused.
    pub fn identify(&mut self, coin: Option<Coin>, identity: &str) -> Result<(), StoreError> {
        match self.identity(coin)? {
            Some(known) if known == identity => Ok(()),
            _ => self.record(ChainEvent::Identified { coin, identity: identity.to_owned() }),
        }
    }
}

pub(super) fn insert(tx: &mut WriteTx<'_>, coin: Option<Coin>, identity: &str) -> Result<(), StoreError> {
    if tx.identity(coin)?.is_some_and(|known| !is_more(identity, &known)) {
        return Err(invariant("a chain is identified once"));
    }
    tx.kv.put(Table::Identities, &key(coin), &codec::encode(&identity.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_tell_another_chain_from_the_same_one_of_which_less_is_told() {
        let (less, full) = ("chain id 1", "chain id 1, first block 0xaa");
        assert!(is_same_chain(full, full) && is_same_chain(less, full) && is_same_chain(full, less));
        for other in
            ["chain id 11", "chain id 11, first block 0xaa", "chain id 1, first block 0xbb", "chain", ""]
        {
            assert!(!is_same_chain(full, other), "{other}");
        }
        assert!(!is_same_chain(less, "chain id 11, first block 0xaa"));
    }
}
