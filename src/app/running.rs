//! The teller that runs with a configuration, asked as its operator.

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use secrecy::{ExposeSecret, SecretString};

use super::reachable;
use crate::config::Config;

/// How long it may take to answer.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// Its admin listener, whether or not somebody listens there.
#[derive(Debug)]
pub(super) struct Running {
    client: Client,
    /// Where it listens.
    pub(super) address: SocketAddr,
    token: Option<SecretString>,
}

impl Running {
    /// Returns the listener of this configuration.
    ///
    /// # Errors
    ///
    /// In words, where nothing can be asked at all.
    pub(super) fn of(config: &Config) -> Result<Running, String> {
        let address = reachable(config.admin.host);
        // Whoever asks may not have it in their environment that this machine is asked through a proxy.
        let client = Client::builder().timeout(PATIENCE).redirect(Policy::none()).no_proxy();
        let tls = crate::rpc::web_tls().map_err(|error| error.to_string())?;
        let client = client.tls_backend_preconfigured(tls).build().map_err(|error| error.to_string())?;
        Ok(Running { client, address, token: config.admin.token.clone() })
    }

    /// Asks for what stands at a path.
    ///
    /// # Errors
    ///
    /// Where there is no answer.
    pub(super) async fn get(&self, path: &str) -> Result<Response, reqwest::Error> {
        let ask = self.client.get(format!("http://{}{path}", self.address));
        let ask = match &self.token {
            Some(token) => ask.bearer_auth(token.expose_secret()),
            None => ask,
        };
        ask.send().await
    }
}
