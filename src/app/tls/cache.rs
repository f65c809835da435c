//! Account and certificates in files of a folder that nobody else may look into.
//!
//! Invariant: a file is written whole or not at all. A half of an account would be refused by the authority for ever,
//! and nothing would ask for a new one.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use bitcoin::hashes::{Hash, HashEngine, sha256};
use rustls_acme::{AccountCache, CertCache};

use super::validity::of_pem;
use crate::live::{CertificateView, Live};

const ONLY_OWNER_IN: u32 = 0o700;
const ONLY_OWNER_READS: u32 = 0o600;

/// Makes the folder, and shuts it where it was there before.
pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(ONLY_OWNER_IN).create(folder)?;
    fs::set_permissions(folder, Permissions::from_mode(ONLY_OWNER_IN))
}

/// The cache.
pub(super) struct PrivateCache {
    folder: PathBuf,
    live: Arc<Live>,
}

impl PrivateCache {
    pub(super) fn new(folder: PathBuf, live: Arc<Live>) -> Self {
        PrivateCache { folder, live }
    }

    /// Shows how long a certificate that passes here is valid.
    fn show(&self, pem: &[u8]) {
        let before = self.live.certificate().unwrap_or_default();
        let valid = of_pem(pem).or(before.valid);
        self.live.set_certificate(CertificateView { is_automatic: true, valid, ..before });
    }

    async fn load(&self, name: String) -> io::Result<Option<Vec<u8>>> {
        let path = self.folder.join(name);
        let read = move || match fs::read(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            result => result.map(Some),
        };
        tokio::task::spawn_blocking(read).await.unwrap_or_else(|panic| Err(io::Error::other(panic)))
    }

    async fn store(&self, name: String, content: &[u8]) -> io::Result<()> {
        let (folder, content) = (self.folder.clone(), content.to_owned());
        let write = move || write_whole(&folder, &name, &content);
        tokio::task::spawn_blocking(write).await.unwrap_or_else(|panic| Err(io::Error::other(panic)))
    }
}

fn write_whole(folder: &Path, name: &str, content: &[u8]) -> io::Result<()> {
    let temporary = folder.join(format!("{name}.new"));
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(ONLY_OWNER_READS).open(&temporary)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&temporary, folder.join(name))?;
    // A rename is durable only once its directory is.
    File::open(folder)?.sync_all()
}

/// A file's name: another authority, host or contact is another file.
fn name(kind: &str, parts: &[String], directory_url: &str) -> String {
    let mut engine = sha256::Hash::engine();
    for part in parts.iter().map(String::as_str).chain([directory_url]) {
        engine.input(part.as_bytes());
        engine.input(&[0]);
    }
    format!("{kind}-{}", sha256::Hash::from_engine(engine))
}

#[async_trait]
impl CertCache for PrivateCache {
    type EC = io::Error;

    async fn load_cert(&self, hosts: &[String], directory_url: &str) -> io::Result<Option<Vec<u8>>> {
        let kept = self.load(name("certificate", hosts, directory_url)).await?;
        kept.iter().for_each(|pem| self.show(pem));
        Ok(kept)
    }

    async fn store_cert(&self, hosts: &[String], directory_url: &str, cert: &[u8]) -> io::Result<()> {
        self.show(cert);
        self.store(name("certificate", hosts, directory_url), cert).await
    }
}

#[async_trait]
impl AccountCache for PrivateCache {
    type EA = io::Error;

    async fn load_account(&self, contact: &[String], directory_url: &str) -> io::Result<Option<Vec<u8>>> {
        self.load(name("account", contact, directory_url)).await
    }

    async fn store_account(&self, contact: &[String], directory_url: &str, key: &[u8]) -> io::Result<()> {
        self.store(name("account", contact, directory_url), key).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[tokio::test]
    async fn should_keep_files_that_only_the_owner_reads() {
        let data = tempfile::tempdir().unwrap();
        let folder = data.path().join("acme");
        fs::create_dir(&folder).unwrap();
        fs::set_permissions(&folder, Permissions::from_mode(0o755)).unwrap();
        make_folder(&folder).unwrap();
        assert_eq!(mode(&folder), 0o700);

        let cache = PrivateCache::new(folder.clone(), Arc::default());
        let (one, other) = (["one.example.com".to_owned()], ["other.example.com".to_owned()]);
        assert_eq!(cache.load_cert(&one, "https://a/dir").await.unwrap(), None);
        cache.store_cert(&one, "https://a/dir", b"first").await.unwrap();
        cache.store_cert(&one, "https://a/dir", b"2nd").await.unwrap();
        cache.store_account(&one, "https://a/dir", b"account").await.unwrap();
        assert_eq!(cache.load_cert(&one, "https://a/dir").await.unwrap().unwrap(), b"2nd");
        assert_eq!(cache.load_account(&one, "https://a/dir").await.unwrap().unwrap(), b"account");
        assert_eq!(cache.load_cert(&other, "https://a/dir").await.unwrap(), None);
        assert_eq!(cache.load_cert(&one, "https://b/dir").await.unwrap(), None);
        let files: Vec<_> = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).collect();
        assert_eq!(files.len(), 2);
        files.iter().for_each(|file| assert_eq!(mode(file), 0o600));
    }

    #[tokio::test]
    async fn should_tell_where_it_cannot_write() {
        let cache = PrivateCache::new(PathBuf::from("/nonexistent/acme"), Arc::default());
        let (host, url) = (["one.example.com".to_owned()], "https://a/dir");
        assert!(cache.store_cert(&host, url, b"x").await.is_err());
        assert_eq!(cache.load_cert(&host, url).await.unwrap(), None);
    }
}
