//! Section `web.clients`: shops and wallets that the operator knows, each with a token and limits of its own.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::reader::Section;

/// Shorter tokens can be guessed.
const MIN_TOKEN: usize = 32;
/// Each request that bears a token is held against all of them.
const MOST: usize = 100;

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
