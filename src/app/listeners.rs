//! Binds the listeners: the public one (HTTP and HTTPS), the admin one, the dummy one.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::from_fn;
use actix_web::web::Data;
use actix_web::{App, HttpServer};
use rustls::ServerConfig;
use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::{Ended, Listening, RunError, StartError, tls};
use crate::api::{self, ApiState, Guard, RedirectState};
use crate::clock::Clock;
use crate::config::{Config, Tls};
use crate::desk::Desk;
use crate::dummy::{self, DummyNode, DummyState};
use crate::engine::Intake;
use crate::monitor::{self, MonitorState};
use crate::report::Outlook;
use crate::skycoin::Address;
use crate::store::Store;
use crate::task::Shutdown;
use crate::types::Coin;

/// How long a client may take to send a request's head.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// How long an idle connection is kept.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// Seconds that requests in progress get when the service stops.
const STOP_TIMEOUT: u64 = 10;
/// The commit that this was built from, where the build says so.
const COMMIT: Option<&str> = option_env!("TELLER_COMMIT");

/// What the listeners need.
pub(super) struct Parts {
    pub(super) store: Store,
    pub(super) desk: Arc<Desk>,
    pub(super) outlook: Arc<Outlook>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) own: Vec<Address>,
    pub(super) scanner: Option<Intake>,
    pub(super) node: Option<Arc<DummyNode>>,
    pub(super) reload: Arc<Notify>,
    pub(super) data_dir: PathBuf,
}

/// Listeners whose ports are taken. Connections queue in the kernel; nobody is served yet.
#[derive(Default)]
pub(super) struct Bound {
    pub(super) listening: Listening,
    servers: Vec<(&'static str, Server)>,
    acme: Option<tls::Renewal>,
}

/// Listeners that serve.
#[derive(Default)]
pub(super) struct Serving {
    pub(super) listening: Listening,
    pub(super) tasks: JoinSet<Ended>,
    pub(super) servers: Vec<ServerHandle>,
    pub(super) names: Vec<&'static str>,
}

impl Bound {
    /// Answers whoever asks, from now on.
    pub(super) fn serve(self, shutdown: Shutdown) -> Serving {
        let mut serving = Serving { listening: self.listening, ..Serving::default() };
        for (name, server) in self.servers {
            serving.servers.push(server.handle());
            serving.employ(name, async { server.await.map_err(RunError::Listener) });
        }
        if let Some(acme) = self.acme {
            serving.employ("acme", async {
                acme.run(shutdown).await;
                Ok(())
            });
        }
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
        self.tasks.spawn(async move { Ended { name, result: work.await } });
    }
}

/// Binds all of them, or none: no buyer may be answered before it is sure that the service starts.
pub(super) fn bind(config: &Config, parts: Parts) -> Result<Bound, StartError> {
    let mut bound = Bound::default();
    let tls = tls::server_config(&config.web.tls, &parts.data_dir)?;
    bind_public(config, &parts, tls, &mut bound)?;
    bind_admin(config, &parts, &mut bound)?;
    if config.dummy.scanner || config.dummy.sender {
        bind_dummy(config, &parts, &mut bound)?;
    }
    Ok(bound)
}

fn version() -> String {
    match COMMIT {
        Some(commit) => format!("{} ({commit})", env!("CARGO_PKG_VERSION")),
        None => env!("CARGO_PKG_VERSION").to_owned(),
    }
}

fn bind_public(
    config: &Config,
    parts: &Parts,
    tls: Option<tls::TlsSetup>,
    bound: &mut Bound,
) -> Result<(), StartError> {
    let (store, outlook, clock) = (parts.store.clone(), Arc::clone(&parts.outlook), Arc::clone(&parts.clock));
    let state = Data::new(ApiState::new(config, store, outlook, clock, parts.own.clone(), version()));
    let guard = Guard::new(&config.web);
    let is_https = tls.is_some();
    if let (Some(address), Some(setup)) = (config.web.https_addr, tls) {
        let (server, address) = https(address, setup.config, &guard, &state)?;
        bound.listening.https = Some(address);
        bound.servers.push(("https", server));
        bound.acme = setup.acme;
    }
    if let Some(address) = config.web.http_addr {
        let (server, address) = if is_https {
            redirecting(address, redirect_state(config, bound))?
        } else {
            http(address, &guard, &state)?
        };
        bound.listening.http = Some(address);
        bound.servers.push(("http", server));
    }
    Ok(())
}

fn redirect_state(config: &Config, bound: &Bound) -> RedirectState {
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
                .wrap(from_fn(move |request, next| Arc::clone(&seal).seal(request, next)))
                .configure(|routes| api::configure(routes, state, &guard))
        }
    }};
}

