//! Skycoin's own daemon on a private chain: a publisher, which makes a block every ten seconds while
//! transactions wait, and a peer, without which a plain inject is refused.
//!
//! No registry carries the daemon, so it is only looked for (`skycoin` on `PATH`, or `SKYCOIN_BIN`).

use std::fs;
use std::path::Path;

use teller::types::Droplets;

use super::process::Process;
use super::skycoin_cli::Cli;
use super::skycoin_node::Node;
use super::{Absent, ports, program, wait};

/// Holds all coins at first; the key is in [`GENESIS_WALLET`].
pub const GENESIS_ADDRESS: &str = "2JW2D2gx2FG3m8qigb9YSDwUvqL8zjSreyp";
/// A wallet file with the genesis address only. A throw-away test key.
pub const GENESIS_WALLET: &str = include_str!("../data/testchain-genesis.wlt");

const CHAIN: &str = "-genesis-address=2JW2D2gx2FG3m8qigb9YSDwUvqL8zjSreyp -genesis-timestamp=1700000000 \
     -blockchain-public-key=0378174541b4976b83658762ffcf982fcdccff95a3941850e046ca5514500d0d04";
const LOCAL: &str = "-address=127.0.0.1 -localhost-only=true -web-interface-addr=127.0.0.1 \
     -enable-all-api-sets=true -enable-gui=false -launch-browser=false -color-log=false \
     -download-peerlist=false -disable-default-peers=true -disable-pex=true";
const PUBLISHER: &str = "-disable-outgoing=true -block-publisher=true \
     -blockchain-secret-key=28678af7e4f6b9ed908365c5b347e7c228e97d236f2eaca4dc4b3b95ca79b482";
/// It connects at once, instead of after the usual five seconds.
const PEER: &str = "-connection-rate=200ms";
const SIGNATURE_LINE: &str = "Genesis block signature=";

/// A daemon's process and its API.
pub struct Daemon {
    process: Process,
    pub node: Node,
    peer_port: u16,
}

impl Daemon {
    async fn start(mut process: Process, own: &str) -> Daemon {
        let (web_port, peer_port) = (ports::free(), ports::free());
        let node = Node::new(format!("http://127.0.0.1:{web_port}"));
        let args = daemon_args(own, &process.data(), web_port, peer_port);
        process.start(args, async || node.health().await.ok()).await;
        Daemon { process, node, peer_port }
    }

    pub fn stop(&mut self) {
        self.process.stop();
    }

    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Starts the daemon again over its data.
    pub async fn start_again(&mut self) {
        let node = &self.node;
        self.process.start_again(async || node.health().await.ok()).await;
    }

    pub async fn restart(&mut self) {
        self.stop();
        self.start_again().await;
    }

    /// New for each fresh data folder, and said nowhere but in the log.
    async fn genesis_signature(&self) -> String {
        wait::until("the genesis signature is not in the log", async || {
            let log = self.process.log();
            let line = log.lines().find_map(|line| line.split_once(SIGNATURE_LINE))?;
            Some(line.1.trim().to_owned())
        })
        .await
    }
}

/// The command line of a publisher that knows nobody.
pub fn publisher_args(data: &Path, web_port: u16, peer_port: u16) -> Vec<String> {
    daemon_args(PUBLISHER, data, web_port, peer_port)
}

fn daemon_args(own: &str, data: &Path, web_port: u16, peer_port: u16) -> Vec<String> {
    let mut args: Vec<String> = [CHAIN, LOCAL, own].join(" ").split_whitespace().map(str::to_owned).collect();
    args.push(format!("-data-dir={}", data.display()));
    args.push(format!("-port={peer_port}"));
    args.push(format!("-web-interface-port={web_port}"));
    args
}

/// A publisher and its peer, connected.
pub struct Skycoin {
    // The peer goes first, so that it has nobody to miss.
    pub peer: Daemon,
    pub publisher: Daemon,
}

impl Skycoin {
    pub const TOOL: &'static str = "skycoin";

    pub async fn start() -> Result<Skycoin, Absent> {
        let program = program::find(Self::TOOL)?;
        let publisher = Daemon::start(Process::prepare("skycoin-publisher", &program), PUBLISHER).await;
        let peer = start_peer(&program, &publisher).await;
        let pair = Skycoin { peer, publisher };
        pair.connected().await;
        Ok(pair)
    }

    /// A publisher that knows nobody: an inject there needs `no_broadcast`.
    pub async fn start_alone() -> Result<Daemon, Absent> {
        let program = program::find(Self::TOOL)?;
        Ok(Daemon::start(Process::prepare("skycoin-publisher", &program), PUBLISHER).await)
    }

    /// The command line tool that makes and signs transactions.
    pub fn cli(&self) -> Result<Cli, Absent> {
        Cli::find(&program::find(Self::TOOL)?)
    }

    /// Waits until the two see each other, as after a restart of one.
    pub async fn connected(&self) {
        wait::until("the nodes do not connect", async || {
            let both = [self.publisher.node.health().await.ok()?, self.peer.node.health().await.ok()?];
            both.iter().all(|health| health["open_connections"] == 1).then_some(())
        })
        .await;
    }

    /// Spends the genesis output, which the node's own API cannot: to these addresses, and the rest back to
    /// [`GENESIS_ADDRESS`]. Outputs to one address need different amounts. Gives the confirmed transaction's id.
    pub async fn split_genesis(&self, outputs: &[(&str, Droplets)]) -> Result<String, Absent> {
        let raw = self.cli()?.transaction(&self.peer.node, GENESIS_WALLET, outputs);
        let txid = self.peer.node.inject(&raw).await.unwrap();
        self.confirmed(&txid).await;
        Ok(txid)
    }

    /// Waits until both nodes have the transaction in a block.
    pub async fn confirmed(&self, txid: &str) {
        for daemon in [&self.publisher, &self.peer] {
            daemon.node.confirmed(txid).await;
        }
    }
}

async fn start_peer(program: &Path, publisher: &Daemon) -> Daemon {
    let process = Process::prepare("skycoin-peer", program);
    let peers = process.path("peers.txt");
    fs::write(&peers, format!("127.0.0.1:{}\n", publisher.peer_port)).unwrap();
    let signature = publisher.genesis_signature().await;
    let own = format!("{PEER} -custom-peers-file={} -genesis-signature={signature}", peers.display());
    Daemon::start(process, &own).await
}
