//! What may be bound, by whom: said once, for whoever binds, for health and for the page.
//!
//! The order of the checks is the contract's: what is switched off, what the desk itself is, what is in the way of the
//! coin, and only then what the payee has had.

use std::sync::Arc;
use std::time::Duration;

use super::binder::{BindError, BindExtras, BindRules, GivenAddress, bind_with};
use super::budget::{Budget, bound_since};
use crate::clock::Clock;
use crate::config::Config;
use crate::live::Live;
use crate::price::{BindPromise, Promised, PromisedPrice, Quoted};
use crate::skycoin::Address;
use crate::store::{Snapshot, Store};
use crate::types::{Coin, PerCoin, Switch, Token};

/// See the module's documentation.
#[derive(Debug)]
pub struct BindPolicy {
    store: Store,
    live: Arc<Live>,
    clock: Arc<dyn Clock>,
    /// Whether anything is bound at all, as configured.
    is_on: bool,
    /// Whether another desk hands out the addresses, which this one looks on beside.
    is_shadow: bool,
    enabled: PerCoin<bool>,
    /// Addresses of the hot wallet, which nobody can be paid at.
    own: Vec<Address>,
    rules: BindRules,
    /// How many new addresses may be given out; none where that is unlimited.
    budget: Option<Budget>,
    /// How long what is promised at bind holds; none where nothing is.
    promise_time: Option<Duration>,
    /// Tokens that come to the addresses of each coin.
    tokens: PerCoin<Vec<Token>>,
}

impl BindPolicy {
    /// Returns the policy by the configuration. `own` are the hot wallet's addresses, which nobody can be paid at.
    pub fn new(
        config: &Config,
        store: Store,
        live: Arc<Live>,
        clock: Arc<dyn Clock>,
        own: Vec<Address>,
    ) -> Self {
        let prices = &config.exchanger.prices;
        BindPolicy {
            budget: budget(config, &store, &*clock),
            store,
            live,
            clock,
            is_on: config.teller.bind_enabled && config.shadow.is_none(),
            is_shadow: config.shadow.is_some(),
            enabled: PerCoin::new(|coin| config.coin(coin).enabled),
            own,
            rules: BindRules { max_bound: config.teller.max_bound_addrs },
            promise_time: Some(prices.promise_time).filter(|_| prices.promised == Promised::Bind),
            tokens: PerCoin::new(|coin| config.tokens_at(coin).map(|(token, _)| token).collect()),
        }
    }

    /// Whether the operator has binding switched on, by configuration and by act.
    pub fn is_on(&self) -> bool {
        self.is_on && !self.live.switched_off.has(Switch::Bind)
    }

    /// Whether this desk only looks on beside the original.
    pub fn is_shadow(&self) -> bool {
        self.is_shadow
    }

    /// Whether the operator takes this coin.
    pub fn is_enabled(&self, coin: Coin) -> bool {
        self.enabled[coin]
    }

    /// Whether somebody could be given a new address of this coin now.
    ///
    /// # Errors
    ///
    /// Why nobody could. The budget is left out: that it is used up is the doing of whoever asks, and over soon.
    pub fn offers(&self, snapshot: &Snapshot, coin: Coin) -> Result<(), BindError> {
        self.allows(coin)?;
        if !snapshot.counters().is_reconciled() {
            return Err(BindError::Unreconciled);
        }
        if snapshot.pool(coin).remaining() == 0 {
            return Err(BindError::PoolEmpty);
        }
        Ok(())
    }

    /// Whether this payee may have an address of this coin, as far as that is known without the store.
    ///
    /// # Errors
    ///
    /// Why not.
    pub fn allows_payee(&self, payee: &Address, coin: Coin) -> Result<(), BindError> {
        self.is_switched_on()?;
        if self.own.contains(payee) {
            return Err(BindError::PayeeIsOurs);
        }
        self.allows(coin)
    }

    /// Binds a new address, where the desk's budget has room for it, with what else is kept beside it. `Ok` means
    /// durable.
    ///
    /// # Errors
    ///
    /// Why nothing was bound. In every case no address has left the pool.
    pub async fn bind_new(
        &self,
        payee: Address,
        coin: Coin,
        extras: BindExtras,
    ) -> Result<GivenAddress, BindError> {
        self.allows_payee(&payee, coin)?;
        if let Some(budget) = &self.budget {
            budget.take().map_err(BindError::BudgetSpent)?;
        }
        let (unvetted, promise) = (self.live.unvetted(coin), self.promise(coin));
        let bound = bind_with(&self.store, self.rules, unvetted, (payee, coin), promise, extras).await;
        bound.inspect_err(|_| self.budget.iter().for_each(Budget::give_back))
    }

    /// The prices that are promised to whoever is given an address of this coin now; none where none is promised at
    /// bind, or there is none that could be.
    fn promise(&self, coin: Coin) -> Option<BindPromise> {
        let (time, prices) = (self.promise_time?, self.live.prices()?);
        let now = self.clock.now();
        let price = |token: Option<Token>| {
            let Quoted { rate, note, .. } = prices.promise(coin, token, now).ok()?;
            Some(PromisedPrice { token, rate: rate.text().to_owned(), note })
        };
        let tokens = self.tokens[coin].iter().copied().map(Some);
        BindPromise::new(std::iter::once(None).chain(tokens).filter_map(price).collect(), now, time)
    }

    /// How many new addresses are left in the budget, where they are few.
    pub fn budget_low(&self) -> Option<u32> {
        self.budget.as_ref().and_then(Budget::low)
    }

    fn is_switched_on(&self) -> Result<(), BindError> {
        match (self.is_shadow, self.is_on()) {
            (true, _) => Err(BindError::Shadow),
            (false, true) => Ok(()),
            (false, false) => Err(BindError::Off),
        }
    }

    fn allows(&self, coin: Coin) -> Result<(), BindError> {
        self.is_switched_on()?;
        if !self.enabled[coin] {
            return Err(BindError::CoinOff(coin));
        }
        let pause = self.live.refuses_binds(coin, self.clock.moment());
        pause.map_or(Ok(()), |pause| Err(BindError::Paused(pause)))
    }
}

/// The budget of new addresses, less what was given out of it before the start.
fn budget(config: &Config, store: &Store, clock: &dyn Clock) -> Option<Budget> {
    let max = config.teller.bind_budget?;
    let period = config.teller.bind_budget_period;
    let since = clock.now().before(period);
    // What cannot be counted is as good as nothing.
    let used = bound_since(&store.snapshot(), since).unwrap_or(0);
    Some(Budget::new(max, period, used))
}

#[cfg(test)]
mod tests;
