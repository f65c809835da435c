//! Which keys there are, what they mean when they are left out, and which of them exclude each other.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::reader::Section;
use super::{
    Admin, CoinConfig, Config, EthRpc, ExchangeClient, Exchanger, LogFormat, SkyRpc, Teller, Usual,
    bitcoin_rpc, node_url,
};
use crate::address::{AddressSource, Network};
use crate::types::{BuyMethod, Coin, Droplets, Height, PerCoin, Rate, Units};

/// Confirmations beyond which a setting is a mistake rather than caution.
const MAX_CONFIRMATIONS: u64 = 10_000;
/// More memory than any machine gives to a cache.
const MAX_DB_CACHE_MIB: u64 = 1_048_576;
const MAX_I64: u64 = i64::MAX.unsigned_abs();

pub(super) fn read(root: &mut Section<'_>) -> Config {
    // First: what follows has keys for each coin.
    super::bitcoin_likes::read(root);
    let mut warnings = Vec::new();
    let debug = root.bool("debug", false);
    let profile = root.bool("profile", false);
    let logfile = root.path("logfile");
    let log_format = log_format(root);
    let dbfile = root.string("dbfile", "teller.db").into();
    let db_cache_mib = root.number("db_cache_mib", 32, MAX_DB_CACHE_MIB);
    let pidfile = root.path("pidfile");
    // Not shown where they are wrong: one may be a private key that somebody took for the public one.
    let sources = PerCoin::new(|coin| root.secret(coin.facts().settings.addresses_key));
    let teller = teller(&mut root.section("teller"));
    let bitcoin_like = PerCoin::new(|coin| bitcoin_rpc::read(root, coin, &mut warnings));
    let eth_rpc = eth_rpc(&mut root.section("eth_rpc"));
    let mut tokens = super::tokens::read(root, eth_rpc.chain_id);
    let sky_rpc = sky_rpc(&mut root.section("sky_rpc"), &mut warnings);
    let (exchanger, rates) = exchanger(&mut root.section("sky_exchanger"), &mut warnings);
    let coins = PerCoin::new(|coin| {
        let (network, rpc) = bitcoin_like[coin].clone();
        let addresses = source(root, network, &sources[coin]);
        CoinConfig { addresses, bitcoin_rpc: rpc, ..coin_config(root, network, rates[coin].clone()) }
    });
    if !tokens.is_empty() && !coins[Coin::ETH].enabled {
        warnings.push("eth_tokens: no token is taken where eth_scanner.enabled is false".into());
        tokens.clear();
    }
    let web = super::web::read(&mut root.section("web"), &mut warnings);
    let admin = admin(&mut root.section("admin_panel"));
    let dummy = super::dummy::read(&mut root.section("dummy"));
    let config = Config {
        debug,
        profile,
        logfile,
        log_format,
        dbfile,
        db_cache_mib,
        pidfile,
        teller,
        coins,
        eth_rpc,
        tokens,
        sky_rpc,
        exchanger,
        web,
        admin,
        dummy,
        warnings,
    };
    check_across(root, &config);
    config
}

/// Where a coin's addresses come from; none where that is left out or wrong.
fn source(root: &mut Section<'_>, network: Network, text: &SecretString) -> Option<AddressSource> {
    let text = Some(text.expose_secret()).filter(|text| !text.is_empty())?;
    let key = network.coin().facts().settings.addresses_key;
    root.parsed(key, text, |text| AddressSource::parse(network, text))
}

fn log_format(root: &mut Section<'_>) -> LogFormat {
    match root.string("log_format", "text").as_str() {
        "text" => LogFormat::Text,
        "json" => LogFormat::Json,
        other => {
            root.problem("log_format", format!("expected \"text\" or \"json\", got {other:?}"));
            LogFormat::Text
        }
    }
}

