//! What is kept for good: events and tables in one transaction, group commit, snapshots for readers.
//!
//! [`Store::write`] answers when its commit is durable; [`Store::snapshot`] is all as of the last one, without a wait.
//!
//! Its files stand on floors, and none knows one above it: the port ([`kv`]) and its backends, `codec`, `seal`;
//! what rows are, and reads of them (`tables`, `index`, `pools`, `gaps` ...); [`WriteTx`], a write in progress;
//! what each event does to rows (`rows`, `bindings`, `attempts`, `spends` ...); `apply`, which knows them all;
//! `record`, the only way to change anything; `replay`, the audit, `migrate`; and this, with the `writer`.
//!
//! On failure: a job's own error undoes that job alone. A failing database ends the store: every waiting and later
//! caller gets an error, and [`Store::failed`] tells the process to end.

mod about;
mod account;
mod account_pool;
mod accounts;
mod act_log;
mod answers;
mod apply;
mod attempt_rows;
mod attempts;
mod audit;
mod audit_accounts;
mod audit_attempts;
mod audit_books;
mod audit_chain;
mod audit_orders;
mod audit_people;
mod audit_report;
mod audit_run;
mod audit_spends;
mod audit_tables;
mod audit_withdrawals;
mod backup;
mod balance_check;
mod bindable;
mod bindings;
mod books;
mod bound_runs;
mod breakers;
mod chain;
mod chunk;
mod codec;
mod compared;
mod counters;
mod days;
mod deed;
mod error;
mod events;
mod foreign_spends;
mod gaps;
mod history;
mod history_row;
mod hold_words;
mod hooks;
mod hour;
mod hours;
mod identities;
mod index;
#[cfg(feature = "testing")]
mod index_alone;
mod inheritance;
mod inherited;
mod inherited_row;
pub mod kv;
mod look;
mod lookahead;
mod memory_backend;
mod migrate;
mod narration;
mod nonces;
mod noting;
mod open_problems;
mod open_state;
mod orders;
mod own_money;
mod own_money_row;
mod payee_accounts;
mod payees;
mod people;
mod pool;
mod pools;
mod prices_heard;
mod prices_set;
mod proposals;
mod purchases;
mod receivers;
mod record;
mod redb_backend;
mod rehearsal;
mod remainders;
mod replay;
mod restored;
mod row_keys;
mod rows;
mod seal;
mod secret;
mod sessions;
mod snapshot;
mod sole_line;
mod spends;
mod standing;
mod story;
mod switches;
mod tables;
mod tainted;
mod telling;
#[cfg(test)]
mod tests;
mod tx;
mod wallet_addresses;
mod withdrawals;
mod writer;
mod writer_thread;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex};

use arc_swap::ArcSwap;
use tokio::sync::watch;

use crate::clock::Clock;
use error::invariant;

pub use about::{Stories, Subject};
pub use account::{Account, Derivation, USUAL_GAP_LIMIT};
pub use accounts::Accounts;
pub use act_log::{ActEntry, ActLog, ActOutcome};
pub use answers::{ANSWERS_KEPT, Answers, Before, KeptAnswer, OnceKey};
pub use audit::Audit;
pub use audit_accounts::check_derivations;
pub use audit_report::{AuditReport, Finding};
pub use backup::{backup_into, backup_to};
pub use balance_check::BalanceChecks;
pub use bindings::NewDeposit;
pub use books::{Books, StrayPayment, journal};
pub use bound_runs::{BoundRun, BoundRuns};
pub use breakers::Breakers;
pub use chain::{Chains, Cursor, KEPT_BLOCKS, Rescan};
pub use chunk::CHUNK as POOL_CHUNK;
pub use compared::{BalanceCheck, CheckEnd};
pub use counters::Counters;
pub use days::{DAY, DayLine, Days};
pub use deed::Deed;
pub use error::StoreError;
pub use events::{
    AddressEvent, AttemptEvent, BreakerEvent, ChainEvent, DepositEvent, Event, FactorUsed, OrderEvent,
    PayoutEvent, PersonEvent, PriceEvent, ProblemEvent, ProposalEvent, ReceiverEvent, Record, SwitchEvent,
    WalletEvent, WithdrawalEvent,
};
pub use foreign_spends::{Reconciled, Spends};
pub use gaps::{BlindRange, BlockGaps, GapEffect, OpenGaps, Passed, PassedOver, Passes, Seen};
#[cfg(feature = "testing")]
pub use history::chain_anew;
pub use history::{History, HistoryProof, PastEvent, prove_history};
pub use hold_words::hold_words;
pub use hooks::{Hook, HookCounts, HookRefusal, HookState, HookTold, Hooks, NewHook};
pub use hour::{Delays, HOUR, Hour};
pub use hours::Hours;
pub use identities::{Identities, is_same_chain};
#[cfg(feature = "testing")]
pub use index_alone::IndexAlone;
pub use inheritance::Inheritance;
pub use inherited_row::InheritedDeposit;
pub use look::{CopyDrill, CopyFacts, LookResult, drill_copy, look, look_at_copy};
pub use memory_backend::MemoryBackend;
pub use migrate::{Purpose, SCHEMA_VERSION, migrate, read_schema_version};
pub use open_problems::{OpenProblems, StoredProblem};
pub use open_state::OpenState;
pub use orders::Orders;
pub use own_money::OwnMoneyTable;
pub use own_money_row::OwnMoney;
pub use people::{AccessToken, People, Person, SecondFactor};
pub use pools::{HandOut, Offer, Pool, Pools};
pub use prices_heard::{PriceHeard, PricesHeard};
pub use prices_set::{PriceSet, PricesSet};
pub use proposals::{Proposal, ProposalState, Proposals};
pub use receivers::{DELIVERIES_KEPT, Delivery, Failing, MOST_READERS, ReceiverRow, Receivers, Rest, Told};
pub use redb_backend::RedbBackend;
pub use rehearsal::Rehearsal;
pub use remainders::Remainders;
pub use restored::{RestoredCopy, Restores};
#[cfg(feature = "testing")]
pub use seal::seal_anew;
pub use secret::DeskSecret;
pub use sessions::{Session, Sessions};
pub use snapshot::Snapshot;
pub use sole_line::{SoleLine, SoleStage};
pub use standing::Standing;
pub use switches::Switches;
pub use tables::{Binding, Page, Purchase, Tables, WaitingPage};
pub use tainted::{Tainted, Taints};
pub use telling::Telling;
pub use tx::WriteTx;
pub use wallet_addresses::WalletAddresses;
pub use withdrawals::Withdrawals;

