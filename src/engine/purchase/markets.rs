//! The markets as they were seen last: rules, prices, and why one is not bought at for a while.

use std::time::Duration;

use super::trouble::{Concerns, Standstill, Waits, concerns};
use super::{MarketSettings, Purchaser};
use crate::engine::identity::{is_vouched_for, problem};
use crate::exchange::{Book, CallError, Exchange, Market};
use crate::live::UpstreamMarket;
use crate::types::{Exact, Moment, Units};
use crate::upstream::{PriceGuard, SizingRefused, smallest_budget};

/// For how long a market's rules, and what its coins are, are taken for granted.
const RULES_AGE: Duration = Duration::from_secs(60);
/// Prices of a book that are looked at.
const DEPTH: usize = 100;

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
                state.is_order_refused = is_order;
                state.standstill.begin(error, now, waits);
            }
        }
    }

    /// Returns a market as it is now; none where nothing can be bought there for the moment.
    pub(super) async fn offer(&mut self, settings: &MarketSettings) -> Option<Offer> {
        let now = self.clock.moment();
        if self.standstill.is_on(now) || self.markets.get(&settings.asset)?.standstill.is_on(now) {
            return None;
        }
        let known = self.markets.get(&settings.asset)?.rules.clone();
        let known = known.filter(|(seen, _)| now.since(*seen) < RULES_AGE);
        let is_vouched_for = is_vouched_for(&self.settings.vouched, self.exchange.name(), &settings.market);
        let known = known.map(|(_, market)| market);
        let looked = look(&*self.exchange, settings, known, is_vouched_for).await;
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
        if state.rules.as_ref().is_none_or(|(_, known)| *known != market) {
            state.rules = Some((now, market.clone()));
        }
        state.asks = book.asks.iter().map(|level| level.price).min().and_then(Exact::new);
        let least = least.and_then(|least| {
            let units = least.ceil_units(settings.asset.decimals());
            units.ok_or(SizingRefused::OutOfRange)
        });
        match least {
            Ok(least) => {
                (state.least, state.refused) = (Some(least), None);
                Some(Offer { market, book, least })
            }
            Err(refused) => {
                (state.least, state.refused) = (None, Some(refused.to_string()));
                None
            }
        }
    }
}

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
async fn look(
    exchange: &dyn Exchange,
    settings: &MarketSettings,
    known: Option<Market>,
    is_vouched_for: bool,
) -> Result<(Market, Book), Trouble> {
    let market = match known {
        Some(market) => market,
        None => {
            let market = exchange.market(&settings.market).await?;
            let networks = exchange.networks(&market.base).await?;
            let code = settings.asset.code();
            if let Some(words) = problem(code, &market, networks.as_deref(), is_vouched_for) {
                return Err(Trouble::Identity(words));
            }
            market
        }
    };
    let book = exchange.book(&settings.market, DEPTH).await?;
    Ok((market, book))
}
