//! The exchange that coins are bought on, by its name in the configuration.

use std::sync::Arc;

use async_trait::async_trait;
use bitcoin::hashes::{Hash, sha256};
use secrecy::ExposeSecret;
use tokio::sync::Mutex;

use super::staff::Staff;
use crate::clock::Clock;
use crate::config::{Config, Venue};
use crate::engine::{Buyer, MarketSettings, PurchaseSettings, Purchaser, WithdrawSettings, Withdrawer};
use crate::exchange::{
    Binance, C2cx, CallError, Coinbase, Exchange, Kraken, Nonces, SetupError, VenueSettings,
};
use crate::ledger::Asset;
use crate::live::Live;
use crate::price::PriceSource;
use crate::rail::{HotWallet, OwnAddress, SkyNode};
use crate::store::Store;
use crate::types::{Coin, Token, Units};

/// What the configured exchange is called in a source.
const CONFIGURED: &str = "exchange";

/// Numbers that are reserved at once.
const RESERVED: u64 = 1024;

/// The configured exchange, where coins are bought there or prices follow it. Whoever asks it shares this one: numbers
/// of calls by one key have to rise in the order in which they are made.
///
/// # Errors
///
/// Where it cannot be spoken to at all.
pub(super) fn shared(
    config: &Config,
    store: &Store,
    clock: &Arc<dyn Clock>,
) -> Result<Option<Arc<dyn Exchange>>, SetupError> {
    let is_wanted = !config.upstream_assets().is_empty() || follows_configured(config);
    // Looking on, nothing is bought, and no key is used.
    if !is_wanted || config.shadow.is_some() {
        return Ok(None);
    }
    let nonces = StoredNonces::new(store.clone(), Arc::clone(clock));
    exchange(config, clock, Arc::new(nonces)).map(Some)
}

/// What decides, and buys upstream unless every asset is paid directly. Deposits and orders from a time when that was
/// not so wait for a person then.
pub(super) fn employ_buyer(
    config: &Config,
    staff: &mut Staff,
    live: &Arc<Live>,
    exchange: Option<&Arc<dyn Exchange>>,
) {
    let settings = settings(config);
    let exchange = exchange.filter(|_| !settings.markets.is_empty());
    let purchaser = exchange.map(|exchange| {
        let (exchange, clock) = (Arc::clone(exchange), Arc::clone(&staff.clock));
        Purchaser::new(staff.store.clone(), exchange, clock, Arc::clone(live), settings)
    });
    let buyer = Buyer::new(staff.store.clone(), purchaser);
    let nudge = buyer.nudge();
    staff.employ(buyer, live.buyer.clone(), nudge);
}

/// What brings what was bought to the hot wallet; none where nothing can be withdrawn. What is under way is followed
/// also where nothing new is withdrawn, as long as the exchange can be asked.
pub(super) fn withdrawer(
    config: &Config,
    staff: &Staff,
    live: &Arc<Live>,
    exchange: Option<&Arc<dyn Exchange>>,
    (node, wallet): (&Arc<SkyNode>, &HotWallet),
) -> Option<Withdrawer<SkyNode>> {
    let exchange = exchange.filter(|exchange| exchange.withdrawal_trace().is_some())?;
    let hot = (Arc::clone(node), OwnAddress::of(wallet));
    let (store, clock) = (staff.store.clone(), Arc::clone(&staff.clock));
    let settings = withdraw_settings(config);
    Some(Withdrawer::new(store, Arc::clone(exchange), hot, clock, Arc::clone(live), settings))
}

/// Whether a price follows the configured exchange, by whichever of its names.
pub(super) fn follows_configured(config: &Config) -> bool {
    let asked = config.assets.iter().flat_map(|asset| asset.price.asked());
    asked.into_iter().any(|source| match source {
        PriceSource::Exchange { venue, .. } => is_configured(config, venue),
        PriceSource::Fixed(_) | PriceSource::Feed(_) | PriceSource::Pushed | PriceSource::Median(_) => false,
    })
}

/// Whether a source's exchange is the one that coins are bought on.
pub(super) fn is_configured(config: &Config, name: &str) -> bool {
    name == CONFIGURED || Venue::from_name(name) == Some(config.exchanger.exchange.venue)
}

