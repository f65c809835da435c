//! `POST /api/bind`.

use std::sync::Arc;

use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use super::ApiState;
use super::guard::KnownClient;
use super::held::HeldLinks;
use super::refusal::{BadPayee, Refusal, RefusalReply, WebhookTrouble};
use super::request::{BindRequest, trim_address};
use crate::engine::{BindExtras, BindOnce, GivenAddress, unused};
use crate::http::describe::Operation;
use crate::http::{Body, BodyError, Code, json, method_not_allowed, once_key, refusal};
use crate::outbox::{PublicEvent, hook_url};
use crate::price::BindPromise;
use crate::report::{purchase_link, requests, status_secret};
use crate::skycoin::Address;
use crate::store::{Binding, DeskSecret, KeptAnswer, NewHook, OnceKey};
use crate::types::{BuyMethod, Coin, Hidden};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BoundAddress)]
struct BindReply {
    /// Where to deposit.
    #[schema(example = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa")]
    deposit_address: String,
    /// The code of the coin.
    #[schema(example = "BTC")]
    coin_type: &'static str,
    /// How the coins that are paid out are come by: `direct` from stock, `passthrough` by buying them first.
    buy_method: &'static str,
    /// Shows amounts and transactions of this address in its payee's status. Told here and nowhere else, and once:
    /// absent where the payee had the address before (`teller.reuse_unused`).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "6f1c2b0e5d7a49c8b3e4f5a6978d0c1b")]
    secret: Option<String>,
    /// The path of the page that shows this address and what comes to it, to whoever has it. Absent where `secret` is.
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<String>,
    /// SKY for one coin that are promised, where prices are promised at bind; a fraction may be one.
    #[serde(skip_serializing_if = "Option::is_none")]
    price: Option<String>,
    /// Until when, in seconds since 1970: what is first seen later gets the price of its own moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    price_until: Option<u64>,
}

impl BindReply {
    fn new(given: BuyerAddress, method: BuyMethod) -> BindReply {
        let (price, price_until) = given.price.unzip();
        BindReply {
            deposit_address: given.address,
            coin_type: given.coin.code(),
            buy_method: method.name(),
            page: given.own.as_ref().map(|own| format!("/buy/{}", own.link)),
            secret: given.own.map(|own| own.secret),
            price,
            price_until,
        }
    }
}

/// What the reference tells of it.
pub(super) fn described() -> Operation {
    Operation::post("/api/bind", "bind", "Get a deposit address")
        .about(
            "Gives a deposit address that belongs to the Skycoin address for life: whatever is deposited there, and \
             whenever, is paid out in SKY.\n\nWhat is sent is checked in this order: method, media type, JSON, \
             `skyaddr`, \
             `coin_type`, the address, `webhook_url`, whether addresses are given out. Unknown members are \
             ignored.\n\nA client with a token may give a `webhook_url`: what comes of this address, and of no other, \
             is told there until it is acknowledged. See `webhooks`.",
        )
        .sends::<BindRequest>(&["application/json"], true, "Who is to be paid, and what they will deposit.")
        .knows::<PublicEvent>()
        .gives::<BindReply>(200, "The address. It is kept for good before it is told.")
        .refuses(&[
            Code::InvalidJson,
            Code::MissingPayee,
            Code::MissingCoin,
            Code::UnknownCoin,
            Code::CoinOff,
            Code::InvalidPayee,
            Code::PayeeIsOurs,
            Code::InvalidWebhook,
            Code::WebhookRefused,
            Code::WebhooksFull,
            Code::BindingOff,
            Code::Shadow,
            Code::LimitReached,
            Code::TooManyRequests,
            Code::Paused,
            Code::Unreconciled,
            Code::NotVetted,
            Code::BudgetSpent,
            Code::PoolEmpty,
            Code::Overloaded,
        ])
}

pub(super) async fn handle(
    state: Data<ApiState>,
    request: HttpRequest,
    body: Result<Body, BodyError>,
) -> HttpResponse {
    let mut reply = answer(&state, &request, body).await;
    reply.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    reply
}

