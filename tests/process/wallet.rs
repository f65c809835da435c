//! The hot wallet's file: what is wrong with it is said at the start, and never what is in it.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use teller::skycoin::NewWallet;
use teller::types::{Coin, UnixTime};

use crate::api::Answer;
use crate::desk::Desk;
use crate::rng::Rng;
use crate::support::runner::Outcome;
use crate::support::wait;

const SEED: &str = "a seed that nobody may read in a log";
const ENCRYPTED: &str = include_str!("../data/skycoin/wallets/scrypt-chacha20poly1305-encrypted.wlt");
const PASSWORD: &str = "pwd";

fn prepare() -> (Desk, PathBuf) {
    let mut desk = Desk::prepare();
    desk.fill_pools(&mut Rng::fixed());
    let wallet = desk.path("hot.wlt");
    make_real(&mut desk);
    desk.set("sky_exchanger.wallet", wallet.display().to_string());
    (desk, wallet)
}

/// A desk for real coins, with a wallet that it can open. None of its nodes is there.
pub(crate) fn without_nodes() -> Desk {
    let (desk, wallet) = prepare();
    write(&wallet, &plain(), 0o600);
    desk
}

/// Nobody listens where the nodes should be: the desk waits for them and says so.
fn make_real(desk: &mut Desk) {
    desk.set("dummy.scanner", false).set("dummy.sender", false);
    desk.set("sky_rpc.address", "127.0.0.1:1").set("btc_rpc.server", "127.0.0.1:1");
    desk.set("eth_rpc.port", "1").set("btc_rpc.user", "any").set("btc_rpc.pass", "any");
}

fn write(path: &Path, text: &str, mode: u32) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn plain() -> String {
    let seed = SecretString::from(SEED);
    let new =
        NewWallet { filename: "hot.wlt", label: "", seed: &seed, addresses: 1, created: UnixTime::new(1) };
    new.to_json().unwrap().to_string()
}

pub(crate) async fn should_refuse_a_wallet_that_others_can_read() -> Outcome {
    let (desk, wallet) = prepare();
    desk.go_wrong().await.assert_refused(&["sky_exchanger.wallet"]);
    write(&wallet, &plain(), 0o640);
    let refused = desk.go_wrong().await;
    refused.assert_refused(&["can be read by others (mode 640)", "chmod 600"]);
    write(&wallet, &plain()[1..], 0o600);
    let refused = desk.go_wrong().await;
    refused.assert_refused(&["sky_exchanger.wallet: "]);
    assert!(!refused.err.contains(SEED), "{refused:?}");
    Ok(())
}

pub(crate) async fn should_serve_buyers_while_it_waits_for_its_payout_node() -> Outcome {
    let (mut desk, wallet) = prepare();
    write(&wallet, &plain(), 0o600);
    desk.go().await;
    wait::until("health says nothing of the payout node", async || {
        let Answer::Refused(503, health) = desk.api.get("/api/health").await else { return None };
        (health.contains("payouts: ") && health.contains("\"mode\":\"real\"")).then_some(())
    })
    .await;
    // Where the node is, and what it says, is nobody's business but the operator's.
    let Answer::Refused(503, health) = desk.api.get("/api/health").await else { panic!("no health") };
    for told in ["127.0.0.1", "refused", "http://", "os error"] {
        assert!(!health.contains(told), "{told} is told to everybody: {health}");
    }
    let wallet = crate::api::json_of(&desk.api.get_admin("/api/wallet").await.done());
    let error = wallet["error"].as_str().unwrap();
    assert!(error.contains("127.0.0.1") || error.contains("refused"), "{error}");
    desk.stop().await;
    assert!(!desk.said().contains(SEED), "a secret in the log");
    Ok(())
}

