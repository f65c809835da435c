//! From what the sources say to a price, through the guards.

use std::time::Duration;

use minicbor::{Decode, Encode};

use super::PriceSource;
use crate::types::{Exact, Rate, UnixTime};

/// How far a source's clock may be ahead of the desk's.
const AHEAD: Duration = Duration::from_secs(60);

/// What a price has to pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guards {
    /// What is older is no price.
    pub max_age: Duration,
    /// What the desk keeps of it, as a part.
    pub spread: Exact,
    /// How far a price may be from the operator's own idea, as a part of that.
    pub band: Exact,
    /// How far sources may be from each other, as a part of the one in the middle.
    pub disagree: Exact,
}

/// What a source said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// SKY for one coin, before the spread.
    pub rate: Rate,
    /// The price as the source wrote it.
    pub words: String,
    /// When it was so.
    pub at: UnixTime,
}

/// What is known from a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// This.
    Says(Reading),
    /// Nothing, for this reason.
    Silent(String),
    /// It prices another coin than Skycoin, or in another than the asset.
    WrongAsset(String),
}

/// How a price came about; kept with each deposit that has it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct PriceNote {
    /// Where it came from, with what was said there.
    #[n(0)]
    pub source: String,
    /// When it was so.
    #[n(1)]
    pub at: UnixTime,
    /// What the desk kept of it, as a part.
    #[n(2)]
    pub spread: Exact,
}

/// A price that may be promised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quoted {
    /// SKY for one coin, after the spread.
    pub rate: Rate,
    /// How it came about.
    pub note: PriceNote,
    /// Until when it may be promised; none where it does not grow old.
    pub until: Option<UnixTime>,
}

/// Why there is no price.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoPrice {
    /// No source is known for the asset.
    #[error("no price is configured for it")]
    Unknown,
    /// Nothing is known from a source, or from too many of them.
    #[error("no price is known: {0}")]
    NoReading(String),
    /// What is known is too old, or from a time that has not come yet.
    #[error("the price is too old: {0}")]
    TooOld(String),
    /// It is too far from what the operator thinks.
    #[error(
        "the price is out of the band: {rate} SKY for one, where the operator's own idea is {own} and it may be off \
         by {band}"
    )]
    OutOfBand {
        /// What was said.
        rate: String,
        /// What the operator thinks.
        own: String,
        /// How far it may be off, as a part.
        band: Exact,
    },
    /// The sources contradict each other.
    #[error("the sources disagree: {0}")]
    SourcesDisagree(String),
    /// It is the price of something else.
    #[error("it is the price of something else: {0}")]
    WrongAsset(String),
    /// It moved too far in too short a time, and is not back.
    #[error(
        "the price moved too far in too short a time, from {from} to {to} SKY for one: it waits until it is back, or a \
         person closes the breaker (GET /api/breakers)"
    )]
    Jumped {
        /// What it was.
        from: String,
        /// What it came to.
        to: String,
    },
    /// The numbers are more than can be counted exactly.
    #[error("the price has more digits than can be counted exactly")]
    Uncountable,
}

impl NoPrice {
    /// Returns the code that the API tells.
    pub const fn code(&self) -> &'static str {
        match self {
            NoPrice::Unknown => "unknown",
            NoPrice::NoReading(_) => "no_reading",
            NoPrice::TooOld(_) => "too_old",
            NoPrice::OutOfBand { .. } => "out_of_band",
            NoPrice::SourcesDisagree(_) => "sources_disagree",
            NoPrice::WrongAsset(_) => "wrong_asset",
            NoPrice::Jumped { .. } => "jumped",
            NoPrice::Uncountable => "uncountable",
        }
    }
}

impl PriceNote {
    /// A price that the operator wrote down.
    pub fn fixed(at: UnixTime) -> PriceNote {
        PriceNote { source: "fixed".to_owned(), at, spread: Exact::ZERO }
    }
}

impl Quoted {
    /// A price that the operator wrote down, as of this time.
    pub fn fixed(rate: Rate, at: UnixTime) -> Quoted {
        Quoted { rate, note: PriceNote::fixed(at), until: None }
    }

    /// Whether it may still be promised.
    pub fn is_good(&self, now: UnixTime) -> bool {
        self.until.is_none_or(|until| now <= until)
    }
}

/// Returns the price that these sources come to at this time. Of an even number of sources the lower one of the two in
/// the middle counts. Where there are several, more than half of all have to agree: one alone vouches for nothing.
///
/// # Errors
///
/// Why there is none.
pub fn quote(
    told: &[(&PriceSource, &Told)],
    own: Option<&Rate>,
    guards: &Guards,
    now: UnixTime,
) -> Result<Quoted, NoPrice> {
    let mut fresh: Vec<(&PriceSource, &Reading)> = Vec::new();
    let mut missing: Vec<NoPrice> = Vec::new();
    for (source, told) in told {
        match told {
            Told::WrongAsset(why) => return Err(NoPrice::WrongAsset(format!("{source}: {why}"))),
            Told::Silent(why) => missing.push(NoPrice::NoReading(format!("{source}: {why}"))),
            Told::Says(reading) => match age_problem(source, reading, guards, now) {
                Some(why) => missing.push(NoPrice::TooOld(why)),
                None => fresh.push((source, reading)),
            },
        }
    }
    if !is_most(fresh.len(), told.len()) {
        return Err(missing.into_iter().next().unwrap_or(NoPrice::Unknown));
    }
    fresh.sort_by(|(_, one), (_, two)| one.rate.compare(&two.rate));
    let middle = fresh.len().saturating_sub(1).div_euclid(2);
    let Some((_, chosen)) = fresh.get(middle).copied() else { return Err(NoPrice::Unknown) };
    let agree = fresh.iter().filter(|(_, reading)| reading.rate.is_near(&chosen.rate, guards.disagree));
    if !is_most(agree.count(), told.len()) {
        return Err(NoPrice::SourcesDisagree(in_words(&fresh)));
    }
    if let Some(own) = own.filter(|own| !chosen.rate.is_near(own, guards.band)) {
        let (rate, own) = (chosen.rate.text().to_owned(), own.text().to_owned());
        return Err(NoPrice::OutOfBand { rate, own, band: guards.band });
    }
    let rate = chosen.rate.less(guards.spread).ok_or(NoPrice::Uncountable)?;
    let at = fresh.iter().map(|(_, reading)| reading.at).min().unwrap_or(chosen.at);
    let source = if told.len() > 1 { format!("median of {}", in_words(&fresh)) } else { in_words(&fresh) };
    let until = Some(UnixTime::new(at.get().saturating_add(guards.max_age.as_secs())));
    Ok(Quoted { rate, note: PriceNote { source, at, spread: guards.spread }, until })
}

fn is_most(some: usize, all: usize) -> bool {
    some.saturating_mul(2) > all
}

fn in_words(readings: &[(&PriceSource, &Reading)]) -> String {
    let each: Vec<String> =
        readings.iter().map(|(source, reading)| format!("{source} at {}", reading.words)).collect();
    each.join(", ")
}

fn age_problem(source: &PriceSource, reading: &Reading, guards: &Guards, now: UnixTime) -> Option<String> {
    if reading.at.since(now) > AHEAD {
        let ahead = reading.at.since(now).as_secs();
        return Some(format!("{source} tells of a time {ahead} s from now"));
    }
    let age = now.since(reading.at);
    let max = guards.max_age.as_secs();
    (age > guards.max_age).then(|| format!("{source} was heard {} s ago, {max} s are allowed", age.as_secs()))
}
