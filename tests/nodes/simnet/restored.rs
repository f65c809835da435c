//! A backup is put back, or somebody else has the same keys: what the chain shows and the desk does not know
//! stops it until a person has said what it was, and nobody is paid twice.

use serde_json::{Value, json};
use teller::skycoin::{Address, Wallet};
use teller::types::{Coin, Droplets};

use super::service::{bound, configure, done, filled, open};
use crate::api::Answer;
use crate::desk::{self, Desk};
use crate::once;
use crate::rng::Rng;
use crate::service::treasury::{Treasury, pay_all};
use crate::service::world::{admin, problems};
use crate::support::runner::Outcome;
use crate::support::simnet::Simnet;
use crate::support::skycoin::Skycoin;
use crate::support::skycoin_node::Node;
use crate::support::{ports, program, wait};

const REASON: &str = "why=the+backup+of+monday&by=anna";

fn node_of(simnet: &Simnet) -> Node {
    Node::new(format!("http://127.0.0.1:{}", simnet.sky))
}

/// Buys for one SKY.
async fn buy(simnet: &Simnet, to: &str) {
    simnet.deposit("btc", json!({ "address": to, "amount": 200_000 })).await;
    simnet.mine("btc", 1).await;
}

/// The unknown spends, once there are so many.
async fn unknown(desk: &Desk, count: usize) -> Vec<Value> {
    wait::until("the unknown spends are others", async || {
        let spends = admin(desk, "/api/wallet/spends?state=unknown").await;
        let spends = spends["spends"].as_array().unwrap().clone();
        (spends.len() == count).then_some(spends)
    })
    .await
}

/// The one that paid somebody.
fn paid_to<'a>(spends: &'a [Value], payee: &str) -> &'a Value {
    let pays = |spend: &&Value| spend["paid"].as_array().unwrap().iter().any(|paid| paid["address"] == payee);
    spends.iter().find(pays).unwrap()
}

async fn say(desk: &Desk, spend: &Value, what: &str) -> Answer<String> {
    let txid = spend["txid"].as_str().unwrap();
    desk.api.post_admin(&format!("/api/wallet/spends/{txid}/{what}")).await
}

async fn assert_nothing_is_given_out(desk: &Desk, payee: &str) {
    wait::until("it is not refused for the wallet", async || match desk.api.bind(payee, Coin::BTC).await {
        Answer::Refused(503, words) => words.contains("hot wallet").then_some(()),
        other => panic!("{other:?}"),
    })
    .await;
}

/// It is a stored state: another start finds it again, also where the node is away.
async fn stays_unreconciled(desk: &mut Desk, spends: &[Value], payee: &str, payouts: &str) {
    desk.kill();
    desk.assert_consistent().await;
    desk.set("sky_rpc.address", format!("127.0.0.1:{}", ports::free())).go().await;
    assert_nothing_is_given_out(desk, payee).await;
    let txids = |spends: &[Value]| spends.iter().map(|spend| spend["txid"].clone()).collect::<Vec<_>>();
    assert_eq!(txids(&unknown(desk, 2).await), txids(spends));
    desk.kill();
    desk.set("sky_rpc.address", payouts).go().await;
}

/// Says of what paid Bert that it did, and of what paid Carl, whom nobody knows any more, that it was the
/// operator's own.
async fn adopted(desk: &Desk, anna: &str, bert: &str, carl: &str) {
    let spends = wait::until("it matches nothing", async || {
        let spends = unknown(desk, 2).await;
        paid_to(&spends, bert)["paid"][0]["matches"].is_u64().then_some(spends)
    })
    .await;
    let for_bert = paid_to(&spends, bert);
    let for_carl = paid_to(&spends, carl);
    let Answer::Refused(400, _) = say(desk, for_bert, "paid").await else { panic!("without a reason") };
    // What does not match is refused: another deposit, and one that nobody knows any more.
    let Answer::Refused(409, words) = say(desk, for_carl, &format!("paid?deposits=2&{REASON}")).await else {
        panic!("it was adopted")
    };
    assert!(words.contains(bert), "{words}");
    let Answer::Refused(409, _) = say(desk, for_carl, &format!("paid?{REASON}")).await else {
        panic!("it was adopted")
    };
    say(desk, for_bert, &format!("paid?{REASON}")).await.done();
    done(desk, bert, 1).await;
    assert_nothing_is_given_out(desk, anna).await;
    say(desk, for_carl, &format!("mine?{REASON}")).await.done();
}

pub(crate) async fn should_pay_nobody_again_after_a_backup_was_put_back() -> Outcome {
    let (simnet, mut desk, mut rng) = filled("50ms").await;
    configure(&simnet, &mut desk, &mut rng);
    let node = node_of(&simnet);
    put_a_backup_back(&simnet, desk, rng, &node).await;
    Ok(())
}

