//! Backups that make themselves, from the first to a desk that was restored from one.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use age::secrecy::ExposeSecret;
use age::x25519::Identity;
use serde_json::Value;
use teller::types::Coin;

use crate::api::Answer;
use crate::desk::{Desk, address};
use crate::once;
use crate::rng::Rng;
use crate::support::runner::Outcome;
use crate::support::wait;

const KEEP: i64 = 3;

/// A desk whose copies go to a folder of its own, each second, and the file of the key that reads them.
fn prepare() -> (Desk, PathBuf, PathBuf) {
    let mut desk = Desk::prepare();
    desk.fill_pools(&mut Rng::fixed());
    let (key, folder, file) = (Identity::generate(), desk.path("copies"), desk.path("key.txt"));
    fs::create_dir(&folder).unwrap();
    fs::write(&file, format!("# a key\n{}\n", key.to_string().expose_secret())).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    desk.set("backup.to", folder.display().to_string()).set("backup.every", "1s").set("backup.keep", KEEP);
    desk.set("backup.recipients", vec![key.to_public().to_string()]);
    (desk, folder, file)
}

fn names(folder: &Path) -> Vec<String> {
    let all = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = all.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

async fn told(desk: &Desk) -> Value {
    serde_json::from_str(&desk.api.get_admin("/api/backups").await.done()).unwrap()
}

/// Has one made now.
async fn ask(desk: &Desk) {
    let Answer::Refused(202, words) = desk.api.post_admin("/api/backups").await else {
        panic!("it is not begun")
    };
    assert!(words.contains("a copy is being made"), "{words}");
}

/// Waits until so many were made since the start; answers what is told then.
async fn made(desk: &Desk, count: u64) -> Value {
    wait::until(&format!("{count} copies are not made"), async || {
        let told = told(desk).await;
        (told["made"].as_u64() >= Some(count) && told["is_running"] == false).then_some(told)
    })
    .await
}

async fn tool<const N: usize>(desk: &Desk, arguments: [&str; N]) -> once::Finished {
    once::run(&once::tool(), arguments, &desk.path("cwd")).await
}

pub(crate) async fn should_keep_copies_that_restore_to_an_unreconciled_desk() -> Outcome {
    let (mut desk, folder, key) = prepare();
    desk.go().await;
    let payee = address(Coin::SKY, &mut Rng::fixed());
    let bound = desk.api.bind(&payee, Coin::BTC).await.done();
    let all = made(&desk, 5).await;
    assert_eq!((all["copies"].as_array().unwrap().len(), &all["failures"]), (3, &0.into()), "{all:#}");
    desk.stop().await;
    let files = names(&folder);
    assert_eq!(files.len(), 6, "three copies and their manifests: {files:?}");
    let plain = bound.as_bytes();
    for file in &files {
        let path = folder.join(file);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "{file}");
        let bytes = fs::read(&path).unwrap();
        assert!(file.ends_with(".json") || bytes.starts_with(b"age-encryption.org/v1"), "{file}");
        assert!(!bytes.windows(plain.len()).any(|part| part == plain), "{file} shows who bought");
    }

    let (from, key, to) = (folder.display().to_string(), key.display().to_string(), desk.path("restored.db"));
    let to = to.display().to_string();
    let refused = tool(&desk, ["restore", &from, "--to", &to]).await;
    assert!(refused.code == Some(1) && refused.err.contains("--identity"), "{refused:#?}");
    let over =
        tool(&desk, ["restore", &from, "--to", &desk.database().display().to_string(), "--identity", &key])
            .await;
    assert!(over.code == Some(1) && over.err.contains("never overwritten"), "{over:#?}");
    let done = tool(&desk, ["restore", &from, "--to", &to, "--identity", &key]).await;
    assert!(done.success().contains("restored, and audited"), "{done:#?}");
    let newest = all["copies"][0]["history"].as_str().unwrap();
    let proof = tool(&desk, ["verify", &to, "--since", newest]).await;
    assert!(proof.success().contains("the history holds"), "{proof:#?}");
    let drilled = tool(&desk, ["db", "drill", &from, "--identity", &key]).await;
    assert!(drilled.success().contains("nothing would be paid"), "{drilled:#?}");

    fs::rename(&to, desk.database()).unwrap();
    is_unreconciled_until_it_is_cleared(&mut desk, &payee).await;
    Ok(())
}

