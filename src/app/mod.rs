//! The service put together: this module alone names the adapters and knows everything.
//!
//! [`App::start`] opens, loads and binds, and answers every error it finds; [`App::run`] works until it is told to
//! stop or something critical dies; then it drains, in order and with a deadline.

mod alerts;
mod backups;
mod block_hint;
mod chains;
mod descriptors;
mod doctor;
mod drill;
mod given;
mod keyless;
mod listeners;
mod look;
mod manager;
mod money;
mod moving;
mod outbox;
mod parts;
mod pidfile;
mod preflight;
mod prices;
mod reachable;
mod reconcile;
mod reconcile_copy;
mod running;
mod second_nodes;
mod shadow;
mod shadow_report;
mod staff;
mod tls;
mod upstream;
mod watchdog;
mod watching;

use std::any::Any;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use futures_util::FutureExt;
use tokio::sync::Notify;
use tokio::task::{JoinError, JoinSet};

use crate::config::Config;
use crate::engine::PoolError;
use crate::exchange::SetupError;
use crate::rail::HotWalletError;
use crate::rpc::RpcError;
use crate::skycoin::Address;
use crate::store::{Store, StoreError};
use crate::task::{Shutdown, StepError, panic_words};

use manager::{Manager, Told};

pub use doctor::{Diagnosis, Finding, Line, diagnose};
pub use drill::{DrillReport, drill};
pub use moving::{MoveOverError, MovedOver, move_over};
pub use pidfile::remove_pidfile;
pub use preflight::{Findings, check};
pub use reachable::reachable;
pub use reconcile::{ReconcileError, reconcile};
pub use reconcile_copy::{ComparedCopy, CopyScope, reconcile_copy};
pub use shadow_report::{ShadowReportError, shadow_report};
pub use tls::TlsError;

/// How long a graceful stop may take before it is said who is still alive.
const DRAIN: Duration = Duration::from_secs(20);

