//! The log: every line whole, none lost by a rotation, in either format, and never a secret.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::Value;
use teller::types::Coin;

use crate::api::{Answer, Deposit, json_of};
use crate::desk::{Desk, address};
use crate::ledger::Ledger;
use crate::load::Load;
use crate::once;
use crate::rng::Rng;
use crate::support::runner::Outcome;
use crate::support::wait;

const ROTATIONS: usize = 5;
const SECRETS: [&str; 5] = [
    "token-d41d8cd98f00b204",
    "btcpass-9e107d9d372bb6",
    "skypass-e4d909c290d0fb",
    "key-1ca308df6cdb0a8",
    "secret-7815696ecbf1c9",
];
const LEVELS: [&str; 5] = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR"];

pub(crate) async fn should_lose_no_line_when_it_is_rotated() -> Outcome {
    let mut rng = Rng::seeded("rotation");
    let mut desk = Desk::prepare();
    let logfile = desk.path("teller.log");
    desk.set("logfile", logfile.display().to_string()).set("log_format", "json");
    desk.fill_pools(&mut rng);
    desk.go().await;
    let load = Load::start(&desk.api, Ledger::default(), &mut rng);
    let mut files: Vec<PathBuf> = Vec::new();
    for number in 1..=ROTATIONS {
        tokio::time::sleep(Duration::from_millis(150)).await;
        files.push(desk.path(&format!("teller.log.{number}")));
        fs::rename(&logfile, &files[number - 1]).unwrap();
        tokio::time::sleep(Duration::from_millis(rng.below(60))).await;
        desk.signal(Signal::HUP);
        wait::until("a new log file", async || logfile.exists().then_some(())).await;
    }
    let mut ledger = load.end().await;
    ledger.settle(&desk.api.another()).await;
    desk.stop().await;
    files.push(logfile);

    let parts: Vec<Vec<Value>> = files.iter().map(|file| lines(&fs::read_to_string(file).unwrap())).collect();
    assert!(parts.iter().all(|part| !part.is_empty()), "a file without a line");
    let lines = parts.concat();
    assert_eq!(lines[0]["message"], "teller starts");
    assert_eq!(lines.last().unwrap()["message"], "stopped");
    let count = |message: &str| lines.iter().filter(|line| line["message"] == message).count();
    assert_eq!(count("log file reopened, looking at address files, certificate and prices"), ROTATIONS);
    let transactions = desk.export("transaction").await.len();
    assert!(transactions > ROTATIONS, "the test did next to nothing");
    for message in ["payout transaction signed and stored", "payout transaction sent", "payouts settled"] {
        assert_eq!(count(message), transactions, "{message}");
    }
    Ok(())
}

/// Lines in JSON, each of them whole.
fn lines(log: &str) -> Vec<Value> {
    assert!(log.is_empty() || log.ends_with('\n'), "the last line is cut off");
    let lines = log.lines().map(json_of);
    lines
        .inspect(|line| {
            assert!(LEVELS.contains(&line["level"].as_str().unwrap()), "{line}");
            assert!(line["target"].is_string() && line["message"].is_string(), "{line}");
            assert!(line["timestamp"].as_str().unwrap().ends_with('Z'), "{line}");
        })
        .collect()
}

