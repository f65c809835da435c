//! The port to a database: ordered tables of bytes, snapshots for readers, one atomic write at a time.
//!
//! Everything the project knows about money is written once, above this port; a backend has only to keep what
//! the contract tests of `tests/store` ask for: atomicity, durability once `transact` has answered `Ok`, snapshots
//! that never change, and keys in ascending order of bytes.

use std::fmt::Debug;
use std::sync::Arc;

use super::StoreError;

/// A key with its value.
pub type Pair = (Vec<u8>, Vec<u8>);
/// What a scan yields, in ascending order of keys.
pub type Pairs<'a> = Box<dyn Iterator<Item = Result<Pair, StoreError>> + 'a>;

/// The tables. Their names are the schema: see `docs/store.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// name -> value: schema version, network.
    Meta,
    /// number -> event record, append only.
    Events,
    /// counters and sums, one row.
    Counters,
    /// binding number -> binding.
    Bindings,
    /// coin -> which generation of its pool is in use, and how far.
    Pools,
    /// coin, generation, chunk number -> addresses.
    PoolChunks,
    /// deposit number -> deposit, and what is owed for it.
    Deposits,
    /// deposit id -> deposit number.
    DepositIds,
    /// public status, deposit number -> nothing.
    DepositsByStatus,
    /// deposit number -> nothing, for deposits that ended with an error.
    DepositsErrored,
    /// open state, deposit number -> nothing: what workers still have to do.
    PayoutsOpen,
    /// attempt number -> where a signed transaction stands.
    Attempts,
    /// attempt number -> the signed transaction; never changed.
    SignedTransactions,
    /// attempt number -> nothing, for those that are neither settled nor dead.
    AttemptsLive,
    /// txid, attempt number -> nothing.
    AttemptTxids,
    /// uxid -> attempt number: an input belongs to one attempt that is not dead.
    Claimed,
    /// coin -> how far its chain was followed.
    Cursors,
    /// coin, height -> hash of a followed block; the last ones are kept.
    Blocks,
    /// coin, height, deposit number -> nothing, for deposits that stand in a block of the best chain.
    DepositsByHeight,
    /// coin -> range that is to be read again.
    Rescans,
    /// coin, height, transaction -> one that was passed over.
    PassedOver,
    /// coin, first height -> blocks that were followed without what happens inside transactions.
    BlindRanges,
    /// waiting code, since when, deposit number -> nothing: what waits for a person.
    Waiting,
    /// txid -> a spend of the hot wallet that is no transaction of this desk, and what it was ruled to be.
    Spends,
    /// Up to which block such spends were looked for, one row.
    Reconciled,
    /// coin, address -> coins that came to an address of a pool before it was bound.
    Tainted,
    /// since when, coin, address -> nothing, for tainted addresses that nobody has released.
    TaintedOpen,
    /// coin, or 255 for the side that payouts are made on -> which chain its node follows.
    Identities,
    /// deposit id -> output, block: what came to a deposit address and was ours before.
    OwnMoney,
    /// coin, address, deposit id -> nothing: own money by the address that it came to.
    OwnMoneyByAddress,
    /// address -> since when it is known to be one of the hot wallet.
    WalletAddresses,
    /// account number -> an account that addresses are derived from, and how far it was handed out.
    Accounts,
    /// asset, account -> what stands on it; those that are not zero.
    Balances,
    /// deposit number, attempt number -> what a transaction that was given up has paid for it all the same.
    Strays,
    /// order number -> an order at an exchange.
    Orders,
    /// order number -> nothing, for those that have not ended.
    OrdersOpen,
    /// withdrawal number -> a withdrawal from an exchange.
    Withdrawals,
    /// withdrawal number -> nothing, for those that have not ended.
    WithdrawalsOpen,
    /// payee, asset -> what is kept for them: too little to be spent, or paid out.
    Remainders,
    /// deposit number -> nothing, for deposits that have no price yet.
    DepositsUnpriced,
    /// code of an asset -> the price that a person has set.
    PricesSet,
    /// name of a switch -> who switched it off, and why.
    SwitchedOff,
    /// what an event is about, its number, the event's number -> nothing: a story without a walk over all events.
    EventsAbout,
    /// day, asset, account -> what came to the account on that day; what is not zero.
    Days,
    /// hour -> what was seen and paid within it, and how long what was paid had taken.
    Hours,
    /// name -> somebody who operates the desk.
    People,
    /// hash of a session's secret -> whose it is, and until when.
    Sessions,
    /// hash of a token -> the program that it is for.
    AccessTokens,
    /// whether it has ended, proposal number -> an act that wants a second person.
    Proposals,
    /// number -> what was asked of the admin listener, by whom, and what came of it.
    Acts,
    /// key of a request -> that it was done, and what was answered.
    Answers,
    /// when, key of a request -> nothing.
    AnswersByAge,
    /// client -> how many answers are kept for it.
    AnswerCounts,
    /// deposit id as the original has it -> deposit number, for those that were taken over and not seen on their chain
    /// yet.
    Unlocated,
    /// txid, deposit number -> nothing: transactions of the original's that have paid deposits.
    PaidBefore,
    /// coin, or 255 for none, code -> since when a problem of health is open.
    ProblemsOpen,
    /// name -> a receiver or reader of events, how far it was told, and the last times that it was.
    Receivers,
    /// name of a table -> how many rows it has, and the sum of their checksums.
    Seals,
}

