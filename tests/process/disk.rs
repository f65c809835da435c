//! A disk that fails or is full: the service ends and says why, and what it acknowledged is there on a healthy one.

use std::fs;
use std::time::Duration;

use crate::desk::{Desk, STOP_PATIENCE};
use crate::ledger::Ledger;
use crate::load::Load;
use crate::once;
use crate::rng::Rng;
use crate::support::program;
use crate::support::runner::Outcome;

/// How far a database may grow until its disk is full, in the 512 bytes that the shell counts in.
const ROOM: u64 = 512;
/// Longer than it takes to fill that much.
const FULL: Duration = Duration::from_secs(60);

/// What fails, with which error, and how the operator is told.
const FAILURES: [(&str, i32, &str); 3] = [
    ("posix/io/sync/fdatasync", 5, "Input/output error (os error 5)"),
    ("posix/io/rw/pwrite", 28, "No space left on device (os error 28)"),
    ("posix/io/rw/pwrite", 5, "Input/output error (os error 5)"),
];

pub(crate) async fn should_end_where_a_commit_fails() -> Outcome {
    let (fiu_run, fiu_ctrl) = (program::find("fiu-run")?, program::find("fiu-ctrl")?);
    let mut rng = Rng::seeded("failing disk");
    let mut desk = Desk::prepare();
    desk.fill_pools(&mut rng);
    let mut ledger = Ledger::default();
    let control = desk.path("fiu").display().to_string();
    for (point, error, words) in FAILURES {
        let args = ["-x", "-f", &control].map(str::to_owned).to_vec();
        desk.go_through(&fiu_run.display().to_string(), args).await;
        let load = Load::start_for_the_worst(&desk.api, ledger, &mut rng);
        tokio::time::sleep(Duration::from_millis(100 + rng.below(300))).await;
        let command = format!("enable name={point},failinfo={error}");
        let args = ["-f", &control, "-c", &command, &desk.id().to_string()].map(str::to_owned);
        once::run(&fiu_ctrl, args, &desk.path("cwd")).await.success();
        ledger = assert_ends_and_keeps(&mut desk, load, STOP_PATIENCE, words).await;
    }
    assert_all_is_well(desk, ledger).await
}

pub(crate) async fn should_end_where_the_disk_is_full() -> Outcome {
    let mut rng = Rng::seeded("full disk");
    let mut desk = Desk::start(&mut rng).await;
    desk.stop().await;
    // The kernel refuses what lies beyond; it would also send a signal, which the shell has it leave out.
    let limit = fs::metadata(desk.database()).unwrap().len() / 512 + ROOM;
    let script = format!("trap '' XFSZ; ulimit -f {limit}; exec \"$@\"");
    desk.go_through("/bin/sh", vec!["-c".to_owned(), script, "sh".to_owned()]).await;
    let load = Load::start_for_the_worst(&desk.api, Ledger::default(), &mut rng);
    let ledger = assert_ends_and_keeps(&mut desk, load, FULL, "File too large (os error 27)").await;
    assert_all_is_well(desk, ledger).await
}

/// The service ends by itself and says why; started again where nothing fails, it has all that it acknowledged.
async fn assert_ends_and_keeps(desk: &mut Desk, load: Load, within: Duration, words: &str) -> Ledger {
    let status = desk.ended(within).await;
    let said = desk.said();
    assert_eq!(status.code(), Some(1), "{status}: {said}");
    let last = said.lines().last().unwrap();
    let database = desk.database().display().to_string();
    assert!(last.starts_with(&format!("teller: the database {database} failed")), "{last}");
    assert!(last.ends_with(words), "{last}");
    let mut ledger = load.end().await;
    desk.go().await;
    ledger.assert_kept(&desk.api.another()).await;
    desk.stop().await;
    ledger
}

async fn assert_all_is_well(mut desk: Desk, mut ledger: Ledger) -> Outcome {
    assert!(ledger.binds() > 0 && ledger.deposits() > 0, "the test did nothing");
    desk.go().await;
    let api = desk.api.another();
    ledger.settle(&api).await;
    ledger.assert_paid_once(&api).await;
    desk.stop().await;
    ledger.assert_unique(&desk).await;
    desk.assert_consistent().await;
    Ok(())
}
