//! Certificates from files. One that cannot be used is an error at start that says what is wrong with it.

use std::path::{Path, PathBuf};

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

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

pub(super) fn from_files(cert: &Path, key: &Path) -> Result<ServerConfig, TlsError> {
    let chain = certificates("web.tls_cert", cert)?;
    let wrong = |why: String| TlsError::File { key: "web.tls_key", path: key.to_owned(), why };
    let secret =
        PrivateKeyDer::from_pem_file(key).map_err(|error| wrong(format!("no private key in it: {error}")))?;
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, secret);
    let mut config = config.map_err(|error| TlsError::Pair(error.to_string()))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

pub(super) fn certificates(key: &'static str, path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let wrong = |why: String| TlsError::File { key, path: path.to_owned(), why };
    let all = CertificateDer::pem_file_iter(path).map_err(|error| wrong(error.to_string()))?;
    let all: Vec<_> = all.collect::<Result<_, _>>().map_err(|error| wrong(error.to_string()))?;
    if all.is_empty() { Err(wrong("no certificate in it".to_owned())) } else { Ok(all) }
}
