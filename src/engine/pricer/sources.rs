//! What a source says now: a market's ticker, once it is known what its coins are, or a file of the operator's.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::{PriceVenue, Pricer};
use crate::clock::Clock;
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

/// What an asset's source is asked, with all that it takes.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) code: String,
    pub(super) source: PriceSource,
    /// The exchange, where the source is a market of one.
    pub(super) venue: Option<PriceVenue>,
    /// Whether the market is Skycoin's by the operator's word.
    pub(super) is_vouched_for: bool,
    /// Whether it was found out lately that the market is Skycoin's.
    pub(super) is_identified: bool,
    pub(super) clock: Arc<dyn Clock>,
}

/// What a source told.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) code: String,
    pub(super) source: PriceSource,
    /// None where it is not one to be asked.
    pub(super) told: Option<Told>,
    /// When it was found out, by this question, that the market is Skycoin's; none where it was not.
    pub(super) identified: Option<Moment>,
}

impl Question {
    /// Asks it.
    pub(super) async fn ask(self) -> Said {
        let mut identified = None;
        let told = match &self.source {
            PriceSource::Exchange { market, .. } => match &self.venue {
                Some(venue) => {
                    Some(self.of_market(venue, market, &mut identified).await.unwrap_or_else(|told| told))
                }
                None => Some(Told::Silent("there is no such exchange".to_owned())),
            },
            PriceSource::Feed(path) => {
                let (path, code) = (path.clone(), self.code.clone());
                let read = aside(move || of_feed(&path, &code), || "the desk is stopping".to_owned());
                Some(read.await.map_or_else(Told::Silent, Told::Says))
            }
            PriceSource::Fixed(_) | PriceSource::Pushed | PriceSource::Median(_) => None,
        };
        Said { code: self.code, source: self.source, told, identified }
    }

    async fn of_market(
        &self,
        venue: &PriceVenue,
        market: &str,
        identified: &mut Option<Moment>,
    ) -> Result<Told, Told> {
        if !self.is_identified {
            self.identify(venue, market).await?;
            *identified = Some(self.clock.moment());
        }
        let at = self.clock.now();
        let ticker = venue.exchange.ticker(market).await.map_err(|error| Told::Silent(error.to_string()))?;
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
    async fn identify(&self, venue: &PriceVenue, market: &str) -> Result<(), Told> {
        let asked = venue.exchange.market(market).await;
        let rules: Market = asked.map_err(|error| Told::Silent(error.to_string()))?;
        let networks = match networks(venue, &rules.base).await {
            Ok(networks) => networks,
            // That it cannot be asked now says nothing of its coin.
            Err(why) if !self.is_vouched_for => return Err(Told::Silent(why)),
            Err(_) => None,
        };
        if let Some(why) = problem(&self.code, &rules, networks.as_deref(), self.is_vouched_for) {
            return Err(Told::WrongAsset(why));
        }
        if rules.state == MarketState::Closed {
            return Err(Told::Silent("the market is closed".to_owned()));
        }
        Ok(())
    }
}

impl Pricer {
    /// Asks every source that is not asked already, each by itself.
    pub(super) fn ask(&mut self) {
        let now = self.clock.moment();
        self.asked = Some(now);
        self.identities.retain(|_, known| now.since(*known) < IDENTITY_AGE);
        for priced in &self.intake.prices.list().listed {
            for source in priced.source.asked().iter().filter(|source| is_to_be_asked(source)) {
                let key = (priced.asset.code().to_owned(), source.to_string());
                if self.under_way.contains(&key) {
                    continue;
                }
                let question = self.question(priced.asset.code(), source, self.identities.contains_key(&key));
                self.under_way.insert(key);
                self.questions.begin(question.ask());
            }
        }
    }

    fn question(&self, code: &str, source: &PriceSource, is_identified: bool) -> Question {
        let (venue, is_vouched_for) = match source {
            PriceSource::Exchange { venue, market } => {
                let venue = self.settings.venues.get(venue).cloned();
                let name = venue.as_ref().map(|venue| venue.exchange.name());
                let is_vouched_for =
                    name.is_some_and(|name| is_vouched_for(&self.settings.vouched, name, market));
                (venue, is_vouched_for)
            }
            PriceSource::Fixed(_) | PriceSource::Feed(_) | PriceSource::Pushed | PriceSource::Median(_) => {
                (None, false)
            }
        };
        let (code, source, clock) = (code.to_owned(), source.clone(), Arc::clone(&self.clock));
        Question { code, source, venue, is_vouched_for, is_identified, clock }
    }

    /// Takes what sources have told: one that takes its time keeps no other one's price.
    pub(super) async fn hear(&mut self) {
        let mut said = self.questions.take().await;
        while !said.is_empty() {
            for Said { code, source, told, identified } in said {
                let key = (code, source.to_string());
                self.under_way.remove(&key);
                if let Some(Told::Silent(why) | Told::WrongAsset(why)) = &told {
                    tracing::debug!(asset = %key.0, %source, %why, "no price");
                }
                if matches!(told, Some(Told::WrongAsset(_))) {
                    self.identities.remove(&key);
                }
                told.into_iter().for_each(|told| self.intake.prices.hear(&key.0, &source, told));
                self.identities.extend(identified.map(|at| (key, at)));
            }
            said = self.questions.take().await;
        }
    }

    /// Asks anew: what was asked before may be of other settings.
    pub(super) fn forget_sources(&mut self) {
        self.questions.drop_all();
        self.under_way.clear();
        self.identities.clear();
        self.asked = None;
    }
}

/// Whether a source is one that has to be asked.
pub(super) const fn is_to_be_asked(source: &PriceSource) -> bool {
    match source {
        PriceSource::Exchange { .. } | PriceSource::Feed(_) => true,
        PriceSource::Fixed(_) | PriceSource::Pushed | PriceSource::Median(_) => false,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_read_a_feed_that_is_not_too_long() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("prices");
        let read = |text: &str| {
            std::fs::write(&path, text).unwrap();
            of_feed(&path, "BTC").map(|reading| (reading.rate.text().to_owned(), reading.at.get()))
        };
        let told = r#"{"BTC": {"rate": "500", "at": 1700000000}}"#;
        assert_eq!(read(told), Ok(("500".to_owned(), 1_700_000_000)));
        let longest = usize::try_from(MAX_FEED).unwrap();
        let padded = |length: usize| format!("{told}{}", " ".repeat(length - told.len()));
        assert!(read(&padded(longest)).is_ok());
        let why = read(&padded(longest + 1)).unwrap_err();
        assert!(why.ends_with("is longer than 65536 bytes"), "{why}");
        for (text, why) in [
            ("", "EOF"),
            ("{}", "has no price for BTC"),
            (r#"{"BTC": {"rate": 500, "at": 1}}"#, "wants a rate as text"),
            (r#"{"BTC": {"rate": "500"}}"#, "the seconds since 1970"),
            (r#"{"BTC": {"rate": "x", "at": 1}}"#, "BTC"),
        ] {
            let told = read(text).unwrap_err();
            assert!(told.contains(why), "{told}");
        }
    }
}
