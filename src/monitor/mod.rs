//! The admin listener: what there is, what waits, what is wrong; the backup.
//!
//! Loopback, a token, or a person who is logged in: who may ask for what stands in `access`. Lists are paged where a
//! cursor is asked for; without paging parameters they answer whole, as the original does, up to ten thousand entries,
//! and then with the cursor of the next. None ends without saying so.

mod access;
mod access_tokens;
mod accounting;
mod accounting_days;
mod acts;
mod addresses;
mod asking;
mod backup;
mod backups;
mod balance;
mod breakers;
mod caller;
mod chains;
mod changes;
mod deeds;
mod deposits;
mod described;
mod described_people;
mod desk;
mod events;
mod events_page;
mod events_stream;
mod gate;
mod history;
mod json_body;
mod log;
mod logins;
mod metrics;
mod moved;
mod once;
mod orders;
mod overview;
mod own_account;
mod own_money;
mod paging;
mod passed_over;
mod people;
mod prices;
mod probes;
mod problems;
mod profile;
mod proposals;
mod receivers;
mod reconciliation;
mod scrape;
mod search;
mod sent;
mod session;
mod shadow;
mod spends;
mod stage;
mod stakes;
mod switches;
mod tainted;
mod timeline;
mod transactions;
mod waiting;
mod wallet;
mod webhooks;
mod withdrawals;

use std::sync::Arc;

use actix_web::http::{Method, StatusCode};
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use secrecy::SecretString;

use crate::backup::{Copier, DrillerHandle, KeeperHandle};
use crate::chain::Balances;
use crate::clock::Clock;
use crate::engine::{Appeals, Reload};
use crate::http::{Once, method_not_allowed, not_found_or_redirect, problems, text, validated};
use crate::live::Live;
use crate::report::requests;
use crate::report::{Outlook, ProblemWatch, Readiness};
use crate::skycoin::Address;
use crate::store::Store;
use crate::types::{Coin, PerCoin};

pub use described::described;
pub use events_page::EventDesk;
pub use log::ActBook;
pub use logins::Logins;
pub use metrics::{BuildInfo, Metrics, MetricsError};
pub use stakes::SecondPerson;

/// What the handlers work on.
#[derive(Debug)]
pub struct MonitorState {
    /// Where everything is read.
    pub store: Store,
    /// What the workers know.
    pub live: Arc<Live>,
    /// Settings and heights that words are made with.
    pub outlook: Arc<Outlook>,
    /// What a request has to bear; none where the listener is on loopback alone.
    pub token: Option<SecretString>,
    /// Whether it can be bound.
    pub enabled: PerCoin<bool>,
    /// Addresses of the hot wallet.
    pub own: Vec<Address>,
    /// What is switched on by the configuration.
    pub configured: Configured,
    /// Whether chains are scanned, which they are not in dummy mode.
    pub scanning: bool,
    /// Makes copies of the database.
    pub copier: Copier,
    /// Keeps copies of it; none where they do not make themselves.
    pub keeper: Option<(KeeperHandle, DrillerHandle)>,
    /// Whether a profile may be drawn.
    pub profile: bool,
    /// Asked to look at the address files now.
    pub reload: Arc<Reload>,
    /// The node that tells what Ethereum addresses hold; none where none is asked.
    pub balances: Option<Arc<dyn Balances>>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Keeps what was answered to acts that are done once.
    pub once: Arc<Once>,
    /// Asked for what the payer alone can do.
    pub appeals: Arc<Appeals>,
    /// What is told as the program's version.
    pub version: String,
    /// Dummy mode: nothing here is worth anything.
    pub is_play: bool,
    /// What Prometheus is told.
    pub metrics: Metrics,
    /// Whether the process lives and serves.
    pub readiness: Arc<Readiness>,
    /// Since when each problem is there.
    pub watch: Arc<ProblemWatch>,
    /// What log-ins share.
    pub logins: Logins,
    /// When an act wants a second person.
    pub second_person: SecondPerson,
    /// The log of acts.
    pub acts: ActBook,
    /// Who is told of events.
    pub events: EventDesk,
}

