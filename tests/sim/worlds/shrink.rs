//! The shortest history that shows a failure: whatever can be left out of it is.

use std::time::{Duration, Instant};

use super::history::{History, Step};
use super::play::play;

/// Longer than this nobody waits for a shorter one.
const PATIENCE: Duration = Duration::from_secs(120);

/// A history that fails and has nothing in it that it does not need, with its failure.
pub(crate) fn shortest(failing: &History, why: String) -> (History, String) {
    let mut best = (failing.clone(), why);
    let began = Instant::now();
    let mut chunk = best.0.steps.len().div_ceil(2);
    while chunk > 0 && began.elapsed() < PATIENCE {
        let mut from = 0;
        let mut is_shorter = false;
        while from < best.0.steps.len() && began.elapsed() < PATIENCE {
            let mut fewer = best.0.clone();
            let to = fewer.steps.len().min(from + chunk);
            fewer.steps.drain(from..to);
            match play(&fewer) {
                Err(why) => (best, is_shorter) = ((fewer, why), true),
                Ok(_) => from += chunk,
            }
        }
        if !(chunk == 1 && is_shorter) {
            chunk /= 2;
        }
    }
    simpler(best)
}

/// The same steps with less around them: nobody dies, no time passes, nobody sets clocks.
fn simpler(mut best: (History, String)) -> (History, String) {
    let quiet: [fn(&mut Step); 3] =
        [|step| step.dies_in = None, |step| step.seconds = 0, |step| step.set_back = 0];
    for change in quiet {
        for position in 0..best.0.steps.len() {
            let mut other = best.0.clone();
            change(&mut other.steps[position]);
            if other != best.0
                && let Err(why) = play(&other)
            {
                best = (other, why);
            }
        }
    }
    best
}

/// A failure in words: the seed, what failed, and the steps that lead to it.
pub(crate) fn told(seed: u64, (history, why): &(History, String)) -> String {
    let steps: Vec<String> = history.steps.iter().enumerate().map(line).collect();
    let setup = &history.setup;
    format!(
        "TELLER_SIM_SEED={seed}: {why}\nthe shortest history that shows it, from {setup:?}:\n{}",
        steps.join("\n")
    )
}

fn line((number, step): (usize, &Step)) -> String {
    let Step { act, dies_in, survives, seconds, set_back } = step;
    let dies =
        dies_in.map_or(String::new(), |moments| format!(", dies in {moments} (survives {survives:#x})"));
    let passes = if *seconds == 0 { String::new() } else { format!(", {seconds} s pass") };
    let set = if *set_back == 0 { String::new() } else { format!(", the clock is set back by {set_back} s") };
    format!("  {}. {act:?}{dies}{passes}{set}", number + 1)
}
