//! The project's own simulated nodes, as a process: always there, for it is built with the tests.

use std::path::Path;

use reqwest::{Client, Method};
use secrecy::SecretString;
use serde_json::{Value, json};
use teller::rpc::{Auth, HttpClient, HttpSettings, JsonRpc, SkyRest};

use super::ports;
use super::process::Process;
use super::rpc::http_client;

/// The nodes, each on a port of its own.
pub struct Simnet {
    process: Process,
    client: Client,
    control: u16,
    pub btc: u16,
    pub doge: u16,
    pub deposits: u16,
    pub eth: u16,
    pub sky: u16,
    /// The venues of the exchange: C2CX, Binance, Kraken, Coinbase.
    pub venues: [u16; 4],
}

impl Simnet {
    /// With further options.
    pub async fn start(options: &[&str]) -> Simnet {
        let [control, btc, deposits, doge, eth, sky] = [(); 6].map(|()| ports::free());
        let line = format!(
            "--control 127.0.0.1:{control} --btc 127.0.0.1:{btc} --btc-deposits 127.0.0.1:{deposits} \
             --doge 127.0.0.1:{doge} --eth 127.0.0.1:{eth} --sky 127.0.0.1:{sky} --sky-block-every 0"
        );
        let mut args: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let venues = [(); 4].map(|()| ports::free());
        for (name, port) in ["c2cx", "binance", "kraken", "coinbase"].iter().zip(venues) {
            args.push(format!("--{name}=127.0.0.1:{port}"));
        }
        args.extend(options.iter().map(|option| (*option).to_owned()));
        let mut process = Process::prepare("simnet", Path::new(env!("CARGO_BIN_EXE_simnet")));
        let client = http_client();
        let state = format!("http://127.0.0.1:{control}/control/state");
        process.start(args, async || client.get(&state).send().await.ok()).await;
        Simnet { process, client, control, btc, doge, deposits, eth, sky, venues }
    }

    /// Ends it as an operator would.
    pub fn stop(&mut self) {
        self.process.stop();
    }

    /// Does something to a chain, and gives what the control API says; a refusal ends the test.
    pub async fn control(&self, what: &str, body: Value) -> Value {
        let url = format!("http://127.0.0.1:{}/control/{what}", self.control);
        let response = self.client.post(url).json(&body).send().await.unwrap();
        let status = response.status();
        let answer: Value = response.json().await.unwrap();
        assert_eq!(status, 200, "{what} {body}: {answer}");
        answer
    }

    /// Asks the control API anything: status and text.
    pub async fn raw(&self, method: Method, path: &str, body: &str) -> (u16, String) {
        let url = format!("http://127.0.0.1:{}{path}", self.control);
        let response = self.client.request(method, url).body(body.to_owned()).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    pub async fn mine(&self, chain: &str, blocks: u64) {
        self.control(&format!("{chain}/mine"), json!({ "blocks": blocks })).await;
    }

    /// Gives the transaction.
    pub async fn deposit(&self, chain: &str, body: Value) -> String {
        let done = self.control(&format!("{chain}/deposit"), body).await;
        done["tx"].as_str().unwrap().to_owned()
    }

    pub async fn trouble(&self, chain: &str, body: Value) {
        self.control(&format!("{chain}/trouble"), body).await;
    }

    pub async fn clear(&self, chain: &str) {
        let url = format!("http://127.0.0.1:{}/control/{chain}/trouble", self.control);
        assert_eq!(self.client.delete(url).send().await.unwrap().status(), 200);
    }

    /// Ends the troubles of one kind.
    pub async fn clear_kind(&self, chain: &str, kind: &str) {
        let url = format!("http://127.0.0.1:{}/control/{chain}/trouble?kind={kind}", self.control);
        assert_eq!(self.client.delete(url).send().await.unwrap().status(), 200);
    }

    /// What the control API tells of a chain.
    pub async fn state(&self, chain: &str) -> Value {
        let url = format!("http://127.0.0.1:{}/control/state", self.control);
        let state: Value = self.client.get(url).send().await.unwrap().json().await.unwrap();
        state[chain].clone()
    }

    pub fn http(port: u16, credentials: Option<(&str, &str)>) -> HttpClient {
        let auth = match credentials {
            Some((user, pass)) => Auth::Basic { user: user.to_owned(), pass: SecretString::from(pass) },
            None => Auth::None,
        };
        let base = format!("http://127.0.0.1:{port}");
        HttpClient::new(HttpSettings { base, auth, certificate: None, max_answer: 16 << 20 }).unwrap()
    }

    pub fn btc_rpc(&self) -> JsonRpc {
        JsonRpc::new(Simnet::http(self.btc, None), "1.0")
    }

    pub fn doge_rpc(&self) -> JsonRpc {
        JsonRpc::new(Simnet::http(self.doge, None), "1.0")
    }

    pub fn eth_rpc(&self) -> JsonRpc {
        JsonRpc::new(Simnet::http(self.eth, None), "2.0")
    }

    pub fn sky_rest(&self) -> SkyRest {
        SkyRest::new(Simnet::http(self.sky, None))
    }
}
