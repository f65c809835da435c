//! litecoind on a private regtest chain. Addresses are texts here: the libraries know Bitcoin's alone.

use serde_json::{Value, json};

use super::process::Process;
use super::rpc::{Auth, Rpc};
use super::{Absent, ports, program};

/// As the service's configuration names them.
pub const USER: &str = "teller";
pub const PASSWORD: &str = "teller-test";
/// From this height on there are extension blocks on regtest.
pub const EXTENSIONS_FROM: u64 = 432;
/// A block's reward can be spent after this many blocks on top of its own.
const MATURITY: u64 = 100;
/// Nobody has its key.
const NOBODY: &str = "mfWxJ45yp2SFn7UciZyNpvDKrzbhyfKrY8";

pub struct Litecoind {
    _process: Process,
    rpc: Rpc,
}

impl Litecoind {
    pub const TOOL: &'static str = "litecoind";

    pub async fn start() -> Result<Litecoind, Absent> {
        let mut process = Process::prepare(Self::TOOL, &program::find(Self::TOOL)?);
        let port = ports::free();
        let auth = Auth::Password { user: USER.to_owned(), password: PASSWORD.to_owned() };
        let rpc = Rpc::new(format!("http://127.0.0.1:{port}"), auth);
        let mut args: Vec<String> = [
            "-regtest",
            "-server",
            "-rest=1",
            "-listen=0",
            "-dnsseed=0",
            "-printtoconsole=1",
            "-nodebuglogfile",
            "-fallbackfee=0.0002",
            "-par=1",
            "-dbcache=16",
        ]
        .map(str::to_owned)
        .into();
        args.push(format!("-datadir={}", process.data().display()));
        args.push(format!("-rpcport={port}"));
        args.push(format!("-rpcuser={USER}"));
        args.push(format!("-rpcpassword={PASSWORD}"));
        let asked = rpc.clone();
        process.start(args, async || asked.try_call("getblockchaininfo", json!([])).await.ok()).await;
        Ok(Litecoind { _process: process, rpc })
    }

    pub fn rpc(&self) -> &Rpc {
        &self.rpc
    }

    pub async fn create_wallet(&self, name: &str) -> Wallet {
        self.rpc.call("createwallet", json!([name])).await;
        Wallet { rpc: self.rpc.at(&format!("/wallet/{name}")) }
    }

    /// A wallet with coins to spend: the chain's first rewards, matured.
    pub async fn create_rich_wallet(&self, name: &str) -> Wallet {
        let wallet = self.create_wallet(name).await;
        let address = wallet.new_address("bech32").await;
        self.rpc.call("generatetoaddress", json!([2, address])).await;
        self.mine(MATURITY).await;
        wallet
    }

    /// Mines blocks with whatever waits to be confirmed.
    pub async fn mine(&self, blocks: u64) {
        self.rpc.call("generatetoaddress", json!([blocks, NOBODY])).await;
    }

    /// Mines a block that confirms nothing, whatever waits.
    pub async fn mine_empty(&self) {
        self.rpc.call("generateblock", json!([NOBODY, []])).await;
    }

    pub async fn height(&self) -> u64 {
        self.rpc.call("getblockcount", json!([])).await.as_u64().unwrap()
    }

    /// Takes the newest block from the chain.
    pub async fn invalidate_tip(&self) {
        let tip = self.rpc.call("getbestblockhash", json!([])).await;
        self.rpc.call("invalidateblock", json!([tip])).await;
    }
}

/// One of a node's wallets.
pub struct Wallet {
    rpc: Rpc,
}

impl Wallet {
    /// Of a kind, by litecoind's name for it: legacy, p2sh-segwit, bech32, mweb.
    pub async fn new_address(&self, kind: &str) -> String {
        text(&self.rpc.call("getnewaddress", json!(["", kind])).await)
    }

    /// Sends so many litecoins, which are spent from inside the extension first; answers the transaction's id.
    pub async fn send(&self, to: &str, coins: &str) -> String {
        text(&self.rpc.call("sendtoaddress", json!([to, coins])).await)
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("not text: {value}")).to_owned()
}
