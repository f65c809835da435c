//! The prices of the moment: what the sources said, what a person has set, and what may be promised of it.
//!
//! Readers take what was worked out last, without waiting. Whoever learns something has it worked out anew.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwap;
use tokio::sync::Notify;

use super::price_list::{PriceList, PricedAsset};
use crate::ledger::Asset;
use crate::price::{
    Course, Guards, Jump, JumpBound, NoPrice, PriceNote, PriceSource, Quoted, Reading, Told, quote,
};
use crate::types::{Actor, Coin, Exact, PerCoin, Rate, Token, UnixTime};

/// A price that a person has set in place of what is configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetPrice {
    /// SKY for one.
    pub rate: Rate,
    /// Who has set it.
    pub by: Actor,
    /// Why.
    pub why: String,
    /// When.
    pub at: UnixTime,
}

/// What is known from a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// The last thing that counts.
    pub told: Told,
    /// Why it said nothing the last time; none where it did.
    pub trouble: Option<String>,
}

/// The price of an asset, as it was worked out last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceView {
    /// The asset with its source.
    pub priced: PricedAsset,
    /// What a person has set; none where what is configured counts.
    pub set: Option<SetPrice>,
    /// What is known from each source that is asked.
    pub heard: Vec<(PriceSource, Heard)>,
    /// What may be promised, or why nothing.
    pub price: Result<Quoted, NoPrice>,
}

/// What everything is worked out of.
#[derive(Debug, Default)]
struct Known {
    set: HashMap<String, SetPrice>,
    heard: HashMap<(String, String), Heard>,
    courses: HashMap<String, Course>,
}

/// The prices of all assets.
#[derive(Debug)]
pub struct Prices {
    list: ArcSwap<PriceList>,
    coins: PerCoin<ArcSwap<Option<PriceView>>>,
    tokens: Vec<(Token, ArcSwap<Option<PriceView>>)>,
    /// How far one may move that follows a source; none is any far.
    bound: Option<JumpBound>,
    known: Mutex<Known>,
    changes: AtomicU64,
    nudge: Arc<Notify>,
}

impl Prices {
    /// Returns the prices of these assets, of which nothing is known yet but what is written down.
    pub fn new(listed: Vec<PricedAsset>, guards: Guards, now: UnixTime) -> Prices {
        let tokens = listed.iter().filter_map(|priced| match priced.asset {
            Asset::Token(token) => Some((token, ArcSwap::default())),
            Asset::Coin(_) | Asset::CoinHours | Asset::AtVenue(_) => None,
        });
        let prices = Prices {
            coins: PerCoin::new(|_| ArcSwap::default()),
            tokens: tokens.collect(),
            list: ArcSwap::from_pointee(PriceList { listed, guards }),
            bound: None,
            known: Mutex::default(),
            changes: AtomicU64::new(0),
            nudge: Arc::default(),
        };
        prices.refresh(now);
        prices
    }

