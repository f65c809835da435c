//! Where a node's program is: named by an environment variable, installed by `.ci/nodes.sh`, or on `PATH`.

use std::env;
use std::path::{Path, PathBuf};

/// A program that tests can do without; they are ignored then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{tool} is absent: {reason}")]
pub struct Absent {
    pub tool: &'static str,
    pub reason: String,
}

/// Finds `tool`: `TOOL_BIN` first, then the `bin` of `TELLER_NODES`, then `PATH`.
pub fn find(tool: &'static str) -> Result<PathBuf, Absent> {
    find_beside(tool, None)
}

/// Like [`find`], and at last looks beside a program that was found already.
pub fn find_beside(tool: &'static str, neighbour: Option<&Path>) -> Result<PathBuf, Absent> {
    let variable = format!("{}_BIN", tool.to_uppercase().replace('-', "_"));
    if let Some(named) = env::var_os(&variable) {
        let named = PathBuf::from(named);
        let reason = format!("{variable} names {}, which is no file", named.display());
        return if named.is_file() { Ok(named) } else { Err(Absent { tool, reason }) };
    }
    let on_path = env::var_os("PATH").map(|path| env::split_paths(&path).collect::<Vec<_>>());
    installed()
        .into_iter()
        .chain(on_path.unwrap_or_default())
        .chain(neighbour.and_then(Path::parent).map(Path::to_owned))
        .map(|folder| folder.join(tool))
        .find(|program| program.is_file())
        .ok_or_else(|| Absent {
            tool,
            reason: format!("not in TELLER_NODES, not on PATH, {variable} not set"),
        })
}

/// The folder that `.ci/nodes.sh` fills.
fn installed() -> Option<PathBuf> {
    let chosen = env::var_os("TELLER_NODES").map(PathBuf::from);
    let home = || env::var_os("HOME").map(|home| Path::new(&home).join(".cache/teller-nodes"));
    chosen.or_else(home).map(|folder| folder.join("bin"))
}
