//! What Prometheus scrapes, made of the state of the moment. Counters and what is at hand, never a walk: it costs the
//! same however many deposits and addresses there are.
//!
//! Labels have few values, known beforehand: coins, codes, states, workers, doors; never an address or a transaction.

mod chains;
mod desk;
mod events;
mod purchases;
mod service;
mod shadow;
mod sheet;

use std::path::PathBuf;
use std::sync::Arc;

use crate::http::Doors;
use crate::report::HealthCheck;
use crate::store::StoreError;
use crate::types::UnixTime;

use sheet::Sheet;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum MetricsError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A series that makes no sense: a defect.
    #[error("metrics: {0}")]
    Series(#[from] prometheus::Error),
}

/// What the program is.
#[derive(Debug, Clone)]
pub struct BuildInfo {
    /// The version.
    pub version: &'static str,
    /// The commit that it was built from; empty where the build does not say.
    pub commit: &'static str,
    /// Whether everything is play money.
    pub is_play: bool,
}

/// What metrics are told by.
#[derive(Debug)]
pub struct Metrics {
    /// What is amiss, and all that this is found out by.
    pub health: Arc<HealthCheck>,
    /// The doors of the listeners.
    pub doors: Arc<Doors>,
    /// The file of the database.
    pub database: PathBuf,
    /// What the program is.
    pub build: BuildInfo,
    /// When it began to serve.
    pub started: UnixTime,
}

impl Metrics {
    /// Returns everything in the text format of Prometheus, as it is at this moment.
    ///
    /// # Errors
    ///
    /// Where the database cannot be read.
    pub fn render(&self) -> Result<String, MetricsError> {
        let snapshot = self.health.store.snapshot();
        let mut sheet = Sheet::default();
        self.service(&mut sheet, &snapshot);
        self.problems(&mut sheet, &snapshot);
        self.purchases(&mut sheet, &snapshot)?;
        self.upstream(&mut sheet, &snapshot);
        self.waiting(&mut sheet, &snapshot)?;
        self.receivers(&mut sheet, &snapshot)?;
        self.webhooks(&mut sheet, &snapshot)?;
        self.wallet(&mut sheet);
        self.pools(&mut sheet, &snapshot);
        self.prices(&mut sheet);
        self.chains(&mut sheet);
        self.nodes(&mut sheet);
        self.workers(&mut sheet);
        self.shadow(&mut sheet);
        sheet.text()
    }
}
