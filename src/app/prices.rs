//! The prices of a configuration, and what asks their sources.

use std::collections::HashMap;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

use super::upstream::{self, NoNonces};
use crate::clock::Clock;
use crate::config::{Config, NodeUrl, Usual, Venue};
use crate::engine::{Intake, PriceVenue, Pricer, PricerSettings};
use crate::exchange::{Exchange, SetupError};
use crate::ledger::Asset;
use crate::live::{PricedAsset, Prices};
use crate::price::PriceSource;
use crate::store::Store;
use crate::types::UnixTime;

/// Returns the prices, of which nothing is known yet but what is written down.
pub(super) fn prices(config: &Config, now: UnixTime) -> Prices {
    let listed = config.assets.iter().map(|asset| {
        let priced = asset.token.map_or(Asset::Coin(asset.coin), Asset::Token);
        let own = config.own_price(priced.code()).cloned();
        PricedAsset { asset: priced, source: asset.price.clone(), own }
    });
    Prices::new(listed.collect(), config.exchanger.prices.guards.clone(), now)
}

/// Returns what asks the sources, and prices what waits.
///
/// # Errors
///
/// Where an exchange cannot be spoken to at all.
pub(super) fn pricer(
    config: &Config,
    store: &Store,
    clock: &Arc<dyn Clock>,
    intake: Intake,
    exchange: Option<&Arc<dyn Exchange>>,
) -> Result<Pricer, SetupError> {
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
    let settings = PricerSettings { poll: prices.poll, venues, vouched: prices.vouched.clone() };
    Ok(Pricer::new(store.clone(), Arc::clone(clock), intake, settings))
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
