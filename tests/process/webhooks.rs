//! Webhooks that clients give with a bind: told what comes of that deposit address, to a receiver that others wrote.

use std::time::{Duration, Instant};

use serde_json::Value;
use teller::types::Coin;

use crate::api::{Answer, Api, Deposit, json_of};
use crate::desk::{Desk, address};
use crate::events::{NEW, OLD, Receiver};
use crate::receivers;
use crate::rng::Rng;
use crate::support::runner::Outcome;
use crate::support::wait;

const SHOP: &str = "7f3e9a1c5b2d4e6f8a0b1c2d3e4f5a6b";
const WALLET: &str = "00112233445566778899aabbccddeeff";

/// A desk that two clients may give webhooks to.
fn desk(rng: &mut Rng) -> Desk {
    let mut desk = Desk::prepare();
    desk.fill_pools(rng);
    for (name, token) in [("shop", SHOP), ("wallet", WALLET)] {
        desk.set(&format!("web.clients.{name}.token"), token);
        desk.set(&format!("web.clients.{name}.webhook_secrets"), vec![OLD, NEW]);
        desk.set(&format!("web.clients.{name}.webhook_allow_private"), true);
    }
    desk
}

fn deposit(address: &str, tx: &str) -> Deposit {
    Deposit { coin: Coin::BTC, address: address.to_owned(), tx: tx.repeat(32), n: 0, sky: 3 }
}

/// Confirms whatever the desk sends, until both purchases are paid.
async fn pay(api: &Api, payees: &[String]) {
    wait::until("it is not paid", async || {
        for sent in api.broadcasts().await.done().iter().filter(|sent| !sent.confirmed) {
            api.confirm(&sent.txid).await.done();
        }
        for payee in payees {
            let status = json_of(&api.get(&format!("/api/status?skyaddr={payee}")).await.done());
            if status["statuses"][0]["status"] != "done" {
                return None;
            }
        }
        Some(())
    })
    .await;
}

/// What was told at a path, each event once, in the order in which it came first.
fn told_at(receiver: &Receiver, path: &str) -> Vec<Value> {
    let mut seen = Vec::new();
    let told = receiver.told().into_iter().filter(|one| one["path"] == path);
    told.filter(|one| {
        let id = one["id"].clone();
        let is_new = !seen.contains(&id);
        seen.push(id);
        is_new
    })
    .map(|one| one["event"].clone())
    .collect()
}

const ALL: [&str; 7] = [
    "binding.made",
    "deposit.seen",
    "deposit.final",
    "payout.decided",
    "payout.signed",
    "payout.sent",
    "payout.settled",
];

/// All of one purchase, and nothing of another one.
fn assert_told(told: &[Value], binding: u64, address: &str) {
    let names: Vec<&str> = told.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(names, ALL);
    assert!(told.iter().all(|event| event.get("by").is_none()), "{told:?}");
    assert_eq!(told[0]["data"]["address"], address);
    for event in told {
        let (data, no) = (&event["data"], Value::from(binding));
        match data["payouts"].as_array() {
            Some(parts) => {
                assert!(parts.len() == 1 && parts[0]["binding"] == no, "{event}: another's payout");
            }
            None => assert_eq!(data["binding"], no, "{event}"),
        }
    }
}

pub(crate) async fn should_tell_the_webhook_of_a_purchase_that_and_nothing_else() -> Outcome {
    let (mut receiver, mut rng) = (Receiver::prepare()?, Rng::fixed());
    receiver.go().await;
    let mut desk = desk(&mut rng);
    desk.go().await;
    let shop = desk.api.with_token(SHOP);
    let payees: Vec<String> = (0..3).map(|_| address(Coin::SKY, &mut rng)).collect();
    let at = |path: &str| format!("http://127.0.0.1:{}/a-secret-path/{path}", receiver.port);
    let first = shop.bind_telling(&payees[0], Coin::BTC, &at("first")).await.done();
    // The desk is killed with what nobody has told yet, and the receiver is away meanwhile.
    wait::until("nothing is told", async || receiver.told().first().cloned()).await;
    receiver.process.kill();
    let second = shop.bind_telling(&payees[1], Coin::BTC, &at("second")).await.done();
    let other = desk.api.bind(&payees[2], Coin::BTC).await.done();
    for (address, tx) in [(&first, "aa"), (&second, "bb"), (&other, "cc")] {
        desk.api.deposit(&deposit(address, tx)).await.done();
    }
    desk.kill();
    desk.go().await;
    pay(&desk.api, &payees).await;
    receiver.go().await;
    desk.api.post_admin("/api/events/webhooks/shop/resume?why=back").await.done();
    wait::until("it does not catch up", async || {
        let is_whole = |path| told_at(&receiver, path).len() >= ALL.len();
        (is_whole("/a-secret-path/first") && is_whole("/a-secret-path/second")).then_some(())
    })
    .await;
    assert_told(&told_at(&receiver, "/a-secret-path/first"), 1, &first);
    assert_told(&told_at(&receiver, "/a-secret-path/second"), 2, &second);
    wait::until("something is left", async || {
        let clients = json_of(&desk.api.get_admin("/api/events/webhooks").await.done());
        (clients["clients"][0]["due"] == 0).then_some(())
    })
    .await;
    desk.stop().await;
    let said = desk.said();
    for secret in ["a-secret-path", &OLD[6..], &NEW[6..], SHOP] {
        assert!(!said.contains(secret), "{said}");
    }
    desk.assert_consistent().await;
    receiver.process.kill();
    Ok(())
}

pub(crate) async fn should_hold_up_nobody_where_a_webhook_is_dead() -> Outcome {
    let (mut receiver, mut rng) = (Receiver::prepare()?, Rng::fixed());
    receiver.go().await;
    let silent = receivers::silent().await;
    let mut desk = desk(&mut rng);
    desk.go().await;
    let (shop, wallet) = (desk.api.with_token(SHOP), desk.api.with_token(WALLET));
    let (mut payee, began) = (|| address(Coin::SKY, &mut rng), Instant::now());
    // One client has nothing but dead ones, the other one among those that live.
    for n in 0..20 {
        let url = format!("http://127.0.0.1:{silent}/{n}");
        wallet.bind_telling(&payee(), Coin::BTC, &url).await.done();
    }
    shop.bind_telling(&payee(), Coin::BTC, &format!("http://127.0.0.1:{silent}/")).await.done();
    for n in 0..20 {
        let url = format!("http://127.0.0.1:{}/{n}", receiver.port);
        shop.bind_telling(&payee(), Coin::BTC, &url).await.done();
    }
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    wait::until("those that live are not told", async || (receiver.told().len() >= 20).then_some(())).await;
    assert!(began.elapsed() < Duration::from_secs(14), "they wait for one that is dead");
    let refused = desk.api.bind_telling(&payee(), Coin::BTC, "https://shop.example.com/").await;
    assert!(matches!(refused, Answer::Refused(403, _)), "{refused:?}");
    desk.stop().await;
    receiver.process.kill();
    Ok(())
}
