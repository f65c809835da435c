//! Section `sky_exchanger.prices`: what prices have to pass that follow a source, and when they are promised.

use std::time::Duration;

use super::exchange_client::fraction;
use super::reader::Section;
use super::{Config, PricesConfig, Venue};
use crate::price::{Guards, PriceSource, Promised};
use crate::types::{Coin, Rate, Token};

pub(super) fn read(parent: &mut Section<'_>) -> PricesConfig {
    let mut section = parent.section("prices");
    let guards = Guards {
        spread: fraction(&mut section, "spread", "0.01"),
        max_age: section.duration("max_age", Duration::from_secs(120)),
        band: fraction(&mut section, "band", "0.2"),
        disagree: fraction(&mut section, "disagree", "0.05"),
    };
    let poll = section.duration("poll", Duration::from_secs(15));
    if guards.max_age <= poll {
        section.problem(
            "max_age",
            "must be longer than poll: every price would be too old before the next is known",
        );
    }
    let mut own = Vec::new();
    for (code, text) in section.texts("own") {
        match Rate::parse(&text) {
            Ok(rate) => own.push((code, rate)),
            Err(error) => section.problem(&format!("own.{code}"), error),
        }
    }
    let vouched = section.strings("vouched");
    for text in &vouched {
        if !matches!(PriceSource::parse(text), Ok(PriceSource::Exchange { .. })) {
            section.problem("vouched", format!("expected markets such as \"c2cx:BTC_SKY\", got {text:?}"));
        }
    }
    let promised = promised(&mut section);
    let promise_time = section.duration("promise_time", Duration::from_secs(900));
    section.finish();
    PricesConfig { guards, poll, own, vouched, promised, promise_time }
}

fn promised(section: &mut Section<'_>) -> Promised {
    let text = section.string("promised", Promised::Seen.name());
    Promised::from_name(&text).unwrap_or_else(|| {
        section.problem("promised", format!("expected \"bind\", \"seen\" or \"final\", got {text:?}"));
        Promised::Seen
    })
}

/// What can only be judged with all assets in view: a price that follows a source needs a band to stay in.
pub(super) fn check(root: &mut Section<'_>, config: &Config) {
    for asset in config.assets.iter().filter(|asset| asset.price.fixed().is_none()) {
        let (code, key) = (code_of(asset.coin, asset.token), key_of(asset.coin, asset.token));
        if config.own_price(&code).is_none() {
            root.problem(
                &format!("sky_exchanger.prices.own.{code}"),
                format!("must be your own idea of SKY for one {code}: {key} follows a source"),
            );
        }
        for source in asset.price.asked() {
            if let Some(words) = problem(config, source) {
                root.problem(&key, words);
            }
        }
    }
    let is_known = |code: &str| config.assets.iter().any(|asset| code_of(asset.coin, asset.token) == code);
    for (code, _) in config.exchanger.prices.own.iter().filter(|(code, _)| !is_known(code)) {
        root.problem(&format!("sky_exchanger.prices.own.{code}"), "is no coin, and no token of eth_tokens");
    }
}

fn problem(config: &Config, source: &PriceSource) -> Option<String> {
    let PriceSource::Exchange { venue, .. } = source else { return None };
    let client = &config.exchanger.exchange;
    if venue == "exchange" {
        return None;
    }
    match Venue::from_name(venue) {
        None => Some(format!(
            "{source}: there is no exchange {venue:?}; expected \"exchange\" or one of its names"
        )),
        Some(Venue::Coinbase) if client.venue != Venue::Coinbase => Some(format!(
            "{source}: coinbase wants a key for that; make it sky_exchanger.exchange_client.exchange"
        )),
        Some(_) => None,
    }
}

fn code_of(coin: Coin, token: Option<Token>) -> String {
    token.map_or_else(|| coin.code().to_owned(), |token| token.symbol.to_string())
}

fn key_of(coin: Coin, token: Option<Token>) -> String {
    match token {
        Some(token) => format!("eth_tokens.{}.rate", token.symbol.as_str()),
        None => format!("sky_exchanger.{}", coin.facts().settings.rate_key),
    }
}

impl Config {
    /// Returns the operator's own idea of SKY for one of an asset.
    pub fn own_price(&self, code: &str) -> Option<&Rate> {
        self.exchanger.prices.own.iter().find(|(known, _)| known == code).map(|(_, rate)| rate)
    }
}
