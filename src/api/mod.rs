//! The public listener: bind, status, config, health, and the page at `/`.
//!
//! Nothing here costs more because there are more deposits or addresses: every request is a few look-ups.

mod bind;
mod guard;
mod health;
mod page;
mod pressed;
mod public_config;
mod redirect;
mod refusal;
mod request;
mod statics;
mod status;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::middleware::{Compress, from_fn};
use actix_web::web::{self, Bytes, Data, ServiceConfig};

use crate::clock::Clock;
use crate::config::Config;
use crate::desk::Desk;
use crate::engine::{BindRules, Budget, bound_since};
use crate::report::Outlook;
use crate::skycoin::Address;
use crate::store::Store;
use crate::types::{BuyMethod, Coin, PerCoin};

use guard::Counts;
pub use guard::{Guard, Throttle};
pub use page::CoinOffer;
use pressed::Pressed;
pub use redirect::{RedirectState, configure_redirect};
pub use request::BindRequest;

/// What the handlers work on.
#[derive(Debug)]
pub struct ApiState {
    pub store: Store,
    pub desk: Arc<Desk>,
    pub outlook: Arc<Outlook>,
    pub clock: Arc<dyn Clock>,
    /// Addresses of the hot wallet, which nobody can be paid at.
    pub own: Vec<Address>,
    pub rules: BindRules,
    /// How many new addresses may be given out; none where that is unlimited.
    pub budget: Option<Budget>,
    /// Whether the API gives an address again that has never received anything, as the page does.
    pub reuse_unused: bool,
    pub bind_enabled: bool,
    /// Dummy mode: nothing here is worth anything, and every page says so.
    pub is_play: bool,
    pub buy_method: BuyMethod,
    /// Whether it can be bound.
    pub enabled: PerCoin<bool>,
    /// Below these health warns: addresses in a pool, and how long the hot wallet lasts.
    pub pool_low_water: u64,
    pub runway_warning: Duration,
    /// The answer of `/api/config`, which never changes while the process lives.
    pub config_json: Bytes,
    pub version: String,
    pub started: Instant,
    pub static_dir: Option<PathBuf>,
    /// The start page and the built-in files, as they are sent to most.
    pressed: [Pressed; 1 + statics::BUILT_IN.len()],
    /// What the page offers.
    pub offers: Vec<CoinOffer>,
    /// What health last told of blocks that were not read whole.
    gaps: health::GapsTold,
}

impl ApiState {
    /// `version` is what health tells.
    pub fn new(
        config: &Config,
        store: Store,
        outlook: Arc<Outlook>,
        clock: Arc<dyn Clock>,
        own: Vec<Address>,
        version: String,
    ) -> Self {
        ApiState {
            budget: budget(config, &store, &*clock),
            store,
            desk: Arc::clone(&outlook.desk),
            outlook,
            clock,
            own,
            reuse_unused: config.teller.reuse_unused,
            rules: BindRules { max_bound: config.teller.max_bound_addrs },
            bind_enabled: config.teller.bind_enabled,
            is_play: config.dummy.is_on(),
            buy_method: config.exchanger.buy_method,
            enabled: PerCoin::new(|coin| config.coin(coin).enabled),
            pool_low_water: config.teller.pool_low_water,
            runway_warning: config.rail.runway_warning,
            config_json: public_config::render(config),
            version,
            started: Instant::now(),
            static_dir: config.web.static_dir.clone(),
            pressed: Default::default(),
            offers: page::offers(config),
            gaps: health::GapsTold::default(),
        }
    }

    fn is_enabled(&self, coin: Coin) -> bool {
        self.enabled[coin]
    }

    /// Why nobody should be given an address of this coin now; none where all is well.
    fn refuses_binds(&self, coin: Coin) -> Option<String> {
        self.desk.refuses_binds(coin, self.clock.moment())
    }
}

/// The budget of new addresses, less what was given out of it before the start.
fn budget(config: &Config, store: &Store, clock: &dyn Clock) -> Option<Budget> {
    let max = config.teller.bind_budget?;
    let period = config.teller.bind_budget_period;
    let since = clock.now().before(period);
    // What cannot be counted is as good as nothing.
    let used = bound_since(&store.snapshot(), since).unwrap_or(0);
    Some(Budget::new(max, period, used))
}

/// One of the guard's checks as something to wrap a route with.
macro_rules! guarded {
    ($guard:expr, $check:ident $(, $counts:expr)?) => {{
        let guard = Arc::clone($guard);
        from_fn(move |request, next| Arc::clone(&guard).$check($($counts,)? request, next))
    }};
}

/// Adds the routes, each behind the guard's checks that concern it. The last that is wrapped around is the first to
/// be passed.
pub fn configure(routes: &mut ServiceConfig, state: Data<ApiState>, guard: &Arc<Guard>) {
    let bind = web::resource("/api/bind").wrap(guarded!(guard, limit, Counts::Bind));
    let status = web::resource("/api/status").wrap(guarded!(guard, limit, Counts::Status));
    let page = web::resource("/").wrap(Compress::default()).wrap(guarded!(guard, limit, Counts::Page));
    routes
        .app_data(state)
        .service(bind.wrap(guarded!(guard, share)).to(bind::handle))
        .service(status.wrap(guarded!(guard, share)).to(status::handle))
        .service(web::resource("/api/config").wrap(guarded!(guard, share)).to(public_config::handle))
        .service(web::resource("/api/health").wrap(guarded!(guard, share)).to(health::handle))
        .service(page.to(page::handle))
        .service(web::resource("/{path:.*}").wrap(Compress::default()).to(statics::handle));
}
