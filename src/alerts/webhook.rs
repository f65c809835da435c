//! Alerts as a POST of JSON.

use std::time::Duration;

use reqwest::Client;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::redirect::Policy;
use secrecy::{ExposeSecret, SecretString};

use super::{Notice, Receiver, SetupError};
use crate::config;
use crate::rpc;
use crate::types::UnixTime;

const PATIENCE: Duration = Duration::from_secs(10);

/// A URL that is told. It may be a secret itself, so that it is shown nowhere.
#[derive(Debug)]
pub struct Webhook {
    client: Client,
    url: SecretString,
    token: Option<SecretString>,
    runbooks: String,
}

impl Webhook {
    /// Returns one that has not connected yet; `runbooks` is put before the paths of runbooks.
    ///
    /// # Errors
    ///
    /// Where a client cannot be made.
    pub fn new(settings: &config::Webhook, runbooks: &str) -> Result<Webhook, SetupError> {
        let failed = |error: &dyn std::fmt::Display| SetupError(format!("alerts.webhook: {error}"));
        let tls = rpc::web_tls().map_err(|error| failed(&error))?;
        let client = Client::builder()
            .timeout(PATIENCE)
            .redirect(Policy::none())
            .no_proxy()
            // Kept open, a connection would only be found closed: alerts are seldom.
            .pool_max_idle_per_host(0)
            .tls_backend_preconfigured(tls)
            .build()
            .map_err(|error| failed(&error.without_url()))?;
        let (url, token) = (settings.url.clone(), settings.token.clone());
        Ok(Webhook { client, url, token, runbooks: runbooks.to_owned() })
    }
}

impl Receiver for Webhook {
    fn name(&self) -> &'static str {
        "webhook"
    }

    async fn tell(&self, notice: &Notice, now: UnixTime) -> Result<(), String> {
        let request = self.client.post(self.url.expose_secret());
        let request = request.header(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let request = match &self.token {
            Some(token) => request.bearer_auth(token.expose_secret()),
            None => request,
        };
        let answer = request.body(notice.json(now, &self.runbooks)).send().await;
        let status = answer.map_err(|error| in_words(&error.without_url()))?.status();
        if status.is_success() { Ok(()) } else { Err(format!("it answers {status}")) }
    }
}

/// The error with what caused it.
fn in_words(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    std::iter::once(error.to_string()).chain(causes.map(ToString::to_string)).collect::<Vec<_>>().join(": ")
}