async fn answer(state: &ApiState, request: &HttpRequest, body: Result<Body, BodyError>) -> HttpResponse {
    if request.method() != Method::POST {
        return method_not_allowed("POST", requests::INVALID_METHOD);
    }
    if !is_json(request.headers()) {
        return refusal(Code::InvalidContentType, requests::INVALID_CONTENT_TYPE);
    }
    let body = match body {
        Ok(body) => body,
        Err(error) => return error.error_response(),
    };
    let order = match BindRequest::parse(&body.0) {
        Ok(order) => order,
        Err(error) => {
            return refusal(Code::InvalidJson, requests::no_json(error));
        }
    };
    // What is given again here is so to anybody who names the payee.
    let held = state.reuse_unused.then(HeldLinks::default);
    let beside = Beside { held: held.as_ref(), once: once_key(request), client: KnownClient::of(request) };
    match bind_order(state, &order, beside).await {
        Ok(given) => json(&BindReply::new(given, state.buy_method)),
        Err(refusal) => refusal.reply(),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = content_type.unwrap_or("").split(';').next().unwrap_or("");
    media_type.trim().eq_ignore_ascii_case("application/json")
}

/// What a buyer is given.
pub(super) struct BuyerAddress {
    pub(super) address: String,
    pub(super) coin: Coin,
    /// What opens it; none where the payee had it before and whoever asks has not shown that they are who was given it.
    pub(super) own: Option<OwnSecrets>,
    /// Whether the payee had it before.
    pub(super) is_again: bool,
    /// What is promised for one coin, and until when.
    price: Option<(String, u64)>,
}

/// What shows all that comes to an address to whoever has it, for life.
pub(super) struct OwnSecrets {
    /// See [`BindReply`].
    secret: String,
    /// The secret part of the link to its page.
    pub(super) link: String,
}

/// What is known beside an order of whoever sends it.
#[derive(Debug, Default)]
pub(super) struct Beside<'a> {
    /// Links that they hold; see [`bind_order`].
    pub(super) held: Option<&'a HeldLinks>,
    /// Their key for this request.
    pub(super) once: Option<OnceKey>,
    /// The client that they are; none where they bear no token.
    pub(super) client: Option<String>,
}

/// Checks an order in the order of the contract and carries it out. The page uses it too. Where there are `held` links,
/// if only none, an address of the payee that has never received anything is given again instead of a new one: one
/// whose link is held before any other, and its link to whoever holds it alone. Anybody can name a payee. With a
/// webhook the address is a new one: another's is told to whom they wanted.
pub(super) async fn bind_order(
    state: &ApiState,
    order: &BindRequest,
    beside: Beside<'_>,
) -> Result<BuyerAddress, Refusal> {
    let skyaddr = trim_address(&order.skyaddr);
    if skyaddr.is_empty() {
        return Err(Refusal::MissingPayee);
    }
    if order.coin_type.is_empty() {
        return Err(Refusal::MissingCoin);
    }
    let coin = Coin::from_code(&order.coin_type).map_err(|_| Refusal::UnknownCoin)?;
    if !state.policy.is_enabled(coin) {
        return Err(Refusal::CoinOff(coin));
    }
    let payee = payee(skyaddr)?;
    let Beside { held, once, client } = beside;
    let hook = order.webhook_url.as_deref().map(|url| hook(state, url, client)).transpose()?;
    let refused = |error| Refusal::of(error, coin);
    state.policy.allows_payee(&payee, coin).map_err(refused)?;
    // What is bought first is worth what that brings, whatever its price is.
    let is_direct = state.config.method(coin, None) == BuyMethod::Direct;
    let live = state.store.snapshot().desk_secret().map_err(|error| Refusal::of(error.into(), coin))?;
    if let Some(held) = held.filter(|_| hook.is_none())
        && let Some(again) = shown_again(state, &payee, (coin, is_direct), &live, held)?
    {
        return Ok(again);
    }
    let once = once.map(|key| kept(key, live.clone(), (coin, is_direct), state.buy_method));
    let bound = state.policy.bind_new(payee, coin, BindExtras { once, hook }).await.map_err(refused)?;
    Ok(BuyerAddress::new(&bound, &live, (coin, is_direct)))
}

