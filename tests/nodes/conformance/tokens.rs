//! Tokens on the simulated Ethereum node beside those on geth and anvil: what contracts answer and tell.

use serde_json::{Value, json};

use super::calls::difference;
use crate::support::Absent;
use crate::support::anvil::Anvil;
use crate::support::eth::{Eth, PAYEE};
use crate::support::geth::Geth;
use crate::support::rpc::{Auth, Rpc};
use crate::support::runner::Outcome;
use crate::support::simnet::Simnet;
use crate::support::token::Token;

/// A block that no chain has.
const MISSING: &str = "0x00000000000000000000000000000000000000000000000000000000000000ff";
/// Keccak-256 of `Transfer(address,address,uint256)`.
const TRANSFER: &str = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";
const DECIMALS: &str = "0x313ce567";
const SYMBOL: &str = "0x95d89b41";
const NO_FUNCTION: &str = "0x01020304";
const AMOUNT: u64 = 1_000_000;

type Questions = Vec<(&'static str, Value)>;

/// A node, and a transfer of [`AMOUNT`] of a token to [`PAYEE`].
struct Place {
    rpc: Rpc,
    token: String,
    tx: String,
    block: Value,
    number: Value,
}

impl Place {
    async fn of(rpc: Rpc, token: String, tx: String) -> Place {
        let receipt = rpc.call("eth_getTransactionReceipt", json!([tx])).await;
        Place { block: receipt["blockHash"].clone(), number: receipt["blockNumber"].clone(), rpc, token, tx }
    }

    /// A token that costs nothing to move, or a hundredth.
    async fn real(eth: &Eth, kind: &str) -> Result<Place, Absent> {
        let token = Token::deploy(eth, kind, 6).await?;
        eth.executed(&token.mint(eth.account(), 10_000_000).await).await;
        let tx = token.transfer(PAYEE, AMOUNT.into()).await;
        eth.executed(&tx).await;
        Ok(Place::of(eth.rpc().clone(), token.address, tx).await)
    }

    async fn simulated(simnet: &Simnet, fee: u64) -> Place {
        let body = json!({ "token": "USDT", "address": PAYEE, "amount": AMOUNT, "fee": fee });
        let done = simnet.control("eth/token", body).await;
        simnet.mine("eth", 1).await;
        let rpc = Rpc::new(format!("http://127.0.0.1:{}", simnet.eth), Auth::None);
        let usdt = "0xdac17f958d2ee523a2206206994597c13d831ec7".to_owned();
        Place::of(rpc, usdt, done["tx"].as_str().unwrap().to_owned()).await
    }

    fn call(&self, data: &str, block: &Value) -> (&'static str, Value) {
        ("eth_call", json!([{ "to": self.token, "data": data }, block]))
    }

    /// What has the same answer on every chain.
    fn same(&self) -> Questions {
        let latest = json!("latest");
        let before =
            u64::from_str_radix(self.number.as_str().unwrap().trim_start_matches("0x"), 16).unwrap() - 1;
        vec![
            self.call(DECIMALS, &latest),
            self.call(DECIMALS, &self.number),
            self.call(&balance_of(PAYEE), &latest),
            self.call(&balance_of(PAYEE), &self.number),
            self.call(&balance_of(PAYEE), &json!({ "blockNumber": self.number })),
            self.call(&balance_of(PAYEE), &json!({ "blockHash": self.block })),
            self.call(&balance_of(PAYEE), &json!(format!("{before:#x}"))),
            ("eth_call", json!([{ "to": self.token, "input": balance_of(PAYEE) }, self.number])),
            ("eth_call", json!([{ "to": self.token, "data": balance_of(PAYEE) }])),
            // Nobody has a contract there.
            ("eth_call", json!([{ "to": PAYEE, "data": DECIMALS }, latest])),
        ]
    }

    /// What is of the same form.
    fn alike(&self) -> Questions {
        let Place { token, tx, block, number, .. } = self;
        vec![
            self.call(SYMBOL, &json!("latest")),
            ("eth_getTransactionReceipt", json!([tx])),
            ("eth_getTransactionByHash", json!([tx])),
            ("debug_traceTransaction", json!([tx, { "tracer": "callTracer" }])),
            ("eth_getBlockReceipts", json!([block])),
            ("eth_getBlockByHash", json!([block, true])),
            ("eth_getLogs", json!([{ "blockHash": block, "topics": [TRANSFER] }])),
            ("eth_getLogs", json!([{ "blockHash": block, "topics": [MISSING] }])),
            ("eth_getLogs", json!([{ "blockHash": block, "topics": [null, null, null, null] }])),
            ("eth_getLogs", json!([{ "blockHash": block, "topics": [[MISSING, TRANSFER]] }])),
            ("eth_getLogs", json!([{ "blockHash": block, "address": [PAYEE] }])),
            ("eth_getLogs", json!([{ "fromBlock": number, "toBlock": number, "address": token }])),
            ("eth_getLogs", json!([{ "fromBlock": number, "toBlock": "latest", "topics": [] }])),
        ]
    }

    /// What is refused by all.
    fn refused(&self) -> Questions {
        let block = &self.block;
        vec![
            self.call(NO_FUNCTION, &json!("latest")),
            self.call(&balance_of(PAYEE)[..40], &json!("latest")),
            ("eth_call", json!([])),
            ("eth_call", json!([{ "to": "0x1", "data": DECIMALS }, "latest"])),
            ("eth_getLogs", json!([])),
            ("eth_getLogs", json!([{ "blockHash": MISSING }])),
            ("eth_getLogs", json!([{ "blockHash": block, "fromBlock": "latest" }])),
            ("eth_getLogs", json!([{ "blockHash": block, "topics": "no list" }])),
        ]
    }
}

/// What is refused by geth's codes; anvil has others, or refuses nothing.
fn refused_by_geth(place: &Place) -> Questions {
    vec![
        place.call(DECIMALS, &json!("0xfffffff")),
        place.call(DECIMALS, &json!({ "blockHash": MISSING })),
        ("eth_getLogs", json!([{ "fromBlock": "0x2", "toBlock": "0x1" }])),
    ]
}

fn balance_of(account: &str) -> String {
    format!("0x70a08231{:0>64}", account.trim_start_matches("0x"))
}

async fn compare(ours: &Place, theirs: &Place, questions: impl Fn(&Place) -> Questions, is_same: bool) {
    let mut wrong = Vec::new();
    for ((method, ask), (_, tell)) in questions(ours).into_iter().zip(questions(theirs)) {
        let said = ours.rpc.try_call(method, ask).await;
        let told = theirs.rpc.try_call(method, tell.clone()).await;
        let words = match is_same && said.is_ok() && said != told {
            true => Some(format!("said {said:?}, the real one {told:?}")),
            false => difference(&said, &told, false),
        };
        wrong.extend(words.map(|words| format!("{method} {tell}: {words}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// How many logs tell of a transfer, and how much came of it.
async fn told(place: &Place) -> (usize, Value) {
    let filter = json!([{ "blockHash": place.block, "topics": [TRANSFER] }]);
    let logs = place.rpc.call("eth_getLogs", filter).await;
    let (_, call) = place.call(&balance_of(PAYEE), &place.number);
    (logs.as_array().unwrap().len(), place.rpc.call("eth_call", call).await)
}

async fn has_tokens_like(eth: &Eth) -> Result<(Simnet, Place, Place), Absent> {
    let simnet = Simnet::start(&["--eth-start=0", "--chains=eth"]).await;
    let (ours, theirs) = (Place::simulated(&simnet, AMOUNT / 100).await, Place::real(eth, "Taking").await?);
    assert_eq!(told(&ours).await, told(&theirs).await, "with a fee");
    let simnet = Simnet::start(&["--eth-start=0", "--chains=eth"]).await;
    let (ours, theirs) = (Place::simulated(&simnet, 0).await, Place::real(eth, "Honest").await?);
    compare(&ours, &theirs, Place::same, true).await;
    compare(&ours, &theirs, Place::alike, false).await;
    compare(&ours, &theirs, Place::refused, false).await;
    Ok((simnet, ours, theirs))
}

pub(crate) async fn should_have_tokens_like_geth() -> Outcome {
    let real = Geth::start().await?;
    let (_simnet, ours, theirs) = has_tokens_like(&real.eth).await?;
    compare(&ours, &theirs, refused_by_geth, false).await;
    Ok(())
}

pub(crate) async fn should_have_tokens_like_anvil() -> Outcome {
    let real = Anvil::start().await?;
    has_tokens_like(&real.eth).await?;
    Ok(())
}
