//! Backups in a bucket: of a store that others wrote, and that verifies each request by AWS's own library.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use age::secrecy::ExposeSecret;
use age::x25519::Identity;
use serde_json::Value;
use teller::types::Coin;

use crate::desk::{Desk, address};
use crate::once;
use crate::rng::Rng;
use crate::support::process::Process;
use crate::support::runner::Outcome;
use crate::support::{ports, program, wait};

const KEY: &str = "AKIATELLER";
const SECRET: &str = "hidden-word-of-the-store";

/// Addresses that make a database of more than one part, and what a part is at most.
const LARGE: usize = 160_000;
const PART: u64 = 8 << 20;

struct Store {
    process: Process,
    url: String,
}

impl Store {
    async fn start() -> Result<Store, program::Absent> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut process = Process::prepare("store", &program::find("test-python")?);
        let port = ports::free();
        let script: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests/process/s3_server.py"].iter().collect();
        let args =
            [script.display().to_string(), port.to_string(), KEY.into(), SECRET.into(), "copies".into()];
        let url = format!("http://127.0.0.1:{port}");
        let asked = format!("{url}/_test/keys");
        let is_ready = async || reqwest::get(&asked).await.ok().filter(|answer| answer.status().is_success());
        process.start(args.to_vec(), is_ready).await;
        Ok(Store { process, url })
    }

    async fn is_in(&self, trouble: &str) {
        reqwest::get(format!("{}/_test/{trouble}", self.url)).await.unwrap().error_for_status().unwrap();
    }

    /// The keys there; nothing may be left that was begun and is not whole.
    async fn keys(&self) -> Vec<String> {
        let told = reqwest::get(format!("{}/_test/keys", self.url)).await.unwrap().text().await.unwrap();
        let told: Value = serde_json::from_str(&told).unwrap();
        assert_eq!(told["begun"].as_array().unwrap().len(), 0, "{told}");
        told["keys"].as_array().unwrap().iter().map(|key| key.as_str().unwrap().to_owned()).collect()
    }
}

/// A desk whose copies go to a bucket, each second, and the file of the key that reads them.
fn desk_of(store: &Store) -> (Desk, PathBuf) {
    let mut desk = Desk::prepare();
    desk.fill_pools(&mut Rng::fixed());
    let (key, file) = (Identity::generate(), desk.path("key.txt"));
    std::fs::write(&file, format!("{}\n", key.to_string().expose_secret())).unwrap();
    desk.set("backup.s3.endpoint", store.url.clone()).set("backup.s3.bucket", "copies");
    desk.set("backup.s3.prefix", "teller/main").set("backup.s3.access_key", KEY);
    desk.set("backup.s3.secret_key", SECRET).set("backup.every", "1s").set("backup.keep", 3);
    desk.set("backup.recipients", vec![key.to_public().to_string()]);
    (desk, file)
}

async fn told(desk: &Desk) -> Value {
    serde_json::from_str(&desk.api.get_admin("/api/backups").await.done()).unwrap()
}

async fn made(desk: &Desk, count: u64) -> Value {
    wait::until(&format!("{count} copies are not made"), async || {
        let told = told(desk).await;
        (told["made"].as_u64() >= Some(count) && told["is_running"] == false).then_some(told)
    })
    .await
}

pub(crate) async fn should_keep_copies_in_a_bucket_and_restore_from_it() -> Outcome {
    let store = Store::start().await?;
    let (mut desk, key) = desk_of(&store);
    let examined = desk.command("doctor").await;
    assert!(examined.out.contains("ok       backups: can be put in the bucket"), "{examined:#?}");
    assert_eq!(store.keys().await, Vec::<String>::new(), "the doctor leaves nothing");
    desk.go().await;
    desk.api.bind(&address(Coin::SKY, &mut Rng::fixed()), Coin::BTC).await.done();
    let all = made(&desk, 5).await;
    assert_eq!((all["copies"].as_array().unwrap().len(), &all["failures"]), (3, &0.into()), "{all:#}");
    desk.stop().await;
    let keys = store.keys().await;
    assert_eq!(keys.len(), 6, "three copies and their manifests: {keys:?}");
    assert!(keys.iter().all(|key| key.starts_with("teller/main/teller-")), "{keys:?}");
    assert!(!store.process.log().contains("refused"), "{}", store.process.log());

    let (config, key) = (desk.path("config.toml").display().to_string(), key.display().to_string());
    let to = desk.path("restored.db").display().to_string();
    let tool = async |arguments: Vec<&str>| once::run(&once::tool(), arguments, &desk.path("cwd")).await;
    let drilled = tool(vec!["db", "drill", "--config", &config, "--identity", &key]).await;
    assert!(drilled.out.contains("nothing would be paid"), "{drilled:#?}");
    let done = tool(vec!["restore", "--config", &config, "--to", &to, "--identity", &key]).await;
    assert!(done.success().contains("restored, and audited"), "{done:#?}");
    let proof = tool(vec!["verify", &to, "--since", all["copies"][0]["history"].as_str().unwrap()]).await;
    assert!(proof.success().contains("the history holds"), "{proof:#?}");
    let log = desk.said();
    assert!(!log.contains(SECRET) && !log.contains("X-Amz-Signature"), "{log}");
    Ok(())
}

