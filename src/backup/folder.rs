//! Copies in a folder. What is put there has no name before it is whole.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, linkat};

use super::BackupError;
use super::digest::{Digest, pour};
use super::manifest::{Manifest, copy_of, is_copy, manifest_of, prefix};
use super::prepare::{Prepared, path_of};

/// Who buys what is nobody else's business.
const ONLY_OWNER: u32 = 0o600;
/// A manifest is a few lines.
const MOST_OF_A_MANIFEST: u64 = 64 << 10;
/// What a file is called while it is written where the file system knows none without a name.
const PART: &str = ".part";

/// A folder that copies are kept in.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

impl Folder {
    pub(super) fn new(path: PathBuf) -> Folder {
        Folder(path)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    fn failed(&self, name: &str) -> impl FnOnce(io::Error) -> BackupError {
        let path = self.0.join(name);
        move |error| BackupError::File { path, error }
    }

    fn names(&self) -> Result<Vec<String>, BackupError> {
        let read = || {
            let entries = std::fs::read_dir(&self.0)?.collect::<io::Result<Vec<_>>>()?;
            // What is no text is none of ours.
            Ok(entries.into_iter().filter_map(|entry| entry.file_name().into_string().ok()).collect())
        };
        read().map_err(self.failed(""))
    }

    /// The manifests of a desk's copies, or of everybody's; in no order.
    pub(super) fn manifests(&self, desk: Option<&str>) -> Result<Vec<Manifest>, BackupError> {
        let names = self.names()?;
        let is_its = |name: &&String| desk.is_none_or(|desk| name.starts_with(&prefix(desk)));
        let copies = names.iter().filter(is_its).filter_map(|name| copy_of(name));
        copies.map(|copy| self.manifest(copy)).collect()
    }

    /// The manifest of a copy.
    pub(super) fn manifest(&self, copy: &str) -> Result<Manifest, BackupError> {
        let name = manifest_of(copy);
        let mut text = Vec::new();
        let read =
            |text: &mut Vec<u8>| File::open(self.0.join(&name))?.take(MOST_OF_A_MANIFEST).read_to_end(text);
        read(&mut text).map_err(self.failed(&name))?;
        Manifest::parse(&text).map_err(|what| BackupError::other(&name, what))
    }

    /// Puts a copy there, reads it back, and only then puts its manifest beside it.
    pub(super) fn keep(&self, prepared: &Prepared) -> Result<(), BackupError> {
        let Prepared { file, manifest } = prepared;
        self.put(file, &manifest.name)?;
        let back = self.fetch(&manifest.name, &mut io::sink())?;
        if (back.size, &back.sha256) != (manifest.size, &manifest.sha256) {
            let _ = std::fs::remove_file(self.0.join(&manifest.name));
            return Err(BackupError::other(&manifest.name, "what was read back is not what was written"));
        }
        let name = manifest_of(&manifest.name);
        let mut file = tempfile::tempfile_in(&self.0).map_err(self.failed(&name))?;
        file.write_all(&manifest.text()).map_err(self.failed(&name))?;
        self.put(&file, &name)
    }

    /// Gives a file its name, once it is on the disk as a whole.
    fn put(&self, file: &File, name: &str) -> Result<(), BackupError> {
        let path = self.0.join(name);
        let put = || {
            file.set_permissions(std::fs::Permissions::from_mode(ONLY_OWNER))?;
            file.sync_all()?;
            let linked = linkat(CWD, path_of(file), CWD, &path, AtFlags::SYMLINK_FOLLOW);
            match linked.map_err(io::Error::from) {
                // It is on another disk, or of a kind that gets no name later.
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => self.write(file, name)?,
                linked => linked?,
            }
            File::open(&self.0)?.sync_all()
        };
        put().map_err(self.failed(name))
    }

    /// The same by writing it anew, under another name until it is whole.
    fn write(&self, file: &File, name: &str) -> io::Result<()> {
        let part = self.0.join(format!("{name}{PART}"));
        let mut from = File::open(path_of(file))?;
        let mut to = OpenOptions::new().write(true).create_new(true).mode(ONLY_OWNER).open(&part)?;
        let room = &mut || super::copier::still_room(&self.0).map_err(io::Error::other);
        let written = pour(&mut from, &mut to, room).and_then(|_| to.sync_all());
        let done = written.and_then(|()| std::fs::rename(&part, self.0.join(name)));
        done.inspect_err(|_| drop(std::fs::remove_file(&part)))
    }

    /// Reads a copy; answers what it comes to.
    pub(super) fn fetch(&self, name: &str, to: &mut dyn Write) -> Result<Digest, BackupError> {
        let mut file = File::open(self.0.join(name)).map_err(self.failed(name))?;
        pour(&mut file, to, &mut || Ok(())).map_err(self.failed(name))
    }

    /// Takes a copy away, its manifest first: what has none is no copy.
    pub(super) fn remove(&self, copy: &str) -> Result<(), BackupError> {
        for name in [manifest_of(copy), copy.to_owned()] {
            match std::fs::remove_file(self.0.join(&name)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(self.failed(&name)(error));
                }
                Ok(()) | Err(_) => {}
            }
        }
        Ok(())
    }

    /// Clears away what a desk that was killed has left.
    pub(super) fn sweep(&self, desk: &str) -> Result<(), BackupError> {
        let names = self.names()?;
        for name in names.iter().filter(|name| name.starts_with(&prefix(desk))) {
            let is_left = is_copy(name) && !names.contains(&manifest_of(name));
            if is_left || name.ends_with(PART) {
                std::fs::remove_file(self.0.join(name)).map_err(self.failed(name))?;
            }
        }
        Ok(())
    }

    /// Whether copies can be put there, without putting one.
    pub(super) fn look(&self) -> Result<(), BackupError> {
        self.names()?;
        tempfile::tempfile_in(&self.0).map(drop).map_err(self.failed(""))
    }
}
