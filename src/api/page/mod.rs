//! The pages for buyers: the start page, a purchase by its link, and what a stranger may see of a payee.
//!
//! Everything works without a script; the script makes it quicker to the eye. Forms are posted, and answered with the
//! address of a page that can be reloaded.

mod buy;
mod calculator;
mod chrome;
mod deposits;
mod front;
mod missing;
mod moment;
mod offer;
mod origin;
mod purchase;
mod qr;
mod start;
mod status;
mod throttled;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::refusal::{Refusal, RefusalReply as _};
use crate::http::internal_error;
use crate::types::Droplets;

pub(super) use buy::handle as buy;
pub(super) use chrome::{language_of, theme_css};
pub(super) use front::handle as front;
pub(super) use missing::missing;
pub use offer::CoinOffer;
pub(super) use offer::offers;
pub(super) use origin::is_own_form;
pub(super) use purchase::{handle as purchase, live_part};
pub(super) use throttled::in_words;

const HTML: &str = "text/html; charset=utf-8";

/// A text with a value in the place of this name.
fn put(text: &str, name: &str, value: impl std::fmt::Display) -> String {
    crate::report::page::fill(text, &[(name, &value.to_string())])
}

/// SKY without the zeros that say nothing.
fn short_sky(coins: &Droplets) -> String {
    offer::trimmed(&coins.to_string())
}

/// A page that was made from its template.
fn reply(page: &impl Template, status: StatusCode) -> HttpResponse {
    match page.render() {
        Ok(html) => HttpResponse::build(status).content_type(HTML).body(html),
        Err(error) => internal_error(&error),
    }
}

/// A page that says why not.
fn refused(page: &impl Template, refusal: &Refusal) -> HttpResponse {
    let mut reply = reply(page, refusal.status());
    refusal.add_wait(&mut reply);
    reply
}