    /// Returns them with a bound on how far each may move that follows a source.
    #[must_use]
    pub fn bounded(self, bound: Option<JumpBound>) -> Prices {
        Prices { bound, ..self }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the jumps that are not over, by the codes of assets.
    pub fn jumps(&self) -> HashMap<String, Jump> {
        let known = self.known();
        let jumps = known.courses.iter().filter_map(|(code, course)| Some((code, course.jump()?)));
        jumps.map(|(code, jump)| (code.clone(), jump.clone())).collect()
    }

    /// Takes a price as it is now, whatever it was before.
    pub fn accept_jump(&self, code: &str, now: UnixTime) {
        if let Some(course) = self.known().courses.get_mut(code) {
            course.accept();
        }
        self.refresh(now);
    }

    /// Takes over jumps that were seen before this process began.
    pub fn resume_jumps(&self, jumps: HashMap<String, Jump>) {
        if self.bound.is_none() {
            return;
        }
        let mut known = self.known();
        for (code, jump) in jumps {
            known.courses.entry(code).or_default().resume(jump);
        }
    }

    /// Returns what prices that move are measured from, by the codes of assets.
    pub fn courses(&self) -> HashMap<String, Vec<(UnixTime, Rate)>> {
        let known = self.known();
        let courses = known.courses.iter();
        let seen = |course: &Course| course.seen().map(|(at, rate)| (at, rate.clone())).collect();
        courses.map(|(code, course)| (code.clone(), seen(course))).collect()
    }

    /// Takes over what prices were measured from before this process began.
    pub fn resume_courses(&self, courses: HashMap<String, Vec<(UnixTime, Rate)>>) {
        if self.bound.is_none() {
            return;
        }
        let mut known = self.known();
        for (code, seen) in courses {
            known.courses.entry(code).or_default().remember(seen);
        }
    }

    /// Returns prices that are written down, for these coins and tokens.
    pub fn fixed(coins: &PerCoin<Rate>, tokens: &[(Token, Rate)]) -> Prices {
        let listed =
            |asset, rate: &Rate| PricedAsset { asset, source: PriceSource::Fixed(rate.clone()), own: None };
        let coins = coins.iter().map(|(coin, rate)| listed(Asset::Coin(coin), rate));
        let tokens = tokens.iter().map(|(token, rate)| listed(Asset::Token(*token), rate));
        let none = Exact::ZERO;
        let max_age = std::time::Duration::from_secs(1);
        let guards = Guards { max_age, spread: none, band: none, disagree: none };
        Prices::new(coins.chain(tokens).collect(), guards, UnixTime::new(0))
    }

    /// Returns what prices are worked out of.
    pub fn list(&self) -> Arc<PriceList> {
        self.list.load_full()
    }

    /// Takes over what is configured by now, of the same assets.
    pub fn take_over(&self, list: PriceList, now: UnixTime) {
        self.list.store(Arc::new(list));
        self.refresh(now);
    }

    /// Returns the tokens that are priced.
    pub fn tokens(&self) -> impl Iterator<Item = Token> {
        self.tokens.iter().map(|(token, _)| *token)
    }

    /// Returns a number that is another one after each change.
    pub fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    /// Told when something was set or pushed.
    pub fn nudge(&self) -> Arc<Notify> {
        Arc::clone(&self.nudge)
    }

    fn slot_of(&self, asset: Asset) -> Option<&ArcSwap<Option<PriceView>>> {
        match asset {
            Asset::Coin(coin) => Some(&self.coins[coin]),
            Asset::Token(token) => {
                let mut tokens = self.tokens.iter();
                tokens.find(|(known, _)| known.contract == token.contract).map(|(_, slot)| slot)
            }
            Asset::CoinHours | Asset::AtVenue(_) => None,
        }
    }

    /// Returns the price of an asset; none where it is not priced.
    pub fn view(&self, coin: Coin, token: Option<Token>) -> Option<PriceView> {
        (**self.slot_of(token.map_or(Asset::Coin(coin), Asset::Token))?.load()).clone()
    }

    /// Returns what may be promised for one of an asset now.
    ///
    /// # Errors
    ///
    /// Why nothing.
    pub fn promise(&self, coin: Coin, token: Option<Token>, now: UnixTime) -> Result<Quoted, NoPrice> {
        self.promise_of(token.map_or(Asset::Coin(coin), Asset::Token), now)
    }

    /// Returns the same, of an asset.
    ///
    /// # Errors
    ///
    /// Why nothing.
    pub fn promise_of(&self, asset: Asset, now: UnixTime) -> Result<Quoted, NoPrice> {
        let view = self.slot_of(asset).ok_or(NoPrice::Unknown)?.load();
        let quoted = view.as_ref().as_ref().ok_or(NoPrice::Unknown)?.price.clone()?;
        if !quoted.is_good(now) {
            return Err(NoPrice::TooOld(format!("{} was heard last", quoted.note.source)));
        }
        // What is written down is so at any time.
        let is_fixed = quoted.until.is_none() && quoted.note.source == PriceNote::fixed(now).source;
        Ok(if is_fixed { Quoted { note: PriceNote::fixed(now), ..quoted } } else { quoted })
    }

    /// Returns all prices, in the order of the configuration.
    pub fn all(&self) -> Vec<PriceView> {
        let list = self.list();
        let slots = list.listed.iter().filter_map(|priced| self.slot_of(priced.asset));
        slots.filter_map(|slot| (**slot.load()).clone()).collect()
    }

    /// Takes down what a source said of an asset. What it said before stands until it is too old.
    pub fn hear(&self, code: &str, source: &PriceSource, told: Told) {
        let mut known = self.known();
        let key = (code.to_owned(), source.to_string());
        let before = known.heard.remove(&key);
        let heard = match (told, before) {
            (Told::Silent(why), Some(Heard { told: says @ Told::Says(_), .. })) => {
                Heard { told: says, trouble: Some(why) }
            }
            (Told::Silent(why), Some(_) | None) => {
                Heard { told: Told::Silent(why.clone()), trouble: Some(why) }
            }
            (told @ (Told::Says(_) | Told::WrongAsset(_)), _) => Heard { told, trouble: None },
        };
        known.heard.insert(key, heard);
    }

    /// Returns whether somebody is asked to push the price of an asset.
    pub fn takes_pushes(&self, code: &str) -> bool {
        let of_code = |priced: &&PricedAsset| priced.asset.code() == code;
        let is_asked = |priced: &PricedAsset| priced.source.asked().contains(&PriceSource::Pushed);
        self.list().listed.iter().find(of_code).is_some_and(is_asked)
    }

    /// Takes down what somebody said that one of an asset was worth at a time, and has it taken up. What is stored is
    /// taken up so by the next process, too: its age goes on counting.
    pub fn push(&self, code: &str, rate: Rate, at: UnixTime, now: UnixTime) {
        let words = format!("{} SKY for one", rate.text());
        self.hear(code, &PriceSource::Pushed, Told::Says(Reading { rate, words, at }));
        self.refresh(now);
        self.nudge.notify_one();
    }

    /// Takes over all that persons have set.
    pub fn set_all(&self, set: HashMap<String, SetPrice>, now: UnixTime) {
        {
            let mut known = self.known();
            if known.set == set {
                return;
            }
            known.set = set;
        }
        self.refresh(now);
        self.nudge.notify_one();
    }

    /// Works all prices out anew.
    pub fn refresh(&self, now: UnixTime) {
        let mut known = self.known();
        let list = self.list();
        for priced in &list.listed {
            let Some(slot) = self.slot_of(priced.asset) else { continue };
            let view = Some(worked_out(priced, &list.guards, &mut known, (self.bound, now)));
            if **slot.load() != view {
                slot.store(Arc::new(view));
                self.changes.fetch_add(1, Ordering::AcqRel);
            }
        }
    }
}

fn of_person(set: &SetPrice) -> Quoted {
    let source = format!("set by {}: {}", set.by, set.why);
    Quoted {
        rate: set.rate.clone(),
        note: PriceNote { source, at: set.at, spread: Exact::ZERO },
        until: None,
    }
}

/// Where it moved too far, it is no price.
fn followed(
    course: &mut Course,
    bound: Option<JumpBound>,
    quoted: Quoted,
    now: UnixTime,
) -> Result<Quoted, NoPrice> {
    match bound.and_then(|bound| course.follow(bound, &quoted.rate, now)) {
        None => Ok(quoted),
        Some(Jump { from, to }) => {
            Err(NoPrice::Jumped { from: from.text().to_owned(), to: to.text().to_owned() })
        }
    }
}

fn worked_out(
    priced: &PricedAsset,
    guards: &Guards,
    known: &mut Known,
    (bound, now): (Option<JumpBound>, UnixTime),
) -> PriceView {
    let code = priced.asset.code();
    let set = known.set.get(code).cloned();
    let asked = if priced.source.fixed().is_some() { &[] } else { priced.source.asked() };
    let nothing = || {
        let why = "nothing was heard yet".to_owned();
        Heard { told: Told::Silent(why.clone()), trouble: Some(why) }
    };
    let heard_of = |source: &PriceSource| known.heard.get(&(code.to_owned(), source.to_string())).cloned();
    let heard: Vec<(PriceSource, Heard)> =
        asked.iter().map(|source| (source.clone(), heard_of(source).unwrap_or_else(nothing))).collect();
    let price = match (&set, priced.source.fixed()) {
        (Some(set), _) => Ok(of_person(set)),
        (None, Some(rate)) => Ok(Quoted::fixed(rate.clone(), UnixTime::new(0))),
        (None, None) => {
            let told: Vec<_> = heard.iter().map(|(source, heard)| (source, &heard.told)).collect();
            let quoted = quote(&told, priced.own.as_ref(), guards, now);
            let course = known.courses.entry(code.to_owned()).or_default();
            quoted.and_then(|quoted| followed(course, bound, quoted, now))
        }
    };
    PriceView { priced: priced.clone(), set, heard, price }
}
