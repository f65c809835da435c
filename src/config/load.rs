//! Finds the file, reads it, and answers the configuration or everything that is wrong with it.

use std::path::{Path, PathBuf};

use super::care::{Care, who_may_change};
use super::overrides::Overrides;
use super::reader::{Problems, Section, Setting};
use super::{Config, sections};
use crate::types::Coin;

/// The file's name in the data directory and in the working directory.
const FILE_NAME: &str = "config.toml";
/// The data directory inside the home directory, as the original has it.
const DATA_DIR: &str = ".teller-skycoin";

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// No file was named, and none is in the usual places.
    #[error("no config file: neither {} nor {} exists; name one with --config", in_data_dir.display(), FILE_NAME)]
    NotFound {
        /// The path that was looked at in the data directory.
        in_data_dir: PathBuf,
    },
    /// The file cannot be read.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// The configuration's file.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// Others may change the file.
    #[error("{0}")]
    Exposed(String),
    /// The file is not TOML.
    #[error("{}: {why}", path.display())]
    NotToml {
        /// The configuration's file.
        path: PathBuf,
        /// The line and what is wrong there, without the line's text.
        why: String,
    },
    /// All that is wrong, each line with its key.
    #[error("{}: {} problem(s):\n  {}", path.display(), problems.len(), problems.join("\n  "))]
    Problems {
        /// The configuration's file.
        path: PathBuf,
        /// One line for each problem, with the key that it is about.
        problems: Vec<String>,
    },
}

/// Where things are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// The configuration's file.
    pub config: PathBuf,
    /// The directory that holds the database and all else that is kept.
    pub data_dir: PathBuf,
}

/// `~/.teller-skycoin`.
pub fn default_data_dir() -> PathBuf {
    let home = std::env::var_os("HOME").filter(|home| !home.is_empty());
    home.map_or_else(|| PathBuf::from("."), PathBuf::from).join(DATA_DIR)
}

/// The file that is named, or the one in the data directory, or the one in the working directory.
pub fn locate(config: Option<PathBuf>, data_dir: Option<PathBuf>) -> Result<Located, ConfigError> {
    let data_dir = data_dir.unwrap_or_else(default_data_dir);
    if let Some(config) = config {
        return Ok(Located { config, data_dir });
    }
    let in_data_dir = data_dir.join(FILE_NAME);
    let here = PathBuf::from(FILE_NAME);
    let found = [in_data_dir.clone(), here].into_iter().find(|path| path.is_file());
    let config = found.ok_or(ConfigError::NotFound { in_data_dir })?;
    Ok(Located { config, data_dir })
}

/// Reads a configuration file, and what the environment has in place of its values.
///
/// # Errors
///
/// Everything that is wrong, at once.
pub fn read(path: &Path) -> Result<Config, ConfigError> {
    read_with(path, &Overrides::gather(&[]))
}

/// Reads a configuration file, with values that go before its own.
///
/// # Errors
///
/// Everything that is wrong, at once.
pub fn read_with(path: &Path, overrides: &Overrides) -> Result<Config, ConfigError> {
    read_but(path, overrides, &|_| false)
}

/// Reads a configuration for who holds a copy against its nodes, as [`read`] does: neither a wallet nor addresses to be
/// given out need be there.
///
/// # Errors
///
/// Everything else that is wrong, at once.
pub fn read_for_copy(path: &Path) -> Result<Config, ConfigError> {
    read_but(path, &Overrides::gather(&[]), &is_needless_for_copy)
}

/// Asked only once the configuration is read: which coins there are is known then.
fn is_needless_for_copy(key: &str) -> bool {
    let is_wallet = ["sky_exchanger.wallet", "sky_exchanger.wallet_password_file"].contains(&key);
    is_wallet || Coin::all().any(|coin| coin.facts().settings.addresses_key == key)
}

fn read_but(
    path: &Path,
    overrides: &Overrides,
    is_needless: &dyn Fn(&str) -> bool,
) -> Result<Config, ConfigError> {
    let unreadable = |source| ConfigError::Unreadable { path: path.to_owned(), source };
    let text = std::fs::read_to_string(path).map_err(unreadable)?;
    let mut config = parse_but(&text, path, overrides, is_needless)?;
    config.file = Some(path.to_owned());
    config.overrides = overrides.clone();
    match who_may_change(path).map_err(unreadable)? {
        Care::Fine => {}
        Care::Warn(words) => config.warnings.push(words),
        Care::Refuse(words) => return Err(ConfigError::Exposed(words)),
    }
    Ok(config)
}