async fn is_unreconciled_until_it_is_cleared(desk: &mut Desk, payee: &str) {
    desk.unset("backup");
    desk.go().await;
    let Answer::Refused(503, health) = desk.api.get("/api/health").await else {
        panic!("somebody is served")
    };
    assert!(health.contains("\"unreconciled\"") && health.contains("restored from a copy"), "{health}");
    let Answer::Refused(503, _) = desk.api.bind(payee, Coin::ETH).await else {
        panic!("an address was given out")
    };
    let waiting: Value = serde_json::from_str(&desk.api.get_admin("/api/waiting").await.done()).unwrap();
    let waiting =
        waiting["waiting"].as_array().unwrap().iter().find(|kind| kind["code"] == "restored").cloned();
    assert_eq!(waiting.unwrap()["count"], 1);
    desk.api.post_admin("/api/wallet/restored/clear?why=a+trial&by=anna").await.done();
    assert!(!desk.health().await["problem_codes"].to_string().contains("unreconciled"));
    desk.api.bind(payee, Coin::ETH).await.done();
    let Answer::Refused(409, _) = desk.api.post_admin("/api/wallet/restored/clear?why=again&by=anna").await
    else {
        panic!("it was cleared twice")
    };
    desk.stop().await;
}

pub(crate) async fn should_refuse_a_copy_that_was_changed() -> Outcome {
    let (mut desk, folder, key) = prepare();
    desk.go().await;
    made(&desk, 1).await;
    desk.stop().await;
    let copy = names(&folder).into_iter().rfind(|name| name.ends_with(".age")).unwrap();
    let path = folder.join(&copy);
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, bytes).unwrap();
    let (path, to) = (path.display().to_string(), desk.path("restored.db"));
    let to_text = to.display().to_string();
    let refused =
        tool(&desk, ["restore", &path, "--to", &to_text, "--identity", &key.display().to_string()]).await;
    assert!(refused.code == Some(1) && refused.err.contains("not what the manifest says"), "{refused:#?}");
    assert!(!to.exists());
    Ok(())
}

pub(crate) async fn should_tell_that_none_can_be_made_and_go_on() -> Outcome {
    let (mut desk, folder, _) = prepare();
    desk.go().await;
    made(&desk, 1).await;
    let away = folder.with_extension("away");
    fs::rename(&folder, &away).unwrap();
    let has = async |code: &str| {
        let health = desk.health().await;
        health["problem_codes"].to_string().contains(code).then_some(())
    };
    wait::until("backup_failed is not told", async || has("backup_failed").await).await;
    wait::until("backup_old is not told", async || has("backup_old").await).await;
    desk.api.bind(&address(Coin::SKY, &mut Rng::fixed()), Coin::BTC).await.done();
    // A copy without a manifest is what a killed one leaves, and no copy.
    let name = names(&away).into_iter().find(|name| name.ends_with(".age")).unwrap();
    fs::remove_file(away.join(format!("{name}.json"))).unwrap();
    fs::rename(&away, &folder).unwrap();
    ask(&desk).await;
    wait::until("it is told for ever", async || {
        let codes = desk.health().await["problem_codes"].to_string();
        (!codes.contains("backup_")).then_some(())
    })
    .await;
    assert!(!folder.join(&name).exists(), "what has no manifest is left");
    desk.stop().await;
    Ok(())
}

pub(crate) async fn should_keep_no_copy_that_its_own_key_does_not_open() -> Outcome {
    let (mut desk, folder, file) = prepare();
    desk.go().await;
    made(&desk, 1).await;
    desk.stop().await;
    let before = names(&folder);
    let other = Identity::generate();
    fs::write(&file, format!("{}\n", other.to_string().expose_secret())).unwrap();
    desk.set("backup.identity", file.display().to_string());
    desk.go().await;
    let told = wait::until("that it is not opened is not told", async || {
        let told = told(&desk).await;
        (!told["error"].is_null()).then_some(told)
    })
    .await;
    assert!(told["error"].to_string().contains("age"), "{told}");
    // What was proven stays, and nothing is beside it.
    ask(&desk).await;
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    desk.stop().await;
    assert_eq!(names(&folder), before);
    Ok(())
}

