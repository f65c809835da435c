//! Makes a database of a copy.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::Args;
use teller::backup::{Keys, Manifest, Place, restore};
use teller::clock::SystemClock;
use teller::config::{self, default_data_dir};

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
    /// The copy: its file, or the folder that copies are kept in, of which the newest is taken; with --config the
    /// name of a copy there, or the newest where it is left out
    #[arg(required_unless_present = "config")]
    source: Option<String>,
    /// Config file of a desk: the copy is taken from where that desk keeps them (its section backup)
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The file of the key that it is read with (age), where it is encrypted
    #[arg(long, value_name = "FILE")]
    identity: Option<PathBuf>,
}

/// Prints what was done.
pub(super) fn run(arguments: &Restore) -> anyhow::Result<bool> {
    let restored = fetch(&arguments.source, &arguments.to)?;
    print(&format!("{}: restored, and audited; {restored}", arguments.to.display()))?;
    print(
        "The desk starts on it unreconciled: nothing is signed or bought and no address is given out before somebody \
         has looked at what happened since, and says so (docs/runbooks/unreconciled.md)",
    )?;
    Ok(true)
}

/// Says what would be paid if a desk were started on a copy now: the newest of a folder, one that is encrypted, or a
/// database.
pub(super) fn drill(
    file: Option<&Path>,
    identity: Option<PathBuf>,
    config: Option<&Path>,
) -> anyhow::Result<bool> {
    if let Some(file) = file {
        let is_encrypted = file.extension().is_some_and(|end| end == "age");
        if !file.is_dir() && !is_encrypted && identity.is_none() {
            return drill::drill(file, config);
        }
    }
    let scratch = tempfile::tempdir().context("no folder for temporary files (TMPDIR)")?;
    let database = scratch.path().join("teller.db");
    let name = |file: &Path| file.to_str().map(str::to_owned).context("the name of the copy is no text");
    let source = file.map(name).transpose()?;
    // A file that is named is not looked for where the desk keeps its copies.
    let kept = config.filter(|_| source.is_none()).map(Path::to_owned);
    print(&fetch(&Source { source, config: kept, identity }, &database)?)?;
    drill::drill(&database, config)
}

/// Makes the database `to` of a copy; answers what it is, in words.
pub(super) fn fetch(source: &Source, to: &Path) -> anyhow::Result<String> {
    let keys = source.identity.as_deref().map(Keys::read).transpose()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let progress = |rows| eprint(&format!("{rows} rows"));
    runtime.block_on(async {
        let (place, name, manifest) = match &source.config {
            Some(config) => find_kept(config, source.source.as_deref()).await?,
            None => find(source.source.as_deref().context("which copy?")?).await?,
        };
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

/// The newest copy of a place; where desks share it, whoever restores says of which.
async fn newest(place: &Place, what: &str) -> anyhow::Result<Manifest> {
    let copies = place.list(None).await?;
    let mut desks = BTreeSet::new();
    let firsts: Vec<&str> =
        copies.iter().filter(|copy| desks.insert(copy.desk())).map(|copy| copy.name.as_str()).collect();
    if firsts.len() > 1 {
        bail!(
            "{what}: there are copies of several desks: name one, the newest of each are {}",
            firsts.join(", ")
        );
    }
    copies.into_iter().next().with_context(|| format!("{what}: there is no copy with a manifest"))
}

/// The same where a desk keeps its copies.
async fn find_kept(config: &Path, name: Option<&str>) -> anyhow::Result<(Place, String, Option<Manifest>)> {
    let config = config::read_for_copy(config)?;
    let kept = config
        .backup
        .as_ref()
        .context("the configuration keeps no copies: it has no backup.to or backup.s3")?;
    let place = Place::new(&kept.place, &default_data_dir())?;
    let manifest = match name {
        Some(name) => place.manifest(name.strip_suffix(".json").unwrap_or(name)).await?,
        None => newest(&place, "where it keeps its copies").await?,
    };
    Ok((place, manifest.name.clone(), Some(manifest)))
}

/// The place of a copy, its name there, and what it is.
async fn find(source: &str) -> anyhow::Result<(Place, String, Option<Manifest>)> {
    let path = Path::new(source);
    if path.is_dir() {
        let place = Place::folder(path.to_owned());
        let newest = newest(&place, source).await?;
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
