//! Coinbase Advanced Trade: REST of today, with what of the older API moves coins.
//!
//! Who asks says so by a token that he signs for each request. A client id that is used again is answered with the
//! order that has it.

mod accounts;
mod auth;
mod funding;
mod ids;
mod orders;
mod products;
mod shown;

use serde_json::{Value, json};

use crate::serve::Ask;

use super::engine::FeeCoin;
use super::venue::{Protocol, Reply, Terms, View};

pub(crate) const PROTOCOL: Protocol = Protocol {
    terms: Terms { maker: 6_000_000, taker: 12_000_000, coin: FeeCoin::Quote },
    has_bare_numbers: false,
    answer,
    is_order: |ask| ask.method == "POST" && ask.path == "/api/v3/brokerage/orders",
    refusal: |view, ask| auth::signed(view, ask).err().map(|refused| refused.reply()),
    unknown: || Reply::text(504, "upstream request timeout"),
    error: || ApiError::new(500, "INTERNAL", "something went wrong").reply(),
    busy: too_often,
};

/// Calls in a second: of an account, and of an address.
const PRIVATE: (u64, u64, u64) = (1, 30, 1_000);
const PUBLIC: (u64, u64, u64) = (1, 10, 1_000);

/// A status, a name, and words.
#[derive(Debug, Clone, PartialEq, Eq)]
struct ApiError(u16, &'static str, String);

type Outcome = Result<Value, ApiError>;

impl ApiError {
    fn new(status: u16, name: &'static str, words: impl Into<String>) -> ApiError {
        ApiError(status, name, words.into())
    }

    fn argument(words: impl Into<String>) -> ApiError {
        ApiError::new(400, "INVALID_ARGUMENT", words)
    }

    fn missing(words: impl Into<String>) -> ApiError {
        ApiError::new(404, "NOT_FOUND", words)
    }

    fn reply(&self) -> Reply {
        match self {
            ApiError(401, _, _) => Reply::text(401, "Unauthorized\n"),
            ApiError(status, name, words) => {
                Reply::json(*status, json!({ "error": name, "error_details": words, "message": words }))
            }
        }
    }
}

fn too_often() -> Reply {
    let words = "Too many requests";
    ApiError::new(429, "RATE_LIMIT_EXCEEDED", words).reply()
}

fn answer(view: &mut View<'_>, ask: &Ask) -> Reply {
    let path = ask.path.strip_prefix("/api/v3/brokerage/");
    let is_public = path.is_some_and(|path| path == "time" || path.starts_with("market/"));
    let (name, limit) = match ask.authorization.as_ref().filter(|_| !is_public) {
        Some(_) => ("coinbase private", PRIVATE),
        None => ("coinbase public", PUBLIC),
    };
    let counted = view.state.limits.window(name.to_owned(), limit, view.now);
    if counted.is_err() && !view.is_unlimited {
        return too_often();
    }
    let reached = match (path, ask.path.strip_prefix("/v2/accounts/")) {
        (Some(path), _) if is_public => public(view, path, ask),
        (Some(path), _) => private(view, path, ask),
        (None, Some(path)) => older(view, path, ask),
        (None, None) => Err(ApiError::missing("no such path")),
    };
    match reached {
        Ok(value) => Reply::json(200, value),
        Err(refused) => refused.reply(),
    }
}

fn public(view: &View<'_>, path: &str, ask: &Ask) -> Outcome {
    let parts: Vec<&str> = path.split('/').collect();
    match (ask.method.as_str(), parts.as_slice()) {
        ("GET", ["time"]) => Ok(products::time(view)),
        ("GET", ["market", rest @ ..]) => products::answer(view, rest, &ask.parameters()),
        _ => Err(ApiError::missing("no such path")),
    }
}

fn private(view: &mut View<'_>, path: &str, ask: &Ask) -> Outcome {
    let account = auth::signed(view, ask)?;
    let parameters = ask.parameters();
    let parts: Vec<&str> = path.split('/').collect();
    match (ask.method.as_str(), parts.as_slice()) {
        ("GET", ["products" | "product_book" | "best_bid_ask", ..]) => {
            products::answer(view, &parts, &parameters)
        }
        ("POST", ["orders"]) => orders::create(view, account, &read(ask)?),
        ("POST", ["orders", "batch_cancel"]) => orders::cancel(view, account, &read(ask)?),
        ("GET", ["orders", "historical", "batch"]) => orders::list(view, account, &parameters),
        ("GET", ["orders", "historical", "fills"]) => orders::fills(view, account, &parameters),
        ("GET", ["orders", "historical", id]) => orders::get(view, account, id),
        ("GET", ["accounts"]) => Ok(accounts::list(view, account)),
        ("GET", ["accounts", id]) => accounts::get(view, account, id),
        _ => Err(ApiError::missing("no such path")),
    }
}

fn older(view: &mut View<'_>, path: &str, ask: &Ask) -> Outcome {
    let account = auth::signed(view, ask)?;
    let parts: Vec<&str> = path.split('/').collect();
    match (ask.method.as_str(), parts.as_slice()) {
        ("GET", [asset, "addresses"]) => funding::addresses(view, account, asset),
        ("POST", [asset, "addresses"]) => funding::address(view, account, asset),
        ("POST", [asset, "transactions"]) => funding::send(view, account, asset, &read(ask)?),
        ("GET", [asset, "transactions"]) => {
            let parameters = ask.parameters();
            let page = (parameters.get("limit"), parameters.get("starting_after"));
            funding::transactions(view, account, asset, page)
        }
        ("GET", [asset, "transactions", id]) => funding::transaction(view, account, (asset, id)),
        _ => Err(ApiError::missing("no such path")),
    }
}

fn read(ask: &Ask) -> Outcome {
    serde_json::from_slice(&ask.body).map_err(|error| ApiError::argument(error.to_string()))
}
