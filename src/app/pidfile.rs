//! The file that tells the process id, for those who send signals.
//!
//! It is held locked while the process lives: one that is not locked was left by a process that is gone.
//! Nothing but a pidfile is ever overwritten, and no link is followed.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

use super::StartError;

/// A process id has fewer digits.
const LONGEST: u64 = 32;

/// A pidfile of this process.
#[derive(Debug)]
pub(super) struct PidFile {
    pub(super) path: PathBuf,
    /// Locked until it is closed.
    _held: File,
}

/// Writes the file, where one is configured.
pub(super) fn write(path: Option<PathBuf>) -> Result<Option<PidFile>, StartError> {
    let Some(path) = path else { return Ok(None) };
    match take(&path) {
        Ok(_held) => Ok(Some(PidFile { path, _held })),
        Err(source) => Err(StartError::PidFile { path, source }),
    }
}

fn take(path: &Path) -> io::Result<File> {
    if let Ok(there) = std::fs::symlink_metadata(path)
        && !there.is_file()
    {
        return Err(io::Error::other("it is a link, a pipe or a folder, and a pidfile is none of them"));
    }
    let flags = i32::try_from(OFlags::NOFOLLOW.bits()).unwrap_or(0);
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o644).custom_flags(flags);
    let mut file = options.open(path)?;
    let told = file.metadata()?;
    if !told.is_file() || told.nlink() > 1 || told.uid() != rustix::process::geteuid().as_raw() {
        return Err(io::Error::other("it belongs to somebody else, or has another name as well; remove it"));
    }
    let mut content = String::new();
    let is_text = (&mut file).take(LONGEST).read_to_string(&mut content).is_ok();
    if !is_text || !content.trim().bytes().all(|byte| byte.is_ascii_digit()) || told.len() > LONGEST {
        return Err(io::Error::other("it holds something else than a process id, and is not overwritten"));
    }
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let other = content.trim();
            return Err(io::Error::other(format!(
                "it is held by process {other}: another teller runs with it"
            )));
        }
        Err(TryLockError::Error(error)) => return Err(error),
    }
    file.rewind()?;
    file.set_len(0)?;
    file.write_all(own_id().as_bytes())?;
    Ok(file)
}

/// Removes the file as long as it tells this process: another teller may have put its own there.
pub fn remove_pidfile(path: &Path) {
    let is_file = std::fs::symlink_metadata(path).is_ok_and(|there| there.is_file());
    if !is_file || std::fs::read_to_string(path).is_ok_and(|id| id != own_id()) {
        return;
    }
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            tracing::warn!(%error, path = %path.display(), "pidfile is left");
        }
        _ => {}
    }
}

fn own_id() -> String {
    format!("{}\n", std::process::id())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn should_take_the_place_of_one_that_is_gone_and_of_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("teller.pid");
        std::fs::write(&path, "4194304\n").unwrap();
        let held = take(&path).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), own_id());
        assert!(take(&path).unwrap_err().to_string().contains(&format!("process {}", std::process::id())));
        drop(held);
        take(&path).unwrap();
        remove_pidfile(&path);
        assert!(!path.exists());
    }

    #[test]
    fn should_overwrite_nothing_of_others() {
        let folder = tempfile::tempdir().unwrap();
        let (path, other) = (folder.path().join("teller.pid"), folder.path().join("other"));
        std::fs::write(&other, "12\n").unwrap();
        symlink(&other, &path).unwrap();
        take(&path).unwrap_err();
        remove_pidfile(&path);
        std::fs::remove_file(&path).unwrap();
        std::fs::hard_link(&other, &path).unwrap();
        take(&path).unwrap_err();
        assert_eq!(std::fs::read_to_string(&other).unwrap(), "12\n");
        for content in ["not a number", "12 13\n", "99999999999999999999999999999999999999"] {
            std::fs::remove_file(&path).unwrap();
            std::fs::write(&path, content).unwrap();
            take(&path).unwrap_err();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), content);
        }
        take(folder.path()).unwrap_err();
    }
}