pub(crate) async fn should_prove_the_newest_when_it_is_asked_to() -> Outcome {
    let (mut desk, folder, key) = prepare();
    desk.set("backup.every", "1h").set("backup.identity", key.display().to_string());
    desk.go().await;
    made(&desk, 1).await;
    desk.api.bind(&address(Coin::SKY, &mut Rng::fixed()), Coin::BTC).await.done();
    let passed = drilled(&desk, "passed").await;
    let found = &passed["found"];
    assert!(found["events_since"].as_u64() > Some(0) && found["payouts"] == 0, "{passed:#}");
    assert_eq!(found["history"], told(&desk).await["copies"][0]["history"]);
    // A copy that was changed is none, and that is told.
    let copy = names(&folder).into_iter().rfind(|name| name.ends_with(".age")).unwrap();
    let mut bytes = fs::read(folder.join(&copy)).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(folder.join(&copy), bytes).unwrap();
    let failed = drilled(&desk, "failed").await;
    assert!(failed["error"].to_string().contains("not what the manifest says"), "{failed:#}");
    assert!(desk.health().await["problem_codes"].to_string().contains("backup_failed"));
    desk.stop().await;
    // Without the key nobody here knows what is in it.
    desk.unset("backup.identity");
    desk.go().await;
    let untried = drilled(&desk, "untried").await;
    assert!(untried["error"].to_string().contains("names no key"), "{untried:#}");
    assert!(!desk.health().await["problem_codes"].to_string().contains("backup_failed"));
    desk.stop().await;
    assert_eq!(names(desk.data()), ["teller.db"]);
    Ok(())
}

/// Has the newest drilled; answers what is told once it has come out so.
async fn drilled(desk: &Desk, state: &str) -> Value {
    let Answer::Refused(202, _) = desk.api.post_admin("/api/backups/drill").await else {
        panic!("it is not begun")
    };
    wait::until(&format!("the drill is not {state}"), async || {
        let drill = told(desk).await["drill"].clone();
        (drill["state"] == state).then_some(drill)
    })
    .await
}

pub(crate) async fn should_leave_nothing_behind_when_it_is_killed_over_and_over() -> Outcome {
    let (mut desk, folder, _) = prepare();
    desk.set("backup.every", "50ms");
    for round in 0..4_u64 {
        desk.go().await;
        tokio::time::sleep(std::time::Duration::from_millis(200 + 90 * round)).await;
        desk.kill();
        let files = names(&folder);
        assert!(files.iter().all(|name| name.starts_with("teller-")), "{files:?}");
        assert_eq!(names(desk.data()), ["teller.db"]);
    }
    desk.set("backup.every", "1h");
    desk.go().await;
    ask(&desk).await;
    made(&desk, 1).await;
    desk.stop().await;
    let files = names(&folder);
    let (manifests, copies): (Vec<_>, Vec<_>) = files.iter().partition(|name| name.ends_with(".json"));
    assert_eq!(manifests.len(), copies.len(), "{files:?}");
    assert!(copies.len() <= usize::try_from(KEEP).unwrap(), "{files:?}");
    Ok(())
}

pub(crate) async fn should_say_what_is_wrong_with_backups_before_a_start() -> Outcome {
    let (mut desk, folder, key) = prepare();
    let check = desk.command("check-config").await;
    check.success();
    fs::remove_dir(&folder).unwrap();
    let refused = desk.command("check-config").await;
    assert!(refused.code == Some(1) && refused.err.contains("backup.to: "), "{refused:#?}");
    fs::create_dir(&folder).unwrap();
    let secret = fs::read_to_string(&key).unwrap().lines().nth(1).unwrap().to_owned();
    desk.set("backup.recipients", vec![secret.clone(), "age1nonsense".to_owned()]).set("backup.at", "25:00");
    let refused = desk.command("check-config").await;
    for words in
        ["backup.recipients: one is a private key", "\"age1nonsense\"", "backup.at: excludes", "\"25:00\""]
    {
        assert!(refused.err.contains(words), "{words}: {refused:#?}");
    }
    assert!(!refused.err.contains(&secret), "{refused:#?}");
    Ok(())
}
