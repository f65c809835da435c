//! Killed at any instant: what was acknowledged is there, nothing is bound or paid twice.

use std::fs;
use std::time::Duration;

use rustix::process::Signal;
use teller::types::Coin;

use crate::desk::{Desk, address};
use crate::ledger::Ledger;
use crate::load::Load;
use crate::rng::Rng;
use crate::support::runner::Outcome;
use crate::support::wait;

/// Kills under load; `TELLER_KILL_ROUNDS` asks for more.
const ROUNDS: u64 = 4;
/// The longest that buyers are at work before the kill, in milliseconds.
const LONGEST: u64 = 1200;
/// Loading of larger address files is over after this, in milliseconds, on most machines.
const LOADING: u64 = 300;
/// Kills during a first start.
const FIRST_STARTS: u64 = 12;
/// A first start is over after this, in milliseconds, on most machines.
const FIRST_START: u64 = 400;
/// Pairs of tellers that race for a folder.
const TWIN_STARTS: u64 = 8;

fn rounds() -> u64 {
    std::env::var("TELLER_KILL_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(ROUNDS)
}

pub(crate) async fn should_keep_every_promise_when_killed_under_load() -> Outcome {
    let mut rng = Rng::seeded("kill under load");
    let mut desk = Desk::start(&mut rng).await;
    let mut ledger = Ledger::default();
    for _ in 0..rounds() {
        let load = Load::start(&desk.api, ledger, &mut rng);
        tokio::time::sleep(Duration::from_millis(20 + rng.below(LONGEST))).await;
        // It takes over larger address files while it binds, and may be killed in the middle of that.
        desk.grow_pools(&mut rng);
        desk.signal(Signal::HUP);
        tokio::time::sleep(Duration::from_millis(rng.below(LOADING))).await;
        desk.kill();
        ledger = load.end().await;
        desk.go().await;
        ledger.assert_kept(&desk.api.another()).await;
    }
    let api = desk.api.another();
    assert!(ledger.binds() > 0 && ledger.deposits() > 0, "the test did nothing: {ledger:?}");
    ledger.settle(&api).await;
    ledger.assert_kept(&api).await;
    ledger.assert_paid_once(&api).await;
    desk.stop().await;
    ledger.assert_unique(&desk).await;
    desk.assert_consistent().await;
    Ok(())
}

pub(crate) async fn should_start_after_being_killed_in_a_first_start() -> Outcome {
    let mut rng = Rng::seeded("kill in a first start");
    for _ in 0..FIRST_STARTS {
        let mut desk = Desk::prepare();
        desk.take_all();
        desk.fill_pools(&mut rng);
        desk.launch(desk.args()).await;
        tokio::time::sleep(Duration::from_millis(rng.below(FIRST_START))).await;
        desk.kill();
        desk.go().await;
        for coin in Coin::all() {
            assert_eq!(desk.api.remaining(coin).await, 4000, "{coin}");
            desk.api.bind(&address(Coin::SKY, &mut rng), coin).await.done();
        }
        desk.stop().await;
        desk.assert_consistent().await;
    }
    Ok(())
}

pub(crate) async fn should_found_one_database_where_two_start_at_once() -> Outcome {
    let mut rng = Rng::seeded("two first starts");
    for _ in 0..TWIN_STARTS {
        let (one, mut other) = (Desk::prepare(), Desk::prepare());
        one.fill_pools(&mut rng);
        Coin::all().for_each(|coin| drop(fs::copy(one.pool_file(coin), other.pool_file(coin))));
        other.set_data(one.data());
        let (mut winner, _keeps_its_folder) = race(one, other).await;
        let payee = address(Coin::SKY, &mut rng);
        winner.api.bind(&payee, Coin::BTC).await.done();
        winner.kill();
        winner.go().await;
        assert_eq!(winner.api.status(&payee).await.len(), 1, "what was bound is in no database");
    }
    Ok(())
}

/// Starts both over the same folder; one of them has to give way.
async fn race(mut one: Desk, mut other: Desk) -> (Desk, Desk) {
    one.launch(one.args()).await;
    other.launch(other.args()).await;
    let (mut winner, mut loser) = (one, other);
    let status = wait::until("both go on", async || {
        std::mem::swap(&mut winner, &mut loser);
        loser.has_ended()
    });
    assert_eq!(status.await.code(), Some(1));
    assert!(loser.said().contains("is in use by another process"), "{}", loser.said());
    winner.answers().await;
    (winner, loser)
}
