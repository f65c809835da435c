//! From a configuration to running parts, in the order in which they need each other.

use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::Notify;

use super::alerts::Receivers;
use super::backups::Backups;
use super::chains::{Readers, announce_chains};
use super::given::{db_path, pool_accounts, pool_files, purpose};
use super::listeners::{self, ListenerParts, Serving};
use super::manager::{Manager, Told};
use super::money::Money;
use super::outbox;
use super::pidfile::PidFile;
use super::second_nodes;
use super::staff::Staff;
use super::watchdog::Watchdog;
use super::watching::Watching;
use super::{App, Listening, Reload, StartError, pidfile, preflight, prices, shadow, upstream};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::engine::shadow::ShadowBoard;
use crate::engine::{self, BuyMethods, Intake, PoolKeeper};
use crate::live::{Live, Prices};
use crate::monitor::EventDesk;
use crate::outbox::{Couriers, HookClients};
use crate::report::Outlook;
use crate::skycoin::Address;
use crate::store::{RedbBackend, Store, StoreError};
use crate::task::{Shutdown, aside};
use crate::types::{Coin, PerCoin, UnixTime};

pub(super) async fn start(config: Config, data_dir: PathBuf) -> Result<App, StartError> {
    let manager = Manager::of_this_process();
    look_around(&config, &data_dir)?;
    let (clock, database): (Arc<dyn Clock>, _) = (Arc::new(SystemClock), db_path(&config, &data_dir));
    let store = open_store(&config, database.clone(), Arc::clone(&clock), manager.clone()).await?;
    let (live, board) = (Arc::new(Live::default()), shadow::board(&config));
    let (shutdown, hang_up, reload) = (Shutdown::default(), Arc::new(Notify::new()), Arc::default());
    let money = Money::new(&config, &store).await?;
    let keeper = pool_keeper(&config, &store, &live, &clock, &money.own_addresses(), &reload);
    let keeper = checked(keeper, board.as_ref()).await?;
    let exchange = upstream::shared(&config, &store, &clock)?;
    let (readers, seconds) = (Readers::new(&config)?, Readers::second(&config)?);
    announce_chains(&config, &live, clock.moment());
    let intake = intake(&config, &take_over_prices(&config, &store, &live, clock.now())?);
    let (pricer, file) = prices::reading(&config, (&store, &clock, &live), &intake, exchange.as_ref())?;
    let receivers = Receivers::new(&config.alerts, &data_dir)?;
    let aside = side_jobs(&config, &store, (&data_dir, &database)).await?;
    let watching = Watching::new(&config, &store, &shutdown);
    let parts = ListenerParts {
        store: store.clone(),
        live: Arc::clone(&live),
        outlook: outlook(&config, &live, board.as_ref()),
        clock: Arc::clone(&clock),
        own: money.own_addresses(),
        scanner: config.dummy.scanner.then(|| intake.clone()),
        node: money.dummy(),
        reload: Arc::clone(&reload),
        balances: readers.balances(),
        appeals: money.appeals(),
        hang_up: Arc::clone(&hang_up),
        data_dir,
        backups: aside.0.for_listeners(),
        database: database.clone(),
        watching: watching.clone(),
        events: EventDesk::new(aside.1.clone(), aside.2.clone(), shutdown.clone()),
    };
    let (mut serving, pidfile) = serve(&config, parts, &shutdown)?;
    let mut staff = Staff::beside(&mut serving, clock, shutdown, store);
    employ_keeper(&config, &mut staff, &live, board.as_ref(), (keeper, &reload));
    upstream::employ_buyer(&config, &mut staff, &live, exchange.as_ref());
    staff.employ(pricer, live.pricer.clone(), intake.prices.nudge());
    money.employ(&config, &mut staff, &live, exchange.as_ref());
    second_nodes::employ(&config, &mut staff, &live, (&readers, seconds));
    readers.employ(&config, &mut staff, &live, &intake);
    receivers.employ(&watching, serving.health, &mut staff)?;
    employ_side_jobs(&mut staff, &live, aside);
    let reload = Reload { pools: reload, certificate: hang_up, prices: file, manager, begun: Arc::default() };
    watch(&mut staff, &serving.listening, &live, &reload, config.dummy.is_on());
    Ok(App {
        listening: serving.listening,
        store: staff.store,
        database,
        shutdown: staff.shutdown,
        tasks: staff.tasks,
        servers: serving.servers,
        names: staff.names,
        pidfile,
        reload,
    })
}

