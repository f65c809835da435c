//! Counts, kept in the same transaction as what they count, so that nothing is ever walked to count it.

use minicbor::{Decode, Encode};

use super::codec;
use super::kv::{Read, Table, Write};
use super::{StoreError, invariant};
use crate::payout::{PublicStatus, Waiting};
use crate::types::{Coin, Hash32, HistoryHead, PerCoin};

/// The one row of the table.
const KEY: &[u8] = b"all";

/// See the fields. Kept by `Change::apply` and by the events.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
pub struct Counters {
    /// Number of the last event.
    #[n(0)]
    pub events: u64,
    /// Number of the last binding.
    #[n(1)]
    pub bindings: u64,
    /// Number of the last deposit.
    #[n(2)]
    pub deposits: u64,
    /// Number of the last signed transaction.
    #[n(3)]
    pub attempts: u64,
    /// Bound addresses, by coin.
    #[n(4)]
    pub bound: PerCoin<u64>,
    /// Deposits by coin, of the chain that they were made on, and public status.
    #[n(5)]
    pub by_status: PerCoin<[u64; 7]>,
    /// Deposits that ended with an error.
    #[n(6)]
    pub errored: u64,
    /// Payouts that are not decided yet.
    #[n(7)]
    pub undecided: u64,
    /// Payouts that are owed and not held.
    #[n(8)]
    pub ready: u64,
    /// Payouts that are held.
    #[n(9)]
    pub held: u64,
    /// Transactions that are neither settled nor dead.
    #[n(10)]
    pub live_attempts: u64,
    /// Deposits that wait for a person, by [`Waiting::tag`].
    #[n(11)]
    pub waiting: [u64; Waiting::COUNT],
    /// Spends of the hot wallet that nobody has said yet what they are.
    #[n(12)]
    pub unknown_spends: u64,
    /// All spends that were once unknown and are still there or were ruled on.
    #[n(13)]
    pub foreign_spends: u64,
    /// Payouts whose coins are to be bought upstream.
    #[n(14)]
    pub to_buy: u64,
    /// Number of the last order upstream.
    #[n(15)]
    pub orders: u64,
    /// Orders that have not ended.
    #[n(16)]
    pub open_orders: u64,
    /// Orders that a person has to look at; a part of the open ones.
    #[n(17)]
    pub held_orders: u64,
    /// Number of the last act that was proposed to a second person.
    #[n(18)]
    pub proposals: u64,
    /// Number of the last withdrawal from an exchange.
    #[n(19)]
    pub withdrawals: u64,
    /// Withdrawals that have not ended.
    #[n(20)]
    pub open_withdrawals: u64,
    /// Withdrawals that a person has to look at; a part of the open ones.
    #[n(21)]
    pub held_withdrawals: u64,
    /// Hash of the last event, which covers all before it.
    #[n(22)]
    pub history: Hash32,
    /// Whether the database was made of a copy, and nobody has cleared that: 1, else 0.
    #[n(23)]
    pub restored: u64,
}

impl Counters {
    /// Returns the counters as the database has them.
    ///
    /// # Errors
    ///
    /// Where the database fails, or the row makes no sense.
    pub fn load(kv: &dyn Read) -> Result<Counters, StoreError> {
        match kv.get(Table::Counters, KEY)? {
            Some(bytes) => codec::decode(Table::Counters, KEY, &bytes),
            None => Ok(Counters::default()),
        }
    }

    pub(super) fn save(&self, kv: &mut dyn Write) -> Result<(), StoreError> {
        kv.put(Table::Counters, KEY, &codec::encode(self))
    }

    /// Returns the head of the history.
    pub const fn head(&self) -> HistoryHead {
        HistoryHead { number: self.events, hash: self.history }
    }

    /// Returns whether everything that left the hot wallet is known, as far as the store can tell: something may be
    /// signed, and addresses be given out.
    pub const fn is_reconciled(&self) -> bool {
        self.unknown_spends == 0 && self.restored == 0
    }

    /// Returns how many deposits wait for a person for this reason.
    pub fn waiting(&self, code: Waiting) -> u64 {
        self.waiting[usize::from(code.tag())]
    }

    /// Returns how many deposits of this coin, tokens on its chain included, stand so.
    pub fn deposits(&self, coin: Coin, status: PublicStatus) -> u64 {
        self.by_status[coin][usize::from(status.tag())]
    }

    /// Returns how many addresses of this coin are bound.
    pub fn bound(&self, coin: Coin) -> u64 {
        self.bound[coin]
    }
}

/// Adds one, or takes one away; going below zero is a broken invariant.
pub(super) fn step(counter: &mut u64, up: bool) -> Result<(), StoreError> {
    let next = if up { counter.checked_add(1) } else { counter.checked_sub(1) };
    *counter = next.ok_or_else(|| invariant("a counter left its range"))?;
    Ok(())
}
