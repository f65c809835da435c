//! An Ethereum node: the JSON-RPC of geth, as far as anybody follows a chain with it, over a chain of its own.
//!
//! There is no machine behind it: transactions say what they did, and receipts and traces tell it. Hashes are
//! Ethereum's, but for the state's; nobody checks signatures.

mod block;
mod calls;
mod chain;
mod logs;
mod sealed;
mod shown;
mod tokens;
mod traces;
mod views;

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use serde_json::{Value, json};
use teller::clock::{Clock, SystemClock};

use crate::rpc::{self, Call, Calls, Failure, Outcome};
use crate::serve::{Answer, Ask, Node};
use crate::trouble::Lies;

use chain::Chain;

pub(crate) use chain::{ChainError, Deposit, TokenDeposit, Withdraw};

/// Which traces the node offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Traces {
    /// geth's `debug_traceBlockByHash`
    Debug,
    /// `trace_block` of Erigon, Nethermind and others
    Trace,
    Both,
    None,
}

/// How the node is set up.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) chain_id: u64,
    /// The height of the first block.
    pub(crate) start: u64,
    /// How many blocks below the newest one are final.
    pub(crate) final_depth: u64,
    pub(crate) traces: Traces,
}

/// The node.
pub(crate) struct Eth {
    settings: Settings,
    chain: Mutex<Chain>,
}

/// Where the node stands, for the control API.
#[derive(Debug, Serialize)]
pub(crate) struct Standing {
    height: u64,
    hash: String,
    pending: usize,
}

impl Eth {
    pub(crate) fn new(settings: Settings) -> Eth {
        let chain = Mutex::new(Chain::new(settings.start, Eth::now()));
        Eth { settings, chain }
    }

    fn chain(&self) -> MutexGuard<'_, Chain> {
        self.chain.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now() -> u64 {
        SystemClock.now().get()
    }

    pub(crate) fn standing(&self) -> Standing {
        let chain = self.chain();
        let tip = chain.tip(0);
        Standing { height: tip.number, hash: shown::data(&tip.hash), pending: chain.pool().len() }
    }

    pub(crate) fn mine(&self, blocks: u64) -> Result<(), ChainError> {
        self.chain().mine(blocks, Eth::now())
    }

    /// Takes `depth` blocks away and makes `length` others; their transactions wait again where they are to be kept.
    pub(crate) fn reorg(&self, depth: u64, length: u64, keep: bool) -> Result<(), ChainError> {
        self.chain().reorg(depth, length, keep, Eth::now())
    }

    /// Gives the transaction's hash.
    pub(crate) fn deposit(&self, deposit: &Deposit) -> Result<String, ChainError> {
        self.chain().deposit(deposit, Eth::now()).map(|hash| shown::data(&hash))
    }

    /// Gives the transaction's hash.
    pub(crate) fn deposit_token(&self, deposit: &TokenDeposit) -> Result<String, ChainError> {
        self.chain().deposit_token(deposit, Eth::now()).map(|hash| shown::data(&hash))
    }

    /// Gives the withdrawal's number.
    pub(crate) fn withdraw(&self, asked: &Withdraw) -> Result<u64, ChainError> {
        self.chain().withdraw(asked, Eth::now())
    }

    fn line(&self, call: &Call, lies: Lies) -> String {
        line(&call.id, &self.outcome(call, lies))
    }

    fn outcome(&self, call: &Call, lies: Lies) -> Outcome {
        if call.version.as_deref() != Some("2.0") {
            return Err(Failure::new(-32600, "invalid request"));
        }
        calls::View { settings: &self.settings, chain: &self.chain(), lies }.answer(call)
    }
}

impl Node for Eth {
    fn name_of(&self, ask: &Ask) -> String {
        format!("{} {}", ask.path, rpc::methods(&ask.body))
    }

    fn answer(&self, ask: &Ask, lies: Lies) -> Answer {
        if ask.method != "POST" {
            return Answer::new(405, "text/plain; charset=utf-8", "method not allowed\n");
        }
        let body = match Calls::read(&ask.body) {
            None => line(&Value::Null, &Err(Failure::new(-32700, "parse error"))),
            Some(Calls::One(call)) => self.line(&call, lies),
            Some(Calls::Batch(calls)) => {
                let lines: Vec<String> = calls.iter().map(|call| self.line(call, lies)).collect();
                format!("[{}]", lines.join(","))
            }
        };
        Answer::new(200, "application/json", body)
    }

    fn error(&self, ask: &Ask) -> Answer {
        let id = Calls::read(&ask.body).and_then(|calls| calls.all().first().map(|call| call.id.clone()));
        let failure = Failure::new(-32603, "simnet was told to answer with errors");
        Answer::new(200, "application/json", line(&id.unwrap_or(Value::Null), &Err(failure)))
    }
}

/// An answer as these nodes write it: a result or an error.
fn line(id: &Value, outcome: &Outcome) -> String {
    match outcome {
        Ok(result) => format!("{{\"jsonrpc\":\"2.0\",\"id\":{id},\"result\":{}}}", result.get()),
        Err(failure) => json!({ "jsonrpc": "2.0", "id": id, "error": rpc::error(failure) }).to_string(),
    }
}
