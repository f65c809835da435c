//! `GET /api/config`: what a client has to know before it binds. Rendered once.

use actix_web::http::Method;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::ApiState;
use crate::config::{CoinConfig, Config};
use crate::http::{ByCode, json_bytes, method_not_allowed};
use crate::types::{Coin, Units};

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
        max_decimals: config.exchanger.max_decimals,
        deposits: ByCode(deposits.collect()),
    };
    serde_json::to_vec(&reply).expect("BUG: texts and numbers are always JSON").into()
}

fn deposit<'a>(config: &Config, coin: &CoinConfig, minimum: &'a str) -> Deposit<'a> {
    Deposit {
        enabled: coin.enabled,
        confirmations_required: coin.confirmations_required,
        fixed_exchange_rate: rate(config, coin),
        passthrough_minimum_volume: minimum,
    }
}

/// What one whole coin buys. SKY for SKY stands as it was configured: so the original has it.
pub(super) fn rate(config: &Config, coin: &CoinConfig) -> String {
    if coin.coin == Coin::SKY {
        return coin.rate.text().to_owned();
    }
    let decimals = coin.coin.decimals();
    let one = Units::one_coin(decimals);
    match coin.rate.quote(one, decimals, config.exchanger.max_decimals) {
        Ok(quote) => quote.payout.to_string(),
        Err(_) => coin.rate.text().to_owned(),
    }
}
