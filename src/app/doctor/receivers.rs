//! Whether those can be reached who are told of problems and of what took how long. They are told nothing here.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::Diagnosis;
use crate::alerts::Mail;
use crate::config::{Config, ToldBy};
use crate::outbox::Webhook;

/// A connection that takes longer is none.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) async fn look(config: &Config, diagnosis: &mut Diagnosis) {
    if let Some(webhook) = &config.alerts.webhook {
        let found = reach(&webhook.url).await;
        note("alerts by webhook", found, "look at alerts.webhook, and at what stands between", diagnosis);
    }
    // What cannot be made of the configuration is told with the start.
    if let Some(Ok(mail)) = config.alerts.mail.as_ref().map(|mail| Mail::new(mail, "")) {
        note(
            "alerts by mail",
            mail.greet().await,
            "look at alerts.mail_server and what belongs to it",
            diagnosis,
        );
    }
    // A shadow tells nobody.
    for receiver in config.events.iter().filter(|_| config.shadow.is_none()) {
        // What cannot be made of the configuration is told with the start.
        if let ToldBy::Webhook(webhook) = &receiver.by
            && let Ok(webhook) = Webhook::new(webhook, receiver.timeout)
        {
            let about = format!("events to {}", receiver.name);
            let found = timeout(PATIENCE, webhook.reach()).await;
            let found = found.unwrap_or_else(|_| Err("no answer in time".to_owned()));
            let advice = format!("look at events.{}.webhook, and at what stands between", receiver.name);
            note(&about, found, &advice, diagnosis);
        }
    }
    if let Some(traces) = &config.traces {
        let found = reach(&traces.endpoint).await;
        note("traces", found, "start the collector, or empty traces.endpoint", diagnosis);
    }
}

fn note(about: &str, found: Result<(), String>, advice: &str, diagnosis: &mut Diagnosis) {
    match found {
        Ok(()) => diagnosis.fine(about, "can be reached"),
        Err(why) => diagnosis.warn(about, format!("cannot be reached: {why}"), advice),
    }
}

/// Connects, and says nothing. The URL may be a secret: no words have it.
async fn reach(url: &SecretString) -> Result<(), String> {
    let url = reqwest::Url::parse(url.expose_secret()).map_err(|_| "it is no URL".to_owned())?;
    let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
        return Err("it names no host".to_owned());
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    match timeout(PATIENCE, TcpStream::connect((host, port))).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("no answer in time".to_owned()),
    }
}
