//! How values become bytes: a version tag, then CBOR. Keys are big-endian, so that their order is the numbers'.
//!
//! What cannot be decoded is an error that names the table and key; nothing is ever skipped.

use bitcoin::hex::DisplayHex;
use minicbor::{Decode, Encode};

use super::StoreError;
use super::kv::Table;

/// The version of every value written today. A decoder keeps reading the older ones.
const VERSION: u8 = 1;

pub(super) fn encode<T: Encode<()>>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(96);
    bytes.push(VERSION);
    minicbor::encode(value, &mut bytes).expect("BUG: writing to memory does not fail");
    bytes
}

pub(super) fn decode<T: for<'b> Decode<'b, ()>>(
    table: Table,
    key: &[u8],
    bytes: &[u8],
) -> Result<T, StoreError> {
    match bytes.split_first() {
        Some((&VERSION, body)) => {
            minicbor::decode(body).map_err(|error| undecodable(table, key, &error.to_string()))
        }
        Some((version, _)) => Err(undecodable(table, key, &format!("unknown value version {version}"))),
        None => Err(undecodable(table, key, "empty value")),
    }
}

/// A value that makes no sense, and why.
pub(super) fn undecodable(table: Table, key: &[u8], why: &str) -> StoreError {
    StoreError::Undecodable { table: table.name(), key: key.to_lower_hex_string(), why: why.to_owned() }
}

pub(super) const fn key(number: u64) -> [u8; 8] {
    number.to_be_bytes()
}

pub(super) fn key_tagged(tag: u8, number: u64) -> [u8; 9] {
    let mut bytes = [0; 9];
    bytes[0] = tag;
    bytes[1..].copy_from_slice(&number.to_be_bytes());
    bytes
}

/// The least key that is greater: a list goes on there.
pub(super) fn beyond(key: &[u8]) -> Vec<u8> {
    [key, &[0]].concat()
}

/// The number that the last eight bytes of a key are.
pub(super) fn number_at_end(table: Table, key: &[u8]) -> Result<u64, StoreError> {
    key.last_chunk::<8>().map(|bytes| u64::from_be_bytes(*bytes)).ok_or_else(|| StoreError::Undecodable {
        table: table.name(),
        key: key.to_lower_hex_string(),
        why: "the key is too short".to_owned(),
    })
}
