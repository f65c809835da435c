//! `tool import-original`: what it says, and what is there afterwards.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

use crate::desk::Desk;
use crate::once::{self, Finished};
use crate::rng::Rng;
use crate::support::runner::Outcome;

fn original(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/original").join(name)
}

async fn import(desk: &Desk, file: &Path, more: &[&str]) -> Finished {
    desk.write_config();
    let args = ["import-original".to_owned(), file.display().to_string()];
    let more = more.iter().map(|&arg| arg.to_owned());
    once::run(&once::tool(), args.into_iter().chain(more).chain(desk.args()), &desk.path("cwd")).await
}

pub(crate) async fn should_move_over_from_the_original() -> Outcome {
    let mut desk = Desk::prepare();
    desk.fill_pools(&mut Rng::fixed());
    let file = original("mixed.db");
    let told = import(&desk, &file, &["--dry-run"]).await;
    let told = told.success().to_owned();
    assert!(
        told.starts_with("would be taken over:\n24 payees\n") && told.contains("nothing was written"),
        "{told}"
    );
    assert!(!desk.database().exists());

    let moved = import(&desk, &file, &[]).await;
    let moved = moved.success().to_owned();
    let said =
        ["12 deposits waiting_send\n", "to be looked at: 12 deposits", "differences: 0\n", ": made, and"];
    for words in said {
        assert!(moved.contains(words), "{words}: {moved}");
    }
    let mode = fs::metadata(desk.database()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    desk.assert_consistent().await;
    import(&desk, &file, &[]).await.assert_refused(&["teller.db: is there already"]);

    desk.go().await;
    let status = desk.api.status("2NmBqyHkdnA4uL5cXo9GfjHsqEQzs3S2uS3").await;
    let states: Vec<_> = status.iter().map(|line| line["status"].clone()).collect();
    assert_eq!(states, ["done", "waiting_send", "done"]);
    desk.stop().await;
    desk.assert_consistent().await;
    Ok(())
}

pub(crate) async fn should_take_over_nothing_of_what_is_damaged() -> Outcome {
    let desk = Desk::prepare();
    desk.fill_pools(&mut Rng::fixed());
    let whole = fs::read(original("mixed.db")).unwrap();
    let copy = desk.path("copy.db");
    fs::write(&copy, &whole[..whole.len() / 2]).unwrap();
    import(&desk, &copy, &[]).await.assert_refused(&["copy.db: it is cut off", "take another copy"]);
    fs::write(&copy, "{}").unwrap();
    import(&desk, &copy, &[]).await.assert_refused(&["copy.db: it is no bolt database"]);
    import(&desk, &desk.path("absent.db"), &[]).await.assert_refused(&["absent.db: it cannot be read"]);
    // As the original holds it while it runs.
    fs::write(&copy, &whole).unwrap();
    let held = fs::File::open(&copy).unwrap();
    flock(&held, FlockOperation::LockExclusive).unwrap();
    import(&desk, &copy, &[]).await.assert_refused(&["copy.db: is in use: stop the original"]);
    drop(held);
    assert!(!desk.database().exists());
    let left = fs::read_dir(desk.data()).unwrap().count();
    assert_eq!(left, 0, "something was left behind");
    import(&desk, &copy, &[]).await.success();
    Ok(())
}