/// The webhook that a client gives, where it may.
fn hook(state: &ApiState, url: &str, client: Option<String>) -> Result<NewHook, Refusal> {
    let client = client.ok_or(Refusal::Webhook(WebhookTrouble::NoClient))?;
    let known = state.config.web.clients.iter().find(|known| known.name == client);
    let rules = known.and_then(|known| known.webhooks.as_ref());
    let rules = rules.ok_or(Refusal::Webhook(WebhookTrouble::NoSecrets))?;
    let url = hook_url(url, rules.allow_private).map_err(Refusal::Webhook)?;
    Ok(NewHook { client, url: Hidden::new(url.into()), most: rules.max })
}

impl BuyerAddress {
    fn new(bound: &GivenAddress, live: &DeskSecret, (coin, is_direct): (Coin, bool)) -> BuyerAddress {
        let secret = status_secret(live, bound.no, &bound.address);
        let link = purchase_link(live, bound.no, &bound.address);
        let own = Some(OwnSecrets { secret, link });
        let price = bound.promise.as_ref().filter(|_| is_direct).and_then(promised);
        BuyerAddress { address: bound.address.to_string(), coin, own, is_again: false, price }
    }
}

/// The price of the coin itself.
fn promised(promise: &BindPromise) -> Option<(String, u64)> {
    let price = promise.prices.iter().find(|price| price.token.is_none())?;
    Some((price.rate.clone(), promise.until.get()))
}

/// What is kept as the answer to a request that may be sent again, beside the binding itself.
fn kept(key: OnceKey, live: DeskSecret, coin: (Coin, bool), method: BuyMethod) -> BindOnce {
    let answer = move |bound: &GivenAddress| {
        let reply = BindReply::new(BuyerAddress::new(bound, &live, coin), method);
        let body = serde_json::to_vec(&reply).expect("BUG: texts are always JSON");
        KeptAnswer { status: 200, media_type: "application/json".to_owned(), body }
    };
    BindOnce { key, answer: Arc::new(answer) }
}

/// An address of the payee that nothing has come to.
fn shown_again(
    state: &ApiState,
    payee: &Address,
    (coin, is_direct): (Coin, bool),
    live: &DeskSecret,
    held: &HeldLinks,
) -> Result<Option<BuyerAddress>, Refusal> {
    let found = unused(&state.store.snapshot(), payee, coin);
    let found = found.map_err(|error| Refusal::of(error.into(), coin))?;
    // What was promised with it may be over; it is not promised anew.
    let now = state.clock.now();
    let holds = |binding: &Binding| {
        binding.promise.clone().filter(|promise| promise.of(None, binding.bound_at, now).is_some())
    };
    let given = |binding: &Binding| {
        let bound = GivenAddress { no: binding.no, address: binding.address, promise: holds(binding) };
        BuyerAddress { is_again: true, ..BuyerAddress::new(&bound, live, (coin, is_direct)) }
    };
    let is_held = |given: &BuyerAddress| given.own.as_ref().is_some_and(|own| held.has(&own.link));
    let own = found.iter().map(given).find(is_held);
    Ok(own.or_else(|| found.first().map(|newest| BuyerAddress { own: None, ..given(newest) })))
}

/// The address that is to be paid.
pub(super) fn payee(skyaddr: &str) -> Result<Address, Refusal> {
    let address = Address::decode(skyaddr).map_err(|error| Refusal::BadPayee(BadPayee::Malformed(error)))?;
    if address.is_null() {
        return Err(Refusal::BadPayee(BadPayee::Null));
    }
    Ok(address)
}