/// Jobs that may wait for the writer. Beyond it the service is overloaded, and says so at once.
const QUEUE: usize = 16 * 1024;

/// The store. Clones are handles to the same one; it closes with the last of them.
#[derive(Debug, Clone)]
pub struct Store {
    shared: Arc<Shared>,
    writer: Arc<writer_thread::WriterThread>,
    /// Hears what is done, where nothing of it is to be kept.
    rehearsed: Option<rehearsal::Told>,
    /// The request that it works for, where that is to be done once.
    once: Option<OnceKey>,
}

pub(crate) struct Shared {
    backend: Arc<dyn kv::Backend>,
    clock: Arc<dyn Clock>,
    index: Arc<index::Index>,
    newest: Arc<ArcSwap<snapshot::Newest>>,
    current: ArcSwap<Snapshot>,
    queue: SyncSender<writer::Message>,
    work: watch::Sender<u64>,
    commits: watch::Sender<u64>,
    failed: watch::Sender<Option<StoreError>>,
    closing: AtomicBool,
    /// Transactions that were committed since the store was opened.
    committed: AtomicU64,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("backend", &self.backend).finish_non_exhaustive()
    }
}

impl Shared {
    fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Acquire)
    }

    fn fail(&self, error: &StoreError) {
        self.failed.send_replace(Some(error.clone()));
    }
}

impl Store {
    /// Brings the data up to this version's schema, audits it, and starts the writer. `progress` hears how many
    /// rows the audit has seen.
    pub fn open(
        backend: Arc<dyn kv::Backend>,
        purpose: Purpose,
        clock: Arc<dyn Clock>,
        progress: &dyn Fn(u64),
    ) -> Result<Store, StoreError> {
        migrate(&*backend, &purpose)?;
        Store::start(backend, Some(&purpose), clock, progress)
    }

    /// Opens what is there, whatever it is for, to change nothing that depends on that: what a tool does. It has to be
    /// of this version's schema.
    ///
    /// # Errors
    ///
    /// Where it is none, or contradicts itself.
    pub fn open_as_it_is(
        backend: Arc<dyn kv::Backend>,
        clock: Arc<dyn Clock>,
        progress: &dyn Fn(u64),
    ) -> Result<Store, StoreError> {
        match read_schema_version(&*backend.snapshot()?)? {
            Some(SCHEMA_VERSION) => Store::start(backend, None, clock, progress),
            Some(found) => Err(StoreError::NewerSchema { found, known: SCHEMA_VERSION }),
            None => Err(StoreError::Inconsistent(vec!["it is no database of teller".to_owned()])),
        }
    }

