//! Kraken: place, partly filled, filled; and what it refuses.

use serde_json::{Value, json};

use super::{Parameters, STILL, World, signing};
use crate::support::runner::Outcome;

const LIMIT: Parameters<'_> = &[
    ("pair", "SKYXBT"),
    ("type", "buy"),
    ("ordertype", "limit"),
    ("volume", "50"),
    ("price", "0.002"),
    ("cl_ord_id", "teller-1"),
];

const DECIMALS: &str = "EOrder:Invalid price:SKY/XBT price can only be specified up to 5 decimals.";

fn error(told: &Value) -> &str {
    told["error"][0].as_str().unwrap_or_default()
}

pub(crate) async fn should_trade_by_the_protocol_of_kraken() -> Outcome {
    let world = World::start(STILL).await;
    world.offer("0.002", "30").await;
    let pairs = world.public(2, "/0/public/AssetPairs?pair=SKY/XBT").await;
    let pair = &pairs["result"]["SKYXBT"];
    assert_eq!(
        (&pair["status"], &pair["ordermin"], &pair["lot_decimals"]),
        (&json!("online"), &json!("1"), &json!(2))
    );
    let depth = world.public(2, "/0/public/Depth?pair=SKYXBT").await;
    assert_eq!(depth["result"]["SKYXBT"]["asks"][0][0], "0.00200");

    let tried = world.kraken("AddOrder", &[LIMIT, &[("validate", "true")]].concat()).await;
    assert_eq!(tried["result"]["descr"]["order"], "buy 50 SKYXBT @ limit 0.002", "{tried}");
    assert!(tried["result"]["txid"].is_null());
    let placed = world.kraken("AddOrder", LIMIT).await;
    let id = placed["result"]["txid"][0].as_str().unwrap();
    let open = world.kraken("OpenOrders", &[("cl_ord_id", "teller-1")]).await;
    assert_eq!(open["result"]["open"][id]["vol_exec"], "30.000000", "{open}");
    world.offer("0.002", "20").await;
    let closed = world.kraken("ClosedOrders", &[("cl_ord_id", "teller-1"), ("trades", "true")]).await;
    let order = &closed["result"]["closed"][id];
    assert_eq!(
        (&order["status"], &order["cost"], &order["fee"]),
        (&json!("closed"), &json!("0.10000000"), &json!("0.00034000"))
    );
    assert_eq!(order["trades"].as_array().unwrap().len(), 2);
    // The fee comes on top, in bitcoin.
    assert_eq!(world.held("SKY").await, ("50.000000".to_owned(), "0.000000".to_owned()));
    let balance = world.kraken("Balance", &[]).await;
    assert_eq!(
        (&balance["result"]["XXBT"], &balance["result"]["SKY"]),
        (&json!("0.89966000"), &json!("50.000000"))
    );
    let trades = world.kraken("TradesHistory", &[]).await;
    assert_eq!(trades["result"]["count"], 2, "{trades}");

    world.offer("0.0021", "10").await;
    let spend = [("pair", "SKY/BTC"), ("type", "buy"), ("ordertype", "market"), ("volume", "0.0105")];
    let spent = world.kraken("AddOrder", &[&spend[..], &[("oflags", "viqc")]].concat()).await;
    let id = spent["result"]["txid"][0].as_str().unwrap();
    let order = world.kraken("QueryOrders", &[("txid", id)]).await["result"][id].clone();
    assert_eq!(
        (&order["status"], &order["vol"], &order["vol_exec"]),
        (&json!("closed"), &json!("0.01050000"), &json!("5.000000"))
    );
    Ok(())
}

pub(crate) async fn should_refuse_as_kraken_does() -> Outcome {
    let world = World::start(STILL).await;
    let placed = world.kraken("AddOrder", LIMIT).await;
    let id = placed["result"]["txid"][0].as_str().unwrap().to_owned();
    assert!(error(&world.kraken("AddOrder", LIMIT).await).contains("cl_ord_id"));
    let with = |changes: Parameters<'static>| {
        let kept = LIMIT[..5].iter().filter(|(name, _)| !changes.iter().any(|(new, _)| new == name));
        kept.chain(changes).copied().collect::<Vec<_>>()
    };
    for (changes, words) in [
        (&[("pair", "XBTSKY")][..], "EQuery:Unknown asset pair"),
        (&[("volume", "0.5")], "EGeneral:Invalid arguments:volume minimum not met"),
        (&[("volume", "5000")], "EOrder:Insufficient funds"),
        (&[("price", "0.0000001")], DECIMALS),
        (&[("price", "much")], "EGeneral:Invalid arguments:price"),
        (&[("deadline", "2020-01-01T00:00:00Z")], "EService:Deadline elapsed"),
        (&[("cl_ord_id", "longer-than-eighteen-letters")], "EGeneral:Invalid arguments:cl_ord_id"),
    ] {
        assert_eq!(error(&world.kraken("AddOrder", &with(changes)).await), words, "{changes:?}");
    }
    let cancelled = world.kraken("CancelOrder", &[("txid", &id)]).await;
    assert_eq!(cancelled["result"]["count"], 1, "{cancelled}");
    assert_eq!(error(&world.kraken("CancelOrder", &[("txid", &id)]).await), "EOrder:Unknown order");
    assert_eq!(world.kraken("AddOrder", LIMIT).await["error"], json!([]), "the name is free again");

    // A number may mark many orders.
    let marked = [&LIMIT[..3], &[("volume", "2"), ("price", "0.001"), ("userref", "-7")]].concat();
    for _ in 0..2 {
        assert_eq!(world.kraken("AddOrder", &marked).await["error"], json!([]));
    }
    let open = world.kraken("OpenOrders", &[("userref", "-7")]).await["result"]["open"].clone();
    assert_eq!(open.as_object().unwrap().len(), 2, "{open}");
    assert!(
        open.as_object()
            .unwrap()
            .values()
            .all(|order| order["userref"] == -7 && order["cl_ord_id"].is_null())
    );
    assert_eq!(world.kraken("CancelAll", &[]).await["result"]["count"], 3);

    // Nonces go up, whatever the clock says.
    let nonce = signing::now() + 1_000_000;
    let (_, high) = super::told(world.kraken_with("Balance", &[], nonce)).await;
    assert_eq!(high["error"], json!([]));
    let (_, same) = super::told(world.kraken_with("Balance", &[], nonce)).await;
    assert_eq!(error(&same), "EAPI:Invalid nonce");
    let forged = world.kraken_with("Balance", &[], nonce + 1).body(format!("nonce={}", nonce + 2));
    assert_eq!(error(&super::told(forged).await.1), "EAPI:Invalid signature");
    let stranger = world.client.post(world.url(2, "/0/private/Balance")).header("API-Key", "no");
    assert_eq!(error(&super::told(stranger).await.1), "EAPI:Invalid key");
    Ok(())
}
