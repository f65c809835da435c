//! All events once more, into an empty store.

use super::StoreError;
use super::counters::Counters;
use super::events::Record;
use super::history_row;
use super::index::Index;
use super::kv::{Backend, Read, Verdict};
use super::memory_backend::MemoryBackend;
use super::pools::Pools;
use super::tx::{TxDraft, WriteTx};
use crate::ledger::Entry;

/// Hears of an event with its number and entry; answers whether to go on.
pub(super) type Listener<'a> = &'a mut dyn FnMut(u64, &Record, &Entry) -> bool;

/// Applies all events to an empty store; answers what came of it, or in words which one could not be applied.
pub(super) fn replay(
    kv: &dyn Read,
    listener: Listener<'_>,
) -> Result<Result<MemoryBackend, String>, StoreError> {
    let memory = MemoryBackend::default();
    let index = Index::new();
    let mut events = Some(history_row::events(kv, 0)?);
    let mut refused = None;
    memory.transact(&mut |kv| {
        let draft = TxDraft::new(Counters::default(), Pools::default());
        let mut tx = WriteTx::new(kv, &index, draft, Default::default());
        for row in events.take().into_iter().flatten() {
            let (number, record) = row?;
            match tx.replay(record.clone()) {
                Ok(entry) if listener(number, &record, entry) => {}
                Ok(_) => return Ok(Verdict::Abort),
                Err(error) => {
                    refused = Some(format!("event {number} cannot be replayed: {error}"));
                    return Ok(Verdict::Abort);
                }
            }
        }
        tx.finish()?;
        Ok(Verdict::Commit)
    })?;
    Ok(refused.map_or(Ok(memory), Err))
}