/// Reads a configuration; `path` is only for messages.
///
/// # Errors
///
/// Everything that is wrong, at once.
pub fn parse(text: &str, path: &Path) -> Result<Config, ConfigError> {
    parse_with(text, path, &Overrides::default())
}

pub(super) fn parse_with(text: &str, path: &Path, overrides: &Overrides) -> Result<Config, ConfigError> {
    parse_but(text, path, overrides, &|_| false)
}

/// The same, whatever is wrong with the values of some keys.
fn parse_but(
    text: &str,
    path: &Path,
    overrides: &Overrides,
    is_needless: &dyn Fn(&str) -> bool,
) -> Result<Config, ConfigError> {
    let (mut config, mut noted) = noted(text, path, overrides)?;
    noted.told.retain(|told| !told.split_once(": ").is_some_and(|(key, _)| is_needless(key)));
    if noted.told.is_empty() {
        config.warnings.extend(noted.warnings);
        Ok(config)
    } else {
        Err(ConfigError::Problems { path: path.to_owned(), problems: noted.told })
    }
}

/// Returns the value of every key that holds, with where it comes from; secrets are left out. What is wrong has its
/// default.
///
/// # Errors
///
/// Where the file is no TOML, or cannot be read.
pub fn settings(path: &Path, overrides: &Overrides) -> Result<Vec<Setting>, ConfigError> {
    let unreadable = |source| ConfigError::Unreadable { path: path.to_owned(), source };
    settings_of(&std::fs::read_to_string(path).map_err(unreadable)?, path, overrides)
}

pub(super) fn settings_of(
    text: &str,
    path: &Path,
    overrides: &Overrides,
) -> Result<Vec<Setting>, ConfigError> {
    let (_, noted) = noted(text, path, overrides)?;
    let mut settings: Vec<Setting> = Vec::new();
    for setting in noted.asked.into_iter().filter(|setting| setting.value.is_some()) {
        if !settings.iter().any(|known| known.key == setting.key) {
            settings.push(setting);
        }
    }
    Ok(settings)
}

/// The configuration as far as it goes, and what is noted on the way.
fn noted(text: &str, path: &Path, overrides: &Overrides) -> Result<(Config, Problems), ConfigError> {
    let table = text.parse::<toml::Table>();
    let mut table =
        table.map_err(|error| ConfigError::NotToml { path: path.to_owned(), why: told(&error, text) })?;
    let mut noted = Problems::default();
    overrides.apply(&mut table, &mut noted);
    let mut root = Section::root(table, &mut noted);
    let config = sections::read(&mut root);
    root.finish();
    let known = |flat: &str| {
        let keys = noted.asked.iter().map(|setting| &setting.key);
        let is_meant =
            |key: &&String| [key.replace('.', "_"), key.replace('.', "__")].contains(&flat.to_owned());
        keys.filter(|key| key.contains('.') || flat.len() == key.len()).find(is_meant).cloned()
    };
    let strays: Vec<String> = overrides.strays(known).collect();
    for (key, from) in noted.given.iter().filter(|(_, from)| !from.is_empty()) {
        let about = format!("{key}: ");
        let of_it = noted.told.iter_mut().filter(|told| told.starts_with(&about));
        of_it.for_each(|told| *told = format!("{from}: {told}"));
    }
    noted.told.extend(strays);
    Ok((config, noted))
}

/// Every key and section that there is, by full name.
pub fn all_keys() -> Vec<String> {
    let mut keys: Vec<String> = asked().asked.into_iter().map(|setting| setting.key).collect();
    keys.sort();
    keys
}

/// Every table whose names are the operator's own.
#[cfg(test)]
pub(super) fn all_own_names() -> Vec<String> {
    let mut names = asked().own_names;
    names.sort();
    names
}

fn asked() -> Problems {
    let mut asked = Problems::default();
    sections::read(&mut Section::root(toml::Table::new(), &mut asked));
    asked
}

/// The error with its line. The line itself is not shown: it may hold a password.
fn told(error: &toml::de::Error, text: &str) -> String {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or("");
    let line = before.matches('\n').count().saturating_add(1);
    format!("line {line}: {}", error.message())
}
