//! The tests' runner: what cannot be tested here says so, instead of passing.
//!
//! `TELLER_REQUIRE_NODES=bitcoind,btcd` turns the absence of these into failures: where they must be there,
//! a missing installation may not look like success.

use std::env;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use tokio::runtime::Builder;

use super::Absent;

/// Tests that run at a time.
const THREADS: usize = 6;

/// What a test against a real node returns; `start()?` fits.
pub type Outcome = Result<(), Absent>;

/// Runs the tests as the command line asks for them (the options are those of any Rust test).
pub fn run(trials: Vec<Trial>) -> ExitCode {
    let mut arguments = Arguments::from_args();
    // They wait for nodes most of the time.
    arguments.test_threads = arguments.test_threads.or(Some(THREADS));
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// One test. Use the [`tests`](crate::tests) macro.
pub fn trial<F>(name: &str, test: impl FnOnce() -> F + Send + 'static) -> Trial
where
    F: Future<Output = Outcome>,
{
    // As any other runner writes a test's path, whatever spaces the macro's text has.
    Trial::ignorable_test(name.split_whitespace().collect::<String>(), move || {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        judge(runtime.block_on(test()), &env::var("TELLER_REQUIRE_NODES").unwrap_or_default())
    })
}

/// Ignored with the reason, or failed with it where the node is required.
pub fn judge(outcome: Outcome, required: &str) -> Result<Completion, Failed> {
    match outcome {
        Ok(()) => Ok(Completion::Completed),
        Err(absent) if required.split(',').any(|name| name.trim() == absent.tool) => {
            Err(format!("{absent}, and TELLER_REQUIRE_NODES names it").into())
        }
        Err(absent) => Ok(Completion::ignored_with(absent)),
    }
}

/// The named tests, each an `async fn() -> Outcome`.
#[macro_export]
macro_rules! tests {
    ($($($part:ident)::+),+ $(,)?) => {
        vec![$($crate::support::runner::trial(stringify!($($part)::+), $($part)::+)),+]
    };
}
