//! Keys of accounts: made by `tool newxpub`, and their addresses by `tool addrs derive`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use bitcoin::NetworkKind;
use bitcoin::bip32::{DerivationPath, Xpriv, Xpub};
use bitcoin::secp256k1::Secp256k1;
use serde_json::Value;
use teller::types::Coin;

use crate::desk::{Desk, address};
use crate::once::{self, Finished};
use crate::rng::Rng;
use crate::support::program;
use crate::support::runner::Outcome;

/// Of BIP-84.
pub(crate) const ZPUB: &str = "zpub6rFR7y4Q2AijBEqTUquhVz398htDFrtymD9xYYfG1m4wAcvPhXNf\
    E3EfH1r1ADqtfSdVCToUG868RvUUkgDKf31mGDtKsAYz2oz2AGutZYs";
const ZPRV: &str = "zprvAdG4iTXWBoARxkkzNpNh8r6Qag3irQB8PzEMkAFeTRXxHpbF9z4Q\
    gEvBRmfvqWvGp42t42nvgGpNgYSJA9iefm1yYNZKEm7z6qUWCroSQnE";
pub(crate) const ADDRESSES: [&str; 2] =
    ["bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu", "bc1qnjg0jd8228aq7egyzacy8cys3knf9xvrerkf9g"];

async fn tool(args: &[&str], folder: &Path) -> Finished {
    once::run(&once::tool(), args, folder).await
}

/// The account's public key by the library alone.
fn account(words: &str, kind: NetworkKind, path: &str) -> Xpub {
    let secp = Secp256k1::new();
    let mnemonic = bip39::Mnemonic::parse_in_normalized(bip39::Language::English, words).unwrap();
    let master = Xpriv::new_master(kind, &mnemonic.to_seed_normalized("")).unwrap();
    let path: DerivationPath = path.parse().unwrap();
    Xpub::from_priv(&secp, &master.derive_priv(&secp, &path).unwrap())
}

pub(crate) async fn should_make_words_that_the_printed_keys_follow_from() -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let words: PathBuf = folder.path().join("words");
    let named = words.to_str().unwrap();
    let made = tool(&["newxpub", "--words", named, "--json", "--network", "regtest"], folder.path()).await;
    let accounts: Vec<Value> = serde_json::from_str(made.success()).unwrap();
    assert_eq!(fs::metadata(&words).unwrap().permissions().mode() & 0o777, 0o600);
    let text = fs::read_to_string(&words).unwrap();
    let said: Vec<&str> = text.split_whitespace().collect();
    assert_eq!(said.len(), 24);
    assert!(!made.out.contains(text.trim()) && !made.err.contains(said[0]), "{made:#?}");
    let key = |number: usize| accounts[number]["key"].as_str().unwrap();
    for (number, kind, path) in [
        (0, NetworkKind::Test, "m/84'/1'/0'"),
        (2, NetworkKind::Main, "m/44'/60'/0'"),
        (3, NetworkKind::Main, "m/44'/8000'/0'"),
    ] {
        assert!(key(number).contains(&account(text.trim(), kind, path).to_string()), "{path}: {accounts:#?}");
    }
    assert!(key(1).starts_with("vpub"));
    for account in &accounts {
        let coin = account["coin"].as_str().unwrap().to_lowercase();
        let key = account["key"].as_str().unwrap();
        let first =
            tool(&["addrs", "derive", &coin, "--from", key, "--network", "regtest"], folder.path()).await;
        assert_eq!(first.success().trim(), account["first_address"], "{account}");
    }
    // Nothing is ever written over, and no two are alike.
    let again = tool(&["newxpub", "--words", named], folder.path()).await;
    again.assert_refused(&[named, "the words must go to a new file"]);
    assert_eq!((again.out.as_str(), fs::read_to_string(&words).unwrap()), ("", text));
    let other = tool(&["newxpub", "--words", "other"], folder.path()).await;
    assert!(other.success().contains("first address bc1q") && !other.out.contains(key(2)), "{other:#?}");
    Ok(())
}

pub(crate) async fn should_show_words_on_a_terminal_and_nowhere_else() -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let piped = tool(&["newxpub", "--words", "-"], folder.path()).await;
    piped.assert_refused(&["standard output is no terminal"]);
    assert_eq!(piped.out, "");
    let script = program::find("script")?;
    let command = format!("{} newxpub --words -", once::tool().display());
    let shown = once::run(&script, ["-qec", &command, "/dev/null"], folder.path()).await;
    let words = shown.success().lines().next().unwrap().trim();
    let key = account(words, NetworkKind::Main, "m/44'/60'/0'").to_string();
    assert!(shown.out.contains(&key), "{shown:#?}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    Ok(())
}

