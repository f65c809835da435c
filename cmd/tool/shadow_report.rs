//! The last word of a desk that has looked on beside the original: whether it is safe to move over, and how.

use std::path::PathBuf;

use clap::Args;
use teller::app::shadow_report;
use teller::clock::{Clock, SystemClock};
use teller::config::{self, Located};
use teller::report::shadow_words as words;

use super::print;

#[derive(Debug, Args)]
pub(super) struct ShadowReport {
    /// Config file of the desk that has looked on; looked for as teller does where it is left out
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Its data directory
    #[arg(short, long)]
    dir: Option<PathBuf>,
}

/// Prints it; answers whether it is safe.
pub(super) fn report(arguments: ShadowReport) -> anyhow::Result<bool> {
    let Located { config, data_dir } = config::locate(arguments.config, arguments.dir)?;
    let config = config::read(&config)?;
    let view = shadow_report(&config, &data_dir)?;
    if let Some((_, comparison)) = &view.comparison {
        let (there, here) = (comparison.there, comparison.here);
        print(&format!(
            "deposits: {there} of the original, {here} here, {} the same in both",
            comparison.agreed
        ))?;
        print(&format!(
            "not ended by the original: {}, each waits for a person after moving over",
            comparison.in_flight
        ))?;
        print(&format!("differences: {}", comparison.differences.len()))?;
        for one in &comparison.differences {
            let why = words::of_reason(one.because);
            print(&format!(
                "  {} {} {} {}: {}: there {:?}, here {:?}: {why}",
                one.standing().name(),
                one.kind.name(),
                one.coin,
                one.of,
                words::of_kind(one.kind),
                one.there,
                one.here,
            ))?;
        }
    }
    let obstacles = view.obstacles(SystemClock.now());
    for obstacle in &obstacles {
        print(&format!("IN THE WAY: {}", words::of_obstacle(obstacle)))?;
    }
    let is_safe = obstacles.is_empty();
    print(if is_safe {
        "it is safe to move over, in these steps:"
    } else {
        "do not move over yet; once nothing is in the way:"
    })?;
    for (step, words) in (1..).zip(words::STEPS) {
        print(&format!("  {step}. {words}"))?;
    }
    Ok(is_safe)
}
