//! The HTTP contract: every recorded exchange of the original service, replayed.
//!
//! Each case is either answered as recorded, or stands in [`deviations`] with what is answered instead. A case that is
//! neither, an entry that names no case, and an entry whose case is answered as recorded are failures.

mod cases;
mod compare;
mod deviations;
mod expected;
mod replay;
mod scenarios;

use std::collections::BTreeSet;

use replay::Replay;
use scenarios::Scenario;

/// Cases that the recording holds.
const CASES: usize = 220;

fn replay(scenario: &Scenario) {
    let mut cases = cases::load();
    cases.retain(|case| case.scenario == scenario.name);
    assert!(!cases.is_empty(), "no case of {} is recorded", scenario.name);
    let tally = Replay::new(scenario).run(&cases);
    assert!(tally.failures.is_empty(), "{} cases:\n{}", tally.failures.len(), tally.failures.join("\n"));
    assert_eq!(tally.equal + tally.deviating, cases.len(), "a case was skipped");
    let listed = deviations::table().filter(|entry| entry.scenario == scenario.name).count();
    assert_eq!(tally.deviating, listed, "every deviation was looked at");
}

/// A test for each scenario, and the list of them.
macro_rules! scenarios {
    ($($test:ident: $scenario:ident),* $(,)?) => {
        const ALL: &[Scenario] = &[$(scenarios::$scenario),*];
        $(
            #[test]
            fn $test() {
                replay(&scenarios::$scenario);
            }
        )*
    };
}

scenarios! {
    should_answer_as_recorded: MAIN,
    should_throttle_as_recorded: THROTTLE,
    should_throttle_to_a_small_limit_as_recorded: THROTTLE_SMALL,
    should_throttle_to_a_big_limit_as_recorded: THROTTLE_BIG,
    should_throttle_behind_a_proxy_as_recorded: THROTTLE_PROXY,
    should_answer_other_origins_as_recorded: CORS_DEFAULT,
    should_redirect_to_https_as_recorded: HTTPS,
    should_refuse_a_coin_that_is_off_as_recorded: BTC_OFF,
    should_take_deposits_while_the_sender_waits: QUEUE_FULL,
    should_take_deposits_of_every_coin_as_recorded: REAL,
}

#[test]
fn should_know_every_recorded_case() {
    let cases = cases::load();
    assert_eq!(cases.len(), CASES);
    let keys: Vec<String> = cases.iter().map(cases::Case::key).collect();
    let replayed = cases.iter().filter(|case| ALL.iter().any(|scenario| scenario.name == case.scenario));
    assert_eq!(replayed.count(), CASES, "a scenario is not replayed");
    let mut listed = BTreeSet::new();
    for entry in deviations::table() {
        let key = format!("{}: {}", entry.scenario, entry.name);
        let named = keys.iter().filter(|name| **name == key).count();
        assert_eq!(named, 1, "an entry is for one case: {key}");
        assert!(listed.insert(key), "{} is listed twice", entry.name);
        assert!(!entry.original.is_empty());
    }
}
