//! A copy on its way: made, audited as a start would do it, and encrypted, in files without a name.

use std::fs::File;
use std::io::{self, Seek};
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

use super::digest::{Digest, pour};
use super::manifest::{self, Manifest};
use super::{BackupError, Copier, Recipients};
use crate::store::{Snapshot, StoreError, look_at_copy};
use crate::types::UnixTime;

/// A copy that is ready to be put away.
#[derive(Debug)]
pub struct Prepared {
    /// What is to be kept.
    pub(super) file: File,
    /// What it is.
    pub(super) manifest: Manifest,
}

/// Makes a copy of what the snapshot shows, proves that a desk would start from it, and encrypts it. `desk` begins its
/// name, `folder` is where what is kept is put together; where the service stops, so does this.
///
/// # Errors
///
/// Where there is no room, or the copy does not hold.
pub fn prepare(
    copier: &Copier,
    snapshot: &Snapshot,
    (desk, at): (&str, UnixTime),
    (folder, recipients): (&Path, &Recipients),
    stops: &dyn Fn() -> bool,
) -> Result<Prepared, BackupError> {
    // An encrypted one stands beside the plain one for a while.
    let times = if recipients.is_empty() { 1 } else { 2 };
    let stopped = || StoreError::Backend("the service stops".to_owned());
    let mut plain = copier.copy(snapshot, times, &mut || if stops() { Err(stopped()) } else { Ok(()) })?;
    let path = path_of(&plain);
    let facts = look_at_copy(&path).map_err(BackupError::Unsound)?;
    if facts.head != snapshot.head() {
        let what = format!("its history ends with {}, not with {}", facts.head, snapshot.head());
        return Err(BackupError::Unsound(StoreError::Inconsistent(vec![what])));
    }
    let go_on = &mut || {
        super::copier::still_room(folder).map_err(io::Error::other)?;
        if stops() { Err(io::Error::other("the service stops")) } else { Ok(()) }
    };
    plain.rewind().map_err(BackupError::file(&path))?;
    let (mut file, told) = if recipients.is_empty() {
        let told = pour(&mut plain, &mut io::sink(), go_on).map_err(BackupError::file(&path))?;
        (plain, told)
    } else {
        let mut sealed = tempfile::tempfile_in(folder).map_err(BackupError::file(folder))?;
        let told = recipients.encrypt(&mut plain, &mut sealed, go_on)?;
        (sealed, told)
    };
    let stored = sum(&mut file, folder)?;
    let manifest = Manifest {
        teller_backup: Manifest::FORM,
        name: manifest::name(desk, at, !recipients.is_empty()),
        made_at: at.get(),
        schema: facts.schema,
        history: facts.head.to_string(),
        size: stored.size,
        sha256: stored.sha256,
        plain_size: told.size,
        plain_sha256: told.sha256,
        encryption: if recipients.is_empty() { "none" } else { "age" }.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    Ok(Prepared { file, manifest })
}

/// What a file comes to; it is read from its beginning, and stands there again afterwards.
fn sum(file: &mut File, folder: &Path) -> Result<Digest, BackupError> {
    let read = |file: &mut File| {
        file.sync_all()?;
        file.rewind()?;
        let digest = pour(file, &mut io::sink(), &mut || Ok(()))?;
        file.rewind()?;
        Ok(digest)
    };
    read(file).map_err(BackupError::file(folder))
}

/// A path of a file that has no name, for as long as it is open.
pub(super) fn path_of(file: &File) -> PathBuf {
    PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()))
}
