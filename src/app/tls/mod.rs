//! Certificates of the public listener: from files, or obtained and renewed automatically.

mod acme;
mod cache;
mod files;

use std::path::Path;

use rustls::ServerConfig;

use crate::config::Tls;

pub(super) use acme::Renewal;
pub use files::TlsError;

/// What the HTTPS listener is bound with.
pub(super) struct TlsSetup {
    pub(super) config: ServerConfig,
    pub(super) acme: Option<Renewal>,
}

pub(super) fn server_config(tls: &Tls, data_dir: &Path) -> Result<Option<TlsSetup>, TlsError> {
    match tls {
        Tls::Off => Ok(None),
        Tls::Files { cert, key } => Ok(Some(TlsSetup { config: files::from_files(cert, key)?, acme: None })),
        Tls::Automatic(settings) => {
            let (config, renewal) = acme::automatic(settings, data_dir)?;
            Ok(Some(TlsSetup { config, acme: Some(renewal) }))
        }
    }
}
