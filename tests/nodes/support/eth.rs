//! What anvil and geth have in common: Ethereum's own RPC, and an account that the node signs for.
//!
//! Addresses and hashes stay the text that the node speaks; amounts are wei.

use serde_json::{Value, json};

use super::contract::{deployment, input};
use super::rpc::{Auth, Rpc, RpcError};
use super::wait;

/// Enough for every contract here. Given, because a node asked to estimate refuses what would fail.
const GAS: u64 = 200_000;
/// Enough to make what a compiler makes of the contracts here.
const CREATION_GAS: u64 = 2_000_000;

/// What geth says instead of having no receipt while it builds its index.
const INDEXING: &str = "transaction indexing is in progress";

/// An address that no test knows a key for.
pub const PAYEE: &str = "0x2222222222222222222222222222222222222222";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    pub number: u64,
    pub hash: String,
    pub parent: String,
    /// The hashes of its transactions.
    pub transactions: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// False for a transaction that is in a block and did nothing.
    pub succeeded: bool,
    pub block_number: u64,
    pub block_hash: String,
    /// The address of the contract that it made.
    pub contract: Option<String>,
}

/// A node's RPC, and its account full of coins.
#[derive(Debug, Clone)]
pub struct Eth {
    rpc: Rpc,
    account: String,
}

impl Eth {
    /// What `start` waits for: the node answers and tells its account.
    pub async fn connect(url: &str) -> Option<Eth> {
        let rpc = Rpc::new(url.to_owned(), Auth::None);
        let accounts = rpc.try_call("eth_accounts", json!([])).await.ok()?;
        Some(Eth { account: accounts.get(0)?.as_str()?.to_owned(), rpc })
    }

    /// The node's RPC, for what has no function here.
    pub fn rpc(&self) -> &Rpc {
        &self.rpc
    }

    pub fn account(&self) -> &str {
        &self.account
    }

    pub async fn height(&self) -> u64 {
        number(&self.rpc.call("eth_blockNumber", json!([])).await)
    }

    /// The block by number or by tag: `latest`, `safe`, `finalized`.
    pub async fn block(&self, which: &str) -> Option<Block> {
        block(&self.rpc.call("eth_getBlockByNumber", json!([which, false])).await)
    }

    pub async fn block_at(&self, height: u64) -> Option<Block> {
        self.block(&quantity(height.into())).await
    }

    pub async fn block_by_hash(&self, hash: &str) -> Option<Block> {
        block(&self.rpc.call("eth_getBlockByHash", json!([hash, false])).await)
    }

    pub async fn tip(&self) -> Block {
        self.block("latest").await.expect("a node has a latest block")
    }

    pub async fn balance(&self, address: &str) -> u128 {
        wei(&self.rpc.call("eth_getBalance", json!([address, "latest"])).await)
    }

    /// Every call of every transaction of a block, nested as they were made.
    pub async fn traces(&self, block_hash: &str) -> Value {
        self.rpc.call("debug_traceBlockByHash", json!([block_hash, {"tracer": "callTracer"}])).await
    }

    /// A plain payment; gives the transaction's hash.
    pub async fn pay(&self, to: &str, wei: u128) -> String {
        self.submit(Some(to), "0x", wei).await
    }

    /// Coins through a [`FORWARDER`](super::contract::FORWARDER) at `contract` to `payee`.
    pub async fn forward(&self, contract: &str, payee: &str, wei: u128) -> String {
        self.submit(Some(contract), &input(&[payee]), wei).await
    }

    /// Any transaction, signed by the node.
    pub async fn submit(&self, to: Option<&str>, data: &str, wei: u128) -> String {
        self.sign_and_send(to, data, wei, GAS).await
    }

    /// Like [`Eth::submit`], with more or less gas.
    pub async fn submit_with_gas(&self, to: &str, data: &str, wei: u128, gas: u64) -> String {
        self.sign_and_send(Some(to), data, wei, gas).await
    }

    async fn sign_and_send(&self, to: Option<&str>, data: &str, wei: u128, gas: u64) -> String {
        let mut transaction = json!({
            "from": self.account, "data": data, "value": quantity(wei), "gas": quantity(gas.into()),
        });
        if let Some(to) = to {
            transaction["to"] = to.into();
        }
        text(&self.rpc.call("eth_sendTransaction", json!([transaction])).await)
    }

    /// Makes a contract of this code and gives its address. The next block has to come by itself.
    pub async fn deploy(&self, code: &str) -> String {
        let transaction = self.submit(None, &deployment(code), 0).await;
        self.confirmed(&transaction).await.contract.expect("a deployment makes a contract")
    }

    /// Makes a contract by code that itself returns the contract's, as compilers write it, and gives its address.
    /// The next block has to come by itself.
    pub async fn create(&self, code: &str) -> String {
        let transaction = self.sign_and_send(None, code, 0, CREATION_GAS).await;
        let receipt = self.confirmed(&transaction).await;
        assert!(receipt.succeeded, "no contract was made: {receipt:?}");
        receipt.contract.expect("a creation makes a contract")
    }

    /// What a contract answers to a call that no block holds, in hex.
    pub async fn view(&self, contract: &str, data: &str) -> String {
        let call = json!({"to": contract, "data": data});
        text(&self.rpc.call("eth_call", json!([call, "latest"])).await)
    }

    pub async fn receipt(&self, transaction: &str) -> Option<Receipt> {
        let receipt =
            wait::until("the node's index stays behind", async || self.indexed(transaction).await).await;
        (!receipt.is_null()).then(|| Receipt {
            succeeded: receipt["status"] == "0x1",
            block_number: number(&receipt["blockNumber"]),
            block_hash: text(&receipt["blockHash"]),
            contract: receipt["contractAddress"].as_str().map(str::to_owned),
        })
    }

    /// What the node knows, once it knows: right after its start geth answers with an error instead of
    /// saying that it has no receipt.
    async fn indexed(&self, transaction: &str) -> Option<Value> {
        match self.rpc.try_call("eth_getTransactionReceipt", json!([transaction])).await {
            Ok(receipt) => Some(receipt),
            Err(RpcError::Refused { message, .. }) if message == INDEXING => None,
            Err(error) => panic!("receipt of {transaction}: {error}"),
        }
    }

    /// Waits until the transaction is in a block.
    pub async fn confirmed(&self, transaction: &str) -> Receipt {
        wait::until("the transaction stays out of the blocks", async || self.receipt(transaction).await).await
    }

    /// [`Eth::confirmed`] of one that must do what it is for.
    pub async fn executed(&self, transaction: &str) -> Receipt {
        let receipt = self.confirmed(transaction).await;
        assert!(receipt.succeeded, "{transaction} did nothing");
        receipt
    }
}

/// A number as Ethereum's RPC writes it.
pub fn quantity(number: u128) -> String {
    format!("{number:#x}")
}

fn wei(quantity: &Value) -> u128 {
    let digits = quantity.as_str().and_then(|text| text.strip_prefix("0x"));
    let wei = digits.and_then(|digits| u128::from_str_radix(digits, 16).ok());
    wei.unwrap_or_else(|| panic!("not a quantity: {quantity}"))
}

fn number(quantity: &Value) -> u64 {
    u64::try_from(wei(quantity)).unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("not text: {value}")).to_owned()
}

fn block(block: &Value) -> Option<Block> {
    (!block.is_null()).then(|| Block {
        number: number(&block["number"]),
        hash: text(&block["hash"]),
        parent: text(&block["parentHash"]),
        transactions: block["transactions"].as_array().unwrap().iter().map(text).collect(),
    })
}
