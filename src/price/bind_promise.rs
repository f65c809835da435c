//! What is promised when an address is bound.

use std::time::Duration;

use minicbor::{Decode, Encode};

use super::PriceNote;
use crate::coins::Token;
use crate::types::{Rate, UnixTime};

/// How much a clock may be put right backwards, in seconds, without an end of what was promised.
const SKEW: u64 = 60;

/// A price that was promised for what comes to an address in time.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct PromisedPrice {
    /// The token that it is the price of; none for the coin itself.
    #[n(0)]
    pub token: Option<Token>,
    /// SKY for one.
    #[n(1)]
    pub rate: String,
    /// How it came about.
    #[n(2)]
    pub note: PriceNote,
}

/// What was promised when an address was bound. It never changes.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct BindPromise {
    /// What is first seen after this gets the price of its own moment.
    #[n(0)]
    pub until: UnixTime,
    /// The prices, of everything that had one.
    #[n(1)]
    pub prices: Vec<PromisedPrice>,
}

impl BindPromise {
    /// Returns the promise of these prices for a time from now on; none where there is no price.
    pub fn new(prices: Vec<PromisedPrice>, now: UnixTime, time: Duration) -> Option<BindPromise> {
        let until = UnixTime::new(now.get().saturating_add(time.as_secs()));
        (!prices.is_empty()).then_some(BindPromise { until, prices })
    }

    /// Returns what was promised for what is first seen now, where it was promised at `bound_at`: a clock that has been
    /// set back makes no promise last longer.
    pub fn of(&self, token: Option<Token>, bound_at: UnixTime, now: UnixTime) -> Option<&PromisedPrice> {
        let is_after = now.get().saturating_add(SKEW) >= bound_at.get();
        let contract = |token: Option<Token>| token.map(|token| token.contract);
        let of_asset = |known: &&PromisedPrice| contract(known.token) == contract(token);
        self.prices.iter().find(of_asset).filter(|_| is_after && now <= self.until)
    }

    /// Whether each of the prices is one.
    pub fn is_sound(&self) -> bool {
        self.prices.iter().all(|price| Rate::parse(&price.rate).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Exact;

    #[test]
    fn should_promise_nothing_by_a_clock_that_was_set_back() {
        let note = PriceNote { source: "fixed".to_owned(), at: UnixTime::new(0), spread: Exact::default() };
        let price = PromisedPrice { token: None, rate: "500".to_owned(), note };
        let bound_at = UnixTime::new(10_000);
        let promise = BindPromise::new(vec![price], bound_at, Duration::from_secs(900)).unwrap();
        for (now, holds) in
            [(10_000, true), (10_900, true), (10_901, false), (9_950, true), (9_900, false), (0, false)]
        {
            assert_eq!(promise.of(None, bound_at, UnixTime::new(now)).is_some(), holds, "{now}");
        }
    }
}
