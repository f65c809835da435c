//! Addresses of a pool that received coins before they were bound.
//!
//! Whoever was told to pay there has been forgotten, as by a restored backup, or has guessed it: such an
//! address is given to nobody else. A person gives it back to its owner, or to the pool.

use minicbor::{Decode, Encode};

use super::StoreError;
use super::codec;
use super::events::Event;
use super::invariant;
use super::kv::Table;
use super::tables::{self, Tables};
use super::tx::WriteTx;
use crate::address::DepositAddress;
use crate::types::{Actor, Height, Units, UnixTime};

/// An address that is given to nobody.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Tainted {
    #[n(0)]
    pub address: DepositAddress,
    /// The first transaction that paid to it.
    #[n(1)]
    pub tx: String,
    #[n(2)]
    pub amount: Units,
    #[n(3)]
    pub height: Height,
    #[n(4)]
    pub seen_at: UnixTime,
}

fn key_of(address: &DepositAddress) -> Vec<u8> {
    [&[address.coin().tag()], address.key().as_bytes()].concat()
}

/// Reads of tainted addresses.
pub trait Taints: Tables {
    fn tainted(&self, address: &DepositAddress) -> Result<Option<Tainted>, StoreError> {
        tables::get(self.kv(), Table::Tainted, &key_of(address))
    }

    /// All of them, at most so many.
    fn all_tainted(&self, limit: usize) -> Result<Vec<Tainted>, StoreError> {
        let all = self.kv().scan(Table::Tainted, &[], None)?.take(limit);
        all.map(|pair| pair.and_then(|(key, value)| codec::decode(Table::Tainted, &key, &value))).collect()
    }
}

impl<T: Tables + ?Sized> Taints for T {}

impl WriteTx<'_> {
    /// Notes that coins came to an address that is not bound, where it is one of a pool.
    pub fn taint(
        &mut self,
        address: DepositAddress,
        tx: &str,
        amount: Units,
        height: Height,
    ) -> Result<(), StoreError> {
        if !self.is_pooled(&address) || self.tainted(&address)?.is_some() {
            return Ok(());
        }
        let tx = tx.to_owned();
        tracing::error!(%address, %tx, %height, notice = "WATCH",
            "coins came to an address of the pool that nobody was given: it is given to nobody");
        self.record(Event::AddressTainted { address, tx, amount, height })
    }

    /// A person gives a tainted address back to the pool.
    pub fn untaint(&mut self, address: DepositAddress, by: Actor, why: String) -> Result<(), StoreError> {
        if self.tainted(&address)?.is_none() {
            return Err(invariant("only a tainted address is released"));
        }
        self.record(Event::AddressReleased { address, by, why })
    }
}

pub(super) fn insert(tx: &mut WriteTx<'_>, tainted: &Tainted) -> Result<(), StoreError> {
    tx.kv.put(Table::Tainted, &key_of(&tainted.address), &codec::encode(tainted))
}

pub(super) fn remove(tx: &mut WriteTx<'_>, address: &DepositAddress) -> Result<(), StoreError> {
    tx.kv.delete(Table::Tainted, &key_of(address)).map(drop)
}
