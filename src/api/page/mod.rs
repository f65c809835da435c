//! The page at `/`: bind, see the deposit address, see what became of every deposit. It needs no JavaScript.

use actix_web::http::{Method, StatusCode};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use qrcode::QrCode;
use qrcode::render::svg;

use super::bind::{Refusal, bind_order, payee};
use super::request::{BindRequest, trim_address};
use super::{ApiState, MAX_BODY, statics};
use crate::http::{Params, internal_error, unread_body};
use crate::report::{StatusEntry, status_entries};
use crate::types::Coin;

#[derive(Template)]
#[template(path = "page.html")]
struct Page<'a> {
    coins: &'a [CoinOffer],
    bind_enabled: bool,
    problem: Option<String>,
    skyaddr: String,
    bound: Option<BoundView>,
    statuses: Option<Vec<StatusEntry>>,
}

/// A coin that can be bound, as the page offers it.
#[derive(Debug, Clone)]
pub struct CoinOffer {
    pub code: &'static str,
    /// SKY for one whole coin.
    pub rate: String,
    pub confirmations: u64,
}

struct BoundView {
    coin: &'static str,
    address: String,
    qr: String,
}

pub(super) async fn handle(
    state: Data<ApiState>,
    request: HttpRequest,
    body: Result<Bytes, actix_web::Error>,
) -> HttpResponse {
    if let Some(dir) = &state.static_dir
        && dir.join("index.html").is_file()
    {
        return statics::file(&request, dir, "/");
    }
    let body = match body {
        Ok(body) => body,
        Err(error) => return unread_body(&error, MAX_BODY),
    };
    if *request.method() == Method::POST {
        let form = Params::parse_form(&body, "");
        if form.has("skyaddr") {
            return bound(&state, &form).await;
        }
    }
    let query = Params::parse(request.query_string());
    let skyaddr = trim_address(query.get("skyaddr")).to_owned();
    if skyaddr.is_empty() { state.page().reply(StatusCode::OK) } else { status(&state, skyaddr) }
}

impl ApiState {
    fn page(&self) -> Page<'_> {
        Page {
            coins: &self.offers,
            bind_enabled: self.bind_enabled,
            problem: None,
            skyaddr: String::new(),
            bound: None,
            statuses: None,
        }
    }
}

impl Page<'_> {
    fn reply(&self, status: StatusCode) -> HttpResponse {
        match self.render() {
            Ok(html) => HttpResponse::build(status).content_type("text/html; charset=utf-8").body(html),
            Err(error) => internal_error(&error),
        }
    }

    fn refused(mut self, refusal: Refusal) -> HttpResponse {
        self.problem = Some(refusal.message);
        self.reply(refusal.status)
    }
}

async fn bound(state: &ApiState, form: &Params) -> HttpResponse {
    let order =
        BindRequest { skyaddr: form.get("skyaddr").to_owned(), coin_type: form.get("coin_type").to_owned() };
    let page = Page { skyaddr: trim_address(&order.skyaddr).to_owned(), ..state.page() };
    match bind_order(state, &order).await {
        Ok((address, coin)) => {
            let qr = qr(coin, &address);
            let bound = Some(BoundView { coin: coin.code(), address, qr });
            Page { bound, ..page }.reply(StatusCode::OK)
        }
        Err(refusal) => page.refused(refusal),
    }
}

fn status(state: &ApiState, skyaddr: String) -> HttpResponse {
    let address = payee(&skyaddr);
    let page = Page { skyaddr, ..state.page() };
    let address = match address {
        Ok(address) => address,
        Err(refusal) => return page.refused(refusal),
    };
    match status_entries(&state.store.snapshot(), &address, &state.outlook) {
        Ok(statuses) => Page { statuses: Some(statuses), ..page }.reply(StatusCode::OK),
        Err(error) => internal_error(&error),
    }
}

/// The address as a picture for a phone's camera; nothing where it cannot be drawn.
fn qr(coin: Coin, address: &str) -> String {
    let scheme = match coin {
        Coin::Btc => "bitcoin:",
        Coin::Eth => "ethereum:",
        Coin::Sky => "skycoin:",
    };
    let Ok(code) = QrCode::new(format!("{scheme}{address}")) else { return String::new() };
    let svg = code.render::<svg::Color<'_>>().min_dimensions(200, 200).build();
    // Inside a page the XML declaration has no place.
    svg.find("<svg").map_or(String::new(), |start| svg[start..].to_owned())
}
