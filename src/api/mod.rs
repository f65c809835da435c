//! The public listener: bind, status, config, health, and the page at `/`.
//!
//! Nothing here costs more because there are more deposits or addresses: every request is a few look-ups.

mod bind;
mod described;
mod guard;
mod health;
mod held;
mod livez;
mod page;
mod play;
mod pressed;
mod price_tags;
mod public_config;
mod redirect;
mod refusal;
mod request;
mod statics;
mod status;
mod watch;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;

use actix_web::dev::ServiceRequest;
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::{self, Bytes, Data, ServiceConfig};

use crate::clock::Clock;
use crate::config::{Config, Shop};
use crate::engine::{BindPolicy, Play};
use crate::http::{Once, problems, validated};
use crate::live::Live;
use crate::price::Promised;
use crate::report::{HealthCheck, Outlook, Pace, Readiness};
use crate::skycoin::Address;
use crate::store::{Books as _, Store};
use crate::types::{BuyMethod, Droplets, Language};

pub use described::described;
use guard::Counts;
pub use guard::{Guard, Throttle};
pub use page::CoinOffer;
use pressed::Pressed;
use price_tags::PriceTags;
pub use redirect::{RedirectState, configure_redirect};
pub use request::BindRequest;
pub use watch::{Herald, Watchers};

/// What the handlers work on.
#[derive(Debug)]
pub struct ApiState {
    /// Where everything is read.
    pub store: Store,
    /// What the workers know.
    pub live: Arc<Live>,
    /// Settings and heights that words are made with.
    pub outlook: Arc<Outlook>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// What may be bound.
    pub policy: Arc<BindPolicy>,
    /// Whether the API gives an address again that has never received anything, as the page does.
    pub reuse_unused: bool,
    /// Dummy mode: nothing here is worth anything, and every page says so.
    pub is_play: bool,
    /// How the coins that are paid out are come by.
    pub buy_method: BuyMethod,
    /// Makes the verdict of health.
    pub health: Arc<HealthCheck>,
    /// Whether the process lives.
    pub readiness: Arc<Readiness>,
    /// What changes with the prices alone.
    shown: ArcSwap<Shown>,
    /// What that is made of.
    config: Config,
    /// What health tells as the program's version.
    pub version: String,
    /// Keeps what was answered to requests that are done once.
    once: Arc<Once>,
    /// When the process began to serve.
    pub started: Instant,
    /// The folder that overrides the built-in pages.
    pub static_dir: Option<PathBuf>,
    /// What the pages show of the operator.
    pub shop: Shop,
    /// When a deposit gets its price.
    pub promised: Promised,
    /// How long a price that is promised at bind holds.
    pub promise_time: Duration,
    /// How long a deposit usually takes.
    pub pace: Arc<Pace>,
    /// Who watches purchases live.
    pub watchers: Arc<Watchers>,
    /// Who makes happen what visitors of dummy mode want to see; none elsewhere.
    play: Option<Arc<dyn Play>>,
    /// The operator's colours, as a style sheet.
    theme_css: String,
    /// The start page in each language, as it is sent to most.
    pressed_start: [Pressed; Language::ALL.len()],
    /// The built-in files.
    pressed: [Pressed; statics::BUILT_IN.len()],
}

/// What is shown at prices that were the ones of the moment after so many changes.
#[derive(Debug)]
struct Shown {
    changes: Option<u64>,
    /// Whether addresses are given out.
    is_bound: bool,
    /// The answer of `/api/config`.
    config_json: Bytes,
    /// What the page offers.
    offers: Vec<CoinOffer>,
}

