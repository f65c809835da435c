//! Those who are told of problems: a webhook and a mail server, as far as a sender can tell them from real ones.

use std::path::Path;
use std::sync::{Arc, Mutex};

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::authority::Files;

/// What came, in its order.
#[derive(Debug)]
pub(crate) struct Inbox<T> {
    pub(crate) port: u16,
    came: Arc<Mutex<Vec<T>>>,
}

impl<T: Clone> Inbox<T> {
    pub(crate) fn all(&self) -> Vec<T> {
        self.came.lock().unwrap().clone()
    }
}

/// A mail as it was handed over.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    /// The commands before it: who says to be whom, who writes, to whom.
    pub(crate) commands: Vec<String>,
    /// Head and body.
    pub(crate) text: String,
}

/// A webhook that answers with this status: the head of each request, and its body.
pub(crate) async fn webhook(status: &'static str) -> Inbox<(String, Value)> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let inbox = Inbox { port: listener.local_addr().unwrap().port(), came: Arc::default() };
    let came = Arc::clone(&inbox.came);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mut stream = BufReader::new(stream);
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") && stream.read_line(&mut head).await.unwrap() > 0 {}
            let length = head.to_lowercase();
            let length = length.split("content-length: ").nth(1).unwrap().lines().next().unwrap();
            let mut body = vec![0; length.parse().unwrap()];
            stream.read_exact(&mut body).await.unwrap();
            came.lock().unwrap().push((head, serde_json::from_slice(&body).unwrap()));
            let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    inbox
}

/// One that takes connections and never answers.
pub(crate) async fn silent() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let mut taken: Vec<TcpStream> = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            taken.push(stream);
        }
    });
    port
}

/// A mail server (RFC 5321), with TLS from the beginning where it has a certificate.
pub(crate) async fn mail_server(certificate: Option<&Files>) -> Inbox<Letter> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let inbox = Inbox { port: listener.local_addr().unwrap().port(), came: Arc::default() };
    let (came, tls) = (Arc::clone(&inbox.came), certificate.map(acceptor));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            match &tls {
                None => converse(stream, &came).await,
                // One that does not believe the certificate goes.
                Some(tls) => match tls.accept(stream).await {
                    Ok(stream) => converse(stream, &came).await,
                    Err(_) => continue,
                },
            }
        }
    });
    inbox
}

fn acceptor(files: &Files) -> TlsAcceptor {
    let read = |path: &Path| std::fs::read(path).unwrap();
    let chain = CertificateDer::pem_slice_iter(&read(&files.cert)).map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_slice(&read(&files.key)).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    TlsAcceptor::from(Arc::new(config.with_single_cert(chain, key).unwrap()))
}

async fn converse(stream: impl AsyncRead + AsyncWrite + Unpin, came: &Mutex<Vec<Letter>>) {
    let mut stream = BufReader::new(stream);
    let (mut commands, mut answer) = (Vec::new(), "220 a mail server of tests\r\n");
    loop {
        if stream.write_all(answer.as_bytes()).await.is_err() || stream.flush().await.is_err() {
            return;
        }
        let mut line = String::new();
        if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
            return;
        }
        let command = line.trim_end().to_owned();
        answer = match command.split([' ', ':']).next().unwrap().to_uppercase().as_str() {
            "EHLO" => "250-desk\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN\r\n",
            "AUTH" => "235 2.7.0 welcome\r\n",
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await.unwrap();
                stream.flush().await.unwrap();
                let mut text = String::new();
                while !text.ends_with("\r\n.\r\n") {
                    assert!(stream.read_line(&mut text).await.unwrap() > 0, "half a letter: {text}");
                }
                came.lock().unwrap().push(Letter { commands: std::mem::take(&mut commands), text });
                "250 2.0.0 taken\r\n"
            }
            "QUIT" => "221 2.0.0 bye\r\n",
            _ => "250 2.0.0 ok\r\n",
        };
        commands.push(command);
    }
}
