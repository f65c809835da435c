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

macro_rules! tables {
    ($($(#[doc = $about:literal])+ $table:ident = $name:literal,)+) => {
        /// The tables. Their names are the schema: see `docs/store.md`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Table {
            $($(#[doc = $about])+ $table,)+
        }

        impl Table {
            /// Every table, in the order of their declaration.
            pub const ALL: [Table; [$($name),+].len()] = [$(Table::$table),+];

            /// The table's name in the database.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Table::$table => $name,)+
                }
            }
        }
    };
}

tables! {
    /// name -> value: schema version, network.
    Meta = "meta",
    /// number -> event record, append only.
    Events = "events",
    /// counters and sums, one row.
    Counters = "counters",
    /// binding number -> binding.
    Bindings = "bindings",
    /// coin -> which generation of its pool is in use, and how far.
    Pools = "pools",
    /// coin, generation, chunk number -> addresses.
    PoolChunks = "pool_chunks",
    /// deposit number -> deposit, and what is owed for it.
    Deposits = "deposits",
    /// deposit id -> deposit number.
    DepositIds = "deposit_ids",
    /// public status, deposit number -> nothing.
    DepositsByStatus = "deposits_by_status",
    /// deposit number -> nothing, for deposits that ended with an error.
    DepositsErrored = "deposits_errored",
    /// open state, deposit number -> nothing: what workers still have to do.
    PayoutsOpen = "payouts_open",
    /// attempt number -> where a signed transaction stands.
    Attempts = "attempts",
    /// attempt number -> the signed transaction; never changed.
    SignedTransactions = "signed_transactions",
    /// attempt number -> nothing, for those that are neither settled nor dead.
    AttemptsLive = "attempts_live",
    /// txid, attempt number -> nothing.
    AttemptTxids = "attempt_txids",
    /// uxid -> attempt number: an input belongs to one attempt that is not dead.
    Claimed = "claimed",
    /// coin -> how far its chain was followed.
    Cursors = "cursors",
    /// coin, height -> hash of a followed block; the last ones are kept.
    Blocks = "blocks",
    /// coin, height, deposit number -> nothing, for deposits that stand in a block of the best chain.
    DepositsByHeight = "deposits_by_height",
    /// coin -> range that is to be read again.
    Rescans = "rescans",
    /// coin, height, transaction -> one that was passed over.
    PassedOver = "passed_over",
    /// coin, first height -> blocks that were followed without what happens inside transactions.
    BlindRanges = "blind_ranges",
    /// waiting code, since when, deposit number -> nothing: what waits for a person.
    Waiting = "waiting",
    /// txid -> a spend of the hot wallet that is no transaction of this desk, and what it was ruled to be.
    Spends = "spends",
    /// Up to which block such spends were looked for, one row.
    Reconciled = "reconciled",
    /// coin, address -> coins that came to an address of a pool before it was bound.
    Tainted = "tainted",
    /// since when, coin, address -> nothing, for tainted addresses that nobody has released.
    TaintedOpen = "tainted_open",
    /// coin, or 255 for the side that payouts are made on -> which chain its node follows.
    Identities = "identities",
    /// deposit id -> output, block: what came to a deposit address and was ours before.
    OwnMoney = "own_money",
    /// coin, address, deposit id -> nothing: own money by the address that it came to.
    OwnMoneyByAddress = "own_money_by_address",
    /// address -> since when it is known to be one of the hot wallet.
    WalletAddresses = "wallet_addresses",
    /// account number -> an account that addresses are derived from, and how far it was handed out.
    Accounts = "accounts",
    /// asset, account -> what stands on it; those that are not zero.
    Balances = "balances",
    /// deposit number, attempt number -> what a transaction that was given up has paid for it all the same.
    Strays = "strays",
    /// order number -> an order at an exchange.
    Orders = "orders",
    /// order number -> nothing, for those that have not ended.
    OrdersOpen = "orders_open",
    /// withdrawal number -> a withdrawal from an exchange.
    Withdrawals = "withdrawals",
    /// withdrawal number -> nothing, for those that have not ended.
    WithdrawalsOpen = "withdrawals_open",
    /// payee, asset -> what is kept for them: too little to be spent, or paid out.
    Remainders = "remainders",
    /// where it stands, asset, deposit number -> nothing, for deposits that have no price yet.
    DepositsUnpriced = "deposits_unpriced",
    /// code of an asset -> the price that a person has set.
    PricesSet = "prices_set",
    /// code of an asset -> the price that was pushed last.
    PricesPushed = "prices_pushed",
    /// code of an asset -> the prices that one that moves is measured from.
    PricesSeen = "prices_seen",
    /// name of a switch -> who switched it off, and why.
    SwitchedOff = "switched_off",
    /// a circuit breaker -> how it stands.
    Breakers = "breakers",
    /// what an event is about, its number, the event's number -> nothing: a story without a walk over all events.
    EventsAbout = "events_about",
    /// day, asset, account -> what came to the account on that day; what is not zero.
    Days = "days",
    /// hour -> what was seen and paid within it, and how long what was paid had taken.
    Hours = "hours",
    /// name -> somebody who operates the desk.
    People = "people",
    /// hash of a session's secret -> whose it is, and until when.
    Sessions = "sessions",
    /// hash of a token -> the program that it is for.
    AccessTokens = "access_tokens",
    /// whether it has ended, proposal number -> an act that wants a second person.
    Proposals = "proposals",
    /// number -> what was asked of the admin listener, by whom, and what came of it.
    Acts = "acts",
    /// key of a request -> that it was done, and what was answered.
    Answers = "answers",
    /// when, key of a request -> nothing.
    AnswersByAge = "answers_by_age",
    /// client -> how many answers are kept for it.
    AnswerCounts = "answer_counts",
    /// deposit id as the original has it -> deposit number, for those that were taken over and not seen on their chain
    /// yet.
    Unlocated = "unlocated",
    /// txid, deposit number -> nothing: transactions of the original's that have paid deposits.
    PaidBefore = "paid_before",
    /// coin, or 255 for none, code -> since when a problem of health is open.
    ProblemsOpen = "problems_open",
    /// name -> a receiver or reader of events, how far it was told, and the last times that it was.
    Receivers = "receivers",
    /// binding number -> the webhook that a client gave for it.
    Hooks = "hooks",
    /// binding number, event number -> nothing: an event that the binding's webhook is to be told.
    HooksDue = "hooks_due",
    /// client, state, since when, binding number -> nothing, for webhooks that are to be told something.
    HooksByState = "hooks_by_state",
    /// client -> how many webhooks it has, and how they are.
    HookCounts = "hook_counts",
    /// name of a table -> how many rows it has, and the sum of their checksums.
    Seals = "seals",
}

impl Table {
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
