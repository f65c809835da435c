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

/// Looks whether the file can be taken, and changes nothing. Who holds it may be the process that is asked about.
pub(super) fn look(path: &Path) -> io::Result<()> {
    refuse_no_file(path)?;
    match options(OFlags::NOFOLLOW).read(true).open(path) {
        Ok(mut file) => content_of(&mut file).map(drop),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

fn options(flags: OFlags) -> OpenOptions {
    let mut options = OpenOptions::new();
    options.custom_flags(i32::try_from(flags.bits()).unwrap_or(0));
    options
}

fn refuse_no_file(path: &Path) -> io::Result<()> {
    match std::fs::symlink_metadata(path) {
        Ok(there) if !there.is_file() => {
            Err(io::Error::other("it is a link, a pipe or a folder, and a pidfile is none of them"))
        }
        _ => Ok(()),
    }
}

/// The process id in a pidfile of ours.
fn content_of(file: &mut File) -> io::Result<String> {
    let told = file.metadata()?;
    if !told.is_file() || told.nlink() > 1 || told.uid() != rustix::process::geteuid().as_raw() {
        return Err(io::Error::other("it belongs to somebody else, or has another name as well; remove it"));
    }
    let mut content = String::new();
    let is_text = file.take(LONGEST).read_to_string(&mut content).is_ok();
    if !is_text || !content.trim().bytes().all(|byte| byte.is_ascii_digit()) || told.len() > LONGEST {
        return Err(io::Error::other("it holds something else than a process id, and is not overwritten"));
    }
    Ok(content)
}

fn take(path: &Path) -> io::Result<File> {
    refuse_no_file(path)?;
    let mut options = options(OFlags::NOFOLLOW);
    let mut file = options.read(true).write(true).create(true).truncate(false).mode(0o644).open(path)?;
    let content = content_of(&mut file)?;
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
