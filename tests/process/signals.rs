//! Signals: a stop that answers what it has begun, a second one that does not wait, a log that is rotated.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::process::ExitStatusExt;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use teller::types::Coin;

use crate::desk::{Desk, STOP_PATIENCE, address};
use crate::ledger::Ledger;
use crate::load::Load;
use crate::rng::Rng;
use crate::support::runner::Outcome;
use crate::support::wait;

/// What is told of a database whose process was killed.
const REPAIR: &str = "was not closed properly";
/// Graceful stops, each followed by a start.
const STOPS: usize = 8;
/// An end that waits for nobody.
const AT_ONCE: Duration = Duration::from_secs(2);
/// A stop with nothing to wait for.
const QUICK: Duration = Duration::from_secs(5);

pub(crate) async fn should_drain_under_load() -> Outcome {
    let mut rng = Rng::seeded("drain under load");
    let mut desk = Desk::start(&mut rng).await;
    let mut ledger = Ledger::default();
    for signal in [Signal::TERM, Signal::INT] {
        let load = Load::start(&desk.api, ledger, &mut rng);
        tokio::time::sleep(Duration::from_millis(200 + rng.below(400))).await;
        let before = Instant::now();
        desk.signal(signal);
        let status = desk.ended(STOP_PATIENCE).await;
        assert_eq!(status.code(), Some(0), "{signal:?}: {status}, {}", desk.said());
        // Busy connections do not hold it up: each gets the answer it waits for, and no more.
        assert!(before.elapsed() < QUICK, "{signal:?}: took {:?}", before.elapsed());
        ledger = load.end().await;
        // What got no answer was not carried out.
        assert_eq!(desk.export("binding").await.len(), ledger.binds(), "{signal:?}: bound and not answered");
        assert_eq!(desk.export("deposit").await.len(), ledger.deposits(), "{signal:?}");
        desk.go().await;
        ledger.assert_kept(&desk.api.another()).await;
    }
    assert!(ledger.binds() > 0 && ledger.deposits() > 0, "the test did nothing");
    assert!(!desk.said().contains(REPAIR), "{}", desk.said());
    desk.stop().await;
    desk.assert_consistent().await;
    Ok(())
}

pub(crate) async fn should_leave_nothing_to_repair() -> Outcome {
    let mut rng = Rng::fixed();
    let mut desk = Desk::start(&mut rng).await;
    for _ in 0..STOPS {
        desk.api.bind(&address(Coin::SKY, &mut rng), Coin::BTC).await.done();
        desk.stop().await;
        desk.go().await;
        assert!(!desk.said().contains(REPAIR), "{}", desk.said());
    }
    desk.api.bind(&address(Coin::SKY, &mut rng), Coin::BTC).await.done();
    desk.kill();
    desk.go().await;
    assert!(desk.said().contains(REPAIR), "other words are used now");
    Ok(())
}

pub(crate) async fn should_answer_what_came_before_the_signal() -> Outcome {
    let mut rng = Rng::fixed();
    let mut desk = Desk::start(&mut rng).await;
    let (payee, idle) = (address(Coin::SKY, &mut rng), TcpStream::connect(("127.0.0.1", desk.http)).unwrap());
    let body = format!(r#"{{"skyaddr":"{payee}","coin_type":"BTC"}}"#);
    let mut slow = half_sent(desk.http, &body);
    desk.signal(Signal::TERM);
    wait::until("the stop begins", async || desk.said().contains("stopping").then_some(())).await;
    slow.write_all(&body.as_bytes()[10..]).unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.contains("deposit_address"), "{answer}");
    assert_eq!(desk.ended(QUICK).await.code(), Some(0), "{}", desk.said());
    drop(idle);
    desk.go().await;
    assert_eq!(desk.api.status(&payee).await.len(), 1);
    Ok(())
}

