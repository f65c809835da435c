//! What the control API does to the exchange.

use reqwest::Method;
use serde_json::{Value, json};

use super::{STILL, World};
use crate::support::runner::Outcome;
use crate::support::simnet::Simnet;
use crate::support::wait;

const LIMIT: super::Parameters<'_> = &[
    ("symbol", "SKYBTC"),
    ("side", "BUY"),
    ("type", "LIMIT"),
    ("timeInForce", "GTC"),
    ("quantity", "10"),
    ("price", "0.002"),
    ("newClientOrderId", "a"),
];
const ORDER: &str = "/api/v3/order";

pub(crate) async fn should_close_and_rename_markets() -> Outcome {
    let world = World::start(STILL).await;
    let change = async |body: Value| world.simnet.control("exchange/market", body).await;
    let status = async |symbol: &str| {
        let info = world.public(1, &format!("/api/v3/exchangeInfo?symbol={symbol}")).await;
        info["symbols"][0]["status"].as_str().map(str::to_owned)
    };
    world.binance(Method::POST, ORDER, LIMIT).await;
    change(json!({ "market": "SKY-BTC", "state": "cancel-only" })).await;
    assert_eq!(status("SKYBTC").await.as_deref(), Some("CANCEL_ONLY"));
    let pairs = world.public(2, "/0/public/AssetPairs?pair=SKYXBT").await;
    assert_eq!(pairs["result"]["SKYXBT"]["status"], "cancel_only");
    assert_eq!(world.binance(Method::POST, ORDER, LIMIT).await.1["msg"], "Market is closed.");
    change(json!({ "market": "SKY-BTC", "state": "gone" })).await;
    let product = world.public(3, "/api/v3/brokerage/market/products/SKY-BTC").await;
    assert_eq!((&product["status"], &product["trading_disabled"]), (&json!("delisted"), &json!(true)));
    let expired =
        world.binance(Method::GET, ORDER, &[("symbol", "SKYBTC"), ("origClientOrderId", "a")]).await;
    assert_eq!(expired.1["status"], "EXPIRED");
    assert_eq!(world.held("BTC").await, ("1.00000000".to_owned(), "0.00000000".to_owned()));
    change(json!({ "market": "SKY-BTC", "state": "trading", "name": "XSKY-BTC", "least": "0.1" })).await;
    assert_eq!((status("SKYBTC").await, status("XSKYBTC").await.as_deref()), (None, Some("TRADING")));
    let refused = world.simnet.raw(Method::POST, "/control/exchange/market", r#"{"market":"SKY-BTC"}"#).await;
    assert_eq!(refused, (400, r#"{"error":"there is no market \"SKY-BTC\""}"#.to_owned()));
    Ok(())
}

pub(crate) async fn should_show_a_market_to_a_person() -> Outcome {
    let world = World::start(STILL).await;
    let look = async |path: &str| world.simnet.raw(Method::GET, path, "").await;
    world.offer("0.002", "10").await;
    world.binance(Method::POST, ORDER, LIMIT).await;
    world.offer("0.003", "2.5").await;
    let (status, text) = look("/control/exchange/market/SKY-BTC?interval=300").await;
    assert_eq!(status, 200, "{text}");
    let board: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&board["bids"], &board["asks"]), (&json!([]), &json!([["0.00300", "2.5", 1]])));
    let trade = &board["trades"][0];
    assert_eq!(
        (&trade["side"], &trade["price"], &trade["quantity"]),
        (&json!("buy"), &json!("0.00200"), &json!("10"))
    );
    let candle = board["candles"][0].as_array().unwrap();
    assert_eq!(
        candle[1..],
        [json!("0.00200"), json!("0.00200"), json!("0.00200"), json!("0.00200"), json!("10")]
    );
    let order = &board["orders"][0];
    assert_eq!(
        (&order["client_id"], &order["state"], &order["filled"]),
        (&json!("a"), &json!("filled"), &json!("10"))
    );
    assert_eq!(board["balances"]["BTC"]["free"], "0.98000000");
    assert!(look("/control/exchange/market").await.1.starts_with(r#"["SKY-BTC","#));
    for wrong in ["SKY-XYZ", "SKY-BTC?interval=61", "SKY-BTC?account=nobody", "SKY-BTC?what=1"] {
        assert_eq!(look(&format!("/control/exchange/market/{wrong}")).await.0, 400, "{wrong}");
    }
    for file in
        ["", "/exchange.css", "/exchange.js", "/chart.js", "/lightweight-charts.js", "/LICENSE", "/NOTICE"]
    {
        assert_eq!(look(&format!("/exchange{file}")).await.0, 200, "{file}");
    }
    Ok(())
}

pub(crate) async fn should_end_market_orders_far_from_the_best_price() -> Outcome {
    let world = World::start(STILL).await;
    world.simnet.control("exchange/market", json!({ "market": "SKY-BTC", "range": 5 })).await;
    world.offer("0.002", "10").await;
    world.offer("0.0022", "10").await;
    let order = [("symbol", "SKYBTC"), ("side", "BUY"), ("type", "MARKET"), ("quantity", "15")];
    let far = world.binance(Method::POST, ORDER, &order).await.1;
    assert_eq!((&far["status"], &far["executedQty"]), (&json!("EXPIRED"), &json!("10.000000")), "{far}");
    assert_eq!(far["expiryReason"], "EXECUTION_RULE_PRICE_RANGE_EXCEEDED");
    world.simnet.control("exchange/market", json!({ "market": "SKY-BTC", "range": 100 })).await;
    assert_eq!(world.binance(Method::POST, ORDER, &order).await.1["expiryReason"], "INSUFFICIENT_LIQUIDITY");
    Ok(())
}

/// An order of one venue is told by all others in their words, and numbers that are too large are refused.
pub(crate) async fn should_tell_orders_of_other_venues_and_refuse_large_numbers() -> Outcome {
    let world = World::start(STILL).await;
    world.fund("SKY", "100").await;
    let bid = json!({ "account": "makers", "market": "SKY-BTC", "side": "buy", "price": "0.002", "quantity": "50" });
    world.simnet.control("exchange/order", bid).await;
    let sell =
        [("pair", "SKYXBT"), ("type", "sell"), ("ordertype", "market"), ("volume", "50"), ("oflags", "fcib")];
    assert_eq!(world.kraken("AddOrder", &sell).await["error"], json!([]));
    let historical = "/api/v3/brokerage/orders/historical";
    let list = world.coinbase(Method::GET, &format!("{historical}/batch"), Value::Null).await.1;
    assert_eq!(list["orders"][0]["total_value_after_fees"], "0.1", "{list}");
    let rows = world.c2cx("getorderbystatus", &[("symbol", "BTC_SKY"), ("status", "0")]).await;
    assert_eq!(
        (&rows["data"]["rows"][0]["type"], &rows["data"]["rows"][0]["fee"]),
        (&json!("sell"), &json!(0.2))
    );

    let most = u64::MAX.to_string();
    world.simnet.control("exchange/market", json!({ "market": "SKY-BTC", "least": "9".repeat(30) })).await;
    world.trouble("binance", json!({ "kind": "varying-minimum" })).await;
    assert_eq!(world.binance(Method::POST, ORDER, LIMIT).await.1["msg"], "Filter failure: NOTIONAL");
    assert!(world.public(1, "/api/v3/exchangeInfo").await["symbols"].is_array());
    let far = [("symbol", "BTC_SKY"), ("status", "0"), ("pageindex", &most), ("pagesize", &most)];
    assert_eq!(world.c2cx("getorderbystatus", &far).await["data"]["rows"], json!([]));
    let price = [("symbol", "SKYBTC"), ("side", "SELL"), ("type", "LIMIT"), ("timeInForce", "GTC")];
    let price = [&price[..], &[("quantity", "1"), ("price", &most)]].concat();
    assert_eq!(world.binance(Method::POST, ORDER, &price).await.1["code"], -1100);
    let list = format!("{historical}/fills?cursor={most}&limit={most}");
    assert_eq!(world.coinbase(Method::GET, &list, Value::Null).await.1["fills"], json!([]));
    assert_eq!(world.kraken("ClosedOrders", &[("ofs", &most)]).await["result"]["closed"], json!({}));
    Ok(())
}

/// SKY is paid on simnet's own chain where that runs, and other coins are said to be sent.
pub(crate) async fn should_pay_withdrawals() -> Outcome {
    let options = &["--chains=sky,exchange", "--exchange-step-every=0", "--exchange-withdrawal-delay=100ms"];
    let world = World::start(options).await;
    world.fund("SKY", "100").await;
    let to = "2ANKJFgszWDKS9vUEEkHCDBUDmsxSfxc12y";
    let ask = [("coin", "SKY"), ("address", to), ("amount", "10.1"), ("network", "SKYCOIN")];
    let (status, asked) = world.binance(Method::POST, "/sapi/v1/capital/withdraw/apply", &ask).await;
    assert_eq!(status, 200, "{asked}");
    let paid = wait::until("the withdrawal is not paid", async || {
        let all = world.binance(Method::GET, "/sapi/v1/capital/withdraw/history", &[]).await.1;
        (all[0]["status"] == 6).then(|| all[0].clone())
    })
    .await;
    assert_eq!((&paid["amount"], &paid["transactionFee"]), (&json!("10"), &json!("0.1")));
    let url = format!("http://127.0.0.1:{}/api/v1/balance?addrs={to}", world.simnet.sky);
    let balance: Value = world.client.get(url).send().await.unwrap().json().await.unwrap();
    assert_eq!(balance["confirmed"]["coins"], 10_000_000, "{balance}");
    assert_eq!(world.held("SKY").await, ("89.900000".to_owned(), "0.000000".to_owned()));

    // An address that is none is refused by the chain, and the coins are back.
    let refund = [("asset", "SKY"), ("key", "nowhere"), ("amount", "5")];
    assert_eq!(world.kraken("Withdraw", &refund).await["error"], json!([]));
    wait::until("the withdrawal is not refused", async || {
        let all = world.kraken("WithdrawStatus", &[("asset", "SKY")]).await;
        (all["result"][0]["status"] == "Failure").then_some(())
    })
    .await;
    assert_eq!(world.held("SKY").await.0, "89.900000");
    // Held ones wait until they are ended one by one; a repeat under the same key is the same one.
    world.simnet.control("exchange/withdrawal", json!({ "hold": true })).await;
    let send = json!({ "type": "send", "to": "mine", "amount": "0.1", "currency": "BTC", "idem": "1" });
    let first = world.coinbase(Method::POST, "/v2/accounts/BTC/transactions", send.clone()).await.1;
    let again = world.coinbase(Method::POST, "/v2/accounts/BTC/transactions", send).await.1;
    assert_eq!((&first["data"]["status"], &first["data"]["id"]), (&json!("pending"), &again["data"]["id"]));
    let done = world.simnet.control("exchange/withdrawal", json!({ "id": 3 })).await;
    assert_eq!((&done[2]["state"], done[2]["txid"].as_str().unwrap().len()), (&json!("sent"), 64));
    assert_eq!(world.held("BTC").await.0, "0.89990000");
    let address = world.coinbase(Method::POST, "/v2/accounts/SKY/addresses", Value::Null).await.1;
    assert_eq!(address["data"]["address"], world.account["addresses"]["SKY"]);
    Ok(())
}

pub(crate) async fn should_keep_books_alive() -> Outcome {
    let walks = async |options: &[&str]| {
        let simnet = Simnet::start(options).await;
        let standing = simnet.control("exchange/walk", json!({ "steps": 200 })).await;
        let candles =
            format!("http://127.0.0.1:{}/api/v3/klines?symbol=SKYBTC&interval=1d", simnet.venues[1]);
        let candles: Value = reqwest::get(candles).await.unwrap().json().await.unwrap();
        assert!(candles[0][8].as_u64() > Some(10), "{candles}");
        let (status, proof) = simnet.raw(Method::GET, "/control/exchange/check", "").await;
        assert_eq!(status, 200, "{proof}");
        standing["markets"].clone()
    };
    let still = ["--chains=exchange", "--exchange-step-every=0", "--exchange-seed=7"];
    let markets = walks(&still).await;
    for market in markets.as_array().unwrap() {
        assert!(market["bid"].is_string() && market["ask"].is_string(), "{market}");
    }
    assert_eq!(walks(&still).await, markets, "the same seed leads to the same prices");
    // Left alone, prices move by themselves.
    let simnet = Simnet::start(&["--chains=exchange", "--exchange-step-every=20ms"]).await;
    let first = simnet.state("exchange").await["standing"]["markets"].clone();
    wait::until("nothing moves", async || {
        (simnet.state("exchange").await["standing"]["markets"] != first).then_some(())
    })
    .await;
    Ok(())
}

pub(crate) async fn should_begin_anew() -> Outcome {
    let world = World::start(STILL).await;
    let before = world.account.clone();
    world.binance(Method::POST, ORDER, LIMIT).await;
    world.trouble("binance", json!({ "kind": "xml" })).await;
    world.simnet.control("exchange/reset", Value::Null).await;
    assert_eq!(world.held("BTC").await, ("0.00000000".to_owned(), "0.00000000".to_owned()));
    let after = world.simnet.raw(Method::GET, "/control/exchange/account", "").await.1;
    assert_eq!(serde_json::from_str::<Value>(&after).unwrap(), before);
    let refused = world.binance(Method::POST, ORDER, LIMIT).await.1;
    assert_eq!(refused["msg"], "Account has insufficient balance for requested action.");
    let other = world.simnet.control("exchange/account", json!({ "name": "other" })).await;
    assert_ne!(other["keys"]["binance"], before["keys"]["binance"]);
    world.fund("BTC", "0.5").await;
    let placed = world.binance(Method::POST, ORDER, LIMIT).await.1;
    world.simnet.control("exchange/expire", json!({ "order": placed["orderId"] })).await;
    let named = [("symbol", "SKYBTC"), ("origClientOrderId", "a")];
    assert_eq!(world.binance(Method::GET, ORDER, &named).await.1["expiryReason"], "EXCHANGE_CANCELED");
    world.simnet.control("exchange/drain", json!({ "asset": "BTC", "amount": "0.5" })).await;
    assert_eq!(world.held("BTC").await.0, "0.00000000");
    Ok(())
}
