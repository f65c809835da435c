//! What is looked up in a configuration.

use super::{BitcoinRpc, ChainConfig, Config, NodeConfig};
use crate::price::PriceSource;
use crate::types::{BuyMethod, Coin, Token};

impl ChainConfig {
    /// Returns its node, where that is like Bitcoin's.
    pub fn bitcoin_rpc(&self) -> Option<&BitcoinRpc> {
        match &self.node {
            NodeConfig::BitcoinLike(rpc) => Some(rpc),
            NodeConfig::Ethereum(_) | NodeConfig::Skycoin(_) => None,
        }
    }

    /// Whether the chain's own word on what is final counts, whatever the depth.
    pub fn uses_finalized(&self) -> bool {
        match &self.node {
            NodeConfig::Ethereum(rpc) => rpc.use_finalized,
            NodeConfig::BitcoinLike(_) | NodeConfig::Skycoin(_) => false,
        }
    }
}

impl Config {
    /// Returns the chain of a coin.
    pub fn coin(&self, coin: Coin) -> &ChainConfig {
        &self.chains[coin]
    }

    /// Returns the nodes of the Bitcoin-like coins that are enabled.
    pub fn bitcoin_rpcs(&self) -> impl Iterator<Item = &BitcoinRpc> {
        self.enabled_coins().filter_map(|coin| coin.bitcoin_rpc())
    }

    /// Returns how what is paid for an asset is come by.
    pub fn method(&self, coin: Coin, token: Option<Token>) -> BuyMethod {
        let Some(token) = token else { return self.exchanger.methods[coin] };
        let known = self.exchanger.token_methods.iter().find(|(symbol, _)| *symbol == token.symbol);
        known.map_or(self.exchanger.buy_method, |(_, method)| *method)
    }

    /// Returns where SKY for one of a coin comes from.
    pub fn price(&self, coin: Coin) -> &PriceSource {
        let asset = self.assets.iter().find(|asset| asset.coin == coin && asset.token.is_none());
        &asset.expect("BUG: every coin has a price").price
    }

    /// Returns the tokens at addresses of a coin, with where SKY for one comes from.
    pub fn tokens_at(&self, coin: Coin) -> impl Iterator<Item = (Token, &PriceSource)> {
        let of_coin = self.assets.iter().filter(move |asset| asset.coin == coin);
        of_coin.filter_map(|asset| Some((asset.token?, &asset.price)))
    }

    /// The coins that lists of all coins have.
    pub fn listed_coins(&self) -> impl Iterator<Item = &ChainConfig> {
        let all = Coin::all().map(|coin| self.coin(coin));
        all.filter(|coin| coin.enabled || coin.coin.facts().settings.is_always_listed)
    }

    /// The coins that can be bound.
    pub fn enabled_coins(&self) -> impl Iterator<Item = &ChainConfig> {
        Coin::all().map(|coin| self.coin(coin)).filter(|coin| coin.enabled)
    }
}
