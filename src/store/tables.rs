//! What can be read: the same from a snapshot and from inside a write.

use minicbor::{Decode, Encode};

use super::account::Derivation;
use super::codec::{self, key, key_tagged};
use super::events::Record;
use super::kv::{Read, Table, prefix_end};
use super::row_keys::{unpriced_prefix, waiting_key};
use super::standing::Standing;
use super::{OpenState, StoreError, history_row};
use crate::address::DepositAddress;
use crate::deposit::Deposit;
use crate::ledger::Asset;
use crate::payout::{Attempt, Circumstances, Payout, PublicStatus, Waiting};
use crate::price::BindPromise;
use crate::rail::SignedTransaction;
use crate::skycoin::Address;
use crate::types::{AttemptNo, BindingNo, Claim, Coin, Contract, DepositId, DepositNo, TxId, UnixTime};

/// A payee's deposit address.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Binding {
    /// Its number.
    #[n(0)]
    pub no: BindingNo,
    /// The deposit address.
    #[n(1)]
    pub address: DepositAddress,
    /// Whom deposits to it are paid to.
    #[n(2)]
    pub payee: Address,
    /// Number among all that the payee sees in their status, from 1.
    #[n(3)]
    pub payee_seq: u32,
    /// When it was bound.
    #[n(4)]
    pub bound_at: UnixTime,
    /// The payee's binding before this one.
    #[n(5)]
    pub previous: Option<BindingNo>,
    /// The latest deposit to the address; each deposit names the one before it.
    #[n(6)]
    pub last_deposit: Option<DepositNo>,
    /// Where the address is derived from; none where it came from a file.
    #[n(7)]
    pub derivation: Option<Derivation>,
    /// The prices that were promised when it was bound; none where there were none.
    #[n(8)]
    pub promise: Option<BindPromise>,
}

impl Binding {
    /// A binding that was made just now: nothing was deposited yet, and what came before is not known here.
    pub(super) fn new(
        no: BindingNo,
        address: DepositAddress,
        payee: Address,
        payee_seq: u32,
        bound_at: UnixTime,
        derivation: Option<Derivation>,
    ) -> Binding {
        let (previous, last_deposit, promise) = (None, None, None);
        Binding { no, address, payee, payee_seq, bound_at, previous, last_deposit, derivation, promise }
    }
}

/// A deposit, and what is owed for it once it was final.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Purchase {
    /// The deposit.
    #[n(0)]
    pub deposit: Deposit,
    /// Its payout; none before the deposit is final.
    #[n(1)]
    pub payout: Option<Payout>,
}

/// A page of a list: at most `limit` entries after the number `after`.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// Where the page begins: beyond this.
    pub after: u64,
    /// How many there are on it at most.
    pub limit: usize,
}

impl Page {
    /// The whole list: what the original answers.
    pub const ALL: Page = Page { after: 0, limit: usize::MAX };

    /// Returns the first page, of so many at most.
    pub const fn first(limit: usize) -> Page {
        Page { after: 0, limit }
    }
}

/// A page of what waits: at most `limit` entries after the one that is named.
#[derive(Debug, Clone, Copy)]
pub struct WaitingPage {
    /// Where the page begins: beyond this.
    pub after: Option<(UnixTime, DepositNo)>,
    /// How many there are on it at most.
    pub limit: usize,
}

/// Reads of whole values. Lists come from indexes; none walks over what it does not answer.
pub trait Tables {
    /// The tables to read.
    fn kv(&self) -> &dyn Read;

