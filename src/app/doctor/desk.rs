//! The teller that runs with this configuration, where one does: what it says is amiss.

use std::net::SocketAddr;

use reqwest::Response;
use serde::Deserialize;

use super::super::running::{PATIENCE, Running};
use super::{Diagnosis, Finding};
use crate::config::Config;
use crate::report::Severity;

const ABOUT: &str = "running teller";

/// What is looked at of `/api/problems`.
#[derive(Debug, Deserialize)]
struct Problems {
    problems: Vec<Problem>,
}

#[derive(Debug, Deserialize)]
struct Problem {
    code: String,
    severity: String,
    words: String,
    runbook: String,
}

/// Answers whether one runs.
pub(super) async fn look(config: &Config, diagnosis: &mut Diagnosis) -> bool {
    let running = match Running::of(config) {
        Ok(running) => running,
        Err(words) => {
            diagnosis.problem(ABOUT, words, "this is a defect of teller");
            return false;
        }
    };
    let address = running.address;
    match running.get("/api/problems").await {
        Err(error) if error.is_connect() => {
            diagnosis.fine(ABOUT, format!("none: nobody listens on admin_panel.host ({address})"));
            false
        }
        Err(_) => {
            let words = format!("{address} does not answer within {PATIENCE:?}");
            diagnosis.problem(
                ABOUT,
                words,
                "see its log; if it hangs, stop it and start it again: nothing is lost",
            );
            true
        }
        Ok(answer) if answer.status() == 401 => {
            shut_out(address, config.admin.token.is_some(), diagnosis);
            true
        }
        Ok(answer) => {
            let status = answer.status();
            match told(answer).await {
                Some(told) => of_problems(told, diagnosis),
                None => {
                    let words = format!("{address} answers {status}, and is no teller of this version");
                    diagnosis.problem(ABOUT, words, "see what listens on admin_panel.host");
                }
            }
            true
        }
    }
}

/// What is said where it does not answer without another log-in.
fn shut_out(address: SocketAddr, has_token: bool, diagnosis: &mut Diagnosis) {
    if has_token {
        let advice = "use the configuration that it runs with";
        diagnosis.problem(ABOUT, format!("{address} refuses admin_panel.token"), advice);
        return;
    }
    let words = format!(
        "{address} wants a log-in, and no admin_panel.token is configured: what is amiss there is not known"
    );
    diagnosis.warn(ABOUT, words, "log in and look at its page, or set admin_panel.token and start it again");
}

async fn told(answer: Response) -> Option<Problems> {
    serde_json::from_slice(&answer.bytes().await.ok()?).ok()
}

fn of_problems(told: Problems, diagnosis: &mut Diagnosis) {
    if told.problems.is_empty() {
        diagnosis.fine(ABOUT, "it serves, and nothing is amiss");
    }
    for Problem { code, severity, words, runbook } in told.problems {
        let is_critical = severity == Severity::Critical.name();
        let finding = if is_critical { Finding::Problem } else { Finding::Warning };
        diagnosis.note(finding, &format!("{ABOUT}: {code}"), words, Some(format!("see {runbook}")));
    }
}
