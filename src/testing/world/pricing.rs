//! A world whose prices live: they follow the exchange and what is pushed, move, jump, grow old and disagree.

use std::collections::{BTreeSet, HashMap};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;

use super::World;
use super::judge::text;
use crate::breaker::Breaker;
use crate::engine::operator::{ActError, Order, close_breaker};
use crate::engine::{
    BuyMethods, Intake, PriceVenue, Pricer, PricerSettings, push_price, take_over_heard, take_over_jumps,
    take_over_set,
};
use crate::exchange::Exchange;
use crate::ledger::Asset;
use crate::live::{PricedAsset, Prices};
use crate::price::{Guards, JumpBound, PriceSource};
use crate::store::{Breakers, Page, Snapshot, Store, StoreError, Tables};
use crate::task::{Next, Worker};
use crate::testing::step_end::{StepEnd, ended};
use crate::testing::way::token_on;
use crate::types::{BuyMethod, Exact, PerCoin, Rate};

/// What the operator thinks that one of each is worth, and how far a price may be from that.
const OWN: &str = "500";
const BAND: &str = "0.2";
const SPREAD: &str = "0.01";
/// The least and the most that is ever promised: what is in the band, less the spread.
const PROMISED: [&str; 2] = ["396", "594"];

fn exact(text: &str) -> Exact {
    text.parse().expect("BUG: it is a number")
}

impl World {
    /// How deposits are taken up: at prices that live, or at the rate of the settings.
    pub(super) fn taking(&mut self, store: &Store) -> Result<Intake, StoreError> {
        let method = self.settings.upstream.as_ref().map_or(BuyMethod::Direct, |_| BuyMethod::Passthrough);
        let of_tokens = token_on(self.coin).map(|token| (token, method));
        let coins = PerCoin::new(|_| method);
        let methods = BuyMethods { coins, tokens: of_tokens.into_iter().collect() };
        let Some(promised) = self.settings.living else {
            self.rates.push(self.settings.rate.clone());
            let rate = Rate::parse(&self.settings.rate).expect("BUG: the world's rates are rates");
            let tokens = token_on(self.coin).map(|token| (token, rate.clone()));
            let rates = PerCoin::new(|_| rate.clone());
            return Ok(Intake::fixed(&rates, &tokens.into_iter().collect::<Vec<_>>(), 3, methods));
        };
        self.note_price();
        let prices = Arc::new(self.prices(store)?);
        Ok(Intake { prices, promised, max_decimals: 3, methods })
    }

    fn priced(&self) -> impl Iterator<Item = Asset> {
        [Some(Asset::Coin(self.coin)), token_on(self.coin).map(Asset::Token)].into_iter().flatten()
    }

    fn prices(&self, store: &Store) -> Result<Prices, StoreError> {
        let max_age = Duration::from_secs(600);
        let (spread, band, disagree) = (exact(SPREAD), exact(BAND), exact("0.05"));
        let guards = Guards { max_age, spread, band, disagree };
        let listed = self.priced().map(|asset| PricedAsset {
            source: PriceSource::parse(&format!("median(one:SKY{}, push)", asset.code()))
                .expect("BUG: it is a source"),
            own: Rate::parse(OWN).ok(),
            asset,
        });
        let now = crate::clock::Clock::now(&*self.clock);
        let bound = JumpBound { part: exact("0.1"), within: Duration::from_secs(600) };
        let prices = Prices::new(listed.collect(), guards, now).bounded(Some(bound));
        let snapshot = store.snapshot();
        take_over_set(&snapshot, &prices, now)?;
        take_over_jumps(&snapshot, &prices)?;
        take_over_heard(&snapshot, &prices, now)?;
        Ok(prices)
    }

    /// What asks the exchange, where prices live.
    pub(super) fn pricer(&self, store: &Store, intake: &Intake) -> Option<Pricer> {
        self.settings.living?;
        let exchange: Arc<dyn Exchange> = Arc::new(self.exchange.clone());
        let venues = HashMap::from([("one".to_owned(), PriceVenue { exchange, has_key: true })]);
        let vouched = self.priced().map(|asset| format!("exchange:SKY{}", asset.code())).collect();
        let settings = PricerSettings { poll: Duration::from_secs(15), venues, vouched };
        Some(Pricer::new(store.clone(), self.clock.clone(), intake.clone(), settings))
    }

