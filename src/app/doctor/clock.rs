//! Whether this machine's clock is right, by what nodes and files say. Prices, certificates and tokens hang on it.

use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use super::Diagnosis;
use super::nodes::KnownTip;
use crate::clock::{Clock, SystemClock};
use crate::types::UnixTime;

/// How far in the future a block may be stamped: two hours on Bitcoin.
const AHEAD: Duration = Duration::from_secs(2 * 3_600);
/// Files are stamped by this very clock.
const WRITTEN_AHEAD: Duration = Duration::from_secs(60);
const ABOUT: &str = "clock";
const ADVICE: &str = "set it: `timedatectl set-ntp true`, or see chrony or systemd-timesyncd";

pub(super) fn look(tips: &[KnownTip], database: &Path, is_running: bool, diagnosis: &mut Diagnosis) {
    let now = SystemClock.now();
    let mut is_wrong = false;
    for tip in tips.iter().filter(|tip| tip.time.since(now) > AHEAD) {
        let hours = tip.time.since(now).as_secs() / 3_600;
        let words = format!("{} hours behind the newest block of {}", hours, tip.coin);
        diagnosis.problem(ABOUT, words, ADVICE);
        is_wrong = true;
    }
    let written = std::fs::metadata(database).and_then(|file| file.modified()).ok();
    let written = written.and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    let written = written.map(|since| UnixTime::new(since.as_secs()));
    if let Some(at) = written.filter(|at| !is_running && at.since(now) > WRITTEN_AHEAD) {
        let minutes = at.since(now).as_secs() / 60;
        diagnosis.problem(ABOUT, format!("{minutes} minutes before the database was written last"), ADVICE);
        is_wrong = true;
    }
    if !is_wrong {
        let by = if tips.is_empty() { "the files" } else { "the newest blocks and the files" };
        diagnosis.fine(ABOUT, format!("agrees with {by}"));
    }
}
