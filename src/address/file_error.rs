//! What can be wrong with an address file.

use std::path::{Path, PathBuf};

use super::AddressError;

/// One thing wrong with an address file.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum FileProblem {
    /// The address on this line is not one of this coin and network.
    #[error("line {line}: {text:?} is {error}")]
    Bad {
        /// The number of the line.
        line: u64,
        /// What stands there.
        text: String,
        /// Why it is no address.
        error: AddressError,
    },
    /// The same address stands in the file before.
    #[error("line {line}: {text:?} is a duplicate, it stands in the file before")]
    Duplicate {
        /// The number of the line.
        line: u64,
        /// The address as it stands there.
        text: String,
    },
}

/// Why an address file was refused.
#[derive(Debug, thiserror::Error)]
pub enum AddressFileError {
    /// It cannot be opened or read.
    #[error("{}: cannot be read: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        source: std::io::Error,
    },
    /// It is not the JSON that is expected.
    #[error("{}: {why}; expected {{\"{field}\": [\"address\", ...]}}", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// The field that has to hold the addresses.
        field: String,
        /// What is wrong, in words.
        why: String,
    },
    /// Some addresses in it are bad: the first of them, and how many there are in all.
    #[error("{}: {total} bad address(es):\n  {}", path.display(), lines(problems, *total))]
    Problems {
        /// The file.
        path: PathBuf,
        /// The first of them, in the order of their lines.
        problems: Vec<FileProblem>,
        /// How many there are in all.
        total: usize,
    },
    /// Not a single address.
    #[error("{}: holds no addresses", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// The receiver of the addresses stopped the reading.
    #[error("{}: {why}", path.display())]
    Stopped {
        /// The file.
        path: PathBuf,
        /// The receiver's reason, in words.
        why: String,
    },
}

impl AddressFileError {
    pub(super) fn io(path: &Path, source: std::io::Error) -> Self {
        AddressFileError::Io { path: path.to_owned(), source }
    }
}

fn lines(problems: &[FileProblem], total: usize) -> String {
    let mut lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    if total > problems.len() {
        lines.push(format!("and {} more", total - problems.len()));
    }
    lines.join("\n  ")
}

impl FileProblem {
    pub(super) fn line(&self) -> u64 {
        match self {
            FileProblem::Bad { line, .. } | FileProblem::Duplicate { line, .. } => *line,
        }
    }
}
