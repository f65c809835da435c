//! The prices of a configuration, and what asks their sources.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Notify;

use super::upstream::{self, NoNonces};
use crate::clock::Clock;
use crate::config::{self, Config, NodeUrl, Usual, Venue};
use crate::engine::{FreshPrices, Intake, PriceFile, PriceVenue, Pricer, PricerSettings};
use crate::exchange::{Exchange, SetupError};
use crate::ledger::Asset;
use crate::live::{Live, PriceList, PricedAsset, Prices};
use crate::price::PriceSource;
use crate::store::Store;
use crate::types::UnixTime;

/// Returns the prices, of which nothing is known yet but what is written down.
pub(super) fn prices(config: &Config, now: UnixTime) -> Prices {
    let PriceList { listed, guards } = list(config);
    // In a shadow nobody could close a breaker.
    let bound = config.breakers.price_jump.filter(|_| config.shadow.is_none());
    Prices::new(listed, guards, now).bounded(bound)
}

/// What is configured of prices.
fn list(config: &Config) -> PriceList {
    let listed = config.assets.iter().map(|asset| {
        let priced = asset.token.map_or(Asset::Coin(asset.coin), Asset::Token);
        let own = config.own_price(priced.code()).cloned();
        PricedAsset { asset: priced, source: asset.price.clone(), own }
    });
    PriceList { listed: listed.collect(), guards: config.exchanger.prices.guards.clone() }
}

/// Returns what asks the sources, and prices what waits.
///
/// # Errors
///
/// Where an exchange cannot be spoken to at all.
fn pricer(
    config: &Config,
    store: &Store,
    clock: &Arc<dyn Clock>,
    intake: Intake,
    exchange: Option<&Arc<dyn Exchange>>,
) -> Result<Pricer, SetupError> {
    let settings = settings(config, clock, exchange)?;
    Ok(Pricer::new(store.clone(), Arc::clone(clock), intake, settings))
}

/// What asks the sources of a configuration.
///
/// # Errors
///
/// Where an exchange cannot be spoken to at all.
fn settings(
    config: &Config,
    clock: &Arc<dyn Clock>,
    exchange: Option<&Arc<dyn Exchange>>,
) -> Result<PricerSettings, SetupError> {
    let has_key = !config.exchanger.exchange.key.expose_secret().is_empty();
    let mut venues = HashMap::new();
    for source in config.assets.iter().flat_map(|asset| asset.price.asked()) {
        let PriceSource::Exchange { venue: name, .. } = source else { continue };
        if venues.contains_key(name) {
            continue;
        }
        let shared = exchange.filter(|_| upstream::is_configured(config, name)).map(Arc::clone);
        let venue = match (shared, Venue::from_name(name)) {
            (Some(exchange), _) => PriceVenue { exchange, has_key },
            (None, Some(other)) => keyless(config, other, clock)?,
            (None, None) => continue,
        };
        venues.insert(name.clone(), venue);
    }
    let prices = &config.exchanger.prices;
    Ok(PricerSettings { poll: prices.poll, venues, vouched: prices.vouched.clone() })
}

/// Prices are public: another exchange than the configured one is asked for nothing else.
fn keyless(config: &Config, venue: Venue, clock: &Arc<dyn Clock>) -> Result<PriceVenue, SetupError> {
    let mut config = config.clone();
    let client = &mut config.exchanger.exchange;
    let usual = Usual { scheme: "https", port: None, is_for_urls: false };
    let url = NodeUrl::parse(venue.usual_url(), usual);
    client.url = url.map_err(|error| SetupError::Client(error.to_string()))?;
    (client.venue, client.key, client.secret) = (venue, SecretString::default(), SecretString::default());
    Ok(PriceVenue { exchange: upstream::exchange(&config, clock, Arc::new(NoNonces))?, has_key: false })
}

/// Returns what asks the sources, and what has it read the configuration's file anew.
///
/// # Errors
///
/// Where an exchange cannot be spoken to at all.
pub(super) fn reading(
    config: &Config,
    (store, clock, live): (&Store, &Arc<dyn Clock>, &Arc<Live>),
    intake: &Intake,
    exchange: Option<&Arc<dyn Exchange>>,
) -> Result<(Pricer, Arc<ConfigFile>), SetupError> {
    let pricer = pricer(config, store, clock, intake.clone(), exchange)?;
    let file = Arc::new(ConfigFile::new(config, clock, exchange, intake.prices.nudge()));
    Ok((pricer.reading(Arc::clone(&file) as Arc<dyn PriceFile>, Arc::clone(live)), file))
}

