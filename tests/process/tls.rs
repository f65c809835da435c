//! HTTPS with a certificate from files.

use std::fs;
use std::path::Path;

use rustix::process::Signal;

use crate::authority::{Authority, Files, Secure};
use crate::desk::Desk;
use crate::once;
use crate::rng::Rng;
use crate::support::ports;
use crate::support::runner::Outcome;
use crate::support::wait;

/// A desk with HTTPS on a port, by these files.
fn desk(files: &Files) -> (Desk, u16) {
    let mut desk = Desk::prepare();
    desk.fill_pools(&mut Rng::fixed());
    let port = ports::free();
    desk.set("web.https_addr", format!("127.0.0.1:{port}"));
    use_files(&mut desk, &files.cert, &files.key);
    (desk, port)
}

fn use_files(desk: &mut Desk, cert: &Path, key: &Path) {
    desk.set("web.tls_cert", cert.display().to_string()).set("web.tls_key", key.display().to_string());
}

pub(crate) async fn should_serve_https_and_send_everybody_there() -> Outcome {
    let (authority, folder) = (Authority::new(), tempfile::tempdir().unwrap());
    let files = authority.issue(folder.path(), "desk", &["desk.example.com", "127.0.0.1"]);
    let (mut desk, port) = desk(&files);
    desk.go().await;
    let connect = |host: &str| Secure::connect(port, host, &authority.pem());
    let answer = connect("desk.example.com").unwrap().get("/api/config");
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 OK"), "{head}");
    assert!(head.to_lowercase().contains("strict-transport-security: max-age=31536000"), "{head}");
    assert!(body.contains("\"max_bound_addrs\":5"), "{body}");
    assert!(connect("other.example.com").is_err(), "the certificate is of another name");
    assert!(Secure::connect(port, "desk.example.com", &Authority::new().pem()).is_err());

    let redirected =
        plain(desk.http, "GET /api/status?skyaddr=x&y HTTP/1.1\r\nHost: desk.example.com:80\r\n");
    assert!(redirected.starts_with("HTTP/1.1 301 Moved Permanently"), "{redirected}");
    let target = format!("location: https://desk.example.com:{port}/api/status?skyaddr=x&y\r\n");
    assert!(redirected.to_lowercase().contains(&target), "{redirected}");
    // HSTS over plain HTTP means nothing, and nothing but the redirect is served there.
    assert!(!redirected.to_lowercase().contains("strict-transport-security"), "{redirected}");
    let bind = plain(desk.http, "POST /api/bind HTTP/1.1\r\nHost: desk.example.com\r\nContent-Length: 0\r\n");
    assert!(bind.starts_with("HTTP/1.1 301 "), "{bind}");

    assert_eq!(desk.command("health").await.success(), "OK; dummy mode, play money\n");
    desk.stop().await;
    desk.command("health").await.assert_refused(&["web.https_addr: no answer from"]);
    Ok(())
}

