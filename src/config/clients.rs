//! Section `web.clients`: shops and wallets that the operator knows, each with a token and limits of its own, and
//! perhaps with webhooks for its purchases.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::events::check_secrets;
use super::reader::Section;

/// Shorter tokens can be guessed.
const MIN_TOKEN: usize = 32;
/// Each request that bears a token is held against all of them.
const MOST: usize = 100;
/// A row of the database each, which is kept for good.
const MOST_WEBHOOKS: u64 = 10_000_000;
/// Longer names are no labels of metrics. Of clients with webhooks alone: their names are stored.
const MAX_NAME: usize = 64;

/// A client of the public listener that bears a token.
#[derive(Debug, Clone)]
pub struct WebClient {
    /// What the operator calls it.
    pub name: String,
    /// What its requests bear.
    pub token: SecretString,
    /// Requests that it may make per `throttle_duration`, of each kind; none is unlimited.
    pub throttle_max: Option<u32>,
    /// The time in which so many requests are taken.
    pub throttle_duration: Duration,
    /// Webhooks that it may give with its binds; none where it may give none.
    pub webhooks: Option<ClientWebhooks>,
}

/// What holds for the webhooks that a client gives.
#[derive(Debug, Clone)]
pub struct ClientWebhooks {
    /// What messages are signed with, each with all of them; as they stand in the file.
    pub secrets: Vec<SecretString>,
    /// How many there may be.
    pub max: u64,
    /// Whether they may be on this machine, or in a network that the Internet does not reach, and without TLS.
    pub allow_private: bool,
}

/// `max` and `duration` are what holds for everybody else.
pub(super) fn read(
    section: &mut Section<'_>,
    max: u64,
    duration: Duration,
    limit: impl Fn(u64) -> Option<u32>,
) -> Vec<WebClient> {
    let mut clients: Vec<WebClient> = Vec::new();
    section.each_section("clients", |name, section| {
        let token = section.secret("token");
        let client = WebClient {
            name: name.to_owned(),
            throttle_max: limit(section.number("throttle_max", max, u32::MAX.into())),
            throttle_duration: section.duration("throttle_duration", duration),
            webhooks: webhooks(name, section),
            token,
        };
        let text = client.token.expose_secret();
        if text.len() < MIN_TOKEN || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            section.problem(
                "token",
                format!("must have at least {MIN_TOKEN} letters, digits or signs, and no spaces"),
            );
        }
        if let Some(other) = clients.iter().find(|other| other.token.expose_secret() == text) {
            section.problem("token", format!("is the token of {} too", other.name));
        }
        section.finish();
        clients.push(client);
    });
    if clients.len() > MOST {
        section
            .problem("clients", format!("{} are more than the {MOST} that can be told apart", clients.len()));
    }
    clients
}

/// None without secrets: what is not signed is not told.
fn webhooks(name: &str, section: &mut Section<'_>) -> Option<ClientWebhooks> {
    let secrets = section.secrets("webhook_secrets");
    let max = section.number("webhook_max", 100_000, MOST_WEBHOOKS);
    let allow_private = section.bool("webhook_allow_private", false);
    if max == 0 {
        section.problem("webhook_max", "must be at least 1; without webhook_secrets there are no webhooks");
    }
    if secrets.is_empty() {
        if allow_private {
            section.problem(
                "webhook_allow_private",
                "needs webhook_secrets: without them there are no webhooks",
            );
        }
        return None;
    }
    check_secrets(section, "webhook_secrets", &secrets);
    if name.is_empty() || name.len() > MAX_NAME {
        section.problem_here(format!("expected a name of 1 to {MAX_NAME} bytes, since it has webhooks"));
    }
    Some(ClientWebhooks { secrets, max, allow_private })
}
