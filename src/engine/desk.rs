//! What the workers know and the listeners show: the wallet's state, the pools' warnings. In memory, replaced whole.

use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::skycoin::CoinHours;
use crate::task::Vitals;
use crate::types::{Coin, Droplets, UnixTime};

/// The hot wallet as the payer saw it last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WalletView {
    /// When it was seen; none before the first time.
    pub at: Option<UnixTime>,
    /// All coins, once everything on its way is confirmed.
    pub coins: Droplets,
    pub hours: CoinHours,
    /// Confirmed, and not claimed by a transaction of ours.
    pub spendable: Droplets,
    /// Change on its way back.
    pub incoming: Droplets,
    /// Confirmed, and claimed by a transaction of ours.
    pub claimed: Droplets,
    /// Why payouts are not going out, in words; empty while they are.
    pub error: String,
}

/// An address pool as its keeper saw it last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PoolView {
    /// Why the address file was refused the last time it changed; the pool from before goes on.
    pub refused: Option<String>,
    /// When the file was taken over.
    pub loaded_at: Option<UnixTime>,
}

/// All of it.
#[derive(Debug, Default)]
pub struct Desk {
    wallet: ArcSwap<WalletView>,
    pools: [ArcSwap<PoolView>; 3],
    pub payer: Vitals,
    pub buyer: Vitals,
    pub pool_keeper: Vitals,
}

impl Desk {
    pub fn wallet(&self) -> Arc<WalletView> {
        self.wallet.load_full()
    }

    pub fn set_wallet(&self, view: WalletView) {
        self.wallet.store(Arc::new(view));
    }

    pub fn pool(&self, coin: Coin) -> Arc<PoolView> {
        self.pools[usize::from(coin.tag())].load_full()
    }

    pub fn set_pool(&self, coin: Coin, view: PoolView) {
        self.pools[usize::from(coin.tag())].store(Arc::new(view));
    }
}
