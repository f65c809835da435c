//! What a receiver was told, in a file: a restart repeats nothing, and says what is over meanwhile.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Alert, Told};
use crate::report::ProblemCode;
use crate::types::{Coin, UnixTime};

/// The file of one receiver.
#[derive(Debug, Clone)]
pub struct Kept(PathBuf);

/// One alert as it is written.
#[derive(Debug, Serialize, Deserialize)]
struct Row {
    code: String,
    coin: Option<String>,
    words: Vec<String>,
    since: u64,
    at: u64,
}

impl Row {
    fn new(alert: &Alert, at: UnixTime) -> Row {
        let (code, coin) = alert.key;
        Row {
            code: code.name().to_owned(),
            coin: coin.map(|coin| coin.code().to_owned()),
            words: alert.words.clone(),
            since: alert.since.get(),
            at: at.get(),
        }
    }

    /// None for what this version does not know.
    fn read(self) -> Option<(Alert, UnixTime)> {
        let code = ProblemCode::ALL.into_iter().find(|code| code.name() == self.code)?;
        let coin = self.coin.map(|coin| Coin::from_code(&coin)).transpose().ok()?;
        let alert = Alert { key: (code, coin), words: self.words, since: UnixTime::new(self.since) };
        Some((alert, UnixTime::new(self.at)))
    }
}

impl Kept {
    /// Returns the file of the receiver of this name in the data directory.
    pub fn of(data_dir: &Path, receiver: &str) -> Kept {
        Kept(data_dir.join(format!("alerts-{receiver}.json")))
    }

    /// Returns what was told. Where nobody can tell, nothing was: it is told once more.
    pub fn load(&self) -> Told {
        let text = match fs::read(&self.0) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Told::default(),
            Err(error) => return self.unreadable(&error),
        };
        match serde_json::from_slice::<Vec<Row>>(&text) {
            Ok(rows) => Told::of(rows.into_iter().filter_map(Row::read)),
            Err(error) => self.unreadable(&error),
        }
    }

    fn unreadable(&self, error: &dyn std::fmt::Display) -> Told {
        tracing::warn!(file = %self.0.display(), %error, "alerts: what was told before is not known");
        Told::default()
    }

    /// Writes it down; never half a file.
    ///
    /// # Errors
    ///
    /// The system's.
    pub fn save(&self, told: &Told) -> io::Result<()> {
        let rows: Vec<Row> = told.alerts().map(|(alert, at)| Row::new(alert, at)).collect();
        let new = self.0.with_extension("new");
        let mut file = File::create(&new)?;
        file.write_all(&serde_json::to_vec(&rows)?)?;
        file.sync_all()?;
        fs::rename(new, &self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_know_after_a_restart_what_was_told() {
        let folder = tempfile::tempdir().unwrap();
        let kept = Kept::of(folder.path(), "mail");
        assert_eq!(kept.load(), Told::default());
        let alerts = [(ProblemCode::PoolLow, Some(Coin::BTC)), (ProblemCode::SendingOff, None)];
        let alerts = alerts.map(|key| {
            let alert = Alert { key, words: vec!["words".to_owned()], since: UnixTime::new(3) };
            (alert, UnixTime::new(4))
        });
        let told = Told::of(alerts);
        kept.save(&told).unwrap();
        assert_eq!(kept.load(), told);
        fs::write(folder.path().join("alerts-mail.json"), "{").unwrap();
        assert_eq!(kept.load(), Told::default());
    }
}
