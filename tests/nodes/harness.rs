//! What the harness promises whichever nodes are there.

use std::collections::HashSet;
use std::path::Path;

use libtest_mimic::Completion;

use crate::support::process::Process;
use crate::support::runner::{Outcome, judge};
use crate::support::{Absent, ports};

pub(crate) async fn should_ignore_a_test_without_its_node() -> Outcome {
    let absent = || Err(Absent { tool: "geth", reason: "it is not here".to_owned() });
    let Ok(Completion::Ignored { reason: Some(reason) }) = judge(absent(), "bitcoind, btcd") else {
        panic!("not ignored");
    };
    assert_eq!(reason, "geth is absent: it is not here");

    let failed = judge(absent(), "bitcoind, geth").err().unwrap();
    assert!(failed.message().unwrap().contains("TELLER_REQUIRE_NODES"));
    assert!(matches!(judge(Ok(()), "geth"), Ok(Completion::Completed)));
    Ok(())
}

pub(crate) async fn should_never_give_a_port_twice() -> Outcome {
    let given: HashSet<u16> = (0..100).map(|_| ports::free()).collect();
    assert_eq!(given.len(), 100);
    Ok(())
}

pub(crate) async fn should_end_a_process_and_keep_its_log() -> Outcome {
    let mut process = Process::prepare("shell", Path::new("/bin/sh"));
    let ready = process.path("ready");
    // Says goodbye at SIGINT, as nodes do. It waits in the shell itself, for a child would outlive it, and makes the
    // file itself: dash loses a signal that comes while it starts a child.
    let script =
        format!("trap 'echo bye; exit' INT; echo hello; : >{}; while :; do :; done", ready.display());
    let args = vec!["-c".to_owned(), script];
    process.start(args, async || ready.exists().then_some(())).await;
    process.stop();
    assert_eq!(process.log(), "hello\nbye\n");

    std::fs::remove_file(&ready).unwrap();
    process.start_again(async || ready.exists().then_some(())).await;
    process.kill();
    assert_eq!(process.log(), "hello\nbye\nhello\n");
    Ok(())
}
