//! The service under a manager of services: what it tells through its socket, and what it takes from its environment.
//!
//! The manager is the test's own; what systemd makes of it stands in `.ci/package.sh`, where there is one.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use age::secrecy::ExposeSecret;
use age::x25519::Identity;
use rustix::process::Signal;
use serde_json::Value;
use teller::types::Coin;
use tokio::net::UnixDatagram;

use crate::api::Answer;
use crate::desk::{Desk, address};
use crate::once;
use crate::rng::Rng;
use crate::support::runner::Outcome;
use crate::support::wait;
use crate::wallet;

/// How long the manager waits for a sign of life.
const WATCHDOG: Duration = Duration::from_secs(3);

/// What services are told to write to.
struct Manager {
    socket: UnixDatagram,
    path: PathBuf,
    told: Vec<String>,
}

impl Manager {
    fn of(desk: &Desk) -> Manager {
        let path = desk.path("notify");
        Manager { socket: UnixDatagram::bind(&path).unwrap(), path, told: Vec::new() }
    }

    /// What it starts a service with, beside `more`.
    fn environment(&self, more: &[String]) -> Vec<String> {
        let own = [
            format!("NOTIFY_SOCKET={}", self.path.display()),
            format!("WATCHDOG_USEC={}", WATCHDOG.as_micros()),
        ];
        own.iter().chain(more).cloned().collect()
    }

    /// Takes what it was told, until something has these words.
    async fn hears(&mut self, words: &str) {
        let heard = tokio::time::timeout(Duration::from_secs(30), async {
            while !self.next().await.contains(words) {}
        });
        heard.await.unwrap_or_else(|_| panic!("nobody said {words:?}: {:#?}", self.told));
    }

    async fn next(&mut self) -> String {
        let mut bytes = [0; 4096];
        let length = self.socket.recv(&mut bytes).await.unwrap();
        self.told.push(String::from_utf8(bytes[..length].to_vec()).unwrap());
        self.told.last().unwrap().clone()
    }

    /// All that it is told in this time.
    async fn listen(&mut self, time: Duration) -> Vec<String> {
        let (begun, before) = (Instant::now(), self.told.len());
        while let Some(left) = time.checked_sub(begun.elapsed()) {
            let _ = tokio::time::timeout(left, self.next()).await;
        }
        self.told[before..].to_vec()
    }
}

fn count(told: &[String], words: &str) -> usize {
    told.iter().filter(|told| told.lines().any(|line| line == words)).count()
}

async fn begin(desk: &mut Desk, more: &[String]) -> Manager {
    let manager = Manager::of(desk);
    desk.go_through("/usr/bin/env", manager.environment(more)).await;
    manager
}

pub(crate) async fn should_say_that_it_serves_lives_and_stops() -> Outcome {
    let mut desk = Desk::prepare();
    desk.fill_pools(&mut Rng::fixed());
    let mut manager = begin(&mut desk, &[]).await;
    manager.hears("READY=1").await;
    assert_eq!(manager.told[0].trim(), "STATUS=starting");
    let ready = manager.told.len() - 1;
    let progress = manager.told[..ready].iter().filter(|told| told.contains("EXTEND_TIMEOUT_USEC=300000000"));
    let words: Vec<&str> = progress.map(String::as_str).collect();
    assert!(words.iter().any(|told| told.contains("STATUS=auditing the database")), "{:#?}", manager.told);
    desk.api.bind(&address(Coin::SKY, &mut Rng::fixed()), Coin::BTC).await.done();

    let told = manager.listen(2 * WATCHDOG).await;
    assert!(count(&told, "WATCHDOG=1") >= 3, "{told:#?}");
    assert!(
        manager.told.iter().any(|told| told.contains("STATUS=serving, in dummy mode")),
        "{:#?}",
        manager.told
    );
    desk.signal(Signal::TERM);
    manager.hears("STOPPING=1").await;
    assert_eq!(desk.ended(crate::desk::STOP_PATIENCE).await.code(), Some(0));
    Ok(())
}

