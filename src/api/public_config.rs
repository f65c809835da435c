//! `GET /api/config`: what a client has to know before it binds. Rendered once.

use actix_web::http::Method;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::ApiState;
use crate::config::{ChainConfig, Config};
use crate::http::{ByCode, json_bytes, method_not_allowed};
use crate::types::{Coin, Rate, Token, Units};

#[derive(Debug, Serialize)]
struct ConfigReply<'a> {
    enabled: bool,
    buy_method: &'static str,
    /// 0 is unlimited.
    max_bound_addrs: u32,
    max_decimals: u8,
    deposits: ByCode<Deposit<'a>>,
}

#[derive(Debug, Serialize)]
struct Deposit<'a> {
    enabled: bool,
    confirmations_required: u64,
    /// SKY for one whole coin.
    fixed_exchange_rate: String,
    passthrough_minimum_volume: &'a str,
    /// Tokens that the same addresses take.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tokens: Vec<TokenReply>,
}

#[derive(Debug, Serialize)]
struct TokenReply {
    symbol: String,
    contract: String,
    decimals: u8,
    /// SKY for one whole token.
    fixed_exchange_rate: String,
}

pub(super) async fn handle(state: Data<ApiState>, request: HttpRequest) -> HttpResponse {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return method_not_allowed("GET", "Invalid request method");
    }
    json_bytes(state.config_json.clone())
}

pub(super) fn render(config: &Config) -> Bytes {
    let exchange = &config.exchanger.exchange;
    let minimum = |coin: Coin| if coin == Coin::BTC { &exchange.btc_minimum_volume_text } else { "0" };
    let deposits = config
        .listed_coins()
        .map(|coin| (coin.coin.facts().prefix, deposit(config, coin, minimum(coin.coin))));
    let reply = ConfigReply {
        enabled: config.teller.bind_enabled,
        buy_method: config.exchanger.buy_method.name(),
        max_bound_addrs: config.teller.max_bound_addrs.unwrap_or(0),
        max_decimals: config.rail.max_decimals,
        deposits: ByCode(deposits.collect()),
    };
    serde_json::to_vec(&reply).expect("BUG: texts and numbers are always JSON").into()
}

fn deposit<'a>(config: &Config, coin: &ChainConfig, minimum: &'a str) -> Deposit<'a> {
    Deposit {
        enabled: coin.enabled,
        confirmations_required: coin.confirmations_required,
        fixed_exchange_rate: rate(config, coin),
        passthrough_minimum_volume: minimum,
        tokens: config.tokens_at(coin.coin).map(|(token, rate)| self::token(config, token, rate)).collect(),
    }
}

fn token(config: &Config, token: Token, rate: &Rate) -> TokenReply {
    TokenReply {
        symbol: token.symbol.to_string(),
        contract: token.contract.to_string(),
        decimals: token.decimals,
        fixed_exchange_rate: buys(config, rate, token.decimals),
    }
}

/// What one whole coin or token buys.
pub(super) fn buys(config: &Config, rate: &Rate, decimals: u8) -> String {
    match rate.quote(Units::one_coin(decimals), decimals, config.rail.max_decimals) {
        Ok(quote) => quote.payout.to_string(),
        Err(_) => rate.text().to_owned(),
    }
}

/// What one whole coin buys. SKY for SKY stands as it was configured: so the original has it.
pub(super) fn rate(config: &Config, coin: &ChainConfig) -> String {
    if coin.coin == Coin::SKY {
        return config.rate(coin.coin).text().to_owned();
    }
    buys(config, config.rate(coin.coin), coin.coin.decimals())
}
