//! How large a chunk of a pool is.

/// Addresses in a chunk. Compact they are 21 to 33 bytes each, so that a chunk stays under 64 KiB.
pub const CHUNK: usize = 1024;
