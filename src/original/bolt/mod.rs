//! A reader of the file format of bolt (bbolt, version 2), which the original keeps its data in.
//!
//! The file is somebody else's and may be damaged: nothing in it is believed before it was checked, a page is read at
//! most once, and what does not add up is an error and never a shorter list. Nothing is written. What lists free pages
//! is not read: no data depends on it.

mod error;
mod meta;
mod page;
#[cfg(test)]
mod tests;
mod tree;

pub use error::{BoltError, MAX_FILE};
pub use tree::{Bucket, Pair};

use std::path::Path;

use meta::Meta;

/// A bolt file in memory, of which the newest whole state is known.
#[derive(Debug)]
pub struct Bolt {
    bytes: Vec<u8>,
    meta: Meta,
    is_older_state: bool,
}

impl Bolt {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// Where it cannot be read, is larger than [`MAX_FILE`], or is no bolt file with a state that is whole.
    pub fn open(path: &Path) -> Result<Bolt, BoltError> {
        let unreadable = |error: std::io::Error| BoltError::Unreadable(error.to_string());
        let size = std::fs::metadata(path).map_err(unreadable)?.len();
        if size > MAX_FILE {
            return Err(BoltError::TooLarge { size });
        }
        Bolt::read(std::fs::read(path).map_err(unreadable)?)
    }

    /// Takes the bytes of a file.
    ///
    /// # Errors
    ///
    /// Where they are none of bolt's, or none of both states in it is whole.
    pub fn read(bytes: Vec<u8>) -> Result<Bolt, BoltError> {
        let (meta, is_older_state) = meta::newest(&bytes)?;
        let pages = u64::try_from(bytes.len()).unwrap_or(u64::MAX) / u64::from(meta.page_size);
        if pages < meta.high_water {
            return Err(BoltError::CutOff { pages, expected: meta.high_water });
        }
        Ok(Bolt { bytes, meta, is_older_state })
    }

    /// Returns whether the newest state is damaged and the one before it was taken, as bolt itself would.
    pub const fn is_older_state(&self) -> bool {
        self.is_older_state
    }

    /// Reads everything: the bucket that all others are in.
    ///
    /// # Errors
    ///
    /// Where any page that belongs to the state is not as bolt writes it.
    pub fn root(&self) -> Result<Bucket<'_>, BoltError> {
        tree::read(&self.bytes, &self.meta)
    }
}
