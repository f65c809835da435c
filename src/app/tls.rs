//! Certificates of the public listener: from files, or obtained and renewed automatically.
//!
//! A certificate that cannot be used is an error at start that says what is wrong with it. The automatic one is
//! obtained after the start, because the listener has to answer the authority's questions.

use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::StreamExt;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use rustls_acme::caches::DirCache;
use rustls_acme::{AcmeConfig, AcmeState};

use crate::config::{Acme, Tls};
use crate::task::Shutdown;

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The file cannot be read, or is not PEM.
    #[error("{key}: {}: {why}", path.display())]
    File { key: &'static str, path: PathBuf, why: String },
    /// Certificate and key do not belong together, or the key is of no usable kind.
    #[error("web.tls_cert, web.tls_key: {0}")]
    Pair(String),
    /// The folder for automatic certificates cannot be made.
    #[error("{}: {source}", path.display())]
    Cache { path: PathBuf, source: std::io::Error },
}

/// What the HTTPS listener is bound with.
pub(super) struct TlsSetup {
    pub(super) config: ServerConfig,
    pub(super) acme: Option<Renewal>,
}

/// Keeps an automatic certificate fresh.
pub(super) struct Renewal {
    state: AcmeState<std::io::Error>,
    host: String,
}

impl Renewal {
    /// Obtains and renews until the service stops. The authority being out of reach ends nothing.
    pub(super) async fn run(mut self, shutdown: Shutdown) {
        loop {
            let event = tokio::select! {
                event = self.state.next() => event,
                () = shutdown.wait() => return,
            };
            match event {
                Some(Ok(event)) => tracing::info!(host = %self.host, ?event, "automatic certificate"),
                Some(Err(error)) => {
                    tracing::warn!(host = %self.host, %error, "automatic certificate: will be tried again");
                }
                None => return,
            }
        }
    }
}

pub(super) fn server_config(tls: &Tls, data_dir: &Path) -> Result<Option<TlsSetup>, TlsError> {
    match tls {
        Tls::Off => Ok(None),
        Tls::Files { cert, key } => Ok(Some(TlsSetup { config: from_files(cert, key)?, acme: None })),
        Tls::Automatic(acme) => automatic(acme, data_dir).map(Some),
    }
}

fn from_files(cert: &Path, key: &Path) -> Result<ServerConfig, TlsError> {
    let chain = certificates("web.tls_cert", cert)?;
    let wrong = |why: String| TlsError::File { key: "web.tls_key", path: key.to_owned(), why };
    let secret =
        PrivateKeyDer::from_pem_file(key).map_err(|error| wrong(format!("no private key in it: {error}")))?;
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, secret);
    let mut config = config.map_err(|error| TlsError::Pair(error.to_string()))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn certificates(key: &'static str, path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let wrong = |why: String| TlsError::File { key, path: path.to_owned(), why };
    let all = CertificateDer::pem_file_iter(path).map_err(|error| wrong(error.to_string()))?;
    let all: Vec<_> = all.collect::<Result<_, _>>().map_err(|error| wrong(error.to_string()))?;
    if all.is_empty() { Err(wrong("no certificate in it".to_owned())) } else { Ok(all) }
}

fn automatic(acme: &Acme, data_dir: &Path) -> Result<TlsSetup, TlsError> {
    let cache = data_dir.join("acme");
    // The library writes the private key readable to all; the folder lets nobody in.
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(&cache);
    made.map_err(|source| TlsError::Cache { path: cache.clone(), source })?;
    let mut config = AcmeConfig::new([acme.host.as_str()]).cache(DirCache::new(cache));
    if let Some(contact) = &acme.contact {
        config = config.contact_push(format!("mailto:{contact}"));
    }
    config = match &acme.directory {
        Some(url) => config.directory(url),
        None => config.directory_lets_encrypt(true),
    };
    if let Some(root) = &acme.directory_root {
        config = config.client_tls_config(Arc::new(trusting(root)?));
    }
    let state = config.state();
    let mut server = (*state.challenge_rustls_config()).clone();
    server.alpn_protocols.insert(0, b"http/1.1".to_vec());
    Ok(TlsSetup { config: server, acme: Some(Renewal { state, host: acme.host.clone() }) })
}

/// A client that believes an authority's own server.
fn trusting(root: &Path) -> Result<ClientConfig, TlsError> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates("web.acme_directory_root", root)? {
        let wrong = |error: rustls::Error| TlsError::File {
            key: "web.acme_directory_root",
            path: root.to_owned(),
            why: error.to_string(),
        };
        roots.add(certificate).map_err(wrong)?;
    }
    Ok(ClientConfig::builder().with_root_certificates(roots).with_no_client_auth())
}
