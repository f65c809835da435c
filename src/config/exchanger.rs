//! Section `sky_exchanger`: what coins buy, how coins leave, and how they are come by.

use std::collections::HashMap;
use std::time::Duration;

use super::reader::Section;
use super::{Config, Exchanger, MAX_CONFIRMATIONS, RailConfig, SkyRpc, exchange_client, prices};
use crate::price::PriceSource;
use crate::types::{BuyMethod, Coin, Droplets, PerCoin, Rate, Symbol, Units};

pub(super) fn read(
    section: &mut Section<'_>,
    node: SkyRpc,
    warnings: &mut Vec<String>,
) -> (RailConfig, Exchanger, PerCoin<PriceSource>) {
    let rates = PerCoin::new(|coin| rate(section, coin));
    let prices = prices::read(section);
    let max_decimals = section.number("max_decimals", 3, Droplets::DECIMALS.into());
    let rail = RailConfig {
        node,
        max_decimals: u8::try_from(max_decimals).unwrap_or(3),
        wallet: section.path("wallet"),
        wallet_password_file: section.path("wallet_password_file"),
        tx_confirmation_check_wait: section.duration("tx_confirmation_check_wait", Duration::from_secs(5)),
        confirmations_required: section.number("confirmations_required", 1, MAX_CONFIRMATIONS).max(1),
        send_enabled: section.bool("send_enabled", true),
        runway_warning: section.duration("runway_warning", Duration::from_secs(86_400)),
    };
    let (buy_method, by_code) = methods(section);
    let exchange = exchange_client::read(section, warnings);
    let methods = PerCoin::new(|coin| match by_code.get(coin.code()) {
        Some(own) => *own,
        // What is paid out is not bought with itself.
        None if coin == Coin::SKY => BuyMethod::Direct,
        None => buy_method,
    });
    if methods[Coin::SKY] == BuyMethod::Passthrough {
        section.problem("buy_methods.SKY", "must be \"direct\": SKY is what is paid out");
    }
    let of_tokens = by_code.iter().filter(|(code, _)| !Coin::all().any(|coin| coin.code() == *code));
    let token_methods = of_tokens.filter_map(|(code, method)| Some((Symbol::parse(code).ok()?, *method)));
    let exchanger =
        Exchanger { buy_method, methods, token_methods: token_methods.collect(), exchange, prices };
    section.finish();
    (rail, exchanger, rates)
}

fn rate(section: &mut Section<'_>, coin: Coin) -> PriceSource {
    let (name, default) = (coin.facts().settings.rate_key, coin.facts().settings.rate);
    let text = section.decimal_text(name, default.unwrap_or_default());
    let rate = if text.is_empty() && default.is_none() {
        section.problem(name, format!("must be SKY for one {coin}, such as \"0.5\""));
        None
    } else {
        section.parsed(name, &text, PriceSource::parse)
    };
    let decimals = coin.decimals();
    let one_buys = |rate: &Rate| rate.quote(Units::one_coin(decimals), decimals, Droplets::DECIMALS);
    if rate.as_ref().and_then(PriceSource::fixed).is_some_and(|rate| one_buys(rate).is_err()) {
        let most = Droplets::new(u64::MAX);
        section.problem(
            name,
            format!(
                "at {text} one {coin} would buy more than the {most} SKY that can be paid at most; lower it"
            ),
        );
    }
    let usual = || PriceSource::parse(default.unwrap_or("1")).expect("BUG: the default rates are rates");
    rate.unwrap_or_else(usual)
}

/// The method of all assets, and of those that have one of their own, by their codes.
fn methods(section: &mut Section<'_>) -> (BuyMethod, HashMap<String, BuyMethod>) {
    let text = section.string("buy_method", BuyMethod::Direct.name());
    let all = BuyMethod::from_name(&text);
    if all.is_none() {
        section.problem("buy_method", no_method(&text));
    }
    let mut own = HashMap::new();
    for (code, text) in section.texts("buy_methods") {
        match BuyMethod::from_name(&text) {
            Some(method) => drop(own.insert(code, method)),
            None => section.problem(&format!("buy_methods.{code}"), no_method(&text)),
        }
    }
    (all.unwrap_or_default(), own)
}

fn no_method(text: &str) -> String {
    format!("expected \"direct\" or \"passthrough\", got {text:?}")
}

pub(super) fn check_wallet(root: &mut Section<'_>, config: &Config) {
    let rail = &config.rail;
    match &rail.wallet {
        None => root.problem("sky_exchanger.wallet", "must name the hot wallet's file"),
        Some(path) if !path.is_file() => {
            root.problem("sky_exchanger.wallet", format!("{} is not a file", path.display()));
        }
        Some(_) => {}
    }
    if let Some(path) = rail.wallet_password_file.as_ref().filter(|path| !path.is_file()) {
        root.problem("sky_exchanger.wallet_password_file", format!("{} is not a file", path.display()));
    }
}
