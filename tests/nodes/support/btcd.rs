//! btcd on a private regtest chain: RPC over TLS, and no wallet.
//!
//! Rewards go to [`Miner`]'s known key, which pays with transactions of its own.

use std::collections::VecDeque;
use std::fs;
use std::path::PathBuf;

use bitcoin::consensus::encode::{deserialize_hex, serialize_hex};
use bitcoin::{Amount, Block, BlockHash, OutPoint, ScriptBuf, Transaction, Txid};
use serde_json::{Value, json};
use teller::rpc::pinned;

use super::bitcoind::{MATURITY, parsed};
use super::miner::{Miner, Spendable};
use super::process::Process;
use super::rpc::{Auth, Rpc, RpcError};
use super::{Absent, ports, program};

pub const USER: &str = "teller";
pub const PASSWORD: &str = "teller-test";

pub struct Btcd {
    process: Process,
    rpc: Rpc,
    miner: Miner,
    /// Rewards not yet spent, oldest first.
    rewards: VecDeque<Spendable>,
}

impl Btcd {
    pub const TOOL: &'static str = "btcd";

    pub async fn start() -> Result<Btcd, Absent> {
        let mut process = Process::prepare(Self::TOOL, &program::find(Self::TOOL)?);
        let miner = Miner::new();
        let port = ports::free();
        let args = arguments(&process, &miner, port);
        let certificate = process.path("rpc.cert");
        let rpc = process
            .start(args, async || {
                // btcd makes its certificate when it starts for the first time.
                let tls = pinned::client_config(&fs::read(&certificate).ok()?).ok()?;
                let auth = Auth::Password { user: USER.to_owned(), password: PASSWORD.to_owned() };
                let rpc = Rpc::over_tls(format!("https://127.0.0.1:{port}"), auth, tls);
                answers(&rpc).await.map(|_| rpc)
            })
            .await;
        Ok(Btcd { process, rpc, miner, rewards: VecDeque::new() })
    }

    /// The node's RPC, for what has no function here.
    pub fn rpc(&self) -> &Rpc {
        &self.rpc
    }

    /// The certificate that the node made for itself.
    pub fn certificate(&self) -> PathBuf {
        self.process.path("rpc.cert")
    }

    pub fn miner(&self) -> &Miner {
        &self.miner
    }

    /// Mines blocks with whatever waits to be confirmed, and notes the rewards.
    pub async fn generate(&mut self, blocks: u64) -> Vec<BlockHash> {
        let mined = self.rpc.call("generate", json!([blocks])).await;
        let mined: Vec<BlockHash> = mined.as_array().unwrap().iter().map(parsed).collect();
        for hash in &mined {
            let coinbase = &self.block(*hash).await.txdata[0];
            let outpoint = OutPoint::new(coinbase.compute_txid(), 0);
            self.rewards.push_back(Spendable { outpoint, value: coinbase.output[0].value });
        }
        mined
    }

    /// Mines until a first reward can be spent.
    pub async fn get_rich(&mut self) {
        self.generate(MATURITY + 1).await;
    }

    /// The oldest reward that was not taken yet, for a transaction of the test's own making. Rewards of
    /// orphaned blocks are among them: those of the first blocks mined are the safe ones.
    pub fn take_reward(&mut self) -> Spendable {
        self.rewards.pop_front().expect("the test mined too few blocks")
    }

    /// Pays from the oldest reward; the transaction waits to be mined.
    pub async fn pay(&mut self, outputs: &[(ScriptBuf, Amount)]) -> Txid {
        let reward = self.take_reward();
        let transaction = self.miner.spend(reward, outputs, Amount::from_sat(10_000));
        self.send_raw(&transaction).await.unwrap()
    }

    pub async fn send_raw(&self, transaction: &Transaction) -> Result<Txid, RpcError> {
        let sent = self.rpc.try_call("sendrawtransaction", json!([serialize_hex(transaction)])).await?;
        Ok(parsed(&sent))
    }

    pub async fn mempool(&self) -> Vec<Txid> {
        let waiting = self.rpc.call("getrawmempool", json!([])).await;
        waiting.as_array().unwrap().iter().map(parsed).collect()
    }

    pub async fn height(&self) -> u64 {
        self.rpc.call("getblockcount", json!([])).await.as_u64().unwrap()
    }

    pub async fn tip(&self) -> BlockHash {
        parsed(&self.rpc.call("getbestblockhash", json!([])).await)
    }

    pub async fn hash_at(&self, height: u64) -> BlockHash {
        parsed(&self.rpc.call("getblockhash", json!([height])).await)
    }

    pub async fn block(&self, hash: BlockHash) -> Block {
        let raw = self.rpc.call("getblock", json!([hash.to_string(), 0])).await;
        deserialize_hex(raw.as_str().unwrap()).unwrap()
    }

    /// Takes a block and all above it from the chain.
    pub async fn invalidate(&self, hash: BlockHash) {
        self.rpc.call("invalidateblock", json!([hash.to_string()])).await;
    }

    pub async fn reconsider(&self, hash: BlockHash) {
        self.rpc.call("reconsiderblock", json!([hash.to_string()])).await;
    }

    pub fn stop(&mut self) {
        self.process.stop();
    }

    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Starts the node again, and **from nothing**: btcd throws a regtest chain away whenever it starts. What
    /// comes back is a node whose tip is the genesis block, with the same certificate.
    pub async fn start_again(&mut self) {
        self.rewards.clear();
        let rpc = self.rpc.clone();
        self.process.start_again(async || answers(&rpc).await).await;
    }
}

fn arguments(process: &Process, miner: &Miner, port: u16) -> Vec<String> {
    let path = |file: &str| process.path(file).display().to_string();
    vec![
        "--regtest".to_owned(),
        "--nolisten".to_owned(),
        "--nodnsseed".to_owned(),
        format!("--configfile={}", path("btcd.conf")),
        format!("--datadir={}", path("data")),
        format!("--logdir={}", path("logs")),
        format!("--miningaddr={}", miner.address()),
        format!("--rpclisten=127.0.0.1:{port}"),
        format!("--rpccert={}", path("rpc.cert")),
        format!("--rpckey={}", path("rpc.key")),
        format!("--rpcuser={USER}"),
        format!("--rpcpass={PASSWORD}"),
    ]
}

async fn answers(rpc: &Rpc) -> Option<Value> {
    rpc.try_call("getblockcount", json!([])).await.ok()
}
