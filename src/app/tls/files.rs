//! Certificates from files. One that cannot be used is an error at start that says what is wrong with it;
//! later the one from before goes on.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arc_swap::ArcSwap;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::sync::Notify;

use super::validity::{Validity, validity};
use crate::clock::{Clock, SystemClock};
use crate::live::{CertificateView, Live};
use crate::report::certificate_trouble;
use crate::task::Shutdown;

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The file cannot be read, or is not PEM.
    #[error("{key}: {}: {why}", path.display())]
    File {
        /// The key of the configuration that names it.
        key: &'static str,
        /// The file.
        path: PathBuf,
        /// What is wrong with it, in words.
        why: String,
    },
    /// Certificate and key do not belong together, or the key is of no usable kind.
    #[error("web.tls_cert, web.tls_key: {0}")]
    Pair(String),
    /// The folder for automatic certificates cannot be made.
    #[error("{}: {source}", path.display())]
    Cache {
        /// The folder.
        path: PathBuf,
        /// The error of the system.
        source: std::io::Error,
    },
}

const CERT: &str = "web.tls_cert";
const KEY: &str = "web.tls_key";

/// A certificate with its key, and how long it is valid.
pub(in crate::app) struct Loaded {
    key: Arc<CertifiedKey>,
    valid: Validity,
}

/// Reads both files and holds them against each other.
pub(in crate::app) fn load(cert: &Path, key: &Path) -> Result<Loaded, TlsError> {
    let chain = certificates(CERT, cert)?;
    let unusable = |why| TlsError::File { key: CERT, path: cert.to_owned(), why };
    let valid = chain.first().map(validity).unwrap_or(Err("no certificate in it".to_owned()));
    let valid = valid.map_err(unusable)?;
    let certified = CertifiedKey::from_der(chain, secret(key)?, &ring::default_provider());
    let certified = certified.map_err(|error| TlsError::Pair(error.to_string()))?;
    Ok(Loaded { key: Arc::new(certified), valid })
}

impl Loaded {
    /// What is amiss with it today.
    pub(in crate::app) fn problem(&self) -> Option<String> {
        let view = CertificateView { valid: Some(self.valid), ..CertificateView::default() };
        certificate_trouble(&view, SystemClock.now())
    }
}

fn secret(path: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    let wrong = |why: String| TlsError::File { key: KEY, path: path.to_owned(), why };
    let pem = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
    if pem.windows(9).any(|word| word == b"ENCRYPTED") {
        let shown = path.display();
        return Err(wrong(format!(
            "the key is encrypted, and teller asks nobody for its password; decrypt it: openssl pkey -in \
             {shown} -out NEW"
        )));
    }
    PrivateKeyDer::from_pem_slice(&pem).map_err(|error| wrong(format!("no private key in it: {error}")))
}

pub(super) fn certificates(key: &'static str, path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let wrong = |why: String| TlsError::File { key, path: path.to_owned(), why };
    let all = CertificateDer::pem_file_iter(path).map_err(|error| wrong(error.to_string()))?;
    let all: Vec<_> = all.collect::<Result<_, _>>().map_err(|error| wrong(error.to_string()))?;
    if all.is_empty() { Err(wrong("no certificate in it".to_owned())) } else { Ok(all) }
}

/// What is shown to buyers: the last pair that could be used.
#[derive(Debug)]
struct Shown(ArcSwap<CertifiedKey>);

impl ResolvesServerCert for Shown {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load_full())
    }
}

/// Loads the files anew whenever it is told to.
pub(in crate::app) struct Replacing {
    cert: PathBuf,
    key: PathBuf,
    shown: Arc<Shown>,
    live: Arc<Live>,
    valid: Validity,
}

/// HTTPS with the certificate that is in these files now.
pub(super) fn from_files(
    cert: &Path,
    key: &Path,
    live: Arc<Live>,
) -> Result<(ServerConfig, Replacing), TlsError> {
    let loaded = load(cert, key)?;
    let loaded_problem = loaded.problem();
    let shown = Arc::new(Shown(ArcSwap::new(loaded.key)));
    let resolver: Arc<dyn ResolvesServerCert> = Arc::<Shown>::clone(&shown);
    let mut config = ServerConfig::builder().with_no_client_auth().with_cert_resolver(resolver);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let replacing =
        Replacing { cert: cert.to_owned(), key: key.to_owned(), shown, live, valid: loaded.valid };
    loaded_problem.iter().for_each(|words| tracing::warn!("{words}"));
    replacing.tell(String::new());
    Ok((config, replacing))
}

impl Replacing {
    pub(super) async fn run(mut self, reload: Arc<Notify>, shutdown: Shutdown) {
        loop {
            tokio::select! {
                () = reload.notified() => self.reload(),
                () = shutdown.wait() => return,
            }
        }
    }

    fn reload(&mut self) {
        match load(&self.cert, &self.key) {
            Ok(loaded) => {
                let (since, until) = loaded.valid;
                tracing::info!(cert = %self.cert.display(), since = since.get(), until = until.get(),
                    "certificate loaded anew");
                self.shown.0.store(loaded.key);
                self.valid = loaded.valid;
                self.tell(String::new());
            }
            Err(error) => {
                tracing::error!(%error, "certificate cannot be loaded anew, the old one goes on");
                self.tell(error.to_string());
            }
        }
    }

    fn tell(&self, trouble: String) {
        self.live.set_certificate(CertificateView { is_automatic: false, valid: Some(self.valid), trouble });
    }
}
