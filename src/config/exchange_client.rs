//! Section `sky_exchanger.exchange_client`: the exchange that coins are bought on, and how.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::node_url::Usual;
use super::reader::Section;
use super::withdraw::{self, Withdraw};
use super::{Config, NodeUrl};
use crate::types::{BuyMethod, Coin, Exact, Token, Units};

/// Which exchange coins are bought on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Venue {
    /// C2CX v1, the original's.
    C2cx,
    /// Binance spot.
    Binance,
    /// Kraken spot.
    Kraken,
    /// Coinbase Advanced.
    Coinbase,
}

/// What becomes of the rest of a deposit where an order was carried out in part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartialFills {
    /// It is ordered again.
    Reorder,
    /// The desk sells from its own stock, at the deposit's rate.
    Stock,
    /// It waits for a person.
    Hold,
}

/// Where an asset buys SKY.
#[derive(Debug, Clone)]
pub struct Upstream {
    /// The asset's code, such as `BTC`.
    pub code: String,
    /// The market's name at the exchange.
    pub market: String,
    /// The highest price that is paid, in whole coins for one SKY; none where any will do.
    pub max_price: Option<Exact>,
}

/// Section `sky_exchanger.exchange_client`, in older files `sky_exchanger.c2cx`.
#[derive(Debug, Clone)]
pub struct ExchangeClient {
    /// Which exchange.
    pub venue: Venue,
    /// Where it is asked.
    pub url: NodeUrl,
    /// The markets, by asset.
    pub upstream: Vec<Upstream>,
    /// How far above the best price of the book an order may go, as a fraction of it.
    pub max_slippage: Exact,
    /// What the exchange takes of an order, as a fraction of it.
    pub taker_fee: Exact,
    /// What becomes of the rest where an order was carried out in part.
    pub partial_fills: PartialFills,
    /// Deposits that are gathered into one order at most.
    pub gather_count: u64,
    /// How long the first of them waits for others.
    pub gather_time: Duration,
    /// How long an order that rests in the book may do so before it is cancelled.
    pub order_patience: Duration,
    /// After how long a deposit whose coins cannot be bought is paid directly; none is never.
    pub fallback_after: Option<Duration>,
    /// The key that the exchange gave; empty where nothing is bought.
    pub key: SecretString,
    /// The secret that belongs to it.
    pub secret: SecretString,
    /// How long to wait after a request that failed.
    pub request_failure_wait: Duration,
    /// How long to wait where the exchange takes no more requests.
    pub ratelimit_wait: Duration,
    /// How often the state of an order is asked for.
    pub check_order_wait: Duration,
    /// How what was bought comes to the hot wallet.
    pub withdraw: Withdraw,
    /// Smallest deposit in satoshi.
    pub btc_minimum_volume: Units,
    /// The same as it was written, for the API.
    pub btc_minimum_volume_text: String,
}

/// More deposits than one order is ever for.
const MAX_GATHERED: u64 = 500;

/// What of the venues the configuration knows.
struct Facts {
    name: &'static str,
    venue: Venue,
    url: &'static str,
    /// What the exchange takes of an order by its public price list.
    taker_fee: &'static str,
    /// The market where bitcoin buys SKY; none where the exchange has none that is known to be Skycoin's.
    btc_market: Option<&'static str>,
}

const VENUES: [Facts; 4] = [
    Facts {
        name: "c2cx",
        venue: Venue::C2cx,
        url: "https://api.c2cx.com/v1/",
        taker_fee: "0.002",
        btc_market: Some("BTC_SKY"),
    },
    Facts {
        name: "binance",
        venue: Venue::Binance,
        url: "https://api.binance.com",
        taker_fee: "0.001",
        btc_market: None,
    },
    Facts {
        name: "kraken",
        venue: Venue::Kraken,
        url: "https://api.kraken.com",
        taker_fee: "0.004",
        btc_market: None,
    },
    Facts {
        name: "coinbase",
        venue: Venue::Coinbase,
        url: "https://api.coinbase.com",
        taker_fee: "0.012",
        btc_market: None,
    },
];

impl Venue {
    /// Returns its name, as the configuration has it.
    pub fn name(self) -> &'static str {
        let known = VENUES.iter().find(|facts| facts.venue == self);
        known.map_or("", |facts| facts.name)
    }

    /// Returns the one of this name.
    pub fn from_name(name: &str) -> Option<Venue> {
        VENUES.iter().find(|facts| facts.name == name).map(|facts| facts.venue)
    }

    /// Returns where it is asked, where nothing else is configured.
    pub fn usual_url(self) -> &'static str {
        let known = VENUES.iter().find(|facts| facts.venue == self);
        known.map_or("", |facts| facts.url)
    }
}

