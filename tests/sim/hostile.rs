//! Transactions that somebody made as expensive as one block takes: thousands of transfers, of inputs, of outputs.

use std::sync::Arc;

use teller::address::DepositAddress;
use teller::chain::{Origin, Payment};
use teller::store::{OwnMoneyTable, Page, Tables};
use teller::testing::World;
use teller::types::{Coin, Units};

use crate::forks::{bound, payment, settle, world};
use crate::reexecuted::{self, WEI, passed_on, standing};

/// What one block of Ethereum has room for.
const TRANSFERS: u32 = 3_000;
/// And one of Bitcoin.
const INPUTS: u32 = 20_000;
const OUTPUTS: u32 = 5_000;

fn transfers(address: DepositAddress) -> Vec<Payment> {
    let each = |n: u32| passed_on(1, address, WEI + u128::from(n));
    (0..TRANSFERS).map(each).collect()
}

#[tokio::test]
async fn should_credit_each_of_thousands_of_transfers_by_one_transaction() {
    let (mut world, address) = reexecuted::world().await;
    let expected: Vec<Units> = (0..TRANSFERS).map(|n| Units::new(WEI + u128::from(n))).collect();
    world.chain.mine(transfers(address));
    reexecuted::settle(&mut world).await;
    assert_eq!(standing(&mut world), expected);
    // Another block executes it in another order.
    world.chain.unmine(1);
    world.chain.mine(transfers(address).into_iter().rev().collect());
    reexecuted::settle(&mut world).await;
    assert_eq!(standing(&mut world), expected, "the same deposits, each once");
    let snapshot = world.service().unwrap().store.snapshot();
    assert_eq!(snapshot.deposits(None, Page::ALL).unwrap().len(), expected.len());
}

/// A transaction that spends thousands of outputs, and pays thousands of times to one address.
fn sweep(tx: &str, address: DepositAddress, last_spent: &str) -> Vec<Payment> {
    let strangers = (0..INPUTS).map(|n| (format!("{n:064x}"), n));
    let spent: Arc<[(String, u32)]> = strangers.chain([(last_spent.to_owned(), 0)]).collect();
    let pays = |n: u32| {
        let origin = Origin::Outputs(Arc::clone(&spent));
        Payment { n, origin, ..payment(tx, address, 1_000) }
    };
    (0..OUTPUTS).map(pays).collect()
}

async fn own_money_of(world: &mut World, blocks: Vec<Vec<Payment>>) -> (u64, usize) {
    blocks.into_iter().for_each(|payments| world.chain.mine(payments));
    assert!(matches!(world.scan().await, teller::testing::StepEnd::Done(_)));
    let snapshot = world.service().unwrap().store.snapshot();
    let known = (0..OUTPUTS).filter(|n| {
        let id = teller::types::DepositId { coin: Coin::BTC, tx: "sweep".to_owned(), n: *n, token: None };
        snapshot.deposit_no(&id).unwrap().is_some()
    });
    (snapshot.count_own_money().unwrap(), known.count())
}

#[tokio::test]
async fn should_look_up_what_a_transaction_spends_once_for_all_that_it_pays() {
    let mut world = world();
    let address = bound(&mut world).await;
    let deposit = vec![payment("deposit", address, 100_000)];
    let (own, deposits) =
        own_money_of(&mut world, vec![deposit, sweep("sweep", address, "stranger's")]).await;
    assert_eq!((own, deposits), (0, OUTPUTS as usize), "a stranger's coins are deposits");
    let (own, _) = own_money_of(&mut world, vec![sweep("ours", address, "deposit")]).await;
    assert_eq!(own, u64::from(OUTPUTS), "what spends a deposit is ours, all of it");
}

#[tokio::test]
async fn should_keep_all_own_money_that_one_transaction_passes_on() {
    let (mut world, address) = reexecuted::world().await;
    let ours = |payment| Payment { origin: Origin::Addresses([address].into()), ..payment };
    let passed = || (0..3).map(|n| ours(passed_on(1, address, WEI + n))).collect();
    world.chain.mine(passed());
    reexecuted::settle(&mut world).await;
    let own = |world: &mut World| {
        let snapshot = world.service().unwrap().store.snapshot();
        let all = snapshot.all_own_money(None, 9).unwrap();
        all.into_iter().map(|(_, own)| own.amount.get() - WEI).collect::<Vec<_>>()
    };
    assert_eq!(own(&mut world), [0, 1, 2]);
    world.chain.unmine(1);
    world.chain.mine(passed());
    settle(&mut world).await;
    assert_eq!(own(&mut world), [0, 1, 2], "known again after a fork");
}
