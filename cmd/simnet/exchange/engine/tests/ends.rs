//! Orders and markets that end.

use super::world::{SKY, World};
use crate::exchange::engine::{
    AccountSettings, CancelError, ExpiryReason, IdPolicy, MarketState, OrderId, OrderRequest, OrderState,
    PlaceError, Price, Side,
};

#[test]
fn should_cancel_with_what_has_traded() {
    let mut world = World::new();
    let (ann, bob) = (world.ann, world.bob);
    let order = world.limit(ann, Side::Sell, 20, 10);
    world.limit(bob, Side::Buy, 20, 4);
    let unknown = world.exchange.cancel(bob, order, 2_000);
    assert_eq!(unknown, Err(CancelError::Unknown(order)), "another account's order is none");
    world.exchange.cancel(ann, order, 2_000).unwrap();
    world.exchange.check().unwrap();
    let shown = world.order(ann, order);
    assert_eq!((shown.state, shown.filled, shown.updated), (OrderState::Cancelled, 4 * SKY, 2_000));
    assert_eq!(world.exchange.balance(ann, world.sky).free, 996 * SKY);
    let again = world.exchange.cancel(ann, order, 3_000).unwrap_err();
    assert_eq!(again.to_string(), "order 1 is Cancelled, expected one that is open");
    let never = world.exchange.cancel(ann, OrderId::new(0), 0);
    assert_eq!(never, Err(CancelError::Unknown(OrderId::new(0))));
}

#[test]
fn should_let_an_order_trade_while_its_cancel_is_held_back() {
    let mut world = World::new();
    let (ann, bob) = (world.ann, world.bob);
    let order = world.limit(ann, Side::Sell, 20, 10);
    world.exchange.hold_cancel(ann, order, 2_000).unwrap();
    world.limit(bob, Side::Buy, 20, 4);
    let shown = world.order(ann, order);
    assert_eq!((shown.state, shown.is_cancelling), (OrderState::PartlyFilled, true));
    world.exchange.cancel(ann, order, 3_000).unwrap();
    let shown = world.order(ann, order);
    assert_eq!((shown.state, shown.is_cancelling), (OrderState::Cancelled, false));
}

#[test]
fn should_take_cancels_alone_and_then_nothing() {
    let mut world = World::new();
    let ann = world.ann;
    let [first, second] = [(), ()].map(|()| world.limit(ann, Side::Sell, 20, 10));
    world.exchange.set_market_state(world.market, MarketState::CancelOnly, 0);
    let request = OrderRequest::limit(world.market, Side::Buy, Price::new(20), SKY);
    let refused = world.exchange.place(world.bob, &request, 0).unwrap_err();
    assert_eq!(refused.to_string(), "the market BTC_SKY is CancelOnly, expected one that is trading");
    world.exchange.cancel(ann, first, 0).unwrap();
    world.exchange.set_market_state(world.market, MarketState::Gone, 5_000);
    world.exchange.check().unwrap();
    assert_eq!(world.state(ann, second), OrderState::Expired(ExpiryReason::MarketGone));
    assert_eq!(world.exchange.balance(ann, world.sky).frozen, 0);
    assert_eq!(world.exchange.depth(world.market, 5).asks, []);
}

#[test]
fn should_end_an_order_by_the_will_of_the_exchange() {
    let mut world = World::new();
    let ann = world.ann;
    let order = world.limit(ann, Side::Sell, 20, 10);
    world.exchange.expire(ann, order, ExpiryReason::Venue, 2_000).unwrap();
    assert_eq!(world.state(ann, order), OrderState::Expired(ExpiryReason::Venue));
    world.exchange.check().unwrap();
}

#[test]
fn should_forget_old_orders_of_an_account_that_keeps_few() {
    let settings = AccountSettings { kept_orders: Some(3), ..AccountSettings::default() };
    let mut world = World::with(settings, |spec| spec);
    let ann = world.ann;
    let open = world.limit(ann, Side::Sell, 30, 1);
    let request = OrderRequest::limit(world.market, Side::Sell, Price::new(20), SKY);
    let named = request.named("once", IdPolicy::UniqueForEver);
    let first = world.exchange.place(ann, &named, 0).unwrap().order;
    world.exchange.cancel(ann, first, 0).unwrap();
    for _ in 0..5_000 {
        let order = world.exchange.place(ann, &request, 0).unwrap().order;
        world.exchange.cancel(ann, order, 0).unwrap();
    }
    world.exchange.check().unwrap();
    let kept: Vec<u64> = world.exchange.orders(ann, None).map(|order| order.id.get()).collect();
    assert_eq!(kept, [5_002, 5_001, 5_000, open.get()]);
    assert_eq!(world.exchange.order(ann, first), None);
    let again = world.exchange.place(ann, &named, 0);
    assert!(matches!(again, Err(PlaceError::IdTaken { .. })), "an id is taken for ever");
}
