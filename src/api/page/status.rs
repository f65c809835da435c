//! `/?skyaddr=`: what a stranger may see of a payee's purchases, and with `secret=` more.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::chrome::Chrome;
use super::deposits::{Row, Styles};
use super::start::{StartPage, Wish};
use super::{refused, reply};
use crate::api::ApiState;
use crate::api::bind::payee;
use crate::api::held::HeldLinks;
use crate::api::refusal::Refusal;
use crate::api::request::trim_address;
use crate::api::status::page_of;
use crate::engine::unused;
use crate::http::{Params, internal_error};
use crate::report::StatusPage;
use crate::skycoin::Address;
use crate::types::Coin;

#[derive(Template)]
#[template(path = "purchases.html")]
struct Purchases<'a> {
    c: Chrome<'a>,
    skyaddr: String,
    rows: Vec<Row>,
    /// What asks for the same rows again, and for older ones.
    link: String,
    older: Option<String>,
    /// Whether amounts and transactions are left out of a row.
    is_brief: bool,
    /// Whether the page asks again by itself.
    watch: bool,
    /// An address that nothing has come to, where one was asked for.
    kept: Option<Kept>,
}

struct Kept {
    code: &'static str,
    address: String,
}

pub(super) fn status(state: &ApiState, request: &HttpRequest, query: &Params) -> HttpResponse {
    let skyaddr = trim_address(query.get("skyaddr")).to_owned();
    let refuse = |refusal: &Refusal| {
        let (shown, wish) = (state.shown(), Wish { skyaddr: skyaddr.clone(), ..Wish::default() });
        refused(
            &StartPage::new(state, request, &shown, wish).refusing(state, refusal, &HeldLinks::default()),
            refusal,
        )
    };
    let address = if skyaddr.is_empty() { Err(Refusal::MissingPayee) } else { payee(&skyaddr) };
    let address = match address {
        Ok(address) => address,
        Err(refusal) => return refuse(&refusal),
    };
    match page_of(state, &address, query) {
        Ok(Some(StatusPage { entries, next })) => {
            let c = Chrome::new(state, request);
            let styles =
                Styles { t: c.t, language: c.language, explorers: &state.shop.explorers, chain: None };
            let mut rows: Vec<Row> = entries.into_iter().map(|entry| Row::new(entry, styles)).collect();
            if next.is_some() || query.has("page") {
                // Who has many looks for the newest.
                rows.reverse();
            }
            // What is settled does not change any more.
            let watch = query.get("watch") == "1" && !rows.iter().all(Row::is_settled);
            let link = link(&skyaddr, query.get("secret"), query.get("page"));
            let older = next.map(|next| self::link(&skyaddr, query.get("secret"), &next));
            let is_brief = rows.iter().any(Row::is_brief);
            let kept = kept(state, &address, query.get("address"));
            reply(&Purchases { c, skyaddr, rows, link, older, is_brief, watch, kept }, StatusCode::OK)
        }
        Ok(None) => refuse(&Refusal::BadPage),
        Err(error) => internal_error(&error),
    }
}

/// The payee's address of a coin that nothing has come to. Whoever asks may be anybody who knows the payee: they are
/// told no link.
fn kept(state: &ApiState, payee: &Address, code: &str) -> Option<Kept> {
    let coin = Coin::from_code(code).ok().filter(|coin| state.policy.is_enabled(*coin))?;
    let found = unused(&state.store.snapshot(), payee, coin).ok()?;
    Some(Kept { code: coin.code(), address: found.first()?.address.to_string() })
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
