//! Section `backup`: copies of the database that make themselves.

use std::path::PathBuf;
use std::time::Duration;

use age::x25519::Recipient;

use super::backup_s3::{self, S3};
use super::reader::Section;

/// More copies than anybody keeps.
const MOST: u64 = 10_000;

/// Section `backup`.
#[derive(Debug, Clone)]
pub struct Backup {
    /// Where copies are kept.
    pub place: BackupPlace,
    /// When they are made.
    pub schedule: BackupSchedule,
    /// Which are kept.
    pub keep: Retention,
    /// The public keys that they are encrypted to (age); none where they are not.
    pub recipients: Vec<Recipient>,
    /// A file with a key that they can be read with, to try that each time; none where that is not done here.
    pub identity: Option<PathBuf>,
}

/// Where copies are kept.
#[derive(Debug, Clone)]
pub enum BackupPlace {
    /// A folder; a relative one is one of the data directory.
    Folder(PathBuf),
    /// A bucket of a store that speaks S3.
    S3(Box<S3>),
}

/// When copies are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BackupSchedule {
    /// So long after the one before.
    Every(Duration),
    /// Once a day, so long after midnight (UTC).
    Daily(Duration),
}

/// Which copies are kept: these together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// The newest.
    pub last: usize,
    /// The newest of each of so many days.
    pub daily: usize,
    /// The newest of each of so many weeks.
    pub weekly: usize,
    /// The newest of each of so many months.
    pub monthly: usize,
}

/// None where no copies are made.
pub(super) fn read(section: &mut Section<'_>, warnings: &mut Vec<String>) -> Option<Backup> {
    let to = section.string("to", "");
    let schedule = schedule(section);
    let keep = Retention {
        last: count(section, "keep", 7),
        daily: count(section, "keep_daily", 0),
        weekly: count(section, "keep_weekly", 0),
        monthly: count(section, "keep_monthly", 0),
    };
    let (recipients, identity) = (recipients(section), section.path("identity"));
    let (has_s3, s3) = backup_s3::read(&mut section.section("s3"));
    let is_on = !to.is_empty() || has_s3;
    if !to.is_empty() && has_s3 {
        section.problem("to", "excludes the section [backup.s3]: copies are kept in one place");
    }
    let has_wrong_ones = section.has_problem("recipients");
    let has_keys = !recipients.is_empty() || identity.is_some();
    if !is_on && has_keys {
        section.problem(
            "to",
            "or backup.s3.bucket must say where copies are kept, where backup.recipients or backup.identity is set",
        );
    }
    if recipients.is_empty() && !has_wrong_ones && identity.is_some() {
        section.problem("identity", "has no effect without backup.recipients: copies are not encrypted");
    }
    if keep == (Retention { last: 0, daily: 0, weekly: 0, monthly: 0 }) {
        section.problem("keep", "keeps no copy at all; keep one or more");
    }
    if is_on && recipients.is_empty() && !has_wrong_ones {
        warnings.push(
            "backup.recipients: copies are not encrypted; whoever reads one reads who bought what, and log-ins".into(),
        );
    }
    section.finish();
    let place = match s3 {
        Some(s3) => BackupPlace::S3(Box::new(s3)),
        None => BackupPlace::Folder(to.into()),
    };
    is_on.then_some(Backup { place, schedule, keep, recipients, identity })
}

/// Public keys. A private one is refused, and not repeated.
fn recipients(section: &mut Section<'_>) -> Vec<Recipient> {
    let mut keys = Vec::new();
    for text in section.strings("recipients") {
        let text = text.trim();
        if text.to_ascii_uppercase().starts_with("AGE-SECRET-KEY") {
            let what = "one is a private key: here belongs the public one (age1...), and that one to a machine that \
                        restores";
            section.problem("recipients", what);
        } else {
            let wrong =
                |error| format!("expected public keys of age such as \"age1...\", got {text:?}: {error}");
            keys.extend(section.parsed("recipients", text, |text| text.parse::<Recipient>().map_err(wrong)));
        }
    }
    keys
}

fn count(section: &mut Section<'_>, name: &'static str, default: u64) -> usize {
    usize::try_from(section.number(name, default, MOST)).unwrap_or(usize::MAX)
}

fn schedule(section: &mut Section<'_>) -> BackupSchedule {
    let has_period = section.has("every");
    let every = section.duration("every", Duration::from_secs(86_400));
    let at = section.string("at", "");
    if at.is_empty() {
        return BackupSchedule::Every(every);
    }
    if has_period {
        section.problem("at", "excludes backup.every: set one of them");
    }
    match time_of_day(&at) {
        Some(at) => BackupSchedule::Daily(at),
        None => {
            section.problem("at", format!("expected a time of the day (UTC) such as \"03:30\", got {at:?}"));
            BackupSchedule::Every(every)
        }
    }
}

/// `hh:mm`.
fn time_of_day(text: &str) -> Option<Duration> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |text: &str, below: u64| {
        let is_number = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<u64>().ok().filter(|number| is_number && *number < below)
    };
    let (hours, minutes) = (number(hours, 24)?, number(minutes, 60)?);
    Some(Duration::from_secs(hours * 3_600 + minutes * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_read_times_of_the_day() {
        assert_eq!(time_of_day("03:30"), Some(Duration::from_secs(12_600)));
        assert_eq!(time_of_day("23:59"), Some(Duration::from_secs(86_340)));
        for wrong in ["", "3:30", "24:00", "12:60", "12", "+1:00", "12:00:00"] {
            assert_eq!(time_of_day(wrong), None, "{wrong}");
        }
    }
}
