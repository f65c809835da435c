//! From a configuration to running parts, in the order in which they need each other.

use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::listeners::{self, Parts};
use super::{App, Ended, RunError, StartError, pidfile};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::desk::Desk;
use crate::dummy::DummyNode;
use crate::engine::{Buyer, Intake, Payer, PayerSettings, PoolFile, PoolKeeper};
use crate::payout::Attempt;
use crate::report::Outlook;
use crate::store::{RedbBackend, Store, StoreError, Tables};
use crate::task::{Shutdown, Surroundings, Vitals, Worker, run};
use crate::types::{AttemptNo, BuyMethod};

const DB_NAME: &str = "teller.db";

pub(super) async fn start(config: Config, data_dir: PathBuf) -> Result<App, StartError> {
    refuse_what_is_not_there(&config)?;
    config.warnings.iter().for_each(|warning| tracing::warn!("{warning}"));
    make_data_dir(&data_dir)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let database = db_path(&config, &data_dir);
    let store = open_store(&config, database.clone(), Arc::clone(&clock)).await?;
    let desk = Arc::new(Desk::default());
    let (shutdown, reload) = (Shutdown::default(), Arc::new(Notify::new()));

    let mut keeper = pool_keeper(&config, &store, &desk, &clock);
    keeper.check().await?;

    let changed = Arc::new(Notify::new());
    let node = Arc::new(dummy_node(&config, &store, Arc::clone(&changed))?);
    let payer = Payer::new(
        store.clone(),
        Arc::clone(&node),
        Arc::new(DummyNode::hot_wallet()),
        Arc::clone(&clock),
        Arc::clone(&desk),
        payer_settings(&config),
    );
    let buyer = Buyer::new(store.clone(), config.exchanger.buy_method);

    let intake = intake(&config);
    let outlook = Outlook::new(config.exchanger.send_enabled, [None; 3], Arc::clone(&desk));
    let parts = Parts {
        store: store.clone(),
        desk: Arc::clone(&desk),
        outlook,
        scanner: Some(intake),
        node: Some(node),
        reload: Arc::clone(&reload),
        data_dir,
        shutdown: shutdown.clone(),
    };
    let mut bound = listeners::bind(&config, parts)?;
    bound.listening.log();
    let pidfile = pidfile::write(config.pidfile.clone())?;

    let mut staff =
        Staff { tasks: std::mem::take(&mut bound.tasks), names: bound.names, clock, shutdown, store };
    staff.employ(keeper, desk.pool_keeper.clone(), Arc::clone(&reload));
    staff.employ(buyer, desk.buyer.clone(), Arc::new(Notify::new()));
    staff.employ(payer, desk.payer.clone(), changed);
    Ok(App {
        listening: bound.listening,
        store: staff.store,
        database,
        shutdown: staff.shutdown,
        tasks: staff.tasks,
        servers: bound.servers,
        names: staff.names,
        pidfile,
        reload,
    })
}

/// What is in it concerns nobody but the desk.
fn make_data_dir(path: &Path) -> Result<(), StartError> {
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|source| StartError::DataDir { path: path.to_owned(), source })
}

/// The workers as they are hired.
struct Staff {
    tasks: JoinSet<Ended>,
    names: Vec<&'static str>,
    clock: Arc<dyn Clock>,
    shutdown: Shutdown,
    store: Store,
}

impl Staff {
    fn employ(&mut self, worker: impl Worker + 'static, vitals: Vitals, nudge: Arc<Notify>) {
        let name = worker.name();
        let around = Surroundings {
            clock: Arc::clone(&self.clock),
            shutdown: self.shutdown.clone(),
            work: self.store.work(),
            nudge,
        };
        self.names.push(name);
        self.tasks.spawn(async move {
            let result = run(worker, vitals, around).await;
            Ended { name, result: result.map_err(|error| RunError::Worker { name, error }) }
        });
    }
}

/// Parts that come with later versions say so plainly instead of pretending.
fn refuse_what_is_not_there(config: &Config) -> Result<(), StartError> {
    let mut missing = Vec::new();
    if !config.dummy.scanner {
        missing.push("dummy.scanner = false: scanning real chains; set it to true".to_owned());
    }
    if !config.dummy.sender {
        missing.push("dummy.sender = false: paying from a real Skycoin node; set it to true".to_owned());
    }
    if config.exchanger.buy_method == BuyMethod::Passthrough {
        missing.push("sky_exchanger.buy_method = \"passthrough\": use \"direct\"".to_owned());
    }
    if missing.is_empty() { Ok(()) } else { Err(StartError::NotThere(missing)) }
}

/// `dbfile` inside the data directory; a directory that is named stands for `teller.db` in it.
fn db_path(config: &Config, data_dir: &Path) -> PathBuf {
    let path = data_dir.join(&config.dbfile);
    if path.is_dir() { path.join(DB_NAME) } else { path }
}

async fn open_store(config: &Config, path: PathBuf, clock: Arc<dyn Clock>) -> Result<Store, StoreError> {
    let network = config.btc_rpc.network;
    let opened = tokio::task::spawn_blocking(move || {
        let began = std::time::Instant::now();
        let repairing =
            |percent| tracing::info!(percent, "the database was not closed properly, repairing it");
        let backend = Arc::new(RedbBackend::open(&path, repairing)?);
        let store =
            Store::open(backend, network, clock, &|rows| tracing::info!(rows, "auditing the database"))?;
        let snapshot = store.snapshot();
        let counters = snapshot.counters();
        let (bindings, deposits) = (counters.bindings, counters.deposits);
        tracing::info!(path = %path.display(), bindings, deposits, took = ?began.elapsed(), "database opened");
        Ok(store)
    });
    opened.await.unwrap_or_else(|panic| Err(StoreError::Backend(panic.to_string())))
}

fn pool_keeper(config: &Config, store: &Store, desk: &Arc<Desk>, clock: &Arc<dyn Clock>) -> PoolKeeper {
    let network = config.btc_rpc.network;
    let files = config.enabled_coins().filter_map(|coin| {
        let path = coin.addresses.clone()?;
        Some(PoolFile { coin: coin.coin, path, network })
    });
    PoolKeeper::new(
        store.clone(),
        files.collect(),
        Arc::clone(desk),
        Arc::clone(clock),
        config.teller.pool_low_water,
        config.teller.pool_check_period,
    )
}

fn intake(config: &Config) -> Intake {
    Intake {
        rates: [config.btc.rate.clone(), config.eth.rate.clone(), config.sky.rate.clone()],
        max_decimals: config.exchanger.max_decimals,
    }
}

fn payer_settings(config: &Config) -> PayerSettings {
    PayerSettings {
        send_enabled: config.exchanger.send_enabled,
        check_wait: config.exchanger.tx_confirmation_check_wait,
        confirmations: config.exchanger.confirmations_required,
    }
}

/// The dummy chain as it stands after the transactions of earlier runs.
fn dummy_node(config: &Config, store: &Store, changed: Arc<Notify>) -> Result<DummyNode, StoreError> {
    let snapshot = store.snapshot();
    let mut attempts: Vec<Attempt> = Vec::new();
    for number in 1..=snapshot.counters().attempts {
        attempts.extend(snapshot.attempt(AttemptNo::new(number))?);
    }
    Ok(DummyNode::new(config.dummy.balance, config.exchanger.max_decimals, &attempts, changed))
}
