//! `teller doctor`: how everything stands, the most urgent first. Changes nothing.

use std::path::Path;
use std::process::ExitCode;

use teller::app::{Finding, diagnose};
use teller::config::{self, Located, Overrides};

/// What programs are told by the exit code.
fn code(worst: Finding) -> ExitCode {
    match worst {
        Finding::Fine => ExitCode::SUCCESS,
        Finding::Warning => ExitCode::from(1),
        Finding::Problem => ExitCode::from(2),
    }
}

fn line(finding: Finding, about: &str, words: &str, advice: Option<&str>) -> String {
    let advice = advice.map(|advice| format!("\n         do: {advice}")).unwrap_or_default();
    format!("{:<9}{about}: {}{advice}", finding.name(), words.replace('\n', "\n         "))
}

/// Answers the text for the terminal, and the exit code.
pub(crate) fn examine(located: &Located, overrides: &Overrides) -> anyhow::Result<(String, ExitCode)> {
    let config = match config::read_with(&located.config, overrides) {
        Ok(config) => config,
        Err(error) => return Ok(without_config(&located.config, &error)),
    };
    // Fails only where it was done before.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let diagnosis = runtime.block_on(diagnose(&config, &located.data_dir));
    let lines = diagnosis.lines().into_iter();
    let lines = lines.map(|one| line(one.finding, &one.about, &one.words, one.advice.as_deref()));
    Ok((lines.collect::<Vec<_>>().join("\n"), code(diagnosis.worst())))
}

/// Nothing else can be looked at.
fn without_config(path: &Path, error: &config::ConfigError) -> (String, ExitCode) {
    let advice = format!("correct {} and look again: nothing else was looked at", path.display());
    let text = line(Finding::Problem, "configuration", &error.to_string(), Some(&advice));
    (text, code(Finding::Problem))
}
