//! The page at `/`: bind, see the deposit address, see what became of every deposit. It needs no JavaScript.

mod moment;
mod view;

use actix_web::http::{Method, StatusCode};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use askama::Template;
use qrcode::QrCode;
use qrcode::render::svg;

use super::bind::{bind_order, payee};
use super::refusal::Refusal;
use super::request::{BindRequest, trim_address};
use super::{ApiState, statics};
use crate::http::{Body, BodyError, Params, internal_error};
use crate::report::status_entries;
use crate::types::Coin;

pub use view::CoinOffer;
pub(super) use view::offers;
use view::{Row, headline};

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
    is_about_status: bool,
    skyaddr: String,
    /// The coin that was asked for, else the first.
    chosen: &'a str,
    bound: Option<BoundView<'a>>,
    rows: Option<Vec<Row>>,
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
}

pub(super) async fn handle(
    state: Data<ApiState>,
    request: HttpRequest,
    body: Result<Body, BodyError>,
) -> HttpResponse {
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
        if form.has("skyaddr") {
            return bound(&state, &form).await;
        }
    }
    let query = Params::parse(request.query_string());
    if query.has("skyaddr") { status(&state, &query) } else { state.page().reply(StatusCode::OK) }
}

impl ApiState {
    fn page(&self) -> Page<'_> {
        let paused = self.paused();
        let is_taken = |offer: &&CoinOffer| paused.iter().all(|pause| pause.code != offer.code);
        let chosen = self.offers.iter().find(is_taken).map_or("", |offer| offer.code);
        Page {
            offers: &self.offers,
            headline: headline(&self.offers),
            bind_enabled: self.bind_enabled,
            is_play: self.is_play,
            paused,
            problem: None,
            is_about_status: false,
            skyaddr: String::new(),
            chosen,
            bound: None,
            rows: None,
            watch: false,
        }
    }
}

impl ApiState {
    fn paused(&self) -> Vec<Pause<'_>> {
        let pause = |offer: &'_ CoinOffer| self.refuses_binds(offer.coin).map(|why| (offer.code, why));
        self.offers.iter().filter_map(pause).map(|(code, why)| Pause { code, why }).collect()
    }
}

impl Page<'_> {
    /// Why a coin is not taken at the moment.
    fn pause_of(&self, code: &str) -> Option<&str> {
        self.paused.iter().find(|pause| pause.code == code).map(|pause| pause.why.as_str())
    }

    fn reply(&self, status: StatusCode) -> HttpResponse {
        match self.render() {
            Ok(html) => HttpResponse::build(status).content_type("text/html; charset=utf-8").body(html),
            Err(error) => internal_error(&error),
        }
    }

    fn refused(mut self, refusal: &Refusal) -> HttpResponse {
        self.problem = Some(refusal.words());
        self.reply(refusal.status())
    }
}

async fn bound(state: &ApiState, form: &Params) -> HttpResponse {
    let order =
        BindRequest { skyaddr: form.get("skyaddr").to_owned(), coin_type: form.get("coin_type").to_owned() };
    let mut page = Page { skyaddr: trim_address(&order.skyaddr).to_owned(), ..state.page() };
    if let Some(offer) = state.offers.iter().find(|offer| offer.code == order.coin_type) {
        page.chosen = offer.code;
    }
    match bind_order(state, &order).await {
        Ok((address, coin)) => {
            page.bound =
                state.offers.iter().find(|offer| offer.coin == coin).map(|offer| show(offer, address));
            page.reply(StatusCode::OK)
        }
        Err(refusal) => page.refused(&refusal),
    }
}

fn status(state: &ApiState, query: &Params) -> HttpResponse {
    let skyaddr = trim_address(query.get("skyaddr")).to_owned();
    let address = if skyaddr.is_empty() { Err(Refusal::MissingPayee) } else { payee(&skyaddr) };
    let page = Page { skyaddr, is_about_status: true, ..state.page() };
    let address = match address {
        Ok(address) => address,
        Err(refusal) => return page.refused(&refusal),
    };
    match status_entries(&state.store.snapshot(), &address, &state.outlook) {
        Ok(entries) => {
            let rows: Vec<Row> = entries.into_iter().map(Row::new).collect();
            // What is settled does not change any more.
            let watch = query.get("watch") == "1" && !rows.iter().all(Row::is_settled);
            Page { rows: Some(rows), watch, ..page }.reply(StatusCode::OK)
        }
        Err(error) => internal_error(&error),
    }
}

fn show(offer: &CoinOffer, address: String) -> BoundView<'_> {
    let scheme = match offer.coin {
        Coin::Btc => "bitcoin",
        Coin::Eth => "ethereum",
        Coin::Sky => "skycoin",
    };
    let uri = format!("{scheme}:{address}");
    BoundView { offer, qr: qr(&uri), address, uri }
}

/// A picture for a phone's camera; nothing where it cannot be drawn.
fn qr(text: &str) -> String {
    let Ok(code) = QrCode::new(text) else { return String::new() };
    let svg = code.render::<svg::Color<'_>>().min_dimensions(QR_SIZE, QR_SIZE).build();
    // Inside a page the XML declaration has no place.
    svg.find("<svg").map_or(String::new(), |start| svg[start..].to_owned())
}
