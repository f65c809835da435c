//! Each bad habit once.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::{OPTIONS, Parameters, STILL, World, signing, told};
use crate::support::runner::Outcome;
use crate::support::wait;

const C2CX: Parameters<'_> = &[
    ("symbol", "BTC_SKY"),
    ("price", "0.002"),
    ("quantity", "10"),
    ("orderType", "buy"),
    ("priceTypeId", "limit"),
    ("cid", "1"),
];
const BINANCE: Parameters<'_> = &[
    ("symbol", "SKYBTC"),
    ("side", "BUY"),
    ("type", "LIMIT"),
    ("timeInForce", "GTC"),
    ("quantity", "10"),
    ("price", "0.002"),
    ("newClientOrderId", "a"),
];
const KRAKEN: Parameters<'_> = &[
    ("pair", "SKYXBT"),
    ("type", "buy"),
    ("ordertype", "limit"),
    ("volume", "10"),
    ("price", "0.002"),
    ("cl_ord_id", "a"),
];
const NAMED: Parameters<'_> = &[("symbol", "SKYBTC"), ("origClientOrderId", "a")];
const ORDER: &str = "/api/v3/order";

async fn bought(world: &World) -> String {
    world.held("SKY").await.0
}

/// The connection is cut, or there is no answer in time, or one that says nothing; and the order is executed.
pub(crate) async fn should_lose_replies_of_what_is_done() -> Outcome {
    let world = World::start(STILL).await;
    world.offer("0.002", "100").await;
    world.trouble("c2cx", json!({ "kind": "drop-replies", "only": "createorder", "count": 1 })).await;
    let is_cut = match world.c2cx_request("createorder", C2CX).send().await {
        Ok(begun) => begun.text().await.is_err(),
        Err(_) => true,
    };
    assert!(is_cut);
    assert_eq!(bought(&world).await, "9.980000");

    world.trouble("binance", json!({ "kind": "stall-replies", "only": "order", "count": 1 })).await;
    let stalled = world.binance_at(Method::POST, ORDER, BINANCE, signing::now());
    let error = stalled.timeout(Duration::from_millis(500)).send().await.unwrap_err();
    assert!(error.is_timeout(), "{error}");
    assert_eq!(bought(&world).await, "19.970000");

    world.trouble("kraken", json!({ "kind": "unknown-replies", "count": 1 })).await;
    assert_eq!(told(world.kraken_request("AddOrder", KRAKEN)).await.0, 504);
    assert_eq!(bought(&world).await, "29.970000");
    world.trouble("binance", json!({ "kind": "unknown-replies", "count": 1 })).await;
    let (status, unknown) = world.binance(Method::POST, ORDER, BINANCE).await;
    assert_eq!((status, &unknown["code"]), (504, &json!(-1007)));
    assert_eq!(bought(&world).await, "39.960000");
    Ok(())
}

/// Looked up at once, there is no such order; and it is executed later.
pub(crate) async fn should_execute_orders_late() -> Outcome {
    let world = World::start(STILL).await;
    world.offer("0.002", "100").await;
    world.trouble("binance", json!({ "kind": "late-orders", "millis": 1500, "count": 1 })).await;
    assert_eq!(world.binance(Method::POST, ORDER, BINANCE).await.0, 504);
    assert_eq!(world.binance(Method::GET, ORDER, NAMED).await.1["code"], -2013);
    wait::until("the order is not executed", async || {
        (world.binance(Method::GET, ORDER, NAMED).await.1["status"] == "FILLED").then_some(())
    })
    .await;
    assert_eq!(bought(&world).await, "9.990000");

    // Binance looks at the window again before it matches.
    world.trouble("binance", json!({ "kind": "late-orders", "millis": 1500, "count": 1 })).await;
    let short = [BINANCE, &[("recvWindow", "1000")]].concat();
    assert_eq!(world.binance(Method::POST, ORDER, &short).await.0, 504);
    tokio::time::sleep(Duration::from_millis(1_800)).await;
    assert_eq!(bought(&world).await, "9.990000");
    // Who asks is looked at when he asks.
    world.trouble("c2cx", json!({ "kind": "late-orders", "count": 1 })).await;
    let forged = world.client.post(world.url(0, "/v1/createorder"));
    assert_eq!(told(forged).await.1["code"], 401);

    // Kraken looks at the deadline before it matches.
    world.trouble("kraken", json!({ "kind": "late-orders", "millis": 300, "count": 1 })).await;
    let deadline = [KRAKEN, &[("deadline", "2020-01-01T00:00:00Z")]].concat();
    assert_eq!(told(world.kraken_request("AddOrder", &deadline)).await.0, 504);
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(bought(&world).await, "9.990000");
    world.trouble("kraken", json!({ "kind": "late-orders", "millis": 10, "count": 1 })).await;
    assert_eq!(told(world.kraken_request("AddOrder", KRAKEN)).await.0, 504);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(bought(&world).await, "19.990000");
    Ok(())
}

