//! What a running teller is asked over HTTP, and every way in which an answer may fail to come.

#![allow(dead_code, reason = "each test crate that includes this uses a part of it")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderMap};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, RequestBuilder};
use serde_json::{Value, json};
use teller::types::Coin;

/// Longer than any answer takes; a request that waits this long is a failure of the test.
const TIMEOUT: Duration = Duration::from_secs(30);

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer<T> {
    /// 200.
    Done(T),
    /// Any other status, and its words.
    Refused(u16, String),
    /// No connection: the request was never sent.
    Unreachable,
    /// Sent, and no whole answer: nobody knows whether it was carried out.
    Lost,
}

impl<T: std::fmt::Debug> Answer<T> {
    /// What was answered with 200; anything else ends the test.
    pub(crate) fn done(self) -> T {
        match self {
            Answer::Done(value) => value,
            other => panic!("expected 200, got {other:?}"),
        }
    }
}

/// A deposit made by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Deposit {
    pub(crate) coin: Coin,
    pub(crate) address: String,
    pub(crate) tx: String,
    pub(crate) n: u32,
    /// Whole SKY that it buys at the rates of [`crate::desk::Desk`].
    pub(crate) sky: u64,
}

impl Deposit {
    /// In the coin's smallest unit.
    fn value(&self) -> u128 {
        let for_one_sky: u128 = self.coin.facts().sample.parse().unwrap();
        for_one_sky * u128::from(self.sky)
    }
}

/// A transaction that the dummy node has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Broadcast {
    pub(crate) txid: String,
    /// Payees with the text of what they get.
    pub(crate) outputs: Vec<(String, String)>,
    pub(crate) confirmed: bool,
}

/// Where a teller listens, and a client with connections of its own that are kept open.
#[derive(Debug, Clone)]
pub(crate) struct Api {
    client: Client,
    public: String,
    admin: String,
    dummy: String,
    /// What binds were answered with, by payee.
    secrets: Arc<Mutex<Vec<(String, String)>>>,
}

impl Api {
    pub(crate) fn new(public: u16, admin: u16, dummy: u16) -> Api {
        let at = |port: u16| format!("http://127.0.0.1:{port}");
        Api {
            client: client(),
            public: at(public),
            admin: at(admin),
            dummy: at(dummy),
            secrets: Arc::default(),
        }
    }

    /// The same with connections of its own.
    pub(crate) fn another(&self) -> Api {
        Api { client: client(), ..self.clone() }
    }

