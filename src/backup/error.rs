//! Why there is no copy.

use std::io;
use std::path::{Path, PathBuf};

use super::copier::CopyError;
use crate::store::StoreError;

/// Why there is no copy, or none could be used.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// It was not made.
    #[error(transparent)]
    Copy(#[from] CopyError),
    /// It was made, and is none that a desk would start from.
    #[error("the copy does not hold: {0}")]
    Unsound(StoreError),
    /// A file or folder is in trouble.
    #[error("{}: {error}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// It was put away, and something else came back.
    #[error("{name}: {what}")]
    Other {
        /// The copy's name.
        name: String,
        /// What is not as it should be.
        what: String,
    },
    /// It cannot be encrypted, or not be decrypted.
    #[error("age: {0}")]
    Age(String),
    /// Its place cannot be spoken to as the configuration has it.
    #[error("{words}")]
    Setup {
        /// What is wrong with it.
        words: String,
    },
    /// It is encrypted, and the key is not here.
    #[error(
        "{0}: is encrypted, and backup.identity names no key: this service cannot open it; tool db drill does, on a \
         machine that has the key"
    )]
    NoKey(String),
    /// There is none.
    #[error("{0}: there is no copy")]
    Nothing(String),
    /// The service stops.
    #[error("the service stops")]
    Stopped,
}

impl BackupError {
    pub(super) fn file(path: &Path) -> impl FnOnce(io::Error) -> BackupError + '_ {
        |error| BackupError::File { path: path.to_owned(), error }
    }

    pub(super) fn other(name: &str, what: impl Into<String>) -> BackupError {
        BackupError::Other { name: name.to_owned(), what: what.into() }
    }
}