pub(crate) async fn should_put_a_large_copy_there_in_parts() -> Outcome {
    let store = Store::start().await?;
    let (mut desk, key) = desk_of(&store);
    let mut rng = Rng::fixed();
    desk.write_pool(Coin::BTC, &(0..LARGE).map(|_| address(Coin::BTC, &mut rng)).collect::<Vec<_>>());
    desk.set("backup.every", "1h").set("backup.identity", key.display().to_string());
    desk.go().await;
    let all = made(&desk, 1).await;
    desk.stop().await;
    assert!(all["copies"][0]["size"].as_u64() > Some(PART), "{all:#}");
    assert_eq!(store.keys().await.len(), 2);
    assert!(!store.process.log().contains("refused"), "{}", store.process.log());
    Ok(())
}

pub(crate) async fn should_tell_what_a_bucket_does_not_do_and_go_on() -> Outcome {
    let store = Store::start().await?;
    for (trouble, words) in [
        ("lie", "what was read back is not what was written"),
        ("cut", "backup.s3.endpoint"),
        ("refuse", "has to be allowed"),
        ("hang", ""),
    ] {
        store.is_in("none").await;
        let (mut desk, _) = desk_of(&store);
        desk.go().await;
        made(&desk, 1).await;
        store.is_in(trouble).await;
        desk.api.bind(&address(Coin::SKY, &mut Rng::fixed()), Coin::BTC).await.done();
        if !words.is_empty() {
            let told = wait::until(&format!("{trouble} is not told"), async || {
                let told = told(&desk).await;
                (!told["error"].is_null()).then_some(told)
            })
            .await;
            assert!(told["error"].to_string().contains(words), "{told}");
            assert!(desk.health().await["problem_codes"].to_string().contains("backup_failed"));
        } else {
            wait::until("none is being made", async || {
                (told(&desk).await["is_running"] == true).then_some(())
            })
            .await;
        }
        let stops = Instant::now();
        desk.stop().await;
        assert!(stops.elapsed() < Duration::from_secs(5), "{trouble}: {:?}", stops.elapsed());
        store.is_in("none").await;
        desk.go().await;
        made(&desk, 1).await;
        desk.stop().await;
        let keys = store.keys().await;
        let (manifests, copies): (Vec<_>, Vec<_>) = keys.iter().partition(|key| key.ends_with(".json"));
        assert_eq!(manifests.len(), copies.len(), "{trouble}: {keys:?}");
    }
    Ok(())
}

pub(crate) async fn should_say_which_key_of_a_bucket_is_wrong() -> Outcome {
    let store = Store::start().await?;
    let (mut desk, _) = desk_of(&store);
    for (key, value, words) in [
        ("backup.s3.secret_key", "another-hidden-word", "backup.s3.secret_key is not that of"),
        ("backup.s3.access_key", "AKIANOBODY", "backup.s3.access_key is none that it knows"),
        ("backup.s3.bucket", "elsewhere", "no bucket of the name backup.s3.bucket"),
    ] {
        let (mut wrong, _) = desk_of(&store);
        wrong.set(key, value);
        let checked = wrong.command("check-config").await;
        checked.success();
        let examined = wrong.command("doctor").await;
        assert!(examined.out.contains(words) && !examined.out.contains("hidden-word"), "{examined:#?}");
    }
    desk.set("backup.s3.bucket", "a/b").unset("backup.s3.access_key");
    let refused = desk.command("check-config").await;
    assert!(refused.code == Some(1), "{refused:#?}");
    for words in ["backup.s3.bucket: expected", "backup.s3.access_key: must name"] {
        assert!(refused.err.contains(words), "{words}: {refused:#?}");
    }
    Ok(())
}
