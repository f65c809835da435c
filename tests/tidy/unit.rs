//! The unit for systemd, by what it says; `.ci/checks.sh` has systemd itself read it.

use std::collections::BTreeMap;

use crate::sources::root;

/// Its keys with their values. Of a key that is there more often, the last.
fn keys() -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(root().join("dist/teller.service")).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| line.split_once('='))
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect()
}

/// A span as units have it.
fn seconds(text: &str) -> u64 {
    let (number, unit) =
        text.split_at(text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len()));
    number.parse::<u64>().unwrap() * if unit == "min" { 60 } else { 1 }
}

#[test]
fn should_start_again_for_ever_and_less_and_less_often() {
    let keys = keys();
    assert_eq!(keys["Restart"], "on-failure");
    // Systemd gives up where this is not zero, by default after five tries within ten seconds.
    assert_eq!(keys["StartLimitIntervalSec"], "0");
    let (first, last) = (seconds(&keys["RestartSec"]), seconds(&keys["RestartMaxDelaySec"]));
    assert!(first >= 5 && (60..=600).contains(&last), "{first} s to {last} s");
    assert!((4..=20).contains(&keys["RestartSteps"].parse::<u32>().unwrap()));
}
