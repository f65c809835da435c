//! Makes a database of a copy.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::Args;
use teller::backup::{Keys, Manifest, Place, restore};
use teller::clock::SystemClock;

use super::{drill, eprint, print};

/// What is restored, and where to.
#[derive(Debug, Args)]
pub(super) struct Restore {
    #[command(flatten)]
    source: Source,
    /// The database that is made: it must not be there yet
    #[arg(long, value_name = "DB")]
    to: PathBuf,
}

/// A copy.
#[derive(Debug, Args)]
pub(super) struct Source {
    /// The copy: its file, or the folder that copies are kept in, of which the newest is taken
    source: String,
    /// The file of the key that it is read with (age), where it is encrypted
    #[arg(long, value_name = "FILE")]
    identity: Option<PathBuf>,
}

/// Prints what was done.
pub(super) fn run(arguments: &Restore) -> anyhow::Result<bool> {
    let restored = fetch(&arguments.source, &arguments.to)?;
    print(&format!("{}: restored, and audited; {restored}", arguments.to.display()))?;
    print(
        "The desk starts on it unreconciled: nothing is signed and no address is given out before somebody has looked \
         at what happened since, and says so (docs/runbooks/unreconciled.md)",
    )?;
    Ok(true)
}

/// Says what would be paid if a desk were started on a copy now: the newest of a folder, one that is encrypted, or a
/// database.
pub(super) fn drill(file: &Path, identity: Option<PathBuf>, config: Option<&Path>) -> anyhow::Result<bool> {
    let is_encrypted = file.extension().is_some_and(|end| end == "age");
    if !file.is_dir() && !is_encrypted && identity.is_none() {
        return drill::drill(file, config);
    }
    let scratch = tempfile::tempdir().context("no folder for temporary files (TMPDIR)")?;
    let database = scratch.path().join("teller.db");
    let source = file.to_str().context("the name of the copy is no text")?.to_owned();
    print(&fetch(&Source { source, identity }, &database)?)?;
    drill::drill(&database, config)
}

/// Makes the database `to` of a copy; answers what it is, in words.
pub(super) fn fetch(source: &Source, to: &Path) -> anyhow::Result<String> {
    let keys = source.identity.as_deref().map(Keys::read).transpose()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let progress = |rows| eprint(&format!("{rows} rows"));
    runtime.block_on(async {
        let (place, name, manifest) = find(&source.source).await?;
        if manifest.is_none() {
            eprint(&format!("{name}: no manifest is beside it: its digest is held against nothing"));
        }
        let clock = Arc::new(SystemClock);
        let which = (name.as_str(), manifest.as_ref());
        let restored = restore(&place, which, to, keys.as_ref(), clock, &progress).await?;
        let made_at = restored
            .made_at
            .map_or(String::new(), |at| format!(", made at {} (seconds since 1970)", at.get()));
        Ok(format!("of {name}{made_at}; its history ends with {}", restored.head))
    })
}

/// The place of a copy, its name there, and what it is.
async fn find(source: &str) -> anyhow::Result<(Place, String, Option<Manifest>)> {
    let path = Path::new(source);
    if path.is_dir() {
        let place = Place::folder(path.to_owned());
        let copies = place.list(None).await?;
        let Some(newest) = copies.into_iter().next() else {
            bail!("{source}: there is no copy with a manifest")
        };
        return Ok((place, newest.name.clone(), Some(newest)));
    }
    if !path.is_file() {
        bail!("{source}: is neither a file nor a folder");
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().and_then(|name| name.to_str()).context("the name of the copy is no text")?;
    let name = name.strip_suffix(".json").unwrap_or(name).to_owned();
    let place = Place::folder(folder.to_owned());
    let manifest = match folder.join(format!("{name}.json")).is_file() {
        true => Some(place.manifest(&name).await?),
        false => None,
    };
    Ok((place, name, manifest))
}
