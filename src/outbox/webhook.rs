//! A receiver that gets a POST for each event, by the Standard Webhooks specification 1.0.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::Url;
use secrecy::ExposeSecret;
use tokio::net::TcpStream;

use super::SetupError;
use super::port::{Message, Port, Refusal};
use super::private::{PRIVATE, is_private_url, public_addresses};
use super::sender::Sender;
use crate::config::EventWebhook;
use crate::types::UnixTime;

/// See the module. Its URL may be a secret itself, so that it is shown nowhere.
pub struct Webhook {
    sender: Sender,
    url: Url,
    allow_private: bool,
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook").field("sender", &self.sender).finish_non_exhaustive()
    }
}

impl Webhook {
    /// Returns one that has not connected yet. `timeout` is for a whole delivery.
    ///
    /// # Errors
    ///
    /// Where the URL cannot be used or is private, or a secret is none.
    pub fn new(settings: &EventWebhook, timeout: Duration) -> Result<Webhook, SetupError> {
        let url =
            Url::parse(settings.url.expose_secret()).map_err(|_| SetupError("it is no URL".to_owned()))?;
        // What is no name is not resolved, so that nothing else looks at it.
        if is_private_url(&url) && !settings.allow_private {
            return Err(SetupError(PRIVATE.to_owned()));
        }
        let sender = Sender::new(&settings.secrets, settings.allow_private, timeout)?;
        Ok(Webhook { sender, url, allow_private: settings.allow_private })
    }

    /// Connects as a delivery would, and says nothing.
    ///
    /// # Errors
    ///
    /// Why it cannot be reached.
    pub async fn reach(&self) -> Result<(), String> {
        let (Some(host), Some(port)) = (self.url.host_str(), self.url.port_or_known_default()) else {
            return Err("its URL names no host".to_owned());
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let found = match self.allow_private {
            true => tokio::net::lookup_host((host, port)).await.map(Iterator::collect),
            false => public_addresses(host, port).await,
        };
        let found: Vec<_> = found.map_err(|error| error.to_string())?;
        TcpStream::connect(&found[..]).await.map(drop).map_err(|error| error.to_string())
    }
}

#[async_trait]
impl Port for Webhook {
    fn kind(&self) -> &'static str {
        "webhook"
    }

    async fn tell(&self, message: &Message, now: UnixTime) -> Result<(), Refusal> {
        self.sender.post(&self.url, message, now).await
    }
}
