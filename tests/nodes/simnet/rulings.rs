//! A fork takes back a deposit whose payout is signed and has not left, in one transaction with another's:
//! nothing of it leaves until a person decides, and the other is paid all the same.

use serde_json::{Value, json};
use teller::types::{Coin, Droplets};

use super::service::{bound, done, filled, open};
use crate::api::Answer;
use crate::desk::{self, Desk};
use crate::service::world::{admin, problems};
use crate::support::runner::Outcome;
use crate::support::skycoin_node::Node;
use crate::support::wait;

const REASON: &str = "why=double+spent&by=anna";

/// How many wait as this code says.
async fn count(desk: &Desk, code: &str) -> u64 {
    let all = admin(desk, "/api/waiting").await["waiting"].clone();
    let kind = all.as_array().unwrap().iter().find(|kind| kind["code"] == code).cloned();
    kind.unwrap_or_else(|| panic!("{code} is not listed"))["count"].as_u64().unwrap()
}

async fn waits(desk: &Desk, code: &str, wanted: u64) {
    let what = format!("not {wanted} wait as {code}");
    wait::until(&what, async || (count(desk, code).await == wanted).then_some(())).await;
}

async fn transactions(desk: &Desk) -> Vec<Value> {
    admin(desk, "/api/transactions").await["transactions"].as_array().unwrap().clone()
}

pub(crate) async fn should_decide_by_deposit_on_what_a_fork_took_unsent() -> Outcome {
    let (simnet, mut desk, mut rng) = filled("50ms").await;
    open(&simnet, &mut desk, &mut rng).await;
    let [anna, bert] = [(); 2].map(|()| desk::address(Coin::SKY, &mut rng));
    let (to_anna, to_bert) = (bound(&desk, &anna, Coin::BTC).await, bound(&desk, &bert, Coin::BTC).await);
    // Both are signed for in one transaction, and the node takes none.
    simnet.trouble("sky", json!({ "kind": "errors", "only": "injectTransaction" })).await;
    simnet.trouble("sky", json!({ "kind": "unreachable" })).await;
    simnet.deposit("btc", json!({ "address": to_bert, "amount": 200_000 })).await;
    simnet.deposit("btc", json!({ "address": to_anna, "amount": 200_000 })).await;
    simnet.mine("btc", 1).await;
    for payee in [&anna, &bert] {
        wait::until("it is not final", async || {
            let statuses = desk.api.status(payee).await;
            (statuses[0]["status"] == "waiting_send").then_some(())
        })
        .await;
    }
    simnet.clear_kind("sky", "unreachable").await;
    let is_signed = async || transactions(&desk).await.first().cloned();
    let signed = wait::until("nothing is signed", is_signed).await;
    assert_eq!((&signed["state"], signed["deposits"].as_array().unwrap().len()), (&json!("signed"), 2));
    simnet.control("btc/reorg", json!({ "depth": 2, "length": 3 })).await;
    waits(&desk, "taken_back_unsent", 1).await;
    let told = problems(&desk).await;
    assert!(
        told.iter().any(|words| words.contains("of 1 the payout is signed and has not left, of 0")),
        "{told:?}"
    );
    simnet.clear("sky").await;
    desk.kill();
    desk.go().await;
    waits(&desk, "transaction_held_back", 1).await;
    let node = Node::new(format!("http://127.0.0.1:{}", simnet.sky));
    assert_eq!(node.balance(&bert).await, Droplets::ZERO);

    let taken = admin(&desk, "/api/waiting?code=taken_back_unsent").await["deposits"][0].clone();
    let (no, transaction) = (&taken["seq"], &taken["transaction"]);
    let void = format!("/api/deposits/{no}/void?{REASON}");
    let Answer::Refused(409, _) = desk.api.post_admin(&void).await else { panic!("it may be sent yet") };
    desk.api.post_admin(&format!("/api/transactions/{transaction}/withdraw?{REASON}")).await.done();
    desk.api.post_admin(&void).await.done();
    done(&desk, &bert, 1).await;
    waits(&desk, "voided", 1).await;
    assert_eq!(node.balance(&bert).await, Droplets::new(1_000_000));
    assert_eq!(node.balance(&anna).await, Droplets::ZERO);
    let states: Vec<Value> = transactions(&desk).await.iter().map(|one| one["state"].clone()).collect();
    assert_eq!(states[..2], [json!("dead"), json!("settled")]);
    desk.stop().await;
    desk.assert_consistent().await;
    Ok(())
}
