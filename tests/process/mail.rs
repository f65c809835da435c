//! Alerts through a real mail server: it takes mail over TLS alone, and only from who has logged in.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpStream;

use crate::authority::{Authority, Files};
use crate::desk::Desk;
use crate::rng::Rng;
use crate::support::process::Process;
use crate::support::runner::Outcome;
use crate::support::{ports, program, wait};

const SECRET: &str = "a secret of the mail server";

/// A server that speaks the protocol as others do: aiosmtpd, by a few lines of Python.
struct MailServer {
    process: Process,
    port: u16,
}

impl MailServer {
    async fn start(program: &Path, mode: &str, files: &Files) -> MailServer {
        let mut process = Process::prepare("mail", program);
        let port = ports::free();
        let script: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests/process/mail_server.py"].iter().collect();
        let path = |path: &Path| path.display().to_string();
        let args =
            vec![path(&script), port.to_string(), mode.to_owned(), path(&files.cert), path(&files.key)];
        process.start(args, async || TcpStream::connect(("127.0.0.1", port)).await.ok()).await;
        MailServer { process, port }
    }

    /// The letters that it took.
    fn letters(&self) -> Vec<Value> {
        self.process.log().lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }
}

/// The server's certificate, and the file of the authority that has signed it, as long as their folder is kept.
fn certified() -> (TempDir, Files, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new();
    let files = authority.issue(folder.path(), "mail", &["127.0.0.1"]);
    let root = folder.path().join("root.pem");
    std::fs::write(&root, authority.pem()).unwrap();
    (folder, files, root)
}

fn desk_with(server: &MailServer, security: &str, root: &Path) -> Desk {
    let mut desk = Desk::prepare();
    desk.fill_pools(&mut Rng::fixed());
    desk.set("alerts.min_duration", "400ms").set("teller.bind_enabled", false);
    desk.set("alerts.mail_to", vec!["Анна <anna@example.com>"]).set("alerts.mail_from", "desk@example.com");
    desk.set("alerts.mail_server", format!("127.0.0.1:{}", server.port));
    desk.set("alerts.mail_security", security);
    if security != "none" {
        desk.set("alerts.mail_cert", root.display().to_string());
        desk.set("alerts.mail_user", "desk").set("alerts.mail_pass", SECRET);
    }
    desk
}

pub(crate) async fn should_be_taken_by_a_real_mail_server() -> Outcome {
    let python = program::find("test-python")?;
    let (_folder, files, root) = certified();
    for (mode, security) in [("starttls", "starttls"), ("tls", "tls"), ("plain", "none")] {
        let server = MailServer::start(&python, mode, &files).await;
        let mut desk = desk_with(&server, security, &root);
        let greeted = desk.command("doctor").await;
        assert!(greeted.out.contains("ok       alerts by mail: can be reached"), "{greeted:#?}");
        assert_eq!(server.letters(), Vec::<Value>::new(), "the doctor writes to nobody");
        desk.go().await;
        let letter = wait::until("no mail comes", async || server.letters().pop()).await;
        assert_eq!(
            (&letter["from"], &letter["to"][0]),
            (&"desk@example.com".into(), &"anna@example.com".into())
        );
        let is_safe = mode != "plain";
        assert_eq!((&letter["is_secret"], &letter["is_known"]), (&is_safe.into(), &is_safe.into()), "{mode}");
        let text = letter["text"].as_str().unwrap();
        assert!(text.contains("Subject: [teller] notice: binding_off"), "{text}");
        assert!(text.contains("docs/runbooks/binding_off.md"), "{text}");
        desk.stop().await;
        assert!(!desk.said().contains(SECRET), "{}", desk.said());
    }
    Ok(())
}

/// Whoever stands between may take the offer of TLS out of what a server says: nothing is told in the clear then.
pub(crate) async fn should_not_be_told_in_the_clear_where_it_was_to_be_secret() -> Outcome {
    let python = program::find("test-python")?;
    let (_folder, files, root) = certified();
    let server = MailServer::start(&python, "plain", &files).await;
    let mut desk = desk_with(&server, "starttls", &root);
    desk.go().await;
    wait::until("it is told in the clear", async || {
        desk.said().contains("an alert was not taken").then_some(())
    })
    .await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(server.letters(), Vec::<Value>::new());
    desk.stop().await;
    Ok(())
}
