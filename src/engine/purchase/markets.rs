//! The markets as they were seen last: rules, prices, and why one is not bought at for a while.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::{MarketSettings, Purchaser};
use crate::engine::identity::{is_vouched_for, problem};
use crate::engine::trouble::{Concerns, Standstill, Waits, concerns, is_silence};
use crate::exchange::{Book, CallError, Exchange, Market};
use crate::ledger::Asset;
use crate::live::UpstreamMarket;
use crate::types::{Exact, Moment, Units};
use crate::upstream::{PriceGuard, SizingRefused, smallest_budget};

/// For how long a market's rules, and what its coins are, are taken for granted.
const RULES_AGE: Duration = Duration::from_secs(60);
/// For how long the smallest order is taken for granted while what waits is less.
const LEAST_AGE: Duration = Duration::from_secs(15);
/// Prices of a book that are looked at.
const DEPTH: usize = 100;
/// For how long what was answered late can still be bought at: an order is bounded by its own price in any case.
const OFFER_AGE: Duration = Duration::from_secs(5);

/// What is known of a market.
#[derive(Debug, Default)]
pub(super) struct MarketState {
    pub(super) rules: Option<(Moment, Market)>,
    pub(super) standstill: Standstill,
    /// The last failure was an order's: that the market answers does not end it.
    pub(super) is_order_refused: bool,
    /// Why nothing is bought at this price, or so little.
    pub(super) refused: Option<String>,
    /// What an order takes at least, in the asset's smallest unit.
    pub(super) least: Option<Units>,
    /// When that was looked at; none before the first time.
    looked: Option<Moment>,
    /// Whether a question about it is under way.
    is_asked: bool,
    /// The lowest price that somebody sells at.
    pub(super) asks: Option<Exact>,
}

/// A market that can be bought at now.
#[derive(Debug, Clone)]
pub(super) struct Offer {
    pub(super) market: Market,
    pub(super) book: Book,
    /// What an order takes at least, in the asset's smallest unit.
    pub(super) least: Units,
}

impl MarketState {
    /// Returns what is shown of it.
    pub(super) fn view(&self, settings: &MarketSettings) -> UpstreamMarket {
        UpstreamMarket {
            asset: settings.asset.code().to_owned(),
            market: settings.market.clone(),
            pause: self.standstill.words().map(str::to_owned).or_else(|| self.refused.clone()),
            asks: self.asks.map(|price| price.to_string()),
            least: self.least.map(|least| least.to_coins(settings.asset.decimals())),
        }
    }
}

impl Purchaser {
    pub(super) fn waits(&self) -> Waits {
        Waits { failure: self.settings.failure_wait, ratelimit: self.settings.ratelimit_wait }
    }

    pub(super) fn guard(&self, market: &MarketSettings) -> PriceGuard {
        PriceGuard { slippage: self.settings.slippage, ceiling: market.ceiling, fee: self.settings.fee }
    }

    /// Notes a failed call, for an order or another: for the exchange, or for one market.
    pub(super) fn note(&mut self, market: &MarketSettings, error: &CallError, is_order: bool) {
        let (now, waits) = (self.clock.moment(), self.waits());
        match concerns(error) {
            Concerns::Exchange => self.standstill.begin(error, now, waits),
            Concerns::Market => {
                let Some(state) = self.markets.get_mut(&market.asset) else { return };
                state.rules = None;
                state.is_order_refused = is_order && !is_silence(error);
                state.standstill.begin(error, now, waits);
            }
        }
    }

    /// Returns markets as they are now, by what is spent there: those where something can be bought. They are asked
    /// side by side; one that takes its time is left out, and offered once it has answered, unless that is too long ago
    /// by then.
    pub(super) async fn offers(&mut self, wanted: &[MarketSettings]) -> HashMap<Asset, Offer> {
        let now = self.clock.moment();
        for market in wanted.iter().cloned() {
            let Some(asked) = self.asked(market, now) else { continue };
            let (exchange, clock) = (Arc::clone(&self.exchange), Arc::clone(&self.clock));
            if let Some(state) = self.markets.get_mut(&asked.settings.asset) {
                state.is_asked = true;
            }
            self.questions.begin(async move {
                let looked = look(&*exchange, &asked).await;
                Answered { asked, looked, at: clock.moment() }
            });
        }
        let (mut offers, mut answers) = (HashMap::new(), self.questions.take().await);
        while !answers.is_empty() {
            for answer in answers {
                let (asset, at) = (answer.asked.settings.asset, answer.at);
                let offer = self.take_offer(answer).filter(|_| now.since(at) < OFFER_AGE);
                offers.extend(offer.map(|offer| (asset, offer)));
            }
            answers = self.questions.take().await;
        }
        offers
    }