impl MonitorState {
    fn is_enabled(&self, coin: Coin) -> bool {
        self.enabled[coin]
    }

    /// Whether lists of all coins have it.
    fn lists(&self, coin: Coin) -> bool {
        self.is_enabled(coin) || coin.facts().settings.is_always_listed
    }
}

/// What the configuration has switched on, for whatever coin.
#[derive(Debug, Clone, Copy)]
pub struct Configured {
    /// Whether deposit addresses are given out.
    pub binds: bool,
    /// Whether payouts leave.
    pub sends: bool,
}

/// Adds the routes.
pub fn configure(routes: &mut ServiceConfig, state: Data<MonitorState>) {
    let scope = web::scope("")
        .wrap(from_fn(once::keyed))
        .wrap(from_fn(validated))
        .wrap(from_fn(gate::gate))
        .wrap(from_fn(problems))
        .wrap(Compress::default())
        .configure(operators)
        .configure(copies)
        .configure(pools)
        .configure(told)
        .configure(bought)
        .service(web::resource("/api/deposits").to(deposits::by_status))
        .service(web::resource("/api/deposits/errored").to(deposits::errored))
        .service(web::resource("/api/deposits/{no}/timeline").to(timeline::of_deposit))
        .service(web::resource("/api/deposits/{no}").to(deposits::one))
        .service(web::resource("/api/deposits/{no}/{act}").to(acts::on_deposit))
        .service(web::resource("/api/transactions/{no}/{act}").to(acts::on_transaction))
        .service(web::resource("/api/overview").to(overview::overview))
        .service(web::resource("/api/search").to(search::search))
        .service(web::resource("/api/waiting").to(waiting::list))
        .service(web::resource("/api/chains").to(chains::list))
        .service(web::resource("/api/chains/{coin}/look").to(chains::look))
        .service(web::resource("/api/chains/{coin}/rescan").to(chains::rescan))
        .service(web::resource("/api/prices").to(prices::list))
        .service(web::resource("/api/prices/{code}/{act}").to(prices::act))
        .service(web::resource("/api/own-money").to(own_money::list))
        .service(web::resource("/api/chains/{coin}/passed-over").to(passed_over::list))
        .service(web::resource("/api/chains/{coin}/passed-over/{height}/{name}/{act}").to(passed_over::act))
        .service(web::resource("/api/chains/{coin}/blind").to(passed_over::blind))
        .service(web::resource("/api/wallet").to(wallet::wallet))
        .service(web::resource("/api/wallet/spends").to(spends::list))
        .service(web::resource("/api/wallet/restored/clear").to(spends::clear_restored))
        .service(web::resource("/api/wallet/spends/mine").to(spends::all_mine))
        .service(web::resource("/api/wallet/spends/{txid}/{act}").to(spends::rule))
        .service(web::resource("/api/transactions").to(transactions::transactions))
        .service(web::resource("/api/breakers").to(breakers::list))
        .service(web::resource("/api/breakers/{name}/{act}").to(breakers::act))
        .service(web::resource("/api/accounting").to(accounting::accounting))
        .service(web::resource("/api/accounting/days").to(accounting_days::days))
        .service(web::resource("/api/accounting/strays").to(accounting::strays))
        .service(web::resource("/api/reconciliation").to(reconciliation::reconciliation))
        .service(web::resource("/api/problems").to(problems::list))
        .service(web::resource("/api/shadow").to(shadow::show))
        .service(web::resource("/metrics").to(scrape::scrape))
        .service(web::resource("/api/profile").to(profile::flame_graph))
        .service(web::resource("/api/openapi.json").to(described::openapi))
        .service(web::resource("/api/reference").to(described::page))
        .default_service(web::to(|request: HttpRequest| async move { not_found_or_redirect(&request) }));
    // Before what asks who is there: it is the page that lets somebody in.
    let desk = web::resource(desk::PATHS).wrap(Compress::default()).to(desk::serve);
    routes
        .app_data(state)
        .service(desk)
        .service(web::resource("/livez").to(probes::lives))
        .service(web::resource("/readyz").to(probes::is_ready))
        .service(scope);
}

