//! Programs that end by themselves: their exit code and what they said.

#![allow(dead_code, reason = "each test crate that includes this uses a part of it")]

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

/// After this a program that was to end by itself has failed to.
const PATIENCE: Duration = Duration::from_secs(30);

/// How a program ended.
#[derive(Debug)]
pub(crate) struct Finished {
    /// None where a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Finished {
    /// Asserts that it refused with all of these words on standard error, and exit code 1.
    pub(crate) fn assert_refused(&self, words: &[&str]) {
        assert_eq!(self.code, Some(1), "{self:#?}");
        for word in words {
            assert!(self.err.contains(word), "standard error lacks {word:?}: {self:#?}");
        }
    }

    /// Asserts success and answers standard output.
    pub(crate) fn success(&self) -> &str {
        assert_eq!(self.code, Some(0), "{self:#?}");
        &self.out
    }
}

/// The service's binary: the one that `TELLER_BIN` names, as a release build, or what cargo built for these tests.
pub(crate) fn teller() -> PathBuf {
    std::env::var_os("TELLER_BIN").map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_teller")), PathBuf::from)
}

/// The helper's binary.
pub(crate) fn tool() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_tool"))
}

/// Runs a program in a folder, which is its home as well, to its end.
pub(crate) async fn run<A: AsRef<OsStr>>(
    program: &Path,
    args: impl IntoIterator<Item = A>,
    folder: &Path,
) -> Finished {
    let mut command = Command::new(program);
    command.args(args).current_dir(folder).env("HOME", folder).stdin(Stdio::null()).kill_on_drop(true);
    let output = tokio::time::timeout(PATIENCE, command.output());
    let output = output.await.unwrap_or_else(|_| panic!("{} did not end", program.display())).unwrap();
    Finished {
        code: output.status.code(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
