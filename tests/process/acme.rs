//! Automatic certificates, from a real authority by tls-alpn-01 on the service's own port.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use bitcoin::hashes::{Hash, sha256};

use crate::authority::{Authority, Secure};
use crate::desk::Desk;
use crate::pebble::{HOST, Pebble, Place};
use crate::rng::Rng;
use crate::support::ports;
use crate::support::runner::Outcome;
use crate::support::wait;

/// Short enough to see two of them pass, long enough for an order on a busy machine in its last third.
const SHORT_LIFE: Duration = Duration::from_secs(18);
const CHECK: Duration = Duration::from_millis(200);
/// An authority that is not there.
const NOWHERE: &str = "https://127.0.0.1:1/dir";

fn desk(place: &Place) -> Desk {
    let mut desk = Desk::prepare();
    desk.fill_pools(&mut Rng::fixed());
    desk.set("web.https_addr", format!("127.0.0.1:{}", place.https)).set("web.auto_tls_host", HOST);
    desk.set("web.acme_directory", place.directory()).set("web.acme_contact", "desk@example.com");
    desk.set("web.acme_directory_root", place.root_file().display().to_string());
    desk
}

/// Waits for a certificate that the authority's root stands for, and answers it.
async fn obtained(place: &Place, pebble: &Pebble) -> Vec<u8> {
    let connect = async || Secure::connect(place.https, HOST, pebble.root()).ok();
    wait::until("there is no certificate", connect).await.certificate()
}

/// Puts a certificate where an automatic one is kept, which ends in so many days. Its authority is not there any more.
fn keep(desk: &Desk, days: i64) {
    let issued = Authority::new().issue_until(&desk.path("cwd"), "kept", &[HOST], days);
    let [key, certificate] = [issued.key, issued.cert].map(|file| fs::read_to_string(file).unwrap());
    let folder = desk.data().join("acme");
    fs::create_dir_all(&folder).unwrap();
    let named = sha256::Hash::hash(format!("{HOST}\0{NOWHERE}\0").as_bytes());
    fs::write(folder.join(format!("certificate-{named}")), format!("{key}{certificate}")).unwrap();
}

pub(crate) async fn should_say_when_what_it_kept_ends() -> Outcome {
    let mut desk = Desk::prepare();
    desk.fill_pools(&mut Rng::fixed());
    desk.set("web.https_addr", format!("127.0.0.1:{}", ports::free())).set("web.auto_tls_host", HOST);
    desk.set("web.acme_directory", NOWHERE);
    for (days, words) in [
        (80, None),
        (5, Some("HTTPS: the certificate expires in ")),
        (-1, Some("HTTPS: the certificate expired ")),
    ] {
        keep(&desk, days);
        desk.go().await;
        let told = async || {
            let health = desk.command("health").await;
            let health = format!("{}{}", health.out, health.err);
            // First that it has none yet, and then what it found.
            let is_told = health.contains("play money") && !health.contains("no certificate yet");
            is_told.then_some(health)
        };
        let health = wait::until("it does not say what it kept", told).await;
        match words {
            Some(words) => assert!(health.contains(words), "{days} days: {health}"),
            None => assert_eq!(health, "OK; dummy mode, play money\n", "{days} days"),
        }
        desk.stop().await;
    }
    Ok(())
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

pub(crate) async fn should_obtain_a_certificate_and_keep_it_over_a_restart() -> Outcome {
    let place = Place::choose()?;
    let pebble = place.open().await;
    let mut desk = desk(&place);
    desk.go().await;
    let first = obtained(&place, &pebble).await;
    let mut connection = Secure::connect(place.https, HOST, pebble.root()).unwrap();
    assert!(connection.get("/api/config").starts_with("HTTP/1.1 200 OK"));
    assert_eq!(desk.command("health").await.success(), "OK; dummy mode, play money\n");

    let cache = desk.data().join("acme");
    assert_eq!(mode(&cache), 0o700, "others may look at the private key");
    let files: Vec<_> = fs::read_dir(&cache).unwrap().map(|file| file.unwrap().path()).collect();
    assert_eq!(files.len(), 2, "an account and a certificate: {files:?}");
    files.iter().for_each(|file| assert_eq!(mode(file), 0o600, "{}", file.display()));

    desk.stop().await;
    desk.go().await;
    assert_eq!(obtained(&place, &pebble).await, first, "the certificate was not kept");
    assert_eq!(
        desk.said().matches("automatic certificate: a new one is served").count(),
        1,
        "{}",
        desk.said()
    );
    desk.stop().await;
    Ok(())
}

pub(crate) async fn should_renew_a_certificate_while_it_serves() -> Outcome {
    let place = Place::choose()?;
    let pebble = place.open_for(SHORT_LIFE).await;
    let mut desk = desk(&place);
    desk.go().await;
    let mut seen = vec![obtained(&place, &pebble).await];
    let (id, deadline) = (desk.id(), Instant::now() + SHORT_LIFE * 3);
    while seen.len() < 3 {
        // Verified, dates included: one that has expired would end the test here.
        let shown = Secure::connect(place.https, HOST, pebble.root()).unwrap().certificate();
        if seen.last() != Some(&shown) {
            seen.push(shown);
        }
        assert!(Instant::now() < deadline, "not renewed: {}", desk.said());
        tokio::time::sleep(CHECK).await;
    }
    assert_eq!(desk.id(), id);
    desk.stop().await;
    Ok(())
}

pub(crate) async fn should_serve_without_an_authority_until_there_is_one() -> Outcome {
    let place = Place::choose()?;
    let mut desk = desk(&place);
    desk.go().await;
    let is_told = async || desk.said().contains("will be tried again").then_some(());
    wait::until("it tells that there is no authority", is_told).await;
    desk.command("health").await.assert_refused(&["web.https_addr: no answer from"]);
    let pebble = place.open().await;
    obtained(&place, &pebble).await;
    desk.stop().await;
    Ok(())
}
