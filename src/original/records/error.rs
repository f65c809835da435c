//! Why the original's data is not taken over.

/// Why the original's data cannot be read, or is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// The file does not hold the original's data.
    #[error("it holds no data of the original: there is no bucket {0}")]
    NotTheOriginal(&'static str),
    /// It is of a version that kept its data in another form.
    #[error(
        "it was written by a version of the original before v1.0.0 ({found}): start v1.0.0 on a copy of it first"
    )]
    TooOld {
        /// What shows that.
        found: &'static str,
    },
    /// A record makes no sense.
    #[error("bucket {bucket}, key {key:?}: {why}")]
    Record {
        /// The bucket.
        bucket: String,
        /// The key.
        key: String,
        /// What is wrong with it, and what would be right.
        why: String,
    },
}