pub(crate) async fn should_say_that_it_reads_anew_and_has_done_so() -> Outcome {
    let mut rng = Rng::fixed();
    let mut desk = Desk::prepare();
    desk.set("teller.pool_check_period", "1h");
    desk.fill_pools(&mut rng);
    let mut manager = begin(&mut desk, &[]).await;
    manager.hears("READY=1").await;
    let before = desk.api.remaining(Coin::BTC).await;
    desk.grow_pools(&mut rng);
    desk.signal(Signal::HUP);
    manager.hears("RELOADING=1").await;
    let since = manager.told.last().unwrap().clone();
    let since = since.lines().find_map(|line| line.strip_prefix("MONOTONIC_USEC=")).map(str::parse::<u64>);
    assert!(since.is_some_and(|since| since.is_ok_and(|since| since > 0)), "{:#?}", manager.told);
    manager.hears("READY=1").await;
    // It is true when it is said.
    assert!(desk.api.remaining(Coin::BTC).await > before);
    desk.stop().await;
    Ok(())
}

/// The process runs, its listeners answer, and what would be acknowledged never is: it has to be started again.
pub(crate) async fn should_not_be_kept_alive_where_its_writer_hangs() -> Outcome {
    let mut desk = Desk::prepare();
    desk.fill_pools(&mut Rng::fixed());
    let switch = desk.path("hang");
    let hang = format!("TELLER_TEST_HANG=store-writer:{}", switch.display());
    let mut manager = begin(&mut desk, &[hang]).await;
    manager.hears("READY=1").await;
    manager.hears("WATCHDOG=1").await;
    fs::write(&switch, "").unwrap();
    manager.hears("STATUS=hangs: the store's writer does not answer").await;
    let told = manager.listen(WATCHDOG + Duration::from_secs(1)).await;
    assert_eq!(count(&told, "WATCHDOG=1"), 0, "{told:#?}");
    assert!(desk.has_ended().is_none() && desk.said().contains("is told of no life"));
    // What was held up goes on by itself, and so does the rest.
    fs::remove_file(&switch).unwrap();
    manager.hears("WATCHDOG=1").await;
    desk.stop().await;
    Ok(())
}

/// A restart would not bring it back.
pub(crate) async fn should_be_kept_alive_where_its_node_is_down() -> Outcome {
    let mut desk = wallet::without_nodes();
    let mut manager = begin(&mut desk, &[]).await;
    manager.hears("READY=1").await;
    let told = manager.listen(3 * WATCHDOG).await;
    assert!(count(&told, "WATCHDOG=1") >= 5, "{told:#?}");
    let status = manager.told.iter().filter(|told| told.starts_with("STATUS=following: BTC waits (")).count();
    assert!(status > 0, "{:#?}", manager.told);
    desk.stop().await;
    Ok(())
}

pub(crate) async fn should_go_on_where_nobody_listens() -> Outcome {
    let mut desk = Desk::prepare();
    desk.fill_pools(&mut Rng::fixed());
    let nobody = format!("NOTIFY_SOCKET={}", desk.path("nobody").display());
    desk.go_through("/usr/bin/env", vec![nobody, "WATCHDOG_USEC=3000000".to_owned()]).await;
    desk.api.bind(&address(Coin::SKY, &mut Rng::fixed()), Coin::BTC).await.done();
    desk.stop().await;
    // One that is there, and does not read.
    let deaf = Manager::of(&desk);
    desk.go_through("/usr/bin/env", deaf.environment(&["WATCHDOG_USEC=30000".to_owned()])).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    desk.api.bind(&address(Coin::SKY, &mut Rng::fixed()), Coin::BTC).await.done();
    desk.stop().await;
    Ok(())
}

