//! C2CX: place, partly filled, filled; and what it refuses.

use serde_json::{Value, json};

use super::{Parameters, STILL, World};
use crate::support::runner::Outcome;

const LIMIT: Parameters<'_> = &[
    ("symbol", "BTC_SKY"),
    ("price", "0.002"),
    ("quantity", "50"),
    ("orderType", "buy"),
    ("priceTypeId", "limit"),
    ("isAdvancedOrder", "0"),
    ("cid", "17"),
];

async fn info(world: &World, order: &str) -> Value {
    let told = world.c2cx("getorderinfo", &[("symbol", "BTC_SKY"), ("orderId", order)]).await;
    told["data"].clone()
}

pub(crate) async fn should_trade_by_the_protocol_of_c2cx() -> Outcome {
    let world = World::start(STILL).await;
    world.offer("0.002", "30").await;
    let book = world.c2cx("getorderbook", &[("symbol", "BTC_SKY")]).await;
    assert_eq!((&book["code"], &book["message"]), (&json!(200), &json!("success")));
    assert_eq!(book["data"]["asks"], json!([[0.002, 30]]), "{book}");
    assert!(book["data"]["timestamp"].is_number() && book["data"]["bids"] == json!([]));

    let placed = world.c2cx("createorder", LIMIT).await;
    let id = placed["data"]["orderId"].to_string();
    let order = info(&world, &id).await;
    assert_eq!((&order["status"], &order["cid"]), (&json!(3), &json!("17")), "{order}");
    assert_eq!((&order["amount"], &order["completedAmount"]), (&json!(50), &json!(30)), "{order}");
    world.offer("0.002", "20").await;
    let order = info(&world, &id).await;
    assert_eq!(
        (&order["status"], &order["avgPrice"], &order["fee"]),
        (&json!(4), &json!(0.002), &json!(0.08))
    );
    // A fee of 0.2 % for what was there, 0.1 % for what came, out of what is bought.
    assert_eq!(world.held("SKY").await, ("49.920000".to_owned(), "0.000000".to_owned()));
    let balance = world.c2cx("getbalance", &[]).await;
    assert_eq!(
        (&balance["data"]["balance"]["sky"], &balance["data"]["balance"]["btc"]),
        (&json!(49.92), &json!(0.9))
    );

    // A market order spends an amount; of another nothing can be bought, and the rest rests.
    world.offer("0.0021", "10").await;
    let spend = [("symbol", "BTC_SKY"), ("price", "0.0105"), ("quantity", "0"), ("orderType", "buy")];
    let spent = world.c2cx("createorder", &[&spend[..], &[("priceTypeId", "market")]].concat()).await;
    let order = info(&world, &spent["data"]["orderId"].to_string()).await;
    assert_eq!((&order["status"], &order["completedAmount"]), (&json!(4), &json!(5)), "{order}");
    let page = [("symbol", "BTC_SKY"), ("status", "4"), ("pageindex", "1"), ("pagesize", "1")];
    let rows = world.c2cx("getorderbystatus", &page).await;
    assert_eq!((&rows["data"]["recordcount"], &rows["data"]["pagecount"]), (&json!(2), &json!(2)), "{rows}");
    assert_eq!(rows["data"]["rows"][0]["orderId"], spent["data"]["orderId"]);
    assert_eq!(world.c2cx("ticker", &[("symbol", "BTC_SKY")]).await["data"]["last"], json!(0.0021));
    Ok(())
}

pub(crate) async fn should_refuse_as_c2cx_does() -> Outcome {
    let world = World::start(STILL).await;
    let first = world.c2cx("createorder", LIMIT).await;
    let id = first["data"]["orderId"].to_string();
    assert_eq!(world.held("BTC").await, ("0.90000000".to_owned(), "0.10000000".to_owned()));
    assert_eq!(world.c2cx("cancelorder", &[("orderId", &id)]).await["code"], 200);
    assert_eq!(info(&world, &id).await["status"], 5);
    // A client id is used up for ever.
    let again = world.c2cx("createorder", LIMIT).await;
    assert_eq!((&again["code"], &again["message"]), (&json!(400), &json!("cid is duplicated")));
    let with = |changes: Parameters<'static>| {
        let kept =
            LIMIT.iter().filter(|(name, _)| *name != "cid" && !changes.iter().any(|(new, _)| new == name));
        kept.chain(changes).copied().collect::<Vec<_>>()
    };
    for (changes, words) in [
        (&[("quantity", "0.5")][..], "limit value: 1"),
        (&[("quantity", "1.001")], "quantity error"),
        (&[("price", "0.000001")], "price error"),
        (&[("symbol", "BTC_XYZ")], "symbol not exists: BTC_XYZ"),
        (&[("quantity", "5000")], "Insufficient balance"),
        (&[("priceTypeId", "market"), ("price", "0.00001")], "limit value: 0.0001"),
    ] {
        let refused = world.c2cx("createorder", &with(changes)).await;
        assert_eq!((&refused["code"], &refused["message"]), (&json!(400), &json!(words)), "{changes:?}");
    }
    // What a market order cannot pay is cancelled at once.
    let dear = world.c2cx("createorder", &with(&[("priceTypeId", "market"), ("price", "2")])).await;
    assert_eq!(info(&world, &dear["data"]["orderId"].to_string()).await["status"], 5);
    let url = world.url(0, "/v1/getbalance");
    let key = world.key("c2cx").0;
    let body = format!("apiKey={key}&sign=00");
    let forged = super::told(super::form(world.client.post(url), body)).await;
    assert_eq!((forged.0, &forged.1["code"]), (200, &json!(401)));
    Ok(())
}
