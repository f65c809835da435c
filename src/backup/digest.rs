//! Streams that are summed up in passing.

use std::io::{self, Read, Write};

use super::BackupError;
use bitcoin::hex::DisplayHex;
use ring::digest::{Context, SHA256};

/// How many bytes there were, and their SHA-256 in hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Digest {
    pub(super) size: u64,
    pub(super) sha256: String,
}

/// Sums up what passes.
pub(super) struct Summing {
    context: Context,
    size: u64,
}

impl Summing {
    pub(super) fn new() -> Summing {
        Summing { context: Context::new(&SHA256), size: 0 }
    }

    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.context.update(bytes);
        self.size = self.size.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
    }

    pub(super) fn digest(self) -> Digest {
        Digest { size: self.size, sha256: self.context.finish().as_ref().to_lower_hex_string() }
    }
}

/// Fails, with `what` for words, where something came to anything else.
pub(super) fn compare(
    name: &str,
    found: &Digest,
    size: u64,
    sha256: &str,
    what: &str,
) -> Result<(), BackupError> {
    if (found.size, found.sha256.as_str()) == (size, sha256) {
        return Ok(());
    }
    let Digest { size: has, sha256: is } = found;
    Err(BackupError::other(
        name,
        format!("{what}: {size} bytes, SHA-256 {sha256}; here are {has} bytes, SHA-256 {is}"),
    ))
}

/// Copies all bytes; answers what they come to. `go_on` is asked between parts of them.
pub(super) fn pour(
    from: &mut dyn Read,
    to: &mut dyn Write,
    go_on: &mut dyn FnMut() -> io::Result<()>,
) -> io::Result<Digest> {
    let mut summing = Summing::new();
    let mut part = vec![0; 1 << 18];
    loop {
        go_on()?;
        let count = match from.read(&mut part) {
            Ok(0) => return Ok(summing.digest()),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let bytes = part.get(..count).unwrap_or_default();
        summing.add(bytes);
        to.write_all(bytes)?;
    }
}
