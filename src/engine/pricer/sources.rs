//! What a source says now: a market's ticker, once it is known what its coins are, or a file of the operator's.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use super::{PriceVenue, Pricer};
use crate::engine::identity::{is_vouched_for, problem};
use crate::exchange::{AssetNetwork, Market, MarketState};
use crate::price::{PriceSource, Reading, Told};
use crate::task::aside;
use crate::types::{Exact, Moment, Rate, UnixTime};

/// For how long it is taken for granted what a market's coins are.
const IDENTITY_AGE: Duration = Duration::from_secs(600);
/// A longer file is no list of prices.
const MAX_FEED: u64 = 65_536;

/// When it was found out that a market is Skycoin's, by asset and source.
pub(super) type Identities = HashMap<(String, String), Moment>;

impl Pricer {
    /// Asks a source; none where it is not one to be asked.
    pub(super) async fn told(&mut self, code: &str, source: &PriceSource) -> Option<Told> {
        match source {
            PriceSource::Exchange { venue, market } => {
                let Some(venue) = self.settings.venues.get(venue).cloned() else {
                    return Some(Told::Silent("there is no such exchange".to_owned()));
                };
                Some(self.of_market(code, &venue, market).await.unwrap_or_else(|told| told))
            }
            PriceSource::Feed(path) => {
                let (path, code) = (path.clone(), code.to_owned());
                let read = aside(move || of_feed(&path, &code), || "the desk is stopping".to_owned());
                Some(read.await.map_or_else(Told::Silent, Told::Says))
            }
            PriceSource::Fixed(_) | PriceSource::Pushed | PriceSource::Median(_) => None,
        }
    }

    async fn of_market(&mut self, code: &str, venue: &PriceVenue, market: &str) -> Result<Told, Told> {
        let exchange = &*venue.exchange;
        self.identify(code, venue, market).await?;
        let at = self.clock.now();
        let ticker = exchange.ticker(market).await.map_err(|error| Told::Silent(error.to_string()))?;
        let silent = |why: &str| Told::Silent(why.to_owned());
        // What it costs to buy. A price that nobody stands on the other side of says nothing.
        let (Some(bid), Some(ask)) = (ticker.bid, ticker.ask) else {
            return Err(silent("nobody sells there, or nobody buys"));
        };
        let price = Exact::new(ask).filter(|price| !price.is_zero() && bid <= ask);
        let price = price.ok_or_else(|| silent("its prices contradict each other"))?;
        let rate = Rate::of_price(price).ok_or_else(|| silent("its price cannot be counted exactly"))?;
        Ok(Told::Says(Reading { rate, words: price.to_string(), at }))
    }

    /// Finds out whether a market is Skycoin's in this asset.
    async fn identify(&mut self, code: &str, venue: &PriceVenue, market: &str) -> Result<(), Told> {
        let exchange = &*venue.exchange;
        let name = format!("{}:{market}", exchange.name());
        let (key, now) = ((code.to_owned(), name.clone()), self.clock.moment());
        if self.identities.get(&key).is_some_and(|known| now.since(*known) < IDENTITY_AGE) {
            return Ok(());
        }
        let rules: Market = exchange.market(market).await.map_err(|error| Told::Silent(error.to_string()))?;
        let is_vouched_for = is_vouched_for(&self.settings.vouched, exchange.name(), market);
        let networks = networks(venue, &rules.base).await;
        let networks = match networks {
            Ok(networks) => networks,
            // That it cannot be asked now says nothing of its coin.
            Err(why) if !is_vouched_for => return Err(Told::Silent(why)),
            Err(_) => None,
        };
        if let Some(why) = problem(code, &rules, networks.as_deref(), is_vouched_for) {
            self.identities.remove(&key);
            return Err(Told::WrongAsset(why));
        }
        if rules.state == MarketState::Closed {
            return Err(Told::Silent("the market is closed".to_owned()));
        }
        self.identities.insert(key, now);
        Ok(())
    }
}

/// What an exchange says of the networks of a coin; nothing without a key.
async fn networks(venue: &PriceVenue, coin: &str) -> Result<Option<Vec<AssetNetwork>>, String> {
    if !venue.has_key {
        return Ok(None);
    }
    venue.exchange.networks(coin).await.map_err(|error| error.to_string())
}

/// Reads `{"BTC": {"rate": "500", "at": SECONDS}}`.
fn of_feed(path: &Path, code: &str) -> Result<Reading, String> {
    let shown = path.display();
    let unreadable = |error: std::io::Error| format!("{shown}: {error}");
    if std::fs::metadata(path).map_err(unreadable)?.len() > MAX_FEED {
        return Err(format!("{shown} is longer than {MAX_FEED} bytes"));
    }
    let text = std::fs::read_to_string(path).map_err(unreadable)?;
    let all: serde_json::Value = serde_json::from_str(&text).map_err(|error| format!("{shown}: {error}"))?;
    let told = all.get(code).ok_or_else(|| format!("{shown} has no price for {code}"))?;
    let rate = told.get("rate").and_then(serde_json::Value::as_str);
    let at = told.get("at").and_then(serde_json::Value::as_u64);
    let (Some(text), Some(at)) = (rate, at) else {
        return Err(format!("{shown}: {code} wants a rate as text, and the seconds since 1970 as at"));
    };
    let rate = Rate::parse(text).map_err(|error| format!("{shown}: {code}: {error}"))?;
    Ok(Reading { words: format!("{} SKY for one", rate.text()), rate, at: UnixTime::new(at) })
}
