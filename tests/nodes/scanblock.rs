//! `tool scanblock` against real nodes.

use std::process::{Command, Output};

use bitcoin::hashes::Hash;
use bitcoin::{Address, Amount, Network, ScriptBuf, WPubkeyHash};
use serde_json::{Value, json};

use crate::support::bitcoind::{self, AddressType, Bitcoind};
use crate::support::btcd::{self, Btcd};
use crate::support::ports;
use crate::support::runner::Outcome;

const COIN: Amount = Amount::ONE_BTC;

/// `tool scanblock` with these arguments, of which the server may have a scheme.
fn scan(server: &str, user: &str, pass: &str, certificate: &str, height: u64) -> Output {
    let server = server.split("://").last().unwrap();
    Command::new(env!("CARGO_BIN_EXE_tool"))
        .args(["scanblock", server, user, pass, certificate, &height.to_string()])
        .output()
        .unwrap()
}

fn found(output: &Output) -> Vec<Value> {
    assert!(output.status.success(), "{output:?}");
    let lines = String::from_utf8(output.stdout.clone()).unwrap();
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn assert_refused(output: &Output, words: &str) {
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), &output.stdout[..]), (Some(1), &b""[..]), "{told}");
    assert!(told.starts_with("tool: ") && told.contains(words), "{words}: {told}");
}

pub(crate) async fn should_find_whole_coins_on_bitcoind() -> Outcome {
    let node = Bitcoind::start().await?;
    let scan = |pass, height| scan(node.rpc().url(), bitcoind::USER, pass, "", height);
    let wallet = node.create_rich_wallet("desk").await;
    let mut payees = Vec::new();
    for (kind, amount) in AddressType::ALL.into_iter().zip([COIN, COIN * 2, COIN / 2, COIN * 3]) {
        payees.push((wallet.new_address(kind).await, amount));
    }
    let txid = wallet.send_many(&payees).await;
    node.mine(1, &payees[0].0).await;

    let mut all = found(&scan(bitcoind::PASSWORD, 102));
    all.sort_by_key(|output| output["value"].as_u64());
    assert_eq!(all.len(), 3, "the half coin, the change and the reward with its fee are not whole: {all:?}");
    for (output, (address, amount)) in all.iter().zip([&payees[0], &payees[1], &payees[3]]) {
        assert_eq!(output["height"], json!(102));
        assert_eq!(output["txid"], json!(txid.to_string()));
        assert_eq!(output["addresses"], json!([address.to_string()]));
        assert_eq!(output["value"], json!(amount.to_sat()));
        let outpoint = json!([output["txid"], output["n"]]);
        let unspent = node.rpc().call("gettxout", outpoint).await;
        assert_eq!(unspent["scriptPubKey"]["address"], output["addresses"][0]);
    }
    // Every reward is whole; the genesis block's own has no address.
    let heights: Vec<_> =
        found(&scan(bitcoind::PASSWORD, 0)).iter().map(|found| found["height"].as_u64()).collect();
    let expected: Vec<_> = (1..=101).chain([102; 3]).map(Some).collect();
    assert_eq!(heights, expected);

    assert_refused(&scan(bitcoind::PASSWORD, 103), "the chain ends at height 102, below 103");
    assert_refused(&scan("wrong", 1), "the node refuses the credentials");
    Ok(())
}

pub(crate) async fn should_find_whole_coins_on_btcd() -> Outcome {
    let mut node = Btcd::start().await?;
    node.get_rich().await;
    let payee = ScriptBuf::new_p2wpkh(&WPubkeyHash::all_zeros());
    let txid = node.pay(&[(payee.clone(), COIN / 4), (payee.clone(), COIN * 7)]).await;
    node.generate(1).await;

    let certificate = node.certificate().display().to_string();
    let url = node.rpc().url().to_owned();
    let scan = |certificate: &str| scan(&url, btcd::USER, btcd::PASSWORD, certificate, 102);
    let address = Address::from_script(&payee, Network::Regtest).unwrap();
    let expected = json!({
        "height": 102,
        "txid": txid.to_string(),
        "n": 1,
        "addresses": [address.to_string()],
        "value": 700_000_000,
    });
    assert_eq!(found(&scan(&certificate)), [expected]);

    assert_refused(&scan(""), "HTTP 400");
    assert_refused(&scan("/nowhere/rpc.cert"), "/nowhere/rpc.cert: No such file");
    let other = Btcd::start().await?;
    assert_refused(&scan(&other.certificate().display().to_string()), "certificate");
    Ok(())
}

pub(crate) async fn should_say_that_no_node_answers() -> Outcome {
    let nobody = format!("127.0.0.1:{}", ports::free());
    assert_refused(&scan(&nobody, "user", "pass", "", 1), &format!("{nobody}: unreachable: "));
    Ok(())
}