    /// What an order took at least when that was looked at last, where that is not long ago.
    pub(super) fn known_least(&self, settings: &MarketSettings, now: Moment) -> Option<Units> {
        let state = self.markets.get(&settings.asset)?;
        let is_fresh = state.looked.is_some_and(|looked| now.since(looked) < LEAST_AGE);
        state.least.filter(|_| is_fresh)
    }

    /// What is asked of a market; none where it is left alone for now.
    fn asked(&self, settings: MarketSettings, now: Moment) -> Option<Asked> {
        let state = self.markets.get(&settings.asset)?;
        if state.is_asked || self.standstill.is_on(now) || state.standstill.is_on(now) {
            return None;
        }
        let known = state.rules.clone().filter(|(seen, _)| now.since(*seen) < RULES_AGE);
        let is_vouched_for = is_vouched_for(&self.settings.vouched, self.exchange.name(), &settings.market);
        Some(Asked { settings, known: known.map(|(_, market)| market), is_vouched_for })
    }

    fn take_offer(&mut self, Answered { asked, looked, at: now }: Answered) -> Option<Offer> {
        let Asked { settings, known, .. } = &asked;
        self.markets.get_mut(&settings.asset)?.is_asked = false;
        let (market, book) = match looked {
            Ok(looked) => looked,
            Err(Trouble::Call(error)) => {
                self.note(settings, &error, false);
                return None;
            }
            Err(Trouble::Identity(words)) => {
                let wait = self.settings.failure_wait;
                self.markets.get_mut(&settings.asset)?.standstill.begin_for(words, now, wait);
                return None;
            }
        };
        self.standstill.end();
        let guard = self.guard(settings);
        let least = smallest_budget(&market, &book, &guard);
        let state = self.markets.get_mut(&settings.asset)?;
        if !state.is_order_refused {
            state.standstill.end();
        }
        if known.is_none() {
            state.rules = Some((now, market.clone()));
        }
        state.asks = book.asks.iter().map(|level| level.price).min().and_then(Exact::new);
        let least = least.and_then(|least| {
            let units = least.ceil_units(settings.asset.decimals());
            units.ok_or(SizingRefused::OutOfRange)
        });
        match least {
            Ok(least) => {
                (state.least, state.refused, state.looked) = (Some(least), None, Some(now));
                Some(Offer { market, book, least })
            }
            Err(refused) => {
                (state.least, state.refused) = (None, Some(refused.to_string()));
                None
            }
        }
    }
}

/// A market that is asked, with the rules that are taken for granted still.
#[derive(Debug)]
pub(super) struct Asked {
    settings: MarketSettings,
    known: Option<Market>,
    is_vouched_for: bool,
}

/// What was answered to a question about a market.
#[derive(Debug)]
pub(super) struct Answered {
    asked: Asked,
    looked: Result<(Market, Book), Trouble>,
    at: Moment,
}

#[derive(Debug)]
enum Trouble {
    Call(CallError),
    Identity(String),
}

impl From<CallError> for Trouble {
    fn from(error: CallError) -> Self {
        Trouble::Call(error)
    }
}

/// Looks at the book, and at the rules where they are not known; whatever rules are taken, what its coins are was
/// looked at with them.
async fn look(exchange: &dyn Exchange, asked: &Asked) -> Result<(Market, Book), Trouble> {
    let Asked { settings, known, is_vouched_for } = asked;
    let market = match known {
        Some(market) => market.clone(),
        None => {
            let market = exchange.market(&settings.market).await?;
            let networks = exchange.networks(&market.base).await?;
            let code = settings.asset.code();
            if let Some(words) = problem(code, &market, networks.as_deref(), *is_vouched_for) {
                return Err(Trouble::Identity(words));
            }
            market
        }
    };
    let book = exchange.book(&settings.market, DEPTH).await?;
    Ok((market, book))
}
