//! The page at `/`: bind, see the deposit address, see what became of every deposit. It needs no JavaScript.

mod moment;
mod origin;
mod view;

use actix_web::http::{Method, StatusCode};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use askama::Template;
use qrcode::QrCode;
use qrcode::render::svg;

use super::bind::{BuyerAddress, bind_order, payee};
use super::refusal::Refusal;
use super::request::{BindRequest, trim_address};
use super::status::page_of;
use super::{ApiState, Shown, statics};
use crate::engine::{BindError, unused};
use crate::http::{Body, BodyError, Params, internal_error, method_not_allowed};
use crate::report::StatusPage;

use origin::is_own_form;
pub use view::CoinOffer;
pub(super) use view::offers;
use view::{Row, headline};

const HTML: &str = "text/html; charset=utf-8";
/// Pixels of the QR code's side, at least: what a phone reads off a screen at arm's length.
const QR_SIZE: u32 = 220;

#[derive(Template)]
#[template(path = "page.html")]
struct Page<'a> {
    offers: &'a [CoinOffer],
    headline: String,
    bind_enabled: bool,
    is_play: bool,
    /// Coins that no address is given out for at the moment, with the reason.
    paused: Vec<Pause<'a>>,
    /// What went wrong, and with which of the two forms.
    problem: Option<String>,
    /// Addresses that can still be used, where no other is given: coin and address.
    unused: Vec<(&'static str, String)>,
    is_about_status: bool,
    skyaddr: String,
    /// The coin that was asked for, else the first.
    chosen: &'a str,
    bound: Option<BoundView<'a>>,
    rows: Option<Vec<Row>>,
    /// What asks for the same rows again, and for older ones.
    link: String,
    older: Option<String>,
    /// Whether amounts and transactions are left out of a row.
    is_brief: bool,
    /// Whether the page asks again by itself.
    watch: bool,
}

struct Pause<'a> {
    code: &'a str,
    why: String,
}

struct BoundView<'a> {
    offer: &'a CoinOffer,
    address: String,
    /// What wallets take: `bitcoin:...`.
    uri: String,
    qr: String,
    secret: String,
}

pub(super) async fn handle(
    state: Data<ApiState>,
    request: HttpRequest,
    body: Result<Body, BodyError>,
) -> HttpResponse {
    if !matches!(*request.method(), Method::GET | Method::HEAD | Method::POST) {
        return method_not_allowed("GET, HEAD, POST", "Method Not Allowed");
    }
    if let Some(dir) = &state.static_dir
        && dir.join("index.html").is_file()
    {
        return statics::file(&request, dir, "/");
    }
    let body = match body {
        Ok(body) => body,
        Err(error) => return error.error_response(),
    };
    if *request.method() == Method::POST {
        let form = Params::parse_form(&body.0, "");
        if form.has("skyaddr") && !is_own_form(request.headers()) {
            return state.page(&state.shown()).refused(&Refusal::ForeignForm);
        }
        if form.has("skyaddr") {
            return bound(&state, &form).await;
        }
    }
    let query = Params::parse(request.query_string());
    if query.has("skyaddr") { status(&state, &query) } else { state.start_page(&request) }
}

impl ApiState {
    fn page<'a>(&self, shown: &'a Shown) -> Page<'a> {
        let offers = &shown.offers;
        let paused = self.paused(offers);
        let is_taken = |offer: &&CoinOffer| paused.iter().all(|pause| pause.code != offer.code);
        let chosen = offers.iter().find(is_taken).map_or("", |offer| offer.code);
        Page {
            offers,
            headline: headline(offers),
            bind_enabled: self.policy.is_on(),
            is_play: self.is_play,
            paused,
            problem: None,
            unused: Vec::new(),
            is_about_status: false,
            skyaddr: String::new(),
            chosen,
            bound: None,
            rows: None,
            link: String::new(),
            older: None,
            is_brief: false,
            watch: false,
        }
    }
}

impl ApiState {
    /// The page as everybody sees it first.
    fn start_page(&self, request: &HttpRequest) -> HttpResponse {
        match self.page(&self.shown()).render() {
            Ok(html) => {
                let mut reply = HttpResponse::Ok();
                reply.content_type(HTML);
                self.pressed[0].reply(request, reply, html)
            }
            Err(error) => internal_error(&error),
        }
    }

    fn paused(&self, offers: &[CoinOffer]) -> Vec<Pause<'static>> {
        let snapshot = self.store.snapshot();
        let pause = |offer: &'_ CoinOffer| match self.policy.offers(&snapshot, offer.coin) {
            // Binding that is off is told once for all coins; who has an unused address is shown it again though none
            // is left.
            Ok(()) | Err(BindError::Off | BindError::PoolEmpty) => None,
            Err(other) => Some(Pause { code: offer.code, why: other.to_string() }),
        };
        offers.iter().filter_map(pause).collect()
    }
}

