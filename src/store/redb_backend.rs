//! redb, the store's default backend: one file, one fsync a commit.
//!
//! Invariant: a file under its final name is a complete database; it is created under a temporary name and renamed,
//! because redb refuses a file for ever that was cut off while being created.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwapOption;
use redb::{
    Database, ReadOnlyTable, ReadTransaction, ReadableDatabase, ReadableTable, TableDefinition,
    WriteTransaction,
};

use super::StoreError;
use super::kv::{Backend, Pair, Pairs, Read, Table, Verdict, Work, Write};

/// Enough for the hot part of every table; the operating system caches the rest of the file anyway.
const CACHE_BYTES: usize = 32 * MIB;
const MIB: usize = 1024 * 1024;
/// A copy is written once, from its beginning to its end: what is kept back is written all at once at the end.
const COPY_CACHE_BYTES: usize = 4 * 1024 * 1024;

/// Who buys what, and signed transactions, are nobody else's business.
const ONLY_OWNER: u32 = 0o600;

type Definition = TableDefinition<'static, &'static [u8], &'static [u8]>;

const fn definition(table: Table) -> Definition {
    TableDefinition::new(table.name())
}

/// A redb database; none once it is closed.
#[derive(Debug)]
pub struct RedbBackend {
    database: ArcSwapOption<Database>,
}

impl RedbBackend {
    /// Opens the file, or creates it where it is absent. `progress` hears the share done (0 to 100) while a file
    /// that was not closed properly is repaired.
    pub fn open(path: &Path, progress: impl Fn(u8) + Send + Sync + 'static) -> Result<Self, StoreError> {
        RedbBackend::open_with_cache(path, CACHE_BYTES, progress)
    }

    /// The same, with at most so many MiB of the file's pages in memory.
    pub fn open_cached(
        path: &Path,
        cache_mib: u64,
        progress: impl Fn(u8) + Send + Sync + 'static,
    ) -> Result<Self, StoreError> {
        let bytes =
            usize::try_from(cache_mib).ok().and_then(|mib| mib.checked_mul(MIB)).unwrap_or(usize::MAX);
        RedbBackend::open_with_cache(path, bytes, progress)
    }

    fn open_with_cache(
        path: &Path,
        cache_bytes: usize,
        progress: impl Fn(u8) + Send + Sync + 'static,
    ) -> Result<Self, StoreError> {
        match path.metadata() {
            Ok(there) => refuse_no_file(path, &there)?,
            Err(_) => create(path)?,
        }
        let mut builder = Database::builder();
        builder.set_cache_size(cache_bytes);
        builder.set_repair_callback(move |session| progress(percent(session.progress())));
        let database = builder.open(path).map_err(|error| open_error(path, error))?;
        Ok(RedbBackend::new(database))
    }

    fn new(database: Database) -> Self {
        RedbBackend { database: ArcSwapOption::from_pointee(database) }
    }

    fn database(&self) -> Result<Arc<Database>, StoreError> {
        self.database.load_full().ok_or(StoreError::Closed)
    }

    /// The data as of the last commit of a file that nobody has open, which is not touched. None where it was
    /// not closed properly: it has to be repaired first.
    pub fn look(path: &Path) -> Result<Option<Arc<dyn Read + Send + Sync>>, StoreError> {
        path.metadata().map_or(Ok(()), |there| refuse_no_file(path, &there))?;
        let database = match Database::builder().set_cache_size(CACHE_BYTES).open_read_only(path) {
            Err(redb::DatabaseError::RepairAborted) => return Ok(None),
            opened => opened.map_err(|error| open_error(path, error))?,
        };
        let transaction = database.begin_read().map_err(StoreError::backend)?;
        Ok(Some(Arc::new(RedbSnapshot { transaction, tables: std::array::from_fn(|_| Default::default()) })))
    }

    /// Founds a database in an empty file, for a copy.
    pub(super) fn found_in(file: File) -> Result<Self, StoreError> {
        let mut builder = Database::builder();
        let database = builder.set_cache_size(COPY_CACHE_BYTES).create_file(file);
        let backend = RedbBackend::new(database.map_err(StoreError::backend)?);
        backend.create_tables()?;
        Ok(backend)
    }

    /// A database on any storage: how tests simulate disks.
    pub fn on_storage(storage: impl redb::StorageBackend) -> Result<Self, StoreError> {
        let database = Database::builder().set_cache_size(CACHE_BYTES).create_with_backend(storage);
        let backend = RedbBackend::new(database.map_err(StoreError::backend)?);
        backend.create_tables()?;
        Ok(backend)
    }

