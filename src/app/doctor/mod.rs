//! Looks at everything that the desk stands on, and says what to do, the most urgent first. It asks nodes
//! and the running teller nothing but questions, and changes nothing: what it puts beside copies that are kept on
//! another machine, to see whether that can be done, it takes away again.

mod backups;
mod clock;
mod desk;
mod disk;
mod nodes;
mod receivers;

use std::path::Path;

use super::given::db_path;
use super::preflight::{self, Findings};
use crate::config::Config;

/// How it stands with one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Finding {
    /// The desk cannot start, or money waits for somebody.
    Problem,
    /// It gets worse where nobody looks.
    Warning,
    /// It is as it should be.
    Fine,
}

impl Finding {
    /// Returns the word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Finding::Problem => "problem",
            Finding::Warning => "warning",
            Finding::Fine => "ok",
        }
    }
}

/// What was found of one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// How it stands.
    pub finding: Finding,
    /// The thing.
    pub about: String,
    /// How it is, in words.
    pub words: String,
    /// What to do; none where nothing is to be done, or the words say it.
    pub advice: Option<String>,
}

/// Everything that was found.
#[derive(Debug, Default)]
pub struct Diagnosis(Vec<Line>);

impl Diagnosis {
    fn note(&mut self, finding: Finding, about: &str, words: impl Into<String>, advice: Option<String>) {
        self.0.push(Line { finding, about: about.to_owned(), words: words.into(), advice });
    }

    fn fine(&mut self, about: &str, words: impl Into<String>) {
        self.note(Finding::Fine, about, words, None);
    }

    fn warn(&mut self, about: &str, words: impl Into<String>, advice: &str) {
        self.note(Finding::Warning, about, words, Some(advice.to_owned()));
    }

    fn problem(&mut self, about: &str, words: impl Into<String>, advice: &str) {
        self.note(Finding::Problem, about, words, Some(advice.to_owned()));
    }

    /// Returns what was found, the most urgent first, and otherwise in the order in which it was looked at.
    pub fn lines(&self) -> Vec<&Line> {
        let mut lines: Vec<&Line> = self.0.iter().collect();
        lines.sort_by_key(|line| line.finding);
        lines
    }

    /// Returns the most urgent that was found.
    pub fn worst(&self) -> Finding {
        self.0.iter().map(|line| line.finding).min().unwrap_or(Finding::Fine)
    }
}

/// Looks at everything.
pub async fn diagnose(config: &Config, data_dir: &Path) -> Diagnosis {
    let mut diagnosis = Diagnosis::default();
    let (checked, folder) = (config.clone(), data_dir.to_owned());
    // An encrypted wallet takes seconds to open.
    let found = tokio::task::spawn_blocking(move || preflight::check(&checked, &folder)).await;
    match found {
        Ok(found) => of_start(config, found, &mut diagnosis),
        Err(error) => diagnosis.problem("start", error.to_string(), "this is a defect of teller"),
    }
    let is_running = desk::look(config, &mut diagnosis).await;
    disk::look(data_dir, &db_path(config, data_dir), &mut diagnosis);
    let tips = nodes::look(config, &mut diagnosis).await;
    receivers::look(config, &mut diagnosis).await;
    backups::look(config, data_dir, &mut diagnosis).await;
    clock::look(&tips, &db_path(config, data_dir), is_running, &mut diagnosis);
    diagnosis
}

/// What a start would find: everything that `check-config` looks at.
fn of_start(config: &Config, found: Findings, diagnosis: &mut Diagnosis) {
    for words in found.problems {
        diagnosis.note(Finding::Problem, "start", words, None);
    }
    for words in config.warnings.iter().cloned().chain(found.warnings) {
        // Said of its own below.
        if words.contains("a running teller has it open") {
            continue;
        }
        diagnosis.note(Finding::Warning, "start", words, None);
    }
    if diagnosis.worst() == Finding::Fine {
        let what = "configuration, files and permissions, addresses, wallet, certificate, database";
        diagnosis.fine("start", format!("{what}: nothing stands in its way"));
    }
}
