//! `solc`, the compiler of contracts, over those in `contracts`: once in a run of the tests, and kept nowhere.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use serde_json::{Value, json};

use super::{Absent, program};

pub const TOOL: &str = "solc";

/// Older than the chains that any of the nodes makes.
const CHAIN_RULES: &str = "paris";
/// What `env` ends with where it does not find the program.
const NOT_FOUND: i32 = 127;

macro_rules! sources {
    ($($name:literal),+ $(,)?) => { [$(($name, include_str!(concat!("../contracts/", $name)))),+] };
}

/// By the names under which they import each other.
const SOURCES: [(&str, &str); 8] = sources![
    "Batch.sol",
    "Honest.sol",
    "Lying.sol",
    "Mute.sol",
    "Proxy.sol",
    "Silent.sol",
    "Taking.sol",
    "Token.sol",
];

/// The code that makes each contract, in hex, by its name.
type Compiled = BTreeMap<String, String>;

/// The code that makes the contract of this name; what its constructor takes comes after it.
pub fn compiled(contract: &str) -> Result<&'static str, Absent> {
    static ALL: OnceLock<Result<Compiled, Absent>> = OnceLock::new();
    let all = ALL.get_or_init(compile).as_ref().map_err(Clone::clone)?;
    Ok(all.get(contract).unwrap_or_else(|| panic!("there is no contract {contract}")))
}

fn compile() -> Result<Compiled, Absent> {
    let sources: BTreeMap<&str, Value> =
        SOURCES.into_iter().map(|(name, text)| (name, json!({"content": text}))).collect();
    let settings = json!({
        "evmVersion": CHAIN_RULES, "outputSelection": {"*": {"*": ["evm.bytecode.object"]}},
    });
    let input = json!({"language": "Solidity", "sources": sources, "settings": settings});
    let answer = ask(&program::find(TOOL)?, &input.to_string());
    if answer.status.code() == Some(NOT_FOUND) {
        return Err(Absent {
            tool: TOOL,
            reason: "it is a script for node, which is not on PATH".to_owned(),
        });
    }
    assert!(answer.status.success(), "{TOOL}: {}", String::from_utf8_lossy(&answer.stderr));
    Ok(read(&String::from_utf8_lossy(&answer.stdout)))
}

fn ask(program: &Path, input: &str) -> Output {
    let mut command = Command::new(program);
    command.arg("--standard-json").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A compiler that ended before it read this says by its end what is wrong.
    let _ = child.stdin.take().expect("it is piped").write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn read(said: &str) -> Compiled {
    // npm's compiler first says in words which solvers it does without.
    let from = said.find('{').unwrap_or_else(|| panic!("{TOOL} compiled nothing: {said}"));
    let answer: Value = serde_json::from_str(&said[from..]).unwrap();
    let problems = answer["errors"].as_array().into_iter().flatten();
    let problems: Vec<&str> = problems.filter_map(|one| one["formattedMessage"].as_str()).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    let files = answer["contracts"].as_object().expect("it compiled something");
    let contracts = files.values().filter_map(Value::as_object).flatten();
    contracts.map(|(name, contract)| (name.clone(), code(contract))).collect()
}

fn code(contract: &Value) -> String {
    contract["evm"]["bytecode"]["object"].as_str().expect("it was asked for").to_owned()
}
