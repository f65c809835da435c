//! Coinbase: place, partly filled, filled; and what it refuses.

use reqwest::Method;
use serde_json::{Value, json};

use super::{STILL, World, signing};
use crate::support::runner::Outcome;

const ORDERS: &str = "/api/v3/brokerage/orders";

fn limit(id: &str, size: &str, price: &str) -> Value {
    json!({
        "client_order_id": id, "product_id": "SKY-BTC", "side": "BUY",
        "order_configuration": { "limit_limit_gtc": { "base_size": size, "limit_price": price } },
    })
}

async fn order(world: &World, id: &Value) -> Value {
    let path = format!("{ORDERS}/historical/{}", id.as_str().unwrap());
    world.coinbase(Method::GET, &path, Value::Null).await.1["order"].clone()
}

pub(crate) async fn should_trade_by_the_protocol_of_coinbase() -> Outcome {
    let world = World::start(STILL).await;
    world.offer("0.002", "30").await;
    let product = world.public(3, "/api/v3/brokerage/market/products/SKY-BTC").await;
    assert_eq!(
        (&product["base_min_size"], &product["base_name"]),
        (&json!("1"), &json!("Skycoin")),
        "{product}"
    );
    let book =
        world.coinbase(Method::GET, "/api/v3/brokerage/product_book?product_id=SKY-BTC", Value::Null).await;
    assert_eq!(book.1["pricebook"]["asks"], json!([{ "price": "0.00200", "size": "30" }]));

    let placed = world.coinbase(Method::POST, ORDERS, limit("a", "50", "0.002")).await.1;
    let id = &placed["success_response"]["order_id"];
    let partly = order(&world, id).await;
    assert_eq!((&partly["status"], &partly["filled_size"]), (&json!("OPEN"), &json!("30")), "{partly}");
    // A repeat is the order that is there, whatever else it says.
    let again = world.coinbase(Method::POST, ORDERS, limit("a", "7", "0.001")).await.1;
    assert_eq!((&again["success"], &again["success_response"]["order_id"]), (&json!(true), id));
    world.offer("0.002", "20").await;
    let filled = order(&world, id).await;
    assert_eq!((&filled["status"], &filled["total_fees"]), (&json!("FILLED"), &json!("0.00096")), "{filled}");
    assert_eq!(
        (&filled["average_filled_price"], &filled["number_of_fills"]),
        (&json!("0.00200000"), &json!("2"))
    );
    assert_eq!(world.held("BTC").await, ("0.89904000".to_owned(), "0.00000000".to_owned()));
    let accounts = world.coinbase(Method::GET, "/api/v3/brokerage/accounts", Value::Null).await.1;
    assert_eq!(accounts["accounts"][0]["available_balance"], json!({ "value": "50", "currency": "SKY" }));
    let fills = format!("{ORDERS}/historical/fills?order_ids={}", id.as_str().unwrap());
    let fills = world.coinbase(Method::GET, &fills, Value::Null).await.1;
    assert_eq!(fills["fills"][0]["liquidity_indicator"], "MAKER", "the newest comes first: {fills}");

    world.offer("0.0021", "10").await;
    let spend = json!({
        "client_order_id": "b", "product_id": "SKY-BTC", "side": "BUY",
        "order_configuration": { "market_market_ioc": { "quote_size": "0.010626" } },
    });
    let spent = world.coinbase(Method::POST, ORDERS, spend).await.1;
    let spent = order(&world, &spent["success_response"]["order_id"]).await;
    // The fee is in what is spent.
    assert_eq!(
        (&spent["status"], &spent["total_value_after_fees"]),
        (&json!("FILLED"), &json!("0.010626")),
        "{spent}"
    );
    let list = format!("{ORDERS}/historical/batch?order_status=FILLED&limit=1");
    let list = world.coinbase(Method::GET, &list, Value::Null).await.1;
    assert_eq!((&list["has_next"], &list["orders"][0]["client_order_id"]), (&json!(true), &json!("b")));
    Ok(())
}

pub(crate) async fn should_refuse_as_coinbase_does() -> Outcome {
    let world = World::start(STILL).await;
    for (asked, name) in [
        (limit("a", "0.5", "0.002"), "INVALID_BASE_SIZE_TOO_SMALL"),
        (limit("a", "5000", "0.002"), "INSUFFICIENT_FUND"),
        (limit("a", "1.001", "0.002"), "INVALID_SIZE_PRECISION"),
        (limit("a", "1", "0.0000001"), "INVALID_PRICE_PRECISION"),
        (limit("a", "-1", "0.002"), "INVALID_ORDER_SIZE"),
    ] {
        let (status, refused) = world.coinbase(Method::POST, ORDERS, asked).await;
        assert_eq!((status, &refused["error_response"]["error"]), (200, &json!(name)), "{refused}");
    }
    let mut nowhere = limit("a", "1", "0.002");
    nowhere["product_id"] = json!("SKY-XYZ");
    let (status, refused) = world.coinbase(Method::POST, ORDERS, nowhere).await;
    assert_eq!((status, &refused["error"]), (400, &json!("INVALID_ARGUMENT")));
    let placed = world.coinbase(Method::POST, ORDERS, limit("a", "1", "0.002")).await.1;
    let id = &placed["success_response"]["order_id"];
    let cancel = json!({ "order_ids": [id, "no-such-order"] });
    let done = world.coinbase(Method::POST, &format!("{ORDERS}/batch_cancel"), cancel).await.1;
    let results: Vec<&Value> =
        done["results"].as_array().unwrap().iter().map(|result| &result["success"]).collect();
    assert_eq!(results, [&json!(true), &json!(false)]);
    assert_eq!(order(&world, id).await["status"], "CANCELLED");

    let path = "/api/v3/brokerage/accounts";
    let host = format!("127.0.0.1:{}", world.simnet.venues[3]);
    let (uri, key, now) = (format!("GET {host}{path}"), world.key("coinbase_es256"), signing::now());
    for (token, status) in [
        (signing::es256_token(key, &uri, now), 200),
        (signing::es256_token(key, &format!("GET api.coinbase.com{path}"), now), 200),
        (signing::es256_token(key, &format!("POST {host}{path}"), now), 401),
        (signing::es256_token(key, &uri, now - 200_000), 401),
        (signing::es256_token(("organizations/a/apiKeys/b", key.1), &uri, now), 401),
        ("nonsense".to_owned(), 401),
    ] {
        let request = world.client.get(world.url(3, path)).bearer_auth(&token);
        assert_eq!(super::told(request).await.0, status, "{token}");
    }
    Ok(())
}
