//! Skycoin: as a deposit coin, and as the chain that payouts are made on.

use serde_json::json;
use teller::chain::{ChainSource, SkycoinReader};
use teller::rail::{Broadcaster, Fate, SendOutcome, SkyNode, Spender, TxStatus, Wallet};
use teller::skycoin::{Address, CoinHours, Output, SecretKey, Transaction};
use teller::types::{Claim, Droplets, Height, TxId, Units};

use super::everybody;
use crate::support::runner::Outcome;
use crate::support::simnet::Simnet;

pub(super) const ADDRESS: &str = "JUdRuTiqD1mGcw358twMg3VPpXpzbkdRvJ";
const COIN: u64 = 1_000_000;

pub(crate) async fn should_follow_blocks_and_deposits() -> Outcome {
    let simnet = Simnet::start(&[]).await;
    let reader = SkycoinReader::new(simnet.sky_rest());
    reader.check_network().await.unwrap();
    let tx = simnet.deposit("sky", json!({ "address": ADDRESS, "amount": 5 * COIN, "hours": 9 })).await;
    simnet.mine("sky", 3).await;
    let tip = reader.tip().await.unwrap();
    assert_eq!(tip.block.height, Height::new(4));
    let blocks = reader.blocks(Height::new(0), 9, &everybody()).await.unwrap();
    assert_eq!(blocks.len(), 5);
    assert!(blocks.windows(2).all(|pair| pair[1].parent == pair[0].at.hash));
    let own: Vec<_> =
        blocks[1].payments.iter().filter(|payment| payment.address.to_string() == ADDRESS).collect();
    assert_eq!(own.len(), 1);
    assert_eq!((&own[0].tx, own[0].n, own[0].amount), (&tx, 0, Units::new(u128::from(5 * COIN))));

    simnet.control("sky/reorg", json!({ "depth": 4, "length": 5, "keep": true })).await;
    let block = reader.block(Height::new(1), &everybody()).await.unwrap().unwrap();
    assert_ne!(block.at, blocks[1].at);
    assert!(block.payments.iter().any(|payment| payment.tx == tx));
    simnet.control("sky/reorg", json!({ "depth": 5, "length": 1 })).await;
    let block = reader.block(Height::new(1), &everybody()).await.unwrap().unwrap();
    assert!(!block.payments.iter().any(|payment| payment.tx == tx));
    assert_eq!(reader.hash_at(Height::new(2)).await.unwrap(), None);
    Ok(())
}

/// A wallet with one output of so many coins and hours.
struct Purse {
    key: SecretKey,
    node: SkyNode,
    funds: teller::rail::Funds,
}

async fn purse(simnet: &Simnet) -> Purse {
    let key = SecretKey::from_bytes(&[9; 32]).unwrap();
    let address = key.address().to_string();
    simnet.deposit("sky", json!({ "address": address, "amount": 10 * COIN, "hours": 100 })).await;
    let node = SkyNode::new(simnet.sky_rest(), &[key.address()]);
    let funds = node.funds().await.unwrap();
    assert_eq!((funds.coins, funds.unspents.len()), (Droplets::new(10 * COIN), 1));
    Purse { key, node, funds }
}

impl Purse {
    /// Pays a coin, and the rest back.
    fn payment(&self, hours: u64) -> Transaction {
        let payee = Address::decode(ADDRESS).unwrap();
        let output = |address, coins, hours| Output {
            address,
            coins: Droplets::new(coins),
            hours: CoinHours::new(hours),
        };
        let outputs = vec![output(payee, COIN, hours), output(self.key.address(), 9 * COIN, 0)];
        Transaction::new(vec![self.input()], outputs).unwrap().sign(&[&self.key]).unwrap()
    }

    fn input(&self) -> Claim {
        self.funds.unspents[0].uxid
    }
}

pub(crate) async fn should_take_payouts() -> Outcome {
    let simnet = Simnet::start(&[]).await;
    let purse = purse(&simnet).await;
    let paid = purse.payment(50);
    assert_eq!(purse.node.status(paid.txid()).await.unwrap(), TxStatus::Absent);
    assert_eq!(purse.node.send(&paid.encode()).await, SendOutcome::Accepted);
    assert_eq!(purse.node.send(&paid.encode()).await, SendOutcome::Accepted);
    assert_eq!(purse.node.status(paid.txid()).await.unwrap(), TxStatus::Unconfirmed);
    assert_eq!(purse.node.fate_of(purse.input()).await.unwrap(), Fate::Unspent);
    let missing = purse.node.fate_of(paid.uxids()[0]).await.unwrap();
    assert_eq!(missing, Fate::Missing { head: Height::new(1) }, "it is not made yet");
    let funds = purse.node.funds().await.unwrap();
    assert_eq!(funds.incoming, Droplets::new(9 * COIN));
    assert!(funds.leaving.contains(&purse.input()) && purse.funds.leaving.is_empty());
    simnet.mine("sky", 2).await;
    match purse.node.status(paid.txid()).await.unwrap() {
        TxStatus::Confirmed { block, confirmations: 2 } => assert_eq!(block.height, Height::new(2)),
        other => panic!("{other:?}"),
    }
    // 50 of 100 hours, and what those grew by meanwhile.
    let burnt = purse.node.burnt(paid.txid()).await.unwrap().get();
    assert!((50..60).contains(&burnt), "{burnt}");
    assert!(purse.node.burnt(TxId([7; 32])).await.is_err());
    let spent = Fate::Spent(Spender { txid: paid.txid(), confirmations: 2 });
    assert_eq!(purse.node.fate_of(purse.input()).await.unwrap(), spent);
    assert_eq!(purse.node.fate_of(paid.uxids()[0]).await.unwrap(), Fate::Unspent);
    // What the node cannot say is no word on the output.
    for kind in ["errors", "garbage", "forbidden"] {
        simnet.trouble("sky", json!({ "kind": kind, "count": 1, "only": "uxout" })).await;
        assert!(purse.node.fate_of(Claim([7; 32])).await.is_err(), "{kind}");
    }
    assert_eq!(purse.node.send(&paid.encode()).await, SendOutcome::AlreadyKnown);
    let rival = purse.node.send(&purse.payment(49).encode()).await;
    assert!(matches!(&rival, SendOutcome::Rejected(words) if words.contains("does not exist")), "{rival:?}");

    // Another history without it: the same bytes are good again.
    simnet.control("sky/reorg", json!({ "depth": 2, "length": 2 })).await;
    assert_eq!(purse.node.status(paid.txid()).await.unwrap(), TxStatus::Absent);
    assert_eq!(purse.node.send(&paid.encode()).await, SendOutcome::Accepted);
    Ok(())
}

