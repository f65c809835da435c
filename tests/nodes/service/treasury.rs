//! One Skycoin chain for all tests that leave it alone, with a filled hot wallet for each of them.
//!
//! Two of Skycoin's own daemons make it; where the daemon is absent, the strict node of simnet, which the
//! conformance suite holds to it. The daemons take ten seconds for a block, so every wallet is filled by one
//! transaction before the first test.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Mutex;

use bitcoin::hex::{DisplayHex, FromHex};
use secrecy::SecretString;
use teller::skycoin::{Address, CoinHours, NewWallet, Output, Transaction, Wallet};
use teller::types::{Claim, Droplets, UnixTime};
use tokio::sync::OnceCell;

use crate::support::simnet::Simnet;
use crate::support::skycoin::{GENESIS_ADDRESS, GENESIS_WALLET, Skycoin};
use crate::support::skycoin_node::Node;

/// Tests that may have a wallet of their own.
const PURSES: u32 = 96;
/// What lies at each of a wallet's two addresses, in whole SKY.
const FILLING: [u64; 2] = [3_000, 1_000];

static SHARED: OnceCell<Treasury> = OnceCell::const_new();

/// The chain and the wallets that nobody has taken yet.
pub(crate) struct Treasury {
    pub(crate) node: Node,
    nodes: Mutex<Option<Nodes>>,
    next: Mutex<u32>,
}

/// What makes the chain.
#[allow(dead_code, reason = "held until the last test is done")]
enum Nodes {
    Daemons(Skycoin),
    Simulated(Simnet),
}

impl Nodes {
    async fn start() -> (Nodes, Node) {
        match Skycoin::start().await {
            Ok(pair) => {
                let node = pair.peer.node.clone();
                (Nodes::Daemons(pair), node)
            }
            Err(absent) => {
                #[allow(clippy::print_stderr, reason = "what was tested against is a part of the result")]
                {
                    eprintln!("{absent}: payouts are made on simnet's strict node");
                }
                let simnet = Simnet::start(&["--sky-block-every=1s", "--sky-peers=1"]).await;
                let node = Node::new(format!("http://127.0.0.1:{}", simnet.sky));
                (Nodes::Simulated(simnet), node)
            }
        }
    }
}

/// A wallet file's text, and its addresses.
pub(crate) struct Purse {
    json: String,
    pub(crate) wallet: Wallet,
}

impl Purse {
    /// `seed` decides which.
    pub(crate) fn new(seed: &str) -> Purse {
        let seed = SecretString::from(seed);
        let new = NewWallet {
            filename: "hot.wlt",
            label: "",
            seed: &seed,
            addresses: 2,
            created: UnixTime::new(1),
        };
        let json = new.to_json().unwrap().to_string();
        let wallet = Wallet::load(json.as_bytes(), None).unwrap();
        Purse { json, wallet }
    }

    pub(crate) fn addresses(&self) -> Vec<Address> {
        self.wallet.keys().iter().map(|key| key.address).collect()
    }

    /// Writes the file as the service wants it.
    pub(crate) fn write(&self, path: &Path) {
        fs::write(path, &self.json).unwrap();
        fs::set_permissions(path, Permissions::from_mode(0o600)).unwrap();
    }
}

/// A chain of a test's own has its wallets from here too.
pub(crate) async fn open(pair: &Skycoin) -> Purse {
    let node = &pair.peer.node;
    let purse = Purse::new("the only one");
    let txid = fill(node, std::slice::from_ref(&purse)).await;
    pair.confirmed(&txid).await;
    purse
}

impl Treasury {
    /// The one that all tests share.
    pub(crate) async fn shared() -> &'static Treasury {
        SHARED.get_or_init(Treasury::found).await
    }

    async fn found() -> Treasury {
        let (nodes, node) = Nodes::start().await;
        let purses: Vec<Purse> = (0..PURSES).map(purse).collect();
        let txid = fill(&node, &purses).await;
        node.confirmed(&txid).await;
        Treasury { node, nodes: Mutex::new(Some(nodes)), next: Mutex::new(0) }
    }

    /// A filled wallet that nobody else has.
    pub(crate) fn take(&self) -> Purse {
        let mut next = self.next.lock().unwrap();
        assert!(*next < PURSES, "more tests than wallets: raise PURSES");
        *next += 1;
        purse(*next - 1)
    }

    /// Fills an address out of a wallet of its own; answers the transaction.
    pub(crate) async fn refill(&self, to: Address) -> String {
        let from = self.take();
        pay_all(&self.node, &from.wallet, &[(to, Droplets::new(4_000_000_000))]).await
    }
}

/// Ends the shared chain, after the last test.
pub(crate) fn close() {
    if let Some(treasury) = SHARED.get() {
        drop(treasury.nodes.lock().unwrap().take());
    }
}

fn purse(number: u32) -> Purse {
    Purse::new(&format!("purse {number}"))
}

/// Spends the genesis output.
async fn fill(node: &Node, purses: &[Purse]) -> String {
    let genesis = Wallet::load(GENESIS_WALLET.as_bytes(), None).unwrap();
    let to = purses.iter().flat_map(|purse| {
        purse
            .addresses()
            .into_iter()
            .zip(FILLING)
            .map(|(address, coins)| (address, Droplets::new(coins * 1_000_000)))
    });
    let to: Vec<_> = to.collect();
    let back = Address::decode(GENESIS_ADDRESS).unwrap();
    let left = 100_000_000_000_000 - to.iter().map(|(_, coins)| coins.get()).sum::<u64>();
    pay_all(node, &genesis, &[to, vec![(back, Droplets::new(left))]].concat()).await
}

/// Spends everything that a wallet has, to these, whose amounts must be all of it. Answers the transaction's id.
pub(crate) async fn pay_all(node: &Node, from: &Wallet, to: &[(Address, Droplets)]) -> String {
    let (mut inputs, mut hours) = (Vec::new(), 0);
    for key in from.keys() {
        for output in node.outputs(&key.address.to_string()).await {
            let uxid = <[u8; 32]>::from_hex(output["hash"].as_str().unwrap()).unwrap();
            inputs.push((Claim(uxid), key.address));
            hours += output["calculated_hours"].as_u64().unwrap();
        }
    }
    // Half of the hours are burnt, more than any network asks for.
    let share = CoinHours::new(hours / 2 / u64::try_from(to.len()).unwrap());
    let outputs = to.iter().map(|(address, coins)| Output { address: *address, coins: *coins, hours: share });
    let unsigned =
        Transaction::new(inputs.iter().map(|(uxid, _)| *uxid).collect(), outputs.collect()).unwrap();
    let keys: Vec<_> = inputs.iter().map(|(_, owner)| from.key(*owner).unwrap()).collect();
    let raw = unsigned.sign(&keys).unwrap().encode().to_lower_hex_string();
    node.inject(&raw).await.unwrap()
}
