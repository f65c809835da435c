//! What the tests of the Bitcoin side rely on, shown on a real bitcoind.

use bitcoin::consensus::encode::deserialize;
use bitcoin::hashes::Hash;
use bitcoin::{Address, Amount, Block, BlockHash, Txid};
use serde_json::json;

use crate::support::bitcoind::{AddressType, Bitcoind, Options, PASSWORD, USER, Wallet};
use crate::support::rpc::{Auth, Rpc};
use crate::support::runner::Outcome;
use crate::support::wait;
use crate::support::zmq::Subscriber;

const COIN: Amount = Amount::ONE_BTC;

async fn address(wallet: &Wallet) -> Address {
    wallet.new_address(AddressType::Bech32).await
}

async fn confirms(node: &Bitcoind, block: BlockHash, txid: Txid) -> bool {
    node.block(block).await.txdata.iter().any(|transaction| transaction.compute_txid() == txid)
}

pub(crate) async fn should_mine_and_pay_every_kind_of_address() -> Outcome {
    let node = Bitcoind::start().await?;
    let wallet = node.create_rich_wallet("desk").await;
    assert_eq!(node.height().await, 101);
    assert_eq!(wallet.balance().await, COIN * 50);

    let mut payees = Vec::new();
    for kind in AddressType::ALL {
        payees.push((wallet.new_address(kind).await, COIN));
    }
    let txid = wallet.send_many(&payees).await;
    assert_eq!(node.mempool().await, [txid]);

    let empty = node.mine_empty(&payees[0].0).await;
    assert!(!confirms(&node, empty, txid).await);
    let [full] = node.mine(1, &payees[0].0).await[..] else { panic!("one block was asked for") };
    let block = node.block(full).await;
    let paid = block.txdata.iter().find(|transaction| transaction.compute_txid() == txid).unwrap();
    for (payee, amount) in payees {
        assert!(
            paid.output.iter().any(|out| out.script_pubkey == payee.script_pubkey() && out.value == amount)
        );
    }
    Ok(())
}

pub(crate) async fn should_take_any_lock_time() -> Outcome {
    let node = Bitcoind::start().await?;
    let wallet = node.create_rich_wallet("desk").await;
    let payee = address(&wallet).await;
    // Wallets pick lock times at random; Knots by default thinks that this one belongs to a protocol of others.
    let txid = wallet.send_locked(&payee, COIN, 21).await;
    assert_eq!(node.mempool().await, [txid]);
    Ok(())
}

pub(crate) async fn should_reorganise_the_chain() -> Outcome {
    let node = Bitcoind::start().await?;
    let wallet = node.create_rich_wallet("desk").await;
    let (payee, elsewhere) = (address(&wallet).await, address(&wallet).await);
    let txid = wallet.send(&payee, COIN).await;
    let orphan = node.mine(1, &payee).await[0];
    assert!(confirms(&node, orphan, txid).await);

    node.invalidate(orphan).await;
    assert_eq!(node.height().await, 101);
    assert_eq!(node.mempool().await, [txid], "an orphaned payment waits again");
    node.mine_empty(&elsewhere).await;
    let again = node.mine(1, &elsewhere).await[0];
    assert!(confirms(&node, again, txid).await);
    assert_eq!(node.height().await, 103);

    // The shorter branch stays aside although it is allowed again.
    node.reconsider(orphan).await;
    assert_eq!(node.tip().await, again);
    assert_ne!(node.hash_at(102).await, orphan);
    Ok(())
}

pub(crate) async fn should_follow_the_longer_chain_of_a_peer() -> Outcome {
    let ours = Bitcoind::start_with(Options { listen: true, ..Options::default() }).await?;
    let theirs = Bitcoind::start().await?;
    let wallet = ours.create_rich_wallet("desk").await;
    let payee = address(&wallet).await;
    theirs.connect(&ours).await;
    wait::until("the peer does not catch up", async || (theirs.height().await == 101).then_some(())).await;
    theirs.disconnect(&ours).await;

    let txid = wallet.send(&payee, COIN).await;
    let orphan = ours.mine(1, &payee).await[0];
    theirs.mine(2, &address(&theirs.create_wallet("miner").await).await).await;
    theirs.connect(&ours).await;
    let tip = theirs.tip().await;
    wait::until("no reorganisation", async || (ours.tip().await == tip).then_some(())).await;
    assert_ne!(ours.hash_at(102).await, orphan);
    assert_eq!(ours.mempool().await, [txid]);
    Ok(())
}