/// What is done beside everything else: copies, and those who are told.
type SideJobs = (Backups, Couriers, HookClients);

async fn side_jobs(
    config: &Config,
    store: &Store,
    (data_dir, database): (&Path, &Path),
) -> Result<SideJobs, StartError> {
    let backups = Backups::new(config, data_dir, database)?;
    Ok((backups, outbox::couriers(config, store).await?, outbox::hook_clients(config)?))
}

/// Nobody waits for these.
fn employ_side_jobs(staff: &mut Staff, live: &Arc<Live>, (backups, couriers, hooks): SideJobs) {
    backups.employ(live, staff);
    outbox::employ((&couriers, &hooks), live, staff);
}

/// Takes the ports, and answers whoever asks.
fn serve(
    config: &Config,
    parts: ListenerParts,
    shutdown: &Shutdown,
) -> Result<(Serving, Option<PidFile>), StartError> {
    let readiness = Arc::clone(&parts.watching.readiness);
    let bound = listeners::bind(config, parts)?;
    let pidfile = pidfile::write(config.pidfile.clone())?;
    bound.listening.log();
    Ok((bound.serve(shutdown.clone(), &readiness), pidfile))
}

/// Where nothing is handed out, no address has to be there.
async fn checked(mut keeper: PoolKeeper, board: Option<&Arc<ShadowBoard>>) -> Result<PoolKeeper, StartError> {
    if board.is_none() {
        keeper.check().await?;
    }
    Ok(keeper)
}

/// What keeps the address pools; where nothing is handed out, what looks on beside the original in its place.
fn employ_keeper(
    config: &Config,
    staff: &mut Staff,
    live: &Arc<Live>,
    board: Option<&Arc<ShadowBoard>>,
    (keeper, reload): (PoolKeeper, &engine::Reload),
) {
    match (board, &config.shadow) {
        (Some(board), Some(file)) => shadow::employ(config, staff, live, board, file),
        (None | Some(_), None | Some(_)) => staff.employ(keeper, live.pool_keeper.clone(), reload.nudge()),
    }
}

/// Where the service's manager wants to know, it is told that this serves and lives.
fn watch(staff: &mut Staff, listening: &Listening, live: &Arc<Live>, reload: &Reload, is_play: bool) {
    if !reload.manager.is_there() {
        return;
    }
    let watchdog = Watchdog {
        manager: reload.manager.clone(),
        listening: listening.clone(),
        store: staff.store.clone(),
        pulses: staff.pulses.clone(),
        live: Arc::clone(live),
        clock: Arc::clone(&staff.clock),
        reload: reload.clone(),
        is_play,
    };
    staff.employ_aside("watchdog", |shutdown| watchdog.run(shutdown));
}

/// The prices of the configuration, and what a person has set in their place; and what a person has switched off.
fn take_over_prices(
    config: &Config,
    store: &Store,
    live: &Live,
    now: UnixTime,
) -> Result<Arc<Prices>, StoreError> {
    let prices = Arc::new(prices::prices(config, now));
    engine::take_over_set(&store.snapshot(), &prices, now)?;
    engine::take_over_jumps(&store.snapshot(), &prices)?;
    engine::take_over_heard(&store.snapshot(), &prices, now)?;
    engine::operator::show_switches(store, live)?;
    live.set_prices(Arc::clone(&prices));
    Ok(prices)
}