impl Table {
    /// Every table, in the order of their declaration.
    pub const ALL: [Table; 58] = [
        Table::Meta,
        Table::Events,
        Table::Counters,
        Table::Bindings,
        Table::Pools,
        Table::PoolChunks,
        Table::Deposits,
        Table::DepositIds,
        Table::DepositsByStatus,
        Table::DepositsErrored,
        Table::PayoutsOpen,
        Table::Attempts,
        Table::SignedTransactions,
        Table::AttemptsLive,
        Table::AttemptTxids,
        Table::Claimed,
        Table::Cursors,
        Table::Blocks,
        Table::DepositsByHeight,
        Table::Rescans,
        Table::PassedOver,
        Table::BlindRanges,
        Table::Waiting,
        Table::Spends,
        Table::Reconciled,
        Table::Tainted,
        Table::TaintedOpen,
        Table::Identities,
        Table::OwnMoney,
        Table::OwnMoneyByAddress,
        Table::WalletAddresses,
        Table::Accounts,
        Table::Balances,
        Table::Strays,
        Table::Orders,
        Table::OrdersOpen,
        Table::Withdrawals,
        Table::WithdrawalsOpen,
        Table::Remainders,
        Table::DepositsUnpriced,
        Table::PricesSet,
        Table::SwitchedOff,
        Table::EventsAbout,
        Table::Days,
        Table::Hours,
        Table::People,
        Table::Sessions,
        Table::AccessTokens,
        Table::Proposals,
        Table::Acts,
        Table::Answers,
        Table::AnswersByAge,
        Table::AnswerCounts,
        Table::Unlocated,
        Table::PaidBefore,
        Table::ProblemsOpen,
        Table::Receivers,
        Table::Seals,
    ];

    /// The tables' names in the database, in the same order.
    const NAMES: [&'static str; 58] = [
        "meta",
        "events",
        "counters",
        "bindings",
        "pools",
        "pool_chunks",
        "deposits",
        "deposit_ids",
        "deposits_by_status",
        "deposits_errored",
        "payouts_open",
        "attempts",
        "signed_transactions",
        "attempts_live",
        "attempt_txids",
        "claimed",
        "cursors",
        "blocks",
        "deposits_by_height",
        "rescans",
        "passed_over",
        "blind_ranges",
        "waiting",
        "spends",
        "reconciled",
        "tainted",
        "tainted_open",
        "identities",
        "own_money",
        "own_money_by_address",
        "wallet_addresses",
        "accounts",
        "balances",
        "strays",
        "orders",
        "orders_open",
        "withdrawals",
        "withdrawals_open",
        "remainders",
        "deposits_unpriced",
        "prices_set",
        "switched_off",
        "events_about",
        "days",
        "hours",
        "people",
        "sessions",
        "access_tokens",
        "proposals",
        "acts",
        "answers",
        "answers_by_age",
        "answer_counts",
        "unlocated",
        "paid_before",
        "problems_open",
        "receivers",
        "seals",
    ];

    /// The table's name in the database.
    pub const fn name(self) -> &'static str {
        Table::NAMES[self.index()]
    }

    /// Position in [`Table::ALL`], which lists the tables in the order of their declaration.
    pub(crate) const fn index(self) -> usize {
        self as usize
    }
}

/// Reading, from a snapshot or from inside a write.
pub trait Read {
    /// Returns the value of a key; none where the table has no such key.
    ///
    /// # Errors
    ///
    /// Where the database cannot be read.
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// Shows a value to `see` where there is one: not copied, where the database can do without.
    fn show(&self, table: Table, key: &[u8], see: &mut dyn FnMut(&[u8])) -> Result<(), StoreError> {
        if let Some(value) = self.get(table, key)? {
            see(&value);
        }
        Ok(())
    }

    /// All pairs with `from <= key < to`, ascending; without `to`, to the end of the table.
    fn scan(&self, table: Table, from: &[u8], to: Option<&[u8]>) -> Result<Pairs<'_>, StoreError>;

    /// The pair with the greatest key.
    fn last(&self, table: Table) -> Result<Option<Pair>, StoreError>;
}

/// Reading and writing inside one transaction: its own writes are visible to its reads.
pub trait Write: Read {
    /// Writes a value; answers the one it took the place of.
    fn replace(&mut self, table: Table, key: &[u8], value: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// Takes a pair away; answers the value it had.
    fn remove(&mut self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// Writes a value, whether the key was there before or not.
    ///
    /// # Errors
    ///
    /// Where the database cannot be written to.
    fn put(&mut self, table: Table, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        self.replace(table, key, value).map(drop)
    }

    /// Answers whether there was such a key.
    fn delete(&mut self, table: Table, key: &[u8]) -> Result<bool, StoreError> {
        self.remove(table, key).map(|old| old.is_some())
    }
}

/// What becomes of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// What was written is kept for good.
    Commit,
    /// The database is left as it was before.
    Abort,
}

/// The work inside a transaction.
pub type Work<'a> = &'a mut dyn FnMut(&mut dyn Write) -> Result<Verdict, StoreError>;

/// A database.
pub trait Backend: Debug + Send + Sync + 'static {
    /// The data as of the last commit; later commits do not show in it.
    fn snapshot(&self) -> Result<Arc<dyn Read + Send + Sync>, StoreError>;

    /// Runs `work` in one transaction, one at a time. `Ok` after [`Verdict::Commit`] means: on the disk for good.
    /// An error means that nothing is known: the commit may be there or not.
    fn transact(&self, work: Work<'_>) -> Result<(), StoreError>;

    /// Lets go of the file, whoever still holds the backend: what is asked for later is refused.
    fn close(&self) {}
}

/// The end of the range of all keys that begin with `prefix`; none where the prefix is all 0xff.
pub fn prefix_end(prefix: &[u8]) -> Option<Vec<u8>> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if let Some(next) = last.checked_add(1) {
            end.push(next);
            return Some(end);
        }
    }
    None
}
