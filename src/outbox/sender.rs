//! Posts messages, by the Standard Webhooks specification 1.0.

use std::fmt;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderValue, USER_AGENT};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode, Url};
use secrecy::SecretString;

use super::SetupError;
use super::port::{Message, Refusal};
use super::private::PublicOnly;
use super::sign::Signer;
use crate::rpc;
use crate::types::UnixTime;

/// For the connection alone.
const CONNECTING: Duration = Duration::from_secs(10);
/// For how long a connection is kept for the next message. Some receivers serve one connection at a time: what is told
/// beside it waits until that is closed.
const KEPT: Duration = Duration::from_secs(2);
/// Bytes of an answer that are read, so that its connection can be used again; more of it are nobody's business.
const MAX_ANSWER: usize = 16 << 10;
/// How long a receiver is left alone at most, whatever it wants.
const LONGEST_WISH: Duration = Duration::from_secs(24 * 60 * 60);

/// What signs and posts.
pub(super) struct Sender {
    client: Client,
    signer: Signer,
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").field("signer", &self.signer).finish_non_exhaustive()
    }
}

impl Sender {
    /// Returns one that has not connected yet. `timeout` is for a whole delivery. Where nothing private is allowed,
    /// names are looked at when a connection is made; an address in a URL is the caller's to look at.
    ///
    /// # Errors
    ///
    /// Where a secret is none.
    pub(super) fn new(
        secrets: &[SecretString],
        allow_private: bool,
        timeout: Duration,
    ) -> Result<Sender, SetupError> {
        let failed = |error: &dyn fmt::Display| SetupError(error.to_string());
        let tls = rpc::web_tls().map_err(|error| failed(&error))?;
        let client = Client::builder()
            .timeout(timeout)
            .connect_timeout(CONNECTING)
            .redirect(Policy::none())
            .no_proxy()
            .pool_max_idle_per_host(1)
            .pool_idle_timeout(KEPT)
            .tls_backend_preconfigured(tls);
        let client = if allow_private { client } else { client.dns_resolver(PublicOnly) };
        let client = client.build().map_err(|error| failed(&error.without_url()))?;
        Ok(Sender { client, signer: Signer::new(secrets)? })
    }

    /// Posts a message. `now` is what clocks show.
    ///
    /// # Errors
    ///
    /// Why it was not taken.
    pub(super) async fn post(&self, url: &Url, message: &Message, now: UnixTime) -> Result<(), Refusal> {
        let signatures = self.signer.signatures(&message.id, now, &message.body);
        let request = self.client.post(url.clone());
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
