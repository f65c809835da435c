//! bitcoind (Bitcoin Knots or Core) on a private regtest chain.
//!
//! Amounts travel as text and transactions as bytes, so that no float comes near money even here.

use std::fs;
use std::path::PathBuf;

use bitcoin::consensus::encode::{deserialize_hex, serialize_hex};
use bitcoin::{Address, Amount, Block, BlockHash, Denomination, Network, Transaction, Txid};
use serde_json::{Map, Value, json};

use super::process::Process;
use super::rpc::{Auth, Rpc, RpcError, http_client};
use super::{Absent, ports, program, wait};

/// A block's reward can be spent after this many blocks on top of its own.
pub const MATURITY: u64 = 100;

/// A user beside the cookie: the service's configuration may name one.
pub const USER: &str = "teller";
pub const PASSWORD: &str = "teller-test";
/// What bitcoind wants to see of [`PASSWORD`]: salt, and HMAC-SHA256 of the password with it.
const USER_HASH: &str = "teller:5a17$05d1c8920c47646bc610a34c77f57af9f21280ec329ba1a015f9a9465c6a1f0a";

/// Knots does not relay what looks like a protocol of others to it; a transaction whose lock time happens to
/// be 21 does, and a wallet picks lock times at random. Core ignores in a file what it does not know, and on
/// the command line it does not.
const CONFIG: &str = "rejectparasites=0\n";

/// What the node is to offer beyond RPC; nothing by default.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// `-rest=1`: blocks as bytes, without a password.
    pub rest: bool,
    /// `-prune=550` with small block files, so that a few hundred blocks are enough to lose some.
    pub pruned: bool,
    /// `-zmqpubhashblock`: see [`Bitcoind::zmq_address`].
    pub zmq: bool,
    /// Takes connections of other nodes.
    pub listen: bool,
    /// Whatever else it is to be started with.
    pub more: &'static [&'static str],
}

/// A kind of address, by bitcoind's name for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressType {
    Legacy,
    P2shSegwit,
    Bech32,
    Bech32m,
}

impl AddressType {
    pub const ALL: [AddressType; 4] =
        [AddressType::Legacy, AddressType::P2shSegwit, AddressType::Bech32, AddressType::Bech32m];

    const fn name(self) -> &'static str {
        match self {
            AddressType::Legacy => "legacy",
            AddressType::P2shSegwit => "p2sh-segwit",
            AddressType::Bech32 => "bech32",
            AddressType::Bech32m => "bech32m",
        }
    }
}

pub struct Bitcoind {
    process: Process,
    rpc: Rpc,
    peer_address: Option<String>,
    zmq_address: Option<String>,
}

impl Bitcoind {
    pub const TOOL: &'static str = "bitcoind";

    pub async fn start() -> Result<Bitcoind, Absent> {
        Bitcoind::start_with(Options::default()).await
    }

    pub async fn start_with(options: Options) -> Result<Bitcoind, Absent> {
        let process = Process::prepare(Self::TOOL, &program::find(Self::TOOL)?);
        fs::write(process.data().join("bitcoin.conf"), CONFIG).unwrap();
        let rpc_port = ports::free();
        let local = |wanted: bool| wanted.then(|| format!("127.0.0.1:{}", ports::free()));
        let (peer_address, zmq) = (local(options.listen), local(options.zmq));
        let zmq_address = zmq.map(|address| format!("tcp://{address}"));
        let cookie = Auth::Cookie(process.data().join("regtest/.cookie"));
        let rpc = Rpc::new(format!("http://127.0.0.1:{rpc_port}"), cookie);
        let mut node = Bitcoind { process, rpc, peer_address, zmq_address };
        let args = node.arguments(rpc_port, options);
        let rpc = node.rpc.clone();
        node.process.start(args, async || answers(&rpc).await).await;
        Ok(node)
    }