pub(crate) async fn should_open_an_encrypted_wallet_with_its_password_alone() -> Outcome {
    let (mut desk, wallet) = prepare();
    write(&wallet, ENCRYPTED, 0o600);
    desk.go_wrong().await.assert_refused(&["sky_exchanger.wallet", "password"]);
    let password = desk.path("password");
    desk.set("sky_exchanger.wallet_password_file", password.display().to_string());
    write(&password, "not it\n", 0o600);
    let refused = desk.go_wrong().await;
    refused.assert_refused(&["sky_exchanger.wallet", "password"]);
    assert!(!refused.err.contains("not it"), "{refused:?}");
    write(&password, &format!("{PASSWORD}\n"), 0o644);
    desk.go_wrong().await.assert_refused(&["sky_exchanger.wallet_password_file", "can be read by others"]);
    write(&password, &format!("{PASSWORD}\n"), 0o600);
    desk.go().await;
    desk.stop().await;

    // As systemd hands it over: the group's right is the mask of an access list.
    let folder = desk.path("credentials");
    fs::create_dir(&folder).unwrap();
    write(&folder.join("wallet-password"), &format!("{PASSWORD}\n"), 0o440);
    desk.set("sky_exchanger.wallet_password_file", "credential:wallet-password");
    desk.go_wrong()
        .await
        .assert_refused(&["sky_exchanger.wallet_password_file", "LoadCredential=wallet-password:FILE"]);
    let directory = format!("CREDENTIALS_DIRECTORY={}", folder.display());
    desk.go_through("/usr/bin/env", vec![directory]).await;
    desk.stop().await;
    Ok(())
}

pub(crate) async fn should_never_pay_real_coins_for_play_money() -> Outcome {
    let (mut desk, wallet) = prepare();
    write(&wallet, &plain(), 0o600);
    desk.set("dummy.scanner", true).set("dummy.sender", true);
    desk.go().await;
    desk.stop().await;
    desk.set("dummy.scanner", false).set("dummy.sender", false);
    let words =
        ["dummy.sender = true", "dummy.sender = false", "play money and real coins never share a database"];
    desk.go_wrong().await.assert_refused(&words);
    desk.set("dbfile", "real.db");
    desk.go().await;
    desk.stop().await;
    Ok(())
}

pub(crate) async fn should_never_mix_play_money_and_real_coins() -> Outcome {
    let (mut desk, wallet) = prepare();
    write(&wallet, &plain(), 0o600);
    for (scanner, key, why) in [
        (true, "dummy.sender", "deposits made by hand would be paid in real coins"),
        (false, "dummy.scanner", "real deposits would be paid in play money"),
    ] {
        desk.set("dummy.scanner", scanner).set("dummy.sender", !scanner);
        desk.go_wrong().await.assert_refused(&[key, why, "leave the section [dummy] out"]);
        desk.command("check-config").await.assert_refused(&[key, why]);
        assert!(!desk.database().exists(), "it has begun to work");
    }
    desk.set("dummy.scanner", true).set("dummy.sender", true).set("dummy.http_addr", "0.0.0.0:4121");
    let words = "dummy.http_addr: 0.0.0.0:4121 can be reached from outside";
    desk.command("check-config").await.assert_refused(&[words]);
    // Where nothing listens there, nothing can be reached.
    desk.set("dummy.scanner", false).set("dummy.sender", false);
    desk.command("check-config").await.success();
    Ok(())
}

pub(crate) async fn should_take_no_example_address_for_real_coins() -> Outcome {
    let (mut desk, wallet) = prepare();
    write(&wallet, &plain(), 0o600);
    for (coin, file) in
        [("btc", "btc_addresses.json"), ("eth", "eth_addresses.json"), ("sky", "sky_addresses.txt")]
    {
        let own = desk.pool_file(Coin::from_code(&coin.to_uppercase()).unwrap()).display().to_string();
        let example = concat!(env!("CARGO_MANIFEST_DIR"), "/addresses/").to_owned() + file;
        desk.set(&format!("{coin}_addresses"), example.as_str());
        desk.go_wrong().await.assert_refused(&[&example, "example addresses that come with teller"]);
        desk.set(&format!("{coin}_addresses"), own);
    }
    // One of them among one's own, and in other letters.
    let file = desk.pool_file(Coin::ETH);
    let own = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{own}0x93bda141863a40b63fdf1a1695d5d6df2631b4a4\n")).unwrap();
    desk.go_wrong()
        .await
        .assert_refused(&["0x93bda141863a40b63fdf1a1695d5d6df2631b4a4", "example addresses"]);
    fs::write(&file, own).unwrap();
    desk.go().await;
    desk.stop().await;
    Ok(())
}