    fn create_tables(&self) -> Result<(), StoreError> {
        let transaction = self.database()?.begin_write().map_err(StoreError::backend)?;
        for table in Table::ALL {
            transaction.open_table(definition(table)).map_err(StoreError::backend)?;
        }
        transaction.commit().map_err(StoreError::backend)
    }
}

/// Founds the database. In one directory one process at a time does so: whoever comes second finds it there.
fn create(path: &Path) -> Result<(), StoreError> {
    let failed = |error: std::io::Error| StoreError::Backend(format!("{}: {error}", path.display()));
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Unlocked when it is closed.
    let directory = File::open(directory).map_err(failed)?;
    directory.lock().map_err(failed)?;
    if path.exists() {
        return Ok(());
    }
    let temporary = path.with_extension("db.creating");
    match std::fs::remove_file(&temporary) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    let file = OpenOptions::new().read(true).write(true).create_new(true).mode(ONLY_OWNER).open(&temporary);
    let database = Database::builder().create_file(file.map_err(failed)?);
    let database = database.map_err(|error| open_error(path, error))?;
    let backend = RedbBackend::new(database);
    backend.create_tables()?;
    drop(backend);
    std::fs::rename(&temporary, path).map_err(failed)?;
    // A rename is durable only once its directory is.
    directory.sync_all().map_err(failed)
}

/// Whoever opens a pipe waits for somebody to write into it.
fn refuse_no_file(path: &Path, there: &std::fs::Metadata) -> Result<(), StoreError> {
    let words = || StoreError::Backend(format!("{}: it is no file", path.display()));
    if there.is_file() { Ok(()) } else { Err(words()) }
}

fn open_error(path: &Path, error: redb::DatabaseError) -> StoreError {
    match error {
        redb::DatabaseError::DatabaseAlreadyOpen => StoreError::InUse { path: path.to_owned() },
        other => StoreError::Backend(format!("{}: {other}", path.display())),
    }
}

/// redb tells progress as a float between 0 and 1.
#[allow(clippy::float_arithmetic, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn percent(share: f64) -> u8 {
    (share.clamp(0.0, 1.0) * 100.0) as u8
}

impl Backend for RedbBackend {
    fn snapshot(&self) -> Result<Arc<dyn Read + Send + Sync>, StoreError> {
        let transaction = self.database()?.begin_read().map_err(StoreError::backend)?;
        Ok(Arc::new(RedbSnapshot { transaction, tables: std::array::from_fn(|_| Default::default()) }))
    }

    fn transact(&self, work: Work<'_>) -> Result<(), StoreError> {
        let transaction = self.database()?.begin_write().map_err(StoreError::backend)?;
        let verdict = work(&mut RedbWrite {
            transaction: &transaction,
            tables: std::array::from_fn(|_| Default::default()),
        });
        match verdict {
            Ok(Verdict::Commit) => transaction.commit().map_err(StoreError::backend),
            Ok(Verdict::Abort) => transaction.abort().map_err(StoreError::backend),
            Err(error) => {
                // The first error is the one to tell.
                let _ = transaction.abort();
                Err(error)
            }
        }
    }

    fn close(&self) {
        self.database.store(None);
    }
}

/// Tables are opened once per snapshot: opening costs more than a look-up.
struct RedbSnapshot {
    transaction: ReadTransaction,
    tables: [OnceLock<ReadOnlyTable<&'static [u8], &'static [u8]>>; Table::ALL.len()],
}

impl RedbSnapshot {
    fn table(&self, table: Table) -> Result<&ReadOnlyTable<&'static [u8], &'static [u8]>, StoreError> {
        let slot = &self.tables[table.index()];
        if let Some(open) = slot.get() {
            return Ok(open);
        }
        let open = self.transaction.open_table(definition(table)).map_err(StoreError::backend)?;
        Ok(slot.get_or_init(|| open))
    }
}

impl Read for RedbSnapshot {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        get(self.table(table)?, key)
    }

    fn show(&self, table: Table, key: &[u8], see: &mut dyn FnMut(&[u8])) -> Result<(), StoreError> {
        show(self.table(table)?, key, see)
    }

    fn scan(&self, table: Table, from: &[u8], to: Option<&[u8]>) -> Result<Pairs<'_>, StoreError> {
        scan(self.table(table)?, from, to)
    }

    fn last(&self, table: Table) -> Result<Option<Pair>, StoreError> {
        last(self.table(table)?)
    }
}

struct RedbWrite<'t> {
    transaction: &'t WriteTransaction,
    tables: [std::cell::OnceCell<redb::Table<'t, &'static [u8], &'static [u8]>>; Table::ALL.len()],
}

