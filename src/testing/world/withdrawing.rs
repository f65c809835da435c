//! The worker of a world that brings what was bought to the hot wallet.

use std::sync::Arc;
use std::time::Duration;

use super::World;
use crate::clock::Clock;
use crate::engine::{WithdrawSettings, Withdrawer};
use crate::ledger::Asset;
use crate::live::Live;
use crate::rail::OwnAddress;
use crate::store::Store;
use crate::testing::FaultyNode;
use crate::testing::way::token_on;
use crate::types::{Droplets, Exact};

impl World {
    /// What withdraws, where the desk buys upstream.
    pub(super) fn withdrawer(
        &self,
        store: &Store,
        live: &Arc<Live>,
        hot: (Arc<FaultyNode>, OwnAddress),
    ) -> Option<Withdrawer<FaultyNode>> {
        let upstream = self.settings.upstream.clone()?;
        let assets = [Some(Asset::Coin(self.coin)), token_on(self.coin).map(Asset::Token)];
        let market = |asset: Asset| (asset.code().to_owned(), format!("SKY{}", asset.code()));
        let markets: Vec<(String, String)> = assets.into_iter().flatten().map(market).collect();
        let settings = WithdrawSettings {
            is_on: upstream.withdraws,
            least: Droplets::new(2_000_000),
            most: Droplets::new(5_000_000_000),
            every: Duration::from_secs(120),
            max_fee: "1".parse::<Exact>().ok()?,
            network: None,
            key: None,
            max_decimals: 3,
            check_wait: Duration::from_secs(15),
            failure_wait: Duration::from_secs(10),
            ratelimit_wait: Duration::from_secs(30),
            confirmations: self.settings.payout_confirmations,
            vouched: markets.iter().map(|(_, market)| format!("exchange:{market}")).collect(),
            markets,
            account: upstream.account,
        };
        let exchange = Arc::new(self.exchange.clone());
        let clock: Arc<dyn Clock> = Arc::clone(&self.clock) as Arc<dyn Clock>;
        Some(Withdrawer::new(store.clone(), exchange, hot, clock, Arc::clone(live), settings))
    }
}
