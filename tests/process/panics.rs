//! No part dies alone: where one panics, the process ends, says which one it was and with what words.
//!
//! The binary of these tests has the feature `testing`, which lets a part be asked to panic.

use std::path::Path;

use crate::desk::Desk;
use crate::once::{self, Finished};
use crate::rng::Rng;
use crate::support::runner::Outcome;

/// Parts of every kind: workers, listeners, and the store's writer, which panics in the start itself.
const PARTS: [&str; 6] = ["buyer", "payer", "pool-keeper", "http", "admin", "store-writer"];

async fn with_a_panic(part: &str) -> Finished {
    let desk = Desk::prepare();
    desk.fill_pools(&mut Rng::fixed());
    desk.write_config();
    let mut args = vec![format!("TELLER_TEST_PANIC={part}"), once::teller().display().to_string()];
    args.extend(desk.args());
    once::run(Path::new("/usr/bin/env"), args, &desk.path("cwd")).await
}

pub(crate) async fn should_end_with_the_name_and_the_words_of_what_panicked() -> Outcome {
    for part in PARTS {
        let words = format!("{part} was asked to panic");
        let name = if part == "store-writer" { "the store's writer panicked" } else { part };
        with_a_panic(part).await.assert_refused(&[name, "panicked", &words]);
    }
    Ok(())
}
