//! A consistent copy of everything, made from a snapshot while writes go on.

use std::path::Path;

use super::kv::{Backend, Table, Verdict};
use super::redb_backend::RedbBackend;
use super::{Snapshot, StoreError, Tables};

/// Writes all that the snapshot shows into a new redb file, whatever the backend it came from. `path` must not
/// exist. Answers the number of rows.
pub fn backup_to(snapshot: &Snapshot, path: &Path) -> Result<u64, StoreError> {
    if path.exists() {
        return Err(StoreError::Backend(format!("{}: exists already", path.display())));
    }
    let copy = RedbBackend::open(path, |_| {})?;
    let mut rows = 0u64;
    copy.transact(&mut |kv| {
        for table in Table::ALL {
            for pair in snapshot.kv().scan(table, &[], None)? {
                let (key, value) = pair?;
                kv.put(table, &key, &value)?;
                rows = rows.saturating_add(1);
            }
        }
        Ok(Verdict::Commit)
    })?;
    Ok(rows)
}
