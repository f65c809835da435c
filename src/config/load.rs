//! Finds the file, reads it, and answers the configuration or everything that is wrong with it.

use std::path::{Path, PathBuf};

use super::care::{Care, who_may_change};
use super::reader::{Problems, Section};
use super::{Config, sections};

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

/// Reads a configuration file.
pub fn read(path: &Path) -> Result<Config, ConfigError> {
    let text = std::fs::read_to_string(path);
    let unreadable = |source| ConfigError::Unreadable { path: path.to_owned(), source };
    let text = text.map_err(unreadable)?;
    let mut config = parse(&text, path)?;
    config.file = Some(path.to_owned());
    match who_may_change(path).map_err(unreadable)? {
        Care::Fine => {}
        Care::Warn(words) => config.warnings.push(words),
        Care::Refuse(words) => return Err(ConfigError::Exposed(words)),
    }
    Ok(config)
}

/// Reads a configuration; `path` is only for messages.
pub fn parse(text: &str, path: &Path) -> Result<Config, ConfigError> {
    let table = text.parse::<toml::Table>();
    let table =
        table.map_err(|error| ConfigError::NotToml { path: path.to_owned(), why: told(&error, text) })?;
    let mut problems = Problems::default();
    let mut root = Section::root(table, &mut problems);
    let config = sections::read(&mut root);
    root.finish();
    if problems.0.is_empty() {
        Ok(config)
    } else {
        Err(ConfigError::Problems { path: path.to_owned(), problems: problems.0 })
    }
}

/// Every key and section that there is, by full name.
pub fn all_keys() -> Vec<String> {
    let mut asked = Problems::default();
    sections::read(&mut Section::root(toml::Table::new(), &mut asked));
    asked.1.sort();
    asked.1
}

/// The error with its line. The line itself is not shown: it may hold a password.
fn told(error: &toml::de::Error, text: &str) -> String {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or("");
    let line = before.matches('\n').count().saturating_add(1);
    format!("line {line}: {}", error.message())
}
