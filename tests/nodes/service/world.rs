//! A service that pays from a real Skycoin node, the chains it takes deposits on, and what must be true of it at rest.

use bitcoin::Amount;
use serde_json::Value;
use teller::types::Coin;

use super::treasury::{Purse, Treasury};
use crate::api::{Answer, json_of};
use crate::desk::Desk;
use crate::rng::Rng;
use crate::support::Absent;
use crate::support::bitcoind::{self, AddressType, Bitcoind, Wallet};
use crate::support::skycoin_node::Node;
use crate::support::wait;

/// More than any test binds.
const POOL: usize = 12;

/// A service on the shared payout chain, and a wallet of its own there.
pub(crate) struct World {
    pub(crate) desk: Desk,
    pub(crate) purse: Purse,
    pub(crate) treasury: &'static Treasury,
    rng: Rng,
}

/// Makes a prepared service a real one, without any coin yet.
pub(crate) fn make_real(desk: &mut Desk, node: &Node, purse: &Purse) {
    let wallet = desk.path("hot.wlt");
    purse.write(&wallet);
    desk.set("dummy.scanner", false).set("dummy.sender", false);
    desk.set("sky_exchanger.wallet", wallet.display().to_string());
    desk.set("sky_exchanger.tx_confirmation_check_wait", "300ms");
    desk.set("sky_rpc.address", node.url().trim_start_matches("http://"));
    desk.set("teller.pool_low_water", 0);
    for coin in ["btc", "eth", "sky"] {
        desk.set(&format!("{coin}_scanner.enabled"), false);
    }
}

/// Turns a coin's scanner on, with these addresses.
pub(crate) fn scan(desk: &mut Desk, coin: Coin, from: u64, confirmations: u64, addresses: &[String]) {
    let section = format!("{}_scanner", coin.code().to_lowercase());
    desk.set(&format!("{section}.enabled"), true).set(&format!("{section}.scan_period"), "200ms");
    desk.set(&format!("{section}.initial_scan_height"), i64::try_from(from).unwrap());
    desk.set(&format!("{section}.confirmations_required"), i64::try_from(confirmations).unwrap());
    desk.write_pool(coin, addresses);
}

impl World {
    pub(crate) async fn new() -> Result<World, Absent> {
        let treasury = Treasury::shared().await;
        let (mut desk, purse) = (Desk::prepare(), treasury.take());
        make_real(&mut desk, &treasury.node, &purse);
        Ok(World { desk, purse, treasury, rng: Rng::fixed() })
    }

    /// Takes Bitcoin from this node; the addresses are its wallet's.
    pub(crate) async fn take_bitcoin(&mut self, node: &Bitcoind, confirmations: u64) {
        let mut addresses = Vec::new();
        // The desk's own wallet: what the buyers' spends may not come from its deposits.
        let wallet = node.create_wallet("desk").await;
        for index in 0..POOL {
            let kind = AddressType::ALL[index % AddressType::ALL.len()];
            addresses.push(wallet.new_address(kind).await.to_string());
        }
        let server = node.rpc().url().trim_start_matches("http://").to_owned();
        self.desk.set("btc_rpc.server", server).set("btc_rpc.network", "regtest");
        self.desk.set("btc_rpc.user", bitcoind::USER).set("btc_rpc.pass", bitcoind::PASSWORD);
        scan(&mut self.desk, Coin::BTC, node.height().await, confirmations, &addresses);
    }

    /// Takes Ether from the node at this URL.
    pub(crate) fn take_ether(&mut self, url: &str, chain_id: i64, confirmations: u64) {
        let addresses: Vec<String> =
            (0..POOL).map(|_| crate::desk::address(Coin::ETH, &mut self.rng)).collect();
        let (server, port) = url.rsplit_once(':').unwrap();
        self.desk.set("eth_rpc.server", server).set("eth_rpc.port", port).set("eth_rpc.chain_id", chain_id);
        scan(&mut self.desk, Coin::ETH, 1, confirmations, &addresses);
    }

    /// Takes SKY from the node that pays.
    pub(crate) async fn take_sky(&mut self, confirmations: u64) {
        let addresses: Vec<String> = (0..POOL).map(|_| self.payee()).collect();
        let height = self.treasury.node.height().await + 1;
        scan(&mut self.desk, Coin::SKY, height, confirmations, &addresses);
    }

    /// A Skycoin address that nobody has used, nor has the key of.
    pub(crate) fn payee(&self) -> String {
        // The chain is shared: chance alone keeps the payees of tests apart.
        crate::desk::address(Coin::SKY, &mut Rng::unseeded())
    }

    /// Starts, and waits until this coin can be bound.
    pub(crate) async fn open(&mut self, coin: Coin) {
        self.desk.go().await;
        self.can_bind(coin).await;
    }

    pub(crate) async fn can_bind(&self, coin: Coin) {
        wait::until(&format!("{coin} cannot be bound"), async || {
            self.chain(coin).await["binding_refused"].is_null().then_some(())
        })
        .await;
    }

    pub(crate) async fn bind(&self, payee: &str, coin: Coin) -> String {
        self.desk.api.bind(payee, coin).await.done()
    }

    /// A coin's entry of `/api/chains`.
    pub(crate) async fn chain(&self, coin: Coin) -> Value {
        admin(&self.desk, "/api/chains").await[coin.code()].clone()
    }