/// Where standard output is the journal's, as the manager of services says by device and inode.
pub(crate) async fn should_tell_the_journal_how_bad_each_line_is() -> Outcome {
    let mut desk = Desk::prepare();
    desk.fill_pools(&mut Rng::fixed());
    let script = "JOURNAL_STREAM=$(stat -L -c %d:%i /proc/$$/fd/1) exec \"$@\"".to_owned();
    desk.go_through("/bin/sh", vec!["-c".to_owned(), script, "sh".to_owned()]).await;
    desk.stop().await;
    let said = desk.said();
    let lines: Vec<&str> = said.lines().filter(|line| line.contains(" teller")).collect();
    let of = |level: &str| lines.iter().filter(|line| line.contains(&format!(" {level} "))).count();
    let marked = |mark: &str| lines.iter().filter(|line| line.starts_with(mark)).count();
    assert!(of("INFO") > 3 && of("WARN") > 0, "{said}");
    assert_eq!(
        (marked("<6>"), marked("<4>"), marked("<3>")),
        (of("INFO"), of("WARN"), of("ERROR")),
        "{said}"
    );

    // It is another's: nothing is marked.
    let mut other = Desk::prepare();
    other.fill_pools(&mut Rng::fixed());
    let script = "JOURNAL_STREAM=1:1 exec \"$@\"".to_owned();
    other.go_through("/bin/sh", vec!["-c".to_owned(), script, "sh".to_owned()]).await;
    other.stop().await;
    assert!(!other.said().lines().any(|line| line.starts_with('<')), "{}", other.said());
    Ok(())
}

pub(crate) async fn should_go_on_where_it_cannot_reopen() -> Outcome {
    let mut desk = Desk::prepare();
    let folder = desk.path("logs");
    fs::create_dir(&folder).unwrap();
    let logfile = folder.join("teller.log");
    desk.set("logfile", logfile.display().to_string());
    desk.fill_pools(&mut Rng::fixed());
    desk.go().await;
    let moved = desk.path("moved");
    fs::rename(&folder, &moved).unwrap();
    desk.signal(Signal::HUP);
    let log = || fs::read_to_string(moved.join("teller.log")).unwrap();
    let is_told = async || log().contains("log file cannot be reopened, the old one goes on").then_some(());
    wait::until("it tells of it", is_told).await;
    desk.stop().await;
    assert!(log().contains("stopped"));
    Ok(())
}

pub(crate) async fn should_log_json_and_nothing_else_to_standard_output() -> Outcome {
    let mut desk = Desk::prepare();
    desk.set("log_format", "json");
    desk.fill_pools(&mut Rng::fixed());
    desk.go().await;
    desk.stop().await;
    let lines = lines(&desk.said());
    let listening = lines.iter().find(|line| line["message"] == "listening").expect("where it listens");
    assert_eq!(listening["public_http"], format!("127.0.0.1:{}", desk.http));
    Ok(())
}

pub(crate) async fn should_log_text_and_details_when_asked() -> Outcome {
    let mut rng = Rng::seeded("text");
    for debug in [false, true] {
        let mut desk = Desk::prepare();
        let logfile = desk.path("teller.log");
        desk.set("logfile", logfile.display().to_string()).set("debug", debug);
        desk.fill_pools(&mut rng);
        desk.go().await;
        let load = Load::start(&desk.api, Ledger::default(), &mut rng);
        tokio::time::sleep(Duration::from_millis(200)).await;
        load.end().await;
        desk.stop().await;
        // The one thing on standard output is for the person who looks at it.
        assert!(desk.said().contains(&format!("public  http://127.0.0.1:{}", desk.http)));
        let log = fs::read_to_string(&logfile).unwrap();
        log.lines().for_each(assert_text);
        assert_eq!(log.contains("DEBUG teller::"), debug, "{log}");
    }
    Ok(())
}

/// `TIME LEVEL target: message fields`, without colours.
fn assert_text(line: &str) {
    let mut words = line.split_whitespace();
    let time = words.next().unwrap();
    assert!(time.len() == 27 && time.ends_with('Z') && time.starts_with("20"), "{line}");
    assert!(LEVELS.contains(&words.next().unwrap()), "{line}");
    assert!(
        words.next().unwrap().strip_suffix(':').is_some_and(|target| target.starts_with("teller")),
        "{line}"
    );
    assert!(words.next().is_some() && !line.contains('\u{1b}'), "{line}");
}

