//! Why a bolt file cannot be read.

/// The largest file that is read. The whole of it is held in memory.
pub const MAX_FILE: u64 = 4 * 1024 * 1024 * 1024;

/// Why a bolt file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BoltError {
    /// The operating system does not let it be read.
    #[error("it cannot be read: {0}")]
    Unreadable(String),
    /// It does not fit in memory.
    #[error("it has {size} bytes, more than the {MAX_FILE} that are read")]
    TooLarge {
        /// The file's size in bytes.
        size: u64,
    },
    /// It does not begin as a bolt file does.
    #[error("it is no bolt database: neither of its first pages is one of bolt's")]
    NotBolt,
    /// It is of another version of the format.
    #[error("it is a bolt database of version {0}, and version 2 is read")]
    Version(u32),
    /// Both states in it are damaged.
    #[error(
        "both of its first pages are damaged ({0}): take another copy, made while the original was stopped"
    )]
    NoState(String),
    /// Its end is missing.
    #[error("it is cut off: it has {pages} whole pages of {expected}: take another copy")]
    CutOff {
        /// The whole pages that are there.
        pages: u64,
        /// The pages that there should be.
        expected: u64,
    },
    /// A page is not as bolt writes it.
    #[error("page {page} is damaged: {why}; take another copy, made while the original was stopped")]
    Page {
        /// The page's number.
        page: u64,
        /// What is wrong with it.
        why: &'static str,
    },
}