/// The same where Skycoin's own daemons make the chain that payouts are made on.
pub(crate) async fn should_pay_nobody_again_on_a_real_chain() -> Outcome {
    // Where there is no daemon the shared chain is simnet's, and that is tried above.
    program::find(Skycoin::TOOL)?;
    let treasury = Treasury::shared().await;
    let (simnet, mut desk, mut rng) = filled("0").await;
    configure(&simnet, &mut desk, &mut rng);
    treasury.take().write(&desk.path("hot.wlt"));
    desk.set("sky_rpc.address", treasury.node.url().trim_start_matches("http://"));
    desk.set("sky_scanner.enabled", false);
    put_a_backup_back(&simnet, desk, rng, &treasury.node).await;
    Ok(())
}

/// Asserts what a drill says of the copy, which it leaves as it is.
async fn assert_drilled(desk: &Desk, copy: &[u8], words: &[&str]) {
    let (file, config) = (desk.path("copy.db"), desk.write_config());
    std::fs::write(&file, copy).unwrap();
    let arguments =
        ["db".as_ref(), "drill".as_ref(), file.as_os_str(), "--config".as_ref(), config.as_os_str()];
    let drilled = once::run(&once::tool(), arguments, &desk.path("cwd")).await;
    assert_eq!(drilled.code, Some(1), "{drilled:#?}");
    for words in words {
        assert!(drilled.out.contains(words), "{words}: {drilled:#?}");
    }
    // Bitcoin's node here is like a btcd.
    let gaps: Vec<&str> = drilled.out.lines().filter(|line| line.starts_with("NOT LOOKED AT")).collect();
    assert_eq!(gaps, ["NOT LOOKED AT: BTC, addresses to be given out: it has no scantxoutset"]);
    assert!(std::fs::read(&file).unwrap() == copy, "the copy is another one now");
}

/// Bert is owed in the copy what he was paid since; Carl and his address are unknown to it.
async fn assert_drill_tells(desk: &Desk, copy: &[u8], bert: &str, carl: &str, to_carl: &str) {
    let [paid_to_bert, to_whom_carl] = [
        "for deposit 2; ALREADY PAID, it seems, by transaction ".to_owned(),
        format!("BTC: {to_carl} was given to nobody here, and received 0.00200000 BTC in block "),
    ];
    let paid_carl = format!("it paid 1.000000 SKY to {carl}, which nobody is owed here");
    assert_drilled(
        desk,
        copy,
        &[
            &format!("it paid 1.000000 SKY to {bert}, just what deposit 2 is owed"),
            &paid_carl,
            &format!("would be paid: 1.000000 SKY to {bert} {paid_to_bert}"),
            "1.000000 SKY would be paid in 1 payout(s), 1.000000 SKY of that a second time",
            &to_whom_carl,
            "the desk would start unreconciled",
            "2 spend(s)",
        ],
    )
    .await;
}

async fn put_a_backup_back(simnet: &Simnet, mut desk: Desk, mut rng: Rng, node: &Node) {
    let payouts = node.url().trim_start_matches("http://");
    desk.go().await;
    let [anna, bert, carl] = [(); 3].map(|()| desk::address(Coin::SKY, &mut rng));
    let to_anna = bound(&desk, &anna, Coin::BTC).await;
    let to_bert = bound(&desk, &bert, Coin::BTC).await;
    buy(simnet, &to_anna).await;
    done(&desk, &anna, 1).await;
    let copy = desk.api.backup().await.done();
    // Bert is paid, and Carl bound and paid, after the copy was made.
    buy(simnet, &to_bert).await;
    done(&desk, &bert, 1).await;
    let to_carl = bound(&desk, &carl, Coin::BTC).await;
    buy(simnet, &to_carl).await;
    done(&desk, &carl, 1).await;

    assert_drill_tells(&desk, &copy, &bert, &carl, &to_carl).await;
    desk.kill();
    std::fs::write(desk.database(), copy).unwrap();
    desk.go().await;
    let spends = unknown(&desk, 2).await;
    // Bert's deposit is found again, and owed, and not paid.
    wait::until("Bert's deposit is not there", async || {
        let statuses = desk.api.status(&bert).await;
        (statuses[0]["status"] == "waiting_send").then_some(())
    })
    .await;
    assert_nothing_is_given_out(&desk, &anna).await;
    let told = problems(&desk).await;
    let names =
        |txid: &str, payee: &str| told.iter().any(|words| words.contains(txid) && words.contains(payee));
    for payee in [&bert, &carl] {
        let spend = paid_to(&spends, payee);
        assert!(names(spend["txid"].as_str().unwrap(), payee), "{told:?}");
    }
    stays_unreconciled(&mut desk, &spends, &anna, payouts).await;
    adopted(&desk, &anna, &bert, &carl).await;

    // It goes on, with whoever comes next.
    let dora = desk::address(Coin::SKY, &mut rng);
    let to_dora = bound(&desk, &dora, Coin::BTC).await;
    assert_ne!(to_dora, to_carl, "somebody paid to it already");
    let tainted = admin(&desk, "/api/deposit-addresses/tainted").await;
    assert_eq!(tainted["tainted"][0]["address"], json!(to_carl));
    buy(simnet, &to_dora).await;
    done(&desk, &dora, 1).await;
    for payee in [&anna, &bert, &dora] {
        assert_eq!(node.balance(payee).await, Droplets::new(1_000_000));
    }
    let all = admin(&desk, "/api/wallet/spends").await;
    assert_eq!((&all["unknown"], &all["spends"][0]["by"]), (&json!(0), &json!("anna")));
    desk.stop().await;
    desk.assert_consistent().await;
}

