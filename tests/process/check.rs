//! `teller check-config`: what the start would refuse, it refuses, in the same words.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use secrecy::SecretString;
use teller::skycoin::NewWallet;
use teller::types::{Coin, UnixTime};

use crate::authority::Authority;
use crate::desk::{Desk, address};
use crate::rng::Rng;
use crate::support::ports;
use crate::support::runner::Outcome;

fn fit() -> Desk {
    let desk = Desk::prepare();
    desk.fill_pools(&mut Rng::fixed());
    desk
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn allow(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// A desk for real coins, whose nodes are away.
pub(crate) fn real() -> Desk {
    let mut desk = fit();
    let wallet = desk.path("hot.wlt");
    let seed = SecretString::from("a seed of nobody's");
    let new =
        NewWallet { filename: "hot.wlt", label: "", seed: &seed, addresses: 1, created: UnixTime::new(1) };
    fs::write(&wallet, new.to_json().unwrap().as_bytes()).unwrap();
    allow(&wallet, 0o600);
    desk.set("dummy.scanner", false).set("dummy.sender", false);
    desk.set("sky_exchanger.wallet", shown(&wallet)).set("sky_rpc.address", "127.0.0.1:1");
    desk.set("btc_rpc.server", "127.0.0.1:1").set("eth_rpc.port", "1");
    desk.set("btc_rpc.user", "any").set("btc_rpc.pass", "any");
    desk
}

/// The check says what the start says, and has done nothing.
async fn assert_both_refuse(desk: &Desk, words: &[&str]) {
    let before = names(desk.data());
    desk.command("check-config").await.assert_refused(words);
    assert_eq!(names(desk.data()), before, "the check changed something");
    desk.go_wrong().await.assert_refused(words);
}

fn names(folder: &Path) -> Vec<String> {
    let all = fs::read_dir(folder).into_iter().flatten();
    let mut names: Vec<String> = all.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

pub(crate) async fn should_tell_what_the_start_would_refuse() -> Outcome {
    let mut rng = Rng::fixed();
    // Address files.
    let desk = fit();
    let file = desk.pool_file(Coin::BTC);
    let good = address(Coin::BTC, &mut rng);
    for (text, words) in [
        ("tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx\n".to_owned(), "line 1: "),
        (format!("{good}\n{good}\n"), "is a duplicate"),
        (String::new(), "holds no addresses"),
    ] {
        fs::write(&file, text).unwrap();
        assert_both_refuse(&desk, &[&shown(&file), words]).await;
    }
    // The wallet.
    let desk = real();
    desk.command("check-config").await.success();
    let wallet = desk.path("hot.wlt");
    let whole = fs::read_to_string(&wallet).unwrap();
    fs::write(&wallet, &whole[1..]).unwrap();
    assert_both_refuse(&desk, &["sky_exchanger.wallet: ", &shown(&wallet)]).await;
    fs::write(&wallet, &whole).unwrap();
    allow(&wallet, 0o644);
    assert_both_refuse(&desk, &["can be read by others (mode 644)"]).await;
    allow(&wallet, 0o600);
    // An address of the wallet among those for buyers.
    let own = "\"address\": \"";
    let own = whole.split(own).nth(1).or_else(|| whole.split("\"address\":\"").nth(1)).unwrap();
    let own = own.split('"').next().unwrap();
    fs::write(desk.pool_file(Coin::SKY), format!("{own}\n")).unwrap();
    assert_both_refuse(&desk, &[own, "is an address of the hot wallet"]).await;
    // The database.
    let mut desk = fit();
    desk.go().await;
    desk.stop().await;
    desk.command("check-config").await.success();
    desk.set("btc_rpc.network", "regtest").set("btc_scanner.enabled", false);
    assert_both_refuse(&desk, &["Bitcoin network bitcoin", "btc_rpc.network is regtest"]).await;
    desk.set("btc_rpc.network", "bitcoin");
    let mut other = real();
    other.set_data(desk.data());
    assert_both_refuse(&other, &["play money and real coins never share a database"]).await;
    fs::write(desk.database(), "no database").unwrap();
    assert_both_refuse(&desk, &["database: ", &shown(&desk.database())]).await;
    // Where it writes.
    for key in ["logfile", "pidfile"] {
        let mut desk = fit();
        desk.set(key, shown(&desk.path("no/such/folder/file")));
        assert_both_refuse(&desk, &[key, "No such file or directory"]).await;
    }
    let mut desk = fit();
    desk.set("admin_panel.host", format!("127.0.0.1:{}", desk.http));
    assert_both_refuse(&desk, &["admin_panel.host: ", "is the address of web.http_addr already"]).await;
    Ok(())
}

pub(crate) async fn should_refuse_places_that_the_start_cannot_have() -> Outcome {
    // A pidfile that is none, however it is none.
    let mut desk = fit();
    let (pidfile, other) = (desk.path("teller.pid"), desk.path("other"));
    desk.set("pidfile", shown(&pidfile));
    fs::write(&other, "12\n").unwrap();
    symlink(&other, &pidfile).unwrap();
    assert_both_refuse(&desk, &["pidfile ", "it is a link"]).await;
    fs::remove_file(&pidfile).unwrap();
    fs::hard_link(&other, &pidfile).unwrap();
    assert_both_refuse(&desk, &["pidfile ", "has another name as well"]).await;
    fs::remove_file(&pidfile).unwrap();
    fs::write(&pidfile, "notes of mine").unwrap();
    assert_both_refuse(&desk, &["pidfile ", "something else than a process id"]).await;
    // Links that lead nowhere, and a folder that nobody makes.
    let mut desk = fit();
    symlink(desk.path("no/where"), desk.path("log")).unwrap();
    desk.set("logfile", shown(&desk.path("log")));
    assert_both_refuse(&desk, &["logfile: ", "No such file or directory"]).await;
    let mut desk = fit();
    desk.set("dbfile", "sub/teller.db");
    assert_both_refuse(&desk, &["sub", "No such file or directory"]).await;
    let mut desk = fit();
    symlink(desk.path("nowhere"), desk.path("a-link")).unwrap();
    desk.set_data(&desk.path("a-link"));
    assert_both_refuse(&desk, &["data directory "]).await;
    // What is no file, and would never be read to its end.
    let mut desk = fit();
    fs::create_dir(desk.path("with-a-pipe")).unwrap();
    desk.set_data(&desk.path("with-a-pipe"));
    rustix::fs::mknodat(
        rustix::fs::CWD,
        desk.database(),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
        0,
    )
    .unwrap();
    assert_both_refuse(&desk, &["database: ", "it is no file"]).await;
    Ok(())
}

pub(crate) async fn should_refuse_addresses_that_the_start_cannot_have() -> Outcome {
    let mut desk = fit();
    desk.set("web.http_addr", "192.0.2.1:7071");
    assert_both_refuse(&desk, &["web.http_addr: cannot listen on 192.0.2.1:7071"]).await;
    let mut desk = fit();
    let port = desk.http;
    desk.set("admin_panel.host", format!("127.0.0.1:{port}"));
    for everywhere in [format!("0.0.0.0:{port}"), format!("[::]:{port}")] {
        desk.set("web.http_addr", everywhere.as_str());
        let words = format!("cannot be had beside {everywhere}");
        assert_both_refuse(&desk, &["admin_panel.host: ", &words]).await;
    }
    // Whoever has it now may be gone when the start comes.
    let mut desk = fit();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    desk.set("dummy.http_addr", address.as_str());
    let checked = desk.command("check-config").await;
    assert!(
        checked.success().contains(&format!("warning: dummy.http_addr: {address} is in use")),
        "{checked:#?}"
    );
    Ok(())
}

pub(crate) async fn should_leave_a_running_desk_alone() -> Outcome {
    let mut desk = fit();
    desk.go().await;
    let checked = desk.command("check-config").await;
    assert!(checked.success().contains("not looked at, a running teller has it open"), "{checked:#?}");
    desk.api.bind(&address(Coin::SKY, &mut Rng::fixed()), Coin::BTC).await.done();
    desk.kill();
    let checked = desk.command("check-config").await;
    assert!(checked.success().contains("was not closed properly, the start will repair it"), "{checked:#?}");
    desk.go().await;
    desk.stop().await;
    Ok(())
}

pub(crate) async fn should_tell_everything_at_once() -> Outcome {
    let mut desk = real();
    let (authority, folder) = (Authority::new(), tempfile::tempdir().unwrap());
    let files = authority.issue(folder.path(), "desk", &["localhost"]);
    fs::write(
        &files.key,
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
    )
    .unwrap();
    desk.set("web.https_addr", format!("127.0.0.1:{}", ports::free()));
    desk.set("web.tls_cert", shown(&files.cert)).set("web.tls_key", shown(&files.key));
    fs::write(desk.pool_file(Coin::ETH), "0x12\n").unwrap();
    fs::write(desk.path("hot.wlt"), "{}").unwrap();
    let garbage = desk.path("node.cert");
    fs::write(&garbage, "no certificate").unwrap();
    desk.set("btc_rpc.cert", shown(&garbage));
    desk.command("check-config").await.assert_refused(&[
        "4 problem(s)",
        "sky_exchanger.wallet: ",
        &shown(&desk.pool_file(Coin::ETH)),
        "the key is encrypted",
        "openssl pkey -in",
        "btc_rpc: ",
    ]);
    desk.go_wrong().await.assert_refused(&[]);
    Ok(())
}

pub(crate) async fn should_care_for_who_may_change_a_file() -> Outcome {
    let mut desk = fit();
    let (authority, folder) = (Authority::new(), tempfile::tempdir().unwrap());
    let files = authority.issue(folder.path(), "desk", &["localhost"]);
    desk.set("web.https_addr", format!("127.0.0.1:{}", ports::free()));
    desk.set("web.tls_cert", shown(&files.cert)).set("web.tls_key", shown(&files.key));
    let config = desk.write_config();
    let pool = desk.pool_file(Coin::BTC);
    for (path, key) in [
        (pool.as_path(), "btc_addresses: "),
        (desk.data(), "data directory: "),
        (&files.key, "web.tls_key: "),
        (&config, ""),
    ] {
        let before = fs::metadata(path).unwrap().permissions();
        allow(path, before.mode() | 0o002);
        assert_both_refuse(&desk, &[key, &shown(path), "can be changed by everybody", "chmod o-w"]).await;
        allow(path, before.mode() | 0o020);
        let warned = desk.command("check-config").await;
        assert!(warned.success().contains("can be changed by its group"), "{key}: {warned:#?}");
        fs::set_permissions(path, before).unwrap();
    }
    allow(&files.key, 0o644);
    let warned = desk.command("check-config").await;
    assert!(warned.success().contains("web.tls_key: ") && warned.out.contains("can be read by others"));
    allow(&files.key, 0o640);
    assert!(!desk.command("check-config").await.success().contains("can be read by others"));
    Ok(())
}

pub(crate) async fn should_keep_what_it_writes_to_itself() -> Outcome {
    let mut desk = fit();
    let data = desk.path("not/there/yet");
    desk.set_data(&data);
    desk.command("check-config").await.success();
    assert!(!data.exists(), "the check made it");
    desk.go().await;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&data), mode(&desk.database())), (0o700, 0o600));
    desk.stop().await;
    allow(&desk.database(), 0o644);
    let warned = desk.command("check-config").await;
    assert!(warned.success().contains("dbfile: ") && warned.out.contains("can be read by others (mode 644)"));
    desk.go().await;
    assert!(desk.said().contains("can be read by others (mode 644)"), "the log does not say so");
    desk.stop().await;
    // A link in the place of a file is the file that it leads to.
    let elsewhere = desk.path("elsewhere.txt");
    let pool = desk.pool_file(Coin::SKY);
    fs::rename(&pool, &elsewhere).unwrap();
    symlink(&elsewhere, &pool).unwrap();
    allow(&elsewhere, 0o666);
    assert_both_refuse(&desk, &["sky_addresses: ", "can be changed by everybody"]).await;
    Ok(())
}

pub(crate) async fn should_start_without_authorities_on_the_machine() -> Outcome {
    for eth in ["127.0.0.1", "https://node.invalid"] {
        let mut desk = real();
        desk.set("eth_rpc.server", eth);
        let without = ["SSL_CERT_FILE=/nonexistent", "SSL_CERT_DIR=/nonexistent"].map(str::to_owned);
        desk.go_through("/usr/bin/env", without.to_vec()).await;
        desk.stop().await;
    }
    Ok(())
}
