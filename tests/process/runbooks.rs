//! The requests of the runbooks, sent to a desk in dummy mode: each is one that there is, and each question is
//! answered.

use std::fs;
use std::path::Path;

use reqwest::Method;

use teller::types::Coin;

use crate::desk::{Desk, address};
use crate::rng::Rng;
use crate::support::runner::Outcome;

const ADMIN: &str = "http://127.0.0.1:7711";

/// Each `curl` of a document: what it asks for, and how.
fn requests(text: &str) -> Vec<(Method, String)> {
    let commands = text.split("curl ").skip(1);
    let commands = commands.filter_map(|rest| rest.lines().next());
    commands
        .map(|command| {
            let method = command.split("-X ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap_or("GET");
            let target = command.split(ADMIN).nth(1).unwrap_or_else(|| panic!("asks another: {command}"));
            let target: String =
                target.chars().take_while(|c| !matches!(c, '\'' | '`' | ' ' | ')')).collect();
            (method.parse().unwrap(), target)
        })
        .collect()
}

/// The words that stand for something, and something.
fn filled(target: &str, bound: &str) -> String {
    let words = [
        ("TXID", "edb29a9b561a8d6a6118eb1f724c87f853bf471d7e4f0e9ccb9e1d340235687b"),
        ("HEIGHT", "7"),
        ("NAME", "0xab"),
        ("ADDRESS", "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"),
        ("PAYEE", "2ANKJFgszWDKS9vUEEkHCDBUDmsxSfxc12y"),
        ("0x...", bound),
        ("...", "1"),
    ];
    words.iter().fold(target.to_owned(), |target, (word, something)| target.replace(word, something))
}

pub(crate) async fn should_ask_for_nothing_that_is_not_there() -> Outcome {
    let mut rng = Rng::fixed();
    let desk = Desk::start(&mut rng).await;
    let bound = desk.api.bind(&address(Coin::SKY, &mut rng), Coin::ETH).await.done();
    let admin = desk.api.admin_address().to_owned();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/runbooks");
    let client = reqwest::Client::new();
    let (mut asked, mut answered) = (0, 0);
    for file in fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()) {
        for (method, target) in requests(&fs::read_to_string(&file).unwrap()) {
            let place = format!("{}: {method} {target}", file.display());
            let url = format!("http://{admin}{}", filled(&target, &bound));
            let answer = client.request(method.clone(), url).send().await.unwrap();
            let (status, text) = (answer.status().as_u16(), answer.text().await.unwrap());
            assert!(status != 405 && !text.starts_with("404 page not found"), "{place}: {status} {text}");
            let is_whole = filled(&target, &bound) == target && method == Method::GET;
            assert!(!is_whole || status == 200, "{place}: {status} {text}");
            (asked, answered) = (asked + 1, answered + usize::from(is_whole));
        }
    }
    assert!(asked > 80 && answered > 50, "{asked} {answered}");
    Ok(())
}
