//! A receiver that gets a POST for each event, by the Standard Webhooks specification 1.0.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::{CONTENT_TYPE, HeaderValue, USER_AGENT};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode, Url};
use secrecy::ExposeSecret;
use tokio::net::TcpStream;

use super::SetupError;
use super::port::{Message, Port, Refusal};
use super::private::{PRIVATE, PublicOnly, is_private, public_addresses};
use super::sign::Signer;
use crate::config::EventWebhook;
use crate::rpc;
use crate::types::UnixTime;

/// For the connection alone.
const CONNECTING: Duration = Duration::from_secs(10);
/// Bytes of an answer that are read, so that its connection can be used again; more of it are nobody's business.
const MAX_ANSWER: usize = 16 << 10;
/// How long a receiver is left alone at most, whatever it wants.
const LONGEST_WISH: Duration = Duration::from_secs(24 * 60 * 60);

/// See the module. Its URL may be a secret itself, so that it is shown nowhere.
pub struct Webhook {
    client: Client,
    url: Url,
    signer: Signer,
    allow_private: bool,
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook").field("signer", &self.signer).finish_non_exhaustive()
    }
}

impl Webhook {
    /// Returns one that has not connected yet. `timeout` is for a whole delivery.
    ///
    /// # Errors
    ///
    /// Where the URL cannot be used or is private, or a secret is none.
    pub fn new(settings: &EventWebhook, timeout: Duration) -> Result<Webhook, SetupError> {
        let failed = |error: &dyn fmt::Display| SetupError(error.to_string());
        let url =
            Url::parse(settings.url.expose_secret()).map_err(|_| SetupError("it is no URL".to_owned()))?;
        // What is no name is not resolved, so that nothing else looks at it.
        if let Some(ip) = literal(&url).filter(|_| !settings.allow_private)
            && is_private(ip)
        {
            return Err(SetupError(PRIVATE.to_owned()));
        }
        let tls = rpc::web_tls().map_err(|error| failed(&error))?;
        let client = Client::builder()
            .timeout(timeout)
            .connect_timeout(CONNECTING)
            .redirect(Policy::none())
            .no_proxy()
            .pool_max_idle_per_host(1)
            .tls_backend_preconfigured(tls);
        let client = if settings.allow_private { client } else { client.dns_resolver(PublicOnly) };
        let client = client.build().map_err(|error| failed(&error.without_url()))?;
        let (signer, allow_private) = (Signer::new(&settings.secrets)?, settings.allow_private);
        Ok(Webhook { client, url, signer, allow_private })
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

/// The address that a URL names, where it names no host.
fn literal(url: &Url) -> Option<IpAddr> {
    url.host_str()?.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

#[async_trait]
impl Port for Webhook {
    fn kind(&self) -> &'static str {
        "webhook"
    }

    async fn tell(&self, message: &Message, now: UnixTime) -> Result<(), Refusal> {
        let signatures = self.signer.signatures(&message.id, now, &message.body);
        let request = self.client.post(self.url.clone());
        let request = request
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .header(USER_AGENT, concat!("teller/", env!("CARGO_PKG_VERSION")))
            .header("webhook-id", &message.id)
            .header("webhook-timestamp", now.get())
            .header("webhook-signature", signatures);
        let answer = request.body(message.body.clone()).send().await;
        let answer = answer.map_err(|error| Refusal::failed(in_words(&error.without_url())))?;
        let (status, after) = (answer.status(), wish(&answer, now));
        read_out(answer).await;
        verdict(status, after)
    }
}

fn verdict(status: StatusCode, after: Option<Duration>) -> Result<(), Refusal> {
    let words = format!("it answers {}", status.as_u16());
    match status {
        _ if status.is_success() => Ok(()),
        StatusCode::GONE => Err(Refusal::Gone { words }),
        _ => Err(Refusal::Failed { words, after }),
    }
}

/// How long it wants to be left alone: in seconds, or until a date, by its own clock where it shows one.
fn wish(answer: &Response, now: UnixTime) -> Option<Duration> {
    let by_ours = || {
        let told = answer.headers().get(reqwest::header::RETRY_AFTER)?.to_str().ok()?;
        let until = httpdate::parse_http_date(told).ok()?;
        until.duration_since(std::time::UNIX_EPOCH + Duration::from_secs(now.get())).ok()
    };
    rpc::retry_after(answer.headers()).or_else(by_ours).map(|wish| wish.min(LONGEST_WISH))
}

/// Reads what little an answer may say, within the delivery's own time.
async fn read_out(mut answer: Response) {
    let mut left = MAX_ANSWER;
    while let Ok(Some(chunk)) = answer.chunk().await {
        match left.checked_sub(chunk.len()) {
            Some(less) => left = less,
            None => return,
        }
    }
}

/// The error with what caused it.
fn in_words(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    std::iter::once(error.to_string()).chain(causes.map(ToString::to_string)).collect::<Vec<_>>().join(": ")
}