    /// Returns the binding of this number; none where there is none.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn binding(&self, no: BindingNo) -> Result<Option<Binding>, StoreError> {
        get(self.kv(), Table::Bindings, &key(no.get()))
    }

    /// Returns a deposit with its payout; none where there is none.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn purchase(&self, no: DepositNo) -> Result<Option<Purchase>, StoreError> {
        get(self.kv(), Table::Deposits, &key(no.get()))
    }

    /// The deposit.
    fn deposit(&self, no: DepositNo) -> Result<Option<Deposit>, StoreError> {
        Ok(self.purchase(no)?.map(|purchase| purchase.deposit))
    }

    /// Returns the number of the deposit with this id; none where there is none.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn deposit_no(&self, id: &DepositId) -> Result<Option<DepositNo>, StoreError> {
        match self.kv().get(Table::DepositIds, &id.key())? {
            Some(bytes) => Ok(Some(DepositNo::new(codec::number_at_end(Table::DepositIds, &bytes)?))),
            None => Ok(None),
        }
    }

    /// Its payout; none before the deposit is final.
    fn payout(&self, no: DepositNo) -> Result<Option<Payout>, StoreError> {
        Ok(self.purchase(no)?.and_then(|purchase| purchase.payout))
    }

    /// Returns the transaction of this number; none where there is none.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn attempt(&self, no: AttemptNo) -> Result<Option<Attempt>, StoreError> {
        get(self.kv(), Table::Attempts, &key(no.get()))
    }

    /// The newest attempt with this txid: one that died may have been signed again, byte for byte.
    fn attempt_by_txid(&self, txid: TxId) -> Result<Option<AttemptNo>, StoreError> {
        let (table, to) = (Table::AttemptTxids, prefix_end(&txid.0));
        let last = self.kv().scan(table, &txid.0, to.as_deref())?.last().transpose()?;
        last.map(|(key, _)| Ok(AttemptNo::new(codec::number_at_end(table, &key)?))).transpose()
    }

    /// Returns the bytes of a transaction, with what they do; none where there is none.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn signed_transaction(&self, no: AttemptNo) -> Result<Option<SignedTransaction>, StoreError> {
        get(self.kv(), Table::SignedTransactions, &key(no.get()))
    }

    /// The attempt, not dead, that spends this output.
    fn claimed_by(&self, uxid: Claim) -> Result<Option<AttemptNo>, StoreError> {
        match self.kv().get(Table::Claimed, &uxid.0)? {
            Some(bytes) => Ok(Some(AttemptNo::new(codec::number_at_end(Table::Claimed, &bytes)?))),
            None => Ok(None),
        }
    }

    /// Deposits by one transaction, of its chain's coin or of a token, with their numbers inside it, ascending.
    fn deposits_of_tx(
        &self,
        coin: Coin,
        token: Option<Contract>,
        tx: &str,
    ) -> Result<Vec<(u32, DepositNo)>, StoreError> {
        rows_of_tx(self.kv(), Table::DepositIds, coin, token, tx)?
            .into_iter()
            .map(|(n, value)| Ok((n, DepositNo::new(codec::number_at_end(Table::DepositIds, &value)?))))
            .collect()
    }

    /// What was deposited to one address, in the order of arrival.
    fn purchases_of(&self, binding: &Binding) -> Result<Vec<Purchase>, StoreError> {
        let mut purchases = Vec::new();
        let missing = || super::invariant("deposits name their predecessors");
        let mut next = binding.last_deposit;
        while let Some(no) = next {
            let purchase = self.purchase(no)?.ok_or_else(missing)?;
            next = purchase.deposit.previous;
            purchases.push(purchase);
        }
        purchases.reverse();
        Ok(purchases)
    }

    /// Deposits with a status, ascending; all deposits where `status` is none.
    fn deposits(&self, status: Option<PublicStatus>, page: Page) -> Result<Vec<DepositNo>, StoreError> {
        match status {
            None => numbers(self.kv(), Table::Deposits, &[], page, |n| key(n).to_vec()),
            Some(status) => {
                let tag = status.tag();
                numbers(self.kv(), Table::DepositsByStatus, &[tag], page, |n| key_tagged(tag, n).to_vec())
            }
        }
    }

    /// Deposits that ended with an error, ascending.
    fn errored(&self, page: Page) -> Result<Vec<DepositNo>, StoreError> {
        numbers(self.kv(), Table::DepositsErrored, &[], page, |n| key(n).to_vec())
    }

    /// Deposits of an asset that have no price yet and stand so, ascending.
    fn unpriced(&self, asset: Asset, standing: Standing, page: Page) -> Result<Vec<DepositNo>, StoreError> {
        let prefix = unpriced_prefix(asset, standing);
        let key_of = |n| [&prefix[..], &key(n)].concat();
        numbers(self.kv(), Table::DepositsUnpriced, &prefix, page, key_of)
    }

    /// Payouts that wait in a state that workers have to deal with, ascending.
    fn payouts_in(&self, state: OpenState, page: Page) -> Result<Vec<DepositNo>, StoreError> {
        let tag = state.tag();
        numbers(self.kv(), Table::PayoutsOpen, &[tag], page, |n| key_tagged(tag, n).to_vec())
    }

    /// Deposits that wait as this code says, the longest waiting first, with the moments since when.
    fn waiting(&self, code: Waiting, page: WaitingPage) -> Result<Vec<(UnixTime, DepositNo)>, StoreError> {
        let table = Table::Waiting;
        let from = match page.after {
            Some((since, no)) => waiting_key(code, since, no.next()),
            None => waiting_key(code, UnixTime::new(0), DepositNo::new(0)),
        };
        let end = prefix_end(&[code.tag()]);
        let pairs = self.kv().scan(table, &from, end.as_deref())?.take(page.limit);
        pairs
            .map(|pair| {
                let (key, _) = pair?;
                let no = DepositNo::new(codec::number_at_end(table, &key)?);
                let since = codec::number_at_end(table, key.get(..9).unwrap_or_default())?;
                Ok((UnixTime::new(since), no))
            })
            .collect()
    }

    /// What has to be known beside a payout to rule on it.
    fn circumstances(&self, no: DepositNo) -> Result<Circumstances, StoreError> {
        let Some(Purchase { deposit, payout }) = self.purchase(no)? else {
            return Err(super::invariant("what is ruled on exists"));
        };
        let attempt = payout.and_then(|payout| payout.attempt()).map(|no| self.attempt(no)).transpose()?;
        let is_withdrawn = attempt.flatten().is_some_and(|attempt| attempt.is_withdrawn());
        Ok(Circumstances { is_final: deposit.is_final(), is_withdrawn, is_priced: !deposit.rate.is_empty() })
    }

    /// Transactions that are neither settled nor dead, ascending.
    fn live_attempts(&self) -> Result<Vec<AttemptNo>, StoreError> {
        let table = Table::AttemptsLive;
        self.kv()
            .scan(table, &[], None)?
            .map(|pair| Ok(AttemptNo::new(codec::number_at_end(table, &pair?.0)?)))
            .collect()
    }

    /// Events after the number `after`, with their numbers.
    fn events(&self, page: Page) -> Result<Vec<(u64, Record)>, StoreError> {
        history_row::events(self.kv(), page.after.saturating_add(1))?.take(page.limit).collect()
    }

    /// Bindings after the number `after`, ascending.
    fn bindings(&self, page: Page) -> Result<Vec<Binding>, StoreError> {
        let from = key(page.after.saturating_add(1));
        let pairs = self.kv().scan(Table::Bindings, &from, None)?.take(page.limit);
        pairs.map(|pair| pair.and_then(|(key, value)| codec::decode(Table::Bindings, &key, &value))).collect()
    }
}

