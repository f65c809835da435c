//! The TLS that nodes are spoken to with: authorities come with the program, so that nothing depends on what
//! a machine, or the image of a container, has installed.

use std::path::Path;
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};

use super::{RpcError, pinned};

/// For whoever is known by the authorities of the web.
///
/// # Errors
///
/// Where they cannot be used.
pub(crate) fn web_tls() -> Result<ClientConfig, RpcError> {
    client_config("https://", None)
}

/// For a node at this URL: known by its own certificate where there is one, else by the authorities of the
/// web. Plain HTTP is given none of them.
pub(crate) fn client_config(base: &str, certificate: Option<&Path>) -> Result<ClientConfig, RpcError> {
    if let Some(path) = certificate {
        let setup = |error: &dyn std::fmt::Display| RpcError::Setup(format!("{}: {error}", path.display()));
        let pem = std::fs::read(path).map_err(|error| setup(&error))?;
        return pinned::client_config(&pem).map_err(|error| setup(&error));
    }
    let mut roots = RootCertStore::empty();
    if base.starts_with("https://") {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    Ok(ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("BUG: the provider has the default protocol versions")
        .with_root_certificates(roots)
        .with_no_client_auth())
}
