//! What keeps the service from starting: told on standard error with the key or path, exit code 1, and nothing left.

use std::fs;
use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::process::{Signal, geteuid};
use teller::store::RedbBackend;
use teller::store::kv::{Backend, Table, Verdict};
use teller::types::Coin;

use crate::desk::{Desk, address};
use crate::once;
use crate::rng::Rng;
use crate::support::runner::Outcome;
use crate::support::{Absent, program};

/// Takes a lease (`F_SETLEASE`, `F_WRLCK`) until its standard input ends: whoever opens the file waits so long.
const LEASE: &str = "$SIG{IO} = 'IGNORE'; open(my $f, '<', $ARGV[0]) or die; fcntl($f, 1024, 1) or die; \
     $| = 1; print 'taken'; 1 while <STDIN>; fcntl($f, 1024, 2) or die";

/// A desk that would start.
fn fit() -> Desk {
    let desk = Desk::prepare();
    desk.fill_pools(&mut Rng::fixed());
    desk
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

pub(crate) async fn should_tell_all_problems_of_a_config_at_once() -> Outcome {
    let mut desk = fit();
    desk.set("web.http_addr", "here").set("web.throttle_max", -1).set("web.throttel_duration", "1s");
    desk.set("sky_exchanger.sky_btc_exchange_rate", "0").set("btc_scanner.scan_period", "soon");
    desk.set("admin_panel.host", "0.0.0.0:7711").set("sky_addresses", "no-such-file.txt").set("teler", 1);
    desk.go_wrong().await.assert_refused(&[
        "9 problem(s)",
        "web.http_addr: expected an address",
        "web.throttle_max: expected a whole number",
        "web.throttel_duration: unknown key; did you mean \"throttle_duration\"?",
        "sky_exchanger.sky_btc_exchange_rate: ",
        "btc_scanner.scan_period: expected a duration",
        "admin_panel.host: 0.0.0.0:7711 can be reached from outside; set admin_panel.token",
        "sky_addresses: no-such-file.txt is not a file",
        "teler: unknown key; did you mean \"teller\"?",
    ]);
    assert!(!desk.database().exists(), "it has begun to work");
    Ok(())
}

pub(crate) async fn should_tell_where_a_config_is_no_config() -> Outcome {
    let desk = fit();
    let config = desk.write_config();
    let run = async || once::run(&once::teller(), desk.args(), &desk.path("cwd")).await;
    fs::write(&config, "debug = true\n\n[web\nhttp_addr = \"\"\n").unwrap();
    run().await.assert_refused(&[&shown(&config), "line 3"]);
    fs::remove_file(&config).unwrap();
    run().await.assert_refused(&[&shown(&config), "No such file"]);
    let nothing = once::run(&once::teller(), Vec::<&str>::new(), &desk.path("cwd")).await;
    nothing.assert_refused(&["no config file", ".teller-skycoin/config.toml", "--config"]);
    Ok(())
}

pub(crate) async fn should_name_the_bad_lines_of_an_address_file() -> Outcome {
    let mut rng = Rng::fixed();
    let desk = fit();
    let file = desk.pool_file(Coin::BTC);
    let good = address(Coin::BTC, &mut rng);
    let refused = async |text: &str, words: &[&str]| {
        fs::write(&file, text).unwrap();
        let finished = desk.go_wrong().await;
        finished.assert_refused(&[&[shown(&file).as_str()], words].concat());
    };
    let eth = address(Coin::ETH, &mut rng);
    refused(
        &format!("# mine\n{good}\n{eth}\n\n{good}\nnonsense\n"),
        &["3 bad address(es)", "line 3: ", "line 5: ", "duplicate", "line 6: \"nonsense\""],
    )
    .await;
    refused("", &["holds no addresses"]).await;
    fs::remove_file(&file).unwrap();
    desk.go_wrong().await.assert_refused(&["btc_addresses: ", &shown(&file), "is not a file"]);
    Ok(())
}

pub(crate) async fn should_name_the_bad_lines_of_a_json_address_file() -> Outcome {
    let mut rng = Rng::fixed();
    let mut desk = fit();
    let file = desk.path("addresses.json");
    desk.set("eth_addresses", shown(&file));
    let good = address(Coin::ETH, &mut rng);
    for (text, words) in [
        (format!("{{\"eth_addresses\": [\n  \"{good}\",\n  \"0x12\"\n]}}"), vec!["line 3: \"0x12\""]),
        (format!("{{\"btc_addresses\": [\"{good}\"]}}"), vec!["expected {\"eth_addresses\": ["]),
        (format!("{{\"eth_addresses\": [\"{good}\""), vec!["expected {\"eth_addresses\": ["]),
    ] {
        fs::write(&file, text).unwrap();
        let finished = desk.go_wrong().await;
        finished.assert_refused(&[vec![shown(&file).as_str()], words].concat());
    }
    Ok(())
}

pub(crate) async fn should_name_the_port_that_is_taken() -> Outcome {
    for key in ["web.http_addr", "admin_panel.host", "dummy.http_addr"] {
        let mut desk = fit();
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap().to_string();
        desk.set(key, address.as_str());
        desk.go_wrong().await.assert_refused(&[key, &address, "Address already in use"]);
        drop(taken);
        // Nothing of the failed start stands in the way of the next.
        desk.launch(desk.args()).await;
        crate::support::wait::until("it runs", async || desk.said().contains("listening").then_some(()))
            .await;
        desk.stop().await;
    }
    Ok(())
}

pub(crate) async fn should_answer_nobody_before_it_is_sure_to_start() -> Outcome {
    let mut desk = fit();
    // The start comes no further than the pidfile as long as another has a lease on it.
    let pidfile = desk.path("teller.pid");
    fs::write(&pidfile, "").unwrap();
    let mut lease = Command::new(program::find("perl")?)
        .args(["-e", LEASE])
        .arg(&pidfile)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut held = [0; 5];
    lease.stdout.take().unwrap().read_exact(&mut held).unwrap();
    desk.set("pidfile", pidfile.display().to_string());
    desk.launch(desk.args()).await;
    let at = ("127.0.0.1", desk.http);
    crate::support::wait::until("it listens", async || TcpStream::connect(at).ok()).await;
    let asked = desk.api.another();
    let answer = tokio::time::timeout(Duration::from_millis(500), asked.get("/api/config")).await;
    assert!(answer.is_err(), "answered by what may not start: {answer:?}");
    drop(lease.stdin.take());
    assert!(lease.wait().unwrap().success());
    desk.answers().await;
    desk.api.accounting().await;
    assert_eq!(fs::read_to_string(&pidfile).unwrap().trim_end(), desk.id().to_string());
    desk.stop().await;
    Ok(())
}

pub(crate) async fn should_refuse_a_database_that_another_process_has() -> Outcome {
    let mut first = fit();
    first.go().await;
    let mut second = fit();
    second.set_data(first.data());
    second.go_wrong().await.assert_refused(&[&shown(&first.database()), "is in use by another process"]);
    let payee = address(Coin::SKY, &mut Rng::fixed());
    first.api.bind(&payee, Coin::BTC).await.done();
    first.stop().await;
    second.go().await;
    assert_eq!(second.api.status(&payee).await.len(), 1);
    Ok(())
}

pub(crate) async fn should_refuse_what_is_no_database() -> Outcome {
    let mut desk = fit();
    desk.go().await;
    desk.stop().await;
    let database = desk.database();
    let whole = fs::read(&database).unwrap();
    for bytes in [&b"-- a dump\nCREATE TABLE bindings"[..], b"", &whole[..3000]] {
        fs::write(&database, bytes).unwrap();
        desk.go_wrong().await.assert_refused(&["database: ", &shown(&database)]);
        assert_eq!(fs::read(&database).unwrap(), bytes, "it was touched");
    }
    Ok(())
}

/// An upgrade that changes the schema, and a rollback: the older version says so and changes nothing, and what was
/// bound is there once the newer one is back.
pub(crate) async fn should_refuse_the_database_of_a_newer_version() -> Outcome {
    let mut desk = fit();
    desk.go().await;
    let payee = address(Coin::SKY, &mut Rng::fixed());
    desk.api.bind(&payee, Coin::BTC).await.done();
    desk.stop().await;
    let version = |change: fn(&mut u8)| {
        let backend = RedbBackend::open(&desk.database(), |_| {}).unwrap();
        let transacted = backend.transact(&mut |kv| {
            let mut value = kv.get(Table::Meta, b"schema_version")?.unwrap();
            change(value.last_mut().unwrap());
            kv.put(Table::Meta, b"schema_version", &value)?;
            Ok(Verdict::Commit)
        });
        transacted.unwrap();
    };
    version(|last| *last += 1);
    let words = ["has schema 2", "knows up to 1", "use a newer teller"];
    desk.go_wrong().await.assert_refused(&words);
    desk.command("check-config").await.assert_refused(&words);
    version(|last| *last -= 1);
    desk.go().await;
    assert_eq!(desk.api.status(&payee).await.len(), 1);
    desk.stop().await;
    Ok(())
}

pub(crate) async fn should_refuse_the_database_of_another_network() -> Outcome {
    let mut desk = fit();
    desk.go().await;
    desk.stop().await;
    desk.set("btc_rpc.network", "regtest");
    desk.go_wrong().await.assert_refused(&["Bitcoin network bitcoin", "btc_rpc.network is regtest"]);
    Ok(())
}

pub(crate) async fn should_name_the_file_that_cannot_be_written() -> Outcome {
    for key in ["logfile", "pidfile"] {
        let mut desk = fit();
        let path = desk.path("no/such/folder/file");
        desk.set(key, shown(&path));
        desk.go_wrong().await.assert_refused(&[key, &shown(&path), "No such file or directory"]);
    }
    let mut desk = fit();
    let file = desk.path("a-file");
    fs::write(&file, "").unwrap();
    desk.set_data(&file);
    desk.go_wrong().await.assert_refused(&["data directory ", &shown(&file)]);
    Ok(())
}

pub(crate) async fn should_name_the_data_directory_that_cannot_be_written() -> Outcome {
    let desk = fit();
    desk.write_config();
    let allow = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    allow(&desk.path(""), 0o755);
    allow(desk.data(), 0o555);
    let (program, args) = unprivileged(&desk)?;
    let refused = once::run(&program, [args, desk.args()].concat(), &desk.path("cwd")).await;
    refused.assert_refused(&[&shown(desk.data()), "Permission denied"]);
    allow(desk.data(), 0o755);
    Ok(())
}

/// The service as somebody who may not write everywhere.
fn unprivileged(desk: &Desk) -> Result<(std::path::PathBuf, Vec<String>), Absent> {
    if !geteuid().is_root() {
        return Ok((once::teller(), Vec::new()));
    }
    // Where cargo builds, nobody else may look.
    let copy = desk.path("teller");
    fs::copy(once::teller(), &copy).unwrap();
    let nobody = ["--reuid=65534", "--regid=65534", "--clear-groups", "--"].map(str::to_owned);
    Ok((program::find("setpriv")?, [nobody.to_vec(), vec![shown(&copy)]].concat()))
}

pub(crate) async fn should_want_a_token_where_strangers_can_ask() -> Outcome {
    let mut desk = fit();
    let host = "0.0.0.0:7711";
    desk.set("admin_panel.host", host);
    desk.go_wrong().await.assert_refused(&["admin_panel.host: ", host, "set admin_panel.token"]);
    desk.set("admin_panel.token", "short");
    desk.go_wrong().await.assert_refused(&["admin_panel.token: must have at least 16 characters"]);
    desk.set("admin_panel.token", "long-enough-to-be-one");
    desk.command("check-config").await.success();
    Ok(())
}

pub(crate) async fn should_do_without_anybody_who_reads_what_it_says() -> Outcome {
    let mut desk = fit();
    let script = "exec \"$@\" >/dev/full 2>&1".to_owned();
    desk.go_through("/bin/sh", vec!["-c".to_owned(), script, "sh".to_owned()]).await;
    let payee = address(Coin::SKY, &mut Rng::fixed());
    desk.api.bind(&payee, Coin::BTC).await.done();
    desk.signal(Signal::HUP);
    desk.stop().await;
    Ok(())
}
