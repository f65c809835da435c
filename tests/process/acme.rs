//! Automatic certificates, from a real authority by tls-alpn-01 on the service's own port.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::authority::Secure;
use crate::desk::Desk;
use crate::pebble::{HOST, Pebble, Place};
use crate::rng::Rng;
use crate::support::runner::Outcome;
use crate::support::wait;

/// Short enough to see two of them pass, long enough for an order on a busy machine in its last third.
const SHORT_LIFE: Duration = Duration::from_secs(18);
const CHECK: Duration = Duration::from_millis(200);

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
