//! A service that takes bitcoin and buys for it at a venue, with all that it lives between.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use reqwest::Method;
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Value, json};
use teller::types::{Coin, Droplets};

use super::super::exchange::contract::venue::{VENUES, Venue};
use super::super::service::bound;
use crate::desk::{self, Desk};
use crate::rng::Rng;
use crate::service::world::{admin, scan};
use crate::support::simnet::Simnet;
use crate::support::skycoin_node::Node;
use crate::support::wait;

/// Addresses to pay to.
const POOL: usize = 64;
/// What C2CX takes until it is sure of an order that nobody answered for, twice, and some more.
const PATIENCE: Duration = Duration::from_secs(240);
/// Nobody is told that he asks too often.
pub(super) const UNLIMITED: &[&str] = &["--exchange-unlimited"];
/// What buys five SKY at 0.002, whatever the venue takes.
pub(super) const FIVE_SKY: u64 = 1_020_000;

/// Everything that a deposit goes through.
pub(super) struct Shop {
    pub(super) simnet: Simnet,
    pub(super) desk: Desk,
    pub(super) venue: Venue,
    pub(super) rng: Rng,
    node: Node,
    /// Bitcoins that the account was given.
    funded: Decimal,
}

impl Shop {
    /// One that is not started yet. Books are empty, and stand still.
    pub(super) async fn prepare(venue: Venue, options: &[&str]) -> Shop {
        let mut desk = Desk::prepare();
        let wallet = desk.path("hot.wlt").display().to_string();
        let mut all = vec!["--chains=btc,sky,exchange", "--exchange-step-every=0", "--btc-start=10"];
        all.extend(["--sky-wallet", &wallet, "--sky-block-every=50ms"]);
        all.extend(options);
        let (simnet, mut rng) = (Simnet::start(&all).await, Rng::fixed());
        desk.set("dummy.scanner", false).set("dummy.sender", false);
        desk.set("eth_scanner.enabled", false).set("sky_scanner.enabled", false);
        desk.set("sky_exchanger.wallet", wallet);
        desk.set("sky_rpc.address", format!("127.0.0.1:{}", simnet.sky));
        desk.set("btc_rpc.server", format!("127.0.0.1:{}", simnet.btc));
        desk.set("btc_rpc.user", "any").set("btc_rpc.pass", "any").set("btc_rpc.network", "regtest");
        let addresses: Vec<String> = (0..POOL).map(|_| desk::simnet_address(Coin::BTC, &mut rng)).collect();
        scan(&mut desk, Coin::BTC, 11, 1, &addresses);
        let node = Node::new(format!("http://127.0.0.1:{}", simnet.sky));
        let mut shop = Shop { simnet, desk, venue, rng, node, funded: Decimal::ZERO };
        shop.buy_at_the_venue().await;
        shop
    }

    async fn buy_at_the_venue(&mut self) {
        let (_, account) = self.simnet.raw(Method::GET, "/control/exchange/account", "").await;
        let account: Value = serde_json::from_str(&account).unwrap();
        let key = &account["keys"][self.venue.name()];
        let place = VENUES.iter().position(|known| *known == self.venue).unwrap();
        let path = if self.venue == Venue::C2cx { "/v1/" } else { "" };
        let url = format!("http://127.0.0.1:{}{path}", self.simnet.venues[place]);
        self.desk.set("sky_exchanger.buy_methods.BTC", "passthrough");
        self.set("exchange", self.venue.name());
        self.set("url", url.as_str());
        self.set("key", key["key"].as_str().unwrap());
        self.set("secret", key["secret"].as_str().unwrap());
        self.set("markets.BTC", self.venue.names().0);
        // Not every venue says what its SKY is.
        let vouched = vec![format!("exchange:{}", self.venue.names().0)];
        self.desk.set("sky_exchanger.prices.vouched", vouched);
        self.set("btc_minimum_volume", "0");
        self.set("request_failure_wait", "100ms");
        self.set("ratelimit_wait", "1s");
        self.set("check_order_wait", "100ms");
    }

    /// A running one, with a bitcoin to spend and a thousand SKY on offer at 0.002.
    pub(super) async fn open(venue: Venue) -> Shop {
        let mut shop = Shop::prepare(venue, UNLIMITED).await;
        shop.fund("1").await;
        shop.offer("0.002", "1000").await;
        shop.desk.go().await;
        shop
    }

    /// Sets a key of the exchange's section.
    pub(super) fn set(&mut self, key: &str, value: impl Into<toml::Value>) {
        self.desk.set(&format!("sky_exchanger.exchange_client.{key}"), value);
    }

    pub(super) async fn fund(&mut self, amount: &str) {
        self.funded += amount.parse::<Decimal>().unwrap();
        self.simnet.control("exchange/fund", json!({ "asset": "BTC", "amount": amount })).await;
    }

    /// Somebody sells SKY for BTC.
    pub(super) async fn offer(&self, price: &str, quantity: &str) {
        let order = json!({
            "account": "makers", "market": "SKY-BTC", "side": "sell", "price": price, "quantity": quantity,
        });
        self.simnet.control("exchange/order", order).await;
    }

    pub(super) async fn market(&self, state: &str) {
        self.simnet.control("exchange/market", json!({ "market": "SKY-BTC", "state": state })).await;
    }

    /// Makes trouble at the venue.
    pub(super) async fn trouble(&self, trouble: Value) {
        self.simnet.trouble(self.venue.name(), trouble).await;
    }