impl Shown {
    fn new(config: &Config, live: &Live, is_bound: bool) -> Shown {
        let prices = live.prices();
        // Read first: what changes meanwhile is rendered once more.
        let changes = prices.as_ref().map(|prices| prices.changes());
        let of_moment = PriceTags::new(config, prices.as_deref());
        Shown {
            changes,
            is_bound,
            config_json: public_config::render(config, &of_moment, is_bound),
            offers: page::offers(config, &of_moment),
        }
    }
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
        readiness: Arc<Readiness>,
    ) -> Self {
        let live = Arc::clone(&outlook.live);
        let policy = BindPolicy::new(config, store.clone(), Arc::clone(&live), Arc::clone(&clock), own);
        let policy = Arc::new(policy);
        let health = Arc::new(HealthCheck::new(
            store.clone(),
            Arc::clone(&outlook),
            Arc::clone(&clock),
            Arc::clone(&policy),
            config.teller.pool_low_water,
            config.rail.runway_warning,
        ));
        let once = Once::new(store.clone(), Arc::clone(&clock));
        let shown = ArcSwap::from_pointee(Shown::new(config, &live, policy.is_on()));
        ApiState {
            store,
            live,
            outlook,
            clock,
            policy,
            health,
            readiness,
            reuse_unused: config.teller.reuse_unused,
            is_play: config.dummy.is_on(),
            buy_method: config.exchanger.buy_method,
            shown,
            config: config.clone(),
            version,
            once,
            started: Instant::now(),
            static_dir: config.web.static_dir.clone(),
            promised: config.exchanger.prices.promised,
            promise_time: config.exchanger.prices.promise_time,
            pace: Arc::default(),
            watchers: Watchers::new(config.web.shop.max_streams),
            play: None,
            theme_css: page::theme_css(&config.web.shop.theme),
            shop: config.web.shop.clone(),
            pressed_start: Default::default(),
            pressed: Default::default(),
        }
    }

    /// The same, with somebody who makes happen what visitors want to see.
    #[must_use]
    pub fn played_by(self, play: Option<Arc<dyn Play>>) -> Self {
        ApiState { play, ..self }
    }

    /// What can be paid out beyond what is owed; none where that is not known, or not told.
    fn stock(&self) -> Option<Droplets> {
        let balances = self.shop.shows_stock.then(|| self.store.snapshot().balances())?;
        crate::report::stock(&self.live.wallet(), &balances.ok()?)
    }

    fn pressed_start(&self, language: Language) -> &Pressed {
        let at = Language::ALL.iter().position(|one| *one == language);
        &self.pressed_start[at.unwrap_or(0)]
    }

    /// What is shown at the prices of the moment.
    fn shown(&self) -> Arc<Shown> {
        let (shown, is_bound) = (self.shown.load_full(), self.policy.is_on());
        if shown.is_bound == is_bound && shown.changes == self.live.prices().map(|prices| prices.changes()) {
            return shown;
        }
        let anew = Arc::new(Shown::new(&self.config, &self.live, is_bound));
        self.shown.store(Arc::clone(&anew));
        anew
    }
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
    let (once, owner) = (Arc::clone(&state.once), Arc::clone(guard));
    let keyed = from_fn(move |request: ServiceRequest, next| {
        owner.name_client(&request);
        let owner = owner.key_owner(&request);
        Arc::clone(&once).keyed(owner, request, next)
    });
    let bind = web::resource("/api/bind").wrap(keyed).wrap(guarded!(guard, limit, Counts::Bind));
    let status = web::resource("/api/status").wrap(from_fn(validated));
    let status = status.wrap(guarded!(guard, limit, Counts::Status));
    let config = web::resource("/api/config").wrap(from_fn(validated)).wrap(guarded!(guard, share));
    let health = web::resource("/api/health").wrap(guarded!(guard, share));
    let openapi = web::resource("/api/openapi.json").wrap(Compress::default()).wrap(guarded!(guard, share));
    let pages = |path: &str, counts: Counts| {
        let page = web::resource(path).wrap(from_fn(problems)).wrap(Compress::default());
        page.wrap(guarded!(guard, limit, counts)).wrap(from_fn(page::in_words))
    };
    let play = web::resource("/buy/{link}/play").wrap(guarded!(guard, limit, Counts::Status));
    // Not compressed: what is sent has to arrive now.
    let events = web::resource("/buy/{link}/events").wrap(guarded!(guard, limit, Counts::Status));
    let statics = web::resource("/{path:.*}").wrap(from_fn(page::missing)).wrap(from_fn(problems));
    let statics = statics.wrap(Compress::default());
    routes
        .app_data(state)
        .service(bind.wrap(guarded!(guard, share)).to(bind::handle))
        .service(status.wrap(guarded!(guard, share)).to(status::handle))
        .service(config.to(public_config::handle))
        .service(health.to(health::handle))
        .service(openapi.to(described::openapi))
        .service(web::resource("/api/reference").wrap(Compress::default()).to(described::page))
        .service(pages("/", Counts::Page).to(page::front))
        .service(pages("/buy", Counts::Page).to(page::buy))
        .service(pages("/buy/{link}", Counts::Status).to(page::purchase))
        .service(events.to(watch::handle))
        .service(play.to(play::handle))
        .service(web::resource("/livez").to(livez::handle))
        .service(statics.to(statics::handle));
}
