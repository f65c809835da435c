//! Moves over from the original: takes its database over, or says what that would come to.

use std::path::PathBuf;

use clap::Args;
use teller::app::{MovedOver, move_over};
use teller::config::{self, Located};

use super::print;

#[derive(Debug, Args)]
pub(super) struct ImportOriginal {
    /// The original's database, or a copy of it, made by its /api/backup or while it is stopped
    file: PathBuf,
    /// Config file of the desk; looked for as teller does where it is left out
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Data directory of the desk, where its database is made
    #[arg(short, long)]
    dir: Option<PathBuf>,
    /// Only say what would be taken over
    #[arg(long)]
    dry_run: bool,
}

/// Prints it.
pub(super) fn import(arguments: ImportOriginal) -> anyhow::Result<bool> {
    let ImportOriginal { file, config, dir, dry_run } = arguments;
    let Located { config, data_dir } = config::locate(config, dir)?;
    let config = config::read(&config)?;
    let MovedOver { report, advice, database } = move_over(&config, &data_dir, &file, dry_run)?;
    print(if dry_run { "would be taken over:" } else { "taken over:" })?;
    for line in report.lines() {
        print(&line)?;
    }
    for words in &advice {
        print(&format!("NOTE: {words}"))?;
    }
    match database {
        Some(database) => print(&format!("{}: made, and audited", database.display()))?,
        None => print("nothing was written")?,
    }
    Ok(true)
}