pub(crate) async fn should_never_log_a_secret() -> Outcome {
    let mut rng = Rng::fixed();
    for format in ["text", "json"] {
        let mut desk = Desk::prepare();
        let logfile = desk.path("teller.log");
        let [token, btc, sky, key, secret] = SECRETS;
        desk.set("logfile", logfile.display().to_string()).set("log_format", format).set("debug", true);
        desk.set("admin_panel.token", token).set("btc_rpc.pass", btc).set("sky_rpc.pass", sky);
        desk.set("sky_exchanger.exchange_client.key", key)
            .set("sky_exchanger.exchange_client.secret", secret);
        desk.fill_pools(&mut rng);
        desk.go().await;
        desk.api.bind(&address(Coin::SKY, &mut rng), Coin::BTC).await.done();
        let without = desk.api.get_admin("/api/accounting").await;
        assert!(matches!(without, Answer::Refused(401, _)), "{without:?}");
        desk.api.with_token(token).get_admin("/api/accounting").await.done();
        let guess = desk.api.with_token(&format!("{token}x")).get_admin("/api/accounting").await;
        assert!(matches!(guess, Answer::Refused(401, _)), "{guess:?}");
        desk.signal(Signal::HUP);
        desk.stop().await;
        let checked = desk.command("check-config").await;
        let said = format!("{}{}{checked:?}", desk.said(), fs::read_to_string(&logfile).unwrap());
        assert!(said.contains("teller starts") && said.contains("stopped"), "{said}");
        SECRETS.iter().for_each(|secret| assert!(!said.contains(secret), "{secret} in: {said}"));
    }
    Ok(())
}

pub(crate) async fn should_not_show_the_secret_in_a_broken_config() -> Outcome {
    const SECRET: &str = "hunter2-hunter2-hunter2";
    let desk = Desk::prepare();
    let broken = [
        "[admin_panel]\ntoken = SECRET",
        "[admin_panel]\ntoken = \"SECRET",
        "[admin_panel]\ntoken = \"SECRET\" SECRET",
        "[admin_panel]\ntoken = [\"SECRET\"]",
        "[admin_panel]\ntoken = \"SECRET\"\ntoken = \"SECRET\"",
        "[admin_panel]\ntokn = \"SECRET\"",
        "[admin_panel.token]\nvalue = \"SECRET\"",
        "admin_panel = \"SECRET\"",
        "[btc_rpc]\npass = { value = \"SECRET\" }",
        "[btc_rpc]\npass = 'SECRET\"",
        "[btc_rpc]\npass = \"SECRET\\q\"",
        "[sky_rpc]\npass = \"\"\"SECRET",
        "[sky_exchanger]\nexchange_client = \"SECRET\"",
        "[sky_exchanger.exchange_client]\nkey: \"SECRET\"",
        "[sky_exchanger.exchange_client]\nsecret = \"SECRET\u{7f}\"",
    ];
    for text in broken {
        fs::write(desk.path("config.toml"), text.replace("SECRET", SECRET)).unwrap();
        let refused = once::run(&once::teller(), desk.args(), &desk.path("cwd")).await;
        refused.assert_refused(&["config.toml: "]);
        let said = format!("{}{}", refused.out, refused.err);
        assert!(!said.contains("hunter2"), "{text}: {said}");
    }
    Ok(())
}

