//! What this version does not have yet says so plainly. Each of these goes when the feature comes.

use crate::desk::Desk;
use crate::rng::Rng;
use crate::support::runner::Outcome;

pub(crate) async fn should_say_that_real_chains_are_not_scanned_yet() -> Outcome {
    let mut desk = Desk::prepare();
    desk.fill_pools(&mut Rng::fixed());
    desk.set("dummy.scanner", false).set("btc_rpc.user", "somebody");
    let words = ["not available in this version", "dummy.scanner = false", "set it to true"];
    desk.go_wrong().await.assert_refused(&words);
    Ok(())
}

pub(crate) async fn should_say_that_real_wallets_are_not_paid_from_yet() -> Outcome {
    let mut desk = Desk::prepare();
    desk.fill_pools(&mut Rng::fixed());
    let wallet = desk.path("hot.wlt");
    std::fs::write(&wallet, "{}").unwrap();
    desk.set("dummy.sender", false).set("sky_exchanger.wallet", wallet.display().to_string());
    let words = ["not available in this version", "dummy.sender = false", "set it to true"];
    desk.go_wrong().await.assert_refused(&words);
    Ok(())
}
