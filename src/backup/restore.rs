//! Makes a database of a copy.

use std::fs::File;
use std::io::{self, Seek};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use rustix::fs::{AtFlags, CWD, linkat};

use super::digest::{compare, pour};
use super::prepare::path_of;
use super::{BackupError, Keys, Manifest, Place};
use crate::clock::Clock;
use crate::store::kv::Backend;
use crate::store::{RedbBackend, Store, WalletEvent};
use crate::types::{HistoryHead, UnixTime};

/// What was restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// The head of the history in the copy.
    pub head: HistoryHead,
    /// When the copy was made, by its manifest; none where it has none.
    pub made_at: Option<UnixTime>,
}

/// Makes the database `to` of the copy with this name, which is decrypted with `keys` where it is encrypted. Nothing is
/// there before all of it was proven: its digest, its history, every row. `manifest` is none for a copy that has none.
/// The database is unreconciled until a person has cleared that.
///
/// # Errors
///
/// Where there is a database already, or the copy does not hold.
pub async fn restore(
    place: &Place,
    (name, manifest): (&str, Option<&Manifest>),
    to: &Path,
    keys: Option<&Keys>,
    clock: Arc<dyn Clock>,
    progress: &dyn Fn(u64),
) -> Result<Restored, BackupError> {
    if to.symlink_metadata().is_ok() {
        return Err(BackupError::other(
            &to.display().to_string(),
            "is there already: a database is never overwritten",
        ));
    }
    let parent = to.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let stored = tempfile::tempfile_in(parent).map_err(BackupError::file(parent))?;
    let into = stored.try_clone().map_err(BackupError::file(parent))?;
    let found = place.fetch(name, into).await?;
    if let Some(manifest) = manifest {
        compare(name, &found, manifest.size, &manifest.sha256, "the file is not what the manifest says")?;
    }
    let plain = plain((name, manifest), stored, parent, keys)?;
    let head = mark(name, manifest, &plain, clock, progress).await?;
    let put = || {
        plain.set_permissions(std::fs::Permissions::from_mode(0o600))?;
        plain.sync_all()?;
        linkat(CWD, path_of(&plain), CWD, to, AtFlags::SYMLINK_FOLLOW)?;
        File::open(parent)?.sync_all()
    };
    put().map_err(BackupError::file(to))?;
    Ok(Restored { head, made_at: manifest.map(Manifest::made_at) })
}

/// The database in a copy, in a file without a name.
pub(super) fn plain(
    (name, manifest): (&str, Option<&Manifest>),
    mut stored: File,
    parent: &Path,
    keys: Option<&Keys>,
) -> Result<File, BackupError> {
    let is_encrypted = manifest.map_or(name.ends_with(".age"), Manifest::is_encrypted);
    stored.rewind().map_err(BackupError::file(parent))?;
    let (plain, found) = if is_encrypted {
        let keys = keys.ok_or_else(|| {
            BackupError::other(name, "is encrypted: name the file of its key, --identity FILE")
        })?;
        let mut plain = tempfile::tempfile_in(parent).map_err(BackupError::file(parent))?;
        let found = keys.decrypt(&mut stored, &mut plain, &mut || Ok(()))?;
        (plain, found)
    } else {
        let found = pour(&mut stored, &mut io::sink(), &mut || Ok(())).map_err(BackupError::file(parent))?;
        (stored, found)
    };
    if let Some(manifest) = manifest {
        let what = "the database in it is not what the manifest says";
        compare(name, &found, manifest.plain_size, &manifest.plain_sha256, what)?;
    }
    Ok(plain)
}

/// Proves the database as a start does, and marks it as restored.
async fn mark(
    name: &str,
    manifest: Option<&Manifest>,
    plain: &File,
    clock: Arc<dyn Clock>,
    progress: &dyn Fn(u64),
) -> Result<HistoryHead, BackupError> {
    let unsound = BackupError::Unsound;
    let backend: Arc<dyn Backend> = Arc::new(RedbBackend::open(&path_of(plain), |_| {}).map_err(unsound)?);
    let store = Store::open_as_it_is(backend, clock, progress).map_err(unsound)?;
    let head = store.snapshot().head();
    let told = manifest.and_then(Manifest::head);
    if let Some(told) = told.filter(|told| *told != head) {
        return Err(BackupError::other(
            name,
            format!("its history ends with {head}, and the manifest says {told}"),
        ));
    }
    let event = WalletEvent::Restored { from: head.to_string() };
    let marked = store.write(move |tx| tx.record(event.clone())).await;
    store.release();
    marked.map_err(unsound)?;
    Ok(head)
}
