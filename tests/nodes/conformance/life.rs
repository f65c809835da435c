//! Transactions from the pool into a block and what is seen of them on the way.

use super::Part;
use super::raw::{ALL_HOURS, COIN, GENESIS_UXID, PAYEE, Raw, out};
use super::target::{Kind, Target};
use crate::support::skycoin::GENESIS_ADDRESS;

/// Everything that can be read about a transaction and around it.
async fn look(target: &mut Target, raw: &Raw) {
    let txid = raw.txid();
    for path in [
        format!("transaction?txid={txid}"),
        format!("transaction?txid={txid}&verbose=1"),
        format!("transaction?txid={txid}&encoded=1"),
        format!("rawtx?txid={txid}"),
        "pendingTxs".to_owned(),
        "pendingTxs?verbose=1".to_owned(),
        format!("outputs?addrs={PAYEE}"),
        format!("outputs?addrs={GENESIS_ADDRESS}"),
        format!("outputs?hashes={},{GENESIS_UXID}", raw.uxid(0)),
        "outputs".to_owned(),
        format!("balance?addrs={PAYEE}"),
        format!("balance?addrs={GENESIS_ADDRESS},{PAYEE}"),
        format!("uxout?uxid={GENESIS_UXID}"),
        format!("uxout?uxid={}", raw.uxid(0)),
        format!("uxout?uxid={}", raw.uxid(1)),
        format!("address_uxouts?address={GENESIS_ADDRESS}"),
        format!("address_uxouts?address={PAYEE}"),
        "blockchain/metadata".to_owned(),
        "blockchain/progress".to_owned(),
        "block?seq=1".to_owned(),
        "block?seq=1&verbose=1".to_owned(),
        "blocks?start=1&end=2".to_owned(),
        "last_blocks?num=1&verbose=1".to_owned(),
        "addresscount".to_owned(),
        "health".to_owned(),
    ] {
        target.get(&format!("/api/v1/{path}")).await;
    }
}

pub(super) async fn should_take_a_transaction_from_pool_to_block(kind: Kind) -> Part {
    let mut target = Target::start(kind).await?;
    let raw = Raw::payment(1_500 * COIN + 1_000, 77);
    look(&mut target, &raw).await;
    target.inject("first", &raw.hex()).await;
    look(&mut target, &raw).await;
    target.inject("the same again, while it waits", &raw.hex()).await;
    target.confirm(&raw.txid()).await;
    look(&mut target, &raw).await;
    target.inject("the same again, after it was confirmed", &raw.hex()).await;
    target.inject("another one of the same coins", &Raw::payment(COIN, 1).hex()).await;
    target.compare("life");
    Ok(())
}

pub(super) async fn should_let_the_better_of_two_rivals_win(kind: Kind) -> Part {
    let mut target = Target::start(kind).await?;
    // The second leaves more hours to the miners.
    let (poorer, better) = (Raw::payment(COIN, ALL_HOURS / 2), Raw::payment(2 * COIN, 0));
    target.inject("one", &poorer.hex()).await;
    target.inject("the other", &better.hex()).await;
    target.get("/api/v1/pendingTxs").await;
    target.get("/api/v1/outputs").await;
    target.get(&format!("/api/v1/balance?addrs={GENESIS_ADDRESS},{PAYEE}")).await;
    target.confirm(&better.txid()).await;
    target.get(&format!("/api/v1/transaction?txid={}", better.txid())).await;
    // It is there until the next clean-up, and in the way.
    target.get(&format!("/api/v1/transaction?txid={}", poorer.txid())).await;
    target.get(&format!("/api/v1/transaction?txid={}&verbose=1", poorer.txid())).await;
    target.get("/api/v1/blockchain/metadata").await;
    target.get("/api/v1/outputs").await;
    target.get(&format!("/api/v1/outputs?addrs={PAYEE}")).await;
    target.get(&format!("/api/v1/balance?addrs={PAYEE}")).await;
    target.inject("the poorer again", &poorer.hex()).await;
    target.compare("rivals");
    Ok(())
}

pub(super) async fn should_chain_payments(kind: Kind) -> Part {
    let mut target = Target::start(kind).await?;
    let first = Raw::payment(COIN, 0);
    let back = first.uxid(1);
    let second =
        Raw::signed(&[&back], &[out(PAYEE, 3 * COIN, 5), out(GENESIS_ADDRESS, 99_999_996 * COIN, 9)]);
    target.inject("the first", &first.hex()).await;
    target.inject("what it has not made yet", &second.hex()).await;
    target.confirm(&first.txid()).await;
    target.inject("what it has made", &second.hex()).await;
    target.confirm(&second.txid()).await;
    for path in [
        format!("transaction?txid={}", first.txid()),
        format!("transaction?txid={}", second.txid()),
        format!("uxout?uxid={back}"),
        format!("uxout?uxid={}", first.uxid(0)),
        "blockchain/metadata".to_owned(),
        "block?seq=2".to_owned(),
        format!("address_uxouts?address={GENESIS_ADDRESS}"),
    ] {
        target.get(&format!("/api/v1/{path}")).await;
    }
    target.compare("chain");
    Ok(())
}

pub(super) async fn should_take_what_is_odd_but_right(kind: Kind) -> Part {
    let mut target = Target::start(kind).await?;
    let strange = Raw::signed(
        &[GENESIS_UXID],
        &[
            (1, [0; 20], COIN, 0),
            (7, [9; 20], 1_000, 3),
            out(GENESIS_ADDRESS, 99_999_998_999_000, ALL_HOURS / 10 * 9 - 3),
        ],
    );
    target.inject("addresses of versions that there are not, and the smallest fee", &strange.hex()).await;
    target.get("/api/v1/pendingTxs").await;
    target.get("/api/v1/outputs").await;
    target.confirm(&strange.txid()).await;
    target.get("/api/v1/block?seq=1").await;
    target.get("/api/v1/outputs").await;
    target.compare("odd");
    Ok(())
}

pub(super) async fn should_broadcast_where_somebody_hears(kind: Kind) -> Part {
    let mut target = Target::start_with_peer(kind).await?;
    target.get("/api/v1/health").await;
    let raw = Raw::payment(COIN, 0);
    let body = serde_json::json!({ "rawtx": raw.hex() }).to_string();
    target.post("first", &body).await;
    target.post("once more", &body).await;
    target.get(&format!("/api/v1/transaction?txid={}", raw.txid())).await;
    let headers = [("X-CSRF-Token", &*target.token().await)];
    target.ask("again to all", "POST", "/api/v1/resendUnconfirmedTxns", &headers, None).await;
    target.confirm(&raw.txid()).await;
    target.get(&format!("/api/v1/transaction?txid={}", raw.txid())).await;
    target.post("too late", &body).await;
    target.compare("broadcast");
    Ok(())
}