/// The configuration's file, of which prices are read anew.
#[derive(Debug)]
pub(super) struct ConfigFile {
    /// What the service runs with.
    running: Config,
    clock: Arc<dyn Clock>,
    exchange: Option<Arc<dyn Exchange>>,
    is_asked: AtomicBool,
    /// Wakes who reads it.
    nudge: Arc<Notify>,
}

impl ConfigFile {
    pub(super) fn new(
        running: &Config,
        clock: &Arc<dyn Clock>,
        exchange: Option<&Arc<dyn Exchange>>,
        nudge: Arc<Notify>,
    ) -> ConfigFile {
        let (running, clock, exchange) = (running.clone(), Arc::clone(clock), exchange.map(Arc::clone));
        ConfigFile { running, clock, exchange, is_asked: AtomicBool::new(false), nudge }
    }

    /// Returns whether nobody has begun to read it yet since that was asked for.
    pub(super) fn is_asked(&self) -> bool {
        self.is_asked.load(Ordering::Acquire)
    }

    /// Has it read anew.
    pub(super) fn ask(&self) {
        self.is_asked.store(true, Ordering::Release);
        self.nudge.notify_one();
    }
}

/// What is another in a file, and what others than prices work with too; none where nothing is. Half of it would be
/// taken over: a coin that is not vouched for any more would be bought.
fn fixed_while_running(old: &Config, new: &Config) -> Option<String> {
    let (was, is) = (&old.exchanger.prices, &new.exchanger.prices);
    let markets = |config: &Config| {
        let all = config.upstream_assets().into_iter();
        all.map(|(_, _, upstream)| (upstream.code, upstream.market, upstream.max_price)).collect::<Vec<_>>()
    };
    let keys = [
        ("prices.promised", was.promised != is.promised),
        ("prices.promise_time", was.promise_time != is.promise_time),
        ("prices.vouched", was.vouched != is.vouched),
        ("exchange_client.markets", markets(old) != markets(new)),
    ];
    let others: Vec<String> = keys
        .into_iter()
        .filter(|(_, is_other)| *is_other)
        .map(|(key, _)| format!("sky_exchanger.{key}"))
        .collect();
    (!others.is_empty()).then(|| format!("{}: a change takes a restart", others.join(", ")))
}

impl PriceFile for ConfigFile {
    fn take_request(&self) -> bool {
        self.is_asked.swap(false, Ordering::AcqRel)
    }

    fn read(&self) -> Result<FreshPrices, String> {
        let path = self.running.file.as_deref().ok_or("the configuration was read from no file")?;
        let config = config::read_with(path, &self.running.overrides).map_err(|error| error.to_string())?;
        // The exchange that coins are bought on is spoken to by one client, which lasts as long as the service.
        let (new, old) = (&config.exchanger.exchange, &self.running.exchanger.exchange);
        let is_same = (new.venue, new.url.base(), new.key.expose_secret(), new.secret.expose_secret())
            == (old.venue, old.url.base(), old.key.expose_secret(), old.secret.expose_secret());
        if !is_same || (self.exchange.is_none() && upstream::follows_configured(&config)) {
            return Err("sky_exchanger.exchange_client: another exchange or key takes a restart".to_owned());
        }
        if let Some(words) = fixed_while_running(&self.running, &config) {
            return Err(words);
        }
        let settings = settings(&config, &self.clock, self.exchange.as_ref());
        let settings = settings.map_err(|error| error.to_string())?;
        Ok(FreshPrices { list: list(&config), settings })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn config(prices: &str) -> Config {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        let text = format!(
            "btc_addresses = {file:?}\n[sky_exchanger.prices]\n{prices}\n[dummy]\nsender = true\nscanner = true\n"
        );
        config::parse(&text, Path::new("test.toml")).unwrap()
    }

    #[test]
    fn should_say_what_is_not_taken_over_while_running() {
        let running = config("");
        for (prices, told) in [
            ("promised = \"final\"", Some("sky_exchanger.prices.promised")),
            ("promise_time = \"1h\"", Some("sky_exchanger.prices.promise_time")),
            ("vouched = [\"kraken:SKYXBT\"]", Some("sky_exchanger.prices.vouched")),
            ("spread = \"0.02\"", None),
        ] {
            let words = fixed_while_running(&running, &config(prices));
            let expected = told.map(|key| format!("{key}: a change takes a restart"));
            assert_eq!(words, expected, "{prices}");
        }
    }
}