pub(crate) async fn should_make_no_words_where_a_desk_runs() -> Outcome {
    let mut desk = Desk::start(&mut Rng::fixed()).await;
    let data = desk.data().to_str().unwrap().to_owned();
    let words = desk.path("words");
    let arguments = ["newxpub", "--words", words.to_str().unwrap(), "--dir", &data];
    let refused = tool(&arguments, &desk.path("cwd")).await;
    refused.assert_refused(&[&data, "a teller runs here"]);
    assert!(refused.out.is_empty() && !words.exists());
    desk.stop().await;
    tool(&arguments, &desk.path("cwd")).await.success();
    Ok(())
}

pub(crate) async fn should_print_the_addresses_that_the_wallet_has() -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let derive = async |more: &[&str]| {
        let args = [&["addrs", "derive", "btc", "--from", ZPUB], more].concat();
        tool(&args, folder.path()).await
    };
    assert_eq!(derive(&["--count", "2"]).await.success().lines().collect::<Vec<_>>(), ADDRESSES);
    assert_eq!(derive(&["--index", "1"]).await.success().trim(), ADDRESSES[1]);
    let json: Value = serde_json::from_str(derive(&["--count", "2", "--json"]).await.success()).unwrap();
    assert_eq!(json, serde_json::json!({"btc_addresses": ADDRESSES}));
    let regtest = derive(&["--network", "regtest"]).await;
    regtest.assert_refused(&["a key of Bitcoin, expected tpub, upub or vpub of a Bitcoin test network"]);
    Ok(())
}

/// From the configuration to the audit, with the program as it is.
pub(crate) async fn should_serve_from_an_account_key() -> Outcome {
    let mut desk = Desk::prepare();
    desk.fill_pools(&mut Rng::fixed());
    desk.set("btc_addresses", ZPUB).set("teller.max_bound_addrs", 0);
    assert!(desk.command("check-config").await.success().contains("config.toml: ok"));
    desk.go().await;
    let payee = address(Coin::SKY, &mut Rng::fixed());
    let mut bound = Vec::new();
    for _ in 0..22 {
        bound.push(desk.api.bind(&payee, Coin::BTC).await.done());
    }
    assert_eq!(bound[..2], ADDRESSES);
    let problems = desk.health().await["problems"].to_string();
    assert!(problems.contains("only with a gap limit of 22 or more"), "{problems}");
    assert!(!desk.said().contains(&ZPUB[10..20]), "whoever has the key sees every purchase");
    desk.stop().await;
    let (database, config) = (desk.database(), desk.path("config.toml"));
    let [database, config] = [database, config].map(|path| path.to_str().unwrap().to_owned());
    let gap = tool(&["addrs", "gap", &database], &desk.path("cwd")).await;
    assert_eq!(gap.code, Some(1), "{gap:#?}");
    assert!(
        gap.out.starts_with("BTC account 1: 22 addresses given out, next index 22, 0 received"),
        "{gap:#?}"
    );
    let checked = tool(&["db", "check", &database, "--config", &config], &desk.path("cwd")).await;
    assert!(checked.success().contains("BTC: 22 addresses of AccountXpub(BTC BIP-84 "), "{checked:#?}");
    assert!(checked.out.contains("derived again, 0 differ"), "{checked:#?}");
    // What was handed out stays, and an address file comes next.
    desk.set("btc_addresses", desk.pool_file(Coin::BTC).display().to_string());
    desk.go().await;
    assert!(!bound.contains(&desk.api.bind(&payee, Coin::BTC).await.done()));
    desk.stop().await;
    Ok(())
}

/// A private key in the configuration is refused, and neither the check nor the start nor the log repeats it.
pub(crate) async fn should_never_show_a_private_key_that_was_configured() -> Outcome {
    let words = "abandon ".repeat(11) + "about";
    for (secret, part) in
        [(ZPRV, &ZPRV[10..20]), (&format!("wpkh({ZPRV}/0/*)"), &ZPRV[10..20]), (&words, "abandon")]
    {
        let mut desk = Desk::prepare();
        desk.fill_pools(&mut Rng::fixed());
        desk.set("btc_addresses", secret);
        for refused in [desk.command("check-config").await, desk.go_wrong().await] {
            refused.assert_refused(&["btc_addresses: this is ", "which can spend"]);
            assert!(!format!("{}{}", refused.out, refused.err).contains(part), "{refused:#?}");
        }
        assert!(!desk.database().exists());
    }
    Ok(())
}

pub(crate) async fn should_repeat_no_private_key() -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let wpkh = format!("wpkh({ZPRV}/0/*)");
    for key in [ZPRV, &wpkh] {
        let refused = tool(&["addrs", "derive", "btc", "--from", key], folder.path()).await;
        refused.assert_refused(&["this is an extended private key, which can spend"]);
        assert!(!refused.err.contains(&ZPRV[10..20]) && refused.out.is_empty(), "{refused:#?}");
    }
    Ok(())
}
