//! What can be set, and when it counts.

use super::world::{SKY, World, coin, rate, sky_market};
use crate::exchange::engine::{
    AccountSettings, Exchange, Fees, OrderRequest, PlaceError, Price, Settings, Side, TradeId,
};

#[test]
fn should_change_fees_for_the_next_orders_only() {
    let mut world = World::new();
    let (ann, bob) = (world.ann, world.bob);
    let before = world.limit(ann, Side::Sell, 20, 10);
    let set = |world: &mut World, account, fees| {
        let settings = AccountSettings { fees: Some(fees), ..world.exchange.account_settings(account) };
        world.exchange.set_account_settings(account, settings);
    };
    set(&mut world, ann, Fees { maker: rate(500_000_000), taker: rate(0) });
    set(&mut world, bob, Fees { maker: rate(0), taker: rate(0) });
    let after = world.limit(ann, Side::Sell, 20, 10);
    let taker = world.limit(bob, Side::Buy, 20, 20);
    assert_eq!(world.order(ann, before).fee, 200);
    assert_eq!(world.order(ann, after).fee, 100_000);
    assert_eq!(world.order(bob, taker).fee, 0);
    set(&mut world, bob, Fees { maker: rate(0), taker: rate(100_000_000) });
    world.limit(ann, Side::Sell, 20, 10);
    let taker = world.limit(bob, Side::Buy, 20, 10);
    assert_eq!(world.order(bob, taker).fee, SKY);
}

#[test]
fn should_change_the_least_that_an_order_is_worth() {
    let mut world = World::new();
    world.exchange.set_min_notional(world.market, 20_001);
    let request = OrderRequest::limit(world.market, Side::Buy, Price::new(20), SKY);
    let refused = Err(PlaceError::Notional { worth: 20_000, least: 20_001 });
    assert_eq!(world.exchange.validate(world.ann, &request), refused);
    world.exchange.set_min_notional(world.market, 20_000);
    assert_eq!(world.exchange.validate(world.ann, &request), Ok(()));
    assert_eq!(world.exchange.orders(world.ann, None).count(), 0, "nothing was placed");
}

#[test]
fn should_take_an_earlier_time_for_the_latest() {
    let mut world = World::new();
    let order = world.limit(world.ann, Side::Sell, 20, 10);
    world.exchange.cancel(world.ann, order, 500).unwrap();
    assert_eq!(world.order(world.ann, order).updated, 1_000);
    assert_eq!(world.exchange.now(), 1_000);
}

#[test]
fn should_keep_only_so_many_trades() {
    let mut exchange = Exchange::new(Settings { kept_trades: 2, ..Settings::default() });
    let sky = exchange.add_asset(coin("SKY", 6)).unwrap();
    let btc = exchange.add_asset(coin("BTC", 8)).unwrap();
    let market = exchange.add_market(sky_market(sky, btc)).unwrap();
    let [ann, bob] = [(), ()].map(|()| exchange.open_account(AccountSettings::default()));
    exchange.deposit(ann, sky, 1_000 * SKY).unwrap();
    exchange.deposit(bob, btc, 1_000_000).unwrap();
    let sale = OrderRequest::limit(market, Side::Sell, Price::new(20), 5 * SKY);
    let sale = exchange.place(ann, &sale, 0).unwrap().order;
    for _ in 0..5 {
        let request = OrderRequest::limit(market, Side::Buy, Price::new(20), SKY);
        exchange.place(bob, &request, 0).unwrap();
    }
    exchange.check().unwrap();
    let kept = exchange.trades(market, TradeId::new(1)).map(|trade| trade.id.get());
    assert_eq!(kept.collect::<Vec<_>>(), [4, 5]);
    assert_eq!(exchange.fills(sale).len(), 2);
    assert_eq!(exchange.order(ann, sale).unwrap().filled, 5 * SKY, "the sums stay");
}