pub(crate) async fn should_be_configured_by_environment_and_command_line() -> Outcome {
    let mut rng = Rng::fixed();
    let mut desk = Desk::prepare();
    desk.set("teller.max_bound_addrs", 5).set("admin_panel.token", "hunter2-of-the-file");
    desk.fill_pools(&mut rng);
    desk.write_config();
    let environment = ["TELLER__TELLER__MAX_BOUND_ADDRS=3", "TELLER__TELLER__POOL_LOW_WATER=7"];
    let program = once::teller().display().to_string();
    let shown = async |more: &[&str]| {
        let own = [program.as_str(), "check-config", "--show", "--set", "teller.max_bound_addrs=1"]
            .map(str::to_owned);
        let args = environment.map(str::to_owned).into_iter().chain(own).chain(desk.args());
        let args = args.chain(more.iter().map(|more| (*more).to_owned()));
        once::run("/usr/bin/env".as_ref(), args, &desk.path("cwd")).await
    };
    let finished = shown(&[]).await;
    for line in [
        "teller.max_bound_addrs = 1  # --set",
        "teller.pool_low_water = 7  # TELLER__TELLER__POOL_LOW_WATER",
        "dummy.sender = true  # file",
        "web.max_connections = 2048  # default",
        "admin_panel.token = (not shown)  # file",
    ] {
        assert!(finished.success().lines().any(|there| there == line), "{line}: {finished:#?}");
    }
    assert!(!finished.out.contains("hunter2"), "{finished:#?}");
    shown(&["--set", "teller.max_bound=1", "--set", "web.http_adr="]).await.assert_refused(&[
        "2 problem(s)",
        "--set: teller.max_bound: unknown key",
        "--set: web.http_adr: unknown key; did you mean \"http_addr\"?",
    ]);
    // And it is what the service runs with.
    desk.unset("admin_panel.token");
    let more = ["--set", "teller.max_bound_addrs=1"].map(str::to_owned).to_vec();
    let args = [desk.args(), more].concat();
    desk.launch(args).await;
    desk.answers().await;
    let payee = address(Coin::SKY, &mut rng);
    desk.api.bind(&payee, Coin::BTC).await.done();
    assert!(matches!(desk.api.bind(&payee, Coin::BTC).await, Answer::Refused(..)));
    desk.stop().await;
    Ok(())
}

pub(crate) async fn should_take_its_secrets_from_credentials() -> Outcome {
    let mut desk = Desk::prepare();
    desk.fill_pools(&mut Rng::fixed());
    let token = "0123456789abcdef-hunter2";
    let folder = desk.path("credentials");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("admin-token"), format!("{token}\n")).unwrap();
    fs::set_permissions(folder.join("admin-token"), Permissions::from_mode(0o400)).unwrap();
    desk.set("admin_panel.token_file", "credential:admin-token");
    desk.go_wrong().await.assert_refused(&["admin_panel.token_file: ", "LoadCredential=admin-token:FILE"]);
    let directory = format!("CREDENTIALS_DIRECTORY={}", folder.display());
    desk.go_through("/usr/bin/env", vec![directory]).await;
    desk.api.with_token(token).get_admin("/api/accounting").await.done();
    let refused = desk.api.with_token("another").get_admin("/api/accounting").await;
    assert!(matches!(refused, Answer::Refused(401, _)), "{refused:?}");
    desk.stop().await;
    assert!(!desk.said().contains("hunter2"));
    Ok(())
}

/// Copies as the environment wants them, each tried with a key that is a credential.
pub(crate) async fn should_keep_copies_by_environment_and_credential() -> Outcome {
    let mut desk = Desk::prepare();
    desk.fill_pools(&mut Rng::fixed());
    let (key, folder, copies) = (Identity::generate(), desk.path("credentials"), desk.path("copies"));
    [&folder, &copies].into_iter().for_each(|folder| fs::create_dir(folder).unwrap());
    let file = folder.join("backup-key");
    fs::write(&file, format!("{}\n", key.to_string().expose_secret())).unwrap();
    fs::set_permissions(&file, Permissions::from_mode(0o400)).unwrap();
    let wanted = [
        format!("TELLER__BACKUP__TO={}", copies.display()),
        format!("TELLER__BACKUP__RECIPIENTS=[\"{}\"]", key.to_public()),
        "TELLER__BACKUP__IDENTITY=credential:backup-key".to_owned(),
    ];
    desk.write_config();
    let check = [once::teller().display().to_string(), "check-config".to_owned()];
    let args = wanted.iter().cloned().chain(check).chain(desk.args());
    let refused = once::run("/usr/bin/env".as_ref(), args, &desk.path("cwd")).await;
    refused
        .assert_refused(&["TELLER__BACKUP__IDENTITY: backup.identity: ", "LoadCredential=backup-key:FILE"]);

    let directory = format!("CREDENTIALS_DIRECTORY={}", folder.display());
    desk.go_through("/usr/bin/env", wanted.into_iter().chain([directory]).collect()).await;
    let told = wait::until("no copy is made", async || {
        let told: Value = serde_json::from_str(&desk.api.get_admin("/api/backups").await.done()).unwrap();
        (told["is_running"] == false && told["made"] != 0).then_some(told)
    });
    let told = told.await;
    assert_eq!((&told["made"], &told["failures"]), (&1.into(), &0.into()), "{told:#}");
    desk.stop().await;
    assert!(!desk.said().contains(key.to_string().expose_secret()));
    Ok(())
}