pub(super) fn get<T: for<'b> Decode<'b, ()>>(
    kv: &dyn Read,
    table: Table,
    key: &[u8],
) -> Result<Option<T>, StoreError> {
    let mut read = None;
    kv.show(table, key, &mut |bytes| read = Some(codec::decode(table, key, bytes)))?;
    read.transpose()
}

/// Numbers at the end of keys with a prefix, from the page's start on.
/// The rows of a table by deposits' ids that are of one transaction: of its chain's coin or of a token, with their
/// numbers inside it, ascending.
pub(super) fn rows_of_tx(
    kv: &dyn Read,
    table: Table,
    coin: Coin,
    token: Option<Contract>,
    tx: &str,
) -> Result<Vec<(u32, Vec<u8>)>, StoreError> {
    let first = DepositId { coin, tx: tx.to_owned(), n: 0, token }.key();
    let prefix = &first[..first.len().saturating_sub(4)];
    let mut all = Vec::new();
    for pair in kv.scan(table, &first, prefix_end(prefix).as_deref())? {
        let (key, value) = pair?;
        // The text of another transaction may begin with this one's.
        if let Some(n) = key.strip_prefix(prefix).and_then(|n| n.try_into().ok()) {
            all.push((u32::from_be_bytes(n), value));
        }
    }
    Ok(all)
}

fn numbers(
    kv: &dyn Read,
    table: Table,
    prefix: &[u8],
    page: Page,
    key_of: impl Fn(u64) -> Vec<u8>,
) -> Result<Vec<DepositNo>, StoreError> {
    let from = key_of(page.after.saturating_add(1));
    let to = prefix_end(prefix);
    let pairs = kv.scan(table, &from, to.as_deref())?.take(page.limit);
    pairs.map(|pair| Ok(DepositNo::new(codec::number_at_end(table, &pair?.0)?))).collect()
}
