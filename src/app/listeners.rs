//! Binds the listeners: the public one (HTTP and HTTPS), the admin one, the dummy one.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use actix_web::App;
use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::from_fn;
use actix_web::web::Data;
use rustls::ServerConfig;
use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::descriptors;
use super::watching::Watching;
use super::{Ended, Listening, RunError, StartError, tls};
use crate::api::{self, ApiState, Guard, Herald, RedirectState};
use crate::backup::{Copier, DrillerHandle, KeeperHandle};
use crate::chain::Balances;
use crate::clock::Clock;
use crate::config::{Config, Tls};
use crate::dummy::{self, DummyNode, DummyState, Player};
use crate::engine::{Appeals, Intake, Play, Reload};
use crate::http::{Door, DoorLimits, Listener, Once, attend, numbered, problems, serve};
use crate::live::Live;
use crate::monitor::{
    self, ActBook, BuildInfo, Configured, EventDesk, Logins, Metrics, MonitorState, SecondPerson,
};
use crate::report::{HealthCheck, Outlook, Readiness};
use crate::skycoin::Address;
use crate::store::Store;
use crate::task::Shutdown;
use crate::types::PerCoin;

/// Connections to the admin and to the dummy listener, each.
const OWN_CONNECTIONS: usize = 64;
/// Handshakes in progress, for one of so many connections.
const HANDSHAKES_OF: usize = 4;
/// Seconds that requests in progress get when the service stops.
const STOP_TIMEOUT: u64 = 10;
/// The commit that this was built from, where the build says so.
const COMMIT: Option<&str> = option_env!("TELLER_COMMIT");

/// What the listeners need.
pub(super) struct ListenerParts {
    pub(super) store: Store,
    pub(super) live: Arc<Live>,
    pub(super) outlook: Arc<Outlook>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) own: Vec<Address>,
    pub(super) scanner: Option<Intake>,
    pub(super) node: Option<Arc<DummyNode>>,
    pub(super) reload: Arc<Reload>,
    /// None where no node is asked.
    pub(super) balances: Option<Arc<dyn Balances>>,
    pub(super) appeals: Arc<Appeals>,
    /// Told to load certificate files anew.
    pub(super) hang_up: Arc<Notify>,
    pub(super) data_dir: PathBuf,
    /// Makes copies of the database; and has one kept now, where they make themselves.
    pub(super) backups: (Copier, Option<(KeeperHandle, DrillerHandle)>),
    pub(super) database: PathBuf,
    pub(super) watching: Watching,
    pub(super) events: EventDesk,
}