fn teller(section: &mut Section<'_>) -> Teller {
    let max = section.number("max_bound_addrs", 5, u32::MAX.into());
    let budget = section.number("bind_budget", 10_000, u32::MAX.into());
    let teller = Teller {
        max_bound_addrs: u32::try_from(max).ok().filter(|max| *max > 0),
        bind_enabled: section.bool("bind_enabled", true),
        reuse_unused: section.bool("reuse_unused", false),
        bind_budget: u32::try_from(budget).ok().filter(|max| *max > 0),
        bind_budget_period: section.duration("bind_budget_period", Duration::from_secs(86_400)),
        pool_low_water: section.number("pool_low_water", 100, MAX_I64),
        pool_check_period: section.duration("pool_check_period", Duration::from_secs(10)),
    };
    section.finish();
    teller
}

fn eth_rpc(section: &mut Section<'_>) -> EthRpc {
    // `enabled` stood here in old files and never meant anything; the scanner's own key decides.
    section.bool("enabled", false);
    let is_for_urls = section.has("port");
    let port = eth_port(section);
    let rpc = EthRpc {
        server: node_url::read(
            section,
            "server",
            "127.0.0.1:8545",
            Usual { scheme: "http", port, is_for_urls },
        ),
        user: section.string("user", ""),
        pass: section.secret("pass"),
        chain_id: section.number("chain_id", 1, MAX_I64),
        use_finalized: section.bool("use_finalized", false),
        traces: section.bool("traces", true),
    };
    section.finish();
    rpc
}

/// The port of a server that is given without one; "" is that of its scheme.
fn eth_port(section: &mut Section<'_>) -> Option<u16> {
    match section.string("port", "8545").as_str() {
        "" => None,
        text => {
            let port = text.parse::<u16>().ok();
            if port.is_none() {
                section.problem("port", format!("expected a port such as \"8545\", got {text:?}"));
            }
            port.or(Some(8545))
        }
    }
}

fn sky_rpc(section: &mut Section<'_>, warnings: &mut Vec<String>) -> SkyRpc {
    let rpc = SkyRpc {
        address: node_url::read(section, "address", "127.0.0.1:6420", Usual::scheme("http")),
        user: section.string("user", ""),
        pass: section.secret("pass"),
    };
    if rpc.address.base().ends_with(":6430") {
        warnings.push(
            "sky_rpc.address: 6430 was the port of the Skycoin daemon's JSON-RPC, which is gone since 0.26; \
             its REST API is on 6420 by default"
                .into(),
        );
    }
    section.finish();
    rpc
}

/// Without what other sections say of it.
fn coin_config(root: &mut Section<'_>, network: Network, rate: Rate) -> CoinConfig {
    let coin = network.coin();
    let usual = &coin.facts().settings;
    let mut section = root.section(usual.section);
    let height = section.number("initial_scan_height", usual.initial_scan_height, MAX_I64);
    let config = CoinConfig {
        coin,
        enabled: section.bool("enabled", usual.enabled),
        network,
        bitcoin_rpc: None,
        addresses: None,
        scan_period: section.duration("scan_period", usual.scan_period),
        initial_scan_height: Height::new(height),
        confirmations_required: section.number(
            "confirmations_required",
            usual.confirmations,
            MAX_CONFIRMATIONS,
        ),
        max_tip_age: section.optional_duration("max_tip_age", usual.max_tip_age),
        max_node_silence: section.duration("max_node_silence", Duration::from_secs(300)),
        shorter_chain_wait: section.duration("shorter_chain_wait", Duration::from_secs(600)),
        rate,
    };
    section.finish();
    config
}