pub(crate) async fn should_tell_the_story_of_a_purchase() -> Outcome {
    let mut rng = Rng::fixed();
    let mut desk = Desk::prepare();
    let logfile = desk.path("teller.log");
    desk.set("logfile", logfile.display().to_string()).set("log_format", "json");
    desk.set("admin_panel.token", SECRETS[0]);
    desk.fill_pools(&mut rng);
    let last = address(Coin::BTC, &mut rng);
    desk.write_pool(Coin::BTC, std::slice::from_ref(&last));
    desk.go().await;
    let payee = address(Coin::SKY, &mut rng);
    let (to, request) = bound(&desk, &payee).await;
    let deposit = Deposit { coin: Coin::BTC, address: to, tx: format!("{:064x}", 7), n: 3, sky: 2 };
    desk.api.deposit(&deposit).await.done();
    let sent = wait::until("nothing is sent", async || desk.api.broadcasts().await.done().pop()).await;
    desk.api.confirm(&sent.txid).await.done();
    let log = || lines(&fs::read_to_string(&logfile).unwrap());
    let find = |what: &str| log().into_iter().find(|line| line["message"] == what);
    wait::until("it is not settled", async || find("payouts settled")).await;

    let told: Vec<Value> = log().into_iter().filter(|line| line["target"] == "teller::story").collect();
    // What chain the dummy node pays on, and with whose coins, is told once, before anything else.
    let once = ["chain known from here on", "addresses of the hot wallet known from here on"];
    let told: Vec<Value> =
        told.into_iter().filter(|line| !once.iter().any(|what| line["message"] == *what)).collect();
    assert_eq!(told[0]["span"]["request"].as_str(), Some(request.as_str()), "the answer tells another id");
    assert_eq!((&told[0]["address"], &told[0]["payee"]), (&last.into(), &payee.into()));
    assert!(told[1]["tx"].as_str().unwrap().contains(&deposit.tx), "{}", told[1]);
    assert_tells_the_steps(&told, &sent.txid);

    // What an operator has to know of: an empty pool, calls without the token, guesses at it.
    wait::until("the empty pool is not told", async || {
        find("no deposit addresses are left: nobody can be given one")
    })
    .await;
    let guessing = desk.api.with_token("not-the-token-at-all");
    for _ in 0..7 {
        assert!(matches!(guessing.get_admin("/api/accounting").await, Answer::Refused(401, _)));
    }
    assert!(find("admin calls are refused").is_some() && find("slowed down after wrong tokens").is_some());
    desk.stop().await;
    let log = fs::read_to_string(&logfile).unwrap();
    // Nothing of Rust's own spelling of values, here or in an export.
    let exported: String = desk.export("event").await.iter().map(Value::to_string).collect();
    for text in [log, exported] {
        for word in ["Some(", "None", "DepositNo", "AttemptSigned", "Hash32", " { "] {
            assert!(!text.contains(word), "{word} in {text}");
        }
    }
    Ok(())
}

/// Each step of a purchase with its ids.
fn assert_tells_the_steps(told: &[Value], txid: &str) {
    let words: Vec<&str> = told.iter().map(|line| line["message"].as_str().unwrap()).collect();
    assert_eq!(
        words,
        [
            "deposit address bound",
            "deposit seen",
            "deposit confirmed",
            "payout transaction signed and stored",
            "payout transaction sent",
            "payouts settled"
        ]
    );
    assert_eq!((&told[0]["binding"], &told[1]["binding"]), (&1.into(), &1.into()));
    assert_eq!((&told[1]["quote"], &told[1]["amount"]), (&"2.000000".into(), &"400000".into()));
    assert!(told[1..3].iter().all(|line| line["deposit"] == 1), "{told:#?}");
    assert_eq!(told[3]["pays"], "1");
    assert!(told[3..].iter().all(|line| line["transaction"] == 1 && line["txid"] == txid));
    assert_eq!(told[3]["span"]["worker"], "payer");
    assert!(told[3]["span"]["step"].is_u64());
}

/// A deposit address of BTC, and the id of the request.
async fn bound(desk: &Desk, payee: &str) -> (String, String) {
    let body = serde_json::json!({ "skyaddr": payee, "coin_type": "BTC" });
    let url = format!("http://127.0.0.1:{}/api/bind", desk.http);
    let reply = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
    let reply = reply.post(url).json(&body).send().await.unwrap();
    let id = reply.headers()["x-request-id"].to_str().unwrap().to_owned();
    let body: Value = reply.json().await.unwrap();
    (body["deposit_address"].as_str().unwrap().to_owned(), id)
}
