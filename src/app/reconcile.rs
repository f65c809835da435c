//! What a running teller says that chains and the exchange say beside its books, for a terminal.

use serde::Deserialize;

use super::running::Running;
use crate::config::Config;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum ReconcileError {
    /// Nothing can be asked at all.
    #[error("{0}")]
    Setup(String),
    /// Nobody answers.
    #[error("{address} does not answer: start the teller of this configuration, or see its log ({why})")]
    Silent {
        /// Where it was asked.
        address: String,
        /// What is in the way.
        why: String,
    },
    /// It wants another log-in.
    #[error("{0} wants a log-in: give it an admin_panel.token, which this configuration has to have too")]
    ShutOut(String),
    /// It is no teller of this version.
    #[error("{address} answers {status}, and is no teller of this version")]
    Other {
        /// Where it was asked.
        address: String,
        /// What it answered.
        status: u16,
    },
}

/// What `GET /api/reconciliation` answers.
#[derive(Debug, Deserialize)]
pub struct Reconciled {
    /// Whether a difference stands that nothing explains.
    pub differs: bool,
    /// One for each asset and place where it is.
    pub rows: Vec<ReconciledRow>,
    /// What was not looked at, and why.
    pub not_looked_at: Vec<String>,
}

/// Amounts are in whole coins.
#[derive(Debug, Deserialize)]
pub struct ReconciledRow {
    /// The code of the coin or the symbol of the token.
    pub asset: String,
    /// `deposits`, `hot_wallet` or `exchange`.
    pub place: String,
    /// What the chain, or the exchange, says; none where that is not known.
    pub they_say: Option<String>,
    /// What the books say of the same; none where that is not known.
    pub books_say: Option<String>,
    /// The first less the second; none where both do not count from the same moment.
    pub difference: Option<String>,
    /// What explains parts of the difference.
    pub explained: Vec<ReconciledPart>,
    /// Whether transactions differ that nothing explains.
    pub differs: bool,
    /// Those transactions, as many as are told.
    pub transactions: Vec<ReconciledTransaction>,
    /// How many there are beyond those.
    pub more: u64,
}

/// What explains a part.
#[derive(Debug, Deserialize)]
pub struct ReconciledPart {
    /// What it is.
    pub what: String,
    /// How much.
    pub amount: String,
}

/// A transaction that nothing explains.
#[derive(Debug, Deserialize)]
pub struct ReconciledTransaction {
    /// The transaction.
    pub txid: String,
    /// The address that it paid to; none where it is told of as a whole.
    pub address: Option<String>,
    /// Its block; none where it is in none.
    pub block: Option<u64>,
    /// What it paid by the chain.
    pub they_say: String,
    /// What it paid by the books.
    pub books_say: String,
    /// Whether it was found again when its block was read once more.
    pub stands: bool,
}

/// Returns what the teller says that runs with this configuration. Nothing is changed.
///
/// # Errors
///
/// Where it does not answer, or not that.
pub async fn reconcile(config: &Config) -> Result<Reconciled, ReconcileError> {
    let running = Running::of(config).map_err(ReconcileError::Setup)?;
    let address = running.address.to_string();
    let silent = |error: reqwest::Error| {
        let why = if error.is_timeout() { "no answer in time" } else { "nobody listens there" };
        ReconcileError::Silent { address: address.clone(), why: why.to_owned() }
    };
    let answer = running.get("/api/reconciliation").await.map_err(silent)?;
    let status = answer.status().as_u16();
    if status == 401 || status == 403 {
        return Err(ReconcileError::ShutOut(address));
    }
    let body = answer.bytes().await.map_err(silent)?;
    let told = serde_json::from_slice(&body).ok().filter(|_| status == 200);
    told.ok_or(ReconcileError::Other { address, status })
}
