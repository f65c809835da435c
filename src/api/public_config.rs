//! `GET /api/config`: what a client has to know before it binds. Rendered once for each change of a price.

use actix_web::http::Method;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::{ApiState, PriceTags};
use crate::config::{ChainConfig, Config};
use crate::http::describe::Operation;
use crate::http::{ByCode, json_bytes, method_not_allowed};
use crate::price::Promised;
use crate::report::requests;
use crate::types::{Coin, Token};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeskConfig)]
struct ConfigReply<'a> {
    /// Whether addresses are given out.
    enabled: bool,
    /// How the coins that are paid out are come by: `direct` from stock, `passthrough` by buying them first.
    buy_method: &'static str,
    /// Deposit addresses that one Skycoin address may have.
    /// 0 is unlimited.
    max_bound_addrs: u32,
    /// Decimal places of a payout; what is beyond them stays on the payee's account.
    max_decimals: u8,
    /// When a deposit gets its price: `bind`, `seen` or `final`. Once it has one, that never changes.
    price_promised: &'static str,
    /// SKY for one BTC, where the last desktop wallets with a page to buy look for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "500.000000")]
    sky_btc_exchange_rate: Option<String>,
    /// For how many seconds after a bind its price holds for what is seen; none where no price is promised then.
    #[serde(skip_serializing_if = "Option::is_none")]
    price_promise_time: Option<u64>,
    /// What can be deposited, by the coins' codes in small letters.
    #[schema(value_type = BTreeMap<String, Deposit>)]
    deposits: ByCode<Deposit<'a>>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CoinConfig)]
struct Deposit<'a> {
    /// Whether addresses for it are given out.
    enabled: bool,
    /// Blocks that have to confirm a deposit.
    confirmations_required: u64,
    /// SKY for one whole coin at the moment; empty where no price can be promised.
    #[schema(example = "500.000000")]
    fixed_exchange_rate: String,
    /// Why not: deposits wait for a price.
    #[serde(skip_serializing_if = "Option::is_none")]
    no_price: Option<String>,
    /// The least that the exchange takes, in whole coins.
    passthrough_minimum_volume: &'a str,
    /// How what is paid for it is come by, where that is another way than the desk's.
    #[serde(skip_serializing_if = "Option::is_none")]
    buy_method: Option<&'static str>,
    /// Tokens that the same addresses take.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tokens: Vec<TokenReply>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TokenConfig)]
struct TokenReply {
    /// What it is called.
    #[schema(example = "USDT")]
    symbol: String,
    /// Its contract.
    contract: String,
    /// Decimal places of one token.
    decimals: u8,
    /// SKY for one whole token at the moment; empty where no price can be promised.
    fixed_exchange_rate: String,
    /// How what is paid for it is come by, where that is another way than the desk's.
    #[serde(skip_serializing_if = "Option::is_none")]
    buy_method: Option<&'static str>,
    /// Why not: deposits wait for a price.
    #[serde(skip_serializing_if = "Option::is_none")]
    no_price: Option<String>,
}

/// What the reference tells of it.
pub(super) fn described() -> Operation {
    Operation::get("/api/config", "config", "What to know before binding")
        .about("Coins, prices and limits of the moment. It changes with the prices alone.")
        .gives::<ConfigReply<'_>>(200, "The desk's settings.")
        .validated()
}

pub(super) async fn handle(state: Data<ApiState>, request: HttpRequest) -> HttpResponse {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return method_not_allowed("GET", requests::INVALID_METHOD);
    }
    json_bytes(state.shown().config_json.clone())
}

pub(super) fn render(config: &Config, tags: &PriceTags<'_>, is_bound: bool) -> Bytes {
    let (exchange, prices) = (&config.exchanger.exchange, &config.exchanger.prices);
    let minimum = |coin: Coin| if coin == Coin::BTC { &exchange.btc_minimum_volume_text } else { "0" };
    let deposits = config
        .listed_coins()
        .map(|coin| (coin.coin.facts().prefix, deposit(config, tags, coin, minimum(coin.coin))));
    let reply = ConfigReply {
        enabled: is_bound,
        buy_method: config.exchanger.buy_method.name(),
        max_bound_addrs: config.teller.max_bound_addrs.unwrap_or(0),
        max_decimals: config.rail.max_decimals,
        sky_btc_exchange_rate: Some(tags.buys(Coin::BTC, None)).filter(|rate| !rate.is_empty()),
        price_promised: prices.promised.name(),
        price_promise_time: (prices.promised == Promised::Bind).then_some(prices.promise_time.as_secs()),
        deposits: ByCode(deposits.collect()),
    };
    serde_json::to_vec(&reply).expect("BUG: texts and numbers are always JSON").into()
}

fn deposit<'a>(config: &Config, tags: &PriceTags<'_>, coin: &ChainConfig, minimum: &'a str) -> Deposit<'a> {
    Deposit {
        enabled: coin.enabled,
        confirmations_required: coin.confirmations_required,
        fixed_exchange_rate: tags.buys(coin.coin, None),
        no_price: no_price(tags, coin.coin, None),
        passthrough_minimum_volume: minimum,
        buy_method: own_method(config, coin.coin, None),
        tokens: config
            .tokens_at(coin.coin)
            .map(|(token, _)| self::token(config, tags, coin.coin, token))
            .collect(),
    }
}

fn own_method(config: &Config, coin: Coin, token: Option<Token>) -> Option<&'static str> {
    let method = config.method(coin, token);
    (method != config.exchanger.buy_method).then(|| method.name())
}

fn token(config: &Config, tags: &PriceTags<'_>, coin: Coin, token: Token) -> TokenReply {
    TokenReply {
        symbol: token.symbol.to_string(),
        contract: token.contract.to_string(),
        decimals: token.decimals,
        fixed_exchange_rate: tags.buys(coin, Some(token)),
        buy_method: own_method(config, coin, Some(token)),
        no_price: no_price(tags, coin, Some(token)),
    }
}

/// Whoever reads it is told that there is none, not what the operator's sources say.
fn no_price(tags: &PriceTags<'_>, coin: Coin, token: Option<Token>) -> Option<String> {
    tags.rate(coin, token).is_err().then(|| requests::NO_PRICE.to_owned())
}
