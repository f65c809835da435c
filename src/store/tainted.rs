//! Addresses of a pool that received coins before they were bound.
//!
//! Whoever was told to pay there has been forgotten, as by a restored backup, or has guessed it: such an
//! address is given to nobody else. A person gives it back to its owner, or to the pool; that is kept, for
//! nodes tell the same again.

use minicbor::{Decode, Encode};

use super::audit_tables::Entries;
use super::chain::Chains;
use super::codec;
use super::events::AddressEvent;
use super::invariant;
use super::kv::{Read, Table};
use super::seal::Seal;
use super::tables::{self, Tables};
use super::tx::WriteTx;
use super::{Snapshot, StoreError};
use crate::address::DepositAddress;
use crate::chain::PastUse;
use crate::payout::Reason;
use crate::types::{Actor, Height, Units, UnixTime};

/// An address that is given to nobody, unless it was released.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Tainted {
    /// The address that coins came to.
    #[n(0)]
    pub address: DepositAddress,
    /// The first transaction that paid to it; none where the node tells only that there was one.
    #[n(1)]
    pub tx: Option<String>,
    /// None where it is not known.
    #[n(2)]
    pub amount: Option<Units>,
    /// The block of that transaction, or the newest one when the node was asked.
    #[n(3)]
    pub height: Height,
    /// When the store heard of it.
    #[n(4)]
    pub seen_at: UnixTime,
    /// Who gave it back, to its owner or to the pool, and why.
    #[n(5)]
    pub released: Option<Reason>,
    /// No coins came: the original had taken it from its pool, and tells nobody whom it was given to.
    #[n(6)]
    pub is_used_before: bool,
    /// Given back to the pool: what stands in blocks up to this one came before that. None where it was not, or was
    /// given back to its owner.
    #[n(7)]
    pub pooled_at: Option<Height>,
}

impl Tainted {
    /// An address that nobody has released yet.
    pub(super) fn new(
        address: DepositAddress,
        tx: Option<String>,
        amount: Option<Units>,
        height: Height,
        seen_at: UnixTime,
    ) -> Self {
        Tainted {
            address,
            tx,
            amount,
            height,
            seen_at,
            released: None,
            is_used_before: false,
            pooled_at: None,
        }
    }

    /// One that the original had taken from its pool.
    pub(super) fn used_before(address: DepositAddress, seen_at: UnixTime) -> Self {
        Tainted { is_used_before: true, ..Tainted::new(address, None, None, Height::new(0), seen_at) }
    }
}

/// Begins with the time: the first row is of the one that waits longest.
fn open_key(tainted: &Tainted) -> Vec<u8> {
    [tainted.seen_at.get().to_be_bytes().as_slice(), &key_of(&tainted.address)].concat()
}

fn key_of(address: &DepositAddress) -> Vec<u8> {
    [&[address.coin().tag()], address.key().as_bytes()].concat()
}

/// Reads of tainted addresses.
pub trait Taints: Tables {
    /// Returns what is known of a tainted address; none where it is not tainted, or was released.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn tainted(&self, address: &DepositAddress) -> Result<Option<Tainted>, StoreError> {
        Ok(self.was_tainted(address)?.filter(|tainted| tainted.released.is_none()))
    }

    /// The same, also where it was released.
    fn was_tainted(&self, address: &DepositAddress) -> Result<Option<Tainted>, StoreError> {
        tables::get(self.kv(), Table::Tainted, &key_of(address))
    }

    /// Whether a payment in a block of this height came to an address before it was given back to the pool. Whoever has
    /// the address by now was given it later, and it is not theirs.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn came_before(&self, address: &DepositAddress, height: Height) -> Result<bool, StoreError> {
        let up_to = self.was_tainted(address)?.and_then(|tainted| tainted.pooled_at);
        Ok(up_to.is_some_and(|up_to| height <= up_to))
    }

    /// Those that were not released, beyond the address `after` in the order of their keys, at most `limit`.
    fn all_tainted(&self, after: Option<&DepositAddress>, limit: usize) -> Result<Vec<Tainted>, StoreError> {
        let from = after.map_or(Vec::new(), |address| codec::beyond(&key_of(address)));
        let all = self.kv().scan(Table::Tainted, &from, None)?;
        let all = all.map(|pair| {
            let (key, value) = pair?;
            codec::decode::<Tainted>(Table::Tainted, &key, &value)
        });
        let is_held = |known: &Result<Tainted, StoreError>| {
            known.as_ref().map_or(true, |tainted| tainted.released.is_none())
        };
        all.filter(is_held).take(limit).collect()
    }
}

