//! Section `breakers`: what stops by itself where something is not as it should be.

use std::time::Duration;

use super::exchange_client::fraction;
use super::reader::Section;
use super::{BitcoinRpc, ChainConfig, EthRpc, NodeConfig, NodeUrl, SkyRpc, Usual, bitcoin_rpc, node_url};
use crate::price::JumpBound;
use crate::types::{Coin, Droplets, PerCoin};

/// What stands where no server is given.
const NO_SERVER: &str = "http://127.0.0.1:1";

/// Payouts within an hour that are believed to be meant.
const MOST_PAYOUTS: u64 = 1_000_000;

/// Section `breakers`.
#[derive(Debug, Clone)]
pub struct Breakers {
    /// The most payouts that are signed within an hour; none is any number.
    pub payouts_per_hour: Option<u64>,
    /// The most that they come to; none is any amount.
    pub sky_per_hour: Option<Droplets>,
    /// Whether payouts of deposits stop on a chain that says otherwise than the books.
    pub books: bool,
    /// How far a price may move that follows a source; none is any far.
    pub price_jump: Option<JumpBound>,
    /// Payouts of more than this, one alone or all together that it has not looked at, wait until a second node of the
    /// chain has their deposit's block too, where it has one.
    pub second_node_above: Droplets,
    /// The second nodes, by whose chain they are of.
    pub second_nodes: Vec<(Coin, NodeConfig)>,
}

/// The section that second nodes are in.
pub const SECOND_NODES: &str = "breakers.second_nodes";

pub(super) fn read(section: &mut Section<'_>, chains: &PerCoin<ChainConfig>) -> Breakers {
    let count = section.number("payouts_per_hour", 0, MOST_PAYOUTS);
    let coins = section.decimal_text("sky_per_hour", "0");
    let coins = section.parsed("sky_per_hour", &coins, Droplets::parse_coins);
    let books = section.bool("books", true);
    let part = fraction(section, "price_jump", "0");
    let within = section.duration("price_jump_time", Duration::from_secs(600));
    let above = section.decimal_text("second_node_above", "0");
    let above = section.parsed("second_node_above", &above, Droplets::parse_coins);
    let second_nodes = second_nodes(section, chains);
    section.finish();
    Breakers {
        payouts_per_hour: Some(count).filter(|count| *count > 0),
        sky_per_hour: coins.filter(|coins| !coins.is_zero()),
        books,
        price_jump: Some(JumpBound { part, within }).filter(|bound| !bound.part.is_zero()),
        second_node_above: above.unwrap_or(Droplets::ZERO),
        second_nodes,
    }
}

fn second_nodes(section: &mut Section<'_>, chains: &PerCoin<ChainConfig>) -> Vec<(Coin, NodeConfig)> {
    let mut nodes = Vec::new();
    section.each_section("second_nodes", |code, section| {
        match Coin::from_code(code) {
            Ok(coin) if chains[coin].enabled => {
                nodes.push((coin, second_node(section, &chains[coin].node)));
            }
            Ok(coin) => section.problem("server", format!("{coin} is not taken: its scanner is not enabled")),
            Err(error) => section.problem("server", error),
        }
        section.finish();
    });
    nodes
}

/// Of the same kind as the node that is followed, and not that one.
fn second_node(section: &mut Section<'_>, first: &NodeConfig) -> NodeConfig {
    let cert = section.path("cert");
    let scheme = if cert.is_some() { "https" } else { "http" };
    let server = node_url::read(section, "server", NO_SERVER, Usual::scheme(scheme));
    let (user, pass, cookie) = (section.string("user", ""), section.secret("pass"), section.path("cookie"));
    let is_same = |url: &NodeUrl| *url == server;
    let (node, is_first) = match first {
        NodeConfig::BitcoinLike(rpc) => {
            let node = BitcoinRpc {
                section: SECOND_NODES,
                server: server.clone(),
                user,
                pass,
                cookie,
                cert,
                zmq: None,
            };
            bitcoin_rpc::check_node(section, &node);
            (NodeConfig::BitcoinLike(node), is_same(&rpc.server))
        }
        NodeConfig::Ethereum(rpc) => {
            no_key(section, cert.is_some(), cookie.is_some());
            let node = EthRpc { server: server.clone(), user, pass, traces: false, ..rpc.clone() };
            (NodeConfig::Ethereum(node), is_same(&rpc.server))
        }
        NodeConfig::Skycoin(rpc) => {
            no_key(section, cert.is_some(), cookie.is_some());
            let node = SkyRpc { address: server.clone(), user, pass };
            (NodeConfig::Skycoin(node), is_same(&rpc.address))
        }
    };
    if is_first {
        section.problem("server", "is the node that is followed: one node always agrees with itself");
    }
    if server.base() == NO_SERVER && !section.has_problem("server") {
        section.problem("server", "must be set: where the second node listens, such as \"10.0.0.2:8332\"");
    }
    node
}

