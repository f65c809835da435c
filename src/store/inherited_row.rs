//! A deposit of the original's as the event has it, and the keys of rows that follow from it.

use minicbor::{Decode, Encode};

use super::codec::key;
use super::kv::Table;
use crate::deposit::Deposit;
use crate::payout::{Inherited, Payout};
use crate::types::{BindingNo, BuyMethod, DepositId, DepositNo, Droplets, Height, TxId, Units, UnixTime};

/// A deposit as the original has it, with what it says of the payout.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct InheritedDeposit {
    /// What names it there.
    #[n(0)]
    pub id: DepositId,
    /// The binding of the address that it came to.
    #[n(1)]
    pub binding: BindingNo,
    /// Number among all that the payee sees in their status, from 1.
    #[n(2)]
    pub payee_seq: u32,
    /// What arrived, in the smallest unit of its coin.
    #[n(3)]
    pub amount: Units,
    /// SKY for one whole coin, as the original wrote it.
    #[n(4)]
    pub rate: String,
    /// What it is worth, or what the original has paid for it.
    #[n(5)]
    pub quote: Droplets,
    /// How high the block stood that it came in.
    #[n(6)]
    pub height: Height,
    /// When the original changed it last.
    #[n(7)]
    pub updated_at: UnixTime,
    /// How what is paid for it was to be come by.
    #[n(8)]
    pub method: BuyMethod,
    /// What it says of the payout.
    #[n(9)]
    pub payout: Inherited,
}

/// The table and the key that a deposit is found by.
pub(super) fn id_key(deposit: &Deposit) -> (Table, Vec<u8>) {
    let table = if deposit.is_unlocated { Table::Unlocated } else { Table::DepositIds };
    (table, deposit.id.key())
}

/// The key of a transaction of the original's that has paid a deposit.
pub(super) fn paid_before_key(txid: TxId, no: DepositNo) -> Vec<u8> {
    [txid.0.as_slice(), &key(no.get())].concat()
}

/// The row of a payout that the original has paid by a transaction that is known.
pub(super) fn paid_before(no: DepositNo, payout: Option<&Payout>) -> Option<Vec<u8>> {
    let txid = payout.and_then(Payout::inheritance).and_then(Inherited::paid_by)?;
    Some(paid_before_key(txid, no))
}