/// The section was called c2cx before; a file may use either name, not both.
pub(super) fn read(parent: &mut Section<'_>, warnings: &mut Vec<String>) -> ExchangeClient {
    let old = parent.has("c2cx");
    if old && parent.has("exchange_client") {
        parent.problem("c2cx", "is the old name of sky_exchanger.exchange_client; give one of the two");
    } else if old {
        warnings.push("sky_exchanger.c2cx: is called sky_exchanger.exchange_client now".into());
    }
    let mut section = parent.section(if old { "c2cx" } else { "exchange_client" });
    let facts = venue(&mut section);
    let text = section.decimal_text("btc_minimum_volume", "0.005");
    let volume =
        section.parsed("btc_minimum_volume", &text, |text| Units::parse_coins(text, Coin::BTC.decimals()));
    let client = ExchangeClient {
        venue: facts.venue,
        url: url(&mut section, facts),
        upstream: markets(&mut section, facts),
        max_slippage: fraction(&mut section, "max_slippage", "0.02"),
        taker_fee: fraction(&mut section, "taker_fee", facts.taker_fee),
        partial_fills: partial_fills(&mut section),
        gather_count: section.number("gather_count", 1, MAX_GATHERED).max(1),
        gather_time: section.duration("gather_time", Duration::from_secs(60)),
        order_patience: section.duration("order_patience", Duration::from_secs(30)),
        fallback_after: section.optional_duration("fallback_after", None),
        key: section.secret("key"),
        secret: section.secret("secret"),
        request_failure_wait: section.duration("request_failure_wait", Duration::from_secs(10)),
        ratelimit_wait: section.duration("ratelimit_wait", Duration::from_secs(30)),
        check_order_wait: section.duration("check_order_wait", Duration::from_secs(2)),
        withdraw: withdraw::read(&mut section),
        btc_minimum_volume: volume.unwrap_or(Units::ZERO),
        btc_minimum_volume_text: text,
    };
    section.finish();
    client
}