/// A bind whose body is sent but for all after the tenth byte.
fn half_sent(port: u16, body: &str) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(STOP_PATIENCE)).unwrap();
    let length = body.len();
    let head = format!(
        "POST /api/bind HTTP/1.1\r\nHost: desk\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n\
         Content-Length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    // Once the server asks for the body, it is at work on the request.
    let mut asked = String::new();
    BufReader::new(stream.try_clone().unwrap()).read_line(&mut asked).unwrap();
    assert_eq!(asked, "HTTP/1.1 100 Continue\r\n");
    stream.write_all(&body.as_bytes()[..10]).unwrap();
    stream
}

pub(crate) async fn should_give_up_what_never_ends() -> Outcome {
    let mut desk = Desk::start(&mut Rng::fixed()).await;
    let _never_finished = half_sent(desk.http, "a body that does not come to its end");
    desk.signal(Signal::TERM);
    let before = Instant::now();
    assert_eq!(desk.ended(STOP_PATIENCE).await.code(), Some(0), "{}", desk.said());
    assert!(before.elapsed() > QUICK, "nothing was waited for");
    Ok(())
}

pub(crate) async fn should_end_at_once_at_a_second_signal() -> Outcome {
    let mut desk = Desk::prepare();
    let pidfile = desk.path("teller.pid");
    desk.set("pidfile", pidfile.display().to_string());
    desk.fill_pools(&mut Rng::fixed());
    desk.go().await;
    let _never_finished = half_sent(desk.http, "a body that does not come to its end");
    desk.signal(Signal::TERM);
    wait::until("the stop begins", async || desk.said().contains("stopping").then_some(())).await;
    desk.signal(Signal::INT);
    assert_eq!(desk.ended(AT_ONCE).await.code(), Some(130));
    assert!(!pidfile.exists());
    desk.go().await;
    Ok(())
}

pub(crate) async fn should_listen_to_signals_while_it_starts() -> Outcome {
    let mut rng = Rng::seeded("signals while starting");
    for _ in 0..8 {
        let mut desk = Desk::prepare();
        desk.fill_pools(&mut rng);
        desk.launch(desk.args()).await;
        wait::until("it says that it starts", async || desk.said().contains("teller starts").then_some(()))
            .await;
        tokio::time::sleep(Duration::from_millis(rng.below(200))).await;
        desk.signal(Signal::HUP);
        desk.answers().await;
        desk.stop().await;

        desk.launch(desk.args()).await;
        let starts_again = async || (desk.said().matches("teller starts").count() == 2).then_some(());
        wait::until("it starts again", starts_again).await;
        desk.signal(Signal::TERM);
        let status = desk.ended(QUICK).await;
        assert_eq!((status.code(), status.signal()), (Some(0), None), "{}", desk.said());
    }
    Ok(())
}

pub(crate) async fn should_keep_a_pidfile_while_it_runs() -> Outcome {
    let mut rng = Rng::fixed();
    let mut desk = Desk::prepare();
    let pidfile = desk.path("teller.pid");
    desk.set("pidfile", pidfile.display().to_string());
    desk.fill_pools(&mut rng);
    desk.go().await;
    assert_eq!(fs::read_to_string(&pidfile).unwrap(), format!("{}\n", desk.id()));

    // Another one over the same folder fails, and leaves the file as it is.
    let mut other = Desk::prepare();
    other.set_data(desk.data());
    other.set("pidfile", pidfile.display().to_string());
    other.fill_pools(&mut rng);
    other.go_wrong().await.assert_refused(&["is in use by another process"]);
    assert_eq!(fs::read_to_string(&pidfile).unwrap(), format!("{}\n", desk.id()));

    // A file that was left by a kill is written anew.
    desk.kill();
    assert!(pidfile.exists());
    desk.go().await;
    assert_eq!(fs::read_to_string(&pidfile).unwrap(), format!("{}\n", desk.id()));
    desk.stop().await;
    assert!(!pidfile.exists());
    Ok(())
}

