//! Bitcoin in all its forms: address types, replaced payments, announcements, pruned nodes, cookies, btcd.

use std::collections::BTreeSet;
use std::fs;

use serde_json::json;
use teller::types::Coin;

use super::world::{World, address_of, admin, bitcoin_desk, bitcoin_desk_with, btc, mine, scan};
use crate::support::bitcoind::Options;
use crate::support::btcd::{self, Btcd};
use crate::support::runner::Outcome;
use crate::support::{program, wait};

pub(crate) async fn should_pay_for_every_type_of_address() -> Outcome {
    let (mut world, node, wallet) = bitcoin_desk(0).await?;
    world.open(Coin::BTC).await;
    let payee = world.payee();
    let mut kinds = BTreeSet::new();
    for _ in 0..4 {
        let address = address_of(&world.bind(&payee, Coin::BTC).await);
        kinds.insert(address.address_type().unwrap().to_string());
        wallet.send(&address, btc("0.002")).await;
    }
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), ["p2pkh", "p2sh", "p2tr", "p2wpkh"]);
    mine(&node, &wallet, 1).await;
    world.paid(&payee, &["1.000000"; 4]).await;
    Ok(())
}

/// Whoever has the keys spends what was deposited, and the change comes home.
pub(crate) async fn should_not_pay_for_the_change_of_a_spent_deposit() -> Outcome {
    let (mut world, node, wallet) = bitcoin_desk(0).await?;
    world.open(Coin::BTC).await;
    let payee = world.payee();
    let address = address_of(&world.bind(&payee, Coin::BTC).await);
    let deposit = wallet.send(&address, btc("0.002")).await;
    mine(&node, &wallet, 1).await;
    world.paid(&payee, &["1.000000"]).await;
    let script = address.script_pubkey();
    let block = node.block(node.tip().await).await;
    let transaction = block.txdata.iter().find(|one| one.compute_txid() == deposit).unwrap();
    let vout = transaction.output.iter().position(|output| output.script_pubkey == script).unwrap();
    let input = json!([{ "txid": deposit.to_string(), "vout": vout }]);
    let options = json!({ "inputs": input, "add_inputs": false, "change_address": address.to_string() });
    let outputs = json!([{ address.to_string(): "0.001" }]);
    node.wallet("desk").rpc().call("send", json!([outputs, null, "unset", null, options])).await;
    mine(&node, &wallet, 1).await;
    let own = wait::until("nothing is said of own money", async || {
        let own = admin(&world.desk, "/api/own-money").await["own_money"].as_array().unwrap().clone();
        (!own.is_empty()).then_some(own)
    })
    .await;
    assert_eq!(own.len(), 2, "what was sent and what was left of it: {own:?}");
    assert!(own.iter().all(|one| one["address"] == address.to_string()), "{own:?}");
    mine(&node, &wallet, 2).await;
    world.paid(&payee, &["1.000000"]).await;
    Ok(())
}

pub(crate) async fn should_show_a_replaced_payment_as_gone() -> Outcome {
    let (mut world, node, wallet) = bitcoin_desk(0).await?;
    world.open(Coin::BTC).await;
    let payee = world.payee();
    let address = address_of(&world.bind(&payee, Coin::BTC).await);
    let first = wallet.send(&address, btc("0.002")).await;
    let is = |state: &'static str, txid: bitcoin::Txid| {
        move |statuses: &[serde_json::Value]| {
            let seen = statuses[0]["seen"].as_array().cloned().unwrap_or_default();
            seen.iter().any(|seen| seen["state"] == state && seen["txid"] == txid.to_string())
        }
    };
    world.status(&payee, "seen", is("seen", first)).await;
    let second = wallet.bump_fee(first).await;
    world.status(&payee, "gone", is("gone", first)).await;
    let statuses = world.status(&payee, "the other is seen", is("seen", second)).await;
    assert_eq!(statuses[0]["status"], "waiting_deposit", "what is not in a block moves nothing");
    mine(&node, &wallet, 1).await;
    world.paid(&payee, &["1.000000"]).await;
    Ok(())
}

pub(crate) async fn should_look_at_once_when_a_block_is_announced() -> Outcome {
    let options = Options { zmq: true, ..Options::default() };
    let (mut world, node, wallet) = bitcoin_desk_with(0, options).await?;
    // Without the announcement nobody would look for an hour.
    world.desk.set("btc_scanner.scan_period", "1h").set("btc_scanner.max_node_silence", "2h");
    world.desk.set("btc_rpc.zmq", node.zmq_address().unwrap());
    world.open(Coin::BTC).await;
    let payee = world.payee();
    let address = address_of(&world.bind(&payee, Coin::BTC).await);
    wait::until("it does not listen", async || {
        world.desk.said().contains("listening to block announcements").then_some(())
    })
    .await;
    wallet.send(&address, btc("0.002")).await;
    // A subscription that is on its way misses an announcement; the next one makes up for it.
    wait::until("nobody looked", async || {
        mine(&node, &wallet, 1).await;
        let statuses = world.desk.api.status(&payee).await;
        (!statuses[0]["deposit"].is_null()).then_some(())
    })
    .await;
    world.paid(&payee, &["1.000000"]).await;
    Ok(())
}