fn exchanger(section: &mut Section<'_>, warnings: &mut Vec<String>) -> (Exchanger, PerCoin<Rate>) {
    let rates = PerCoin::new(|coin| rate(section, coin));
    let max_decimals = section.number("max_decimals", 3, Droplets::DECIMALS.into());
    let exchanger = Exchanger {
        max_decimals: u8::try_from(max_decimals).unwrap_or(3),
        wallet: section.path("wallet"),
        wallet_password_file: section.path("wallet_password_file"),
        tx_confirmation_check_wait: section.duration("tx_confirmation_check_wait", Duration::from_secs(5)),
        confirmations_required: section.number("confirmations_required", 1, MAX_CONFIRMATIONS).max(1),
        send_enabled: section.bool("send_enabled", true),
        runway_warning: section.duration("runway_warning", Duration::from_secs(86_400)),
        buy_method: buy_method(section),
        exchange: exchange_client(section, warnings),
    };
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
    (exchanger, rates)
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

fn admin(section: &mut Section<'_>) -> Admin {
    let host = section.address("host", "127.0.0.1:7711");
    let token = Some(section.secret("token")).filter(|token| !token.expose_secret().is_empty());
    let host = host.unwrap_or_else(|| {
        section.problem("host", "must be an address such as \"127.0.0.1:7711\"");
        ([127, 0, 0, 1], 7711).into()
    });
    if !host.ip().is_loopback() && token.is_none() {
        section.problem(
            "host",
            format!("{host} can be reached from outside; set admin_panel.token, or listen on 127.0.0.1"),
        );
    }
    if token.as_ref().is_some_and(|token| token.expose_secret().len() < MIN_TOKEN) {
        section.problem("token", format!("must have at least {MIN_TOKEN} characters"));
    }
    section.finish();
    Admin { host, token }
}

/// Shorter tokens can be guessed.
const MIN_TOKEN: usize = 16;

/// What can only be judged with several sections in view.
fn check_across(root: &mut Section<'_>, config: &Config) {
    super::dummy::check(root, config);
    check_listeners(root, config);
    for coin in config.enabled_coins() {
        let key = coin.coin.facts().settings.addresses_key;
        match &coin.addresses {
            // What is wrong with a key was told where it was read.
            None if root.has_problem(key) => {}
            None => {
                root.problem(
                    key,
                    format!("must name a file or an account's public key: {} is enabled", coin.coin),
                );
            }
            Some(AddressSource::File(path)) if !path.is_file() => {
                root.problem(key, format!("{} is not a file", path.display()));
            }
            Some(AddressSource::File(_) | AddressSource::Account(_)) => {}
        }
    }
    if config.enabled_coins().next().is_none() {
        root.problem("btc_scanner.enabled", "no coin is enabled; enable at least one scanner");
    }
    if config.exchanger.buy_method == BuyMethod::Passthrough {
        // The upstream exchange of the original sells for bitcoin.
        for coin in config.enabled_coins().filter(|coin| coin.coin != Coin::BTC) {
            let key = format!("{}.enabled", coin.coin.facts().settings.section);
            root.problem(&key, "must be false where sky_exchanger.buy_method is \"passthrough\"");
        }
    }
    if !config.dummy.sender {
        check_wallet(root, config);
    }
    if !config.dummy.scanner {
        bitcoin_rpc::check(root, config);
    }
}

/// Two listeners on one address: the second could not be bound.
fn check_listeners(root: &mut Section<'_>, config: &Config) {
    let listeners = [
        ("web.http_addr", config.web.http_addr),
        ("web.https_addr", config.web.https_addr),
        ("admin_panel.host", Some(config.admin.host)),
        ("dummy.http_addr", config.dummy.is_on().then_some(config.dummy.http_addr)),
    ];
    let mut known: Vec<(&str, std::net::SocketAddr)> = Vec::new();
    for (key, address) in listeners {
        let Some(address) = address.filter(|address| address.port() != 0) else { continue };
        if let Some((first, _)) = known.iter().find(|(_, taken)| *taken == address) {
            root.problem(key, format!("{address} is the address of {first} already"));
        }
        known.push((key, address));
    }
}

fn check_wallet(root: &mut Section<'_>, config: &Config) {
    let exchanger = &config.exchanger;
    match &exchanger.wallet {
        None => root.problem("sky_exchanger.wallet", "must name the hot wallet's file"),
        Some(path) if !path.is_file() => {
            root.problem("sky_exchanger.wallet", format!("{} is not a file", path.display()));
        }
        Some(_) => {}
    }
    if let Some(path) = exchanger.wallet_password_file.as_ref().filter(|path| !path.is_file()) {
        root.problem("sky_exchanger.wallet_password_file", format!("{} is not a file", path.display()));
    }
}
