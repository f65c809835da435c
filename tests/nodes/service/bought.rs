//! Bitcoin of a real node is spent at the simulated exchange, and what it has bought is paid by a real Skycoin node.

use reqwest::Method;
use serde_json::{Value, json};
use teller::types::Coin;

use super::world::{World, address_of, admin, bitcoin_desk, btc, mine};
use crate::support::runner::Outcome;
use crate::support::simnet::Simnet;

/// An exchange whose prices stand still: SKY at 0.002 BTC.
async fn exchange(world: &mut World) -> Simnet {
    let options = ["--chains=exchange", "--exchange-step-every=0", "--exchange-unlimited"];
    let simnet = Simnet::start(&options).await;
    simnet.control("exchange/fund", json!({ "asset": "BTC", "amount": "1" })).await;
    let offer = json!({
        "account": "makers", "market": "SKY-BTC", "side": "sell", "price": "0.002", "quantity": "1000",
    });
    simnet.control("exchange/order", offer).await;
    let (_, account) = simnet.raw(Method::GET, "/control/exchange/account", "").await;
    let account: Value = serde_json::from_str(&account).unwrap();
    let [_, binance, ..] = simnet.venues;
    world.desk.set("sky_exchanger.buy_method", "passthrough");
    for (key, value) in [
        ("exchange", "binance"),
        ("url", &format!("http://127.0.0.1:{binance}")),
        ("key", account["keys"]["binance"]["key"].as_str().unwrap()),
        ("secret", account["keys"]["binance"]["secret"].as_str().unwrap()),
        ("markets.BTC", "SKYBTC"),
        ("check_order_wait", "200ms"),
    ] {
        world.desk.set(&format!("sky_exchanger.exchange_client.{key}"), value);
    }
    simnet
}

pub(crate) async fn should_pay_what_bitcoin_has_bought() -> Outcome {
    let (mut world, node, wallet) = bitcoin_desk(0).await?;
    let simnet = exchange(&mut world).await;
    world.open(Coin::BTC).await;
    let payee = world.payee();
    let address = address_of(&world.bind(&payee, Coin::BTC).await);
    // Five SKY at 0.002, and a thousandth on top for the fee; the exchange takes that of what it gives.
    wallet.send(&address, btc("0.01002")).await;
    mine(&node, &wallet, 1).await;
    world.paid(&payee, &["4.995000"]).await;
    let orders = admin(&world.desk, "/api/orders").await;
    let order = &orders["orders"][0];
    assert_eq!(
        (&order["state"], &order["bought"], &order["spent"]),
        (&json!("closed"), &json!("5"), &json!("0.01"))
    );
    assert_eq!(orders["exchange"]["due"], json!("4.995"));
    let (status, proof) = simnet.raw(Method::GET, "/control/exchange/check", "").await;
    assert_eq!(status, 200, "{proof}");
    Ok(())
}
