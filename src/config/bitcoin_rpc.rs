//! Sections of Bitcoin-like nodes: `btc_rpc` and its like.

use super::reader::Section;
use super::{BitcoinRpc, Config, Usual, node_url};
use crate::coins::{Network, NodeSettings};
use crate::types::Coin;

/// The network and the node of a coin; no node where its chain is not like Bitcoin's.
pub(super) fn read(
    root: &mut Section<'_>,
    coin: Coin,
    warnings: &mut Vec<String>,
) -> (Network, Option<BitcoinRpc>) {
    let main = coin.main_network();
    let Some(usual) = coin.facts().settings.node else { return (main, None) };
    let mut section = root.section(usual.section);
    let name = section.string("network", main.facts().name);
    let network = section.parsed("network", &name, |name| coin.network(name)).unwrap_or(main);
    // Of the original, which knew no other coin like it.
    if coin == Coin::BTC && section.bool("websocket", false) {
        warnings.push(
            "btc_rpc.websocket: blocks are always fetched by HTTP requests; the key has no effect".into(),
        );
    }
    let rpc = node(&mut section, usual);
    section.finish();
    (network, Some(rpc))
}

fn node(section: &mut Section<'_>, usual: NodeSettings) -> BitcoinRpc {
    let cert = section.path("cert");
    let scheme = if cert.is_some() { "https" } else { "http" };
    let rpc = BitcoinRpc {
        section: usual.section,
        server: node_url::read(section, "server", usual.server, Usual::scheme(scheme)),
        user: section.string("user", ""),
        pass: section.secret("pass"),
        cookie: section.path("cookie"),
        cert,
        zmq: section.optional("zmq"),
    };
    check_keys(section, &rpc);
    rpc
}

fn check_keys(section: &mut Section<'_>, rpc: &BitcoinRpc) {
    if rpc.cookie.is_some() && !rpc.user.is_empty() {
        section.problem("cookie", "give either user and pass, or cookie");
    }
    if rpc.cert.is_some() && !rpc.server.is_tls() {
        let name = rpc.section;
        section.problem(
            "cert",
            format!(
                "has no meaning where {name}.server begins with http://; use https://, or host:port alone"
            ),
        );
    }
}

/// What a node needs that is asked, whatever else is configured.
pub(super) fn check_node(section: &mut Section<'_>, rpc: &BitcoinRpc) {
    check_keys(section, rpc);
    if rpc.cookie.is_none() && rpc.user.is_empty() {
        section.problem("user", "must be set, or cookie");
    }
    if let Some(cert) = rpc.cert.as_ref().filter(|cert| !cert.is_file()) {
        section.problem("cert", format!("{} is not a file", cert.display()));
    }
}

/// What a scanner needs of its node's section.
pub(super) fn check(root: &mut Section<'_>, config: &Config) {
    for coin in config.enabled_coins() {
        let Some(rpc) = coin.bitcoin_rpc() else { continue };
        let (section, code) = (rpc.section, coin.coin);
        if rpc.cookie.is_none() && rpc.user.is_empty() {
            let words = format!("must be set, or {section}.cookie, where the {code} scanner is enabled");
            root.problem(&format!("{section}.user"), words);
        }
        if let Some(cert) = rpc.cert.as_ref().filter(|cert| !cert.is_file()) {
            root.problem(&format!("{section}.cert"), format!("{} is not a file", cert.display()));
        }
    }
}
