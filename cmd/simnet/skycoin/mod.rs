//! A Skycoin node: the daemon's REST API over a chain of its own, as strict as the real one.
//!
//! Held to the real daemon by `tests/nodes/conformance`: the same requests get the same answers from both.

mod addresses;
mod bank;
mod blocks;
mod chain;
mod csrf;
mod gate;
mod golang;
mod health;
mod inject;
mod parameters;
mod pool;
mod readable;
mod transactions;
mod verify;
mod wire;

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use teller::clock::{Clock, SystemClock};
use teller::skycoin::SecretKey;
use teller::types::UnixTime;

use crate::serve::{Answer, Ask, Node};
use crate::trouble::Lies;

use chain::Chain;
use csrf::Csrf;
use pool::Pool;
use verify::Rules;

pub(crate) use bank::Deposit;

/// How the node is set up.
#[derive(Debug)]
pub(crate) struct Settings {
    /// Owns all coins at first.
    pub(crate) genesis: SecretKey,
    pub(crate) genesis_time: u64,
    /// Where it listens: what `Host` has to be.
    pub(crate) address: std::net::SocketAddr,
    /// Connections to other nodes that it claims to have; without one nothing is broadcast.
    pub(crate) peers: u64,
    /// `user:password`.
    pub(crate) credentials: Option<String>,
    pub(crate) is_csrf_checked: bool,
    pub(crate) rules: Rules,
}

impl Settings {
    pub(crate) const fn rules(burn_factor: u32, max_size: u32, max_decimals: u8) -> Rules {
        Rules { burn_factor, max_size, max_decimals }
    }
}

/// The node.
pub(crate) struct Sky {
    settings: Settings,
    state: Mutex<State>,
    csrf: Csrf,
    started: UnixTime,
}

/// What changes.
pub(crate) struct State {
    chain: Chain,
    pool: Pool,
    /// No block is made with an earlier time.
    not_before: u64,
}

/// What a request sees.
struct View<'a> {
    node: &'a Sky,
    chain: &'a Chain,
    pool: &'a Pool,
    lies: Lies,
    now: u64,
}

/// Where the node stands, for the control API.
#[derive(Debug, Serialize)]
pub(crate) struct Standing {
    height: u64,
    hash: String,
    pending: usize,
}

impl Sky {
    pub(crate) fn new(settings: Settings) -> Sky {
        let chain = Chain::new(settings.genesis.address(), settings.genesis_time);
        let state = Mutex::new(State { chain, pool: Pool::default(), not_before: 0 });
        Sky { settings, state, csrf: Csrf::new(), started: SystemClock.now() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now() -> u64 {
        SystemClock.now().get()
    }

    /// Makes a block of what waits, where anything does.
    pub(crate) fn publish(&self) {
        let mut state = self.state();
        if !state.pool.is_empty() {
            state.make_block(&self.settings.rules);
        }
    }

    /// Forgets the waiting transactions that no block can take any more.
    pub(crate) fn clean_up(&self) -> usize {
        let State { chain, pool, .. } = &mut *self.state();
        pool.clean_up(chain, &self.settings.rules, Sky::now())
    }

    pub(crate) fn standing(&self) -> Standing {
        let state = self.state();
        let head = state.chain.head();
        Standing { height: head.seq(), hash: head.hash.to_string(), pending: state.pool.len() }
    }
}

impl State {
    /// Gives whether there was anything to make a block of.
    fn make_block(&mut self, rules: &Rules) -> bool {
        let (txs, fee) = self.pool.take_for_block(&self.chain, rules);
        if txs.is_empty() {
            return false;
        }
        self.chain.extend(txs, fee, Sky::now().max(self.not_before));
        true
    }
}

impl Node for Sky {
    fn name_of(&self, ask: &Ask) -> String {
        ask.path.clone()
    }

    fn answer(&self, ask: &Ask, lies: Lies) -> Answer {
        let now = Sky::now();
        if let Err(refusal) = gate::pass(self, ask, now) {
            return refusal;
        }
        let Some(path) = ask.path.strip_prefix("/api/v1/") else { return refusal(404, "") };
        if !methods(path).contains(&ask.method.as_str()) {
            return refusal(if methods(path).is_empty() { 404 } else { 405 }, "");
        }
        let mut state = self.state();
        if path == "injectTransaction" {
            return inject::inject(self, &mut state, ask, now);
        }
        let behind = usize::try_from(lies.behind).unwrap_or(usize::MAX);
        let shorter = (behind > 0).then(|| state.chain.without(behind));
        let chain = shorter.as_ref().unwrap_or(&state.chain);
        let view = View { node: self, chain, pool: &state.pool, lies, now };
        view.answer(path, ask).unwrap_or_else(|refusal| refusal)
    }

    fn error(&self, _: &Ask) -> Answer {
        refusal(500, "simnet was told to answer with errors")
    }
}

impl View<'_> {
    fn answer(&self, path: &str, ask: &Ask) -> Result<Answer, Answer> {
        let parameters = ask.parameters();
        match path {
            "csrf" => self.csrf(),
            "version" => Ok(ok(&health::VERSION)),
            "health" => Ok(self.health()),
            "blockchain/metadata" => Ok(self.metadata()),
            "blockchain/progress" => Ok(self.progress()),
            "network/connections" => Ok(self.connections()),
            "block" => self.block(&parameters),
            "blocks" => self.blocks(&parameters),
            "last_blocks" => self.last_blocks(&parameters),
            "transaction" => self.transaction(&parameters),
            "rawtx" => self.raw_transaction(&parameters),
            "pendingTxs" => self.pending(&parameters),
            "resendUnconfirmedTxns" => self.resend(),
            "outputs" => self.outputs(&parameters),
            "balance" => self.balance(&parameters),
            "uxout" => self.uxout(&parameters),
            "address_uxouts" => self.address_uxouts(&parameters),
            "addresscount" => Ok(self.address_count()),
            _ => Err(refusal(404, "")),
        }
    }
}

/// The methods that a path knows; none for a path that is not there.
fn methods(path: &str) -> &'static [&'static str] {
    match path {
        "csrf"
        | "version"
        | "health"
        | "blockchain/metadata"
        | "blockchain/progress"
        | "network/connections"
        | "block"
        | "last_blocks"
        | "transaction"
        | "rawtx"
        | "pendingTxs"
        | "uxout"
        | "address_uxouts"
        | "addresscount" => &["GET"],
        "blocks" | "outputs" | "balance" => &["GET", "POST"],
        "injectTransaction" | "resendUnconfirmedTxns" => &["POST"],
        _ => &[],
    }
}

fn ok(value: &impl Serialize) -> Answer {
    Answer::new(200, "application/json", golang::json(value))
}

/// An error as the first version of the API writes it.
fn refusal(status: u16, words: &str) -> Answer {
    let reason = actix_web::http::StatusCode::from_u16(status).ok().and_then(|code| code.canonical_reason());
    let reason = reason.unwrap_or_default();
    let text = if words.is_empty() {
        format!("{status} {reason}\n")
    } else {
        format!("{status} {reason} - {words}\n")
    };
    Answer::new(status, "text/plain; charset=utf-8", text)
        .with("X-Content-Type-Options", "nosniff".to_owned())
}