/// Returns the adapter of the configured exchange.
///
/// # Errors
///
/// Where its secret is none, or no client can be set up.
pub(super) fn exchange(
    config: &Config,
    clock: &Arc<dyn Clock>,
    nonces: Arc<dyn Nonces>,
) -> Result<Arc<dyn Exchange>, SetupError> {
    let client = &config.exchanger.exchange;
    let settings = VenueSettings {
        base: client.url.base().to_owned(),
        key: client.key.clone(),
        secret: client.secret.clone(),
        clock: Arc::clone(clock),
    };
    Ok(match client.venue {
        Venue::C2cx => Arc::new(C2cx::new(settings)?),
        Venue::Binance => Arc::new(Binance::new(settings)?),
        Venue::Kraken => Arc::new(Kraken::new(settings, nonces)?),
        Venue::Coinbase => Arc::new(Coinbase::new(settings)?),
    })
}

fn settings(config: &Config) -> PurchaseSettings {
    let client = &config.exchanger.exchange;
    let least = |coin: Coin, is_token: bool| match coin == Coin::BTC && !is_token {
        true => client.btc_minimum_volume,
        false => Units::ZERO,
    };
    let markets = config.upstream_assets().into_iter().map(|(coin, token, upstream)| MarketSettings {
        asset: token.map_or(Asset::Coin(coin), Asset::Token),
        market: upstream.market,
        ceiling: upstream.max_price.map(|price| price.get()),
        least: least(coin, token.is_some()),
    });
    PurchaseSettings {
        markets: markets.collect(),
        slippage: client.max_slippage.get(),
        fee: client.taker_fee.get(),
        partial_fills: client.partial_fills,
        gather_count: usize::try_from(client.gather_count).unwrap_or(1),
        gather_time: client.gather_time,
        order_patience: client.order_patience,
        fallback_after: client.fallback_after,
        max_decimals: config.rail.max_decimals,
        failure_wait: client.request_failure_wait,
        ratelimit_wait: client.ratelimit_wait,
        check_wait: client.check_order_wait,
        vouched: config.exchanger.prices.vouched.clone(),
        account: account(client.key.expose_secret()),
    }
}

fn withdraw_settings(config: &Config) -> WithdrawSettings {
    let client = &config.exchanger.exchange;
    let withdraw = &client.withdraw;
    let code = |coin: Coin, token: Option<Token>| {
        token.map_or_else(|| coin.code().to_owned(), |token| token.symbol.to_string())
    };
    let markets = config.upstream_assets().into_iter();
    WithdrawSettings {
        is_on: withdraw.enabled,
        least: withdraw.least,
        most: withdraw.most,
        every: withdraw.every,
        max_fee: withdraw.max_fee,
        network: withdraw.network.clone(),
        key: withdraw.address_name.clone(),
        max_decimals: config.rail.max_decimals,
        check_wait: withdraw.check_wait,
        failure_wait: client.request_failure_wait,
        ratelimit_wait: client.ratelimit_wait,
        confirmations: config.rail.confirmations_required,
        markets: markets.map(|(coin, token, upstream)| (code(coin, token), upstream.market)).collect(),
        vouched: config.exchanger.prices.vouched.clone(),
        account: account(client.key.expose_secret()),
    }
}

/// What stands for a key, so that it need not be kept.
fn account(key: &str) -> String {
    let hash = sha256::Hash::hash(key.as_bytes()).to_string();
    hash.chars().take(16).collect()
}

/// Numbers that rise across restarts, and across copies of the database that are put back: those of a copy lie behind
/// the clock.
#[derive(Debug)]
pub(super) struct StoredNonces {
    store: Store,
    clock: Arc<dyn Clock>,
    /// The next number, and the first that is not reserved.
    reserved: Mutex<(u64, u64)>,
}

impl StoredNonces {
    pub(super) fn new(store: Store, clock: Arc<dyn Clock>) -> StoredNonces {
        StoredNonces { store, clock, reserved: Mutex::new((0, 0)) }
    }
}

#[async_trait]
impl Nonces for StoredNonces {
    async fn next(&self) -> Result<u64, CallError> {
        let mut reserved = self.reserved.lock().await;
        if reserved.0 >= reserved.1 {
            let least = self.clock.now().get().saturating_mul(1_000_000);
            let write = self.store.write(move |tx| tx.reserve_nonces(least, RESERVED)).await;
            let first = write.map_err(|error| CallError::NotSent(format!("no number for it: {error}")))?;
            *reserved = (first, first.saturating_add(RESERVED));
        }
        let next = reserved.0;
        reserved.0 = next.saturating_add(1);
        Ok(next)
    }
}

/// None of them is used where nothing is asked.
#[derive(Debug)]
pub(super) struct NoNonces;

#[async_trait]
impl Nonces for NoNonces {
    async fn next(&self) -> Result<u64, CallError> {
        Err(CallError::NotSent("nothing is asked".to_owned()))
    }
}