/// Adds the routes that are about what is bought at an exchange.
fn bought(routes: &mut ServiceConfig) {
    routes
        .service(web::resource("/api/orders").to(orders::list))
        .service(web::resource("/api/orders/{no}/{act}").to(orders::act))
        .service(web::resource("/api/withdrawals").to(withdrawals::list))
        .service(web::resource("/api/withdrawals/{no}/{act}").to(withdrawals::act));
}

/// Adds the routes that are about deposit addresses.
fn pools(routes: &mut ServiceConfig) {
    routes
        .service(web::resource("/api/deposit-addresses").to(addresses::usage))
        .service(web::resource("/api/deposit-addresses/tainted").to(tainted::list))
        .service(web::resource("/api/deposit-addresses/{address}/balance").to(balance::balance))
        .service(web::resource("/api/deposit-addresses/{address}/{act}").to(tainted::act))
        .service(web::resource("/api/deposit-addresses/reload").to(addresses::reload));
}

/// Adds the routes that are about the history and copies of it.
fn copies(routes: &mut ServiceConfig) {
    routes
        .service(web::resource("/api/history").to(history::head))
        .service(web::resource("/api/history/proof").to(history::proof))
        .service(web::resource("/api/backups").to(backups::backups))
        .service(web::resource("/api/backups/drill").to(backups::drill))
        .service(web::resource("/api/backup").wrap(from_fn(backup::whole)).to(backup::download));
}

/// Adds the routes that are about who operates the desk, what they have done, and what they switch off.
fn operators(routes: &mut ServiceConfig) {
    routes
        .service(web::resource("/api/session").to(session::session))
        .service(web::resource("/api/session/password").to(own_account::password))
        .service(web::resource("/api/session/totp").to(own_account::second_factor))
        .service(web::resource("/api/session/totp/confirm").to(own_account::confirm))
        .service(web::resource("/api/sessions").to(session::list))
        .service(web::resource("/api/sessions/{id}").to(session::revoke))
        .service(web::resource("/api/tokens").to(access_tokens::tokens))
        .service(web::resource("/api/tokens/{name}").to(access_tokens::token))
        .service(web::resource("/api/proposals").to(proposals::list))
        .service(web::resource("/api/proposals/{no}/{act}").to(proposals::act))
        .service(web::resource("/api/acts").to(log::list))
        .service(web::resource("/api/switches").to(switches::list))
        .service(web::resource("/api/switches/{name}/{act}").to(switches::act))
        .service(web::resource("/api/changes").to(changes::stream))
        .service(web::resource("/api/people").to(people::people))
        .service(web::resource("/api/people/{name}").to(people::person))
        .service(web::resource("/api/people/{name}/{act}").to(people::act));
}

/// Adds the routes that are about events, and about those who are told.
fn told(routes: &mut ServiceConfig) {
    routes
        .service(web::resource("/api/events").to(events::list))
        .service(web::resource("/api/events/receivers").to(receivers::list))
        .service(web::resource("/api/events/receivers/{name}").to(receivers::one))
        .service(web::resource("/api/events/receivers/{name}/{act}").to(receivers::act))
        .service(web::resource("/api/events/webhooks").to(webhooks::list))
        .service(web::resource("/api/events/webhooks/{name}").to(webhooks::one))
        .service(web::resource("/api/events/webhooks/{name}/{act}").to(webhooks::act))
        .service(web::resource("/api/events/readers/{name}").to(receivers::forget))
        .service(web::resource("/api/events/readers/{name}/ack").to(receivers::acknowledge));
}

/// The reply to any method but GET and HEAD.
fn only_get(request: &HttpRequest) -> Option<HttpResponse> {
    let is_get = matches!(*request.method(), Method::GET | Method::HEAD);
    (!is_get).then(|| method_not_allowed("GET", requests::METHOD_NOT_ALLOWED))
}

fn bad_request(message: impl std::fmt::Display) -> HttpResponse {
    text(StatusCode::BAD_REQUEST, message)
}
