//! Which keys there are, what they mean when they are left out, and which of them exclude each other.

use std::time::Duration;

use secrecy::ExposeSecret;

use super::chains::{self, Nodes};
use super::reader::Section;
use super::{Admin, AssetConfig, ChainConfig, Config, MAX_I64, Teller, bitcoin_rpc, exchanger};
use crate::address::AddressSource;
use crate::types::{Coin, Droplets, PerCoin};

/// More memory than any machine gives to a cache.
const MAX_DB_CACHE_MIB: u64 = 1_048_576;

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Words and fields, for people.
    Text,
    /// One JSON object a line.
    Json,
}

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
    let sources = PerCoin::new(|coin| root.unshown(coin.facts().settings.addresses_key));
    let teller = teller(&mut root.section("teller"));
    let nodes = Nodes::read(root, &mut warnings);
    let mut section = root.section("sky_exchanger");
    let (rail, exchanger, rates) = exchanger::read(&mut section, nodes.sky.clone(), &mut warnings);
    let chains = PerCoin::new(|coin| {
        let (network, node) = nodes.of(coin);
        let addresses = chains::source(root, network, &sources[coin]);
        ChainConfig { addresses, ..chains::chain(root, network, node) }
    });
    let coins = rates.iter().map(|(coin, rate)| AssetConfig { coin, token: None, price: rate.clone() });
    let assets = with_tokens(coins.collect(), nodes.tokens, &chains, &mut warnings);
    let web = super::web::read(&mut root.section("web"), &mut warnings);
    let admin = admin(&mut root.section("admin_panel"));
    let breakers = super::breakers::read(&mut root.section("breakers"), &chains);
    let config = Config {
        debug,
        profile,
        logfile,
        log_format,
        dbfile,
        db_cache_mib,
        pidfile,
        teller,
        chains,
        assets,
        rail,
        exchanger,
        web,
        admin,
        breakers,
        traces: super::traces::read(&mut root.section("traces"), &mut warnings),
        backup: super::backup::read(&mut root.section("backup"), &mut warnings),
        alerts: super::alerts::read(&mut root.section("alerts"), &mut warnings),
        events: super::events::read(root, &mut warnings),
        dummy: super::dummy::read(&mut root.section("dummy")),
        shadow: super::shadow::read(&mut root.section("shadow")),
        warnings,
        file: None,
        overrides: super::Overrides::default(),
    };
    check_across(root, &config);
    config
}

/// What is taken: coins, and tokens where their chain is followed.
fn with_tokens(
    mut assets: Vec<AssetConfig>,
    tokens: Vec<AssetConfig>,
    chains: &PerCoin<ChainConfig>,
    warnings: &mut Vec<String>,
) -> Vec<AssetConfig> {
    if chains[Coin::ETH].enabled {
        assets.extend(tokens);
    } else if !tokens.is_empty() {
        warnings.push("eth_tokens: no token is taken where eth_scanner.enabled is false".into());
    }
    assets
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
    let above = section.decimal_text("second_person_above", "0");
    let above = section.parsed("second_person_above", &above, Droplets::parse_coins);
    let admin = Admin {
        host,
        token,
        session_idle: section.duration("session_idle", Duration::from_secs(60 * 60)),
        session_max: section.duration("session_max", Duration::from_secs(12 * 60 * 60)),
        second_person_above: above.filter(|above| !above.is_zero()),
        proposal_wait: section.duration("proposal_wait", Duration::from_secs(24 * 60 * 60)),
    };
    section.finish();
    admin
}

/// Shorter tokens can be guessed.
const MIN_TOKEN: usize = 16;

/// What can only be judged with several sections in view.
fn check_across(root: &mut Section<'_>, config: &Config) {
    super::dummy::check(root, config);
    super::shadow::check(root, config);
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
    super::exchange_client::check(root, config);
    super::prices::check(root, config);
    // A shadow has no wallet, whatever is configured.
    if !config.dummy.sender && config.shadow.is_none() {
        exchanger::check_wallet(root, config);
    }
    if !config.dummy.scanner {
        bitcoin_rpc::check(root, config);
    }
}

/// Whether one of them cannot be bound where the other one is: also where one stands for every address of the machine.
fn is_taken(one: std::net::SocketAddr, other: std::net::SocketAddr) -> bool {
    // By itself IPv6's any address stands for those of IPv4 too.
    let covers =
        |any: std::net::IpAddr, ip: std::net::IpAddr| any.is_unspecified() && (any.is_ipv6() || ip.is_ipv4());
    let (ip, taken) = (one.ip(), other.ip());
    one.port() == other.port() && (ip == taken || covers(ip, taken) || covers(taken, ip))
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
        match known.iter().find(|(_, taken)| is_taken(address, *taken)) {
            Some((first, taken)) if *taken == address => {
                root.problem(key, format!("{address} is the address of {first} already"));
            }
            Some((first, taken)) => {
                root.problem(
                    key,
                    format!("{address} cannot be had beside {taken}, which is the address of {first}"),
                );
            }
            None => {}
        }
        known.push((key, address));
    }
}
