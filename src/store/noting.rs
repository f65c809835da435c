//! Notes the first failure of the database inside a transaction, whatever the job that met it makes of it: a job may
//! refuse for reasons of its own, but a database that failed has failed for everybody.

use std::cell::RefCell;

use super::StoreError;
use super::kv::{Pair, Pairs, Read, Table, Write};

/// The first failure; none so far.
pub(super) type Failure = RefCell<Option<StoreError>>;

/// A transaction that is listened to.
pub(super) struct Noting<'a> {
    kv: &'a mut dyn Write,
    failure: &'a Failure,
}

impl<'a> Noting<'a> {
    pub(super) fn new(kv: &'a mut dyn Write, failure: &'a Failure) -> Self {
        Noting { kv, failure }
    }

    fn note<T>(&self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        result.inspect_err(|error| {
            self.failure.borrow_mut().get_or_insert_with(|| error.clone());
        })
    }
}

impl Read for Noting<'_> {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.note(self.kv.get(table, key))
    }

    fn scan(&self, table: Table, from: &[u8], to: Option<&[u8]>) -> Result<Pairs<'_>, StoreError> {
        let pairs = self.note(self.kv.scan(table, from, to))?;
        Ok(Box::new(pairs.map(|pair| self.note(pair))))
    }

    fn last(&self, table: Table) -> Result<Option<Pair>, StoreError> {
        self.note(self.kv.last(table))
    }
}

impl Write for Noting<'_> {
    fn replace(&mut self, table: Table, key: &[u8], value: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let result = self.kv.replace(table, key, value);
        self.note(result)
    }

    fn remove(&mut self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let result = self.kv.remove(table, key);
        self.note(result)
    }
}
