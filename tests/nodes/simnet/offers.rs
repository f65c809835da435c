//! On offer is what is read: a newest block that is told and cannot be read is no offer, and side jobs take
//! nothing off.

use serde_json::json;
use teller::types::Coin;

use super::service::{LIKE_A_BTCD, bound, done, filled, open};
use crate::api::Answer;
use crate::desk;
use crate::service::world::{admin, problems};
use crate::support::runner::Outcome;
use crate::support::wait;

pub(crate) async fn should_take_off_offer_what_is_told_and_not_read() -> Outcome {
    let (simnet, mut desk, mut rng) = filled("50ms").await;
    desk.set("btc_scanner.max_node_silence", "2s");
    open(&simnet, &mut desk, &mut rng).await;
    let payee = desk::address(Coin::SKY, &mut rng);
    let to = bound(&desk, &payee, Coin::BTC).await;
    // The node goes on telling its newest block, and does not give it away.
    simnet.trouble("btc", json!({ "kind": "errors", "only": "getblock" })).await;
    simnet.deposit("btc", json!({ "address": to, "amount": 200_000 })).await;
    simnet.mine("btc", 40).await;
    wait::until("it stays on offer", async || {
        let problems = problems(&desk).await;
        problems.iter().any(|words| words.starts_with("BTC cannot be bound: ")).then_some(())
    })
    .await;
    let chain = admin(&desk, "/api/chains").await["BTC"].clone();
    assert!(!chain["binding_refused"].is_null() && !chain["tip"].is_null(), "{chain}");
    simnet.clear("btc").await;
    done(&desk, &payee, 1).await;
    bound(&desk, &payee, Coin::BTC).await;
    Ok(())
}

pub(crate) async fn should_keep_on_offer_what_only_side_jobs_miss() -> Outcome {
    let (simnet, mut desk, mut rng) = filled("50ms").await;
    desk.set("btc_scanner.max_node_silence", "1s");
    open(&simnet, &mut desk, &mut rng).await;
    let payee = desk::address(Coin::SKY, &mut rng);
    let to = bound(&desk, &payee, Coin::BTC).await;
    simnet.deposit("btc", json!({ "address": to, "amount": 200_000 })).await;
    simnet.mine("btc", 1).await;
    done(&desk, &payee, 1).await;
    // Nothing new is to be read: only the range that is asked for once more.
    simnet.trouble("btc", json!({ "kind": "errors", "only": "getrawmempool" })).await;
    simnet.trouble("btc", json!({ "kind": "errors", "only": "getblock" })).await;
    let said = desk.api.post_admin("/api/chains/btc/rescan?from=11&why=a+trial").await;
    assert!(matches!(&said, Answer::Refused(202, words) if words.contains("are read again")), "{said:?}");
    let noted = wait::until("its trouble is not told", async || {
        let chain = admin(&desk, "/api/chains").await["BTC"].clone();
        (!chain["rescan"]["error"].is_null() && !chain["pending_error"].is_null()).then_some(chain)
    })
    .await;
    // Longer than the node may be silent.
    tokio::time::sleep(std::time::Duration::from_millis(2_500)).await;
    let chain = admin(&desk, "/api/chains").await["BTC"].clone();
    assert_eq!((&chain["node"], &chain["binding_refused"]), (&json!("ok"), &json!(null)), "{noted}");
    assert_eq!(problems(&desk).await, [LIKE_A_BTCD]);
    simnet.clear("btc").await;
    wait::until("the rescan does not end", async || {
        admin(&desk, "/api/chains").await["BTC"]["rescan"].is_null().then_some(())
    })
    .await;
    done(&desk, &payee, 1).await;
    Ok(())
}
