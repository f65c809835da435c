//! A certificate of our own, and a client that believes nothing else.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::client::{Reply, Request, connect, exchange};
use super::setup::Setup;

/// The name that the certificate is for.
pub const NAME: &str = "localhost";
const CERT: &str = "tls.crt";
const KEY: &str = "tls.key";

/// Writes certificate and key into a folder and has the service use them.
pub fn with_certificate(setup: Setup, folder: &Path) -> Setup {
    let made = rcgen::generate_simple_self_signed([NAME.to_owned()]).unwrap();
    std::fs::write(folder.join(CERT), made.cert.pem()).unwrap();
    std::fs::write(folder.join(KEY), made.key_pair.serialize_pem()).unwrap();
    setup
        .text("web.https_addr", "127.0.0.1:0")
        .text("web.tls_cert", folder.join(CERT).display())
        .text("web.tls_key", folder.join(KEY).display())
}

/// Sends over TLS.
pub fn send(address: SocketAddr, folder: &Path, request: &Request) -> Reply {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(folder.join(CERT)).unwrap()).unwrap();
    let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let session = ClientConnection::new(Arc::new(config), NAME.try_into().unwrap()).unwrap();
    let stream = StreamOwned::new(session, connect(address));
    exchange(stream, address, request).expect("a reply")
}
