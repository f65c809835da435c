//! Binance: place, partly filled, filled; and what it refuses.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Parameters, STILL, World, signing};
use crate::support::runner::Outcome;

const LIMIT: Parameters<'_> = &[
    ("symbol", "SKYBTC"),
    ("side", "BUY"),
    ("type", "LIMIT"),
    ("timeInForce", "GTC"),
    ("quantity", "50"),
    ("price", "0.002"),
    ("newClientOrderId", "teller-1"),
];
const ORDER: &str = "/api/v3/order";

async fn query(world: &World, name: &str) -> Value {
    let asked = [("symbol", "SKYBTC"), ("origClientOrderId", name)];
    world.binance(Method::GET, ORDER, &asked).await.1
}

/// The limit order with other parameters.
fn with(changes: Parameters<'static>) -> Vec<(&'static str, &'static str)> {
    let is_kept = |(name, _): &&(&str, &str)| !changes.iter().any(|(new, _)| new == name);
    let kept = LIMIT.iter().filter(is_kept);
    kept.chain(changes.iter().filter(|(_, value)| !value.is_empty())).copied().collect()
}

pub(crate) async fn should_trade_by_the_protocol_of_binance() -> Outcome {
    let world = World::start(STILL).await;
    world.offer("0.002", "30").await;
    let info = world.public(1, "/api/v3/exchangeInfo?symbol=SKYBTC").await;
    let symbol = &info["symbols"][0];
    assert_eq!((&symbol["status"], &symbol["filters"][1]["minQty"]), (&json!("TRADING"), &json!("1.000000")));
    let depth = world.public(1, "/api/v3/depth?symbol=SKYBTC&limit=5").await;
    assert_eq!(depth["asks"], json!([["0.00200", "30.000000"]]));

    let (status, placed) = world.binance(Method::POST, ORDER, LIMIT).await;
    assert_eq!((status, &placed["status"]), (200, &json!("PARTIALLY_FILLED")), "{placed}");
    assert_eq!(placed["fills"][0]["commission"], json!("0.030000"), "{placed}");
    assert_eq!(world.binance(Method::GET, "/api/v3/openOrders", &[]).await.1.as_array().unwrap().len(), 1);
    world.offer("0.002", "20").await;
    let order = query(&world, "teller-1").await;
    assert_eq!((&order["status"], &order["executedQty"]), (&json!("FILLED"), &json!("50.000000")), "{order}");
    assert_eq!(order["cummulativeQuoteQty"], json!("0.10000000"));
    assert_eq!(world.held("SKY").await, ("49.950000".to_owned(), "0.000000".to_owned()));
    let account = world.binance(Method::GET, "/api/v3/account", &[]).await.1;
    let free: Vec<&Value> =
        account["balances"].as_array().unwrap()[..2].iter().map(|row| &row["free"]).collect();
    assert_eq!(free, [&json!("49.950000"), &json!("0.90000000")]);
    let trades = world.binance(Method::GET, "/api/v3/myTrades", &[("symbol", "SKYBTC")]).await.1;
    let makers: Vec<&Value> = trades.as_array().unwrap().iter().map(|trade| &trade["isMaker"]).collect();
    assert_eq!(makers, [&json!(false), &json!(true)]);

    world.offer("0.0021", "10").await;
    let spend = with(&[("type", "MARKET"), ("quoteOrderQty", "0.0105"), ("timeInForce", ""), ("price", "")]);
    let spend: Vec<_> = spend.into_iter().filter(|(name, _)| *name != "quantity").collect();
    let spent = world.binance(Method::POST, ORDER, &spend).await.1;
    assert_eq!((&spent["status"], &spent["executedQty"]), (&json!("FILLED"), &json!("5.000000")), "{spent}");
    let soon = with(&[("timeInForce", "IOC"), ("price", "0.0021")]);
    let soon = world.binance(Method::POST, ORDER, &soon).await.1;
    assert_eq!((&soon["status"], &soon["executedQty"]), (&json!("EXPIRED"), &json!("5.000000")), "{soon}");
    assert_eq!(soon["expiryReason"], "UNFILLED_IOC_QUANTITY_EXPIRED");
    // The other kind of key.
    let (key, pem) = world.key("binance_ed25519");
    let query = signing::binance_ed25519(pem, &[], signing::now());
    let request = world.client.get(format!("{}?{query}", world.url(1, "/api/v3/account")));
    assert_eq!(super::told(request.header("X-MBX-APIKEY", key)).await.0, 200);
    let request = world.client.get(format!("{}?{query}&limit=1", world.url(1, "/api/v3/account")));
    assert_eq!(super::told(request.header("X-MBX-APIKEY", key)).await.1["code"], -1022);
    Ok(())
}

pub(crate) async fn should_refuse_as_binance_does() -> Outcome {
    let world = World::start(STILL).await;
    assert_eq!(world.binance(Method::POST, ORDER, LIMIT).await.1["status"], "NEW");
    for (changes, code) in [
        // While an order of this name is open.
        (&[][..], -2010),
        (&[("symbol", "BTCSKY"), ("newClientOrderId", "b")], -1121),
        (&[("quantity", "0.5"), ("newClientOrderId", "b")], -1013),
        (&[("price", "0.0000001"), ("newClientOrderId", "b")], -1111),
        (&[("quantity", "5000"), ("newClientOrderId", "b")], -2010),
        (&[("timeInForce", ""), ("newClientOrderId", "b")], -1102),
        (&[("newClientOrderId", "no+spaces")], -1100),
        (&[("side", "HOLD")], -1117),
    ] {
        let (status, refused) = world.binance(Method::POST, ORDER, &with(changes)).await;
        assert_eq!((status, &refused["code"]), (400, &json!(code)), "{changes:?}: {refused}");
    }
    let name = [("symbol", "SKYBTC"), ("origClientOrderId", "teller-1")];
    let cancelled = world.binance(Method::DELETE, ORDER, &name).await.1;
    assert_eq!(
        (&cancelled["status"], &cancelled["origClientOrderId"]),
        (&json!("CANCELED"), &json!("teller-1"))
    );
    assert_eq!(world.binance(Method::DELETE, ORDER, &name).await.1["code"], -2011);
    // Once it is not open, the name may be used again; the newest is found.
    let second = world.binance(Method::POST, ORDER, LIMIT).await.1;
    assert_eq!(query(&world, "teller-1").await["orderId"], second["orderId"]);
    assert_eq!(query(&world, "nobody").await["code"], -2013);

    let now = signing::now();
    for (request, status, code) in [
        (world.binance_at(Method::GET, "/api/v3/account", &[], now - 6_000), 400, -1021),
        (world.binance_at(Method::GET, "/api/v3/account", &[], now + 60_000), 400, -1021),
        (world.binance_at(Method::GET, "/api/v3/account", &[("recvWindow", "60001")], now), 400, -1131),
        (world.client.get(world.url(1, "/api/v3/account")), 401, -2014),
        (world.client.get(world.url(1, "/api/v3/account")).header("X-MBX-APIKEY", "no"), 401, -2015),
        (
            world
                .client
                .get(world.url(1, &format!("/api/v3/account?timestamp={now}&signature=00")))
                .header("X-MBX-APIKEY", world.key("binance").0),
            400,
            -1022,
        ),
    ] {
        let (got, refused) = super::told(request).await;
        assert_eq!((got, &refused["code"]), (status, &json!(code)), "{refused}");
    }
    Ok(())
}
