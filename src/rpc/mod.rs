//! Speaking to nodes: one HTTP client for all, with limits, and JSON-RPC and the Skycoin REST API on top of it.
//!
//! A node may be slow, absent, lying or of another kind than configured; each of these is an error of its own kind,
//! never a panic, and no answer is read beyond a limit.

mod http;
mod json_rpc;
mod nistp521;
mod pace;
pub mod pinned;
mod refusal;
mod sky_history;
mod skycoin;
#[cfg(test)]
mod tests;
pub(crate) mod tls;

use std::time::Duration;

pub use http::{Auth, HttpClient, HttpSettings};
pub use json_rpc::JsonRpc;
pub(crate) use refusal::retry_after;
pub use sky_history::{
    SkyInput, SkyPastOutput, SkyProgress, SkyVerboseBlock, SkyVerboseBody, SkyVerboseTransaction, SkyWaiting,
    SkyWaitingTransaction,
};
pub use skycoin::{
    SkyBlock, SkyHealth, SkyOutput, SkyOutputs, SkyRest, SkySpent, SkySpentInput, SkyStatus, SkyTransaction,
    SkyTransactionOutput, SkyTransactionStatus, SkyVerifyRules, SkyWholeTransaction,
};
pub(crate) use tls::web_tls;

/// Why a node did not answer usefully.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum RpcError {
    /// No connection, or no whole answer in time. Whether the node did what was asked is unknown.
    #[error("{0}")]
    Unreachable(String),
    /// The node answered with an HTTP status other than success.
    #[error("HTTP {status}: {body:.500}")]
    Status {
        /// HTTP's number for what is wrong.
        status: u16,
        /// The answer as text.
        body: String,
    },
    /// The node takes no more requests for now, and says how long, where it does.
    #[error("{words}")]
    RateLimited {
        /// How long the node asks to be left alone; none where it does not say.
        after: Option<Duration>,
        /// The node's own words.
        words: String,
    },
    /// The node does not let us ask this: a method, or a path.
    #[error(
        "the node forbids {what} (HTTP 403){}",
        if words.is_empty() { String::new() } else { format!(": {words:.500}") }
    )]
    Forbidden {
        /// The method or the path that was asked for.
        what: String,
        /// The node's own words, perhaps none.
        words: String,
    },
    /// The node answered the call with an error of its protocol.
    #[error("node error {code}: {message:.500}")]
    Call {
        /// The protocol's number for the error.
        code: i64,
        /// The node's own words.
        message: String,
    },
    /// The answer is not what the protocol promises.
    #[error("the answer makes no sense: {0}")]
    Nonsense(String),
    /// The answer is longer than this many bytes, and was not read to its end.
    #[error("an answer of more than {0} bytes")]
    TooLong(usize),
    /// The client itself is set up wrongly.
    #[error("{0}")]
    Setup(String),
}

impl RpcError {
    pub(crate) fn nonsense(what: impl std::fmt::Display) -> Self {
        RpcError::Nonsense(what.to_string())
    }

    /// What a status means, where `what` was asked for.
    fn of_status(what: &str, status: u16, body: String) -> Self {
        match status {
            403 => RpcError::Forbidden { what: what.to_owned(), words: body },
            _ => RpcError::Status { status, body },
        }
    }
}