impl<'t> RedbWrite<'t> {
    fn table(&self, table: Table) -> Result<&redb::Table<'t, &'static [u8], &'static [u8]>, StoreError> {
        let slot = &self.tables[table.index()];
        if let Some(open) = slot.get() {
            return Ok(open);
        }
        let open = self.transaction.open_table(definition(table)).map_err(StoreError::backend)?;
        Ok(slot.get_or_init(|| open))
    }

    fn table_mut(
        &mut self,
        table: Table,
    ) -> Result<&mut redb::Table<'t, &'static [u8], &'static [u8]>, StoreError> {
        self.table(table)?;
        Ok(self.tables[table.index()].get_mut().expect("BUG: just opened"))
    }
}

impl Read for RedbWrite<'_> {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        get(self.table(table)?, key)
    }

    fn show(&self, table: Table, key: &[u8], see: &mut dyn FnMut(&[u8])) -> Result<(), StoreError> {
        show(self.table(table)?, key, see)
    }

    fn scan(&self, table: Table, from: &[u8], to: Option<&[u8]>) -> Result<Pairs<'_>, StoreError> {
        scan(self.table(table)?, from, to)
    }

    fn last(&self, table: Table) -> Result<Option<Pair>, StoreError> {
        last(self.table(table)?)
    }
}

impl Write for RedbWrite<'_> {
    fn replace(&mut self, table: Table, key: &[u8], value: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let old = self.table_mut(table)?.insert(key, value).map_err(StoreError::backend)?;
        Ok(old.map(|old| old.value().to_vec()))
    }

    fn remove(&mut self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let removed = self.table_mut(table)?.remove(key).map_err(StoreError::backend)?;
        Ok(removed.map(|old| old.value().to_vec()))
    }
}

type Bytes = &'static [u8];

fn get(table: &impl ReadableTable<Bytes, Bytes>, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
    let found = table.get(key).map_err(StoreError::backend)?;
    Ok(found.map(|value| value.value().to_vec()))
}

fn show(
    table: &impl ReadableTable<Bytes, Bytes>,
    key: &[u8],
    see: &mut dyn FnMut(&[u8]),
) -> Result<(), StoreError> {
    if let Some(value) = table.get(key).map_err(StoreError::backend)? {
        see(value.value());
    }
    Ok(())
}

fn scan<'a>(
    table: &'a impl ReadableTable<Bytes, Bytes>,
    from: &[u8],
    to: Option<&[u8]>,
) -> Result<Pairs<'a>, StoreError> {
    let range = match to {
        Some(to) if to <= from => return Ok(Box::new(std::iter::empty())),
        Some(to) => table.range::<&[u8]>(from..to),
        None => table.range::<&[u8]>(from..),
    };
    let pairs = range.map_err(StoreError::backend)?;
    Ok(Box::new(pairs.map(|pair| {
        let (key, value) = pair.map_err(StoreError::backend)?;
        Ok((key.value().to_vec(), value.value().to_vec()))
    })))
}

fn last(table: &impl ReadableTable<Bytes, Bytes>) -> Result<Option<Pair>, StoreError> {
    let found = table.last().map_err(StoreError::backend)?;
    Ok(found.map(|(key, value)| (key.value().to_vec(), value.value().to_vec())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_work_with_any_cache() {
        for mib in [0, 1, u64::MAX] {
            let dir = tempfile::tempdir().unwrap();
            let backend = RedbBackend::open_cached(&dir.path().join("teller.db"), mib, |_| {}).unwrap();
            let fill = &mut |write: &mut dyn Write| {
                for key in 0..1_000_u32 {
                    write.put(Table::Meta, &key.to_be_bytes(), &[7; 100])?;
                }
                Ok(Verdict::Commit)
            };
            backend.transact(fill).unwrap();
            let snapshot = backend.snapshot().unwrap();
            assert_eq!(snapshot.scan(Table::Meta, &[], None).unwrap().count(), 1_000, "{mib} MiB");
        }
    }

    #[test]
    fn should_let_go_of_the_file_when_closed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("teller.db");
        let first = RedbBackend::open(&path, |_| {}).unwrap();
        let _reader = first.snapshot().unwrap();
        assert_eq!(RedbBackend::open(&path, |_| {}).unwrap_err(), StoreError::InUse { path: path.clone() });
        first.close();
        let second = RedbBackend::open(&path, |percent| panic!("it is repaired: {percent}")).unwrap();
        assert!(second.snapshot().unwrap().get(Table::Meta, b"x").unwrap().is_none());
        assert_eq!(first.snapshot().err(), Some(StoreError::Closed));
    }
}