    fn arguments(&self, rpc_port: u16, options: Options) -> Vec<String> {
        let mut args: Vec<String> =
            ["-regtest", "-server", "-dnsseed=0", "-fixedseeds=0", "-natpmp=0", "-discover=0"]
                .into_iter()
                .chain([
                    "-printtoconsole=1",
                    "-nodebuglogfile",
                    "-fallbackfee=0.0002",
                    "-par=1",
                    "-dbcache=16",
                    "-rpcbind=127.0.0.1",
                ])
                .map(str::to_owned)
                .collect();
        args.push(format!("-datadir={}", self.process.data().display()));
        args.push(format!("-rpcport={rpc_port}"));
        args.push("-rpcallowip=127.0.0.1".to_owned());
        args.push(format!("-rpcauth={USER_HASH}"));
        args.push(match &self.peer_address {
            Some(address) => format!("-bind={address}"),
            None => "-listen=0".to_owned(),
        });
        args.extend(self.zmq_address.iter().map(|address| format!("-zmqpubhashblock={address}")));
        args.extend(options.rest.then(|| "-rest=1".to_owned()));
        args.extend(options.more.iter().map(|more| (*more).to_owned()));
        if options.pruned {
            args.extend(["-prune=550".to_owned(), "-fastprune".to_owned()]);
        }
        args
    }

    /// The node's RPC, for what has no function here.
    pub fn rpc(&self) -> &Rpc {
        &self.rpc
    }

    /// The file with the password of the moment; new after each start.
    pub fn cookie(&self) -> PathBuf {
        self.process.data().join("regtest/.cookie")
    }

    pub fn zmq_address(&self) -> Option<&str> {
        self.zmq_address.as_deref()
    }

    /// A new wallet, loaded again when the node restarts.
    pub async fn create_wallet(&self, name: &str) -> Wallet {
        let params = json!({"wallet_name": name, "load_on_startup": true});
        self.rpc.call("createwallet", params).await;
        self.wallet(name)
    }

    /// A wallet that was created before.
    pub fn wallet(&self, name: &str) -> Wallet {
        Wallet { rpc: self.rpc.at(&format!("/wallet/{name}")) }
    }

    /// A wallet with coins to spend: the chain's first rewards, matured.
    pub async fn create_rich_wallet(&self, name: &str) -> Wallet {
        let wallet = self.create_wallet(name).await;
        let address = wallet.new_address(AddressType::Bech32).await;
        self.mine(MATURITY + 1, &address).await;
        wallet
    }

    /// Mines blocks with whatever waits to be confirmed.
    pub async fn mine(&self, blocks: u64, to: &Address) -> Vec<BlockHash> {
        let mined = self.rpc.call("generatetoaddress", json!([blocks, to.to_string()])).await;
        mined.as_array().unwrap().iter().map(parsed).collect()
    }

    /// Mines a block that confirms nothing, whatever waits.
    pub async fn mine_empty(&self, to: &Address) -> BlockHash {
        let mined = self.rpc.call("generateblock", json!([to.to_string(), []])).await;
        parsed(&mined["hash"])
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

    /// The block's bytes, from the REST interface.
    pub async fn rest_block(&self, hash: BlockHash) -> reqwest::Result<Vec<u8>> {
        let url = format!("{}/rest/block/{hash}.bin", self.rpc.url());
        let answer = http_client().get(url).send().await?.error_for_status()?;
        Ok(answer.bytes().await?.to_vec())
    }

    /// What waits to be confirmed.
    pub async fn mempool(&self) -> Vec<Txid> {
        let waiting = self.rpc.call("getrawmempool", json!([])).await;
        waiting.as_array().unwrap().iter().map(parsed).collect()
    }

    /// A transaction out of the mempool: once confirmed, the node has it in its block only.
    pub async fn waiting_transaction(&self, txid: Txid) -> Transaction {
        let raw = self.rpc.call("getrawtransaction", json!([txid.to_string()])).await;
        deserialize_hex(raw.as_str().unwrap()).unwrap()
    }

    pub async fn send_raw(&self, transaction: &Transaction) -> Result<Txid, RpcError> {
        let sent = self.rpc.try_call("sendrawtransaction", json!([serialize_hex(transaction)])).await?;
        Ok(parsed(&sent))
    }

    /// Takes a block and all above it from the chain. Mine on to **another** address: the same block, made
    /// again, would be refused.
    pub async fn invalidate(&self, hash: BlockHash) {
        self.rpc.call("invalidateblock", json!([hash.to_string()])).await;
    }

    pub async fn reconsider(&self, hash: BlockHash) {
        self.rpc.call("reconsiderblock", json!([hash.to_string()])).await;
    }

    /// Forgets old blocks, as far as the node lets itself; gives the last height that is gone. Wants
    /// [`Options::pruned`].
    pub async fn prune(&self, height: u64) -> u64 {
        self.rpc.call("pruneblockchain", json!([height])).await.as_u64().unwrap()
    }

    /// Follows another node's chain from now on. Wants [`Options::listen`] there.
    pub async fn connect(&self, other: &Bitcoind) {
        let address = other.peer_address.as_deref().expect("the other node was started without `listen`");
        // A lasting "add" is tried once a minute only.
        self.rpc.call("addnode", json!([address, "onetry"])).await;
        wait::until("the nodes do not connect", async || (self.peers().await > 0).then_some(())).await;
    }

    pub async fn disconnect(&self, other: &Bitcoind) {
        let address = other.peer_address.as_deref().expect("the other node was started without `listen`");
        self.rpc.call("disconnectnode", json!([address])).await;
        wait::until("the nodes stay connected", async || (self.peers().await == 0).then_some(())).await;
    }

    async fn peers(&self) -> u64 {
        self.rpc.call("getconnectioncount", json!([])).await.as_u64().unwrap()
    }

    pub fn stop(&mut self) {
        self.process.stop();
    }

    /// `kill -9`: what was not flushed is lost, so the tip may be lower after the next start.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Starts the node again over its data.
    pub async fn start_again(&mut self) {
        let rpc = self.rpc.clone();
        self.process.start_again(async || answers(&rpc).await).await;
    }

    pub async fn restart(&mut self) {
        self.stop();
        self.start_again().await;
    }
}

/// One of a node's wallets.
#[derive(Debug, Clone)]
pub struct Wallet {
    rpc: Rpc,
}

impl Wallet {
    pub fn rpc(&self) -> &Rpc {
        &self.rpc
    }