/// The answer to a request over plain HTTP; `Connection: close` is added to its head.
fn plain(port: u16, head: &str) -> String {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.write_all(format!("{head}Connection: close\r\n\r\n").as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

pub(crate) async fn should_drain_https() -> Outcome {
    let (authority, folder) = (Authority::new(), tempfile::tempdir().unwrap());
    let files = authority.issue(folder.path(), "desk", &["localhost"]);
    let (mut desk, port) = desk(&files);
    desk.go().await;
    // One that idles after its handshake, and one that never begins it.
    let _idle = Secure::connect(port, "localhost", &authority.pem()).unwrap();
    let _silent = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    desk.signal(Signal::TERM);
    let status = desk.ended(std::time::Duration::from_secs(15)).await;
    assert_eq!(status.code(), Some(0), "{}", desk.said());
    Ok(())
}

pub(crate) async fn should_serve_a_certificate_that_was_replaced() -> Outcome {
    let (old, new, folder) = (Authority::new(), Authority::new(), tempfile::tempdir().unwrap());
    let files = old.issue(folder.path(), "desk", &["desk.example.com"]);
    let (mut desk, port) = desk(&files);
    desk.go().await;
    let is_served = |by: &Authority| Secure::connect(port, "desk.example.com", &by.pem()).is_ok();
    assert!(is_served(&old));
    // One that does not fit its key: the old one goes on, and it is told.
    let next = new.issue(folder.path(), "next", &["desk.example.com"]);
    fs::copy(&next.cert, &files.cert).unwrap();
    desk.signal(Signal::HUP);
    wait::until("health does not say so", async || {
        health(&desk).await.contains("a new certificate was not taken: web.tls_cert").then_some(())
    })
    .await;
    assert!(is_served(&old) && !is_served(&new));
    fs::copy(&next.key, &files.key).unwrap();
    desk.signal(Signal::HUP);
    wait::until("the new one is not served", async || is_served(&new).then_some(())).await;
    assert!(!is_served(&old));
    let is_well = async || (!health(&desk).await.contains("certificate")).then_some(());
    wait::until("health is not content", is_well).await;
    desk.stop().await;
    Ok(())
}

/// What `teller health` says, however it ends.
async fn health(desk: &Desk) -> String {
    let finished = desk.command("health").await;
    format!("{}{}", finished.out, finished.err)
}

pub(crate) async fn should_say_when_a_certificate_ends() -> Outcome {
    let (authority, folder) = (Authority::new(), tempfile::tempdir().unwrap());
    for (days, words) in [(-1, "the certificate expired "), (5, "the certificate expires in ")] {
        let files = authority.issue_until(folder.path(), "desk", &["desk.example.com"], days);
        let (mut desk, _) = desk(&files);
        let checked = desk.command("check-config").await;
        assert!(checked.success().contains(&format!("warning: HTTPS: {words}")), "{checked:#?}");
        // The start goes on all the same: without it there would be nothing at all.
        desk.go().await;
        assert!(desk.said().contains(words), "{}", desk.said());
        let health = health(&desk).await;
        assert!(health.contains(words) && health.contains("replace web.tls_cert"), "{health}");
        desk.stop().await;
    }
    Ok(())
}

pub(crate) async fn should_name_the_certificate_that_cannot_be_used() -> Outcome {
    let (authority, folder) = (Authority::new(), tempfile::tempdir().unwrap());
    let files = authority.issue(folder.path(), "desk", &["localhost"]);
    let other = authority.issue(folder.path(), "other", &["localhost"]);
    let garbage = folder.path().join("garbage.pem");
    let broken = folder.path().join("broken.pem");
    fs::write(&garbage, "no PEM at all").unwrap();
    fs::write(&broken, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").unwrap();
    let absent = folder.path().join("absent.pem");
    let (mut desk, _) = desk(&files);
    let mut refused = async |cert: &Path, key: &Path, words: &[&str]| {
        use_files(&mut desk, cert, key);
        let config = desk.write_config();
        desk.go_wrong().await.assert_refused(words);
        assert!(config.is_file());
    };
    let shown = |path: &Path| path.display().to_string();
    let (cert, key) = (files.cert.as_path(), files.key.as_path());
    refused(&absent, key, &["web.tls_cert: ", &shown(&absent), "No such file"]).await;
    refused(&garbage, key, &["web.tls_cert: ", &shown(&garbage), "no certificate in it"]).await;
    refused(key, key, &["web.tls_cert: ", &shown(key), "no certificate in it"]).await;
    refused(&broken, key, &["web.tls_cert"]).await;
    refused(cert, &absent, &["web.tls_key: ", &shown(&absent), "No such file"]).await;
    refused(cert, &garbage, &["web.tls_key: ", &shown(&garbage), "no private key in it"]).await;
    refused(cert, cert, &["web.tls_key: ", &shown(cert), "no private key in it"]).await;
    refused(cert, &other.key, &["web.tls_cert, web.tls_key: "]).await;
    Ok(())
}

pub(crate) async fn should_want_https_to_be_whole() -> Outcome {
    let (authority, folder) = (Authority::new(), tempfile::tempdir().unwrap());
    let files = authority.issue(folder.path(), "desk", &["localhost"]);
    let (mut desk, _) = desk(&files);
    desk.set("web.tls_key", "");
    desk.command("check-config")
        .await
        .assert_refused(&["web.tls_cert: tls_cert and tls_key must be set together"]);
    use_files(&mut desk, &files.cert, &files.key);
    desk.set("web.auto_tls_host", "desk.example.com");
    desk.command("check-config")
        .await
        .assert_refused(&["web.auto_tls_host: give either auto_tls_host, or tls_cert"]);
    desk.set("web.auto_tls_host", "").set("web.https_addr", "");
    desk.command("check-config").await.assert_refused(&["web.https_addr: must be set"]);
    desk.set("web.tls_cert", "").set("web.tls_key", "").set("web.https_addr", "127.0.0.1:0");
    desk.command("check-config")
        .await
        .assert_refused(&["web.https_addr: needs auto_tls_host, or tls_cert and tls_key"]);

    let garbage = folder.path().join("garbage.pem");
    fs::write(&garbage, "no PEM at all").unwrap();
    desk.set("web.auto_tls_host", "desk.example.com");
    desk.set("web.acme_directory", "https://127.0.0.1:1/dir")
        .set("web.acme_directory_root", garbage.display().to_string());
    desk.write_config();
    let refused = once::run(&once::teller(), desk.args(), &desk.path("cwd")).await;
    refused.assert_refused(&[
        "web.acme_directory_root: ",
        &garbage.display().to_string(),
        "no certificate in it",
    ]);
    Ok(())
}
