//! Copies in a bucket of a store that speaks S3. What is put there is there as a whole or not at all, and has no
//! manifest before it was read back.

mod client;
mod refusal;
#[cfg(test)]
mod tests;
mod upload;

use std::fmt;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use client::{Client, Part};
use refusal::Refusal;

use super::digest::{Digest, Summing};
use super::manifest::{Manifest, copy_of, is_copy, manifest_of, prefix};
use super::{BackupError, Prepared};
use crate::config::S3;

/// Bytes that are on their way at a time. Stores take no smaller parts than 5 MiB.
const PART: u64 = 8 << 20;
/// Files that a place of copies has at most.
const MOST_FILES: usize = 200_000;
/// Pages of a list, some of which may be empty.
const MOST_PAGES: usize = 2_000;
/// What is put, read and taken away again to see whether that can be done.
const TRIAL: &str = "teller-trial";
/// How the names of all copies begin.
const ANYBODY: &str = "teller-";

/// A bucket that copies are kept in.
#[derive(Debug)]
pub struct ObjectStore {
    client: Client,
    /// What keys begin with.
    folder: String,
    /// Bytes of a part.
    part: u64,
}

impl fmt::Display for ObjectStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.client.url(), self.folder)
    }
}

impl ObjectStore {
    pub(super) fn new(settings: &S3) -> Result<ObjectStore, BackupError> {
        let client = Client::new(settings).map_err(|words| BackupError::Setup { words })?;
        Ok(ObjectStore { client, folder: settings.prefix.clone(), part: PART })
    }

    fn key(&self, name: &str) -> String {
        format!("{}{name}", self.folder)
    }

    fn failed(&self, name: &str) -> impl FnOnce(Refusal) -> BackupError {
        let name = self.key(name);
        move |refusal| BackupError::other(&name, refusal.to_string())
    }

    /// The names of the files that begin so: all of them, or no answer.
    async fn names(&self, begin: &str) -> Result<Vec<String>, BackupError> {
        let (mut names, mut after) = (Vec::new(), None::<String>);
        let asked = self.key(begin);
        for _ in 0..MOST_PAGES {
            let page = self.client.list(&asked, after.as_deref()).await.map_err(self.failed(""))?;
            let ours = page.keys.iter().filter(|key| key.starts_with(&asked));
            names.extend(ours.filter_map(|key| key.strip_prefix(&*self.folder)).map(str::to_owned));
            match page.next {
                None => return Ok(names),
                Some(next) if after.as_ref() == Some(&next) || names.len() > MOST_FILES => break,
                Some(next) => after = Some(next),
            }
        }
        Err(BackupError::other(&asked, "the store's list of objects does not end"))
    }

    /// The manifests of a desk's copies, or of everybody's; in no order.
    pub(super) async fn manifests(&self, desk: Option<&str>) -> Result<Vec<Manifest>, BackupError> {
        let names = self.names(&desk.map_or(ANYBODY.to_owned(), prefix)).await?;
        let mut manifests = Vec::new();
        for copy in names.iter().filter_map(|name| copy_of(name)) {
            manifests.push(self.manifest(copy).await?);
        }
        Ok(manifests)
    }

    /// The manifest of a copy.
    pub(super) async fn manifest(&self, copy: &str) -> Result<Manifest, BackupError> {
        let name = manifest_of(copy);
        let Part { bytes, total } =
            self.client.get(&self.key(&name), 0, 64 << 10).await.map_err(self.failed(&name))?;
        if u64::try_from(bytes.len()).ok() != Some(total) {
            return Err(BackupError::other(&name, "no manifest is as long"));
        }
        let manifest = Manifest::parse(&bytes).map_err(|what| BackupError::other(&name, what))?;
        match manifest.name == copy {
            true => Ok(manifest),
            false => Err(BackupError::other(&name, format!("is the manifest of {}", manifest.name))),
        }
    }

