//! A receiver that is a program: it is run for each event, with no shell in between.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};

use async_trait::async_trait;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};

use super::port::{Message, Port, Refusal};
use crate::types::UnixTime;

/// Systems refuse longer variables: what is longer stands on the standard input alone.
const MAX_VARIABLE: usize = 64 << 10;

/// See the module. The event stands in `TELLER_EVENT_JSON` and on the standard input, its name in `TELLER_EVENT`, the
/// message's id in `TELLER_EVENT_ID`. Exit status 0 acknowledges it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script(PathBuf);

/// A program that runs; where this is dropped, it is ended with all that it has started.
struct Running(Option<Pid>);

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            // It may have ended by itself.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

impl Script {
    /// Returns the receiver that runs this program.
    pub fn new(program: &Path) -> Script {
        Script(program.to_owned())
    }

    fn start(&self, message: &Message) -> std::io::Result<Child> {
        let mut command = Command::new(&self.0);
        // Nothing of ours is its business: credentials may stand there.
        command.env_clear();
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        command.env("TELLER_EVENT", message.name).env("TELLER_EVENT_ID", &message.id);
        if message.body.len() <= MAX_VARIABLE {
            command.env("TELLER_EVENT_JSON", String::from_utf8_lossy(&message.body).as_ref());
        }
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        command.process_group(0).kill_on_drop(true).spawn()
    }
}

fn in_words(status: ExitStatus) -> String {
    format!("the program ends with {status}")
}

#[async_trait]
impl Port for Script {
    fn kind(&self) -> &'static str {
        "script"
    }

    async fn tell(&self, message: &Message, _: UnixTime) -> Result<(), Refusal> {
        let started = self.start(message);
        let mut child = started.map_err(|error| Refusal::failed(format!("it cannot be run: {error}")))?;
        let pid = child.id().and_then(|pid| i32::try_from(pid).ok()).and_then(Pid::from_raw);
        let running = Running(pid);
        let stdin = child.stdin.take();
        let write = async {
            if let Some(mut stdin) = stdin {
                // Whoever does not read it has it in the environment.
                let _ = stdin.write_all(&message.body).await;
            }
        };
        let ((), ended) = tokio::join!(write, child.wait());
        drop(running);
        match ended {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(Refusal::failed(in_words(status))),
            Err(error) => Err(Refusal::failed(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::time::{Duration, Instant};

    use super::*;

    fn program(folder: &Path, text: &str) -> Script {
        let path = folder.join("program");
        std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
        Script::new(&path)
    }

    fn message(body: &str) -> Message {
        Message {
            id: "evt_7_0123456789abcdef".to_owned(),
            name: "deposit.final",
            event: 7,
            body: body.as_bytes().to_vec(),
        }
    }

    #[tokio::test]
    async fn should_hand_over_the_event_and_take_zero_for_an_answer() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let text =
            format!("(echo \"$TELLER_EVENT $TELLER_EVENT_ID $TELLER_EVENT_JSON\"; cat) > {}", out.display());
        let now = UnixTime::new(1);
        program(folder.path(), &text).tell(&message("{\"a\":\"$(id)\"}"), now).await.unwrap();
        let told = std::fs::read_to_string(&out).unwrap();
        assert_eq!(told, "deposit.final evt_7_0123456789abcdef {\"a\":\"$(id)\"}\n{\"a\":\"$(id)\"}");
        let refused = program(folder.path(), "exit 3").tell(&message("{}"), now).await;
        assert_eq!(refused, Err(Refusal::failed("the program ends with exit status: 3")));
        let absent = Script::new(&folder.path().join("absent")).tell(&message("{}"), now).await;
        assert!(absent.unwrap_err().words().starts_with("it cannot be run"));
        let long = message(&"x".repeat(300_000));
        program(folder.path(), "exit 0").tell(&long, now).await.unwrap();
    }

    #[tokio::test]
    async fn should_end_a_program_that_nobody_waits_for_any_more_with_all_that_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let text = format!("(sleep 2; echo late > {}) & sleep 60", out.display());
        let (script, began) = (program(folder.path(), &text), Instant::now());
        let told = message("{}");
        let in_time =
            tokio::time::timeout(Duration::from_millis(300), script.tell(&told, UnixTime::new(1))).await;
        assert!(in_time.is_err() && began.elapsed() < Duration::from_secs(2));
        tokio::time::sleep(Duration::from_millis(2500)).await;
        assert!(!out.exists(), "what it started lives on");
    }
}
