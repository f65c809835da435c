//! C2CX v1, the exchange that the original bought on. It is no more, and
//! its protocol is kept.
//!
//! The status of HTTP is 200 whatever happens: a code other than 200 in the envelope is the error. A client id is never
//! taken twice and cannot be searched for. Sixty calls a minute are taken of each endpoint.

mod markets;
mod orders;

use serde_json::{Value, json};

use crate::serve::Ask;

use super::accounts::Account;
use super::amount::decimal;
use super::engine::{AccountId, FeeCoin};
use super::sign;
use super::venue::{Protocol, Reply, Terms, View};

/// Sixty calls in a minute.
const LIMIT: (u64, u64, u64) = (1, 60, 60_000);

pub(crate) const PROTOCOL: Protocol = Protocol {
    terms: Terms { maker: 1_000_000, taker: 2_000_000, coin: FeeCoin::Received },
    has_bare_numbers: true,
    answer,
    is_order: |ask| ask.path.ends_with("/createorder"),
    refusal: |view, ask| signed(view, ask).err().map(|ApiError(code, words)| refusal(code, &words)),
    unknown: || Reply::text(502, "<html><body><h1>502 Bad Gateway</h1></body></html>"),
    error: || refusal(500, "Internal Server Error"),
    busy: || refusal(400, "Too Many Requests"),
};

/// Why something was not done.
struct ApiError(u16, String);

type Outcome = Result<Value, ApiError>;

fn refused<T>(words: impl Into<String>) -> Result<T, ApiError> {
    Err(ApiError(400, words.into()))
}

fn refusal(code: u16, words: &str) -> Reply {
    Reply::json(200, json!({ "code": code, "message": words, "data": {} }))
}

fn answer(view: &mut View<'_>, ask: &Ask) -> Reply {
    let Some(endpoint) = ask.path.strip_prefix("/v1/") else { return refusal(404, "Not Found") };
    match reach(view, endpoint, ask) {
        Ok(data) => Reply::json(200, json!({ "code": 200, "message": "success", "data": data })),
        Err(ApiError(code, words)) => refusal(code, &words),
    }
}

fn reach(view: &mut View<'_>, endpoint: &str, ask: &Ask) -> Outcome {
    let parameters = ask.parameters();
    let who = parameters.get("apiKey");
    let limit = view.state.limits.window(format!("c2cx {endpoint} {who}"), LIMIT, view.now);
    if limit.is_err() && !view.is_unlimited {
        return refused("Too Many Requests");
    }
    match (ask.method.as_str(), endpoint) {
        ("GET", "getorderbook") => markets::book(view, parameters.get("symbol")),
        ("GET", "ticker") => markets::ticker(view, parameters.get("symbol")),
        ("POST", "getbalance") => Ok(balance(view, signed(view, ask)?)),
        ("POST", "createorder") => orders::create(view, signed(view, ask)?, &parameters),
        ("POST", "getorderinfo") => orders::info(view, signed(view, ask)?, &parameters),
        ("POST", "cancelorder") => orders::cancel(view, signed(view, ask)?, &parameters),
        ("POST", "getorderbystatus") => orders::by_status(view, signed(view, ask)?, &parameters),
        _ => Err(ApiError(404, "Not Found".to_owned())),
    }
}

/// Returns whose request it is.
fn signed(view: &View<'_>, ask: &Ask) -> Result<AccountId, ApiError> {
    let unauthorized = || ApiError(401, "Unauthorized".to_owned());
    let parameters = ask.parameters();
    let key = parameters.get("apiKey");
    let account = view.account(|account: &Account| account.c2cx().key == key).ok_or_else(unauthorized)?;
    let is_signed = |name: &str| !["apiKey", "sign", "secretKey"].contains(&name);
    let told: Vec<(String, String)> =
        parameters.all().iter().filter(|(name, _)| is_signed(name)).cloned().collect();
    let is_right = sign::c2cx(key, &account.c2cx().secret, &told) == parameters.get("sign");
    if is_right { Ok(account.id) } else { Err(ApiError(401, "Invalid sign".to_owned())) }
}

fn balance(view: &View<'_>, account: AccountId) -> Value {
    let exchange = &view.state.exchange;
    let (mut all, mut frozen) = (json!({ "total": "0" }), json!({}));
    for id in exchange.asset_ids() {
        let (asset, held) = (exchange.asset(id), exchange.balance(account, id));
        let name = asset.code.to_lowercase();
        all[&name] = json!(decimal(held.free + held.frozen, asset.decimals));
        frozen[&name] = json!(decimal(held.frozen, asset.decimals));
    }
    json!({ "balance": all, "frozen": frozen })
}
