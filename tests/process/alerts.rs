//! Alerts: each problem is told once, and once that it is over; a receiver that is away holds up nobody.

use std::time::{Duration, Instant};

use serde_json::Value;
use teller::types::Coin;

use crate::authority::Authority;
use crate::desk::{Desk, address};
use crate::receivers;
use crate::rng::Rng;
use crate::support::ports;
use crate::support::runner::Outcome;
use crate::support::wait;

/// Longer than any look at health and any delivery here takes.
const QUIET: Duration = Duration::from_secs(3);

/// A desk that tells what has been so for a moment.
fn quick() -> Desk {
    let mut desk = Desk::prepare();
    desk.fill_pools(&mut Rng::fixed());
    desk.set("alerts.min_duration", "400ms");
    desk
}

/// What a notice tells, as `state code`.
fn told(body: &Value) -> Vec<String> {
    let alerts = body["alerts"].as_array().unwrap().iter();
    alerts
        .map(|one| format!("{} {}", one["state"].as_str().unwrap(), one["code"].as_str().unwrap()))
        .collect()
}

pub(crate) async fn should_tell_a_webhook_each_problem_once() -> Outcome {
    let hook = receivers::webhook("204 No Content").await;
    let mut desk = quick();
    desk.set("teller.bind_enabled", false).set("alerts.runbooks", "https://desk.example/");
    desk.set("alerts.webhook", format!("http://127.0.0.1:{}/a-secret-path", hook.port));
    desk.set("alerts.webhook_token", "a secret of the webhook");
    desk.go().await;
    let (head, body) = wait::until("nothing is told", async || hook.all().first().cloned()).await;
    assert!(head.starts_with("POST /a-secret-path HTTP/1.1\r\n"), "{head}");
    assert!(head.to_lowercase().contains("authorization: bearer a secret of the webhook\r\n"), "{head}");
    assert_eq!(
        (&body["type"], told(&body)),
        (&"teller.alerts".into(), vec!["opened binding_off".to_owned()])
    );
    let alert = &body["alerts"][0];
    assert_eq!(alert["severity"], "notice");
    assert_eq!(alert["runbook"], "https://desk.example/docs/runbooks/binding_off.md");
    assert_eq!(alert["words"], serde_json::json!(["binding is switched off"]));
    tokio::time::sleep(QUIET).await;
    assert_eq!(hook.all().len(), 1, "{:?}", hook.all());

    // A restart repeats nothing, and notices what is over.
    desk.stop().await;
    desk.go().await;
    tokio::time::sleep(QUIET).await;
    assert_eq!(hook.all().len(), 1, "{:?}", hook.all());
    desk.stop().await;
    desk.set("teller.bind_enabled", true);
    desk.go().await;
    let (_, over) = wait::until("that it is over is not told", async || hook.all().get(1).cloned()).await;
    assert_eq!(told(&over), ["closed binding_off"]);
    desk.stop().await;
    let said = desk.said();
    assert!(!said.contains("a-secret-path") && !said.contains("a secret of the webhook"), "{said}");
    Ok(())
}

pub(crate) async fn should_write_mail_of_each_problem_once() -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new();
    let files = authority.issue(folder.path(), "mail", &["127.0.0.1"]);
    let root = folder.path().join("root.pem");
    std::fs::write(&root, authority.pem()).unwrap();
    let server = receivers::mail_server(Some(&files)).await;
    let mut desk = quick();
    desk.set("teller.bind_enabled", false).set("sky_exchanger.send_enabled", false);
    desk.set("alerts.mail_to", vec!["Anna <anna@example.com>", "ben@example.com"]);
    desk.set("alerts.mail_from", "desk@example.com").set("alerts.mail_security", "tls");
    desk.set("alerts.mail_server", format!("127.0.0.1:{}", server.port));
    desk.set("alerts.mail_user", "desk").set("alerts.mail_pass", "a secret of the mail server");
    // Without the authority that has signed it, the server is told nothing.
    desk.go().await;
    wait::until("it believes anybody", async || desk.said().contains("an alert was not taken").then_some(()))
        .await;
    assert_eq!(server.all().len(), 0);
    desk.stop().await;
    desk.set("alerts.mail_cert", root.display().to_string());
    desk.go().await;
    let letter = wait::until("no mail comes", async || server.all().first().cloned()).await;
    assert!(letter.commands.iter().any(|line| line.starts_with("AUTH ")), "{letter:?}");
    for line in ["MAIL FROM:<desk@example.com>", "RCPT TO:<anna@example.com>", "RCPT TO:<ben@example.com>"] {
        assert!(letter.commands.iter().any(|known| known.starts_with(line)), "{line}: {letter:?}");
    }
    let text = letter.text.replace("=\r\n", "");
    for words in [
        "Subject: [teller] notice: binding_off, sending_off\r\n",
        "binding is switched off",
        "What to do: docs/runbooks/sending_off.md",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    tokio::time::sleep(QUIET).await;
    assert_eq!(server.all().len(), 1, "{:?}", server.all());
    desk.stop().await;
    assert!(!desk.said().contains("a secret of the mail server"), "{}", desk.said());
    Ok(())
}

pub(crate) async fn should_wait_for_nobody_who_is_told() -> Outcome {
    let silent = receivers::silent().await;
    let mut rng = Rng::fixed();
    let mut desk = quick();
    desk.set("sky_exchanger.send_enabled", false);
    desk.set("alerts.webhook", format!("http://127.0.0.1:{silent}/"));
    desk.set("alerts.mail_to", vec!["anna@example.com"]).set("alerts.mail_from", "desk@example.com");
    desk.set("alerts.mail_security", "none");
    desk.set("alerts.mail_server", format!("127.0.0.1:{}", ports::free()));
    desk.go().await;
    wait::until("the mail server is there", async || {
        desk.said().contains("an alert was not taken").then_some(())
    })
    .await;
    for _ in 0..20 {
        let began = Instant::now();
        desk.api.bind(&address(Coin::SKY, &mut rng), Coin::BTC).await.done();
        assert!(began.elapsed() < Duration::from_secs(5), "a buyer waits for a webhook");
    }
    let began = Instant::now();
    desk.stop().await;
    assert!(began.elapsed() < Duration::from_secs(10), "the stop waits for a webhook");
    Ok(())
}

pub(crate) async fn should_say_what_is_wrong_with_receivers() -> Outcome {
    let mut desk = quick();
    desk.set("alerts.webhook", "desk.example/secret-path").set("alerts.mail_to", vec!["nobody"]);
    desk.set("alerts.mail_security", "ssl");
    let refused = desk.command("check-config").await;
    refused.assert_refused(&[
        "alerts.webhook: must be a URL that begins with https:// or http://",
        "alerts.mail_to: expected an address such as \"desk@example.com\", got \"nobody\"",
        "alerts.mail_from: expected an address",
        "alerts.mail_server: expected \"host\" or \"host:port\"",
        "alerts.mail_security: expected \"starttls\", \"tls\" or \"none\", got \"ssl\"",
    ]);
    assert!(!refused.err.contains("secret-path"), "{refused:#?}");
    Ok(())
}
