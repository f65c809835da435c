//! `GET /buy/{link}`: a purchase. Whoever has the link sees the address, what came to it, and how far that is.

use actix_web::http::{Method, StatusCode};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::calculator::{Asked, Scale, Sum};
use super::chrome::{Chrome, remembering};
use super::deposits::{Row, Styles, sentence};
use super::moment::utc;
use super::offer::{AssetOffer, CoinOffer};
use super::qr::qr;
use super::reply;
use super::start::{asked, note, sum_words, wait};
use crate::api::ApiState;
use crate::http::{Params, internal_error, method_not_allowed};
use crate::price::Promised;
use crate::report::page::{PageTexts, fill};
use crate::report::{alternatives, linked_binding, payment_uri, purchase_lines, requests, span};
use crate::store::{Binding, StoreError};
use crate::types::{Droplets, Language};

/// Deposits that are shown: more than nearly everybody ever makes.
const MOST: usize = 20;

#[derive(Template)]
#[template(path = "purchase.html")]
struct PurchasePage<'a> {
    c: Chrome<'a>,
    offer: CoinOffer,
    link: String,
    address: String,
    payee: String,
    /// What wallets take: `bitcoin:...`.
    uri: String,
    qr: String,
    /// Whether the buyer asked for another one, and is shown the one that they had.
    is_again: bool,
    /// Which of the assets that the address takes the calculator reckons with.
    asset: usize,
    asked: Asked,
    sum: Option<String>,
    /// What is said of every sum.
    note: String,
    /// What is said of an address that is shown again.
    again: String,
    scales: String,
    stock: Option<Droplets>,
    live: String,
    /// Whether something will change by itself.
    is_open: bool,
}

#[derive(Template)]
#[template(path = "live.html")]
struct LivePart {
    t: &'static PageTexts,
    rows: Vec<Row>,
    has_more: bool,
    usual: Option<String>,
}

#[derive(Template)]
#[template(path = "unknown.html")]
struct Unknown<'a> {
    c: Chrome<'a>,
}

pub(in crate::api) async fn handle(
    state: Data<ApiState>,
    path: Path<String>,
    request: HttpRequest,
) -> HttpResponse {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return method_not_allowed("GET, HEAD", requests::METHOD_NOT_ALLOWED);
    }
    let binding = match linked_binding(&state.store.snapshot(), &path) {
        Ok(Some(binding)) => binding,
        Ok(None) => return reply(&Unknown { c: Chrome::new(&state, &request) }, StatusCode::NOT_FOUND),
        Err(error) => return internal_error(&error),
    };
    match page(&state, &request, &binding, path.into_inner()) {
        Ok(reply) => remembering(reply, &request),
        Err(error) => internal_error(&error),
    }
}

fn page(
    state: &ApiState,
    request: &HttpRequest,
    binding: &Binding,
    link: String,
) -> Result<HttpResponse, StoreError> {
    let query = Params::parse(request.query_string());
    let (c, mut offer) = (Chrome::new(state, request), state.offer(binding.address.coin()));
    offer.promise(binding, state.config.rail.max_decimals, state.clock.now());
    let asset = offer.assets.iter().position(|asset| asset.code == query.get("asset")).unwrap_or(0);
    let (asked, stock, chosen) = (asked(&query), state.stock(), &offer.assets[asset]);
    let amount = match chosen.scale.as_ref().and_then(|scale| scale.sum(&asked)) {
        Some(Sum::Known { send, .. }) => Some(send),
        Some(Sum::TooLittle | Sum::NoNumber) | None => None,
    };
    let uri = payment_uri(&binding.address, chosen.token, amount);
    let (rows, live) = live(state, binding, c.language)?;
    let scales: Vec<&Scale> = offer.assets.iter().filter_map(|asset| asset.scale.as_ref()).collect();
    let scales = serde_json::to_string(&scales).unwrap_or_default();
    let note = note(state, c.language, std::slice::from_ref(&offer), true);
    let page = PurchasePage {
        sum: sum_words(&c, chosen, &asked, (stock, &note)),
        note,
        again: again(state, &c),
        c,
        link,
        address: binding.address.to_string(),
        payee: binding.payee.to_string(),
        qr: qr(&uri),
        uri,
        is_again: query.get("again") == "1",
        asset,
        asked,
        scales,
        offer,
        stock,
        live,
        is_open: rows > 0,
    };
    Ok(reply(&page, StatusCode::OK))
}

/// Returns what of a purchase changes by itself, as it is shown in a language.
///
/// # Errors
///
/// Where it cannot be read.
pub(in crate::api) fn live_part(
    state: &ApiState,
    binding: &Binding,
    language: Language,
) -> Result<String, StoreError> {
    live(state, binding, language).map(|(_, part)| part)
}

/// How many lines are open, and all of them as they are shown.
fn live(state: &ApiState, binding: &Binding, language: Language) -> Result<(usize, String), StoreError> {
    let lines = purchase_lines(&state.store.snapshot(), binding, &state.outlook, MOST)?;
    let (t, code) = (PageTexts::of(language), binding.address.coin().code());
    let styles = Styles { t, language, explorers: &state.shop.explorers, chain: Some(code) };
    let rows: Vec<Row> = lines.entries.into_iter().map(|entry| Row::new(entry, styles)).collect();
    let open = rows.iter().filter(|row| !row.is_settled()).count();
    let usual = state.pace.usual(code).filter(|_| rows.iter().any(|row| row.is_deposit && !row.is_settled()));
    let usual = usual.map(|usual| sentence(&fill(t.usual, &[("time", &span(usual, language))])));
    let part = LivePart { t, rows, has_more: lines.has_more, usual };
    let part = part.render().map_err(|error| StoreError::backend(error.to_string()));
    Ok((open, part?))
}

/// That an address is shown again, and that a price is not promised again with it.
fn again(state: &ApiState, c: &Chrome<'_>) -> String {
    match state.promised {
        Promised::Bind => format!("{} {}", c.t.address_kept, c.t.price_not_anew),
        Promised::Seen | Promised::Final => c.t.address_kept.to_owned(),
    }
}

impl PurchasePage<'_> {
    /// Until when a price was promised, in words; none where it is the one of the moment.
    fn until(&self, asset: &AssetOffer) -> Option<String> {
        asset.until.map(|until| fill(self.c.t.price_until, &[("until", &utc(until))]))
    }

    fn wait(&self) -> String {
        wait(&self.c, self.offer.confirmations)
    }

    /// What may be sent to the address, in words.
    fn only(&self) -> String {
        let t = self.c.t;
        let name = format!("{} ({})", self.offer.name, self.offer.code());
        if self.offer.assets.len() == 1 {
            return fill(t.only, &[("coin", &name)]);
        }
        let tokens = self.offer.assets.iter().skip(1).map(|asset| asset.code.clone());
        let all: Vec<String> = std::iter::once(name).chain(tokens).collect();
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        fill(t.only_tokens, &[("coins", &alternatives(&all, self.c.language))])
    }

    /// Whether what it buys comes out of a wallet in which there is nothing.
    fn is_sold_out(&self) -> bool {
        self.offer.assets.first().is_some_and(|asset| asset.is_direct)
            && self.stock.is_some_and(Droplets::is_zero)
    }
}
