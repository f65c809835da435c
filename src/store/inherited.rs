//! Deposits that were taken over from the original's database, with their payouts.
//!
//! The original often gives no place of a deposit within its transaction, or a wrong one. So its deposits are kept
//! apart from the ids of all others until the chain has shown them: what comes to the same address by the same
//! transaction, in the same amount, is the deposit that was taken over, and no second one.

use super::codec::key;
use super::inheritance::Inheritance;
use super::inherited_row::{InheritedDeposit, id_key};
use super::rows::{Change, change_payout};
use super::tables::{Purchase, Tables};
use super::tx::WriteTx;
use super::{StoreError, invariant};
use crate::address::DepositAddress;
use crate::coins::Family;
use crate::deposit::{BlockAt, Deposit, DepositState};
use crate::payout::Payout;
use crate::price::PriceNote;
use crate::skycoin::Address;
use crate::types::{Coin, DepositId, DepositNo, Exact, TxId, Units};

/// Wei in one gwei.
const GWEI: u128 = 1_000_000_000;
/// Where the price of a deposit of the original's comes from.
const SOURCE: &str = "the original's database";

/// What is stored of it.
fn purchase(told: InheritedDeposit, no: DepositNo, payee: Address) -> Purchase {
    let block = BlockAt { height: told.height, hash: None, waits: 0 };
    let at = told.updated_at;
    let deposit = Deposit {
        no,
        id: told.id,
        binding: told.binding,
        payee_seq: told.payee_seq,
        amount: told.amount,
        rate: told.rate,
        quote: Some(told.quote),
        seen_at: at,
        updated_at: at,
        state: DepositState::Final { block },
        previous: None,
        token: None,
        method: told.method,
        priced: Some(PriceNote { source: SOURCE.to_owned(), at, spread: Exact::ZERO }),
        is_unlocated: true,
    };
    let payout = Payout::inherited(no, payee, told.quote, told.payout, at);
    Purchase { deposit, payout: Some(payout) }
}

/// What the original makes of an amount: it counts ether in gwei, and cuts off what is less.
fn as_the_original_counts(coin: Coin, amount: Units) -> Units {
    let unit = match coin.family() {
        Family::Ethereum => GWEI,
        Family::BitcoinLike | Family::Skycoin => 1,
    };
    Units::new(amount.get().saturating_sub(amount.get() % unit))
}

impl WriteTx<'_> {
    /// Returns the deposit of the original's that this is, which the chain shows for the first time.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    pub fn find_unlocated(
        &self,
        id: &DepositId,
        address: &DepositAddress,
        amount: Units,
    ) -> Result<Option<Deposit>, StoreError> {
        for deposit in self.unlocated_of_tx(id)? {
            let is_there = self.known_binding(deposit.binding)?.address.key() == address.key();
            if is_there && as_the_original_counts(id.coin, amount) == deposit.amount {
                return Ok(Some(deposit));
            }
        }
        Ok(None)
    }
}

pub(super) fn insert(tx: &mut WriteTx<'_>, no: DepositNo, told: InheritedDeposit) -> Result<(), StoreError> {
    let payee = tx.known_binding(told.binding)?.payee;
    tx.insert_purchase(purchase(told, no, payee))
}

/// The chain shows it: from now on it is known by its place, and has all that came.
pub(super) fn locate(
    tx: &mut WriteTx<'_>,
    no: DepositNo,
    n: u32,
    amount: Units,
    block: BlockAt,
) -> Result<(), StoreError> {
    let Purchase { deposit: old, payout } = tx.known(no)?;
    let deposit = old.clone().locate(n, amount, block)?;
    if tx.deposit_no(&deposit.id)?.is_some() {
        return Err(invariant("two deposits have no place in common"));
    }
    let (table, row) = id_key(&old);
    tx.kv.delete(table, &row)?;
    let (table, row) = id_key(&deposit);
    tx.kv.put(table, &row, &key(no.get()))?;
    let old = Purchase { deposit: old, payout: payout.clone() };
    Change { old: Some(old), new: Purchase { deposit, payout } }.apply(tx)
}

/// A person says that the original has paid it.
pub(super) fn pay_before(tx: &mut WriteTx<'_>, no: DepositNo, by: Option<TxId>) -> Result<(), StoreError> {
    let now = tx.now();
    change_payout(tx, no, |payout| Ok(payout.pay_before(by, now)?))
}
