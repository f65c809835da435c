//! The last word of a desk that has looked on: its database, while it is stopped, held against a copy.

use std::path::{Path, PathBuf};

use super::given::{db_path, purpose};
use super::shadow;
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::engine::shadow::{CopyView, Early, ShadowView, Sight, compare, reach};
use crate::original::{CopyError, Stamp, read_copy};
use crate::store::{Chains, LookResult, StoreError, look};
use crate::types::PerCoin;

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ShadowReportError {
    /// The configuration is that of a desk that pays.
    #[error("shadow.original is not set: this is the configuration of a desk that pays")]
    NoShadow,
    /// The database cannot be looked at now.
    #[error("{}: {why}", path.display())]
    Database {
        /// The file of the database.
        path: PathBuf,
        /// What is in the way.
        why: &'static str,
    },
    /// The copy cannot be read.
    #[error("{}: {source}", path.display())]
    Copy {
        /// The copy.
        path: PathBuf,
        /// What is wrong with it.
        source: CopyError,
    },
    /// The store's own trouble.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Returns what a stopped shadow comes to, held against the copy that its configuration names. Nodes are not asked: how
/// far their chains are is not known, and each counts as read as far as it was.
///
/// # Errors
///
/// Where the configuration is that of a desk that pays, or database or copy cannot be read.
pub fn shadow_report(config: &Config, data_dir: &Path) -> Result<ShadowView, ShadowReportError> {
    let file = config.shadow.clone().ok_or(ShadowReportError::NoShadow)?;
    let path = db_path(config, data_dir);
    let why = match look(&path, &purpose(config), &|_| {})? {
        LookResult::Sound(snapshot) => return report(config, file, &snapshot),
        LookResult::Absent => "is not there: start the desk first",
        LookResult::InUse => "a running teller has it open: stop it, or ask its /api/shadow",
        LookResult::Unrepaired => "was not closed properly: start the desk once more",
        LookResult::Older => "is of an older version: start the desk once more",
    };
    Err(ShadowReportError::Database { path, why })
}

fn report(
    config: &Config,
    file: PathBuf,
    snapshot: &crate::store::Snapshot,
) -> Result<ShadowView, ShadowReportError> {
    let failed = |source| ShadowReportError::Copy { path: file.clone(), source };
    let made_at = Stamp::of(&file).map_err(failed)?.written_at();
    let networks = PerCoin::new(|coin| config.coin(coin).network);
    let original = read_copy(&file, &networks).map_err(failed)?;
    let mut cursors = PerCoin::new(|_| None);
    for coin in crate::types::Coin::all() {
        cursors[coin] = snapshot.cursor(coin)?.map(|cursor| cursor.tip.height);
    }
    let reach = reach(snapshot, &shadow::rules(config), |coin| cursors[coin])?;
    let sight = Sight::read(snapshot, reach.clone(), config.rail.max_decimals)?;
    let comparison = compare(&original, made_at, &sight, &mut Early::new());
    let bindings = u64::try_from(original.bindings.len()).unwrap_or(u64::MAX);
    let known = u64::try_from(sight.bindings.len()).unwrap_or(u64::MAX);
    let copy = CopyView {
        made_at,
        read_at: SystemClock.now(),
        bindings,
        new_bindings: bindings.saturating_sub(known),
        differences: original.differences,
    };
    Ok(ShadowView {
        file,
        copy: Some(copy.into()),
        trouble: None,
        comparison: Some((1, comparison.into())),
        reach,
    })
}
