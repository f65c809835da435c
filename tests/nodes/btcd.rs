//! What the tests of the Bitcoin side rely on, shown on a real btcd.

use std::fs;

use bitcoin::hashes::Hash;
use bitcoin::{Amount, BlockHash, PubkeyHash, ScriptBuf, ScriptHash, Txid, WPubkeyHash, WScriptHash};
use serde_json::json;
use teller::rpc::pinned;

use crate::support::btcd::{Btcd, PASSWORD, USER};
use crate::support::rpc::{Auth, Rpc, RpcError};
use crate::support::runner::Outcome;

const COIN: Amount = Amount::ONE_BTC;
const FEE: Amount = Amount::from_sat(10_000);

fn payee() -> ScriptBuf {
    ScriptBuf::new_p2wpkh(&WPubkeyHash::all_zeros())
}

async fn confirms(node: &Btcd, block: BlockHash, txid: Txid) -> bool {
    node.block(block).await.txdata.iter().any(|transaction| transaction.compute_txid() == txid)
}

async fn rich() -> Result<Btcd, crate::support::Absent> {
    let mut node = Btcd::start().await?;
    node.get_rich().await;
    Ok(node)
}

pub(crate) async fn should_mine_and_pay_every_kind_of_script() -> Outcome {
    let mut node = rich().await?;
    assert_eq!(node.height().await, 101);
    let scripts = [
        ScriptBuf::new_p2pkh(&PubkeyHash::all_zeros()),
        ScriptBuf::new_p2sh(&ScriptHash::all_zeros()),
        payee(),
        ScriptBuf::new_p2wsh(&WScriptHash::all_zeros()),
    ];
    let outputs = scripts.map(|script| (script, COIN));
    let txid = node.pay(&outputs).await;
    assert_eq!(node.mempool().await, [txid]);
    let mined = node.generate(1).await[0];
    assert_eq!(mined, node.hash_at(102).await);
    let block = node.block(mined).await;
    for ((script, amount), paid) in outputs.into_iter().zip(&block.txdata[1].output) {
        assert_eq!((&script, amount), (&paid.script_pubkey, paid.value));
    }
    Ok(())
}

pub(crate) async fn should_reorganise_the_chain() -> Outcome {
    let mut node = rich().await?;
    let txid = node.pay(&[(payee(), COIN)]).await;
    let orphan = node.generate(1).await[0];
    assert!(confirms(&node, orphan, txid).await);

    node.invalidate(orphan).await;
    assert_eq!(node.height().await, 101);
    assert_eq!(node.mempool().await, [txid], "an orphaned payment waits again");
    let branch = node.generate(2).await;
    assert!(confirms(&node, branch[0], txid).await);

    // The orphan is still there as bytes; asked for as JSON it is an error, not `confirmations: -1`.
    assert!(confirms(&node, orphan, txid).await);
    let described = node.rpc().try_call("getblock", json!([orphan.to_string(), 1])).await.unwrap_err();
    assert_eq!(described.code(), Some(-32603), "{described}");

    node.reconsider(orphan).await;
    assert_eq!(node.tip().await, branch[1]);
    Ok(())
}

pub(crate) async fn should_replace_a_waiting_transaction() -> Outcome {
    let mut node = rich().await?;
    let reward = node.take_reward();
    let original = node.miner().spend(reward, &[(payee(), COIN)], FEE);
    let replacement = node.miner().spend(reward, &[(payee(), COIN)], FEE * 10);
    node.send_raw(&original).await.unwrap();
    let replaced_by = node.send_raw(&replacement).await.unwrap();
    assert_eq!(node.mempool().await, [replaced_by]);
    assert!(node.send_raw(&original).await.is_err());
    let block = node.generate(1).await[0];
    assert!(confirms(&node, block, replaced_by).await);
    Ok(())
}

pub(crate) async fn should_come_back_empty() -> Outcome {
    let mut node = rich().await?;
    node.kill();
    let down = node.rpc().try_call("getblockcount", json!([])).await;
    assert!(matches!(down, Err(RpcError::Transport(_))), "{down:?}");
    node.start_again().await;
    assert_eq!(node.height().await, 0);
    node.generate(1).await;
    assert_eq!(node.height().await, 1);
    Ok(())
}

pub(crate) async fn should_know_its_callers() -> Outcome {
    let node = Btcd::start().await?;
    let certificate = fs::read(node.certificate()).unwrap();
    let call = async |certificate: &[u8], password: &str| {
        let auth = Auth::Password { user: USER.to_owned(), password: password.to_owned() };
        let tls = pinned::client_config(certificate).unwrap();
        Rpc::over_tls(node.rpc().url().to_owned(), auth, tls).try_call("getblockcount", json!([])).await
    };
    assert_eq!(call(&certificate, PASSWORD).await, Ok(json!(0)));
    let stranger = call(&certificate, "wrong").await.unwrap_err().to_string();
    assert!(stranger.contains("401"), "{stranger}");

    let other = Btcd::start().await?;
    let impostor = call(&fs::read(other.certificate()).unwrap(), PASSWORD).await.unwrap_err().to_string();
    assert!(impostor.contains("certificate"), "{impostor}");
    Ok(())
}

pub(crate) async fn should_refuse_with_a_code() -> Outcome {
    let node = Btcd::start().await?;
    let code = async |method: &str, params| node.rpc().try_call(method, params).await.unwrap_err().code();
    assert_eq!(code("getblockhash", json!([1])).await, Some(-1));
    assert_eq!(code("getblock", json!(["00".repeat(32), 0])).await, Some(-5));
    // The verbosity is a number here, where bitcoind takes a boolean as well.
    assert_eq!(code("getblock", json!([node.tip().await.to_string(), true])).await, Some(-32602));
    Ok(())
}
