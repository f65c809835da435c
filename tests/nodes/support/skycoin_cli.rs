//! `skycoin-cli`, which makes and signs transactions from a wallet file.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;
use teller::types::Droplets;

use super::skycoin_node::Node;
use super::{Absent, program};

/// The tool, looked for like any other and beside the daemon. Where its absence is to be a failure,
/// `TELLER_REQUIRE_NODES` names it too.
#[derive(Debug, Clone)]
pub struct Cli {
    program: PathBuf,
}

impl Cli {
    pub const TOOL: &'static str = "skycoin-cli";

    pub fn find(daemon: &Path) -> Result<Cli, Absent> {
        Ok(Cli { program: program::find_beside(Self::TOOL, Some(daemon))? })
    }

    /// A signed transaction, in hex, that pays these and gives the rest back to the wallet. It is made from
    /// what the node has confirmed, so two made at the same height may spend the same outputs.
    pub fn transaction(&self, node: &Node, wallet: &str, outputs: &[(&str, Droplets)]) -> String {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("wallet.wlt");
        fs::write(&file, wallet).unwrap();
        let outputs: Vec<_> = outputs
            .iter()
            .map(|(address, coins)| json!({"addr": address, "coins": coins.to_string()}))
            .collect();
        let answer = Command::new(&self.program)
            .arg("createRawTransaction")
            .arg(&file)
            .args(["-m", &json!(outputs).to_string()])
            .env("HOME", home.path())
            .env("RPC_ADDR", node.url())
            .output()
            .unwrap();
        let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        assert!(answer.status.success(), "{}: {}", Self::TOOL, said(&answer.stderr));
        said(&answer.stdout)
    }
}
