//! Rules, networks, books and prices.

use rust_decimal::Decimal;
use serde_json::json;
use teller::exchange::{AssetNetwork, MarketState, Refusal};

use super::venue::{Desk, Venue, decimal};
use crate::support::runner::Outcome;

pub(super) async fn should_tell_the_rules_of_a_market(desk: &Desk) -> Outcome {
    let (name, base, quote) = desk.venue.names();
    // C2CX has no calls for rules, and the steps of quantities are those that the adapter knows.
    let least_cost = if desk.venue == Venue::C2cx { Decimal::ZERO } else { decimal("0.0001") };
    for trouble in ["slow", "numbers", "texts", "status-200"] {
        desk.trouble(json!({ "kind": trouble, "millis": 1 })).await;
        let market = desk.exchange.market(name).await.unwrap();
        assert_eq!((market.name.as_str(), market.base.as_str(), market.quote.as_str()), (name, base, quote));
        assert_eq!(
            (market.price_step, market.quantity_step),
            (decimal("0.00001"), decimal("0.01")),
            "{trouble}"
        );
        assert_eq!((market.least_quantity, market.least_cost), (Decimal::ONE, least_cost), "{trouble}");
        assert_eq!(market.state, MarketState::Trading);
        let nowhere = desk.exchange.market("NOTHERE").await.unwrap_err();
        assert_eq!(nowhere.refusal(), Some(Refusal::Market), "{trouble}: {nowhere}");
        desk.clear().await;
    }
    for state in ["cancel-only", "gone"] {
        desk.world.simnet.control("exchange/market", json!({ "market": "SKY-BTC", "state": state })).await;
        let market = desk.exchange.market(name).await.unwrap();
        // There, refusals alone tell.
        let expected = if desk.venue == Venue::C2cx { MarketState::Trading } else { MarketState::Closed };
        assert_eq!(market.state, expected, "{state}");
        let refused = desk.exchange.place(&desk.buy(1, "0.002", "10")).await.unwrap_err();
        assert_eq!(refused.refusal(), Some(Refusal::Market), "{state}: {refused}");
    }
    Ok(())
}

pub(super) async fn should_tell_which_coin_it_is(desk: &Desk) -> Outcome {
    let told = async || desk.exchange.networks("SKY").await.unwrap();
    let network = |name: &str, contract: Option<&str>| {
        Some(vec![AssetNetwork { name: name.to_owned(), contract: contract.map(str::to_owned) }])
    };
    let (own, other) = match desk.venue {
        Venue::C2cx => (None, None),
        Venue::Binance => {
            let contract = Some("0x56072c95faa701256059aa122697b133aded9279");
            (network("SKYCOIN", None), network("ETH", contract))
        }
        Venue::Kraken => (network("Skycoin", None), network("Sky (ERC20)", None)),
        Venue::Coinbase => (network("skycoin", None), network("ethereum", None)),
    };
    assert_eq!(told().await, own);
    desk.trouble(json!({ "kind": "other-sky" })).await;
    assert_eq!(told().await, other);
    Ok(())
}

pub(super) async fn should_tell_prices(desk: &Desk) -> Outcome {
    let empty = desk.exchange.book(desk.market(), 5).await.unwrap();
    assert!(empty.bids.is_empty() && empty.asks.is_empty(), "{empty:?}");
    let ticker = desk.exchange.ticker(desk.market()).await.unwrap();
    assert_eq!((ticker.bid, ticker.ask, ticker.last), (None, None, None));

    for (price, quantity) in [("0.00203", "7.5"), ("0.00201", "3.33"), ("0.00201", "1")] {
        desk.world.offer(price, quantity).await;
    }
    let bid = json!({
        "account": "makers", "market": "SKY-BTC", "side": "buy", "price": "0.0019", "quantity": "12.25",
    });
    desk.world.fund("BTC", "1").await;
    desk.world.simnet.control("exchange/order", bid).await;
    desk.place(&desk.buy(1, "0.00201", "1")).await;
    for trouble in ["slow", "numbers", "texts"] {
        desk.trouble(json!({ "kind": trouble, "millis": 1 })).await;
        let book = desk.exchange.book(desk.market(), 5).await.unwrap();
        let asks: Vec<_> = book.asks.iter().map(|level| (level.price, level.quantity)).collect();
        let expected =
            [("0.00201", "3.33"), ("0.00203", "7.5")].map(|(price, size)| (decimal(price), decimal(size)));
        assert_eq!(asks, expected, "{trouble}");
        assert_eq!((book.bids[0].price, book.bids[0].quantity), (decimal("0.0019"), decimal("12.25")));
        let ticker = desk.exchange.ticker(desk.market()).await.unwrap();
        let prices = [ticker.bid, ticker.ask, ticker.last];
        assert_eq!(prices, ["0.0019", "0.00201", "0.00201"].map(|price| Some(decimal(price))), "{trouble}");
        desk.clear().await;
    }
    let nowhere = desk.exchange.book("NOTHERE", 5).await.unwrap_err();
    assert_eq!(nowhere.refusal(), Some(Refusal::Market), "{nowhere}");
    Ok(())
}
