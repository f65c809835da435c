//! What the program does besides serving.

use std::fs;
use std::path::Path;

use teller::types::Coin;

use crate::desk::{self, Desk, address};
use crate::once;
use crate::rng::Rng;
use crate::support::program;
use crate::support::runner::Outcome;

pub(crate) async fn should_tell_what_it_can_and_what_it_is() -> Outcome {
    let desk = Desk::prepare();
    let run = async |argument: &str| once::run(&once::teller(), [argument], &desk.path("cwd")).await;
    let help = run("--help").await;
    for word in ["check-config", "doctor", "health", "--config", "--dir", "config.toml in the data directory"]
    {
        assert!(help.success().contains(word), "{word}: {help:#?}");
    }
    assert_eq!(run("--version").await.success(), concat!("teller ", env!("CARGO_PKG_VERSION"), "\n"));
    let unknown = run("--frobnicate").await;
    assert_eq!(unknown.code, Some(2), "{unknown:#?}");
    assert!(unknown.err.contains("--frobnicate"), "{unknown:#?}");
    Ok(())
}

pub(crate) async fn should_check_a_config_without_serving_it() -> Outcome {
    let mut desk = Desk::prepare();
    desk.fill_pools(&mut Rng::fixed());
    desk.set("btc_rpc.websocket", true);
    let checked = desk.command("check-config").await;
    assert!(checked.success().contains("warning: btc_rpc.websocket: "), "{checked:#?}");
    assert!(checked.success().contains("config.toml: ok"), "{checked:#?}");
    assert!(!desk.database().exists());
    desk.set("btc_rpc.webSocket", true).set("web.http_addr", "");
    desk.command("check-config").await.assert_refused(&[
        "2 problem(s)",
        "btc_rpc.webSocket: unknown key; did you mean \"websocket\"?",
        "at least one of web.http_addr, web.https_addr must be set",
    ]);
    Ok(())
}

pub(crate) async fn should_tell_the_health_of_what_runs() -> Outcome {
    let mut rng = Rng::fixed();
    let mut desk = Desk::prepare();
    desk::usual().for_each(|coin| desk.write_pool(coin, &[address(coin, &mut rng)]));
    let port = desk.http;
    let at = format!("127.0.0.1:{port}");
    desk.command("health").await.assert_refused(&["web.http_addr: no answer from ", &at, "refused"]);
    desk.go().await;
    assert_eq!(desk.command("health").await.success(), "OK; dummy mode, play money\n");
    assert!(desk.said().contains("dummy mode: deposits are made by hand"), "the log does not say so");
    for coin in desk::usual() {
        desk.api.bind(&address(Coin::SKY, &mut rng), coin).await.done();
    }
    let ill = desk.command("health").await;
    ill.assert_refused(&["teller: UNAVAILABLE; dummy mode, play money; BTC cannot be bound: no deposit \
        addresses are left; ETH"]);

    // Somebody else listens there.
    let mut other = Desk::prepare();
    other.fill_pools(&mut rng);
    other.set("web.http_addr", desk.api.dummy_address());
    other.command("health").await.assert_refused(&["is no teller, it answers \"HTTP/1.1 404 Not Found\""]);
    Ok(())
}

/// The block of the README, and what a new user reads on the terminal, pasted into a shell.
pub(crate) async fn should_take_the_purchase_through_that_it_tells_of() -> Outcome {
    program::find("curl")?;
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let block = readme.split("```").find(|block| block.trim().starts_with("PAYEE=")).unwrap();
    for own_words in [false, true] {
        let mut desk = Desk::start(&mut Rng::fixed()).await;
        let said = desk.said();
        let script = if own_words {
            said.split("Take a purchase through:").nth(1).unwrap().to_owned()
        } else {
            let dummy = desk.api.dummy_address();
            block
                .replace("127.0.0.1:7071", &format!("127.0.0.1:{}", desk.http))
                .replace("127.0.0.1:4121", dummy)
        };
        let lines: Vec<&str> = script.lines().filter(|line| !line.starts_with("20")).collect();
        let pasted = once::run(Path::new("/bin/sh"), ["-euc", &lines.join("\n")], &desk.path("cwd")).await;
        assert!(pasted.success().contains("\"status\":\"done\""), "{script}\n{pasted:#?}");
        desk.stop().await;
    }
    Ok(())
}
