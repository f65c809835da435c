//! anvil: a private Ethereum chain (id 31337) that mines when told to.

use serde_json::{Value, json};

use super::eth::{Eth, quantity};
use super::process::Process;
use super::{Absent, ports, program};

/// How the chain grows.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// A block for each transaction, a moment after it is sent. Else they wait for [`Anvil::mine`].
    pub automine: bool,
    /// `finalized` is twice this below the tip, `safe` once.
    pub slots_in_an_epoch: u64,
}

impl Default for Options {
    fn default() -> Options {
        Options { automine: true, slots_in_an_epoch: 2 }
    }
}

pub struct Anvil {
    _process: Process,
    pub eth: Eth,
}

impl Anvil {
    pub const TOOL: &'static str = "anvil";

    pub async fn start() -> Result<Anvil, Absent> {
        Anvil::start_with(Options::default()).await
    }

    pub async fn start_with(options: Options) -> Result<Anvil, Absent> {
        let mut process = Process::prepare(Self::TOOL, &program::find(Self::TOOL)?);
        let port = ports::free();
        let slots = options.slots_in_an_epoch;
        // In the order of arrival, so that a block's content does not hang on fees.
        let line = format!("--host 127.0.0.1 --port {port} --slots-in-an-epoch {slots} --order fifo");
        let mut args: Vec<String> = line.split(' ').map(str::to_owned).collect();
        args.extend((!options.automine).then(|| "--no-mining".to_owned()));
        let url = format!("http://127.0.0.1:{port}");
        let eth = process.start(args, async || Eth::connect(&url).await).await;
        Ok(Anvil { _process: process, eth })
    }

    /// Mines blocks; the first holds whatever waits.
    pub async fn mine(&self, blocks: u64) {
        self.call("anvil_mine", json!([quantity(blocks.into())])).await;
    }

    /// Replaces the topmost blocks by as many empty ones. Their transactions are gone for good: they do not
    /// wait again. Even finalized blocks are replaced, so a test can break what no real chain breaks.
    pub async fn reorg(&self, depth: u64) {
        self.call("anvil_reorg", json!([depth, []])).await;
    }

    /// Like [`Anvil::reorg`], with a payment in the first of the new blocks.
    pub async fn reorg_paying(&self, depth: u64, to: &str, wei: u128) {
        let payment = json!({"from": self.eth.account(), "to": to, "value": quantity(wei)});
        self.call("anvil_reorg", json!([depth, [[payment, 0]]])).await;
    }

    /// Notes the chain as it is, for one [`Anvil::revert`]. A reorg in between makes that impossible, and the
    /// attempt leaves the node without a latest block until it mines.
    pub async fn snapshot(&self) -> Snapshot {
        Snapshot(self.call("evm_snapshot", json!([])).await)
    }

    /// Back to the snapshot: what was mined since then never was, and the chain is **shorter**.
    pub async fn revert(&self, to: Snapshot) {
        assert_eq!(self.call("evm_revert", json!([to.0])).await, true, "the snapshot is not known");
    }

    async fn call(&self, method: &str, params: Value) -> Value {
        self.eth.rpc().call(method, params).await
    }
}

/// A state of the chain to go back to, once.
#[derive(Debug)]
pub struct Snapshot(Value);
