//! The container, as far as it can be shown without an engine: its commands, its config, what goes into it.

use std::fs;
use std::path::Path;
use std::time::Duration;

use rustix::process::Signal;
use teller::types::Coin;

use crate::desk::address;
use crate::once;
use crate::rng::Rng;
use crate::support::ports;
use crate::support::process::Process;
use crate::support::runner::Outcome;

const PATIENCE: Duration = Duration::from_secs(10);

fn read(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// The arguments of a command in the Dockerfile, after the program's name; `data` is its volume.
fn arguments(dockerfile: &str, instruction: &str, data: &str) -> Vec<String> {
    let line = dockerfile.lines().find(|line| line.starts_with(instruction)).unwrap();
    let words: Vec<String> = serde_json::from_str(&line[line.find('[').unwrap()..]).unwrap();
    assert_eq!(words[0], "teller");
    words[1..].iter().map(|word| word.replace("/data", data)).collect()
}

pub(crate) async fn should_be_configured_as_its_document_tells() -> Outcome {
    let mut teller = Process::prepare("teller", &once::teller());
    let (folder, volume) = (teller.path("cwd"), teller.data());
    let volume = volume.display().to_string();
    let mut rng = Rng::fixed();
    for (coin, name) in [(Coin::BTC, "btc"), (Coin::ETH, "eth")] {
        let file = format!(r#"{{"{name}_addresses": ["{}"]}}"#, address(coin, &mut rng));
        fs::write(folder.join(format!("{name}_addresses.json")), file).unwrap();
    }
    let (document, dockerfile) = (read("docs/docker.md"), read("Dockerfile"));
    let config = document.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let config = config.replace("\"/data\"", &format!("{volume:?}"));
    let entry = arguments(&dockerfile, "ENTRYPOINT", &volume);
    let health = arguments(&dockerfile, "HEALTHCHECK", &volume);
    let run = async |args: &[String]| once::run(&once::teller(), args, &folder).await;
    let check = [entry.clone(), vec!["check-config".to_owned()]].concat();

    // Without a config, and as long as nobody has thought of a token, it says so.
    run(&entry).await.assert_refused(&[&format!("neither {volume}/config.toml nor config.toml exists")]);
    fs::write(folder.join("config.toml"), &config).unwrap();
    run(&check).await.assert_refused(&["1 problem(s)", "set admin_panel.token"]);
    let config = config.replace("token = \"\"", "token = \"0123456789abcdef0123456789abcdef\"");
    fs::write(folder.join("config.toml"), &config).unwrap();
    assert_eq!(run(&check).await.success(), "config.toml: ok\n");

    // On loopback here: a test is no place to be reached from outside.
    let config = [7071, 7711].iter().fold(config, |config, port| {
        config.replace(&format!("0.0.0.0:{port}"), &format!("127.0.0.1:{}", ports::free()))
    });
    let config = format!("{config}http_addr = \"127.0.0.1:{}\"\n", ports::free());
    fs::write(folder.join("config.toml"), config).unwrap();
    run(&health).await.assert_refused(&["no answer from"]);
    teller.start(entry, async || (run(&health).await.code == Some(0)).then_some(())).await;
    assert!(Path::new(&volume).join("teller.db").is_file());
    teller.log().lines().for_each(|line| drop(crate::api::json_of(line)));
    teller.signal(Signal::TERM);
    assert_eq!(teller.ended(PATIENCE).await.code(), Some(0), "{}", teller.log());
    Ok(())
}

pub(crate) async fn should_copy_what_is_there() -> Outcome {
    let (dockerfile, ignored) = (read("Dockerfile"), read(".dockerignore"));
    let let_through: Vec<&str> = ignored.lines().filter_map(|line| line.strip_prefix('!')).collect();
    assert!(ignored.lines().any(|line| line == "*"), "everything goes to the engine");
    let copies = dockerfile.lines().filter_map(|line| line.strip_prefix("COPY "));
    let mut copied = Vec::new();
    for words in copies.filter(|rest| !rest.starts_with("--from")) {
        let words: Vec<&str> = words.split_whitespace().collect();
        copied.extend_from_slice(&words[..words.len() - 1]);
    }
    for source in &copied {
        assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(source).exists(), "{source} is not there");
        assert!(let_through.contains(source), "{source} is kept from the engine");
    }
    let unused: Vec<_> = let_through.iter().filter(|name| !copied.contains(name)).collect();
    assert!(unused.is_empty(), "not copied: {unused:?}");
    Ok(())
}
