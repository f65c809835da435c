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

fn key(coin: Option<Coin>) -> [u8; 1] {
    [coin.map_or(PAYOUTS, Coin::tag)]
}

impl WriteTx<'_> {
    /// Notes which chain it is, once. Another one afterwards is refused.
    pub fn identify(&mut self, coin: Option<Coin>, identity: &str) -> Result<(), StoreError> {
        match self.identity(coin)? {
            Some(known) if known == identity => Ok(()),
            _ => self.record(ChainEvent::Identified { coin, identity: identity.to_owned() }),
        }
    }
}

pub(super) fn insert(tx: &mut WriteTx<'_>, coin: Option<Coin>, identity: &str) -> Result<(), StoreError> {
    if tx.identity(coin)?.is_some() {
        return Err(invariant("a chain is identified once"));
    }
    tx.kv.put(Table::Identities, &key(coin), &codec::encode(&identity.to_owned()))
}