    /// Waits until the scanner has followed its node to this height.
    pub(crate) async fn followed(&self, coin: Coin, height: u64) {
        wait::until("the chain is not followed", async || {
            let chain = self.chain(coin).await;
            (chain["scanned"]["height"].as_u64() >= Some(height)).then_some(())
        })
        .await;
    }

    /// Waits until a status of the payee fits.
    pub(crate) async fn status(
        &self,
        payee: &str,
        what: &str,
        fits: impl Fn(&[Value]) -> bool,
    ) -> Vec<Value> {
        status(&self.desk, payee, what, fits).await
    }

    /// Waits until the payee's deposits are done, and asserts what the chain says of it.
    pub(crate) async fn paid(&self, payee: &str, amounts: &[&str]) {
        paid(&self.desk, &self.treasury.node, payee, amounts).await;
    }

    /// [`World::paid`] while other payouts wait.
    pub(crate) async fn paid_so_far(&self, payee: &str, amounts: &[&str]) {
        self.status(payee, "all done", |statuses| statuses.iter().all(|status| status["status"] == "done"))
            .await;
        assert_received(&self.treasury.node, payee, amounts).await;
    }

    /// Waits until health says so.
    pub(crate) async fn ill(&self, problem: &str) {
        wait::until(&format!("health does not say: {problem}"), async || {
            self.problems().await.iter().any(|words| words.contains(problem)).then_some(())
        })
        .await;
    }

    /// What health says is amiss.
    pub(crate) async fn problems(&self) -> Vec<String> {
        problems(&self.desk).await
    }
}

pub(crate) async fn admin(desk: &Desk, path: &str) -> Value {
    json_of(&desk.api.get_admin(path).await.done())
}

pub(crate) async fn problems(desk: &Desk) -> Vec<String> {
    let body = match desk.api.get("/api/health").await {
        Answer::Done(body) | Answer::Refused(503, body) => body,
        other => panic!("{other:?}"),
    };
    let problems = json_of(&body)["problems"].as_array().unwrap().clone();
    problems.iter().map(|problem| problem.as_str().unwrap().to_owned()).collect()
}

pub(crate) async fn status(
    desk: &Desk,
    payee: &str,
    what: &str,
    fits: impl Fn(&[Value]) -> bool,
) -> Vec<Value> {
    wait::until(&format!("no status of {payee} that fits: {what}"), async || {
        let statuses = desk.api.status(payee).await;
        fits(&statuses).then_some(statuses)
    })
    .await
}

/// Waits until as many deposits of the payee as there are amounts are done, and asserts that the chain has paid these
/// amounts (SKY with six decimals) to it, and nothing else.
pub(crate) async fn paid(desk: &Desk, node: &Node, payee: &str, amounts: &[&str]) {
    status(desk, payee, "all done", |statuses| {
        statuses.iter().filter(|status| status["status"] == "done").count() == amounts.len()
    })
    .await;
    wait::until("transactions are on their way", async || {
        let live = admin(desk, "/api/transactions?state=live").await;
        live["transactions"].as_array().unwrap().is_empty().then_some(())
    })
    .await;
    assert_received(node, payee, amounts).await;
}

/// Asserts what the payee, who never spends, was paid in all.
pub(crate) async fn assert_received(node: &Node, payee: &str, amounts: &[&str]) {
    let mut got: Vec<String> = received(node, payee).await;
    let mut expected: Vec<String> =
        amounts.iter().filter(|amount| **amount != "0.000000").map(|&amount| amount.to_owned()).collect();
    got.sort();
    expected.sort();
    assert_eq!(got, expected, "{payee}");
}

pub(crate) async fn received(node: &Node, payee: &str) -> Vec<String> {
    let outputs = node.outputs(payee).await;
    outputs.iter().map(|output| output["coins"].as_str().unwrap().to_owned()).collect()
}

pub(crate) fn btc(text: &str) -> Amount {
    Amount::from_str_in(text, bitcoin::Denomination::Bitcoin).unwrap()
}

pub(crate) fn address_of(text: &str) -> bitcoin::Address {
    text.parse::<bitcoin::Address<_>>().unwrap().assume_checked()
}

/// A service that takes Bitcoin, with the node and a wallet full of coins; it is not started yet.
pub(crate) async fn bitcoin_desk(confirmations: u64) -> Result<(World, Bitcoind, Wallet), Absent> {
    bitcoin_desk_with(confirmations, bitcoind::Options::default()).await
}

pub(crate) async fn bitcoin_desk_with(
    confirmations: u64,
    options: bitcoind::Options,
) -> Result<(World, Bitcoind, Wallet), Absent> {
    let mut world = World::new().await?;
    let node = Bitcoind::start_with(options).await?;
    let wallet = node.create_rich_wallet("buyer").await;
    world.take_bitcoin(&node, confirmations).await;
    Ok((world, node, wallet))
}

pub(crate) async fn mine(node: &Bitcoind, wallet: &Wallet, blocks: u64) {
    let to = wallet.new_address(AddressType::ALL[0]).await;
    node.mine(blocks, &to).await;
}

/// Blocks without any of the transactions that wait.
pub(crate) async fn mine_empty(node: &Bitcoind, wallet: &Wallet, blocks: u64) {
    let to = wallet.new_address(AddressType::ALL[0]).await;
    for _ in 0..blocks {
        node.mine_empty(&to).await;
    }
}

/// Any wallet that nobody has used.
pub(crate) fn empty_purse() -> Purse {
    Purse::new(&crate::desk::hex(&Rng::unseeded().bytes::<16>()))
}
