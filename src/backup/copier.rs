//! Makes whole copies of the database, one at a time, in files without a name: whatever happens, killed or left by
//! whoever asked, a copy is gone with the last who has it open. It never takes the room that the service needs itself.

use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::store::{Snapshot, StoreError, backup_into};

/// Bytes that are left to the service beside a whole copy.
const MARGIN: u64 = 32 << 20;
/// Bytes below which a copy that has begun is given up: the service has written as well.
const FLOOR: u64 = MARGIN / 2;
const MARGIN_MB: u64 = megabytes(MARGIN);

const fn megabytes(bytes: u64) -> u64 {
    bytes.div_ceil(1 << 20)
}

/// Where copies are put together, and how many at a time: one.
#[derive(Debug, Clone)]
pub struct Copier {
    folder: PathBuf,
    database: PathBuf,
    turn: Arc<Mutex<()>>,
}

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// It would take room that the service needs.
    #[error(
        "no room for a backup in {}: it takes about {needed} MB, {MARGIN_MB} MB are left to the service, and {free} MB \
         are free; make room, or stop teller and copy {} itself", folder.display(), database.display()
    )]
    NoRoom {
        /// Where it would be.
        folder: PathBuf,
        /// What is copied.
        database: PathBuf,
        /// Megabytes that it takes.
        needed: u64,
        /// Megabytes that are free.
        free: u64,
    },
    /// The folder cannot be used.
    #[error("{}: {error}", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// The store's own trouble.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Copier {
    /// Returns one that puts copies of `database` together in `folder`.
    pub fn new(folder: PathBuf, database: PathBuf) -> Self {
        Copier { folder, database, turn: Arc::default() }
    }

    /// Returns the folder that copies are put together in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Waits for its turn. Whoever has it may make a copy until it is dropped.
    pub async fn turn(&self) -> OwnedMutexGuard<()> {
        Arc::clone(&self.turn).lock_owned().await
    }

    /// Makes a whole copy in a file without a name; `times` more files of the size may follow it in the same folder.
    /// `go_on` is asked again and again, and its error ends it.
    ///
    /// # Errors
    ///
    /// Where there is no room for it, or it cannot be written.
    pub fn copy(
        &self,
        snapshot: &Snapshot,
        times: u64,
        go_on: &mut dyn FnMut() -> Result<(), StoreError>,
    ) -> Result<File, CopyError> {
        self.check_room(times)?;
        let folder = &self.folder;
        let of_folder = |error| CopyError::Folder { folder: folder.clone(), error };
        let file = tempfile::tempfile_in(folder).map_err(of_folder)?;
        let copy = file.try_clone().map_err(of_folder)?;
        let rows = backup_into(snapshot, file, &mut || {
            go_on()?;
            still_room(folder)
        })?;
        tracing::info!(rows, "backup made");
        Ok(copy)
    }

    fn check_room(&self, times: u64) -> Result<(), CopyError> {
        let size = std::fs::metadata(&self.database).map_or(0, |file| file.blocks().saturating_mul(512));
        self.check_bytes(size.saturating_mul(times))
    }

    /// Fails where so many bytes would take room that the service needs.
    pub(super) fn check_bytes(&self, needed: u64) -> Result<(), CopyError> {
        let of_folder = |error| CopyError::Folder { folder: self.folder.clone(), error };
        let free = room(&self.folder).map_err(of_folder)?;
        if free >= needed.saturating_add(MARGIN) {
            return Ok(());
        }
        let (folder, database) = (self.folder.clone(), self.database.clone());
        Err(CopyError::NoRoom { folder, database, needed: megabytes(needed), free: free >> 20 })
    }
}

/// Fails where a folder's disk has become too full to go on.
pub(super) fn still_room(folder: &Path) -> Result<(), StoreError> {
    match room(folder) {
        Ok(free) if free >= FLOOR => Ok(()),
        Ok(_) => Err(StoreError::Backend("the disk has become too full for a backup".to_owned())),
        Err(error) => Err(StoreError::backend(error)),
    }
}

/// Bytes of the folder's file system that are free.
fn room(folder: &Path) -> io::Result<u64> {
    let told = rustix::fs::statvfs(folder)?;
    Ok(told.f_bavail.saturating_mul(told.f_frsize))
}