    /// The same with a token for the admin listener.
    pub(crate) fn with_token(&self, token: &str) -> Api {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, format!("Bearer {token}").parse().unwrap());
        Api { client: builder().default_headers(headers).build().unwrap(), ..self.clone() }
    }

    /// `host:port` of the dummy listener.
    pub(crate) fn dummy_address(&self) -> &str {
        self.dummy.trim_start_matches("http://")
    }

    /// `host:port` of the admin listener.
    pub(crate) fn admin_address(&self) -> &str {
        self.admin.trim_start_matches("http://")
    }

    pub(crate) async fn get(&self, path: &str) -> Answer<String> {
        text(self.client.get(format!("{}{path}", self.public))).await
    }

    pub(crate) async fn get_admin(&self, path: &str) -> Answer<String> {
        text(self.client.get(format!("{}{path}", self.admin))).await
    }

    pub(crate) async fn post_admin(&self, path: &str) -> Answer<String> {
        text(self.client.post(format!("{}{path}", self.admin))).await
    }

    pub(crate) async fn get_dummy(&self, path: &str) -> Answer<String> {
        text(self.client.get(format!("{}{path}", self.dummy))).await
    }

    /// The deposit address.
    pub(crate) async fn bind(&self, payee: &str, coin: Coin) -> Answer<String> {
        let body = json!({"skyaddr": payee, "coin_type": coin.code()});
        let request = self.client.post(format!("{}/api/bind", self.public)).json(&body);
        map(text(request).await, |body| {
            let bound = json_of(&body);
            let secret = bound["secret"].as_str().unwrap().to_owned();
            self.secrets.lock().unwrap().push((payee.to_owned(), secret));
            bound["deposit_address"].as_str().unwrap().to_owned()
        })
    }

    /// The deposit address of a request that is done once, however often it is sent.
    pub(crate) async fn bind_with_key(&self, payee: &str, coin: Coin, key: &str) -> Answer<String> {
        let body = json!({"skyaddr": payee, "coin_type": coin.code()});
        let request = self.client.post(format!("{}/api/bind", self.public)).json(&body);
        map(text(request.header("Idempotency-Key", key)).await, |body| {
            json_of(&body)["deposit_address"].as_str().unwrap().to_owned()
        })
    }

    /// The deposit address, with somebody to be told at this URL what comes of it.
    pub(crate) async fn bind_telling(&self, payee: &str, coin: Coin, url: &str) -> Answer<String> {
        let body = json!({"skyaddr": payee, "coin_type": coin.code(), "webhook_url": url});
        let request = self.client.post(format!("{}/api/bind", self.public)).json(&body);
        map(text(request).await, |body| json_of(&body)["deposit_address"].as_str().unwrap().to_owned())
    }

    /// The entries of `/api/status`, as whoever bound the addresses sees them.
    pub(crate) async fn status(&self, payee: &str) -> Vec<Value> {
        let own: Vec<String> = {
            let secrets = self.secrets.lock().unwrap();
            secrets
                .iter()
                .rev()
                .filter(|(known, _)| known == payee)
                .map(|(_, secret)| secret.clone())
                .collect()
        };
        let answer = self.get(&format!("/api/status?skyaddr={payee}&secret={}", own.join(","))).await.done();
        json_of(&answer)["statuses"].as_array().unwrap().clone()
    }

    pub(crate) async fn deposit(&self, deposit: &Deposit) -> Answer<()> {
        let Deposit { coin, address, tx, n, .. } = deposit;
        let (coin, value) = (coin.code(), deposit.value());
        let query = format!("coin={coin}&addr={address}&value={value}&height=1&tx={tx}&n={n}");
        map(self.get_dummy(&format!("/dummy/scanner/deposit?{query}")).await, drop)
    }

    pub(crate) async fn broadcasts(&self) -> Answer<Vec<Broadcast>> {
        map(self.get_dummy("/dummy/sender/broadcasts").await, |body| {
            json_of(&body).as_array().unwrap().iter().map(broadcast).collect()
        })
    }

    pub(crate) async fn confirm(&self, txid: &str) -> Answer<()> {
        map(self.get_dummy(&format!("/dummy/sender/confirm?txid={txid}")).await, drop)
    }

    /// A copy of the database.
    pub(crate) async fn backup(&self) -> Answer<Vec<u8>> {
        let Ok(response) = self.client.get(format!("{}/api/backup", self.admin)).send().await else {
            return Answer::Lost;
        };
        let status = response.status().as_u16();
        match response.bytes().await {
            Ok(copy) if status == 200 => Answer::Done(copy.to_vec()),
            Ok(words) => Answer::Refused(status, String::from_utf8_lossy(&words).trim_end().to_owned()),
            Err(_) => Answer::Lost,
        }
    }

    /// `/api/accounting`.
    pub(crate) async fn accounting(&self) -> BTreeMap<String, Value> {
        serde_json::from_str(&self.get_admin("/api/accounting").await.done()).unwrap()
    }

    /// Addresses of this coin that nobody has yet.
    pub(crate) async fn remaining(&self, coin: Coin) -> u64 {
        let usage = json_of(&self.get_admin("/api/deposit-addresses").await.done());
        usage[coin.code()]["remaining_addresses"].as_u64().unwrap()
    }
}

fn client() -> Client {
    builder().build().unwrap()
}

fn builder() -> ClientBuilder {
    // Fails only where it was done before.
    let _ = rustls::crypto::ring::default_provider().install_default();
    // Without certificates: reading the machine's own takes longer than many a test.
    Client::builder().no_proxy().redirect(Policy::none()).tls_certs_only([]).timeout(TIMEOUT)
}

async fn text(request: RequestBuilder) -> Answer<String> {
    let response = match request.send().await {
        Ok(response) => response,
        Err(error) if error.is_connect() => return Answer::Unreachable,
        Err(error) => {
            assert!(!error.is_timeout(), "no answer in {TIMEOUT:?}: {error}");
            return Answer::Lost;
        }
    };
    let status = response.status().as_u16();
    match response.text().await {
        Ok(body) if status == 200 => Answer::Done(body),
        Ok(body) => Answer::Refused(status, body.trim_end().to_owned()),
        Err(_) => Answer::Lost,
    }
}

fn map<T, U>(answer: Answer<T>, with: impl FnOnce(T) -> U) -> Answer<U> {
    match answer {
        Answer::Done(value) => Answer::Done(with(value)),
        Answer::Refused(status, words) => Answer::Refused(status, words),
        Answer::Unreachable => Answer::Unreachable,
        Answer::Lost => Answer::Lost,
    }
}

pub(crate) fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("not JSON ({error}): {text}"))
}

fn broadcast(value: &Value) -> Broadcast {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let outputs = value["outputs"].as_array().unwrap();
    Broadcast {
        txid: text(&value["txid"]),
        outputs: outputs.iter().map(|output| (text(&output["address"]), text(&output["coins"]))).collect(),
        confirmed: value["confirmed"].as_bool().unwrap(),
    }
}