fn no_key(section: &mut Section<'_>, cert: bool, cookie: bool) {
    for (name, _) in [("cert", cert), ("cookie", cookie)].into_iter().filter(|(_, is_set)| *is_set) {
        section.problem(name, "is for nodes like Bitcoin's alone");
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::config::{Breakers, ConfigError, NodeConfig, parse};
    use crate::types::{Coin, Droplets};

    fn read(extra: &str) -> Result<Breakers, Vec<String>> {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        let text = format!("btc_addresses = {file:?}\n{extra}\n[dummy]\nsender = true\nscanner = true\n");
        match parse(&text, Path::new("test.toml")) {
            Ok(config) => Ok(config.breakers),
            Err(ConfigError::Problems { problems, .. }) => Err(problems),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn should_bound_nothing_and_ask_no_second_node_by_default() {
        let breakers = read("").unwrap();
        assert_eq!((breakers.payouts_per_hour, breakers.sky_per_hour), (None, None));
        assert!(breakers.books && breakers.second_nodes.is_empty() && breakers.price_jump.is_none());
        let breakers =
            read("[breakers]\npayouts_per_hour = 3\nsky_per_hour = \"1.5\"\nbooks = false").unwrap();
        assert_eq!(breakers.payouts_per_hour, Some(3));
        assert_eq!((breakers.sky_per_hour, breakers.books), (Some(Droplets::new(1_500_000)), false));
    }

    #[test]
    fn should_read_a_second_node_like_the_first() {
        let keys = "server = \"10.0.0.2:8332\"\nuser = \"anna\"\npass = \"hunter2\"";
        let text = format!("[breakers]\nsecond_node_above = 10\n[breakers.second_nodes.BTC]\n{keys}");
        let breakers = read(&text).unwrap();
        assert_eq!(breakers.second_node_above, Droplets::new(10_000_000));
        let [(coin, NodeConfig::BitcoinLike(node))] = &breakers.second_nodes[..] else {
            panic!("{breakers:?}")
        };
        assert_eq!(
            (*coin, node.server.base(), node.user.as_str()),
            (Coin::BTC, "http://10.0.0.2:8332", "anna")
        );
        assert!(!format!("{breakers:?}").contains("hunter2"));
    }

    #[test]
    fn should_say_what_is_wrong_with_a_second_node() {
        let of = |coin: &str, keys: &str| {
            read(&format!("[breakers.second_nodes.{coin}]\n{keys}")).unwrap_err().join("\n")
        };
        for (coin, keys, words) in [
            ("BTC", "user = \"anna\"", "breakers.second_nodes.BTC.server: must be set"),
            ("BTC", "server = \"127.0.0.1:8334\"\nuser = \"anna\"", "is the node that is followed"),
            ("BTC", "server = \"127.0.0.1:9\"", "breakers.second_nodes.BTC.user: must be set, or cookie"),
            ("BTC", "server = \"127.0.0.1:9\"\nuser = \"a\"\ncookie = \"b\"", "give either"),
            ("BTC", "server = \"http://a:hunter2@h:1\"\nuser = \"a\"", "keys of their own"),
            ("BTC", "serve = \"127.0.0.1:9\"\nuser = \"a\"", "did you mean"),
            ("LTC", "server = \"127.0.0.1:9\"", "its scanner is not enabled"),
            ("XYZ", "server = \"127.0.0.1:9\"", "breakers.second_nodes.XYZ"),
        ] {
            let found = of(coin, keys);
            assert!(found.contains(words) && !found.contains("hunter2"), "{words}: {found}");
        }
    }
}