/// Listeners whose ports are taken. Connections queue in the kernel; nobody is served yet.
#[derive(Default)]
pub(super) struct BoundListeners {
    pub(super) listening: Listening,
    servers: Vec<(&'static str, Server)>,
    doors: Vec<(&'static str, Arc<Door>)>,
    renewal: Option<tls::Renewal>,
    herald: Option<Herald>,
    hang_up: Arc<Notify>,
    /// What health is told by; none before the public listener is bound.
    health: Option<Arc<HealthCheck>>,
}

/// Listeners that serve.
#[derive(Default)]
pub(super) struct Serving {
    pub(super) listening: Listening,
    pub(super) tasks: JoinSet<Ended>,
    pub(super) servers: Vec<ServerHandle>,
    pub(super) names: Vec<&'static str>,
    /// What health is told by; none where no listener was bound.
    pub(super) health: Option<Arc<HealthCheck>>,
}

impl BoundListeners {
    /// Answers whoever asks, from now on.
    pub(super) fn serve(self, shutdown: Shutdown, readiness: &Readiness) -> Serving {
        let mut serving = Serving { listening: self.listening, health: self.health, ..Serving::default() };
        for (name, server) in self.servers {
            serving.servers.push(server.handle());
            serving.employ(
                name,
                async move { server.await.map_err(|error| RunError::Listener { name, error }) },
            );
        }
        for (name, door) in self.doors {
            let shutdown = shutdown.clone();
            serving.employ(name, async move {
                tokio::select! {
                    () = door.sweep() => {}
                    () = shutdown.wait() => door.close(),
                }
                Ok(())
            });
        }
        if let Some(herald) = self.herald {
            let shutdown = shutdown.clone();
            serving.employ("herald", async {
                herald.run(shutdown).await;
                Ok(())
            });
        }
        if let Some(renewal) = self.renewal {
            let hang_up = self.hang_up;
            serving.employ("certificate", async {
                renewal.run(hang_up, shutdown).await;
                Ok(())
            });
        }
        readiness.serves();
        serving
    }
}

impl Serving {
    fn employ(
        &mut self,
        name: &'static str,
        work: impl Future<Output = Result<(), RunError>> + Send + 'static,
    ) {
        self.names.push(name);
        self.tasks.spawn(Ended::after(name, work));
    }
}

/// Binds all of them, or none: no buyer may be answered before it is sure that the service starts.
pub(super) fn bind(config: &Config, parts: ListenerParts) -> Result<BoundListeners, StartError> {
    let mut bound = BoundListeners { hang_up: Arc::clone(&parts.hang_up), ..BoundListeners::default() };
    let tls = tls::server_config(&config.web.tls, &parts.data_dir, &parts.live)?;
    let health = bind_public(config, &parts, tls, &mut bound)?;
    bound.health = Some(Arc::clone(&health));
    bind_admin(config, &parts, health, &mut bound)?;
    if config.dummy.is_on() {
        bind_dummy(config, &parts, &mut bound)?;
    }
    bound.doors.iter().for_each(|(_, door)| parts.watching.doors.add(door));
    Ok(bound)
}

fn version() -> String {
    match COMMIT {
        Some(commit) => format!("{} ({commit})", env!("CARGO_PKG_VERSION")),
        None => env!("CARGO_PKG_VERSION").to_owned(),
    }
}

/// Dummy mode alone has one.
fn player(parts: &ListenerParts) -> Option<Arc<dyn Play>> {
    let (intake, node) = (parts.scanner.clone()?, Arc::clone(parts.node.as_ref()?));
    Some(Arc::new(Player::new(parts.store.clone(), intake, node, Arc::clone(&parts.clock))))
}

/// Answers what tells health there: the admin listener tells the same.
fn bind_public(
    config: &Config,
    parts: &ListenerParts,
    tls: Option<tls::TlsSetup>,
    bound: &mut BoundListeners,
) -> Result<Arc<HealthCheck>, StartError> {
    let (store, outlook, clock) = (parts.store.clone(), Arc::clone(&parts.outlook), Arc::clone(&parts.clock));
    let readiness = Arc::clone(&parts.watching.readiness);
    let state = ApiState::new(config, store, outlook, clock, parts.own.clone(), version(), readiness);
    let state = Data::new(state.played_by(player(parts)));
    let (watchers, pace) = (Arc::clone(&state.watchers), Arc::clone(&state.pace));
    bound.herald = Some(Herald::new(parts.store.clone(), Arc::clone(&parts.live), watchers, pace));
    let guard = Guard::new(&config.web);
    let is_https = tls.is_some();
    let door = public_door(config);
    bound.doors.push(("public connections", Arc::clone(&door)));
    if let (Some(address), Some(setup)) = (config.web.https_addr, tls) {
        let place =
            Place { address, door: Arc::clone(&door), tls: Some(Arc::new(setup.config)), workers: None };
        bound.listening.https = Some(https(place, &guard, &state, bound)?);
        bound.renewal = Some(setup.renewal);
    }
    if let Some(address) = config.web.http_addr {
        let place = Place { address, door, tls: None, workers: is_https.then_some(1) };
        let address = if is_https {
            redirecting(place, redirect_state(config, bound), bound)?
        } else {
            http(place, &guard, &state, bound)?
        };
        bound.listening.http = Some(address);
    }
    Ok(Arc::clone(&state.health))
}

/// One for all public listeners: their connections come out of one number of open files.
fn public_door(config: &Config) -> Arc<Door> {
    let web = &config.web;
    let max = descriptors::for_connections(web.max_connections, descriptors::raise());
    Door::new(
        "public",
        DoorLimits {
            max,
            per_client: web.max_connections_per_client,
            handshakes: max.div_ceil(HANDSHAKES_OF),
            behind_proxy: web.behind_proxy,
            trusted_proxies: web.trusted_proxies.clone(),
            ..DoorLimits::only(max)
        },
    )
}

/// The door of a listener that is not for buyers: whatever happens to theirs, this one has room.
fn own_place(name: &'static str, address: SocketAddr, bound: &mut BoundListeners) -> Place {
    let door = Door::new(name, DoorLimits::only(OWN_CONNECTIONS));
    bound.doors.push((name, Arc::clone(&door)));
    Place { address, door, tls: None, workers: Some(1) }
}

fn redirect_state(config: &Config, bound: &BoundListeners) -> RedirectState {
    let host = match &config.web.tls {
        Tls::Automatic(acme) => Some(acme.host.clone()),
        Tls::Off | Tls::Files { .. } => None,
    };
    RedirectState { host, port: bound.listening.https.map_or(443, |address| address.port()) }
}

/// An app of the public API behind its guard.
macro_rules! public_app {
    ($guard:expr, $state:expr) => {{
        let (guard, state) = (Arc::clone($guard), $state.clone());
        move || {
            let (seal, state) = (Arc::clone(&guard), state.clone());
            App::new()
                .wrap(from_fn(problems))
                .wrap(from_fn(move |request, next| Arc::clone(&seal).seal(request, next)))
                .wrap(from_fn(attend))
                .wrap(from_fn(numbered))
                .configure(|routes| api::configure(routes, state, &guard))
        }
    }};
}

/// Takes a listener's port, through a door, and names its server.
macro_rules! listen {
    ($bound:expr, $name:literal, $key:literal, $place:expr, $app:expr) => {{
        let Place { address, door, tls, workers } = $place;
        let refused = |source| StartError::Listen { key: $key, address, source };
        let socket = Listener::bind(address).map_err(refused)?;
        let taken = socket.local_addr().map_err(refused)?;
        let listener = Listener { socket, door, tls, workers, stop_timeout: STOP_TIMEOUT };
        $bound.servers.push(($name, serve(listener, $app).map_err(refused)?));
        taken
    }};
}

/// Where a listener is, and how one comes in.
struct Place {
    address: SocketAddr,
    door: Arc<Door>,
    tls: Option<Arc<ServerConfig>>,
    workers: Option<usize>,
}

fn http(
    place: Place,
    guard: &Arc<Guard>,
    state: &Data<ApiState>,
    bound: &mut BoundListeners,
) -> Result<SocketAddr, StartError> {
    Ok(listen!(bound, "http", "web.http_addr", place, public_app!(guard, state)))
}

fn https(
    place: Place,
    guard: &Arc<Guard>,
    state: &Data<ApiState>,
    bound: &mut BoundListeners,
) -> Result<SocketAddr, StartError> {
    Ok(listen!(bound, "https", "web.https_addr", place, public_app!(guard, state)))
}

fn redirecting(
    place: Place,
    state: RedirectState,
    bound: &mut BoundListeners,
) -> Result<SocketAddr, StartError> {
    let state = Data::new(state);
    let app = move || {
        let state = state.clone();
        App::new()
            .wrap(from_fn(problems))
            .wrap(from_fn(attend))
            .wrap(from_fn(numbered))
            .configure(|routes| api::configure_redirect(routes, state))
    };
    Ok(listen!(bound, "http", "web.http_addr", place, app))
}

fn metrics(config: &Config, parts: &ListenerParts, health: Arc<HealthCheck>) -> Metrics {
    let version = env!("CARGO_PKG_VERSION");
    Metrics {
        health,
        doors: Arc::clone(&parts.watching.doors),
        database: parts.database.clone(),
        build: BuildInfo { version, commit: COMMIT.unwrap_or_default(), is_play: config.dummy.is_on() },
        started: parts.clock.now(),
    }
}

fn bind_admin(
    config: &Config,
    parts: &ListenerParts,
    health: Arc<HealthCheck>,
    bound: &mut BoundListeners,
) -> Result<(), StartError> {
    let state = Data::new(MonitorState {
        store: parts.store.clone(),
        live: Arc::clone(&parts.live),
        outlook: Arc::clone(&parts.outlook),
        token: config.admin.token.clone(),
        enabled: PerCoin::new(|coin| config.coin(coin).enabled),
        own: parts.own.clone(),
        configured: Configured { binds: config.teller.bind_enabled, sends: config.rail.send_enabled },
        scanning: !config.dummy.scanner,
        copier: parts.backups.0.clone(),
        keeper: parts.backups.1.clone(),
        profile: config.profile,
        reload: Arc::clone(&parts.reload),
        balances: parts.balances.clone(),
        clock: Arc::clone(&parts.clock),
        once: Once::new(parts.store.clone(), Arc::clone(&parts.clock)),
        appeals: Arc::clone(&parts.appeals),
        version: version(),
        is_play: config.dummy.is_on(),
        metrics: metrics(config, parts, health),
        readiness: Arc::clone(&parts.watching.readiness),
        watch: Arc::clone(&parts.watching.problems),
        logins: Logins::new(&config.admin),
        second_person: SecondPerson::new(&config.admin),
        acts: ActBook::default(),
        events: parts.events.clone(),
    });
    let app = move || {
        let state = state.clone();
        App::new()
            .wrap(from_fn(problems))
            .wrap(from_fn(attend))
            .wrap(from_fn(numbered))
            .configure(|routes| monitor::configure(routes, state))
    };
    let place = own_place("admin connections", config.admin.host, bound);
    bound.listening.admin = Some(listen!(bound, "admin", "admin_panel.host", place, app));
    Ok(())
}

fn bind_dummy(config: &Config, parts: &ListenerParts, bound: &mut BoundListeners) -> Result<(), StartError> {
    let state = Data::new(DummyState {
        store: parts.store.clone(),
        scanner: parts.scanner.clone(),
        sender: parts.node.clone(),
        networks: PerCoin::new(|coin| config.coin(coin).network),
        once: Once::new(parts.store.clone(), Arc::clone(&parts.clock)),
    });
    let app = move || {
        let state = state.clone();
        App::new()
            .wrap(from_fn(problems))
            .wrap(from_fn(attend))
            .wrap(from_fn(numbered))
            .configure(|routes| dummy::configure(routes, state))
    };
    let place = own_place("dummy connections", config.dummy.http_addr, bound);
    bound.listening.dummy = Some(listen!(bound, "dummy", "dummy.http_addr", place, app));
    Ok(())
}
