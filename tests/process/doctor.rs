//! `teller doctor`: how everything stands, the most urgent first.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use teller::types::Coin;

use crate::check::real;
use crate::desk::{Desk, address};
use crate::once::Finished;
use crate::rng::Rng;
use crate::support::runner::Outcome;

fn fit() -> Desk {
    let desk = Desk::prepare();
    desk.fill_pools(&mut Rng::fixed());
    desk
}

fn assert_says(said: &Finished, code: i32, words: &[&str]) {
    assert_eq!(said.code, Some(code), "{said:#?}");
    for words in words {
        assert!(said.out.contains(words), "{words}: {said:#?}");
    }
}

/// The first words of each line that is not advice.
fn findings(said: &Finished) -> Vec<&str> {
    let lines = said.out.lines().filter(|line| !line.starts_with(' '));
    lines.map(|line| line.split(' ').next().unwrap()).collect()
}

pub(crate) async fn should_find_nothing_where_all_is_well() -> Outcome {
    let mut desk = fit();
    let healthy = desk.command("doctor").await;
    assert_says(&healthy, 0, &["ok       start: ", "ok       running teller: none", "ok       disk: "]);
    assert!(!desk.data().join("teller.db").exists(), "the doctor has made something");
    desk.go().await;
    let running = desk.command("doctor").await;
    assert_says(
        &running,
        0,
        &["ok       running teller: it serves, and nothing is amiss", "ok       clock: "],
    );
    desk.stop().await;
    assert_says(&desk.command("doctor").await, 0, &["ok       start: "]);
    Ok(())
}

pub(crate) async fn should_tell_what_a_running_desk_says() -> Outcome {
    let mut desk = Desk::prepare();
    let mut rng = Rng::fixed();
    crate::desk::usual().for_each(|coin| desk.write_pool(coin, &[address(coin, &mut rng)]));
    desk.set("teller.bind_enabled", false).set("admin_panel.token", "the operator's own token");
    desk.go().await;
    let warned = desk.command("doctor").await;
    assert_says(
        &warned,
        1,
        &["warning  running teller: binding_off: ", "do: see docs/runbooks/binding_off.md"],
    );
    assert!(!warned.out.contains("the operator's own token"));
    desk.set("admin_panel.token", "somebody else's token");
    let refused = desk.command("doctor").await;
    assert_says(&refused, 2, &["problem  running teller: ", "refuses admin_panel.token"]);
    desk.stop().await;
    desk.set("teller.bind_enabled", true);
    desk.go().await;
    desk.api.bind(&address(Coin::SKY, &mut rng), Coin::BTC).await.done();
    let empty = desk.command("doctor").await;
    assert_says(
        &empty,
        2,
        &["problem  running teller: pool_empty: BTC", "do: see docs/runbooks/pool_empty.md"],
    );
    desk.stop().await;
    Ok(())
}

pub(crate) async fn should_tell_the_most_urgent_first() -> Outcome {
    let desk = real();
    let file = desk.pool_file(Coin::BTC);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o664)).unwrap();
    let said = desk.command("doctor").await;
    assert_says(
        &said,
        2,
        &[
            "problem  BTC node: unreachable: ",
            "problem  ETH node: unreachable: ",
            "do: see whether it runs, listens where the configuration says",
            "problem  hot wallet: ",
            "warning  start: btc_addresses: ",
            "can be changed by its group",
        ],
    );
    let all = findings(&said);
    let mut sorted = all.clone();
    sorted.sort_by_key(|finding| ["problem", "warning", "ok"].iter().position(|known| known == finding));
    assert_eq!(all, sorted, "{said:#?}");
    Ok(())
}

pub(crate) async fn should_say_what_is_wrong_before_anything_else_can_be_looked_at() -> Outcome {
    let mut desk = fit();
    desk.set("web.httpAddr", "x");
    let said = desk.command("doctor").await;
    assert_says(&said, 2, &["problem  configuration: ", "web.httpAddr: unknown key", "do: correct "]);
    desk.unset("web.httpAddr");
    fs::write(desk.pool_file(Coin::BTC), "no address\n").unwrap();
    assert_says(&desk.command("doctor").await, 2, &["problem  start: ", "line 1: "]);
    Ok(())
}

pub(crate) async fn should_tell_who_cannot_be_told() -> Outcome {
    let mut desk = fit();
    let nobody = crate::support::ports::free();
    desk.set("alerts.webhook", format!("http://127.0.0.1:{nobody}/a-secret-path"));
    desk.set("alerts.mail_to", vec!["anna@example.com"]).set("alerts.mail_from", "desk@example.com");
    desk.set("alerts.mail_security", "none").set("alerts.mail_server", format!("127.0.0.1:{nobody}"));
    desk.set("traces.endpoint", format!("http://127.0.0.1:{nobody}/v1/traces"));
    let alone = desk.command("doctor").await;
    let away = ["alerts by webhook", "alerts by mail", "traces"];
    for about in away {
        assert_says(&alone, 1, &[&format!("warning  {about}: cannot be reached: ")]);
    }
    assert!(!alone.out.contains("a-secret-path"), "{alone:#?}");
    let there = crate::receivers::silent().await;
    desk.set("alerts.webhook", format!("http://127.0.0.1:{there}/a-secret-path"));
    desk.set("traces.endpoint", format!("http://127.0.0.1:{there}/v1/traces"));
    let found = desk.command("doctor").await;
    assert_says(
        &found,
        1,
        &["ok       alerts by webhook: can be reached", "ok       traces: can be reached"],
    );
    Ok(())
}
