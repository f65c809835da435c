//! Backups: whole or an error, and never at the cost of the service.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use rustix::process::geteuid;
use teller::types::Coin;

use crate::api::{Answer, json_of};
use crate::desk::{Desk, address};
use crate::once;
use crate::rng::Rng;
use crate::support::Absent;
use crate::support::runner::Outcome;
use crate::support::wait;

/// Room of the small disk: the database, a copy, and what is kept for the service.
const DISK: &str = "size=64m";
/// What is left of it in the end, in bytes.
const LITTLE: u64 = 2 << 20;
/// Addresses that make a copy of more than the kernel takes of it at once.
const LARGE_POOL: usize = 120_000;

/// `tool db check` on what was answered.
async fn assert_whole(desk: &Desk, name: &str, copy: &[u8]) {
    let path = desk.path(name);
    fs::write(&path, copy).unwrap();
    let checked =
        once::run(&once::tool(), ["db", "check", &path.display().to_string()], &desk.path("cwd")).await;
    assert!(checked.success().contains(": consistent, "), "{checked:#?}");
}

/// The files of the data directory.
fn files(desk: &Desk) -> Vec<String> {
    let all = fs::read_dir(desk.data()).unwrap();
    let mut names: Vec<String> = all.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

pub(crate) async fn should_give_everybody_a_whole_one() -> Outcome {
    let desk = Desk::start(&mut Rng::fixed()).await;
    let apis: Vec<_> = (0..4).map(|_| desk.api.another()).collect();
    let all = futures_util::future::join_all(apis.iter().map(|api| api.backup())).await;
    for (number, copy) in all.into_iter().enumerate() {
        assert_whole(&desk, &format!("copy-{number}.db"), &copy.done()).await;
    }
    assert_eq!(files(&desk), ["teller.db"]);
    Ok(())
}

/// `tool db drill` on a copy that is made now.
async fn drill(desk: &Desk, name: &str) -> once::Finished {
    let path = desk.path(name);
    fs::write(&path, desk.api.backup().await.done()).unwrap();
    once::run(&once::tool(), ["db", "drill", &path.display().to_string()], &desk.path("cwd")).await
}

pub(crate) async fn should_say_what_a_copy_would_do() -> Outcome {
    let mut rng = Rng::fixed();
    let mut desk = Desk::prepare();
    desk.fill_pools(&mut rng);
    desk.set("sky_exchanger.send_enabled", false);
    desk.go().await;
    let payee = address(Coin::SKY, &mut rng);
    let to = desk.api.bind(&payee, Coin::BTC).await.done();
    let nothing = drill(&desk, "before.db").await;
    assert!(nothing.success().contains("nothing would be paid or sent"), "{nothing:#?}");
    assert!(nothing.out.contains("BTC: no block was read; 1 address(es) are bound, "), "{nothing:#?}");

    // Half a thousand SKY for a bitcoin: one for this deposit.
    let query = format!("coin=BTC&addr={to}&value=200000&height=1&tx=a&n=0");
    desk.api.get_dummy(&format!("/dummy/scanner/deposit?{query}")).await.done();
    wait::until("it is not owed", async || {
        (desk.api.status(&payee).await[0]["status"] == "waiting_send").then_some(())
    })
    .await;
    let owed = drill(&desk, "owed.db").await;
    assert_eq!(owed.code, Some(1), "{owed:#?}");
    let paid = format!("would be paid: 1.000000 SKY to {payee} for deposit 1\n");
    assert!(owed.out.contains(&paid), "{owed:#?}");
    assert!(
        owed.out.contains("1.000000 SKY would be paid in 1 payout(s), and 0 transaction(s)"),
        "{owed:#?}"
    );
    Ok(())
}

pub(crate) async fn should_leave_nothing_behind_when_it_is_killed() -> Outcome {
    let mut desk = Desk::start(&mut Rng::fixed()).await;
    for pause in [0, 5, 20, 60] {
        let api = desk.api.another();
        let copy = tokio::spawn(async move { api.backup().await });
        tokio::time::sleep(Duration::from_millis(pause)).await;
        desk.kill();
        let answer = copy.await.unwrap();
        assert_eq!(files(&desk), ["teller.db"], "{pause} ms");
        if let Answer::Done(copy) = answer {
            assert_whole(&desk, &format!("copy-{pause}.db"), &copy).await;
        }
        desk.go().await;
    }
    desk.stop().await;
    Ok(())
}

/// What the service has open that has no name any more, nor ever had: a copy that is being sent.
fn nameless(desk: &Desk) -> usize {
    let folder = fs::canonicalize(desk.data()).unwrap();
    let open = fs::read_dir(format!("/proc/{}/fd", desk.id())).unwrap();
    let open = open.filter_map(|file| fs::read_link(file.unwrap().path()).ok());
    open.filter(|file| file.starts_with(&folder) && file.to_string_lossy().ends_with(" (deleted)")).count()
}

pub(crate) async fn should_keep_nothing_for_a_client_that_left() -> Outcome {
    let mut rng = Rng::fixed();
    let mut desk = Desk::prepare();
    desk.fill_pools(&mut rng);
    // Larger than what the kernel takes of a copy that nobody reads.
    let many: Vec<String> = (0..LARGE_POOL).map(|_| address(Coin::SKY, &mut rng)).collect();
    desk.write_pool(Coin::SKY, &many);
    desk.go().await;
    for read in [0, 1, 100_000] {
        let mut client = TcpStream::connect(desk.api.admin_address()).unwrap();
        client.write_all(b"GET /api/backup HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        client.read_exact(&mut vec![0; read]).unwrap();
        if read > 0 {
            // Whole on the disk, and in the middle of being sent.
            assert_eq!(nameless(&desk), 1, "{read} bytes were read");
        }
        drop(client);
        let is_gone = async || (nameless(&desk) == 0).then_some(());
        wait::until(&format!("the copy is kept, of which {read} bytes were read"), is_gone).await;
        assert_eq!(files(&desk), ["teller.db"], "{read} bytes were read");
        desk.api.bind(&address(Coin::SKY, &mut rng), Coin::BTC).await.done();
    }
    assert_whole(&desk, "whole.db", &desk.api.backup().await.done()).await;
    assert_eq!(desk.health().await["status"], "OK");
    desk.stop().await;
    Ok(())
}

pub(crate) async fn should_never_take_the_room_that_the_service_needs() -> Outcome {
    let mut rng = Rng::fixed();
    let mut desk = Desk::prepare();
    let disk = Disk::mount(&desk.path("disk"))?;
    desk.set_data(&disk.0);
    desk.fill_pools(&mut rng);
    desk.go().await;
    assert_whole(&desk, "first.db", &desk.api.backup().await.done()).await;

    // Nearly full: asked again and again, it refuses, and goes on with what it is there for.
    let free = rustix::fs::statvfs(&disk.0).unwrap();
    let filler = disk.0.join("filler");
    let size = free.f_bavail * free.f_frsize - LITTLE;
    fs::write(&filler, vec![1; usize::try_from(size).unwrap()]).unwrap();
    for _ in 0..3 {
        let Answer::Refused(507, words) = desk.api.backup().await else { panic!("it was not refused") };
        assert!(words.contains("no room for a backup in ") && words.contains("MB are free"), "{words}");
        desk.api.bind(&address(Coin::SKY, &mut rng), Coin::BTC).await.done();
    }
    assert_eq!(json_of(&desk.api.get("/api/health").await.done())["status"], "OK");
    fs::remove_file(&filler).unwrap();
    assert_whole(&desk, "last.db", &desk.api.backup().await.done()).await;
    desk.stop().await;
    Ok(())
}

/// A small disk in memory, gone with this value.
struct Disk(PathBuf);

impl Disk {
    fn mount(at: &Path) -> Result<Disk, Absent> {
        fs::create_dir(at).unwrap();
        let mount = || Command::new("mount").args(["-t", "tmpfs", "-o", DISK, "tmpfs"]).arg(at).output();
        if geteuid().is_root() && mount().is_ok_and(|done| done.status.success()) {
            return Ok(Disk(at.to_owned()));
        }
        Err(Absent { tool: "mount", reason: "a small disk can be mounted by root alone".to_owned() })
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily: the service may hold it for a moment yet.
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}
