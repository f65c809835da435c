//! Blocks that were followed and not read whole.

use teller::chain::{Effect, Unread};
use teller::engine::operator::{ActError, Order, forget_blind, read_again, see};
use teller::store::{Chains, GapEffect, PassedOver, Passes};
use teller::testing::World;
use teller::types::{Actor, Coin, Height, Units};

use crate::reexecuted::{WEI, passed_on, rescan, settle, standing, world};

fn ranges(world: &mut World) -> Vec<(u64, u64)> {
    let ranges = world.service().unwrap().store.snapshot().blind_ranges(Coin::ETH).unwrap();
    ranges.iter().map(|range| (range.from.get(), range.to.get())).collect()
}

fn passed(world: &mut World) -> Vec<PassedOver> {
    world.service().unwrap().store.snapshot().passed_over_from(Coin::ETH, Height::new(0), 10).unwrap()
}

#[tokio::test]
async fn should_read_by_itself_what_was_followed_blindly() {
    let (mut world, address) = world().await;
    world.chain.mine(vec![passed_on(1, address, WEI)]);
    settle(&mut world).await;
    world.chain.set_blind(true);
    world.chain.mine(vec![passed_on(1, address, WEI * 2)]);
    world.chain.mine(vec![passed_on(0, address, 7)]);
    settle(&mut world).await;
    assert_eq!(standing(&mut world), [Units::new(WEI), Units::new(7)]);
    assert_eq!(ranges(&mut world), [(2, 3)]);
    // A restart forgets nothing, a fork what it takes away.
    world.stop();
    world.start().unwrap();
    world.chain.unmine(1);
    world.chain.mine(vec![]);
    world.chain.mine(vec![]);
    settle(&mut world).await;
    assert_eq!(ranges(&mut world), [(2, 4)]);

    world.chain.set_blind(false);
    world.chain.mine(vec![]);
    for _ in 0..5 {
        settle(&mut world).await;
    }
    assert_eq!(standing(&mut world), [Units::new(WEI), Units::new(WEI * 2)]);
    assert_eq!(ranges(&mut world), []);
    assert_eq!(world.service().unwrap().store.snapshot().rescan(Coin::ETH).unwrap(), None);
    world.verify(true).unwrap();
}

#[tokio::test]
async fn should_keep_what_was_passed_over_until_it_is_read_or_seen() {
    let (mut world, address) = world().await;
    let unread =
        Unread { tx: "0xbb".into(), why: "execution timeout".into(), effect: Effect::Unknown("no".into()) };
    world.chain.mine(vec![passed_on(1, address, WEI)]);
    world.chain.set_unread(1, vec![unread]);
    (0..2).for_each(|_| world.chain.mine(vec![]));
    settle(&mut world).await;
    assert!(passed(&mut world)[0].is_open());
    let (store, one) = (world.service().unwrap().store.clone(), Height::new(1));
    let gone = see(&store, Coin::ETH, one, "0xcc".into(), Order::new("anna", "nothing").unwrap()).await;
    assert_eq!(gone, Err(ActError::Unknown));
    see(&store, Coin::ETH, one, "0xbb".into(), Order::new("anna", "not ours").unwrap()).await.unwrap();
    // Read again and still not readable: it stays, with the word on it.
    read_again(&store, Coin::ETH, one, "0xbb".into(), Actor::operator()).await.unwrap();
    assert!(matches!(
        read_again(&store, Coin::ETH, one, "0xbb".into(), Actor::operator()).await,
        Err(ActError::Busy { .. })
    ));
    settle(&mut world).await;
    assert_eq!(passed(&mut world)[0].seen.as_ref().unwrap().by.as_str(), "anna");
    world.chain.set_unread(1, vec![]);
    read_again(&store, Coin::ETH, one, "0xbb".into(), Actor::operator()).await.unwrap();
    settle(&mut world).await;
    assert_eq!(passed(&mut world), []);
    let nothing = forget_blind(&store, Coin::ETH, Order::new("anna", "old").unwrap()).await;
    assert_eq!(nothing, Err(ActError::Unknown));
}

#[tokio::test]
async fn should_not_credit_twice_what_balances_told_before_calls_did() {
    let (mut world, address) = world().await;
    let all = Units::new(WEI * 3);
    let mut grew = passed_on(1, address, WEI * 3);
    grew.tx = "0xbb".to_owned();
    world.chain.mine(vec![grew.clone()]);
    let effect = Effect::Grew(vec![(address, all)]);
    world.chain.set_unread(1, vec![Unread { tx: "0xbb".into(), why: "execution timeout".into(), effect }]);
    settle(&mut world).await;
    assert_eq!(standing(&mut world), [all]);
    // Another node can tell the calls: they are parts of what was credited.
    world.chain.set_unread(1, vec![]);
    for wei in [WEI, WEI * 2] {
        let mut part = passed_on(1, address, wei);
        part.tx = "0xbb".to_owned();
        world.chain.amend(1, part);
    }
    for _ in 0..2 {
        rescan(&mut world).await;
        assert_eq!(standing(&mut world), [all]);
        let [kept] = &passed(&mut world)[..] else { panic!("it is kept") };
        assert!(kept.is_read && kept.effect == GapEffect::Grew(vec![(address, all)]));
    }
}
