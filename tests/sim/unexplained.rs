//! Coins that no list of a block tells: what balances say where a transaction could not be read.

use teller::address::DepositAddress;
use teller::chain::{Effect, Unread};
use teller::skycoin::Address;
use teller::store::{BalanceCheck, CheckEnd, PassedOver, Passes};
use teller::testing::{StepEnd, World};
use teller::types::{Coin, Height, Units};

use crate::reexecuted::{WEI, passed_on, settle, standing, world};

const MANY: u16 = 450;

fn numbered(number: u16) -> DepositAddress {
    let mut account = [9; 20];
    account[..2].copy_from_slice(&number.to_be_bytes());
    DepositAddress::of_account(account)
}

/// A world with many bound addresses, in which a deposit and a transaction that nobody can read stand in block 1.
async fn with_unread() -> World {
    let (mut world, address) = world().await;
    let store = world.service().unwrap().store.clone();
    let bound = store.write(|tx| {
        (0..MANY).try_for_each(|number| tx.bind(Address::from_bytes([2; 20]), numbered(number)).map(drop))
    });
    bound.await.unwrap();
    let unread =
        Unread { tx: "0xbb".into(), why: "execution timeout".into(), effect: Effect::Unknown("no".into()) };
    world.chain.mine(vec![passed_on(1, address, WEI), passed_on(1, numbered(7), WEI)]);
    world.chain.set_unread(1, vec![unread]);
    // What was there before the block does not count.
    world.chain.slip(0, numbered(8), WEI);
    world
}

fn passed(world: &mut World) -> PassedOver {
    let snapshot = world.service().unwrap().store.snapshot();
    let [one] = &snapshot.passed_over_from(Coin::ETH, Height::new(0), 10).unwrap()[..] else {
        panic!("one is passed over")
    };
    one.clone()
}

/// Steps of the job until the comparison has ended.
async fn steps(world: &mut World) -> usize {
    for step in 1..100 {
        assert!(matches!(world.balance_check_step().await, StepEnd::Done(_)));
        if passed(world).check.is_some_and(|check| check.end.is_some()) {
            return step;
        }
    }
    panic!("it does not end")
}

fn ended(world: &mut World) -> (Vec<(DepositAddress, Units)>, Option<CheckEnd>) {
    let BalanceCheck { grew, end, .. } = passed(world).check.unwrap();
    (grew, end)
}

#[tokio::test]
async fn should_tell_by_how_much_a_bound_address_grew_unexplained() {
    let mut world = with_unread().await;
    world.chain.slip(1, numbered(440), 5);
    world.chain.slip(1, numbered(7), 3);
    settle(&mut world).await;
    assert!(matches!(world.balance_check_step().await, StepEnd::Done(_)));
    let first = passed(&mut world).check.unwrap();
    assert_eq!((first.grew, first.end), (vec![(numbered(7), Units::new(3))], None), "a share at a time");
    // It goes on where it was.
    world.stop();
    world.start().unwrap();
    settle(&mut world).await;
    assert_eq!(steps(&mut world).await, 2);
    let expected = vec![(numbered(7), Units::new(3)), (numbered(440), Units::new(5))];
    assert_eq!(ended(&mut world), (expected, Some(CheckEnd::Done)));
    assert!(passed(&mut world).is_open(), "a person has to look");
    assert_eq!(standing(&mut world), [Units::new(WEI); 2], "nothing is credited");
    world.verify(false).unwrap();
}

#[tokio::test]
async fn should_not_wait_for_a_person_where_no_bound_address_grew() {
    let mut world = with_unread().await;
    settle(&mut world).await;
    assert!(passed(&mut world).is_open());
    steps(&mut world).await;
    assert_eq!(ended(&mut world), (vec![], Some(CheckEnd::Done)));
    assert!(!passed(&mut world).is_open());
    // A fork takes it away with its block.
    world.chain.unmine(1);
    (0..2).for_each(|_| world.chain.mine(vec![]));
    settle(&mut world).await;
    assert!(matches!(world.balance_check_step().await, StepEnd::Done(_)));
    let left = world.service().unwrap().store.snapshot().passed_over_from(Coin::ETH, Height::new(0), 10);
    assert_eq!(left.unwrap(), []);
}

#[tokio::test]
async fn should_say_so_where_the_node_has_thrown_the_balances_away() {
    let mut world = with_unread().await;
    world.chain.slip(1, numbered(440), 5);
    settle(&mut world).await;
    world.chain.forget_balances_before(2);
    assert_eq!(steps(&mut world).await, 1);
    let (_, Some(CheckEnd::Failed(why))) = ended(&mut world) else { panic!("it cannot be told") };
    assert!(why.contains("missing trie node"), "{why}");
    assert!(passed(&mut world).is_open());
}

#[tokio::test]
async fn should_try_again_while_the_node_is_away() {
    let mut world = with_unread().await;
    settle(&mut world).await;
    world.chain.set_away(true);
    assert!(matches!(world.balance_check_step().await, StepEnd::Done(_)));
    let service = world.service().unwrap();
    assert!(service.live.notes(Coin::ETH).balances_error.as_ref().is_some_and(|why| why.contains("away")));
    assert_eq!(passed(&mut world).check, None);
    world.chain.set_away(false);
    steps(&mut world).await;
    assert_eq!(world.service().unwrap().live.notes(Coin::ETH).balances_error, None);
}