    /// One step of the worker that prices; nothing where prices do not live.
    pub async fn pricer_step(&mut self) -> StepEnd {
        let Some(service) = &mut self.service else { return StepEnd::Died };
        let Some(pricer) = &mut service.pricer else {
            return StepEnd::Done(Some(Next::Wait(Duration::ZERO)));
        };
        let end = ended(AssertUnwindSafe(pricer.step()).catch_unwind().await);
        for view in service.intake.prices.all() {
            self.price_words.insert(view.price.map_or_else(|why| why.code(), |_| "priced"));
        }
        self.noted(end)
    }

    /// Returns how prices stood after each step of the worker that prices: `priced`, or the code of why there was none.
    pub fn price_words(&self) -> &BTreeSet<&'static str> {
        &self.price_words
    }

    /// Notes that the exchange's price of now may be promised, where prices live.
    pub fn note_price(&mut self) {
        let asks = Exact::new(self.exchange.state().asks.normalize());
        let rate = asks.and_then(Rate::of_price).filter(|_| self.settings.living.is_some());
        self.rates.extend(rate.and_then(|rate| rate.less(exact(SPREAD))).map(|rate| rate.text().to_owned()));
    }

    /// Somebody pushes a price of everything.
    pub async fn push(&mut self, rate: &str) -> StepEnd {
        let rate = Rate::parse(rate).expect("BUG: a world's prices are prices");
        self.rates.extend(rate.less(exact(SPREAD)).map(|rate| rate.text().to_owned()));
        let codes: Vec<String> = self.priced().map(|asset| asset.code().to_owned()).collect();
        let Some(service) = &self.service else { return StepEnd::Died };
        for code in codes {
            match push_price(&service.store, &service.intake.prices, &code, rate.clone()).await {
                Ok(()) => {}
                Err(error) if error.is_fatal() => return StepEnd::Died,
                Err(error) => return StepEnd::Refused(error.to_string()),
            }
        }
        StepEnd::Done(None)
    }

    /// A person accepts every price that has jumped.
    pub async fn accept_jumps(&mut self) -> StepEnd {
        let Some(service) = &self.service else { return StepEnd::Died };
        let Ok(breakers) = service.store.snapshot().breakers() else { return StepEnd::Died };
        for (breaker, state) in breakers {
            if !matches!(breaker, Breaker::Price(_)) || !state.is_open() {
                continue;
            }
            let order = Order::new("anna", "the market has moved").expect("BUG: a name and a reason");
            match close_breaker(&service.store, breaker, state.times, order).await {
                Ok(()) => {}
                Err(ActError::Store(error)) if error.is_fatal() => return StepEnd::Died,
                Err(error) => return StepEnd::Refused(error.to_string()),
            }
        }
        StepEnd::Done(None)
    }

    /// A price that a deposit has never changes, and is inside of the band.
    pub(super) fn check_prices(&self, snapshot: &Snapshot) -> Result<(), String> {
        if self.settings.living.is_none() {
            return Ok(());
        }
        let [least, most] = PROMISED.map(|rate| Rate::parse(rate).expect("BUG: it is a rate"));
        let mut promised = self.promised.lock().unwrap_or_else(PoisonError::into_inner);
        for no in snapshot.deposits(None, Page::ALL).map_err(text)? {
            let deposit = snapshot.deposit(no).map_err(text)?.ok_or("an indexed deposit is there")?;
            let before = promised.get(&deposit.id.to_string());
            if before.is_some_and(|before| *before != deposit.rate) {
                return Err(format!("{} had the price {before:?}, and has {}", deposit.id, deposit.rate));
            }
            if deposit.rate.is_empty() {
                continue;
            }
            let rate = Rate::parse(&deposit.rate).map_err(|error| error.to_string())?;
            if rate.compare(&least).is_lt() || rate.compare(&most).is_gt() {
                return Err(format!("{} is promised {}, out of the band", deposit.id, deposit.rate));
            }
            promised.insert(deposit.id.to_string(), deposit.rate);
        }
        Ok(())
    }
}
