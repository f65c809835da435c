//! The file that tells the process id, for those who send signals.

use std::path::{Path, PathBuf};

use super::StartError;

/// Writes the file, where one is configured, and answers its path.
pub(super) fn write(path: Option<PathBuf>) -> Result<Option<PathBuf>, StartError> {
    let Some(path) = path else { return Ok(None) };
    match std::fs::write(&path, own_id()) {
        Ok(()) => Ok(Some(path)),
        Err(source) => Err(StartError::PidFile { path, source }),
    }
}

/// Removes the file as long as it tells this process: another teller may have put its own there.
pub fn remove_pidfile(path: &Path) {
    if std::fs::read_to_string(path).is_ok_and(|id| id != own_id()) {
        return;
    }
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            tracing::warn!(%error, path = %path.display(), "pidfile is left");
        }
        _ => {}
    }
}

fn own_id() -> String {
    format!("{}\n", std::process::id())
}
