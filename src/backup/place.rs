//! Where copies are kept.

use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::digest::Digest;
use super::folder::Folder;
use super::manifest::Manifest;
use super::s3::ObjectStore;
use super::{BackupError, Prepared};
use crate::config::BackupPlace;

/// Where copies are kept.
#[derive(Debug, Clone)]
pub enum Place {
    /// A folder.
    Folder(Arc<Folder>),
    /// A bucket of a store that speaks S3.
    Bucket(Arc<ObjectStore>),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Folder(folder) => write!(f, "{}", folder.path().display()),
            Place::Bucket(store) => write!(f, "{store}"),
        }
    }
}

impl Place {
    /// Returns the place of the configuration; a relative folder is one of the data directory. Nothing is looked at.
    ///
    /// # Errors
    ///
    /// Where a client for it cannot be made.
    pub fn new(place: &BackupPlace, data_dir: &Path) -> Result<Place, BackupError> {
        match place {
            BackupPlace::Folder(folder) => Ok(Place::folder(data_dir.join(folder))),
            BackupPlace::S3(settings) => Ok(Place::Bucket(Arc::new(ObjectStore::new(settings)?))),
        }
    }

    /// Returns the place that a folder is.
    pub fn folder(folder: PathBuf) -> Place {
        Place::Folder(Arc::new(Folder::new(folder)))
    }

    /// Returns the folder that what is put there is best put together in, where it is one.
    pub fn own_folder(&self) -> Option<&Path> {
        match self {
            Place::Folder(folder) => Some(folder.path()),
            Place::Bucket(_) => None,
        }
    }

    /// Returns whether it is on another machine, which may keep whoever asks it waiting for long.
    pub fn is_far(&self) -> bool {
        matches!(self, Place::Bucket(_))
    }

    /// Returns the copies that a desk has there, or anybody where none is named, the newest first.
    ///
    /// # Errors
    ///
    /// Where not all of them can be told.
    pub async fn list(&self, desk: Option<&str>) -> Result<Vec<Manifest>, BackupError> {
        let mut copies = match self {
            Place::Folder(folder) => {
                let desk = desk.map(str::to_owned);
                beside(folder, move |folder| folder.manifests(desk.as_deref())).await?
            }
            Place::Bucket(store) => store.manifests(desk).await?,
        };
        copies.sort_by(|one, other| (other.made_at, &other.name).cmp(&(one.made_at, &one.name)));
        Ok(copies)
    }

    /// Returns what a copy is by its manifest.
    ///
    /// # Errors
    ///
    /// Where there is none.
    pub async fn manifest(&self, name: &str) -> Result<Manifest, BackupError> {
        match self {
            Place::Folder(folder) => {
                let name = name.to_owned();
                beside(folder, move |folder| folder.manifest(&name)).await
            }
            Place::Bucket(store) => store.manifest(name).await,
        }
    }

    /// Puts a copy there and reads it back: where that is not what was put there, it is no copy.
    ///
    /// # Errors
    ///
    /// Where it is not there as a whole.
    pub async fn keep(&self, prepared: Prepared) -> Result<Manifest, BackupError> {
        match self {
            Place::Folder(folder) => {
                beside(folder, move |folder| folder.keep(&prepared).map(|()| prepared.manifest)).await
            }
            Place::Bucket(store) => store.keep(prepared).await,
        }
    }

    /// Writes a copy into a file; answers what it comes to.
    pub(super) async fn fetch(&self, name: &str, mut to: File) -> Result<Digest, BackupError> {
        match self {
            Place::Folder(folder) => {
                let name = name.to_owned();
                beside(folder, move |folder| folder.fetch(&name, &mut to)).await
            }
            Place::Bucket(store) => store.fetch(name, Some(Arc::new(to))).await,
        }
    }

    /// Takes a copy away.
    ///
    /// # Errors
    ///
    /// Where that cannot be done.
    pub async fn remove(&self, name: &str) -> Result<(), BackupError> {
        match self {
            Place::Folder(folder) => {
                let name = name.to_owned();
                beside(folder, move |folder| folder.remove(&name)).await
            }
            Place::Bucket(store) => store.remove(name).await,
        }
    }

    /// Clears away what was left of copies that were never whole.
    ///
    /// # Errors
    ///
    /// Where that cannot be done.
    pub async fn sweep(&self, desk: &str) -> Result<(), BackupError> {
        match self {
            Place::Folder(folder) => {
                let desk = desk.to_owned();
                beside(folder, move |folder| folder.sweep(&desk)).await
            }
            Place::Bucket(store) => store.sweep(desk).await,
        }
    }

    /// Looks whether copies can be put there, as putting one would find it.
    ///
    /// # Errors
    ///
    /// Why not.
    pub async fn look(&self) -> Result<(), BackupError> {
        match self {
            Place::Folder(folder) => beside(folder, |folder| folder.look()).await,
            Place::Bucket(store) => store.look().await,
        }
    }
}

/// What waits for a disk keeps nobody else waiting.
async fn beside<T: Send + 'static>(
    folder: &Arc<Folder>,
    work: impl FnOnce(&Folder) -> Result<T, BackupError> + Send + 'static,
) -> Result<T, BackupError> {
    let folder = Arc::clone(folder);
    let done = tokio::task::spawn_blocking(move || work(&folder)).await;
    done.unwrap_or_else(|panicked| Err(BackupError::other("", panicked.to_string())))
}
