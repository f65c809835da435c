//! Transactions that spend from the hot wallet and that this desk does not know: a restored backup has forgotten them,
//! or somebody else has the same keys.
//!
//! Not knowing one is not "it did not happen": while there is one that nobody has ruled on, nothing is signed.

use std::collections::HashSet;

use minicbor::{Decode, Encode};

use super::{Owed, Pays};
use crate::skycoin::{Address, DecodeError, Transaction};
use crate::types::{Actor, AttemptNo, BlockRef, DepositNo, Droplets, Hash32, UnixTime};

/// Coins that went to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Paid {
    #[n(0)]
    pub to: Address,
    #[n(1)]
    pub coins: Droplets,
}

/// A transaction that spends from the hot wallet, as the chain tells it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Spend {
    #[n(0)]
    pub txid: Hash32,
    /// The block that it stands in; none while it waits for one.
    #[n(1)]
    pub block: Option<BlockRef>,
    /// What it pays, without what goes back to the wallet.
    #[n(2)]
    pub payments: Vec<Paid>,
    /// The serialized, signed transaction.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub raw: Vec<u8>,
}

/// What a person has ruled a foreign spend to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum SpendVerdict {
    /// The operator's own: it has nothing to do with what buyers are owed.
    #[n(0)]
    Mine,
    /// Whatever it paid is to be paid again.
    #[n(1)]
    PayAgain,
    /// It paid deposits of this desk: it is the transaction with this number now.
    #[n(2)]
    Adopted {
        #[n(0)]
        attempt: AttemptNo,
    },
}

/// A ruling, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SpendRuling {
    #[n(0)]
    pub verdict: SpendVerdict,
    #[n(1)]
    pub by: Actor,
    #[n(2)]
    pub why: String,
    #[n(3)]
    pub at: UnixTime,
}

/// A spend that no transaction of this desk is.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ForeignSpend {
    #[n(0)]
    pub spend: Spend,
    #[n(1)]
    pub seen_at: UnixTime,
    /// None while it waits for a person.
    #[n(2)]
    pub ruling: Option<SpendRuling>,
    /// The transaction of this desk that it is, which was given up for dead before it was seen.
    #[n(3)]
    pub was: Option<AttemptNo>,
}

impl ForeignSpend {
    /// Whether nobody has said yet what it is.
    pub fn is_unknown(&self) -> bool {
        self.ruling.is_none()
    }

    /// The transaction that was given up, and whose payments it has made all the same: it is in a block.
    pub fn strayed(&self) -> Option<AttemptNo> {
        self.was.filter(|_| self.spend.block.is_some() && !self.is_adopted())
    }

    /// Whether it is a transaction of this desk now, and followed like any of them.
    pub fn is_adopted(&self) -> bool {
        let verdict = self.ruling.as_ref().map(|ruling| ruling.verdict);
        matches!(verdict, Some(SpendVerdict::Adopted { .. }))
    }
}

/// Why a foreign spend is not what it is said to be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpendRefused {
    #[error("there is no spend of that transaction id that is not this desk's own")]
    Unknown,
    #[error("it paid deposits here already: it is transaction {0}")]
    Adopted(AttemptNo),
    #[error("its bytes are no transaction: {0}")]
    Unreadable(#[from] DecodeError),
    #[error(
        "deposit {0} is not owed anything now: there is none, it is not final, or it is paid by another transaction"
    )]
    NotOwed(DepositNo),
    #[error("it does not pay {coins} SKY to {to}, which deposit {deposit} is owed")]
    NoOutput { deposit: DepositNo, to: Address, coins: Droplets },
    #[error("it also paid {}: name the deposits that these are for, or say rest=mine", in_words(.0))]
    Uncovered(Vec<Paid>),
    #[error("no deposit that is owed now matches what it paid")]
    NothingMatches,
    #[error("transaction {0} of this desk spends the same outputs: it has to be declared dead first")]
    Claimed(AttemptNo),
    #[error(
        "it is transaction {0} of this desk, which was declared dead: void what it paid, and say that it was yours"
    )]
    WasDead(AttemptNo),
}

/// Payments in words.
pub fn in_words(payments: &[Paid]) -> String {
    let each: Vec<String> =
        payments.iter().map(|paid| format!("{} SKY to {}", paid.coins, paid.to)).collect();
    if each.is_empty() { "nobody else".to_owned() } else { each.join(", ") }
}

impl Spend {
    /// The outputs that it spends.
    pub fn inputs(&self) -> Result<Vec<Hash32>, DecodeError> {
        Ok(Transaction::decode(&self.raw)?.inputs().to_vec())
    }

    /// Where its rest went: the first output that is to nobody else.
    pub fn change(&self) -> Result<Address, DecodeError> {
        let transaction = Transaction::decode(&self.raw)?;
        let others: HashSet<Address> = self.payments.iter().map(|paid| paid.to).collect();
        let rest = transaction.outputs().iter().find(|output| !others.contains(&output.address));
        Ok(rest.map_or(Address::from_bytes([0; 20]), |output| output.address))
    }

    /// Which of its outputs pays which of these; each is paid by an output of its own, with its payee and amount.
    ///
    /// # Errors
    ///
    /// Where one of them is not paid by it, or where it also paid others, unless they may be left over.
    pub fn assign(&self, owed: &[Owed], may_leave_rest: bool) -> Result<Vec<Pays>, SpendRefused> {
        let transaction = Transaction::decode(&self.raw)?;
        let mut free: Vec<(u32, Paid)> = (0..)
            .zip(transaction.outputs())
            .map(|(n, output)| (n, Paid { to: output.address, coins: output.coins }))
            .filter(|(_, paid)| self.payments.contains(paid))
            .collect();
        let mut pays = Vec::with_capacity(owed.len());
        for one in owed {
            let wanted = Paid { to: one.payee, coins: one.amount };
            let found = free.iter().position(|(_, paid)| *paid == wanted);
            let (deposit, Paid { to, coins }) = (one.no, wanted);
            let found = found.ok_or(SpendRefused::NoOutput { deposit, to, coins })?;
            let (output, _) = free.remove(found);
            pays.push(Pays { payout: one.no, output });
        }
        let rest: Vec<Paid> = free.into_iter().map(|(_, paid)| paid).collect();
        if !rest.is_empty() && !may_leave_rest {
            return Err(SpendRefused::Uncovered(rest));
        }
        Ok(pays)
    }
}
