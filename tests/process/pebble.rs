//! Pebble, an ACME authority, with a name server that sends every name to this machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::json;
use tempfile::TempDir;

use crate::authority::{Authority, Secure};
use crate::support::process::Process;
use crate::support::{Absent, ports, program};

/// The host that certificates are asked for.
pub(crate) const HOST: &str = "desk.example.com";
const LONG: Duration = Duration::from_secs(24 * 3600);

/// Where an authority is, or will be.
pub(crate) struct Place {
    /// The authority of Pebble's own server, not of what it issues.
    server: Authority,
    folder: TempDir,
    program: PathBuf,
    name_server: PathBuf,
    port: u16,
    management: u16,
    /// Port of the service that wants a certificate.
    pub(crate) https: u16,
}

/// A running authority. What it issued is forgotten when it stops.
pub(crate) struct Pebble {
    _pebble: Process,
    _name_server: Process,
    root: String,
}

impl Place {
    pub(crate) fn choose() -> Result<Place, Absent> {
        let place = Place {
            server: Authority::new(),
            folder: tempfile::tempdir().unwrap(),
            program: program::find("pebble")?,
            name_server: program::find("pebble-challtestsrv")?,
            port: ports::free(),
            management: ports::free(),
            https: ports::free(),
        };
        fs::write(place.root_file(), place.server.pem()).unwrap();
        Ok(place)
    }

    pub(crate) fn directory(&self) -> String {
        format!("https://127.0.0.1:{}/dir", self.port)
    }

    /// Certificate that the authority's own server is verified with.
    pub(crate) fn root_file(&self) -> PathBuf {
        self.folder.path().join("server-root.crt")
    }

    /// An authority that issues certificates for a day.
    pub(crate) async fn open(&self) -> Pebble {
        self.open_for(LONG).await
    }

    pub(crate) async fn open_for(&self, validity: Duration) -> Pebble {
        let mut name_server = Process::prepare("pebble-challtestsrv", &self.name_server);
        let (dns, management) = (ports::free(), ports::free());
        let flags = ["-http01=", "-https01=", "-tlsalpn01=", "-defaultIPv6="].map(str::to_owned);
        let ports = [format!("-dns01=127.0.0.1:{dns}"), format!("-management=127.0.0.1:{management}")];
        let answers = async || std::net::TcpStream::connect(("127.0.0.1", dns)).ok().map(drop);
        name_server.start([flags.to_vec(), ports.to_vec()].concat(), answers).await;

        let mut pebble = Process::prepare("pebble", Path::new("/usr/bin/env"));
        let args = [
            // It waits for up to 15 s before it looks, and calls one nonce in twenty bad, to try its clients.
            "PEBBLE_VA_NOSLEEP=1".to_owned(),
            "PEBBLE_WFE_NONCEREJECT=0".to_owned(),
            self.program.display().to_string(),
            "-config".to_owned(),
            self.config(validity).display().to_string(),
            "-dnsserver".to_owned(),
            format!("127.0.0.1:{dns}"),
        ];
        let root = pebble.start(args.into(), async || self.root()).await;
        Pebble { _pebble: pebble, _name_server: name_server, root }
    }

    fn config(&self, validity: Duration) -> PathBuf {
        let files = self.server.issue(self.folder.path(), "pebble", &["127.0.0.1"]);
        let config = json!({"pebble": {
            "listenAddress": format!("127.0.0.1:{}", self.port),
            "managementListenAddress": format!("127.0.0.1:{}", self.management),
            "certificate": files.cert,
            "privateKey": files.key,
            "httpPort": ports::free(),
            "tlsPort": self.https,
            "certificateValidityPeriod": validity.as_secs(),
        }});
        let path = self.folder.path().join("pebble.json");
        fs::write(&path, config.to_string()).unwrap();
        path
    }

    /// The root of what it issues, new with every start.
    fn root(&self) -> Option<String> {
        let mut management = Secure::connect(self.management, "127.0.0.1", &self.server.pem()).ok()?;
        let answer = management.get("/roots/0");
        let start = answer.find("-----BEGIN CERTIFICATE-----")?;
        Some(answer[start..].to_owned())
    }
}

impl Pebble {
    /// The certificate that everything it issues hangs from.
    pub(crate) fn root(&self) -> &str {
        &self.root
    }
}
