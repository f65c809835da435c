//! A copy of the original's file, as an operator takes it: read as a whole or not at all.

use std::fs::File;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::fs::{FlockOperation, flock};

use super::bolt::{Bolt, BoltError};
use super::records::{Original, RecordError, read};
use crate::address::Network;
use crate::types::{PerCoin, UnixTime};

/// Why a file tells nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CopyError {
    /// The original has its file open.
    #[error("is in use: stop the original, or take the copy that its /api/backup gives")]
    InUse,
    /// The file is damaged, or none of bolt's.
    #[error(transparent)]
    File(#[from] BoltError),
    /// What is in the file makes no sense.
    #[error(transparent)]
    Record(#[from] RecordError),
}

/// What tells whether a file is still the one that it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    inode: u64,
    size: u64,
    changed: (i64, i64),
}

impl Stamp {
    /// Returns the one of a file.
    ///
    /// # Errors
    ///
    /// Where there is no such file, or it cannot be looked at.
    pub fn of(path: &Path) -> Result<Stamp, CopyError> {
        let told = std::fs::metadata(path).map_err(unreadable)?;
        Ok(Stamp { inode: told.ino(), size: told.size(), changed: (told.mtime(), told.mtime_nsec()) })
    }

    /// Returns when the file was written.
    pub fn written_at(&self) -> UnixTime {
        UnixTime::new(u64::try_from(self.changed.0).unwrap_or(0))
    }
}

/// Opens a file that the original does not have open: it holds a lock on it as long as it runs, and what is read
/// beside it may be half of something.
///
/// # Errors
///
/// Where the original has it open, or it is none of bolt's that is whole.
pub fn open(path: &Path) -> Result<Bolt, CopyError> {
    let file = File::open(path).map_err(unreadable)?;
    if flock(&file, FlockOperation::NonBlockingLockShared).is_err() {
        return Err(CopyError::InUse);
    }
    Ok(Bolt::open(path)?)
}

/// Reads all that is in a copy, with addresses of these networks. Where its newest state is damaged, the one before is
/// taken, and that is told among the differences.
///
/// # Errors
///
/// Where it cannot be read as a whole.
pub fn read_copy(path: &Path, networks: &PerCoin<Network>) -> Result<Original, CopyError> {
    let bolt = open(path)?;
    let mut original = read(&bolt.root()?, networks)?;
    original.differences.extend(bolt.is_older_state().then(|| OLDER_STATE.to_owned()));
    Ok(original)
}

/// What is told where the newest state is not the one that is read.
pub const OLDER_STATE: &str = "the newest state in the file is damaged, and the one before it is taken: compare the \
     last deposits with what the original told";

fn unreadable(error: std::io::Error) -> CopyError {
    CopyError::File(BoltError::Unreadable(error.to_string()))
}
