//! Beside the original, and after it: its database, written as it writes it, over a real chain that holds the deposits.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bitcoin::{Address, Amount, Txid};
use serde_json::{Value, json};
use teller::testing::{OriginalFile, OriginalRecord};
use teller::types::Coin;
use tokio::net::TcpListener;

use super::world::{World, admin, btc, mine, received};
use crate::api::Answer;
use crate::once;
use crate::support::bitcoind::{AddressType, Bitcoind, Wallet};
use crate::support::runner::Outcome;
use crate::support::wait;

/// A transaction that the original says has paid a deposit: of another wallet than this desk's.
fn paid_by(n: usize) -> String {
    format!("{n:064x}")
}

/// A running original: its buyers, their addresses, and what came there.
struct Original {
    node: Bitcoind,
    buyer: Wallet,
    payees: [String; 2],
    addresses: Vec<Address>,
    file: OriginalFile,
    /// One for 1 SKY, one for 1.5, and one that pays both addresses: 0.5 and 2 SKY.
    deposits: [Txid; 3],
}

impl Original {
    async fn start(world: &mut World) -> Result<Original, crate::support::Absent> {
        let node = Bitcoind::start().await?;
        let buyer = node.create_rich_wallet("buyer").await;
        let own = node.create_wallet("original").await;
        let mut addresses = Vec::new();
        for _ in 0..3 {
            addresses.push(own.new_address(AddressType::ALL[0]).await);
        }
        world.take_bitcoin(&node, 2).await;
        world.desk.set("btc_scanner.initial_scan_height", 1);
        let payees = [world.payee(), world.payee()];
        let mut file = OriginalFile::default();
        for (address, payee) in addresses.iter().zip(&payees) {
            file.bind("BTC", &address.to_string(), payee);
        }
        let first = buyer.send(&addresses[0], btc("0.002")).await;
        let second = buyer.send(&addresses[1], btc("0.003")).await;
        let both = [(addresses[0].clone(), btc("0.001")), (addresses[1].clone(), btc("0.004"))];
        let both = buyer.send_many(&both).await;
        mine(&node, &buyer, 3).await;
        let deposits = [first, second, both];
        Ok(Original { node, buyer, payees, addresses, file, deposits })
    }

    /// How the original has a deposit: always as the first output.
    async fn record(&self, to: usize, tx: Txid, amount: Amount, height: u64) -> OriginalRecord {
        let (address, payee) = (self.addresses[to].to_string(), &self.payees[to.min(1)]);
        let value = i64::try_from(amount.to_sat()).unwrap();
        let height = i64::try_from(height).unwrap();
        OriginalRecord::waiting("BTC", (&address, payee), &tx.to_string(), value, height)
    }

    /// Where an output stands in its transaction.
    async fn vout(&self, height: u64, tx: Txid, to: usize) -> usize {
        let block = self.node.block(self.node.hash_at(height).await).await;
        let script = self.addresses[to].script_pubkey();
        let found = block.txdata.iter().find(|one| one.compute_txid() == tx).unwrap();
        found.output.iter().position(|output| output.script_pubkey == script).unwrap()
    }
}

/// Counts who asks the node that payouts would be sent by.
async fn watched_node() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, asked) = (listener.local_addr().unwrap().to_string(), Arc::<AtomicUsize>::default());
    let count = Arc::clone(&asked);
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            count.fetch_add(1, Ordering::SeqCst);
        }
    });
    (address, asked)
}

