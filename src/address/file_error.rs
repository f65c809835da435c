//! What can be wrong with an address file.

use std::path::{Path, PathBuf};

use super::AddressError;

/// One thing wrong with an address file.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum FileProblem {
    /// The address on this line is not one of this coin and network.
    #[error("line {line}: {text:?} is {error}")]
    Bad { line: u64, text: String, error: AddressError },
    /// The same address stands in the file before.
    #[error("line {line}: {text:?} is a duplicate, it stands in the file before")]
    Duplicate { line: u64, text: String },
}

/// Why an address file was refused.
#[derive(Debug, thiserror::Error)]
pub enum AddressFileError {
    /// It cannot be opened or read.
    #[error("{}: cannot be read: {source}", path.display())]
    Io { path: PathBuf, source: std::io::Error },
    /// It is not the JSON that is expected.
    #[error("{}: {why}; expected {{\"{field}\": [\"address\", ...]}}", path.display())]
    Json { path: PathBuf, field: String, why: String },
    /// Some addresses in it are bad: the first of them, and how many there are in all.
    #[error("{}: {total} bad address(es):\n  {}", path.display(), lines(problems, *total))]
    Problems { path: PathBuf, problems: Vec<FileProblem>, total: usize },
    /// Not a single address.
    #[error("{}: holds no addresses", path.display())]
    Empty { path: PathBuf },
    /// The receiver of the addresses stopped the reading.
    #[error("{}: {why}", path.display())]
    Stopped { path: PathBuf, why: String },
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
