//! What can be asked about orders and markets.

use super::world::{SKY, World};
use crate::exchange::engine::{DepthLevel, OrderId, OrderState, Price, Side, Terms, TradeId};

#[test]
fn should_page_through_orders_newest_first() {
    let mut world = World::new();
    let ann = world.ann;
    let ids: Vec<OrderId> = (0..10).map(|_| world.limit(ann, Side::Sell, 20, 10)).collect();
    for id in &ids[2..5] {
        world.exchange.cancel(ann, *id, 0).unwrap();
    }
    let is_open = |order: &crate::exchange::engine::OrderInfo<'_>| !order.state.is_final();
    let page = world.exchange.page(ann, is_open, (1, 3));
    assert_eq!(page.total, 7);
    let shown: Vec<OrderId> = page.orders.iter().map(|order| order.id).collect();
    assert_eq!(shown, [ids[8], ids[7], ids[6]]);
    let before = world.exchange.orders(ann, Some(ids[3])).map(|order| order.id);
    assert_eq!(before.collect::<Vec<_>>(), [ids[2], ids[1], ids[0]]);
    let open = world.exchange.open_orders(ann);
    assert_eq!(open.iter().map(|order| order.id).collect::<Vec<_>>()[4..], [ids[5], ids[1], ids[0]]);
    assert_eq!(world.exchange.page(world.bob, |_| true, (0, 100)).total, 0);
}

#[test]
fn should_tell_the_trades_of_an_order_in_their_order() {
    let mut world = World::new();
    let (ann, bob) = (world.ann, world.bob);
    let maker = world.limit(ann, Side::Sell, 20, 10);
    world.limit(bob, Side::Buy, 20, 3);
    world.limit(ann, Side::Sell, 21, 10);
    let taker = world.limit(bob, Side::Buy, 21, 12);
    let fills = world.exchange.fills(maker);
    let told = |fill: &crate::exchange::engine::Fill| {
        (fill.trade.get(), fill.price.get(), fill.quantity / SKY, fill.is_maker)
    };
    assert_eq!(fills.iter().map(told).collect::<Vec<_>>(), [(1, 20, 3, true), (2, 20, 7, true)]);
    let fills = world.exchange.fills(taker);
    assert_eq!(fills.iter().map(told).collect::<Vec<_>>(), [(2, 20, 7, false), (3, 21, 5, false)]);
    assert_eq!(fills[0].fee, 14_000);
    assert_eq!(world.exchange.fills(OrderId::new(99)), []);
    let newest = world.exchange.trades(world.market, TradeId::new(2)).next_back().unwrap();
    assert_eq!((newest.id, newest.taker, newest.taker_side), (TradeId::new(3), taker, Side::Buy));
}

#[test]
fn should_show_depth_ticker_and_candles() {
    let mut world = World::new();
    let (ann, bob) = (world.ann, world.bob);
    let empty = world.exchange.ticker(world.market, 0);
    assert_eq!((empty.bid, empty.last, empty.day), (None, None, None));
    for (side, price) in
        [(Side::Buy, 18), (Side::Buy, 19), (Side::Buy, 19), (Side::Sell, 21), (Side::Sell, 22)]
    {
        world.limit(ann, side, price, 10);
    }
    let before = world.exchange.depth(world.market, 1);
    assert_eq!(before.bids, [DepthLevel { price: Price::new(19), quantity: 20 * SKY, orders: 2 }]);
    assert_eq!(before.asks.len(), 1);
    let order = world.place(bob, Side::Buy, Terms::Market { quantity: 15 * SKY });
    assert_eq!(world.state(bob, order), OrderState::Filled);
    let after = world.exchange.depth(world.market, 5);
    assert!(after.sequence > before.sequence);
    assert_eq!(after.asks, [DepthLevel { price: Price::new(22), quantity: 5 * SKY, orders: 1 }]);
    let ticker = world.exchange.ticker(world.market, 2_000);
    assert_eq!((ticker.last, ticker.ask), (Some(Price::new(22)), Some(after.asks[0])));
    let day = ticker.day.unwrap();
    assert_eq!((day.open.get(), day.low.get(), day.high.get(), day.trades), (21, 21, 22, 2));
    assert_eq!((day.volume, day.quote_volume), (15 * SKY, 10 * 21_000 + 5 * 22_000));
    let hours: Vec<_> = world.exchange.candles(world.market, 3_600_000).unwrap().collect();
    assert_eq!((hours.len(), hours[0].start, hours[0].close.get()), (1, 0, 22));
    assert!(world.exchange.candles(world.market, 7).is_none());
}