    pub async fn new_address(&self, kind: AddressType) -> Address {
        let address = self.rpc.call("getnewaddress", json!(["", kind.name()])).await;
        let address: Address<_> = address.as_str().unwrap().parse().unwrap();
        address.require_network(Network::Regtest).unwrap()
    }

    /// What is confirmed or comes from the wallet itself.
    pub async fn balance(&self) -> Amount {
        // A JSON number's text is exact; its float may not be.
        let balance = self.rpc.call("getbalance", json!([])).await.to_string();
        Amount::from_str_in(&balance, Denomination::Bitcoin).unwrap()
    }

    pub async fn send(&self, to: &Address, amount: Amount) -> Txid {
        let txid = self.rpc.call("sendtoaddress", json!([to.to_string(), coins(amount)])).await;
        // The wallet answers the same where the node did not take it.
        self.rpc.call("getmempoolentry", json!([txid])).await;
        parsed(&txid)
    }

    /// [`Wallet::send`] with a lock time of one's own choice.
    pub async fn send_locked(&self, to: &Address, amount: Amount, lock_time: u32) -> Txid {
        let outputs = json!([{ to.to_string(): coins(amount) }]);
        let options = json!({ "locktime": lock_time });
        parsed(&self.rpc.call("send", json!([outputs, null, "unset", null, options])).await["txid"])
    }

    /// One transaction with several outputs, each to another address.
    pub async fn send_many(&self, to: &[(Address, Amount)]) -> Txid {
        let outputs: Map<String, Value> =
            to.iter().map(|(address, amount)| (address.to_string(), coins(*amount).into())).collect();
        parsed(&self.rpc.call("sendmany", json!(["", outputs])).await)
    }

    /// Replaces a waiting transaction of this wallet by one with a higher fee.
    pub async fn bump_fee(&self, txid: Txid) -> Txid {
        parsed(&self.rpc.call("bumpfee", json!([txid.to_string()])).await["txid"])
    }
}

/// An amount as the RPC takes it without rounding: text.
fn coins(amount: Amount) -> String {
    amount.to_string_in(Denomination::Bitcoin)
}

pub(super) fn parsed<T: std::str::FromStr<Err: std::fmt::Debug>>(hash: &Value) -> T {
    hash.as_str().unwrap_or_else(|| panic!("not text: {hash}")).parse().unwrap()
}

/// While it starts there is no cookie, then nobody listens, then error -28.
async fn answers(rpc: &Rpc) -> Option<Value> {
    rpc.try_call("getblockchaininfo", json!([])).await.ok()
}
