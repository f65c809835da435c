//! The market maker at work.

use proptest::prelude::*;

use super::world::{BTC, SKY, World};
use crate::exchange::engine::{Action, MarketMaker, OrderState, Price, Quoting, Side, Walk};

fn quoting(world: &World) -> Quoting {
    Quoting { market: world.market, levels: 5, spread: 4, gap: 2, tolerance: 1, lots: (100, 300) }
}

/// Runs a market maker along a walk; returns all that it did.
fn run(seed: u64, steps: usize, world: &mut World) -> Vec<Action> {
    let mut maker = MarketMaker::new(seed, world.ann, quoting(world));
    let mut all = Vec::new();
    for (now, price) in (0..).zip(Walk::new(seed, Price::new(200), 3).take(steps)) {
        let actions = maker.decide(&world.exchange, price);
        for action in &actions {
            assert!(action.apply(&mut world.exchange, world.ann, now), "{action:?}");
        }
        world.exchange.check().unwrap();
        all.extend(actions);
    }
    all
}

#[test]
fn should_keep_both_sides_of_the_book() {
    let mut world = World::new();
    run(1, 1, &mut world);
    let depth = world.exchange.depth(world.market, 100);
    assert_eq!((depth.bids.len(), depth.asks.len()), (5, 5));
    assert_eq!(depth.asks[0].price.get() - depth.bids[0].price.get(), 4);
    assert_eq!(depth.bids[0].price.get() - depth.bids[1].price.get(), 2);
    run(2, 500, &mut world);
    let depth = world.exchange.depth(world.market, 100);
    assert_eq!((depth.bids.len(), depth.asks.len()), (5, 5));
}

#[test]
fn should_trade_with_an_order_that_the_price_moves_through() {
    let mut world = World::new();
    let mut maker = MarketMaker::new(1, world.ann, quoting(&world));
    let order = world.limit(world.bob, Side::Buy, 180, 1);
    for price in [200, 170] {
        let actions = maker.decide(&world.exchange, Price::new(price));
        assert!(actions.iter().all(|action| action.apply(&mut world.exchange, world.ann, 0)));
    }
    assert_eq!(world.state(world.bob, order), OrderState::Filled);
}

#[test]
fn should_quote_what_it_can_pay() {
    let mut world = World::new();
    let (ann, btc) = (world.ann, world.btc);
    world.exchange.request_withdrawal(ann, btc, BTC - 1_000_000, "address", 0).unwrap();
    run(1, 200, &mut world);
    let depth = world.exchange.depth(world.market, 100);
    assert!((1..5).contains(&depth.bids.len()), "{depth:?}");
    assert!(depth.asks.iter().all(|level| level.quantity <= 3 * SKY));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn should_do_the_same_for_the_same_seed(seed: u64) {
        let (one, other) = (run(seed, 30, &mut World::new()), run(seed, 30, &mut World::new()));
        prop_assert!(!one.is_empty());
        prop_assert_eq!(one, other);
    }
}