pub(crate) async fn should_write_answers_in_other_ways() -> Outcome {
    let world = World::start(STILL).await;
    world.offer("0.002", "100").await;
    let text = async |request: reqwest::RequestBuilder| request.send().await.unwrap().text().await.unwrap();
    let once = |kind: &str| json!({ "kind": kind, "count": 1 });
    world.trouble("c2cx", once("xml")).await;
    assert!(text(world.c2cx_request("createorder", C2CX)).await.starts_with("<?xml"));
    assert_eq!(bought(&world).await, "9.980000");
    let page = [("symbol", "BTC_SKY"), ("status", "0"), ("pageindex", "1"), ("pagesize", "10")];
    for (kind, part) in [
        ("texts", r#""avgPrice":"0.00200000""#),
        ("null-ids", r#""cid":null"#),
        ("null-ids", r#""pageindex":null"#),
        ("hidden-fees", r#""fee":0,"#),
    ] {
        assert!(!text(world.c2cx_request("getorderbystatus", &page)).await.contains(part), "{part}");
        world.trouble("c2cx", once(kind)).await;
        let told = text(world.c2cx_request("getorderbystatus", &page)).await;
        assert!(told.contains(part), "{kind}: {told}");
    }
    let cancelled = [("symbol", "BTC_SKY"), ("status", "5")];
    assert_eq!(world.c2cx("getorderbystatus", &cancelled).await["data"]["rows"], json!([]));
    world.trouble("c2cx", once("other-statuses")).await;
    assert_eq!(world.c2cx("getorderbystatus", &cancelled).await["data"]["rows"][0]["status"], 4);
    let refused = [("symbol", "NOSUCH"), ("origClientOrderId", "a")];
    world.trouble("binance", once("status-200")).await;
    let (status, refused) = world.binance(Method::GET, ORDER, &refused).await;
    assert_eq!((status, &refused["code"]), (200, &json!(-1121)));
    world.trouble("binance", once("numbers")).await;
    let account = text(world.binance_at(Method::GET, "/api/v3/account", &[], signing::now())).await;
    assert!(account.contains(r#""free":9.980000"#), "{account}");
    world.trouble("coinbase", once("garbage")).await;
    let (_, garbage) = world.coinbase(Method::GET, "/api/v3/brokerage/accounts", Value::Null).await;
    assert!(garbage.is_string(), "{garbage}");
    world.trouble("coinbase", json!({ "kind": "other-sky" })).await;
    let product = world.public(3, "/api/v3/brokerage/market/products/SKY-BTC").await;
    assert_eq!(product["base_name"], "Sky");
    Ok(())
}

pub(crate) async fn should_tell_fills_badly() -> Outcome {
    let world = World::start(STILL).await;
    for _ in 0..3 {
        world.offer("0.002", "3").await;
    }
    world.binance(Method::POST, ORDER, BINANCE).await;
    let trades = async || {
        let told = world.binance(Method::GET, "/api/v3/myTrades", &[("symbol", "SKYBTC")]).await.1;
        told.as_array().unwrap().iter().map(|trade| trade["id"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(trades().await, [1, 2, 3]);
    for (kind, expected) in [
        ("repeated-fills", vec![1, 1, 2, 2, 3, 3]),
        ("shuffled-fills", vec![3, 1, 2]),
        ("delayed-fills", vec![]),
    ] {
        world.trouble("binance", json!({ "kind": kind, "count": 1 })).await;
        assert_eq!(trades().await, expected, "{kind}");
    }
    assert_eq!(trades().await, [1, 2, 3]);
    Ok(())
}

pub(crate) async fn should_hold_cancels_and_vary_its_minimum() -> Outcome {
    let world = World::start(STILL).await;
    world.trouble("binance", json!({ "kind": "hold-cancels" })).await;
    world.binance(Method::POST, ORDER, BINANCE).await;
    assert_eq!(world.binance(Method::DELETE, ORDER, NAMED).await.1["status"], "PENDING_CANCEL");
    assert_eq!(world.binance(Method::GET, ORDER, NAMED).await.1["status"], "PENDING_CANCEL");
    // It still trades.
    world.offer("0.002", "10").await;
    assert_eq!(world.binance(Method::GET, ORDER, NAMED).await.1["status"], "FILLED");

    world.trouble("c2cx", json!({ "kind": "varying-minimum" })).await;
    let spend = [("symbol", "BTC_SKY"), ("price", "0.0001"), ("quantity", "0"), ("orderType", "buy")];
    let mut told = Vec::new();
    for _ in 0..5 {
        let refused = world.c2cx("createorder", &[&spend[..], &[("priceTypeId", "market")]].concat()).await;
        told.push(refused["message"].as_str().unwrap().to_owned());
    }
    assert!(told.iter().all(|words| words.starts_with("limit value: 0.00")), "{told:?}");
    assert!(told.iter().any(|words| *words != told[0]), "{told:?}");
    Ok(())
}

pub(crate) async fn should_have_a_clock_of_its_own() -> Outcome {
    let world = World::start(STILL).await;
    world.trouble("binance", json!({ "kind": "stale-clock", "millis": 60_000 })).await;
    let refused = world.binance(Method::GET, "/api/v3/account", &[]).await.1;
    assert_eq!(refused["code"], -1021, "{refused}");
    let time = world.public(1, "/api/v3/time").await["serverTime"].as_u64().unwrap();
    let behind = signing::now() - time;
    assert!((59_000..70_000).contains(&behind), "{behind} ms behind");
    let request = world.binance_at(Method::GET, "/api/v3/account", &[], time);
    assert_eq!(told(request).await.0, 200, "by its own time it answers");
    Ok(())
}

pub(crate) async fn should_limit_as_each_venue_counts() -> Outcome {
    let world = World::start(OPTIONS).await;
    // A minute may end in between: of two minutes' worth, one is too much.
    let ticker = [("symbol", "BTC_SKY")];
    let mut refused = json!(null);
    for _ in 0..=120 {
        refused = world.c2cx("ticker", &ticker).await;
        if refused["code"] == 400 {
            break;
        }
    }
    assert_eq!(refused, json!({ "code": 400, "message": "Too Many Requests", "data": {} }));
    assert_eq!(world.c2cx("getorderbook", &ticker).await["code"], 200, "each endpoint is counted by itself");

    let mut answers = Vec::new();
    for _ in 0..40 {
        answers.push(world.kraken("Balance", &[]).await["error"].clone());
    }
    assert!(answers.contains(&json!(["EAPI:Rate limit exceeded"])), "{answers:?}");
    for (venue, status) in [("binance", 429), ("coinbase", 429)] {
        world.trouble(venue, json!({ "kind": "rate-limited", "count": 1 })).await;
        let limited = match venue {
            "binance" => world.binance(Method::GET, "/api/v3/account", &[]).await,
            _ => world.coinbase(Method::GET, "/api/v3/brokerage/accounts", Value::Null).await,
        };
        assert_eq!(limited.0, status, "{venue}: {}", limited.1);
    }
    // Whoever goes on is banned: twice 6,000 of weight, 20 at once.
    let info = world.url(1, "/api/v3/exchangeInfo?symbol=SKYBTC");
    let mut statuses = Vec::new();
    // A minute may end in between.
    while !statuses.contains(&418) && statuses.len() < 1_300 {
        statuses.push(world.client.get(&info).send().await.unwrap().status().as_u16());
    }
    assert!([200, 429, 418].iter().all(|status| statuses.contains(status)), "{statuses:?}");
    let banned = world.client.get(&info).send().await.unwrap();
    assert!(banned.headers().contains_key("retry-after"));
    Ok(())
}