fn venue(section: &mut Section<'_>) -> &'static Facts {
    let name = section.string("exchange", "c2cx");
    let [c2cx, ..] = &VENUES;
    VENUES.iter().find(|facts| facts.name == name).unwrap_or_else(|| {
        let names = VENUES.map(|facts| format!("{:?}", facts.name)).join(", ");
        section.problem("exchange", format!("expected one of {names}, got {name:?}"));
        c2cx
    })
}

fn url(section: &mut Section<'_>, facts: &Facts) -> NodeUrl {
    let usual = Usual { scheme: "https", port: None, is_for_urls: false };
    let text = section.string("url", facts.url);
    let url = section.parsed("url", &text, |text| NodeUrl::parse(text, usual));
    url.unwrap_or_else(|| NodeUrl::parse(facts.url, usual).expect("BUG: the venues' own URLs are URLs"))
}

/// A part of a whole, such as "0.02".
pub(super) fn fraction(section: &mut Section<'_>, name: &'static str, default: &str) -> Exact {
    let text = section.decimal_text(name, default);
    let read = section.parsed(name, &text, str::parse::<Exact>).unwrap_or_default();
    if read.whole() != Some(0) {
        section.problem(name, format!("must be less than 1, such as \"{default}\", got {text}"));
    }
    read
}

fn partial_fills(section: &mut Section<'_>) -> PartialFills {
    match section.string("partial_fills", "reorder").as_str() {
        "reorder" => PartialFills::Reorder,
        "stock" => PartialFills::Stock,
        "hold" => PartialFills::Hold,
        other => {
            let expected = format!("expected \"reorder\", \"stock\" or \"hold\", got {other:?}");
            section.problem("partial_fills", expected);
            PartialFills::Reorder
        }
    }
}

/// The markets by the codes of assets. Which of them are used is known once all assets are.
fn markets(section: &mut Section<'_>, facts: &Facts) -> Vec<Upstream> {
    let mut markets = section.texts("markets");
    if let Some(market) = facts.btc_market.filter(|_| !markets.iter().any(|(code, _)| code == "BTC")) {
        markets.push(("BTC".to_owned(), market.to_owned()));
    }
    let prices = section.texts("max_prices");
    let mut upstream = Vec::new();
    for (code, market) in markets {
        let text = prices.iter().find(|(of, _)| *of == code).map(|(_, text)| text);
        let max_price = text.and_then(|text| {
            let read = text.parse::<Exact>().map_err(|error| error.to_string());
            read.map_err(|error| section.problem(&format!("max_prices.{code}"), error)).ok()
        });
        upstream.push(Upstream { code, market, max_price });
    }
    for (code, _) in prices.iter().filter(|(code, _)| !upstream.iter().any(|known| known.code == *code)) {
        section.problem(&format!("max_prices.{code}"), format!("there is no market for {code} in markets"));
    }
    upstream
}

/// Finds the assets of the markets, and whether each asset that is bought for has one.
pub(super) fn check(root: &mut Section<'_>, config: &Config) {
    check_codes(root, config);
    check_withdraw(root, config);
    let bought: Vec<(Coin, Option<Token>)> = bought_for(config).collect();
    if bought.is_empty() {
        return;
    }
    let client = &config.exchanger.exchange;
    let at = |name: &str| format!("sky_exchanger.exchange_client.{name}");
    for (name, secret) in [("key", &client.key), ("secret", &client.secret)] {
        if secret.expose_secret().is_empty() {
            root.problem(&at(name), "must be set where sky_exchanger.buy_method is \"passthrough\"");
        }
    }
    for (coin, token) in bought {
        let code = code_of(coin, token);
        if config.market_of(coin, token).is_none() {
            let words = format!("must name the market of {} where {code} buys SKY", client.venue.name());
            root.problem(&at(&format!("markets.{code}")), words);
        }
    }
    if !client.url.is_tls() && !client.url.is_loopback() {
        root.problem(&at("url"), "must be https: keys are sent there");
    }
    if config.dummy.is_on() && !client.url.is_loopback() {
        root.problem(&at("url"), "must be on loopback in dummy mode: a real exchange takes real money");
    }
}

/// Whether what was bought can be withdrawn as it is configured.
fn check_withdraw(root: &mut Section<'_>, config: &Config) {
    let client = &config.exchanger.exchange;
    let withdraw = &client.withdraw;
    if !withdraw.enabled {
        return;
    }
    let at = |name: &str| format!("sky_exchanger.exchange_client.withdraw.{name}");
    let mut refuse = |name: &str, words: &str| root.problem(&at(name), words);
    match client.venue {
        Venue::C2cx => refuse("enabled", "must be false: c2cx has no withdrawals by a call"),
        Venue::Kraken if withdraw.address_name.is_none() => {
            refuse("address_name", "must be the name that you gave the hot wallet's address at kraken");
        }
        Venue::Binance | Venue::Kraken | Venue::Coinbase => {}
    }
    if client.key.expose_secret().is_empty() || config.upstream_assets().is_empty() {
        refuse(
            "enabled",
            "must be false where nothing is bought: set sky_exchanger.buy_method or buy_methods",
        );
    }
    if config.dummy.is_on() {
        refuse("enabled", "must be false in dummy mode: the hot wallet is no real one");
    }
}

/// Names that nothing is called by are mistakes, not settings for later.
fn check_codes(root: &mut Section<'_>, config: &Config) {
    let exchanger = &config.exchanger;
    let is_known = |code: &str| config.assets.iter().any(|asset| code_of(asset.coin, asset.token) == code);
    for known in exchanger.exchange.upstream.iter().filter(|known| !is_known(&known.code)) {
        let key = format!("sky_exchanger.exchange_client.markets.{}", known.code);
        root.problem(&key, "is no coin, and no token of eth_tokens");
    }
    for (symbol, _) in exchanger.token_methods.iter().filter(|(symbol, _)| !is_known(symbol.as_str())) {
        let key = format!("sky_exchanger.buy_methods.{}", symbol.as_str());
        root.problem(&key, "is no coin, and no token of eth_tokens");
    }
}

/// The code that people have for an asset.
fn code_of(coin: Coin, token: Option<Token>) -> String {
    token.map_or_else(|| coin.code().to_owned(), |token| token.symbol.to_string())
}

fn bought_for(config: &Config) -> impl Iterator<Item = (Coin, Option<Token>)> + '_ {
    let assets = config.assets.iter().filter(|asset| config.coin(asset.coin).enabled);
    let assets = assets.map(|asset| (asset.coin, asset.token));
    assets.filter(|(coin, token)| config.method(*coin, *token) == BuyMethod::Passthrough)
}

impl Config {
    /// Returns what is bought for an asset upstream; none where no market is configured.
    pub fn market_of(&self, coin: Coin, token: Option<Token>) -> Option<&Upstream> {
        let code = code_of(coin, token);
        self.exchanger.exchange.upstream.iter().find(|known| known.code == code)
    }

    /// Returns the assets that are bought for upstream, with their markets.
    pub fn upstream_assets(&self) -> Vec<(Coin, Option<Token>, Upstream)> {
        let bought = bought_for(self);
        bought.filter_map(|(coin, token)| Some((coin, token, self.market_of(coin, token)?.clone()))).collect()
    }
}
