//! A consistent copy of everything, made from a snapshot while writes go on.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::kv::{Backend, Table, Verdict};
use super::redb_backend::RedbBackend;
use super::{Snapshot, StoreError, Tables};

/// Bytes between two questions whether the copy may go on.
const STRIDE: usize = 1 << 20;

/// Writes all that the snapshot shows into a new redb file, whatever the backend it came from. `path` must not
/// exist; nobody else may read it. Answers the number of rows.
///
/// # Errors
/// The file exists, or cannot be written.
pub fn backup_to(snapshot: &Snapshot, path: &Path) -> Result<u64, StoreError> {
    let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path);
    let file = file.map_err(|error| StoreError::Backend(format!("{}: {error}", path.display())))?;
    backup_into(snapshot, file, &mut || Ok(()))
}

/// [`backup_to`] into an empty file that is open for reading and writing. `go_on` is asked again and again; its error
/// ends the copy, and what is in the file then is none.
///
/// # Errors
/// The file cannot be written, or `go_on` said no.
pub fn backup_into(
    snapshot: &Snapshot,
    file: File,
    go_on: &mut dyn FnMut() -> Result<(), StoreError>,
) -> Result<u64, StoreError> {
    let copy = RedbBackend::found_in(file)?;
    let (mut rows, mut since) = (0u64, 0usize);
    copy.transact(&mut |kv| {
        go_on()?;
        for table in Table::ALL {
            for pair in snapshot.kv().scan(table, &[], None)? {
                let (key, value) = pair?;
                kv.put(table, &key, &value)?;
                rows = rows.saturating_add(1);
                since = since.saturating_add(key.len()).saturating_add(value.len());
                if since >= STRIDE {
                    since = 0;
                    go_on()?;
                }
            }
        }
        go_on()?;
        Ok(Verdict::Commit)
    })?;
    Ok(rows)
}