/// The settings that all listeners share.
macro_rules! server {
    ($app:expr) => {
        HttpServer::new($app)
            .disable_signals()
            .shutdown_timeout(STOP_TIMEOUT)
            .client_request_timeout(REQUEST_TIMEOUT)
            .keep_alive(KEEP_ALIVE)
    };
}

/// Takes the port and tells where it will listen; the server runs once it is awaited.
macro_rules! bound {
    ($server:expr, $key:literal, $address:expr) => {{
        let refused = |source| StartError::Listen { key: $key, address: $address, source };
        let server = $server.map_err(refused)?;
        let address = server.addrs().first().copied().unwrap_or($address);
        (server.run(), address)
    }};
}

fn http(
    address: SocketAddr,
    guard: &Arc<Guard>,
    state: &Data<ApiState>,
) -> Result<(Server, SocketAddr), StartError> {
    Ok(bound!(server!(public_app!(guard, state)).bind(address), "web.http_addr", address))
}

fn https(
    address: SocketAddr,
    config: ServerConfig,
    guard: &Arc<Guard>,
    state: &Data<ApiState>,
) -> Result<(Server, SocketAddr), StartError> {
    let server = server!(public_app!(guard, state)).bind_rustls_0_23(address, config);
    Ok(bound!(server, "web.https_addr", address))
}

fn redirecting(address: SocketAddr, state: RedirectState) -> Result<(Server, SocketAddr), StartError> {
    let state = Data::new(state);
    let app = move || {
        let state = state.clone();
        App::new().configure(|routes| api::configure_redirect(routes, state))
    };
    Ok(bound!(server!(app).workers(1).bind(address), "web.http_addr", address))
}

fn bind_admin(config: &Config, parts: &Parts, bound: &mut Bound) -> Result<(), StartError> {
    let state = Data::new(MonitorState {
        store: parts.store.clone(),
        desk: Arc::clone(&parts.desk),
        outlook: Arc::clone(&parts.outlook),
        token: config.admin.token.clone(),
        enabled: Coin::ALL.map(|coin| config.coin(coin).enabled),
        scanning: !config.dummy.scanner,
        data_dir: parts.data_dir.clone(),
        profile: config.profile,
        reload: Arc::clone(&parts.reload),
        clock: Arc::clone(&parts.clock),
    });
    let app = move || {
        let state = state.clone();
        App::new().configure(|routes| monitor::configure(routes, state))
    };
    let address = config.admin.host;
    let (server, address) = bound!(server!(app).workers(1).bind(address), "admin_panel.host", address);
    bound.listening.admin = Some(address);
    bound.servers.push(("admin", server));
    Ok(())
}

fn bind_dummy(config: &Config, parts: &Parts, bound: &mut Bound) -> Result<(), StartError> {
    let state = Data::new(DummyState {
        store: parts.store.clone(),
        scanner: parts.scanner.clone(),
        sender: parts.node.clone(),
        network: config.btc_rpc.network,
    });
    let app = move || {
        let state = state.clone();
        App::new().configure(|routes| dummy::configure(routes, state))
    };
    let address = config.dummy.http_addr;
    let (server, address) = bound!(server!(app).workers(1).bind(address), "dummy.http_addr", address);
    bound.listening.dummy = Some(address);
    bound.servers.push(("dummy", server));
    Ok(())
}
