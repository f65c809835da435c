//! What had arrived in the hot wallet and is taken back by a fork of its chain, or did not arrive by that transaction.

use teller::engine::operator::{Order, WithdrawalAct, decide_withdrawal};
use teller::exchange::WithdrawalTrace;
use teller::ledger::{Account, Asset, VENUE_DECIMALS};
use teller::store::{Books, Withdrawals};
use teller::testing::{StepEnd, World};
use teller::types::{Droplets, Symbol, TxId, WithdrawalNo};

use crate::withdrawals::{buy, rest, states, world};

fn on(world: &mut World, account: Account) -> String {
    let books = world.service().unwrap().store.snapshot().balances().unwrap();
    books.amount(Asset::AtVenue(Symbol::parse("SKY").unwrap()), account).to_coins_trimmed(VENUE_DECIMALS)
}

fn txid(world: &mut World, no: u64) -> TxId {
    let snapshot = world.service().unwrap().store.snapshot();
    let known = snapshot.withdrawal(WithdrawalNo::new(no)).unwrap().unwrap();
    TxId::parse(known.txid().unwrap()).unwrap()
}

/// Time passes, in which the withdrawer looks again and again.
async fn look(world: &mut World, minutes: u32) {
    for _ in 0..minutes {
        world.clock.advance(60);
        for _ in 0..3 {
            assert!(matches!(world.withdrawer_step().await, StepEnd::Done(_)));
        }
        world.verify(false).unwrap();
    }
}

async fn arrived() -> World {
    let mut world = world(WithdrawalTrace::ById);
    buy(&mut world, "aa", 1_002_000).await;
    rest(&mut world).await;
    assert_eq!(
        (states(&mut world), on(&mut world, Account::Withdrawn)),
        (vec!["arrived"], "4.89".to_owned())
    );
    world
}

#[tokio::test]
async fn should_follow_a_fork_that_takes_back_what_had_arrived() {
    let mut world = arrived().await;
    let gone = txid(&mut world, 1);
    let coins = world.node.take_gift_back(gone).unwrap();
    // A node may not know it for a moment.
    look(&mut world, 5).await;
    assert_eq!(states(&mut world), ["arrived"]);
    look(&mut world, 10).await;
    assert_eq!(states(&mut world), ["held"]);
    assert_eq!(
        (on(&mut world, Account::Withdrawn), on(&mut world, Account::OnTheWay)),
        ("0".into(), "4.89".into())
    );
    assert_eq!(world.service().unwrap().store.snapshot().counters().held_withdrawals, 1, "a person sees it");
    // Nothing more is withdrawn meanwhile, and the desk starts on what is stored.
    buy(&mut world, "bb", 1_002_000).await;
    world.stop();
    world.start().unwrap();
    look(&mut world, 15).await;
    assert_eq!(states(&mut world), ["held"]);
    // The chain has it again: it has arrived without anybody's word, and the rest goes on.
    world.node.bring_gift_again(gone, coins);
    look(&mut world, 2).await;
    assert_eq!(states(&mut world)[0], "arrived");
    rest(&mut world).await;
    assert_eq!(states(&mut world), ["arrived", "arrived"]);
    assert_eq!(
        (on(&mut world, Account::OnTheWay), on(&mut world, Account::AtExchange)),
        ("0".into(), "0".into())
    );
}

#[tokio::test]
async fn should_follow_a_fork_while_another_one_is_under_way() {
    let mut world = arrived().await;
    buy(&mut world, "bb", 1_002_000).await;
    world.exchange.change(|state| state.vault.pending = std::time::Duration::from_secs(3_000));
    look(&mut world, 15).await;
    assert_eq!(states(&mut world).len(), 2);
    let gone = txid(&mut world, 1);
    world.node.take_gift_back(gone).unwrap();
    look(&mut world, 15).await;
    assert_eq!(states(&mut world)[0], "held");
    world.stop();
    world.start().unwrap();
    // It never comes again, and the exchange pays it back: a person says so.
    world.exchange.change(|state| {
        state.vault.all[0].state = teller::exchange::WithdrawalState::Failed;
        state.coins += state.vault.all[0].all;
    });
    let store = world.service().unwrap().store.clone();
    let order = Order::new("anna", "the exchange has credited it").unwrap();
    decide_withdrawal(&store, WithdrawalNo::new(1), WithdrawalAct::Missed, order).await.unwrap();
    assert_eq!(states(&mut world)[0], "missed");
    assert_eq!(on(&mut world, Account::AtExchange), "4.99", "it is due again");
    look(&mut world, 60).await;
    assert_eq!(states(&mut world)[1], "arrived");
}

#[tokio::test]
async fn should_take_nothing_back_on_the_word_of_a_node_that_is_away() {
    let mut world = arrived().await;
    world.set_faults(teller::testing::Faults { unreachable: true, ..Default::default() });
    look(&mut world, 30).await;
    assert_eq!(states(&mut world), ["arrived"]);
    world.set_faults(teller::testing::Faults::default());
    let gone = txid(&mut world, 1);
    let coins: Droplets = world.node.take_gift_back(gone).unwrap();
    look(&mut world, 8).await;
    world.node.bring_gift_again(gone, coins);
    look(&mut world, 5).await;
    world.node.take_gift_back(gone).unwrap();
    look(&mut world, 8).await;
    assert_eq!(states(&mut world), ["arrived"], "it was there in between");
}

#[tokio::test]
async fn should_not_take_the_transaction_of_one_withdrawal_for_another_one() {
    for trace in [WithdrawalTrace::ById, WithdrawalTrace::ByTerms] {
        let mut world = world(trace);
        buy(&mut world, "aa", 1_002_000).await;
        rest(&mut world).await;
        assert_eq!(states(&mut world), ["arrived"]);
        let before = on(&mut world, Account::Withdrawn);
        // The next one is as large, and the exchange tells the transaction of the first.
        let first = txid(&mut world, 1).to_string();
        world.exchange.change(|state| state.vault.tells_only = Some(first.clone()));
        world.clock.advance(7_200);
        buy(&mut world, "bb", 1_002_000).await;
        rest(&mut world).await;
        assert_eq!(states(&mut world), ["arrived", "held"], "{trace:?}");
        assert_eq!(on(&mut world, Account::Withdrawn), before);
    }
}