/// A receiver of events, and a wallet that is not there; counts how often the receiver is told something.
async fn add_receiver(world: &mut World) -> Arc<AtomicUsize> {
    world.desk.set("sky_exchanger.wallet", "/nowhere/hot.wlt");
    let (hook, told) = watched_node().await;
    world.desk.set("events.shop.webhook", format!("http://{hook}/")).set("events.shop.allow_private", true);
    world.desk.set("events.shop.secrets", vec!["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]);
    told
}

/// What looking on shows, once it fits.
async fn shadow(world: &World, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
    wait::until(what, async || {
        let shown = admin(&world.desk, "/api/shadow").await;
        fits(&shown).then_some(shown)
    })
    .await
}

fn differences(shown: &Value) -> Vec<(String, Value)> {
    let all = shown["differences"].as_array().unwrap().iter();
    all.map(|one| (one["kind"].as_str().unwrap().to_owned(), one["because"].clone())).collect()
}

pub(crate) async fn should_tell_what_the_original_decides_otherwise_and_pay_nothing() -> Outcome {
    let mut world = World::new().await?;
    let mut original = Original::start(&mut world).await?;
    let (height, [first, second, both]) = (original.node.height().await - 2, original.deposits);
    // The second was paid a droplet too much; of the third it has one output alone.
    for (n, to, tx, amount, sent) in [
        (1, 0, first, "0.002", 1_000_000),
        (2, 1, second, "0.003", 1_500_001),
        (3, 0, both, "0.001", 500_000),
    ] {
        let record = original.record(to, tx, btc(amount), height).await.paid(&paid_by(n), sent);
        original.file.deposit(record);
    }
    let copy = world.desk.path("original.db");
    original.file.put(&copy);
    let (node, asked) = watched_node().await;
    world.desk.set("shadow.original", copy.display().to_string()).set("sky_rpc.address", node);
    let told_of_events = add_receiver(&mut world).await;
    world.desk.go().await;

    let is_compared = |shown: &Value| shown["compared"]["here"] == 4 && shown["compared"]["there"] == 3;
    let shown = shadow(&world, "four deposits are not compared", is_compared).await;
    assert_eq!((&shown["compared"]["agreed"], &shown["is_safe"]), (&json!(2), &json!(false)), "{shown:#}");
    let told = [("worth".to_owned(), Value::Null), ("not_taken".to_owned(), json!("second_output"))];
    assert_eq!(differences(&shown), told);
    assert_eq!(
        (&shown["differences"][0]["there"], &shown["differences"][0]["here"]),
        (&json!("1.500001"), &json!("1.500000"))
    );
    assert_refuses_what_is_done(&world, &original.payees[0]).await;

    // A later copy: the sum is right, and an address is bound that has received coins in a block that was read.
    let late = original.buyer.send(&original.addresses[2], btc("0.006")).await;
    mine(&original.node, &original.buyer, 3).await;
    let late_height = original.node.height().await - 2;
    world.followed(Coin::BTC, late_height + 2).await;
    original.file.deposits()[1].sent = 1_500_000;
    let (address, payee) = (original.addresses[2].to_string(), original.payees[1].clone());
    original.file.bind("BTC", &address, &payee);
    let record = original.record(2, late, btc("0.006"), late_height).await;
    original.file.deposit(record);
    original.file.put(&copy);
    let is_safe = |shown: &Value| shown["is_safe"] == true && shown["compared"]["there"] == 4;
    let shown = shadow(&world, "it does not become safe", is_safe).await;
    assert_eq!(
        (&shown["compared"]["agreed"], &shown["compared"]["in_flight"]),
        (&json!(4), &json!(1)),
        "{shown:#}"
    );
    assert_eq!(differences(&shown), told[1..]);

    assert_keeps_what_it_has_beside_half_a_file(&world, &original.file, &copy).await;
    world.desk.stop().await;
    assert_tells_its_last_word(&mut world).await;
    assert_eq!(asked.load(Ordering::SeqCst), 0, "the node that sends was asked something");
    assert_eq!(told_of_events.load(Ordering::SeqCst), 0, "a receiver was told something");
    assert_paid_nobody(&world, &original.payees).await;
    Ok(())
}

async fn assert_paid_nobody(world: &World, payees: &[String]) {
    for payee in payees {
        assert!(received(&world.treasury.node, payee).await.is_empty(), "{payee} was paid");
    }
}

/// What was compared stays, and what is wrong with the file is said.
async fn assert_keeps_what_it_has_beside_half_a_file(world: &World, file: &OriginalFile, copy: &Path) {
    let whole = fs::read(copy).unwrap();
    fs::write(copy, &whole[..whole.len() / 2]).unwrap();
    let is_torn = |shown: &Value| shown["obstacles"][0]["code"] == "unreadable";
    let shown = shadow(world, "nothing is said of the torn file", is_torn).await;
    assert_eq!((&shown["compared"]["agreed"], &shown["is_safe"]), (&json!(4), &json!(false)));
    file.put(copy);
    shadow(world, "the whole file is not read", |shown| shown["is_safe"] == true).await;
}

/// No bind, no act, no wallet; and nothing is critical about that.
async fn assert_refuses_what_is_done(world: &World, payee: &str) {
    match world.desk.api.bind(payee, Coin::BTC).await {
        Answer::Refused(403, words) => assert!(words.contains("looks on"), "{words}"),
        other => panic!("{other:?}"),
    }
    for act in [
        "deposits/1/pay?why=x",
        "deposits/1/void?why=x",
        "transactions/1/send?why=x",
        "prices/BTC/set?rate=1&why=x",
    ] {
        match world.desk.api.post_admin(&format!("/api/{act}")).await {
            Answer::Refused(403, words) => assert!(words.contains("looks on"), "{act}: {words}"),
            other => panic!("{act}: {other:?}"),
        }
    }
    let problems = admin(&world.desk, "/api/problems").await;
    let told: Vec<_> =
        problems["problems"].as_array().unwrap().iter().map(|one| one["code"].clone()).collect();
    assert_eq!(told, ["shadow", "shadow_differs"], "{problems:#}");
    let metrics = world.desk.api.get_admin("/metrics").await.done();
    let line = r#"teller_shadow_differences{kind="worth",standing="unexplained"} 1"#;
    assert!(metrics.contains(line), "{metrics}");
    let next = admin(&world.desk, "/api/shadow?limit=1").await["next"].as_str().unwrap().to_owned();
    let rest = admin(&world.desk, &format!("/api/shadow?limit=1&after={next}")).await;
    assert_eq!((&rest["differences"][0]["kind"], &rest["next"]), (&json!("not_taken"), &Value::Null));
}

/// The tool says the same of the stopped desk, and no desk that pays takes its database.
async fn assert_tells_its_last_word(world: &mut World) {
    let args = ["shadow-report".to_owned()].into_iter().chain(world.desk.args());
    let report = once::run(&once::tool(), args, &world.desk.path("cwd")).await;
    let said = report.success().to_owned();
    assert!(said.contains("4 the same in both") && said.contains("it is safe to move over"), "{said}");
    let wallet = world.desk.path("hot.wlt").display().to_string();
    world.desk.unset("shadow").set("sky_exchanger.wallet", wallet);
    world.desk.go_wrong().await.assert_refused(&["the database is that of a shadow"]);
    let wrong = world.desk.command("check-config").await;
    wrong.assert_refused(&["the database is that of a shadow"]);
}

async fn import(world: &World, file: &OriginalFile) {
    let copy = world.desk.path("original.db");
    file.put(&copy);
    world.desk.write_config();
    let args = ["import-original".to_owned(), copy.display().to_string()].into_iter();
    let args = args.chain(world.desk.args());
    once::run(&once::tool(), args, &world.desk.path("cwd")).await.success();
}

/// Taken over first, and then the chain is read from its beginning.
pub(crate) async fn should_know_again_what_was_taken_over_when_it_reads_the_chain() -> Outcome {
    let mut world = World::new().await?;
    let mut original = Original::start(&mut world).await?;
    let (height, [first, second, both]) = (original.node.height().await - 2, original.deposits);
    let paid = original.record(0, first, btc("0.002"), height).await.paid(&paid_by(1), 1_000_000);
    let waits = original.record(1, second, btc("0.003"), height).await;
    let half = original.record(0, both, btc("0.001"), height).await.paid(&paid_by(2), 500_000);
    original.file.deposit(paid).deposit(waits).deposit(half);
    import(&world, &original.file).await;

    world.open(Coin::BTC).await;
    world.followed(Coin::BTC, height + 2).await;
    // What the original had missed is the one deposit that is new.
    let payees = original.payees.clone();
    wait::until("what was missed is not paid", async || {
        (received(&world.treasury.node, &payees[1]).await == ["2.000000"]).then_some(())
    })
    .await;
    let deposits = admin(&world.desk, "/api/deposits").await["deposits"].as_array().unwrap().clone();
    let ids: Vec<_> =
        deposits.iter().map(|deposit| deposit["deposit_id"].as_str().unwrap().to_owned()).collect();
    let mut expected = Vec::new();
    for (tx, to) in [(first, 0), (second, 1), (both, 0), (both, 1)] {
        expected.push(format!("{tx}:{}", original.vout(height, tx, to).await));
    }
    assert_eq!(ids, expected, "each is known by the place that it has on the chain");
    assert!(received(&world.treasury.node, &payees[0]).await.is_empty(), "what was paid is paid again");

    // What it had not ended waits, and is paid once when a person says so.
    let waiting = admin(&world.desk, "/api/waiting?code=inherited").await;
    assert_eq!(waiting["deposits"].as_array().unwrap().len(), 1, "{waiting:#}");
    world.desk.api.post_admin("/api/deposits/2/pay?why=its+wallet+shows+nothing").await.done();
    wait::until("what a person has said is not done", async || {
        let mut got = received(&world.treasury.node, &payees[1]).await;
        got.sort();
        (got == ["1.500000", "2.000000"]).then_some(())
    })
    .await;

    // New deposits are taken from where the chain was read to, also after a restart; nothing else is paid.
    original.buyer.send(&original.addresses[0], btc("0.002")).await;
    mine(&original.node, &original.buyer, 3).await;
    world.desk.stop().await;
    world.desk.assert_consistent().await;
    world.desk.go().await;
    wait::until("a new deposit is not paid", async || {
        (received(&world.treasury.node, &payees[0]).await == ["1.000000"]).then_some(())
    })
    .await;
    world.followed(Coin::BTC, height + 5).await;
    assert_eq!(admin(&world.desk, "/api/deposits").await["deposits"].as_array().unwrap().len(), 5);
    assert_eq!(received(&world.treasury.node, &payees[1]).await.len(), 2);
    world.desk.stop().await;
    world.desk.assert_consistent().await;
    Ok(())
}