impl Page<'_> {
    /// Why a coin is not taken at the moment.
    fn pause_of(&self, code: &str) -> Option<&str> {
        self.paused.iter().find(|pause| pause.code == code).map(|pause| pause.why.as_str())
    }

    fn reply(&self, status: StatusCode) -> HttpResponse {
        match self.render() {
            Ok(html) => HttpResponse::build(status).content_type(HTML).body(html),
            Err(error) => internal_error(&error),
        }
    }

    fn refused(mut self, refusal: &Refusal) -> HttpResponse {
        self.problem = Some(refusal.words());
        let mut reply = self.reply(refusal.status());
        refusal.add_wait(&mut reply);
        reply
    }
}

async fn bound(state: &ApiState, form: &Params) -> HttpResponse {
    let order =
        BindRequest { skyaddr: form.get("skyaddr").to_owned(), coin_type: form.get("coin_type").to_owned() };
    let shown = state.shown();
    let mut page = Page { skyaddr: trim_address(&order.skyaddr).to_owned(), ..state.page(&shown) };
    if let Some(offer) = shown.offers.iter().find(|offer| offer.code == order.coin_type) {
        page.chosen = offer.code;
    }
    match bind_order(state, &order, true).await {
        Ok(given) => {
            let offer = shown.offers.iter().find(|offer| offer.coin == given.coin);
            page.bound = offer.map(|offer| show(offer, given));
            page.reply(StatusCode::OK)
        }
        Err(refusal) => {
            if refusal == Refusal::LimitReached {
                page.unused = still_unused(state, &shown.offers, &page.skyaddr);
            }
            page.refused(&refusal)
        }
    }
}

/// Addresses of a payee that have never received anything.
fn still_unused(state: &ApiState, offers: &[CoinOffer], skyaddr: &str) -> Vec<(&'static str, String)> {
    let (Ok(payee), snapshot) = (payee(skyaddr), state.store.snapshot()) else { return Vec::new() };
    let of = |offer: &CoinOffer| {
        let found = unused(&snapshot, &payee, offer.coin).ok()??;
        Some((offer.code, found.address.to_string()))
    };
    offers.iter().filter_map(of).collect()
}

fn status(state: &ApiState, query: &Params) -> HttpResponse {
    let skyaddr = trim_address(query.get("skyaddr")).to_owned();
    let address = if skyaddr.is_empty() { Err(Refusal::MissingPayee) } else { payee(&skyaddr) };
    let shown = state.shown();
    let page = Page { skyaddr, is_about_status: true, ..state.page(&shown) };
    let address = match address {
        Ok(address) => address,
        Err(refusal) => return page.refused(&refusal),
    };
    match page_of(state, &address, query) {
        Ok(Some(StatusPage { entries, next })) => {
            let mut rows: Vec<Row> = entries.into_iter().map(Row::new).collect();
            if next.is_some() || query.has("page") {
                // Who has many looks for the newest.
                rows.reverse();
            }
            // What is settled does not change any more.
            let watch = query.get("watch") == "1" && !rows.iter().all(Row::is_settled);
            let same = link(&page.skyaddr, query.get("secret"), query.get("page"));
            let older = next.map(|next| link(&page.skyaddr, query.get("secret"), &next));
            let is_brief = rows.iter().any(Row::is_brief);
            Page { rows: Some(rows), watch, link: same, older, is_brief, ..page }.reply(StatusCode::OK)
        }
        Ok(None) => page.refused(&Refusal::BadPage),
        Err(error) => internal_error(&error),
    }
}

/// A link to a payee's rows. What goes into it is letters and digits wherever it is right.
fn link(skyaddr: &str, secret: &str, page: &str) -> String {
    let mut link = format!("/?skyaddr={}", plain(skyaddr));
    for (name, value) in [("secret", secret), ("page", page)] {
        if !value.is_empty() {
            link += &format!("&{name}={}", plain(value));
        }
    }
    link
}

/// What cannot change a link's meaning.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || "-_,".contains(*c)).collect()
}

fn show(offer: &CoinOffer, given: BuyerAddress) -> BoundView<'_> {
    let BuyerAddress { address, secret, .. } = given;
    let scheme = offer.coin.facts().uri_scheme;
    let uri = format!("{scheme}:{address}");
    BoundView { offer, qr: qr(&uri), address, uri, secret }
}

/// A picture for a phone's camera; nothing where it cannot be drawn.
fn qr(text: &str) -> String {
    let Ok(code) = QrCode::new(text) else { return String::new() };
    let svg = code.render::<svg::Color<'_>>().min_dimensions(QR_SIZE, QR_SIZE).build();
    // Inside a page the XML declaration has no place.
    svg.find("<svg").map_or(String::new(), |start| svg[start..].to_owned())
}
