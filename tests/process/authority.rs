//! A certificate authority of the tests' own, and a client that believes it.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rcgen::{BasicConstraints, Certificate, CertificateParams, DnType, IsCa, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use teller::clock::{Clock, SystemClock};

/// In seconds.
const DAY: u64 = 86_400;
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) struct Authority {
    certificate: Certificate,
    key: KeyPair,
}

/// Two PEM files.
pub(crate) struct Files {
    pub(crate) cert: PathBuf,
    pub(crate) key: PathBuf,
}

impl Authority {
    pub(crate) fn new() -> Authority {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, "an authority of tests");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Authority { certificate: params.self_signed(&key).unwrap(), key }
    }

    /// Its own certificate.
    pub(crate) fn pem(&self) -> String {
        self.certificate.pem()
    }

    /// Writes `NAME.crt` and `NAME.key` for these hosts into a folder.
    pub(crate) fn issue(&self, folder: &Path, name: &str, hosts: &[&str]) -> Files {
        self.issue_until(folder, name, hosts, 3000)
    }

    /// [`Authority::issue`] that ends in so many days, and began a month ago.
    pub(crate) fn issue_until(&self, folder: &Path, name: &str, hosts: &[&str], days: i64) -> Files {
        let key = KeyPair::generate().unwrap();
        let hosts: Vec<String> = hosts.iter().map(|&host| host.to_owned()).collect();
        let mut params = CertificateParams::new(hosts).unwrap();
        let span = Duration::from_secs(days.unsigned_abs() * DAY);
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(SystemClock.now().get());
        params.not_before = (now - Duration::from_secs(30 * DAY)).into();
        params.not_after = if days < 0 { now - span } else { now + span }.into();
        let certificate = params.signed_by(&key, &self.certificate, &self.key).unwrap();
        let files =
            Files { cert: folder.join(format!("{name}.crt")), key: folder.join(format!("{name}.key")) };
        std::fs::write(&files.cert, certificate.pem()).unwrap();
        std::fs::write(&files.key, key.serialize_pem()).unwrap();
        files
    }
}

/// A connection whose certificate was verified.
pub(crate) struct Secure {
    stream: StreamOwned<ClientConnection, TcpStream>,
    host: String,
}

impl Secure {
    /// Connects to a port on loopback as `host`, believing the authority of this certificate and no other.
    pub(crate) fn connect(port: u16, host: &str, root: &str) -> io::Result<Secure> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(root.as_bytes()).unwrap()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from(host.to_owned()).unwrap();
        let tls = ClientConnection::new(Arc::new(config), name).map_err(io::Error::other)?;
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let mut stream = StreamOwned::new(tls, stream);
        // The handshake happens with the first bytes.
        stream.flush()?;
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock)?;
        }
        Ok(Secure { stream, host: host.to_owned() })
    }

    /// The certificate that was shown.
    pub(crate) fn certificate(&self) -> Vec<u8> {
        self.stream.conn.peer_certificates().unwrap()[0].to_vec()
    }

    /// The whole answer to a GET, head and body.
    pub(crate) fn get(&mut self, path: &str) -> String {
        let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.host);
        self.stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        match self.stream.read_to_end(&mut answer) {
            Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => panic!("{error}"),
            _ => String::from_utf8(answer).unwrap(),
        }
    }
}
