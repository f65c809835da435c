//! A Bitcoin node: the JSON-RPC of btcd or of bitcoind, as far as anybody follows a chain with it, over a
//! chain of its own. Or one of Dogecoin, which speaks as bitcoind does.
//!
//! Blocks are real ones (headers, Merkle roots, coinbases, a proof of work of regtest's difficulty) except that the
//! inputs of deposits spend what never was. The first block is the network's own; the next one known is at the height
//! where the chain starts, as on a node that has thrown everything between away.

mod calls;
mod chain;
mod deposits;
mod kind;
mod script;
mod shown;
mod transaction;

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use serde_json::Value;
use teller::clock::{Clock, SystemClock};

use crate::rpc::{self, Call, Calls, Failure, Outcome};
use crate::serve::{Answer, Ask, Node};
use crate::trouble::Lies;

use chain::Chain;

pub(crate) use chain::ChainError;
pub(crate) use deposits::{Deposits, Payment};
pub(crate) use kind::Kind;

/// Whose words it speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Dialect {
    Btcd,
    Bitcoind,
}

/// How the node is set up.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) kind: Kind,
    /// The height of the first block that is made here.
    pub(crate) start: u64,
    pub(crate) dialect: Dialect,
    /// `user:password`.
    pub(crate) credentials: Option<String>,
}

/// The node.
pub(crate) struct Btc {
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

impl Btc {
    pub(crate) fn new(settings: Settings) -> Btc {
        let chain = Mutex::new(Chain::new(settings.kind.clone(), settings.start, Btc::now()));
        Btc { settings, chain }
    }

    fn chain(&self) -> MutexGuard<'_, Chain> {
        self.chain.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now() -> u64 {
        SystemClock.now().get()
    }

    pub(crate) fn standing(&self) -> Standing {
        let chain = self.chain();
        let tip = chain.height(0);
        Standing { height: tip, hash: chain.tip_hash().to_string(), pending: chain.pool().len() }
    }

    pub(crate) fn mine(&self, blocks: u64) -> Result<(), ChainError> {
        self.chain().mine(blocks, Btc::now())
    }

    /// Takes `depth` blocks away and makes `length` others; their transactions wait again where they are to be kept.
    pub(crate) fn reorg(&self, depth: u64, length: u64, keep: bool) -> Result<(), ChainError> {
        self.chain().reorg(depth, length, keep, Btc::now())
    }

    fn outcome(&self, call: &Call, lies: Lies) -> Outcome {
        calls::View { node: self, chain: &self.chain(), lies }.answer(call)
    }

    /// bitcoind tells of errors by the status too.
    fn status_of(&self, outcome: &Outcome) -> u16 {
        match (outcome, self.settings.dialect) {
            (Err(failure), Dialect::Bitcoind) if failure.code == calls::NO_METHOD => 404,
            (Err(failure), Dialect::Bitcoind) if failure.code == calls::NO_REQUEST => 400,
            (Err(_), Dialect::Bitcoind) => 500,
            _ => 200,
        }
    }
}

impl Node for Btc {
    fn name_of(&self, ask: &Ask) -> String {
        format!("{} {}", ask.path, rpc::methods(&ask.body))
    }

    fn answer(&self, ask: &Ask, lies: Lies) -> Answer {
        if self.settings.dialect == Dialect::Bitcoind
            && let Some(file) = ask.path.strip_prefix("/rest/block/")
        {
            return calls::View { node: self, chain: &self.chain(), lies }.rest_block(file);
        }
        if self.settings.credentials.is_some() && ask.credentials() != self.settings.credentials {
            let realm = "Basic realm=\"jsonrpc\"".to_owned();
            return Answer::new(401, "text/plain", "401 Unauthorized.\n").with("WWW-Authenticate", realm);
        }
        if ask.method != "POST" {
            return Answer::new(405, "text/plain", "JSONRPC server handles only POST requests\n");
        }
        match Calls::read(&ask.body) {
            None => {
                let outcome = Err(Failure::new(calls::NO_REQUEST, "Parse error"));
                Answer::new(self.status_of(&outcome), "application/json", line(&Value::Null, &outcome))
            }
            Some(Calls::One(call)) => {
                let outcome = self.outcome(&call, lies);
                Answer::new(self.status_of(&outcome), "application/json", line(&call.id, &outcome))
            }
            Some(Calls::Batch(calls)) => {
                let lines = calls.iter().map(|call| line(&call.id, &self.outcome(call, lies)));
                let body = format!("[{}]", lines.collect::<Vec<_>>().join(","));
                Answer::new(200, "application/json", body)
            }
        }
    }

    fn error(&self, ask: &Ask) -> Answer {
        let id = Calls::read(&ask.body).and_then(|calls| calls.all().first().map(|call| call.id.clone()));
        let outcome = Err(Failure::new(-32603, "simnet was told to answer with errors"));
        Answer::new(500, "application/json", line(&id.unwrap_or(Value::Null), &outcome))
    }

    fn busy(&self, _: &Ask) -> Answer {
        let words = match self.settings.dialect {
            Dialect::Btcd => "503 Too busy.  Try again later.\n",
            Dialect::Bitcoind => "Work queue depth exceeded",
        };
        Answer::new(503, "text/plain", words)
    }
}

/// An answer as these nodes write it: result and error are both there.
fn line(id: &Value, outcome: &Outcome) -> String {
    match outcome {
        Ok(result) => format!("{{\"result\":{},\"error\":null,\"id\":{id}}}", result.get()),
        Err(failure) => format!("{{\"result\":null,\"error\":{},\"id\":{id}}}", rpc::error(failure)),
    }
}
