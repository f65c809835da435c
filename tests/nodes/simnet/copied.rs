//! A copy is held against nodes of somebody's own: no teller runs, and nobody's word is taken.

use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;

use serde_json::json;
use teller::clock::SystemClock;
use teller::skycoin::{Address, Wallet};
use teller::store::{Chains, RedbBackend, Rescan, Store};
use teller::types::{Coin, Droplets, Height};

use super::service::{bound, configure, done, filled};
use crate::desk::{self, Desk};
use crate::once;
use crate::rng::Rng;
use crate::service::treasury::pay_all;
use crate::support::runner::Outcome;
use crate::support::simnet::Simnet;
use crate::support::skycoin_node::Node;

/// What following began with.
const BEGIN: u64 = 15;

/// Runs `tool reconcile` over a copy, which it leaves as it is.
async fn reconciled(desk: &Desk, copy: &Path, more: &[&str]) -> once::Finished {
    let (config, before) = (desk.write_config(), std::fs::read(copy).unwrap());
    let mut arguments: Vec<OsString> = vec!["reconcile".into(), "--copy".into(), copy.into(), "-c".into()];
    arguments.push(config.into());
    arguments.extend(more.iter().map(OsString::from));
    let finished = once::run(&once::tool(), &arguments, &desk.path("cwd")).await;
    assert!(std::fs::read(copy).unwrap() == before, "the copy is another one now");
    finished
}

fn assert_says(finished: &once::Finished, code: i32, words: &[&str]) {
    assert_eq!(finished.code, Some(code), "{finished:#?}");
    for words in words {
        assert!(finished.out.lines().any(|line| line.contains(words)), "{words}: {finished:#?}");
    }
}

/// A desk that has paid for a deposit, and began after somebody had paid to the address before. Answers that address.
async fn ran(simnet: &Simnet, desk: &mut Desk, rng: &mut Rng) -> String {
    configure(simnet, desk, rng);
    desk.set("btc_scanner.initial_scan_height", i64::try_from(BEGIN).unwrap());
    let pool = std::fs::read_to_string(desk.pool_file(Coin::BTC)).unwrap();
    let first = pool.lines().next().unwrap().to_owned();
    simnet.deposit("btc", json!({ "address": first, "amount": 300_000 })).await;
    simnet.mine("btc", BEGIN).await;
    desk.go().await;
    let payee = desk::address(Coin::SKY, rng);
    assert_eq!(bound(desk, &payee, Coin::BTC).await, first, "this node cannot tell that somebody paid to it");
    simnet.deposit("btc", json!({ "address": first, "amount": 200_000 })).await;
    simnet.mine("btc", 3).await;
    done(desk, &payee, 1).await;
    desk.stop().await;
    first
}

