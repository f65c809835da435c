//! A backend without a disk: what the audit replays events into, and the second one that the contract tests run on.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, Mutex, PoisonError};

use super::StoreError;
use super::kv::{Backend, Pair, Pairs, Read, Table, Verdict, Work, Write};

type Tables = BTreeMap<Table, BTreeMap<Vec<u8>, Vec<u8>>>;

/// Tables in memory. A snapshot shares them until the next write, which then copies.
#[derive(Debug, Default)]
pub struct MemoryBackend {
    tables: Mutex<Arc<Tables>>,
}

impl Backend for MemoryBackend {
    fn snapshot(&self) -> Result<Arc<dyn Read + Send + Sync>, StoreError> {
        let tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Arc::new(Memory { tables: Arc::clone(&tables) }))
    }

    fn transact(&self, work: Work<'_>) -> Result<(), StoreError> {
        let mut current = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        let mut draft = Memory { tables: Arc::clone(&current) };
        if work(&mut draft)? == Verdict::Commit {
            *current = draft.tables;
        }
        Ok(())
    }
}

/// A view of the tables, which writes to a copy of its own.
#[derive(Debug, Default, Clone)]
pub(super) struct Memory {
    tables: Arc<Tables>,
}

impl Read for Memory {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.tables.get(&table).and_then(|rows| rows.get(key)).cloned())
    }

    fn scan(&self, table: Table, from: &[u8], to: Option<&[u8]>) -> Result<Pairs<'_>, StoreError> {
        let upper = match to {
            Some(to) if to <= from => return Ok(Box::new(std::iter::empty())),
            Some(to) => Bound::Excluded(to),
            None => Bound::Unbounded,
        };
        let rows = self.tables.get(&table).into_iter();
        let pairs = rows.flat_map(move |rows| rows.range::<[u8], _>((Bound::Included(from), upper)));
        let pairs: Vec<Pair> = pairs.map(|(key, value)| (key.clone(), value.clone())).collect();
        Ok(Box::new(pairs.into_iter().map(Ok)))
    }

    fn last(&self, table: Table) -> Result<Option<Pair>, StoreError> {
        let row = self.tables.get(&table).and_then(|rows| rows.last_key_value());
        Ok(row.map(|(key, value)| (key.clone(), value.clone())))
    }
}

impl Write for Memory {
    fn replace(&mut self, table: Table, key: &[u8], value: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let rows = Arc::make_mut(&mut self.tables).entry(table).or_default();
        Ok(rows.insert(key.to_vec(), value.to_vec()))
    }

    fn remove(&mut self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let rows = Arc::make_mut(&mut self.tables).entry(table).or_default();
        Ok(rows.remove(key))
    }
}
