//! Asks the teller of this configuration how it is: for a container's health check, which has nothing but this program.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, Error, SignatureScheme, StreamOwned};
use serde::Deserialize;
use teller::app::reachable;
use teller::config::{Tls, Web};

/// For each of connecting, writing and reading: a desk that takes longer does not serve buyers.
const PATIENCE: Duration = Duration::from_secs(5);
/// The answer has a few hundred bytes.
const MAX_ANSWER: u64 = 64 * 1024;

/// What is looked at of the answer.
#[derive(Debug, Deserialize)]
struct Health {
    status: String,
    #[serde(default)]
    mode: String,
    problems: Vec<String>,
}

/// The answer in words where buyers can be served, else an error.
pub(crate) fn ask(web: &Web) -> anyhow::Result<String> {
    let (key, address) = match (web.https_addr, web.http_addr) {
        (Some(address), _) => ("web.https_addr", address),
        (None, Some(address)) => ("web.http_addr", address),
        (None, None) => bail!("neither web.http_addr nor web.https_addr is set"),
    };
    let address = reachable(address);
    let answer = exchange(web, address).with_context(|| format!("{key}: no answer from {address}"))?;
    let is_ok = answer.starts_with("HTTP/1.1 200 ");
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let Ok(health) = serde_json::from_str::<Health>(body) else {
        bail!("{key}: {address} is no teller, it answers {:?}", head.lines().next().unwrap_or(""));
    };
    let play = (health.mode == "dummy").then(|| "dummy mode, play money".to_owned());
    let words = [vec![health.status], play.into_iter().collect(), health.problems].concat().join("; ");
    if is_ok { Ok(words) } else { bail!(words) }
}

fn exchange(web: &Web, address: SocketAddr) -> anyhow::Result<String> {
    let connection = TcpStream::connect_timeout(&address, PATIENCE)?;
    connection.set_read_timeout(Some(PATIENCE))?;
    connection.set_write_timeout(Some(PATIENCE))?;
    let request = format!("GET /api/health HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    if web.https_addr.is_none() {
        return converse(connection, &request);
    }
    let name = match &web.tls {
        Tls::Automatic(acme) => ServerName::try_from(acme.host.clone())?,
        Tls::Off | Tls::Files { .. } => ServerName::from(address.ip()),
    };
    let tls = ClientConnection::new(Arc::new(trusting_anybody()?), name)?;
    converse(StreamOwned::new(tls, connection), &request)
}

fn converse(mut stream: impl Read + Write, request: &str) -> anyhow::Result<String> {
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    match stream.take(MAX_ANSWER).read_to_end(&mut answer) {
        // A TLS connection that ends without a farewell.
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => {}
        result => drop(result?),
    }
    Ok(String::from_utf8(answer)?)
}

fn trusting_anybody() -> Result<ClientConfig, Error> {
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions()?.dangerous();
    Ok(config.with_custom_certificate_verifier(Arc::new(Anybody)).with_no_client_auth())
}

/// Takes any certificate: this machine asks itself, by an address that no certificate names, and nothing secret passes.
#[derive(Debug)]
struct Anybody;

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _shown: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = ring::default_provider().signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, &algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = ring::default_provider().signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, &algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        ring::default_provider().signature_verification_algorithms.supported_schemes()
    }
}