pub(crate) async fn should_stop_for_a_foreign_spend_while_it_runs() -> Outcome {
    let (simnet, mut desk, mut rng) = filled("0").await;
    open(&simnet, &mut desk, &mut rng).await;
    let payee = desk::address(Coin::SKY, &mut rng);
    let to = bound(&desk, &payee, Coin::BTC).await;
    let node = node_of(&simnet);
    let wallet = Wallet::load(&std::fs::read(desk.path("hot.wlt")).unwrap(), None).unwrap();
    let stranger = Address::from_bytes([9; 20]);
    let own = wallet.keys()[0].address;
    let rest = node.balance(&own.to_string()).await.saturating_sub(Droplets::new(3_000_000));
    let rival = pay_all(&node, &wallet, &[(stranger, Droplets::new(3_000_000)), (own, rest)]).await;
    // It is not in a block yet, and is told all the same.
    let spend = unknown(&desk, 1).await.remove(0);
    assert_eq!((&spend["txid"], spend["height"].is_null()), (&json!(rival), true));
    buy(&simnet, &to).await;
    assert_nothing_is_given_out(&desk, &payee).await;
    simnet.mine("sky", 1).await;
    wait::until("it has no block", async || {
        let spends = unknown(&desk, 1).await;
        spends[0]["height"].is_u64().then_some(())
    })
    .await;
    // Its block is gone, and it with it: it is nothing any more, and what is owed is paid.
    simnet.control("sky/reorg", json!({ "depth": 1, "length": 2, "keep": false })).await;
    unknown(&desk, 0).await;
    wait::until("nothing is sent", async || {
        simnet.mine("sky", 1).await;
        (desk.api.status(&payee).await[0]["status"] == "done").then_some(())
    })
    .await;
    assert_eq!(node.balance(&payee).await, Droplets::new(1_000_000));
    Ok(())
}

pub(crate) async fn should_not_take_half_an_answer_for_the_whole() -> Outcome {
    let (simnet, mut desk, mut rng) = filled("50ms").await;
    open(&simnet, &mut desk, &mut rng).await;
    let payee = desk::address(Coin::SKY, &mut rng);
    let [first, second] = [bound(&desk, &payee, Coin::BTC).await, bound(&desk, &payee, Coin::BTC).await];
    buy(&simnet, &first).await;
    done(&desk, &payee, 1).await;
    // Blocks that are not what they say, none at all, and a node that has lost some.
    for trouble in [
        json!({ "kind": "wrong-hash", "only": "blocks" }),
        json!({ "kind": "garbage", "only": "blocks" }),
        json!({ "kind": "errors", "only": "blocks" }),
    ] {
        simnet.trouble("sky", trouble).await;
    }
    simnet.mine("sky", 0).await;
    let other = desk::address(Coin::SKY, &mut rng);
    let coins = json!({ "address": other, "amount": 1_000_000 });
    simnet.deposit("sky", coins).await;
    wait::until("it says nothing", async || {
        let spends = admin(&desk, "/api/wallet/spends").await;
        (spends["error"] != "").then_some(())
    })
    .await;
    buy(&simnet, &second).await;
    wait::until("it is not owed", async || {
        let statuses = desk.api.status(&payee).await;
        statuses.iter().any(|status| status["status"] == "waiting_send").then_some(())
    })
    .await;
    assert!(problems(&desk).await.iter().any(|words| words.starts_with("payouts: ")));
    simnet.clear("sky").await;
    done(&desk, &payee, 2).await;
    assert_eq!(node_of(&simnet).balance(&payee).await, Droplets::new(2_000_000));
    Ok(())
}