pub(crate) async fn should_refuse_and_lose_payouts() -> Outcome {
    let simnet = Simnet::start(&[]).await;
    let purse = purse(&simnet).await;
    let greedy = purse.node.send(&purse.payment(95).encode()).await;
    assert!(
        matches!(&greedy, SendOutcome::Rejected(words) if words.contains("fee minimum not met")),
        "{greedy:?}"
    );

    let paid = purse.payment(50);
    let only = "injectTransaction";
    // Refused before it was done, and done without a word: nobody who sends can tell the two apart.
    simnet.trouble("sky", json!({ "kind": "errors", "count": 1, "only": only })).await;
    assert!(matches!(purse.node.send(&paid.encode()).await, SendOutcome::Unknown(_)));
    assert_eq!(purse.node.status(paid.txid()).await.unwrap(), TxStatus::Absent);
    simnet.trouble("sky", json!({ "kind": "drop-replies", "count": 1, "only": only })).await;
    assert!(matches!(purse.node.send(&paid.encode()).await, SendOutcome::Unknown(_)));
    assert_eq!(purse.node.status(paid.txid()).await.unwrap(), TxStatus::Unconfirmed);
    simnet.mine("sky", 1).await;
    assert!(matches!(purse.node.status(paid.txid()).await.unwrap(), TxStatus::Confirmed { .. }));

    let alone = Simnet::start(&["--sky-peers", "0"]).await;
    let purse = self::purse(&alone).await;
    let unheard = purse.node.send(&purse.payment(50).encode()).await;
    assert!(matches!(&unheard, SendOutcome::Unknown(words) if words.contains("503")), "{unheard:?}");
    Ok(())
}

/// Blocks of their own accord, as the service meets them.
pub(crate) async fn should_make_blocks_by_itself() -> Outcome {
    let simnet = Simnet::start(&["--sky-block-every=20ms"]).await;
    let reader = SkycoinReader::new(simnet.sky_rest());
    simnet.deposit("sky", json!({ "address": ADDRESS, "amount": COIN, "pool_only": true })).await;
    crate::support::wait::until("no block comes", async || {
        (reader.tip().await.unwrap().block.height == Height::new(1)).then_some(())
    })
    .await;
    Ok(())
}

pub(crate) async fn should_tell_that_it_is_alone_or_behind_its_peers() -> Outcome {
    let simnet = Simnet::start(&["--sky-peers", "1"]).await;
    let reader = SkycoinReader::new(simnet.sky_rest());
    let is_syncing = async || reader.tip().await.unwrap().is_syncing;
    assert!(!is_syncing().await);
    assert_eq!(reader.limits(), None);
    simnet.trouble("sky", json!({ "kind": "syncing", "blocks": 50 })).await;
    assert!(is_syncing().await);
    // A gateway that does not pass on what peers say is no reason to stop.
    simnet.trouble("sky", json!({ "kind": "forbidden", "only": "progress" })).await;
    assert!(!is_syncing().await);

    let alone = Simnet::start(&["--sky-peers", "0"]).await;
    let reader = SkycoinReader::new(alone.sky_rest());
    assert!(!reader.tip().await.unwrap().is_syncing);
    assert!(reader.limits().unwrap().contains("no connection"), "{:?}", reader.limits());
    Ok(())
}

pub(crate) async fn should_believe_no_node_that_knows_nobody_on_what_was_spent() -> Outcome {
    let own = [Address::from_bytes([1; 20])];
    let connected = Simnet::start(&["--sky-peers", "1"]).await;
    SkyNode::new(connected.sky_rest(), &own).spends(None, &|_| false).await.unwrap();
    let alone = Simnet::start(&["--sky-peers", "0"]).await;
    let refused = SkyNode::new(alone.sky_rest(), &own).spends(None, &|_| false).await.unwrap_err();
    assert!(refused.to_string().contains("no connection to any other"), "{refused}");
    Ok(())
}
