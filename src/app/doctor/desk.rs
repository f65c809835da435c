//! The teller that runs with this configuration, where one does: what it says is amiss.

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use secrecy::ExposeSecret;
use serde::Deserialize;

use super::{Diagnosis, Finding};
use crate::config::Config;
use crate::report::Severity;

const PATIENCE: Duration = Duration::from_secs(5);
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
    let mut address = config.admin.host;
    if address.ip().is_unspecified() {
        address.set_ip(if address.is_ipv4() {
            [127, 0, 0, 1].into()
        } else {
            [0, 0, 0, 0, 0, 0, 0, 1].into()
        });
    }
    // Whoever asks may not have it in their environment that this machine is asked through a proxy.
    let client = Client::builder().timeout(PATIENCE).redirect(Policy::none()).no_proxy();
    let tls = match crate::rpc::web_tls() {
        Ok(tls) => tls,
        Err(error) => {
            diagnosis.problem(ABOUT, error.to_string(), "this is a defect of teller");
            return false;
        }
    };
    let Ok(client) = client.tls_backend_preconfigured(tls).build() else { return false };
    let ask = client.get(format!("http://{address}/api/problems"));
    let ask = match &config.admin.token {
        Some(token) => ask.bearer_auth(token.expose_secret()),
        None => ask,
    };
    match ask.send().await {
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
