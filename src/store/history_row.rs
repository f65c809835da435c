//! A row of the table of events: the hash that the history has up to there, and the event's bytes.

use ring::digest::{Context, SHA256};

use super::StoreError;
use super::codec;
use super::events::Record;
use super::kv::{Read, Table};
use crate::types::{Hash32, HistoryHead};

/// What is hashed here is hashed nowhere else.
const DOMAIN: &[u8] = b"teller/history/1";
const HASH: usize = 32;

/// The head of a history to which one event more was added. Every part has a length of its own, and what has none is
/// the last: no two events are the same bytes.
pub(super) fn next(head: HistoryHead, bytes: &[u8]) -> HistoryHead {
    let number = head.number.saturating_add(1);
    let mut context = Context::new(&SHA256);
    for part in [DOMAIN, &head.hash.0, &codec::key(number), bytes] {
        context.update(part);
    }
    let mut hash = [0; HASH];
    hash.copy_from_slice(context.finish().as_ref());
    HistoryHead { number, hash: Hash32(hash) }
}

/// What is stored of an event: its hash, and its bytes.
pub(super) fn row(hash: Hash32, bytes: &[u8]) -> Vec<u8> {
    [&hash.0, bytes].concat()
}

/// The hash and the bytes of an event.
pub(super) fn split<'a>(key: &[u8], row: &'a [u8]) -> Result<(Hash32, &'a [u8]), StoreError> {
    let (hash, bytes) = row
        .split_first_chunk::<HASH>()
        .ok_or_else(|| codec::undecodable(Table::Events, key, "it has no hash"))?;
    Ok((Hash32(*hash), bytes))
}

/// Reads a row of the table of events.
pub(super) fn decode(key: &[u8], row: &[u8]) -> Result<Record, StoreError> {
    codec::decode(Table::Events, key, split(key, row)?.1)
}

/// All events with the heads that the history had after them, ascending, from a number on.
pub(super) fn past(
    kv: &dyn Read,
    from: u64,
) -> Result<impl Iterator<Item = Result<(HistoryHead, Record), StoreError>> + '_, StoreError> {
    let rows = kv.scan(Table::Events, &codec::key(from), None)?;
    Ok(rows.map(|row| {
        let (key, value) = row?;
        let (hash, bytes) = split(&key, &value)?;
        let number = codec::number_at_end(Table::Events, &key)?;
        Ok((HistoryHead { number, hash }, codec::decode(Table::Events, &key, bytes)?))
    }))
}

/// All events with their numbers, ascending, from a number on.
pub(super) fn events(
    kv: &dyn Read,
    from: u64,
) -> Result<impl Iterator<Item = Result<(u64, Record), StoreError>> + '_, StoreError> {
    Ok(past(kv, from)?.map(|event| event.map(|(head, record)| (head.number, record))))
}
