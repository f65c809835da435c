//! A seal on every table: how many rows it has, and the sum of their checksums.
//!
//! It changes in the same transaction as the rows, and each start reads every row once and compares. So whatever was
//! lost, changed or added by anything but a write of this program shows, whatever table it is in, and whether or not
//! another table tells the same. The order of rows and of changes makes no difference, so that a change costs two
//! checksums. It is there against accidents: whoever can forge a row can forge its seal as well.

use minicbor::{Decode, Encode};
use twox_hash::XxHash3_64;

use super::StoreError;
use super::codec;
use super::kv::{Pair, Pairs, Read, Table, Write};
use super::tables::get;

/// What a table holds, in short. Two tables with other rows have, as good as certainly, other seals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode)]
pub(super) struct Seal {
    #[n(0)]
    pub(super) rows: u64,
    #[n(1)]
    sum: u64,
}

impl Seal {
    pub(super) fn add(&mut self, key: &[u8], value: &[u8]) {
        self.rows = self.rows.wrapping_add(1);
        self.sum = self.sum.wrapping_add(checksum(key, value));
    }

    pub(super) fn with(mut self, key: &[u8], value: &[u8]) -> Seal {
        self.add(key, value);
        self
    }

    fn remove(&mut self, key: &[u8], value: &[u8]) {
        self.rows = self.rows.wrapping_sub(1);
        self.sum = self.sum.wrapping_sub(checksum(key, value));
    }

    /// The seal of a table as it is; `on_row` hears of each row.
    pub(super) fn of(kv: &dyn Read, table: Table, mut on_row: impl FnMut()) -> Result<Seal, StoreError> {
        let mut seal = Seal::default();
        for pair in kv.scan(table, &[], None)? {
            let (key, value) = pair?;
            seal.add(&key, &value);
            on_row();
        }
        Ok(seal)
    }

    /// How many rows the table has.
    pub(super) const fn rows(&self) -> u64 {
        self.rows
    }

    /// The seal that was kept of a table.
    pub(super) fn kept(kv: &dyn Read, table: Table) -> Result<Seal, StoreError> {
        Ok(get(kv, Table::Seals, table.name().as_bytes())?.unwrap_or_default())
    }
}

/// The key is part of it: a value under another key is another row.
fn checksum(key: &[u8], value: &[u8]) -> u64 {
    XxHash3_64::oneshot_with_seed(XxHash3_64::oneshot(key), value)
}

/// A transaction that keeps the seals in step with what it writes.
pub(super) struct Sealing<'a> {
    kv: &'a mut dyn Write,
    /// Those of the tables that were written to.
    seals: [Option<Seal>; Table::ALL.len()],
}

impl<'a> Sealing<'a> {
    pub(super) fn new(kv: &'a mut dyn Write) -> Self {
        Sealing { kv, seals: [None; Table::ALL.len()] }
    }

    fn seal(&mut self, table: Table) -> Result<&mut Seal, StoreError> {
        let slot = &mut self.seals[table.index()];
        match slot {
            Some(seal) => Ok(seal),
            None => Ok(slot.insert(Seal::kept(&*self.kv, table)?)),
        }
    }

    /// Writes the seals that changed: the last thing that is done in a transaction.
    pub(super) fn save(self) -> Result<(), StoreError> {
        for (table, seal) in Table::ALL.into_iter().zip(self.seals) {
            if let Some(seal) = seal {
                self.kv.put(Table::Seals, table.name().as_bytes(), &codec::encode(&seal))?;
            }
        }
        Ok(())
    }
}

impl Read for Sealing<'_> {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.kv.get(table, key)
    }

    fn scan(&self, table: Table, from: &[u8], to: Option<&[u8]>) -> Result<Pairs<'_>, StoreError> {
        self.kv.scan(table, from, to)
    }

    fn last(&self, table: Table) -> Result<Option<Pair>, StoreError> {
        self.kv.last(table)
    }
}

impl Write for Sealing<'_> {
    fn replace(&mut self, table: Table, key: &[u8], value: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let old = self.kv.replace(table, key, value)?;
        let seal = self.seal(table)?;
        if let Some(old) = &old {
            seal.remove(key, old);
        }
        seal.add(key, value);
        Ok(old)
    }

    fn remove(&mut self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let old = self.kv.remove(table, key)?;
        if let Some(old) = &old {
            self.seal(table)?.remove(key, old);
        }
        Ok(old)
    }
}

/// Seals all tables as they are: what a defect of the program itself would leave, which seals what it wrote.
#[cfg(feature = "testing")]
pub fn seal_anew(backend: &dyn super::kv::Backend) -> Result<(), StoreError> {
    backend.transact(&mut |kv| {
        for table in Table::ALL.into_iter().filter(|table| *table != Table::Seals) {
            let seal = Seal::of(&*kv, table, || {})?;
            kv.put(Table::Seals, table.name().as_bytes(), &codec::encode(&seal))?;
        }
        Ok(super::kv::Verdict::Commit)
    })
}
