//! Certificates of the public listener: from files and loaded anew when told to, or obtained and renewed automatically.

mod acme;
mod cache;
mod files;
mod validity;

use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use tokio::sync::Notify;

use crate::config::Tls;
use crate::live::Live;
use crate::task::Shutdown;

pub(super) use acme::trusted as trusted_authority;
pub use files::TlsError;
pub(super) use files::load;

/// What the HTTPS listener is bound with.
pub(super) struct TlsSetup {
    pub(super) config: ServerConfig,
    pub(super) renewal: Renewal,
}

/// Keeps the certificate fresh.
pub(super) enum Renewal {
    Files(files::Replacing),
    Automatic(Box<acme::Renewal>),
}

impl Renewal {
    /// Works until the service stops; `reload` asks for files to be loaded anew.
    pub(super) async fn run(self, reload: Arc<Notify>, shutdown: Shutdown) {
        match self {
            Renewal::Files(replacing) => replacing.run(reload, shutdown).await,
            Renewal::Automatic(renewal) => renewal.run(shutdown).await,
        }
    }
}

pub(super) fn server_config(
    tls: &Tls,
    data_dir: &Path,
    live: &Arc<Live>,
) -> Result<Option<TlsSetup>, TlsError> {
    match tls {
        Tls::Off => Ok(None),
        Tls::Files { cert, key } => {
            let (config, replacing) = files::from_files(cert, key, Arc::clone(live))?;
            Ok(Some(TlsSetup { config, renewal: Renewal::Files(replacing) }))
        }
        Tls::Automatic(settings) => {
            let (config, renewal) = acme::automatic(settings, data_dir, Arc::clone(live))?;
            Ok(Some(TlsSetup { config, renewal: Renewal::Automatic(Box::new(renewal)) }))
        }
    }
}