    fn start(
        backend: Arc<dyn kv::Backend>,
        purpose: Option<&Purpose>,
        clock: Arc<dyn Clock>,
        progress: &dyn Fn(u64),
    ) -> Result<Store, StoreError> {
        let kv = backend.snapshot()?;
        let (index, counters, pools) = audit_run::audited(&*kv, progress)?;
        let kv = match purpose {
            Some(purpose) => migrate::fix_networks(&*backend, &*kv, purpose)?,
            None => kv,
        };
        let newest = Arc::new(ArcSwap::from_pointee(snapshot::Newest(Arc::clone(&kv))));
        let (counted, pooled, last_event) = (counters.clone(), pools.clone(), counters.events);
        let snapshot = Snapshot::new(kv, Arc::clone(&index), Arc::clone(&newest), counted, pooled);
        let (queue, messages) = sync_channel(QUEUE);
        let shared = Arc::new(Shared {
            backend,
            clock,
            index,
            newest,
            current: ArcSwap::from_pointee(snapshot),
            queue,
            work: watch::Sender::new(0),
            commits: watch::Sender::new(last_event),
            failed: watch::Sender::new(None),
            closing: AtomicBool::new(false),
            committed: AtomicU64::new(0),
        });
        let writer = writer::Writer { shared: Arc::clone(&shared), messages, counters, pools };
        let thread = std::thread::Builder::new().name("store-writer".into()).spawn(move || writer.run());
        let thread = Mutex::new(Some(thread.map_err(StoreError::backend)?));
        let writer = Arc::new(writer_thread::WriterThread { shared: Arc::clone(&shared), thread });
        Ok(Store { shared, writer, rehearsed: None, once: None })
    }

    /// Returns a store in which everything can be done and nothing is kept: what an act would do.
    pub fn rehearse(&self) -> Rehearsal {
        let told = rehearsal::Told::default();
        let store = Store { rehearsed: Some(Arc::clone(&told)), ..self.clone() };
        Rehearsal::new(store, told)
    }

    /// Everything as of the last commit.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.shared.current.load_full()
    }

    /// Runs `work` inside a transaction and answers once it is durable. The closure may run more than once, so it
    /// must have no effect outside of the transaction. Its own error undoes all that it recorded.
    ///
    /// # Errors
    ///
    /// The store's own. Where the closure has errors of its own, [`Store::act`] is the one to take.
    pub async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Fn(&mut WriteTx<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        self.act(work).await
    }

    /// [`Store::write`] for work that can be refused for reasons of its own.
    ///
    /// # Errors
    ///
    /// The work's, or the store's in its place.
    pub async fn act<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: Fn(&mut WriteTx<'_>) -> Result<T, E> + Send + 'static,
    {
        let (task, answer) = writer::Task::new(answers::once(self.once, work), self.rehearsed.clone());
        self.enqueue(Box::new(task))?;
        let answer = tracing::Instrument::instrument(answer, tracing::debug_span!("commit")).await;
        answer.unwrap_or_else(|_| Err(E::from(self.why_closed())))
    }

    /// [`Store::write`] for callers without a runtime.
    ///
    /// # Errors
    ///
    /// The store's own.
    pub fn write_blocking<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Fn(&mut WriteTx<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        self.act_blocking(work)
    }

    /// [`Store::act`] for callers without a runtime.
    ///
    /// # Errors
    ///
    /// The work's, or the store's in its place.
    pub fn act_blocking<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: Fn(&mut WriteTx<'_>) -> Result<T, E> + Send + 'static,
    {
        let (task, answer) = writer::Task::new(work, self.rehearsed.clone());
        self.enqueue(Box::new(task))?;
        answer.blocking_recv().unwrap_or_else(|_| Err(E::from(self.why_closed())))
    }

    fn why_closed(&self) -> StoreError {
        self.shared.failed.borrow().clone().unwrap_or(StoreError::Closed)
    }

    fn enqueue(&self, job: Box<dyn writer::Job>) -> Result<(), StoreError> {
        if self.shared.is_closing() || self.shared.failed.borrow().is_some() {
            return Err(self.why_closed());
        }
        self.shared.queue.try_send(writer::Message::Job(job)).map_err(|error| match error {
            TrySendError::Full(_) => StoreError::Busy,
            TrySendError::Disconnected(_) => self.why_closed(),
        })
    }

    /// Changes whenever a commit left something for the workers to do.
    pub fn work(&self) -> watch::Receiver<u64> {
        self.shared.work.subscribe()
    }

    /// The number of the last event, at each commit.
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.shared.commits.subscribe()
    }

    /// Returns how many transactions were committed since the store was opened.
    pub fn committed(&self) -> u64 {
        self.shared.committed.load(Ordering::Relaxed)
    }

    /// Becomes the error that ended the store.
    pub fn failed(&self) -> watch::Receiver<Option<StoreError>> {
        self.shared.failed.subscribe()
    }

    /// Returns whether an error has ended the store.
    pub fn has_failed(&self) -> bool {
        self.shared.failed.borrow().is_some()
    }

    /// Finishes the writes that are waiting and ends the writer. Later writes are refused.
    pub fn close(&self) {
        self.writer.stop();
    }

    /// [`Store::close`], and lets go of the database, whoever still holds the store: the next may have it.
    pub fn release(&self) {
        self.close();
        self.shared.backend.close();
    }
}