    /// Makes trouble for the next order alone.
    pub(super) async fn trouble_an_order(&self, kind: &str) {
        let only = self.venue.placing();
        self.trouble(json!({ "kind": kind, "only": only, "count": 1, "millis": 1_500 })).await;
    }

    pub(super) async fn clear(&self) {
        self.simnet.clear(self.venue.name()).await;
    }

    /// Somebody new, with an address to pay to.
    pub(super) async fn buyer(&mut self) -> (String, String) {
        let payee = desk::address(Coin::SKY, &mut self.rng);
        let to = bound(&self.desk, &payee, Coin::BTC).await;
        (payee, to)
    }

    /// A deposit that is as deep as required.
    pub(super) async fn pay(&self, to: &str, satoshi: u64) {
        self.simnet.deposit("btc", json!({ "address": to, "amount": satoshi })).await;
        self.simnet.mine("btc", 1).await;
    }

    /// Somebody new who pays.
    pub(super) async fn sell(&mut self, satoshi: u64) -> String {
        let (payee, to) = self.buyer().await;
        self.pay(&to, satoshi).await;
        payee
    }

    /// The statuses of a payee's deposits.
    pub(super) async fn statuses(&self, payee: &str) -> Vec<String> {
        let statuses = self.desk.api.status(payee).await;
        statuses.iter().map(|status| status["status"].as_str().unwrap().to_owned()).collect()
    }

    /// Waits until all deposits of the payee have this status.
    pub(super) async fn stands(&self, payee: &str, status: &str) {
        until(&format!("{payee} is not {status}"), async || {
            let statuses = self.statuses(payee).await;
            statuses.iter().all(|known| known == status).then_some(())
        })
        .await;
    }

    /// Waits until this payee is paid, answers what.
    pub(super) async fn paid(&self, payee: &str) -> Decimal {
        self.stands(payee, "done").await;
        self.received(payee).await
    }

    /// What the chain says of a payee, in SKY.
    pub(super) async fn received(&self, payee: &str) -> Decimal {
        droplets(self.node.balance(payee).await)
    }

    /// What the account holds of a coin, free; nothing is frozen in orders, and the exchange's own books are proven.
    pub(super) async fn held(&self, asset: &str) -> Decimal {
        let (status, proof) = self.simnet.raw(Method::GET, "/control/exchange/check", "").await;
        assert_eq!(status, 200, "{proof}");
        let state = self.simnet.state("exchange").await;
        let balance = &state["standing"]["accounts"][0]["balances"][asset];
        let of = |name: &str| balance[name].as_str().unwrap().parse::<Decimal>().unwrap();
        assert_eq!(of("frozen"), Decimal::ZERO, "{asset}");
        of("free")
    }

    /// What the service's books say, by asset and account; credit is negative.
    pub(super) async fn books(&self) -> BTreeMap<(String, String), Decimal> {
        let accounting = admin(&self.desk, "/api/accounting").await;
        let lines = accounting["accounts"].as_array().unwrap();
        let text = |line: &Value, name: &str| line[name].as_str().unwrap().to_owned();
        let line = |line: &Value| {
            let amount: Decimal = text(line, "amount").parse().unwrap();
            let amount = if line["side"] == "credit" { -amount } else { amount };
            ((text(line, "asset"), text(line, "account")), amount)
        };
        lines.iter().map(line).collect()
    }

    /// At rest: what the service says that it bought and spent is what the exchange says, and what was bought is paid,
    /// or kept for the payees, each of whom has been told of all deposits as done.
    pub(super) async fn judge(&self, payees: &[String]) {
        let books = self.books().await;
        let on = |asset: &str, account: &str| {
            books.get(&(asset.to_owned(), account.to_owned())).copied().unwrap_or_default()
        };
        let (_, base, quote) = self.venue.names();
        let at = |name: &str| format!("{} at the exchange", name.to_uppercase());
        let (bought, spent) = (on(&at(base), "at_exchange"), -on(&at(quote), "at_exchange"));
        assert_eq!(bought.normalize(), self.held("SKY").await.normalize(), "{books:#?}");
        assert_eq!(spent.normalize(), (self.funded - self.held("BTC").await).normalize(), "{books:#?}");
        let (upstream, paid, kept) =
            (on("SKY", "bought_upstream"), -on("SKY", "paid"), -on("SKY", "remainders"));
        assert_eq!(upstream, paid + kept, "{books:#?}");
        assert_eq!(upstream, cut(bought, 6), "{books:#?}");
        let mut received = Decimal::ZERO;
        for payee in payees {
            let got = self.received(payee).await;
            assert_eq!(got, cut(got, 3), "{payee}");
            received += got;
        }
        assert_eq!(received, paid, "{books:#?}");
    }

    /// The account has no SKY, and no order has money of it.
    pub(super) async fn has_bought_nothing(&self) {
        assert_eq!(self.held("SKY").await, Decimal::ZERO);
        assert_eq!(self.held("BTC").await, self.funded);
    }
}

/// Cut to so many decimal places.
pub(super) fn cut(amount: Decimal, places: u32) -> Decimal {
    amount.round_dp_with_strategy(places, RoundingStrategy::ToZero)
}

fn droplets(amount: Droplets) -> Decimal {
    Decimal::new(i64::try_from(amount.get()).unwrap(), 6)
}

/// Waits longer than others do: venues take their time until an order that nobody answered for is known.
pub(super) async fn until<T>(what: &str, mut probe: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = probe().await {
            return answer;
        }
        assert!(Instant::now() < deadline, "waited {PATIENCE:?} in vain: {what}");
        tokio::time::sleep(wait::POLL).await;
    }
}
