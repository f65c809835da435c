//! Moving over from the original: its file is read, what it comes to is made and audited in memory, and only then there
//! is a database, whole and under its final name.

use std::fs::{DirBuilder, File};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::given::{db_path, purpose};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::engine::moving::{self, MoveReport, PlanError};
use crate::original::{Bolt, BoltError, CopyError, OLDER_STATE, RecordError, copy, read};
use crate::store::{Audit, MemoryBackend, Snapshot, Store, StoreError, Tables, backup_to};
use crate::types::{Height, PerCoin};

/// What is in it concerns nobody but the desk.
const ONLY_OWNER: u32 = 0o700;
/// What the file is called that the database is made in.
const UNFINISHED: &str = "importing";

/// Why nothing was taken over.
#[derive(Debug, thiserror::Error)]
pub enum MoveOverError {
    /// The original has its file open.
    #[error("{}: is in use: stop the original, or take the copy that its /api/backup gives", .0.display())]
    InUse(PathBuf),
    /// The file is damaged, or none of bolt's.
    #[error("{}: {source}", path.display())]
    File {
        /// The original's file.
        path: PathBuf,
        /// What is wrong with it.
        source: BoltError,
    },
    /// What is in the file makes no sense.
    #[error("{}: {source}", path.display())]
    Record {
        /// The original's file.
        path: PathBuf,
        /// What is wrong with it.
        source: RecordError,
    },
    /// What is in the file comes to nothing that can be written.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// It would not be taken over as a whole.
    #[error(transparent)]
    Move(#[from] moving::MoveError),
    /// There is a database where one would be made.
    #[error("{}: is there already: what is taken over is the first thing in a database", .0.display())]
    Exists(PathBuf),
    /// A file cannot be written.
    #[error("{}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// The store's own trouble.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What was taken over, or would be.
#[derive(Debug)]
pub struct MovedOver {
    /// What there is of everything.
    pub report: MoveReport,
    /// What of the configuration does not fit what is taken over, in words.
    pub advice: Vec<String>,
    /// The database that was made; none where nothing was to be written.
    pub database: Option<PathBuf>,
}

/// Takes over what the original keeps in this file: into the database of the configuration, which must not be there
/// yet, or with `is_dry` into none. On any error nothing is left.
///
/// # Errors
///
/// Where the file cannot be read as a whole, where what is in it contradicts itself, or where the database is there
/// already or cannot be written.
pub fn move_over(
    config: &Config,
    data_dir: &Path,
    file: &Path,
    is_dry: bool,
) -> Result<MovedOver, MoveOverError> {
    // What is made is a desk that pays, also with the configuration that looks on.
    let config = &Config { shadow: None, ..config.clone() };
    let database = db_path(config, data_dir);
    if database.exists() {
        return Err(MoveOverError::Exists(database));
    }
    let bolt = open(file)?;
    let damaged = |source| MoveOverError::File { path: file.to_owned(), source };
    let networks = PerCoin::new(|coin| config.coin(coin).network);
    let records = read(&bolt.root().map_err(damaged)?, &networks);
    let original = records.map_err(|source| MoveOverError::Record { path: file.to_owned(), source })?;
    let plan = moving::plan(&original, config.rail.max_decimals)?;
    let (mut advice, report) = (advice(config, &plan.report), MoveReport::default());
    advice.extend(bolt.is_older_state().then(|| OLDER_STATE.to_owned()));
    let mut moved = MovedOver { report, advice, database: None };
    let plan = Arc::new(plan);
    let store =
        Store::open(Arc::new(MemoryBackend::default()), purpose(config), Arc::new(SystemClock), &|_| {})?;
    let planned = Arc::clone(&plan);
    store.act_blocking(move |tx| moving::take_over(tx, &planned))?;
    let snapshot = store.snapshot();
    audit(&snapshot)?;
    if !is_dry {
        write(&snapshot, &database)?;
        moved.database = Some(database);
    }
    store.close();
    moved.report = Arc::try_unwrap(plan).map(|plan| plan.report).unwrap_or_default();
    Ok(moved)
}

/// Replays what was taken over, and holds every row against it.
fn audit(snapshot: &Snapshot) -> Result<(), StoreError> {
    // Where nothing happened there is nothing to replay, not even a count.
    if snapshot.counters().events == 0 {
        return Ok(());
    }
    let audited = Audit::new(snapshot.kv(), &|_| {}).run_full()?;
    if audited.findings.is_empty() { Ok(()) } else { Err(StoreError::Inconsistent(audited.messages())) }
}

fn open(file: &Path) -> Result<Bolt, MoveOverError> {
    copy::open(file).map_err(|error| match error {
        CopyError::InUse => MoveOverError::InUse(file.to_owned()),
        CopyError::File(source) => MoveOverError::File { path: file.to_owned(), source },
        CopyError::Record(source) => MoveOverError::Record { path: file.to_owned(), source },
    })
}

/// Makes the database under another name, and gives it its own where no other has that by now.
fn write(snapshot: &Snapshot, database: &Path) -> Result<(), MoveOverError> {
    let unfinished = database.with_extension(UNFINISHED);
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| MoveOverError::Write { path, source }
    };
    if let Some(folder) = database.parent() {
        let made = DirBuilder::new().recursive(true).mode(ONLY_OWNER).create(folder);
        made.map_err(failed(folder))?;
    }
    // What an earlier run left that was killed.
    if unfinished.exists() {
        std::fs::remove_file(&unfinished).map_err(failed(&unfinished))?;
    }
    let written = backup_to(snapshot, &unfinished).map_err(MoveOverError::from).and_then(|_| {
        // A link is refused where there is such a name, a renaming would take its place.
        std::fs::hard_link(&unfinished, database).map_err(failed(database))
    });
    let removed = std::fs::remove_file(&unfinished).map_err(failed(&unfinished));
    written.and(removed)?;
    let folder = database.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed(folder))
}

/// What of the configuration would lose deposits of the original, or has no part in what is taken over.
fn advice(config: &Config, report: &MoveReport) -> Vec<String> {
    let mut advice = Vec::new();
    for (coin, sum) in &report.coins {
        let chain = config.coin(*coin);
        let section = coin.facts().settings.section;
        if !chain.enabled && sum.bound > 0 {
            advice
                .push(format!("{coin} is bound, and {section}.enabled is false: its deposits are not seen"));
        }
        let last = sum.blocks.map(|(_, high)| high);
        let first = [last, sum.unhandled].into_iter().flatten().min();
        let Some(first) = first.filter(|_| chain.enabled && !config.dummy.scanner) else { continue };
        if chain.initial_scan_height > first {
            let begins: Height = chain.initial_scan_height;
            advice.push(format!(
                "{section}.initial_scan_height is {begins}: what came since block {first} and was not taken over is \
                 not seen; set it to {first} or lower, deposits that were taken over are no second time credited"
            ));
        }
    }
    advice
}