impl<T: Tables + ?Sized> Taints for T {}

impl WriteTx<'_> {
    /// Notes that coins came to an address that is not bound, where it is one of a pool. What was released is
    /// tainted anew by other coins alone.
    pub fn taint(&mut self, past: PastUse) -> Result<(), StoreError> {
        let PastUse { address, tx, amount, height } = past;
        let is_known = self.was_tainted(&address)?.is_some_and(|known| {
            // Of one that the original had used it is news that coins came.
            known.released.is_none() && !(known.is_used_before && tx.is_some())
                || tx.is_none()
                || known.tx == tx
                || height <= known.height
        });
        if is_known || !self.is_pooled(&address) {
            return Ok(());
        }
        tracing::error!(%address, tx = tx.as_deref().unwrap_or("unknown"), %height, notice = "WATCH",
            "coins came to an address of the pool that nobody was given: it is given to nobody");
        self.record(AddressEvent::Tainted { address, tx, amount, height })
    }

    /// A person gives a tainted address back to the pool. What came to it in blocks that are followed by now, or that
    /// its node has told of, is not credited to whom it is given next.
    ///
    /// # Errors
    ///
    /// Where it is not tainted, or the store fails.
    pub fn untaint(&mut self, address: DepositAddress, by: Actor, why: String) -> Result<(), StoreError> {
        let known = self.tainted(&address)?.ok_or_else(|| invariant("only a tainted address is released"))?;
        let followed = self.cursor(address.coin())?.map(|cursor| cursor.tip.height);
        let up_to = Some(followed.map_or(known.height, |followed| followed.max(known.height)));
        self.record_act(by, AddressEvent::Released { address, why, up_to })
    }

    /// A person gives a tainted address back to whom it belonged: what came to it is theirs.
    ///
    /// # Errors
    ///
    /// Where it is not tainted, or the store fails.
    pub fn untaint_for_owner(
        &mut self,
        address: DepositAddress,
        by: Actor,
        why: String,
    ) -> Result<(), StoreError> {
        if self.tainted(&address)?.is_none() {
            return Err(invariant("only a tainted address is released"));
        }
        self.record_act(by, AddressEvent::Released { address, why, up_to: None })
    }
}

pub(super) fn insert(tx: &mut WriteTx<'_>, tainted: &Tainted) -> Result<(), StoreError> {
    let key = key_of(&tainted.address);
    if let Some(known) = tables::get::<Tainted>(tx.kv(), Table::Tainted, &key)?
        && known.released.is_none()
    {
        tx.kv.delete(Table::TaintedOpen, &open_key(&known))?;
    }
    if tainted.released.is_none() {
        tx.kv.put(Table::TaintedOpen, &open_key(tainted), &[])?;
    }
    tx.kv.put(Table::Tainted, &key, &codec::encode(tainted))
}

/// The rows that say which have not been released.
pub(super) fn entries_of_open(kv: &dyn Read, entries: &mut dyn Entries) -> Result<(), StoreError> {
    for row in kv.scan(Table::Tainted, &[], None)? {
        let (key, value) = row?;
        let tainted: Tainted = codec::decode(Table::Tainted, &key, &value)?;
        if tainted.released.is_none() {
            entries.entry(Table::TaintedOpen, &open_key(&tainted), &[]);
        }
    }
    Ok(())
}

impl Snapshot {
    /// Returns how many addresses nobody has released, and since when the first of them waits. Costs the same however
    /// many there are.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    pub fn open_tainted(&self) -> Result<(u64, Option<UnixTime>), StoreError> {
        let first = self.kv().scan(Table::TaintedOpen, &[], None)?.next().transpose()?;
        let since = first.and_then(|(key, _)| key.first_chunk().map(|time| u64::from_be_bytes(*time)));
        Ok((Seal::kept(self.kv(), Table::TaintedOpen)?.rows(), since.map(UnixTime::new)))
    }
}

pub(super) fn release(
    tx: &mut WriteTx<'_>,
    address: &DepositAddress,
    reason: Reason,
    up_to: Option<Height>,
) -> Result<(), StoreError> {
    let known = tx.tainted(address)?.ok_or_else(|| invariant("only a tainted address is released"))?;
    insert(tx, &Tainted { released: Some(reason), pooled_at: up_to, ..known })
}
