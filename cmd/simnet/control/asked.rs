//! What is asked of every chain alike.

use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mine {
    #[serde(default = "one")]
    pub(super) blocks: u64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reorg {
    /// Blocks that go.
    pub(super) depth: u64,
    /// Blocks that come; one more than went, where it is not said.
    length: Option<u64>,
    /// Whether the transactions of the old blocks get into the new ones.
    #[serde(default)]
    pub(super) keep: bool,
}

impl Reorg {
    pub(super) fn length(&self) -> u64 {
        self.length.unwrap_or_else(|| self.depth.saturating_add(1))
    }
}

fn one() -> u64 {
    1
}