/// Why the service did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Something that is switched on is not part of this version.
    #[error("not available in this version:\n  {}", .0.join("\n  "))]
    NotThere(Vec<String>),
    /// Others may change what the desk's safety hangs on.
    #[error("{}", .0.join("\n  "))]
    Exposed(Vec<String>),
    /// The data directory cannot be made.
    #[error("data directory {}: {source}", path.display())]
    DataDir {
        /// The directory.
        path: PathBuf,
        /// The error of the system.
        source: std::io::Error,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An address file.
    #[error(transparent)]
    Pool(#[from] PoolError),
    /// The hot wallet.
    #[error(transparent)]
    Wallet(#[from] Box<HotWalletError>),
    /// The exchange that coins are bought on cannot be spoken to.
    #[error("sky_exchanger.exchange_client: {0}")]
    Exchange(#[from] SetupError),
    /// An address of the hot wallet belongs to a buyer.
    #[error(
        "sky_exchanger.wallet: its address {0} was given to a buyer as a deposit address, and change could not be told \
         apart from deposits; use another wallet"
    )]
    OwnAddressBound(Address),
    /// The settings of a node cannot be used.
    #[error("{section}: {error}")]
    Node {
        /// The node's section of the configuration.
        section: &'static str,
        /// What is wrong with its settings.
        error: RpcError,
    },
    /// The certificate.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// A receiver of alerts.
    #[error(transparent)]
    Alerts(#[from] crate::alerts::SetupError),
    /// Copies of the database cannot make themselves.
    #[error("backup: {0}")]
    Backup(#[from] crate::backup::BackupError),
    /// A receiver of events.
    #[error(transparent)]
    Events(#[from] crate::outbox::SetupError),
    /// A listener cannot be bound.
    #[error("{key}: cannot listen on {address}: {source}")]
    Listen {
        /// The key of the configuration that names it.
        key: &'static str,
        /// The address that it should listen on.
        address: SocketAddr,
        /// The error of the system.
        source: std::io::Error,
    },
    /// The pid file cannot be written.
    #[error("pidfile {}: {source}", path.display())]
    PidFile {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        source: std::io::Error,
    },
}

/// Why the service ended, when nobody asked it to.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A worker ended. The desk is none without it.
    #[error("worker {name} ended: {error}")]
    Worker {
        /// The name of the worker.
        name: &'static str,
        /// Why it ended.
        error: StepError,
    },
    /// The database failed: the truth is read again at the next start.
    #[error("the database {} failed, what was acknowledged is in it: {error}", path.display())]
    Store {
        /// The file of the database.
        path: PathBuf,
        /// What failed.
        error: StoreError,
    },
    /// A listener ended.
    #[error("listener {name} ended: {error}")]
    Listener {
        /// The name of the listener.
        name: &'static str,
        /// The error of the system.
        error: std::io::Error,
    },
    /// A part panicked: a defect.
    #[error("{name} panicked: {words}; this is a defect of teller")]
    Panicked {
        /// The name of the part.
        name: &'static str,
        /// What the panic said.
        words: String,
    },
    /// A part ended as if it had been told to.
    #[error("{0} ended, and nobody had asked it to")]
    EndedAlone(&'static str),
    /// The stop took too long.
    #[error("stopping took longer than {DRAIN:?}; still alive: {0}")]
    Stuck(String),
}

/// Where everything listens; ports are the real ones also where 0 was asked for.
#[derive(Debug, Clone, Default)]
pub struct Listening {
    /// Where buyers are served without TLS; none where that is off.
    pub http: Option<SocketAddr>,
    /// Where buyers are served with TLS; none where that is off.
    pub https: Option<SocketAddr>,
    /// Where the operator is served; none where that is off.
    pub admin: Option<SocketAddr>,
    /// Where deposits of play money are made by hand; none where that is off.
    pub dummy: Option<SocketAddr>,
}

impl Listening {
    fn log(&self) {
        let [public_http, public_https, admin, dummy] = [self.http, self.https, self.admin, self.dummy]
            .map(|address| address.map(tracing::field::display));
        tracing::info!(public_http, public_https, admin, dummy, "listening");
    }
}

/// A service that is running.
#[derive(Debug)]
pub struct App {
    listening: Listening,
    store: Store,
    database: PathBuf,
    shutdown: Shutdown,
    tasks: JoinSet<Ended>,
    servers: Vec<ServerHandle>,
    names: Vec<&'static str>,
    pidfile: Option<pidfile::PidFile>,
    reload: Reload,
}

/// What a SIGHUP asks for.
#[derive(Debug, Clone)]
pub struct Reload {
    pools: Arc<crate::engine::Reload>,
    certificate: Arc<Notify>,
    prices: Arc<prices::ConfigFile>,
    manager: Manager,
    /// Wakes who says that it is done.
    begun: Arc<Notify>,
}

impl Reload {
    /// Looks at the address files, loads the certificate anew, and reads the prices of the configuration anew.
    pub fn ask(&self) {
        self.manager.tell(Told::Reloading);
        self.pools.ask();
        self.certificate.notify_one();
        self.prices.ask();
        self.begun.notify_one();
    }

    /// Returns whether something that was asked for has not begun yet.
    fn is_asked(&self) -> bool {
        self.pools.is_asked() || self.prices.is_asked()
    }
}

/// What a task answers when it ends.
#[derive(Debug)]
struct Ended {
    name: &'static str,
    result: Result<(), RunError>,
}

impl Ended {
    /// Does a part's work and answers how it ended; a panic in it is told with its words.
    async fn after(name: &'static str, work: impl Future<Output = Result<(), RunError>>) -> Ended {
        let work = async {
            #[cfg(feature = "testing")]
            crate::task::panic_if_asked(name);
            work.await
        };
        let result = AssertUnwindSafe(work).catch_unwind().await;
        let panicked = |panic: Box<dyn Any + Send>| RunError::Panicked { name, words: panic_words(&*panic) };
        Ended { name, result: result.map_err(panicked).and_then(|result| result) }
    }
}

fn panicked(name: &'static str, error: JoinError) -> RunError {
    let words = match error.try_into_panic() {
        Ok(panic) => panic_words(&*panic),
        Err(cancelled) => cancelled.to_string(),
    };
    RunError::Panicked { name, words }
}

impl App {
    /// Opens the store, loads the pools, binds the listeners and starts the workers.
    pub async fn start(config: Config, data_dir: PathBuf) -> Result<App, StartError> {
        parts::start(config, data_dir).await
    }

    /// Returns where it listens.
    pub fn listening(&self) -> &Listening {
        &self.listening
    }

    /// Makes [`App::run`] stop.
    pub fn shutdown(&self) -> Shutdown {
        self.shutdown.clone()
    }

    /// For whoever hears a SIGHUP.
    pub fn reload(&self) -> Reload {
        self.reload.clone()
    }

    /// Returns its store.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Works until it is told to stop, then drains. An error means that something died.
    pub async fn run(mut self) -> Result<(), RunError> {
        let first = self.until_something_ends().await;
        self.shutdown.trigger();
        self.reload.manager.tell(Told::Stopping);
        let drained = tokio::time::timeout(DRAIN, self.drain()).await;
        let is_stuck = drained.is_err();
        let stuck = |_| Err(RunError::Stuck(self.names.join(", ")));
        let result = first.and(drained.unwrap_or_else(stuck));
        // Where the database failed, at whatever time, everything else that went wrong is only a consequence.
        let result = self.database_failure().map_or(result, Err);
        self.pidfile.iter().for_each(|pidfile| remove_pidfile(&pidfile.path));
        if is_stuck {
            // What did not end within the deadline would be waited for once more where it is dropped.
            std::mem::forget(self);
        }
        result
    }

    async fn until_something_ends(&mut self) -> Result<(), RunError> {
        let mut failed = self.store.failed();
        tokio::select! {
            () = self.shutdown.wait() => Ok(()),
            _ = failed.wait_for(Option::is_some) => {
                let failure = self.database_failure();
                failure.iter().for_each(|error| tracing::error!(%error, "ending"));
                failure.map_or(Ok(()), Err)
            }
            ended = self.tasks.join_next() => match ended {
                Some(ended) => self.ended(ended).and_then(|name| {
                    self.shutdown.is_triggered().then_some(()).ok_or(RunError::EndedAlone(name))
                }),
                None => Ok(()),
            },
        }
    }

    /// Takes a part off the list; answers its name where it ended well.
    fn ended(&mut self, ended: Result<Ended, JoinError>) -> Result<&'static str, RunError> {
        let Ended { name, result } = ended.map_err(|panic| panicked("a part", panic))?;
        self.names.retain(|known| *known != name);
        result.inspect_err(|error| tracing::error!(part = name, %error, "ended")).map(|()| name)
    }

    fn database_failure(&self) -> Option<RunError> {
        let error = self.store.failed().borrow().clone()?;
        Some(RunError::Store { path: self.database.clone(), error })
    }

    /// Stops accepting, lets requests and steps finish, closes the store.
    async fn drain(&mut self) -> Result<(), RunError> {
        tracing::info!("stopping: finishing requests and steps");
        let stops: Vec<_> = self.servers.iter().map(|server| server.stop(true)).collect();
        for stop in stops {
            stop.await;
        }
        let mut result = Ok(());
        while let Some(ended) = self.tasks.join_next().await {
            result = result.and(self.ended(ended).map(drop));
        }
        let store = self.store.clone();
        // The writer finishes what is waiting; that blocks, and it is the last thing to be done. The listeners' threads
        // may hold the store for a while yet: the next start shall find the file closed all the same.
        let closed = tokio::task::spawn_blocking(move || store.release()).await;
        if let Err(panic) = closed {
            result = result.and(Err(panicked("closing the database", panic)));
        }
        tracing::info!("stopped");
        result
    }
}
