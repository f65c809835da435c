//! The simulated exchange over plain HTTP, each venue signed for as its documents have it.

pub(crate) mod binance;
pub(crate) mod c2cx;
pub(crate) mod coinbase;
pub(crate) mod contract;
pub(crate) mod habits;
pub(crate) mod kraken;
mod signing;
pub(crate) mod steered;

use std::sync::atomic::{AtomicU64, Ordering};

use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

use crate::support::rpc::http_client;
use crate::support::simnet::Simnet;

const OPTIONS: &[&str] = &["--chains=exchange", "--exchange-step-every=0"];
/// Books that stand still, and nobody who asks too often.
const STILL: &[&str] = &["--chains=exchange", "--exchange-step-every=0", "--exchange-unlimited"];

type Parameters<'a> = &'a [(&'a str, &'a str)];

/// An exchange with one who trades there.
struct World {
    simnet: Simnet,
    client: Client,
    /// Keys and addresses of the one account.
    account: Value,
    /// Goes up for ever.
    nonce: AtomicU64,
}

impl World {
    /// One whole bitcoin to trade with, and nothing in the books.
    async fn start(options: &[&str]) -> World {
        let simnet = Simnet::start(options).await;
        let (_, account) = simnet.raw(Method::GET, "/control/exchange/account", "").await;
        let account = serde_json::from_str(&account).unwrap();
        let nonce = AtomicU64::new(signing::now());
        let world = World { simnet, client: http_client(), account, nonce };
        world.fund("BTC", "1").await;
        world
    }

    async fn fund(&self, asset: &str, amount: &str) {
        self.simnet.control("exchange/fund", json!({ "asset": asset, "amount": amount })).await;
    }

    /// Somebody sells SKY for BTC.
    async fn offer(&self, price: &str, quantity: &str) {
        let order = json!({
            "account": "makers", "market": "SKY-BTC", "side": "sell", "price": price, "quantity": quantity,
        });
        self.simnet.control("exchange/order", order).await;
    }

    async fn trouble(&self, venue: &str, trouble: Value) {
        self.simnet.trouble(venue, trouble).await;
    }

    /// What the account holds of a coin, free and frozen; the books of the exchange are proven.
    async fn held(&self, asset: &str) -> (String, String) {
        let (status, proof) = self.simnet.raw(Method::GET, "/control/exchange/check", "").await;
        assert_eq!(status, 200, "{proof}");
        let state = self.simnet.state("exchange").await;
        let balance = &state["standing"]["accounts"][0]["balances"][asset];
        let text = |name: &str| balance[name].as_str().unwrap().to_owned();
        (text("free"), text("frozen"))
    }

    fn url(&self, venue: usize, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.simnet.venues[venue])
    }

    /// Key and secret of a venue.
    fn key(&self, venue: &str) -> (&str, &str) {
        let key = &self.account["keys"][venue];
        (key["key"].as_str().unwrap(), key["secret"].as_str().unwrap())
    }

    /// Asks C2CX; GET where nothing is signed.
    async fn c2cx(&self, endpoint: &str, parameters: Parameters<'_>) -> Value {
        told(self.c2cx_request(endpoint, parameters)).await.1
    }

    fn c2cx_request(&self, endpoint: &str, parameters: Parameters<'_>) -> RequestBuilder {
        let url = self.url(0, &format!("/v1/{endpoint}"));
        if ["getorderbook", "ticker"].contains(&endpoint) {
            return self.client.get(format!("{url}?{}", signing::form(parameters)));
        }
        form(self.client.post(url), signing::c2cx(self.key("c2cx"), parameters))
    }

    async fn binance(&self, method: Method, path: &str, parameters: Parameters<'_>) -> (u16, Value) {
        told(self.binance_at(method, path, parameters, signing::now())).await
    }

    fn binance_at(&self, method: Method, path: &str, parameters: Parameters<'_>, now: u64) -> RequestBuilder {
        let (key, secret) = self.key("binance");
        let query = signing::binance(secret, parameters, now);
        let request = self.client.request(method, format!("{}?{query}", self.url(1, path)));
        request.header("X-MBX-APIKEY", key)
    }

    async fn kraken(&self, method: &str, parameters: Parameters<'_>) -> Value {
        told(self.kraken_request(method, parameters)).await.1
    }

    fn kraken_request(&self, method: &str, parameters: Parameters<'_>) -> RequestBuilder {
        let nonce = self.nonce.fetch_add(1, Ordering::Relaxed);
        self.kraken_with(method, parameters, nonce)
    }

    fn kraken_with(&self, method: &str, parameters: Parameters<'_>, nonce: u64) -> RequestBuilder {
        let (key, secret) = self.key("kraken");
        let path = format!("/0/private/{method}");
        let (body, signature) = signing::kraken(secret, &path, nonce, parameters);
        let request =
            self.client.post(self.url(2, &path)).header("API-Key", key).header("API-Sign", signature);
        form(request, body)
    }

    async fn coinbase(&self, method: Method, path: &str, body: Value) -> (u16, Value) {
        told(self.coinbase_request(method, path, &body)).await
    }

    fn coinbase_request(&self, method: Method, path: &str, body: &Value) -> RequestBuilder {
        let host = format!("127.0.0.1:{}", self.simnet.venues[3]);
        let uri = format!("{method} {host}{}", path.split('?').next().unwrap());
        let token = signing::ed25519_token(self.key("coinbase"), &uri);
        let request = self.client.request(method, self.url(3, path)).bearer_auth(token);
        if body.is_null() { request } else { request.json(body) }
    }

    /// Asks what needs no key.
    async fn public(&self, venue: usize, path: &str) -> Value {
        told(self.client.get(self.url(venue, path))).await.1
    }
}

fn form(request: RequestBuilder, body: String) -> RequestBuilder {
    request.header("Content-Type", "application/x-www-form-urlencoded").body(body)
}

/// Status and JSON; a text where the answer is none.
async fn told(request: RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    let (status, text) = (response.status().as_u16(), response.text().await.unwrap());
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}