/// What has to be so before anything is begun, and what the operator should know. Makes the data directory.
fn look_around(config: &Config, data_dir: &Path) -> Result<(), StartError> {
    let found = preflight::permissions(config, data_dir);
    if !found.problems.is_empty() {
        return Err(StartError::Exposed(found.problems));
    }
    config.warnings.iter().chain(&found.warnings).for_each(|warning| tracing::warn!("{warning}"));
    if config.dummy.is_on() {
        tracing::warn!("dummy mode: deposits are made by hand and paid in play money, no chain is looked at");
    }
    if let Some(file) = &config.shadow {
        tracing::warn!(copy = %file.display(), "looking on beside the original: nothing is paid, no address given out");
    }
    make_data_dir(data_dir)
}

/// How deep each coin's deposits have to be. In dummy mode they are final at once, and where the chain's own word on
/// finality counts, depth says nothing.
fn outlook(config: &Config, live: &Arc<Live>, board: Option<&Arc<ShadowBoard>>) -> Arc<Outlook> {
    let by_depth = |coin: Coin| !config.coin(coin).uses_finalized();
    let required = |coin: Coin| {
        let is_told = config.coin(coin).enabled && !config.dummy.scanner && by_depth(coin);
        is_told.then_some(config.coin(coin).confirmations_required)
    };
    let (required, live) = (PerCoin::new(required), Arc::clone(live));
    match board {
        None => Outlook::new(config.rail.send_enabled, required, live),
        Some(board) => Outlook::of_shadow(required, live, Arc::clone(board)),
    }
}

/// What is in it concerns nobody but the desk.
fn make_data_dir(path: &Path) -> Result<(), StartError> {
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|source| StartError::DataDir { path: path.to_owned(), source })
}

pub(super) async fn open_store(
    config: &Config,
    path: PathBuf,
    clock: Arc<dyn Clock>,
    manager: Manager,
) -> Result<Store, StoreError> {
    let (purpose, cache_mib) = (purpose(config), config.db_cache_mib);
    let open = move || {
        let (began, told) = (std::time::Instant::now(), manager.clone());
        let repairing = move |percent| {
            tracing::info!(percent, "the database was not closed properly, repairing it");
            told.tell(Told::Progress(format!("repairing the database: {percent} %")));
        };
        let auditing = |rows| {
            tracing::info!(rows, "auditing the database");
            manager.tell(Told::Progress(format!("auditing the database: {rows} rows so far")));
        };
        let backend = Arc::new(RedbBackend::open_cached(&path, cache_mib, repairing)?);
        manager.tell(Told::Progress("auditing the database".to_owned()));
        let store = Store::open(backend, purpose, clock, &auditing)?;
        let snapshot = store.snapshot();
        let counters = snapshot.counters();
        let (bindings, deposits) = (counters.bindings, counters.deposits);
        tracing::info!(path = %path.display(), bindings, deposits, took = ?began.elapsed(), "database opened");
        manager.tell(Told::Progress("reading addresses".to_owned()));
        Ok(store)
    };
    aside(open, || StoreError::Closed).await
}

fn pool_keeper(
    config: &Config,
    store: &Store,
    live: &Arc<Live>,
    clock: &Arc<dyn Clock>,
    own: &[Address],
    reload: &Arc<engine::Reload>,
) -> PoolKeeper {
    let keeper = PoolKeeper::new(
        store.clone(),
        pool_files(config, own),
        Arc::clone(live),
        Arc::clone(clock),
        config.teller.pool_low_water,
        config.teller.pool_check_period,
        Arc::clone(reload),
    );
    keeper.with_accounts(pool_accounts(config, own))
}

pub(super) fn intake(config: &Config, prices: &Arc<Prices>) -> Intake {
    Intake {
        prices: Arc::clone(prices),
        promised: config.exchanger.prices.promised,
        max_decimals: config.rail.max_decimals,
        methods: methods(config),
    }
}

/// How what is paid for each asset is come by.
fn methods(config: &Config) -> BuyMethods {
    let tokens = config.assets.iter().filter_map(|asset| asset.token.map(|token| (asset.coin, token)));
    let tokens = tokens.map(|(coin, token)| (token, config.method(coin, Some(token))));
    BuyMethods { coins: PerCoin::new(|coin| config.method(coin, None)), tokens: tokens.collect() }
}
