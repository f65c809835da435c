//! `kill -9` at random moments while real nodes mine: every deposit is paid exactly once, and the chain says so.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;
use teller::types::Coin;

use super::world::{World, address_of, admin, assert_received, bitcoin_desk, btc, mine};
use crate::api::Answer;
use crate::rng::Rng;
use crate::support::anvil::Anvil;
use crate::support::bitcoind::{Bitcoind, Wallet};
use crate::support::runner::Outcome;
use crate::support::wait;

/// Kills; `TELLER_NODE_KILLS` asks for more.
const KILLS: u64 = 10;
/// The longest life between two kills, in milliseconds.
const LONGEST: u64 = 4_000;
const ONE_SKY_WEI: u128 = 10_000_000_000_000_000;
/// Payees, with an address of each of two coins.
const PAYEES: usize = 6;

/// What was sent to whom: whole SKY that each deposit buys.
#[derive(Debug, Default)]
struct Account {
    bitcoin: String,
    ether: String,
    deposits: Vec<u64>,
}

fn kills() -> u64 {
    std::env::var("TELLER_NODE_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(KILLS)
}

pub(crate) async fn should_pay_every_deposit_once_however_often_it_is_killed() -> Outcome {
    let (mut world, node, wallet) = bitcoin_desk(1).await?;
    let anvil = Anvil::start().await?;
    world.take_ether(anvil.eth.rpc().url(), 31337, 1);
    world.open(Coin::BTC).await;
    world.can_bind(Coin::ETH).await;
    let mut rng = Rng::seeded("kill while nodes mine");
    let mut accounts = BTreeMap::new();
    for _ in 0..PAYEES {
        let payee = world.payee();
        let bitcoin = world.bind(&payee, Coin::BTC).await;
        let ether = world.bind(&payee, Coin::ETH).await;
        accounts.insert(payee, Account { bitcoin, ether, deposits: Vec::new() });
    }
    for _ in 0..kills() {
        live(&mut accounts, &node, &wallet, &anvil, &mut rng).await;
        world.desk.kill();
        deposit(&mut accounts, &node, &wallet, &anvil, &mut rng).await;
        world.desk.go().await;
    }
    mine(&node, &wallet, 2).await;
    anvil.mine(2).await;
    let total: u64 = accounts.values().flat_map(|account| &account.deposits).sum();
    settled(&world, total).await;
    for (payee, account) in &accounts {
        let amounts: Vec<String> = account.deposits.iter().map(|sky| format!("{sky}.000000")).collect();
        let amounts: Vec<&str> = amounts.iter().map(String::as_str).collect();
        assert_received(&world.treasury.node, payee, &amounts).await;
    }
    world.desk.stop().await;
    world.desk.assert_consistent().await;
    Ok(())
}

/// Some time in which the nodes mine and buyers pay.
async fn live(
    accounts: &mut BTreeMap<String, Account>,
    node: &Bitcoind,
    wallet: &Wallet,
    anvil: &Anvil,
    rng: &mut Rng,
) {
    let mut left = rng.below(LONGEST);
    deposit(accounts, node, wallet, anvil, rng).await;
    while left > 0 {
        let pause = left.min(100 + rng.below(700));
        tokio::time::sleep(Duration::from_millis(pause)).await;
        left -= pause;
        if rng.below(3) == 0 {
            deposit(accounts, node, wallet, anvil, rng).await;
        } else {
            mine(node, wallet, 1).await;
            anvil.mine(1).await;
        }
    }
}

async fn deposit(
    accounts: &mut BTreeMap<String, Account>,
    node: &Bitcoind,
    wallet: &Wallet,
    anvil: &Anvil,
    rng: &mut Rng,
) {
    let index = usize::try_from(rng.below(PAYEES as u64)).unwrap();
    let account = accounts.values_mut().nth(index).unwrap();
    let sky = 1 + rng.below(9);
    account.deposits.push(sky);
    if rng.below(2) == 0 {
        let amount = btc("0.002").checked_mul(sky).unwrap();
        wallet.send(&address_of(&account.bitcoin), amount).await;
        mine(node, wallet, 1).await;
    } else {
        anvil.eth.pay(&account.ether, ONE_SKY_WEI * u128::from(sky)).await;
    }
}

/// Waits until everything that was ever deposited is paid and confirmed.
async fn settled(world: &World, total: u64) {
    let expected = format!("{total}.000000");
    wait::until("not everything is paid", async || {
        let accounting = match world.desk.api.get_admin("/api/accounting").await {
            Answer::Done(body) => serde_json::from_str::<Value>(&body).unwrap(),
            _ => return None,
        };
        (accounting["sent"] == expected && accounting["owed"] == "0.000000").then_some(())
    })
    .await;
    wait::until("transactions are on their way", async || {
        let live = admin(&world.desk, "/api/transactions?state=live").await;
        live["transactions"].as_array().unwrap().is_empty().then_some(())
    })
    .await;
}
