//! The control API itself, the command line, and how the process begins and ends.

use std::path::Path;
use std::process::Command;

use reqwest::Method;
use serde_json::{Value, json};
use teller::rail::{SkyNode, Wallet as _};
use teller::skycoin::Wallet;
use teller::types::Droplets;

use crate::support::process::Process;
use crate::support::rpc::http_client;
use crate::support::runner::Outcome;
use crate::support::simnet::Simnet;
use crate::support::wait;

const KINDS: [&str; 26] = [
    "unreachable",
    "stall",
    "drop-replies",
    "errors",
    "garbage",
    "wrong-network",
    "wrong-hash",
    "behind",
    "slow",
    "stall-replies",
    "unknown-replies",
    "late-orders",
    "xml",
    "status-200",
    "numbers",
    "texts",
    "null-ids",
    "hidden-fees",
    "varying-minimum",
    "hold-cancels",
    "stale-clock",
    "repeated-fills",
    "shuffled-fills",
    "delayed-fills",
    "other-statuses",
    "other-sky",
];

pub(crate) async fn should_tell_what_it_can_do() -> Outcome {
    let simnet = Simnet::start(&[]).await;
    let help = simnet.raw(Method::GET, "/", "").await;
    assert_eq!(help.0, 200);
    for kind in KINDS {
        assert!(help.1.contains(kind), "the help does not tell of {kind}");
        // Taken and listed, though some of them mean nothing without more.
        simnet.trouble("btc", json!({ "kind": kind })).await;
        assert_eq!(simnet.state("btc").await["troubles"], json!([{ "kind": kind }]));
        simnet.clear("btc").await;
    }
    let listed =
        simnet.control("eth/trouble", json!({ "kind": "slow", "millis": 1, "count": 2, "only": "x" })).await;
    assert_eq!(listed, json!([{ "kind": "slow", "millis": 1, "count": 2, "only": "x" }]));
    simnet.trouble("eth", json!({ "kind": "garbage", "count": 1, "only": "x" })).await;
    let left = simnet.raw(Method::DELETE, "/control/eth/trouble?kind=slow", "").await;
    assert_eq!(left.1, r#"[{"kind":"garbage","count":1,"only":"x"}]"#);
    assert_eq!(simnet.raw(Method::GET, "/control/eth/trouble", "").await, left);
    Ok(())
}

pub(crate) async fn should_refuse_what_makes_no_sense() -> Outcome {
    let simnet = Simnet::start(&["--chains", "btc,sky"]).await;
    let before = [simnet.state("btc").await, simnet.state("sky").await];
    for (method, path, body, status, words) in [
        (Method::GET, "/control/nosuch", "", 404, "see GET /"),
        (Method::GET, "/control/btc/mine", "", 404, "see GET /"),
        (Method::POST, "/control/eth/mine", "{}", 404, "no eth node runs here"),
        (Method::POST, "/control/eth/trouble", r#"{"kind":"slow"}"#, 404, "no eth node runs here"),
        (Method::POST, "/control/btc/mine", "", 400, "EOF"),
        (Method::POST, "/control/btc/mine", r#"{"blocks":-1}"#, 400, "invalid value"),
        (Method::POST, "/control/btc/mine", r#"{"block":1}"#, 400, "unknown field"),
        (Method::POST, "/control/btc/mine", r#"{"blocks":10001}"#, 400, "at most"),
        (Method::POST, "/control/sky/mine", r#"{"blocks":10001}"#, 400, "at most"),
        (Method::POST, "/control/btc/reorg", r#"{"depth":2}"#, 400, "only 1 blocks"),
        (Method::POST, "/control/btc/reorg", "{}", 400, "depth"),
        (Method::POST, "/control/btc/deposit", r#"{"address":"bad","amount":1}"#, 400, "bad"),
        (Method::POST, "/control/btc/deposit", r#"{"amount":1}"#, 400, "missing field"),
        (
            Method::POST,
            "/control/sky/deposit",
            r#"{"address":"bad","amount":1}"#,
            400,
            "Invalid address length",
        ),
        (
            Method::POST,
            "/control/sky/deposit",
            r#"{"address":"JUdRuTiqD1mGcw358twMg3VPpXpzbkdRvJ","amount":1}"#,
            400,
            "too many decimal places",
        ),
        (
            Method::POST,
            "/control/sky/deposit",
            r#"{"address":"JUdRuTiqD1mGcw358twMg3VPpXpzbkdRvJ","amount":18446744073709551615}"#,
            400,
            "has not that many coins",
        ),
        (Method::POST, "/control/btc/trouble", r#"{"kind":"rain"}"#, 400, "unknown variant"),
        (
            Method::POST,
            "/control/btc/trouble",
            r#"{"kind":"unreachable","count":1}"#,
            400,
            "cannot be counted",
        ),
        (Method::DELETE, "/control/btc/trouble?kind=rain", "", 400, "unknown variant"),
    ] {
        let (got, text) = simnet.raw(method.clone(), path, body).await;
        assert_eq!(got, status, "{method} {path} {body}: {text}");
        let error: Value = serde_json::from_str(&text).unwrap();
        assert!(error["error"].as_str().unwrap().contains(words), "{method} {path} {body}: {text}");
    }
    assert_eq!([simnet.state("btc").await, simnet.state("sky").await], before);
    Ok(())
}

pub(crate) async fn should_refuse_a_wrong_command_line() -> Outcome {
    for (option, value, words) in [
        ("--control", "0.0.0.0:0", "loopback"),
        ("--sky-genesis-key", "00", "--sky-genesis-key"),
        ("--sky-block-every", "10", "expected something like 10s"),
        ("--btc-network", "moon", "moon"),
        ("--sky-burn-factor", "1", "1"),
        ("--sky-wallet", "/nonexistent/hot.wlt", "--sky-wallet"),
    ] {
        let ports = ["--sky", "--btc", "--btc-deposits", "--eth"].map(|name| format!("{name}=127.0.0.1:0"));
        let mut command = Command::new(env!("CARGO_BIN_EXE_simnet"));
        let output = command.args(ports).args(["--control=127.0.0.1:0", option, value]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(words), "{option} {value}: {said}");
    }
    Ok(())
}

/// Ports that the system chooses are told; the process ends when it is asked to, even while something is stalled.
pub(crate) async fn should_tell_where_it_listens_and_end_in_order() -> Outcome {
    let mut process = Process::prepare("simnet", Path::new(env!("CARGO_BIN_EXE_simnet")));
    let names = ["sky", "btc", "btc-deposits", "eth", "control"];
    let args = names.map(|name| format!("--{name}=127.0.0.1:0"));
    process.start(args.to_vec(), async || Some(())).await;
    wait::until("it is not ready", async || process.log().ends_with("ready\n").then_some(())).await;
    let log = process.log();
    let at = |name: &str| {
        let line = log.lines().find_map(|line| line.strip_prefix(&format!("{name} ")));
        line.unwrap_or_else(|| panic!("{name} is not told: {log}")).to_owned()
    };
    let (client, control) = (http_client(), at("control"));
    let health = format!("{}/api/v1/health", at("sky"));
    assert_eq!(client.get(&health).send().await.unwrap().status(), 200);
    let stall = client.post(format!("{control}/control/sky/trouble")).body(r#"{"kind":"stall"}"#);
    assert_eq!(stall.send().await.unwrap().status(), 200);
    let stalled = tokio::spawn(client.get(&health).send());
    process.signal(rustix::process::Signal::TERM);
    let status = process.ended(wait::PATIENCE).await;
    assert!(status.success(), "{status}");
    assert!(stalled.await.unwrap().is_err());
    Ok(())
}

pub(crate) async fn should_fill_a_wallet_for_the_service() -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hot.wlt");
    let mut first = Vec::new();
    for _ in 0..2 {
        let simnet = Simnet::start(&["--sky-wallet", file.to_str().unwrap()]).await;
        let text = std::fs::read(&file).unwrap();
        let wallet = Wallet::load(&text, None).unwrap();
        let funds = SkyNode::new(simnet.sky_rest(), &[wallet.change_address()]).funds().await.unwrap();
        assert_eq!((funds.coins, funds.hours.get()), (Droplets::new(1_000_000_000_000), 1_000_000));
        assert!(first.is_empty() || first == text, "the wallet was made again");
        first = text;
    }
    Ok(())
}