pub(crate) async fn should_replace_a_waiting_transaction() -> Outcome {
    let node = Bitcoind::start().await?;
    let wallet = node.create_rich_wallet("desk").await;
    let payee = address(&wallet).await;
    let original = wallet.send(&payee, COIN).await;
    let bytes = node.waiting_transaction(original).await;
    let replacement = wallet.bump_fee(original).await;
    assert_ne!(replacement, original);
    assert_eq!(node.mempool().await, [replacement]);
    assert!(node.send_raw(&bytes).await.is_err(), "the cheaper one does not come back");
    let block = node.mine(1, &payee).await[0];
    assert!(confirms(&node, block, replacement).await);
    Ok(())
}

pub(crate) async fn should_keep_its_chain_over_a_restart() -> Outcome {
    let mut node = Bitcoind::start().await?;
    let wallet = node.create_rich_wallet("desk").await;
    let tip = node.tip().await;
    node.restart().await;
    assert_eq!(node.tip().await, tip);
    assert_eq!(wallet.balance().await, COIN * 50);
    Ok(())
}

pub(crate) async fn should_lose_what_was_not_flushed_when_killed() -> Outcome {
    let mut node = Bitcoind::start().await?;
    let wallet = node.create_rich_wallet("desk").await;
    let payee = address(&wallet).await;
    node.restart().await;
    let flushed = node.tip().await;
    node.mine(5, &payee).await;
    node.kill();
    assert!(node.rpc().try_call("getblockcount", json!([])).await.is_err());
    node.start_again().await;
    assert_eq!((node.height().await, node.tip().await), (101, flushed), "the tip moved back");
    Ok(())
}

pub(crate) async fn should_serve_blocks_as_bytes() -> Outcome {
    let node = Bitcoind::start_with(Options { rest: true, ..Options::default() }).await?;
    let tip = node.tip().await;
    let block: Block = deserialize(&node.rest_block(tip).await.unwrap()).unwrap();
    assert_eq!(block, node.block(tip).await);

    let without = Bitcoind::start().await?;
    assert!(without.rest_block(tip).await.is_err());
    Ok(())
}

pub(crate) async fn should_announce_blocks() -> Outcome {
    let node = Bitcoind::start_with(Options { zmq: true, ..Options::default() }).await?;
    let payee = address(&node.create_wallet("desk").await).await;
    let mut blocks = Subscriber::connect(node.zmq_address().unwrap(), "hashblock").await.unwrap();
    let announced = tokio::spawn(async move { blocks.next().await });
    // A subscription takes effect in its own time, so blocks are made until one is announced.
    let mut mined = Vec::new();
    wait::until("no announcement", async || {
        mined.extend(node.mine(1, &payee).await);
        announced.is_finished().then_some(())
    })
    .await;
    let announced = announced.await.unwrap().unwrap();
    assert_eq!(announced[0], b"hashblock");
    // In the order in which hashes are written, which is the reverse of the order in which they are hashed.
    let hash = BlockHash::from_slice(&announced[1].iter().rev().copied().collect::<Vec<_>>()).unwrap();
    assert!(mined.contains(&hash));
    Ok(())
}

pub(crate) async fn should_forget_old_blocks() -> Outcome {
    let node = Bitcoind::start_with(Options { pruned: true, ..Options::default() }).await?;
    let payee = address(&node.create_wallet("desk").await).await;
    node.mine(900, &payee).await;
    let gone = node.prune(600).await;
    assert!(gone > 0, "nothing was pruned");
    let hash = node.hash_at(1).await;
    let refused = node.rpc().try_call("getblock", json!([hash.to_string(), 0])).await.unwrap_err();
    assert_eq!(refused.code(), Some(-1), "{refused}");
    node.block(node.hash_at(gone + 1).await).await;
    Ok(())
}

pub(crate) async fn should_know_its_callers() -> Outcome {
    let node = Bitcoind::start().await?;
    let call = async |user: &str, password: &str| {
        let auth = Auth::Password { user: user.to_owned(), password: password.to_owned() };
        Rpc::new(node.rpc().url().to_owned(), auth).try_call("getblockcount", json!([])).await
    };
    assert_eq!(call(USER, PASSWORD).await, Ok(json!(0)));
    assert!(call(USER, "wrong").await.is_err());
    let cookie = std::fs::read_to_string(node.cookie()).unwrap();
    let (user, password) = cookie.split_once(':').unwrap();
    assert_eq!(call(user, password).await, Ok(json!(0)));
    Ok(())
}

pub(crate) async fn should_refuse_with_a_code() -> Outcome {
    let node = Bitcoind::start().await?;
    let unknown = node.rpc().try_call("getblockhash", json!([1])).await.unwrap_err();
    assert_eq!(unknown.code(), Some(-8), "{unknown}");
    Ok(())
}
