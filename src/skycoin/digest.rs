//! SHA-256, the hash of everything on this chain.

use bitcoin::hashes::{Hash, HashEngine, sha256};

use crate::types::Hash32;

/// SHA-256 of the parts, one after the other.
pub(super) fn sha256<const N: usize>(parts: [&[u8]; N]) -> Hash32 {
    let mut engine = sha256::Hash::engine();
    parts.into_iter().for_each(|part| engine.input(part));
    Hash32(sha256::Hash::from_engine(engine).to_byte_array())
}
