//! The chains that deposits are made on: their nodes, where addresses come from, and how they are followed.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::reader::Section;
use super::{
    AssetConfig, BitcoinRpc, ChainConfig, EthRpc, MAX_CONFIRMATIONS, MAX_I64, NodeConfig, SkyRpc, Usual,
    bitcoin_rpc, node_url,
};
use crate::address::{AddressSource, Network};
use crate::coins::Family;
use crate::types::{Coin, Height, PerCoin};

/// The nodes of all chains, in the sections that they have of their own.
pub(super) struct Nodes {
    bitcoin_like: PerCoin<(Network, Option<BitcoinRpc>)>,
    eth: EthRpc,
    /// Those on the chain of `eth`.
    pub(super) tokens: Vec<AssetConfig>,
    pub(super) sky: SkyRpc,
}

impl Nodes {
    pub(super) fn read(root: &mut Section<'_>, warnings: &mut Vec<String>) -> Nodes {
        let bitcoin_like = PerCoin::new(|coin| bitcoin_rpc::read(root, coin, warnings));
        let eth = eth_rpc(&mut root.section("eth_rpc"));
        let tokens = super::tokens::read(root, eth.chain_id);
        let sky = sky_rpc(&mut root.section("sky_rpc"), warnings);
        Nodes { bitcoin_like, eth, tokens, sky }
    }

    pub(super) fn of(&self, coin: Coin) -> (Network, NodeConfig) {
        let (network, rpc) = &self.bitcoin_like[coin];
        let node = match rpc {
            Some(rpc) => NodeConfig::BitcoinLike(rpc.clone()),
            None if coin.family() == Family::Ethereum => NodeConfig::Ethereum(self.eth.clone()),
            None => NodeConfig::Skycoin(self.sky.clone()),
        };
        (*network, node)
    }
}

fn eth_rpc(section: &mut Section<'_>) -> EthRpc {
    // `enabled` stood here in old files and never meant anything; the scanner's own key decides.
    section.bool("enabled", false);
    let is_for_urls = section.has("port");
    let port = eth_port(section);
    let rpc = EthRpc {
        server: node_url::read(
            section,
            "server",
            "127.0.0.1:8545",
            Usual { scheme: "http", port, is_for_urls },
        ),
        user: section.string("user", ""),
        pass: section.secret("pass"),
        chain_id: section.number("chain_id", 1, MAX_I64),
        use_finalized: section.bool("use_finalized", false),
        traces: section.bool("traces", true),
    };
    section.finish();
    rpc
}

/// The port of a server that is given without one; "" is that of its scheme.
fn eth_port(section: &mut Section<'_>) -> Option<u16> {
    match section.string("port", "8545").as_str() {
        "" => None,
        text => {
            let port = text.parse::<u16>().ok();
            if port.is_none() {
                section.problem("port", format!("expected a port such as \"8545\", got {text:?}"));
            }
            port.or(Some(8545))
        }
    }
}

fn sky_rpc(section: &mut Section<'_>, warnings: &mut Vec<String>) -> SkyRpc {
    let rpc = SkyRpc {
        address: node_url::read(section, "address", "127.0.0.1:6420", Usual::scheme("http")),
        user: section.string("user", ""),
        pass: section.secret("pass"),
    };
    if rpc.address.base().ends_with(":6430") {
        warnings.push(
            "sky_rpc.address: 6430 was the port of the Skycoin daemon's JSON-RPC, which is gone since 0.26; \
             its REST API is on 6420 by default"
                .into(),
        );
    }
    section.finish();
    rpc
}

/// Without what other sections say of it.
pub(super) fn chain(root: &mut Section<'_>, network: Network, node: NodeConfig) -> ChainConfig {
    let coin = network.coin();
    let usual = &coin.facts().settings;
    let mut section = root.section(usual.section);
    let height = section.number("initial_scan_height", usual.initial_scan_height, MAX_I64);
    let config = ChainConfig {
        coin,
        enabled: section.bool("enabled", usual.enabled),
        network,
        node,
        addresses: None,
        scan_period: section.duration("scan_period", usual.scan_period),
        initial_scan_height: Height::new(height),
        confirmations_required: section.number(
            "confirmations_required",
            usual.confirmations,
            MAX_CONFIRMATIONS,
        ),
        max_tip_age: section.optional_duration("max_tip_age", usual.max_tip_age),
        max_node_silence: section.duration("max_node_silence", Duration::from_secs(300)),
        shorter_chain_wait: section.duration("shorter_chain_wait", Duration::from_secs(600)),
    };
    section.finish();
    config
}

/// Where a coin's addresses come from; none where that is left out or wrong.
pub(super) fn source(root: &mut Section<'_>, network: Network, text: &SecretString) -> Option<AddressSource> {
    let text = Some(text.expose_secret()).filter(|text| !text.is_empty())?;
    let key = network.coin().facts().settings.addresses_key;
    root.parsed(key, text, |text| AddressSource::parse(network, text))
}
