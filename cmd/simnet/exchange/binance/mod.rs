//! Binance spot: REST of today.
//!
//! A client id is refused while an open order has it, and is searchable afterwards too. What is signed is the query
//! with the body behind it; a request is taken for as long as its window says.

mod account;
mod auth;
mod errors;
mod markets;
mod orders;
mod shown;

use serde_json::{Value, json};

use crate::serve::Ask;

use super::engine::FeeCoin;
use super::venue::{Protocol, Reply, Terms, View};

use errors::ApiError;

/// So much weight in a minute.
const LIMIT: u64 = 6_000;

pub(crate) const PROTOCOL: Protocol = Protocol {
    terms: Terms { maker: 1_000_000, taker: 1_000_000, coin: FeeCoin::Received },
    has_bare_numbers: false,
    answer,
    is_order: |ask| ask.method == "POST" && ask.path == "/api/v3/order",
    refusal: |view, ask| auth::signed(view, ask).err().map(|refused| refused.reply()),
    unknown: || {
        let words = "Timeout waiting for response from backend server. Send status unknown; execution status unknown.";
        ApiError(504, -1007, words.to_owned()).reply()
    },
    error: || {
        let words = "An unknown error occurred while processing the request.";
        ApiError(500, -1000, words.to_owned()).reply()
    },
    busy: || too_often(1_000),
};

type Outcome = Result<Value, ApiError>;

fn too_often(millis: u64) -> Reply {
    let words = format!(
        "Too much request weight used; current limit is {LIMIT} request weight per 1 MINUTE. Please use WebSocket \
         Streams for live updates to avoid polling the API."
    );
    ApiError(429, -1003, words).reply().with("Retry-After", millis.div_ceil(1_000).to_string())
}

/// Whoever goes on in spite of being told is told nothing for a while.
fn banned(clock: u64, millis: u64) -> Reply {
    let words = format!(
        "Way too much request weight used; IP banned until {}. Please use WebSocket Streams for live updates to avoid \
         bans.",
        clock + millis
    );
    let reply = ApiError(418, -1003, words).reply();
    reply.with("Retry-After", millis.div_ceil(1_000).to_string())
}

fn answer(view: &mut View<'_>, ask: &Ask) -> Reply {
    // Binance counts by address: here, all come from one.
    let weight = (weight(&ask.path), LIMIT, 60_000);
    let used = match view.state.limits.window("binance".to_owned(), weight, view.now) {
        Err(excess) if !view.is_unlimited && excess.used > 2 * LIMIT => {
            return banned(view.clock, excess.wait);
        }
        Err(excess) if !view.is_unlimited => return too_often(excess.wait),
        Err(_) => LIMIT,
        Ok(used) => used,
    };
    let reply = match reach(view, ask) {
        Ok(value) => Reply::json(200, value),
        Err(refused) => refused.reply(),
    };
    reply.with("X-MBX-USED-WEIGHT-1M", used.to_string())
}

fn weight(path: &str) -> u64 {
    match path {
        "/api/v3/exchangeInfo" | "/api/v3/account" | "/api/v3/allOrders" | "/api/v3/myTrades" => 20,
        "/api/v3/openOrders" => 6,
        "/api/v3/depth" => 5,
        "/api/v3/order" => 4,
        "/api/v3/ticker/24hr" | "/api/v3/klines" => 2,
        _ => 1,
    }
}

fn reach(view: &mut View<'_>, ask: &Ask) -> Outcome {
    let parameters = ask.parameters();
    match (ask.method.as_str(), ask.path.as_str()) {
        ("GET", "/api/v3/ping") => Ok(json!({})),
        ("GET", "/api/v3/time") => Ok(json!({ "serverTime": view.clock })),
        ("GET", "/api/v3/exchangeInfo") => markets::info(view, &parameters),
        ("GET", "/api/v3/depth") => markets::depth(view, &parameters),
        ("GET", "/api/v3/trades") => markets::trades(view, &parameters),
        ("GET", "/api/v3/klines") => markets::candles(view, &parameters),
        ("GET", "/api/v3/ticker/24hr") => markets::day(view, &parameters),
        ("GET", "/api/v3/ticker/price") => markets::price(view, &parameters),
        ("GET", "/api/v3/ticker/bookTicker") => markets::best(view, &parameters),
        ("POST", "/api/v3/order") => orders::place(view, auth::signed(view, ask)?, &parameters),
        ("POST", "/api/v3/order/test") => orders::test(view, auth::signed(view, ask)?, &parameters),
        ("GET", "/api/v3/order") => orders::query(view, auth::signed(view, ask)?, &parameters),
        ("DELETE", "/api/v3/order") => orders::cancel(view, auth::signed(view, ask)?, &parameters),
        ("GET", "/api/v3/openOrders") => orders::open(view, auth::signed(view, ask)?, &parameters),
        ("DELETE", "/api/v3/openOrders") => orders::cancel_all(view, auth::signed(view, ask)?, &parameters),
        ("GET", "/api/v3/allOrders") => orders::all(view, auth::signed(view, ask)?, &parameters),
        ("GET", "/api/v3/myTrades") => account::trades(view, auth::signed(view, ask)?, &parameters),
        ("GET", "/api/v3/account") => Ok(account::balances(view, auth::signed(view, ask)?, &parameters)),
        ("GET", "/sapi/v1/capital/config/getall") => Ok(account::coins(view, auth::signed(view, ask)?)),
        ("GET", "/sapi/v1/capital/deposit/address") => {
            account::address(view, auth::signed(view, ask)?, &parameters)
        }
        ("POST", "/sapi/v1/capital/withdraw/apply") => {
            account::withdraw(view, auth::signed(view, ask)?, &parameters)
        }
        ("GET", "/sapi/v1/capital/withdraw/history") => {
            Ok(account::withdrawals(view, auth::signed(view, ask)?, &parameters))
        }
        _ => Err(ApiError(404, -1, "Not found".to_owned())),
    }
}
