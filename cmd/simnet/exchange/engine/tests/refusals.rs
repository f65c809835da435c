//! What the exchange does not take, and what it says then.

use super::world::{SKY, World};
use crate::exchange::engine::{
    IdPolicy, Listing, MarketState, OrderRequest, OrderState, PlaceError, Price, Refusal, RejectReason, Side,
    Terms, TimeInForce,
};

fn buy(world: &World, price: u64, quantity: u128) -> OrderRequest<'static> {
    OrderRequest::limit(world.market, Side::Buy, Price::new(price), quantity)
}

#[test]
fn should_say_what_would_be_right() {
    let mut world = World::new();
    let refused = |world: &mut World, request: OrderRequest<'_>| {
        let error = world.exchange.place(world.ann, &request, 0).unwrap_err();
        assert_eq!(world.exchange.orders(world.ann, None).count(), 0);
        error.to_string()
    };
    let request = buy(&world, 0, SKY);
    assert_eq!(refused(&mut world, request), "a price of 0, expected a multiple of 1 above 0");
    let request = buy(&world, 20, SKY + 1);
    assert_eq!(refused(&mut world, request), "a quantity of 1000001, expected a multiple of 10000");
    let request = buy(&world, 20, 10_000);
    assert_eq!(refused(&mut world, request), "a quantity of 10000, expected 1000000 to 1000000000000");
    let request = buy(&world, 100_001, SKY);
    let words = "100001000 units are needed, expected at most the 100000000 that are free";
    assert_eq!(refused(&mut world, request), words);
    let request = OrderRequest::new(world.market, Side::Sell, Terms::MarketSpend { quote: 1 });
    assert_eq!(refused(&mut world, request), "a sale for an amount of quote, expected a quantity of base");
}

#[test]
fn should_put_a_refusal_on_record_where_that_is_wanted() {
    let mut world = World::new();
    let (ann, bob) = (world.ann, world.bob);
    world.limit(ann, Side::Sell, 20, 10);
    let (price, quantity, time_in_force) = (Price::new(20), SKY, TimeInForce::PostOnly);
    let terms = Terms::Limit { price, quantity, time_in_force };
    let request = OrderRequest::new(world.market, Side::Buy, terms);
    let error = world.exchange.place(bob, &request, 0).unwrap_err();
    assert_eq!(error, PlaceError::WouldTake { price, best: price });
    let recorded = OrderRequest { refusal: Refusal::Recorded, ..request };
    let order = world.exchange.place(bob, &recorded, 0).unwrap().order;
    assert_eq!(world.state(bob, order), OrderState::Rejected(RejectReason::WouldTake));
    // As C2CX ends a market order above the balance.
    let terms = Terms::MarketSpend { quote: 1 << 60 };
    let above = OrderRequest { terms, ..recorded };
    let order = world.exchange.place(bob, &above, 0).unwrap().order;
    assert_eq!(world.state(bob, order), OrderState::Rejected(RejectReason::Balance));
    world.exchange.check().unwrap();
}

#[test]
fn should_mean_client_ids_as_each_protocol_does() {
    let mut world = World::new();
    let ann = world.ann;
    let place = |world: &mut World, policy| {
        let request = buy(world, 10, SKY).named("deposit-1", policy);
        world.exchange.place(ann, &request, 0)
    };
    let first = place(&mut world, IdPolicy::UniqueForEver).unwrap();
    assert!(matches!(place(&mut world, IdPolicy::UniqueForEver), Err(PlaceError::IdTaken { .. })));
    assert!(matches!(place(&mut world, IdPolicy::UniqueAmongOpen), Err(PlaceError::IdTaken { .. })));
    let repeat = place(&mut world, IdPolicy::ReturnsExisting).unwrap();
    assert_eq!((repeat.order, repeat.is_repeat), (first.order, true));
    world.exchange.cancel(ann, first.order, 0).unwrap();
    assert!(matches!(place(&mut world, IdPolicy::UniqueForEver), Err(PlaceError::IdTaken { .. })));
    let second = place(&mut world, IdPolicy::UniqueAmongOpen).unwrap();
    let third = place(&mut world, IdPolicy::NotEnforced).unwrap();
    let found = world.exchange.orders_by_client_id(ann, "deposit-1").map(|order| order.id);
    assert_eq!(found.collect::<Vec<_>>(), [third.order, second.order, first.order]);
    assert_eq!(world.exchange.orders_by_client_id(world.bob, "deposit-1").count(), 0);
    // Another account may have the same.
    let request = buy(&world, 10, SKY).named("deposit-1", IdPolicy::UniqueForEver);
    world.exchange.place(world.bob, &request, 0).unwrap();
    world.exchange.check().unwrap();
}

#[test]
fn should_tell_the_new_name_of_a_market() {
    let mut world = World::new();
    world.exchange.rename_market(world.market, "BTC_SKY2").unwrap();
    assert_eq!(world.exchange.find_market("BTC_SKY"), Listing::Renamed("BTC_SKY2"));
    assert_eq!(world.exchange.find_market("BTC_SKY2"), Listing::Market(world.market));
    assert_eq!(world.exchange.find_market("BTC_ETH"), Listing::Unknown);
    assert_eq!(world.exchange.market(world.market).state(), MarketState::Trading);
}