/// The node calls for its wallet's transactions and for blocks, as README.md tells.
pub(crate) async fn should_look_at_once_when_the_node_calls() -> Outcome {
    program::find("curl")?;
    let folder = tempfile::tempdir().unwrap();
    let call = folder.path().join("call");
    let notify = |what: &str| -> &'static str { format!("-{what}=sh {}", call.display()).leak() };
    let more = Box::leak(Box::new([notify("walletnotify"), notify("blocknotify")]));
    let (mut world, node, wallet) = bitcoin_desk_with(0, Options { more, ..Options::default() }).await?;
    let admin = world.desk.api.admin_address();
    fs::write(&call, format!("curl -s -X POST http://{admin}/api/chains/btc/look")).unwrap();
    // Without the call nobody would look for an hour.
    world.desk.set("btc_scanner.scan_period", "1h").set("btc_scanner.max_node_silence", "2h");
    world.open(Coin::BTC).await;
    let payee = world.payee();
    let address = address_of(&world.bind(&payee, Coin::BTC).await);
    wallet.send(&address, btc("0.002")).await;
    let seen = |statuses: &[serde_json::Value]| statuses[0]["seen"][0]["state"] == "seen";
    world.status(&payee, "seen before it is in a block", seen).await;
    mine(&node, &wallet, 1).await;
    world.paid(&payee, &["1.000000"]).await;
    Ok(())
}

pub(crate) async fn should_do_with_a_pruned_node_and_its_cookie() -> Outcome {
    let options = Options { pruned: true, ..Options::default() };
    let (mut world, mut node, wallet) = bitcoin_desk_with(1, options).await?;
    world.desk.set("btc_rpc.user", "").set("btc_rpc.pass", "");
    world.desk.set("btc_rpc.cookie", node.cookie().display().to_string());
    world.open(Coin::BTC).await;
    let payee = world.payee();
    let address = address_of(&world.bind(&payee, Coin::BTC).await);
    wallet.send(&address, btc("0.002")).await;
    mine(&node, &wallet, 2).await;
    world.paid(&payee, &["1.000000"]).await;
    // Its password is another one now.
    node.restart().await;
    mine(&node, &wallet, 600).await;
    world.followed(Coin::BTC, node.height().await).await;
    let pruned = node.prune(400).await;
    assert!(pruned > 100, "nothing was pruned: {pruned}");
    wallet.send(&address, btc("0.004")).await;
    mine(&node, &wallet, 2).await;
    world.paid(&payee, &["1.000000", "2.000000"]).await;
    // What the node has no more cannot be read again, and says so.
    let said = world.desk.api.post_admin("/api/chains/btc/rescan?from=101&to=110&why=a+trial").await;
    assert!(matches!(said, crate::api::Answer::Refused(202, _)), "{said:?}");
    wait::until("nothing is said of the pruned blocks", async || {
        let error = world.chain(Coin::BTC).await["rescan"]["error"].clone();
        error.as_str()?.contains("pruned").then_some(())
    })
    .await;
    Ok(())
}

pub(crate) async fn should_pay_for_bitcoin_on_btcd() -> Outcome {
    let (mut world, mut node) = (World::new().await?, Btcd::start().await?);
    node.get_rich().await;
    let server = node.rpc().url().trim_start_matches("https://").to_owned();
    world.desk.set("btc_rpc.server", server).set("btc_rpc.network", "regtest");
    world.desk.set("btc_rpc.user", btcd::USER).set("btc_rpc.pass", btcd::PASSWORD);
    world.desk.set("btc_rpc.cert", node.certificate().display().to_string());
    let pool: Vec<String> = (1..=4u8).map(|n| regtest_address(n).to_string()).collect();
    scan(&mut world.desk, Coin::BTC, node.height().await, 1, &pool);
    world.open(Coin::BTC).await;
    let (payee, other) = (world.payee(), world.payee());
    let to = [world.bind(&payee, Coin::BTC).await, world.bind(&other, Coin::BTC).await];
    let scripts = to.map(|text| address_of(&text).script_pubkey());
    node.pay(&[(scripts[0].clone(), btc("0.002")), (scripts[1].clone(), btc("0.004"))]).await;
    world.status(&payee, "seen in the mempool", |statuses| statuses[0]["seen"][0]["state"] == "seen").await;
    node.generate(2).await;
    world.paid(&payee, &["1.000000"]).await;
    world.paid(&other, &["2.000000"]).await;

    // A fork that leaves it out, and the next block that has it again.
    node.pay(&[(scripts[0].clone(), btc("0.006"))]).await;
    node.generate(1).await;
    world.status(&payee, "one more", |statuses| statuses.len() == 2).await;
    node.invalidate(node.tip().await).await;
    node.generate(3).await;
    world.paid(&payee, &["1.000000", "3.000000"]).await;
    Ok(())
}

pub(crate) fn regtest_address(n: u8) -> bitcoin::Address {
    let program = bitcoin::WitnessProgram::new(bitcoin::WitnessVersion::V0, &[n; 20]).unwrap();
    bitcoin::Address::from_witness_program(program, bitcoin::KnownHrp::Regtest)
}