pub(crate) async fn should_follow_no_link_with_its_pidfile() -> Outcome {
    let mut desk = Desk::prepare();
    let (pidfile, other) = (desk.path("teller.pid"), desk.path("other"));
    desk.set("pidfile", pidfile.display().to_string());
    desk.fill_pools(&mut Rng::fixed());
    fs::write(&other, "something of value\n").unwrap();
    std::os::unix::fs::symlink(&other, &pidfile).unwrap();
    desk.go_wrong().await.assert_refused(&["pidfile ", &pidfile.display().to_string(), "it is a link"]);
    // Nor is anything overwritten that is no pidfile.
    desk.set("pidfile", other.display().to_string());
    desk.go_wrong().await.assert_refused(&["pidfile ", "holds something else than a process id"]);
    assert_eq!(fs::read_to_string(&other).unwrap(), "something of value\n");
    Ok(())
}

pub(crate) async fn should_look_at_the_address_files_at_a_hang_up() -> Outcome {
    let mut rng = Rng::fixed();
    let mut desk = Desk::prepare();
    desk.set("teller.pool_check_period", "1h");
    desk.fill_pools(&mut rng);
    desk.go().await;
    let more: Vec<String> = (0..70).map(|_| address(Coin::ETH, &mut rng)).collect();
    let before = fs::read_to_string(desk.pool_file(Coin::ETH)).unwrap();
    fs::write(desk.pool_file(Coin::ETH), format!("{before}{}\n", more.join("\n"))).unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(desk.api.remaining(Coin::ETH).await, 4000, "nobody has asked to look at it");
    desk.signal(Signal::HUP);
    let has_more = async || (desk.api.remaining(Coin::ETH).await == 4070).then_some(());
    wait::until("the new addresses are there", has_more).await;

    // A file that is bad changes nothing, and is told.
    fs::write(desk.pool_file(Coin::BTC), "not an address\n").unwrap();
    desk.signal(Signal::HUP);
    let is_told = async || desk.said().contains("address file refused").then_some(());
    wait::until("the bad file is told", is_told).await;
    assert_eq!(desk.api.remaining(Coin::BTC).await, 4000);
    desk.stop().await;
    Ok(())
}

/// The configuration's prices are read anew on SIGHUP: checked whole, each change told, and nothing taken of a bad one.
pub(crate) async fn should_read_prices_anew() -> Outcome {
    let mut desk = Desk::start(&mut Rng::fixed()).await;
    let rate = "sky_exchanger.sky_btc_exchange_rate";
    desk.set(rate, "250").set("sky_exchanger.prices.band", "0.3");
    desk.write_config();
    desk.signal(Signal::HUP);
    let told = async |desk: &Desk, words: &str| desk.said().contains(words).then_some(());
    wait::until("it is taken over", async || told(&desk, "price configured anew").await).await;
    wait::until("all is told", async || told(&desk, "were read anew").await).await;
    assert!(desk.said().contains("band 0.3"), "{}", desk.said());
    assert!(desk.said().contains("by=configuration"), "{}", desk.said());

    desk.set(rate, "x").set("sky_exchanger.prices.band", "7");
    desk.write_config();
    desk.signal(Signal::HUP);
    let codes = async || {
        let health = desk.health().await;
        health["problem_codes"].to_string().contains("\"configuration\"").then_some(())
    };
    wait::until("health tells that it is bad", codes).await;
    for problem in [rate, "sky_exchanger.prices.band: must be less than 1"] {
        assert!(desk.said().contains(problem), "{problem}: {}", desk.said());
    }

    desk.set(rate, "250").set("sky_exchanger.prices.band", "0.3");
    desk.write_config();
    desk.signal(Signal::HUP);
    let is_fine = async || {
        let health = desk.health().await;
        (!health["problem_codes"].to_string().contains("\"configuration\"")).then_some(())
    };
    wait::until("health tells that it is good", is_fine).await;
    desk.stop().await;
    desk.assert_consistent().await;
    Ok(())
}
