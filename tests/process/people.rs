//! Who may log in, decided on the database itself.

use std::path::Path;

use crate::desk::Desk;
use crate::once::{self, Finished};
use crate::rng::Rng;
use crate::support::runner::Outcome;

/// Runs `tool people` on the desk's database, with this on its standard input.
async fn people(desk: &Desk, command: &str, input: &str) -> Finished {
    let (tool, file) = (once::tool(), desk.database());
    let (verb, rest) = command.split_once(' ').unwrap_or((command, ""));
    let script =
        format!("printf '%s\\n' '{input}' | {} people {verb} {} {rest}", tool.display(), file.display());
    once::run(Path::new("/bin/sh"), ["-c", &script], &desk.path("cwd")).await
}

pub(crate) async fn should_let_people_in_on_the_database_itself() -> Outcome {
    let mut desk = Desk::start(&mut Rng::fixed()).await;
    let busy = people(&desk, "list", "").await;
    assert!(busy.code == Some(1) && !busy.err.is_empty(), "a teller runs on it: {busy:#?}");
    desk.stop().await;
    assert!(people(&desk, "list", "").await.err.contains("nobody may log in"));
    let short = people(&desk, "add anna --role approve", "short").await;
    short.assert_refused(&["expected at least 12 characters"]);
    let added = people(&desk, "add anna --role approve", "correct horse battery").await;
    assert!(added.success().contains("\"role\":\"approve\""), "{added:#?}");
    people(&desk, "add ANNA --role view", "correct horse battery")
        .await
        .assert_refused(&["that name is taken"]);
    assert!(people(&desk, "role anna operate", "").await.success().contains("\"role\":\"operate\""));
    people(&desk, "passwd anna", "another horse battery").await.success();
    people(&desk, "totp-reset anna", "").await.success();
    desk.assert_consistent().await;
    desk.go().await;
    // It has no token to ask with, and says no more than it knows.
    let doctor = desk.command("doctor").await;
    let words = ["warning  running teller: ", "wants a log-in, and no admin_panel.token is configured"];
    assert!(doctor.code == Some(1) && words.iter().all(|words| doctor.out.contains(words)), "{doctor:#?}");
    desk.stop().await;
    assert_eq!(people(&desk, "remove anna", "").await.success(), "");
    people(&desk, "remove anna", "").await.assert_refused(&["there is nobody of that name"]);
    Ok(())
}
