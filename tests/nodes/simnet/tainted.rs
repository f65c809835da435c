//! What a person does with an address that received coins before it was given out: back to its owner, or to the pool.

use serde_json::{Value, json};
use teller::types::Coin;

use super::service::{bound, configure, done, filled};
use crate::api::Answer;
use crate::desk::{self, Desk};
use crate::service::world::admin;
use crate::support::runner::Outcome;
use crate::support::simnet::Simnet;
use crate::support::wait;

const REASON: &str = "why=she+wrote+to+us&by=anna";

/// The addresses that are given to nobody, once there are so many.
async fn tainted(desk: &Desk, count: usize) -> Vec<Value> {
    wait::until("others are tainted", async || {
        let all = admin(desk, "/api/deposit-addresses/tainted").await["tainted"].as_array().unwrap().clone();
        (all.len() == count).then_some(all)
    })
    .await
}

async fn act(desk: &Desk, address: &str, what: &str) -> Answer<String> {
    desk.api.post_admin(&format!("/api/deposit-addresses/{address}/{what}")).await
}

fn assert_refused(answer: &Answer<String>, status: u16, words: &str) {
    assert!(
        matches!(answer, Answer::Refused(told, text) if *told == status && text.contains(words)),
        "{status} {words}: {answer:?}"
    );
}

/// What the database keeps of an address.
async fn events(desk: &Desk, address: &str) -> Vec<Value> {
    let all = desk.export("event").await;
    let all = all.into_iter().map(|line| line["event"].clone());
    all.filter(|event| event["address"] == address).collect()
}

/// Pays to the first two addresses of the pool, which nobody was given.
async fn pay_to_nobody(simnet: &Simnet, desk: &Desk) -> [String; 2] {
    let pool = std::fs::read_to_string(desk.pool_file(Coin::BTC)).unwrap();
    let mut pool = pool.lines().map(str::to_owned);
    let first = [pool.next().unwrap(), pool.next().unwrap()];
    for address in &first {
        simnet.deposit("btc", json!({ "address": address, "amount": 200_000 })).await;
    }
    simnet.mine("btc", 1).await;
    first
}

/// Neither without a reason, nor of another address, nor to somebody who cannot be paid.
async fn refuses_what_makes_no_sense(desk: &Desk, annas: &str, berts: &str, bert: &str) {
    assert_refused(&act(desk, annas, "release").await, 400, "why");
    assert_refused(&act(desk, annas, &format!("bind?skyaddr={bert}")).await, 400, "why");
    for (address, what) in [(berts, "release"), (annas, "burn")] {
        assert_refused(&act(desk, address, &format!("{what}?{REASON}")).await, 404, "");
    }
    for payee in ["", "nobody", "1111111111111111111114oLvT2"] {
        let answer = act(desk, annas, &format!("bind?{REASON}&skyaddr={payee}")).await;
        assert_refused(&answer, 400, "Invalid skyaddr");
    }
    let wallet = std::fs::read(desk.path("hot.wlt")).unwrap();
    let own = teller::skycoin::Wallet::load(&wallet, None).unwrap().keys()[0].address.to_string();
    let deposit_address = bound(desk, bert, Coin::SKY).await;
    for ours in [&own, &deposit_address] {
        let answer = act(desk, annas, &format!("bind?{REASON}&skyaddr={ours}")).await;
        assert_refused(&answer, 409, "belongs to this service");
    }
    assert_eq!(tainted(desk, 2).await.len(), 2);
}

pub(crate) async fn should_give_a_tainted_address_back_by_an_act_of_a_person() -> Outcome {
    let (simnet, mut desk, mut rng) = filled("50ms").await;
    configure(&simnet, &mut desk, &mut rng);
    desk.go().await;
    let [annas, nobodys] = pay_to_nobody(&simnet, &desk).await;
    tainted(&desk, 2).await;
    let [anna, bert] = [(); 2].map(|()| desk::address(Coin::SKY, &mut rng));
    let berts = bound(&desk, &bert, Coin::BTC).await;
    assert!(![&annas, &nobodys].contains(&&berts), "it is somebody's");

    refuses_what_makes_no_sense(&desk, &annas, &berts, &bert).await;
    act(&desk, &annas, &format!("bind?{REASON}&skyaddr={anna}")).await.done();
    act(&desk, &nobodys, &format!("release?{REASON}")).await.done();
    tainted(&desk, 0).await;
    // Once is enough: neither is tainted any more.
    for what in ["release", &format!("bind?skyaddr={bert}")] {
        let joint = if what.contains('?') { '&' } else { '?' };
        for address in [&annas, &nobodys] {
            assert_refused(&act(&desk, address, &format!("{what}{joint}{REASON}")).await, 404, "");
        }
    }
    // What she paid is found when its blocks are read again, and is hers; nobody taints what was released
    // with the same coins.
    let rescan = desk.api.post_admin("/api/chains/btc/rescan?from=11&why=a+trial").await;
    assert!(matches!(rescan, Answer::Refused(202, _)), "{rescan:?}");
    done(&desk, &anna, 1).await;
    wait::until("the rescan does not end", async || {
        admin(&desk, "/api/chains").await["BTC"]["rescan"].is_null().then_some(())
    })
    .await;
    tainted(&desk, 0).await;
    // Other coins are another matter.
    simnet.deposit("btc", json!({ "address": nobodys, "amount": 300_000 })).await;
    simnet.mine("btc", 1).await;
    assert_eq!(tainted(&desk, 1).await[0]["amount"], "0.00300000");

    desk.stop().await;
    desk.assert_consistent().await;
    for (address, then) in [(&annas, "deposit address bound"), (&nobodys, "deposit address tainted")] {
        let events = events(&desk, address).await;
        let told: Vec<&str> = events.iter().map(|event| event["what"].as_str().unwrap()).collect();
        assert_eq!(told, ["deposit address tainted", "tainted deposit address released", then]);
        assert_eq!((&events[1]["by"], &events[1]["why"]), (&json!("anna"), &json!("she wrote to us")));
    }
    Ok(())
}
