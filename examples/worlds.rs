//! Plays many seeded worlds on all cores, for a night or for a cup of tea.
//!
//!     cargo run --release --example worlds -- 1000000
//!     cargo run --release --example worlds -- 100000 5000000
//!
//! The first number is how many, the second the first seed (0 where it is left out). Every ten seconds it
//! tells how far it has come. A failure is told with its seed and the shortest history that shows it; it goes
//! on to the next, and ends with 1.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, dead_code)]

#[path = "../tests/sim/random.rs"]
mod random;
#[path = "../tests/sim/worlds/mod.rs"]
mod worlds;

use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use teller::types::Coin;
use worlds::{History, play, shortest, told};

const TELL_EVERY: Duration = Duration::from_secs(10);
/// Failures after which there is enough to look at.
const ENOUGH: u64 = 10;

#[derive(Default)]
struct Progress {
    next: AtomicU64,
    done: AtomicU64,
    events: AtomicU64,
    failed: AtomicU64,
}

fn main() -> ExitCode {
    let number = |text: String| text.parse::<u64>().expect("worlds [HOW MANY] [FIRST SEED]");
    let mut numbers = std::env::args().skip(1).map(number);
    let count = numbers.next().unwrap_or(1_000);
    let first = numbers.next().unwrap_or(0);
    let progress = Progress { next: AtomicU64::new(first), ..Progress::default() };
    let began = Instant::now();
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        let players: Vec<_> =
            (0..threads).map(|_| scope.spawn(|| play_all(&progress, first.saturating_add(count)))).collect();
        while players.iter().any(|player| !player.is_finished()) {
            std::thread::park_timeout(TELL_EVERY.min(Duration::from_millis(200)));
            tell(&progress, count, began, false);
        }
    });
    tell(&progress, count, began, true);
    if progress.failed.load(Ordering::Relaxed) == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Each chain of the catalogue in turn.
fn coin_of(seed: u64) -> Coin {
    let coins: Vec<Coin> = Coin::all().collect();
    let count = u64::try_from(coins.len()).unwrap();
    coins[usize::try_from(seed % count).unwrap()]
}

/// Plays until all seeds below `end` are taken.
fn play_all(progress: &Progress, end: u64) {
    loop {
        let seed = progress.next.fetch_add(1, Ordering::Relaxed);
        if seed >= end || progress.failed.load(Ordering::Relaxed) >= ENOUGH {
            return;
        }
        let history = History::on(coin_of(seed), seed);
        match play(&history) {
            Ok((events, _)) => {
                progress.events.fetch_add(events, Ordering::Relaxed);
            }
            Err(why) => {
                progress.failed.fetch_add(1, Ordering::Relaxed);
                println!("{}", told(seed, &shortest(&history, why)));
            }
        }
        progress.done.fetch_add(1, Ordering::Relaxed);
    }
}

fn tell(progress: &Progress, count: u64, began: Instant, is_end: bool) {
    static TOLD: AtomicU64 = AtomicU64::new(0);
    let seconds = began.elapsed().as_secs();
    let turn = seconds / TELL_EVERY.as_secs();
    if !is_end && TOLD.swap(turn, Ordering::Relaxed) == turn {
        return;
    }
    let of = |number: &AtomicU64| number.load(Ordering::Relaxed);
    let (done, events, failed) = (of(&progress.done), of(&progress.events), of(&progress.failed));
    let each =
        done.saturating_mul(1_000).checked_div(u64::try_from(began.elapsed().as_millis()).unwrap_or(1));
    let each = each.unwrap_or(0);
    println!("{done} of {count} worlds in {seconds} s, {each} a second; {events} events, {failed} failed");
}
