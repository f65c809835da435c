//! Section `sky_exchanger`: what coins buy, how coins leave, and how they are come by.

use std::time::Duration;

use secrecy::ExposeSecret;

use super::reader::Section;
use super::{Config, ExchangeClient, Exchanger, MAX_CONFIRMATIONS, RailConfig, SkyRpc};
use crate::types::{BuyMethod, Coin, Droplets, PerCoin, Rate, Units};

pub(super) fn read(
    section: &mut Section<'_>,
    node: SkyRpc,
    warnings: &mut Vec<String>,
) -> (RailConfig, Exchanger, PerCoin<Rate>) {
    let rates = PerCoin::new(|coin| rate(section, coin));
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
    let exchanger =
        Exchanger { buy_method: buy_method(section), exchange: exchange_client(section, warnings) };
    let passthrough = exchanger.buy_method == BuyMethod::Passthrough;
    for (name, secret) in [("key", &exchanger.exchange.key), ("secret", &exchanger.exchange.secret)] {
        if passthrough && secret.expose_secret().is_empty() {
            section.problem(
                &format!("exchange_client.{name}"),
                "must be set where sky_exchanger.buy_method is \"passthrough\"",
            );
        }
    }
    section.finish();
    (rail, exchanger, rates)
}

fn rate(section: &mut Section<'_>, coin: Coin) -> Rate {
    let (name, default) = (coin.facts().settings.rate_key, coin.facts().settings.rate);
    let text = section.decimal_text(name, default.unwrap_or_default());
    let rate = if text.is_empty() && default.is_none() {
        section.problem(name, format!("must be SKY for one {coin}, such as \"0.5\""));
        None
    } else {
        section.parsed(name, &text, Rate::parse)
    };
    let decimals = coin.decimals();
    let one_buys = |rate: &Rate| rate.quote(Units::one_coin(decimals), decimals, Droplets::DECIMALS);
    if rate.as_ref().is_some_and(|rate| one_buys(rate).is_err()) {
        let most = Droplets::new(u64::MAX);
        section.problem(
            name,
            format!(
                "at {text} one {coin} would buy more than the {most} SKY that can be paid at most; lower it"
            ),
        );
    }
    rate.unwrap_or_else(|| Rate::parse(default.unwrap_or("1")).expect("BUG: the default rates are rates"))
}

fn buy_method(section: &mut Section<'_>) -> BuyMethod {
    match section.string("buy_method", "direct").as_str() {
        "direct" => BuyMethod::Direct,
        "passthrough" => BuyMethod::Passthrough,
        other => {
            let expected = format!("expected \"direct\" or \"passthrough\", got {other:?}");
            section.problem("buy_method", expected);
            BuyMethod::Direct
        }
    }
}

/// The section was called c2cx before; a file may use either name, not both.
fn exchange_client(parent: &mut Section<'_>, warnings: &mut Vec<String>) -> ExchangeClient {
    let old = parent.has("c2cx");
    if old && parent.has("exchange_client") {
        parent.problem("c2cx", "is the old name of sky_exchanger.exchange_client; give one of the two");
    } else if old {
        warnings.push("sky_exchanger.c2cx: is called sky_exchanger.exchange_client now".into());
    }
    let mut section = parent.section(if old { "c2cx" } else { "exchange_client" });
    let text = section.decimal_text("btc_minimum_volume", "0.005");
    let volume =
        section.parsed("btc_minimum_volume", &text, |text| Units::parse_coins(text, Coin::BTC.decimals()));
    let client = ExchangeClient {
        key: section.secret("key"),
        secret: section.secret("secret"),
        request_failure_wait: section.duration("request_failure_wait", Duration::from_secs(10)),
        ratelimit_wait: section.duration("ratelimit_wait", Duration::from_secs(30)),
        check_order_wait: section.duration("check_order_wait", Duration::from_secs(2)),
        btc_minimum_volume: volume.unwrap_or(Units::ZERO),
        btc_minimum_volume_text: text,
    };
    section.finish();
    client
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