    /// Puts a copy there, reads it back, and only then puts its manifest beside it.
    pub(super) async fn keep(&self, prepared: Prepared) -> Result<Manifest, BackupError> {
        let Prepared { file, manifest } = prepared;
        let name = &manifest.name;
        self.put(&Arc::new(file), name, manifest.size).await?;
        let back = self.fetch(name, None).await?;
        if (back.size, &back.sha256) != (manifest.size, &manifest.sha256) {
            let _ = self.client.delete(&self.key(name)).await;
            return Err(BackupError::other(&self.key(name), "what was read back is not what was written"));
        }
        let about = manifest_of(name);
        self.client.put(&self.key(&about), manifest.text()).await.map_err(self.failed(&about))?;
        Ok(manifest)
    }

    /// Reads a copy, into a file where there is one; answers what it comes to.
    pub(super) async fn fetch(&self, name: &str, to: Option<Arc<File>>) -> Result<Digest, BackupError> {
        let key = self.key(name);
        let (mut summing, mut at, mut whole) = (Summing::new(), 0, None);
        loop {
            let part = self.client.get(&key, at, self.part).await.map_err(self.failed(name))?;
            let read = u64::try_from(part.bytes.len()).unwrap_or(u64::MAX);
            if read == 0 || whole.is_some_and(|whole| whole != part.total) {
                return Err(BackupError::other(&key, "was changed while it was read, or is empty"));
            }
            whole = Some(part.total);
            let to = to.clone();
            let write = move || {
                summing.add(&part.bytes);
                let written = to.map_or(Ok(()), |to| to.write_all_at(&part.bytes, at));
                written.map(|()| summing)
            };
            let written = tokio::task::spawn_blocking(write).await;
            let written = written.map_err(|panicked| BackupError::other(&key, panicked.to_string()))?;
            summing = written.map_err(|error| BackupError::other(&key, error.to_string()))?;
            at = at.saturating_add(read);
            if at >= part.total {
                return Ok(summing.digest());
            }
        }
    }

    /// Takes a copy away, its manifest first: what has none is no copy.
    pub(super) async fn remove(&self, copy: &str) -> Result<(), BackupError> {
        for name in [manifest_of(copy), copy.to_owned()] {
            self.client.delete(&self.key(&name)).await.map_err(self.failed(&name))?;
        }
        Ok(())
    }

    /// Clears away what a desk that was killed has left.
    pub(super) async fn sweep(&self, desk: &str) -> Result<(), BackupError> {
        let names = self.names(&prefix(desk)).await?;
        for name in names.iter().filter(|name| is_copy(name) && !names.contains(&manifest_of(name))) {
            // Some stores list late what is there.
            match self.client.get(&self.key(&manifest_of(name)), 0, 1 << 10).await {
                Ok(_) => {}
                Err(refusal) if refusal.is_absence => {
                    self.client.delete(&self.key(name)).await.map_err(self.failed(name))?;
                }
                Err(refusal) => return Err(self.failed(name)(refusal)),
            }
        }
        self.sweep_parts(&self.key(&prefix(desk))).await;
        Ok(())
    }

    /// The same for parts of what is no object yet. Not every store tells of them, and none is in the way of a copy.
    async fn sweep_parts(&self, begin: &str) {
        let begun = match self.client.begun(begin).await {
            Ok(begun) => begun,
            Err(refusal) => return tracing::debug!(%refusal, "what was begun in the bucket is not told"),
        };
        for (key, upload) in begun.iter().filter(|(key, _)| key.starts_with(begin)) {
            if let Err(refusal) = self.client.abort(key, upload).await {
                tracing::warn!(key, %refusal, "parts of a copy that was never whole are left in the bucket");
            }
        }
    }

    /// Whether copies can be put, read, listed and taken away there, by doing that with a few bytes.
    pub(super) async fn look(&self) -> Result<(), BackupError> {
        let said = b"teller was here\n".to_vec();
        let key = self.key(TRIAL);
        self.names(TRIAL).await?;
        self.client.put(&key, said.clone()).await.map_err(self.failed(TRIAL))?;
        // It is taken away whatever became of it.
        let (back, gone) = (self.client.get(&key, 0, 1 << 10).await, self.client.delete(&key).await);
        let back = back.map_err(self.failed(TRIAL))?;
        gone.map_err(self.failed(TRIAL))?;
        if back.bytes == said {
            return Ok(());
        }
        Err(BackupError::other(&key, "what was read back is not what was written"))
    }
}
