//! Proves the history of a database.

use std::path::PathBuf;

use clap::Args;
use teller::store::kv::Backend;
use teller::store::prove_history;
use teller::types::HistoryHead;

use super::{database, eprint, print};

/// What is proven.
#[derive(Debug, Args)]
pub(super) struct Verify {
    /// The database: a backup, or while teller is stopped
    file: PathBuf,
    /// A head that was told before (NUMBER:HASH), by a backup, an alert, health; may be given several times
    #[arg(long, value_name = "NUMBER:HASH")]
    since: Vec<HistoryHead>,
}

/// Prints what the proof came to; answers whether the history holds.
pub(super) fn verify(arguments: &Verify) -> anyhow::Result<bool> {
    let shown = arguments.file.display();
    let backend = database::open(&arguments.file)?;
    let progress = |events| eprint(&format!("{events} events"));
    let proof = prove_history(&*backend.snapshot()?, &arguments.since, &progress)?;
    for words in &proof.breaks {
        print(words)?;
    }
    for head in &proof.kept {
        print(&format!("it passes through {head}: nothing up to there was changed since that was told"))?;
    }
    for head in &proof.broken {
        print(&format!("IT DOES NOT PASS THROUGH {head}"))?;
    }
    if let Some((after, up_to)) = proof.rewritten() {
        print(&format!(
            "the history was rewritten, or cut off, after event {after} and not after event {up_to}"
        ))?;
    }
    let verdict = if proof.holds() { "the history holds" } else { "THE HISTORY DOES NOT HOLD" };
    print(&format!("{shown}: {verdict}, {} events, head {}", proof.head.number, proof.head))?;
    Ok(proof.holds())
}
