//! What a running teller says that chains and the exchange say beside its books, for a terminal.

use super::running::Running;
use crate::config::Config;
use crate::report::Reconciliation;

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

/// Returns what the teller says that runs with this configuration. Nothing is changed.
///
/// # Errors
///
/// Where it does not answer, or not that.
pub async fn reconcile(config: &Config) -> Result<Reconciliation, ReconcileError> {
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