pub(crate) async fn should_hold_a_copy_against_the_nodes_of_a_configuration() -> Outcome {
    let (simnet, mut desk, mut rng) = filled("50ms").await;
    let first = ran(&simnet, &mut desk, &mut rng).await;
    let copy = desk.path("copy.db");
    std::fs::copy(desk.database(), &copy).unwrap();
    let told = reconciled(&desk, &copy, &[]).await;
    let below = format!("not looked at: BTC: blocks below {} were not read (--from BTC=HEIGHT", BEGIN);
    assert_says(&told, 0, &[&below, "what was compared is explained"]);
    assert!(told.out.lines().any(|line| line.starts_with("deposits    BTC") && line.contains("0.00200000")));

    // What the desk never looked at is read where that is asked for.
    let told = reconciled(&desk, &copy, &["--from", "BTC=11"]).await;
    let missed = format!("to {first} in block 11: they say 0.00300000, the books 0.00000000");
    assert_says(&told, 1, &[&missed, "THERE ARE DIFFERENCES"]);
    assert!(told.out.lines().any(|line| line.starts_with("unexplained: BTC")), "{told:#?}");

    let told = reconciled(&desk, &copy, &["--from", "BTC=1"]).await;
    let stuck = "not looked at: BTC: it does not go on now: the node is catching up: it has no block 1";
    assert_says(&told, 1, &[stuck, "NOT EVERYTHING THAT WAS ASKED FOR COULD BE LOOKED AT"]);

    // The wallet's addresses are in the copy, and what left it since is told.
    let node = Node::new(format!("http://127.0.0.1:{}", simnet.sky));
    let wallet = Wallet::load(&std::fs::read(desk.path("hot.wlt")).unwrap(), None).unwrap();
    let (stranger, own) = (Address::from_bytes([9; 20]), wallet.keys()[0].address);
    let rest = node.balance(&own.to_string()).await.saturating_sub(Droplets::new(3_000_000));
    let sent = pay_all(&node, &wallet, &[(stranger, Droplets::new(3_000_000)), (own, rest)]).await;
    std::fs::remove_file(desk.path("hot.wlt")).unwrap();
    let told = reconciled(&desk, &copy, &[]).await;
    let spend = format!("unexplained: SKY {sent}");
    assert_says(&told, 1, &[&spend, "no other addresses of it than the 1 that the copy knows"]);

    // What is asked for and cannot be compared is no success.
    let told = reconciled(&desk, &copy, &["--from", "BTC=900000"]).await;
    assert_says(
        &told,
        1,
        &["BTC: no block was compared", "NOT EVERYTHING THAT WAS ASKED FOR COULD BE LOOKED AT"],
    );
    let told = reconciled(&desk, &copy, &["--from", "LTC=1"]).await;
    assert_eq!(told.code, Some(1), "{told:#?}");
    assert!(told.err.contains("--from LTC: the configuration does not enable LTC"), "{told:#?}");
    let told = reconciled(&desk, &copy, &["--from", "ABC=1"]).await;
    assert_eq!(told.code, Some(2), "{told:#?}");
    assert!(told.err.contains("ABC is none of the chains"), "{told:#?}");
    Ok(())
}

/// Has a copy be one of a moment at which blocks from `from` on were to be read again.
async fn ask_to_read_again(copy: &Path, from: u64) {
    let backend = Arc::new(RedbBackend::open(copy, |_| {}).unwrap());
    let store = Store::open_as_it_is(backend, Arc::new(SystemClock), &|_| {}).unwrap();
    let to = store.snapshot().cursor(Coin::BTC).unwrap().unwrap().tip.height;
    let (from, found) = (Height::new(from), 0);
    let rescan = Rescan { from, next: from, to, found };
    store.write(move |tx| tx.set_rescan(Coin::BTC, Some(rescan))).await.unwrap();
    store.release();
}

pub(crate) async fn should_read_again_what_a_copy_was_to_read_again() -> Outcome {
    let (simnet, mut desk, mut rng) = filled("50ms").await;
    ran(&simnet, &mut desk, &mut rng).await;
    let copy = desk.path("copy.db");
    std::fs::copy(desk.database(), &copy).unwrap();
    ask_to_read_again(&copy, 11).await;
    // What a desk on this copy would find and pay, a drill tells.
    let arguments: [OsString; 5] =
        ["db".into(), "drill".into(), copy.clone().into(), "-c".into(), desk.write_config().into()];
    let told = once::run(&once::tool(), &arguments, &desk.path("cwd")).await;
    assert_says(&told, 1, &["would be paid: 1.500000 SKY to"]);
    let told = reconciled(&desk, &copy, &["--from", "BTC=11"]).await;
    assert_says(&told, 0, &["what was compared is explained"]);
    assert!(told.out.lines().any(|line| line.starts_with("deposits    BTC") && line.contains("0.00500000")));
    // Where it cannot be read, nothing is known of it.
    simnet.trouble("btc", json!({ "kind": "errors", "only": "getblock" })).await;
    let told = reconciled(&desk, &copy, &[]).await;
    assert_says(
        &told,
        1,
        &[
            "not looked at: BTC: blocks that are to be read again were not",
            "NOT EVERYTHING THAT WAS ASKED FOR",
        ],
    );
    Ok(())
}
