//! Section `events`: who is told of events until they have acknowledged them.

use std::path::PathBuf;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};

use super::alerts::is_here;
use super::reader::Section;
use crate::types::EventFilter;

/// What secrets begin with, by the Standard Webhooks specification.
const PREFIX: &str = "whsec_";
/// Bytes of a secret, by the same.
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 24..=64;
/// More would sign one message for too long.
const MOST_SECRETS: usize = 8;
/// Each has a task and a connection of its own.
const MOST: usize = 32;
const MAX_NAME: usize = 32;
const MAX_TIMEOUT: Duration = Duration::from_secs(60);

/// Who is told of events.
#[derive(Debug, Clone)]
pub struct EventReceiver {
    /// What the operator calls it.
    pub name: String,
    /// How it is told.
    pub by: ToldBy,
    /// Which events it wants.
    pub only: EventFilter,
    /// How long it may take for one event.
    pub timeout: Duration,
}

/// How a receiver is told.
#[derive(Debug, Clone)]
pub enum ToldBy {
    /// By POST, signed.
    Webhook(EventWebhook),
    /// By running this program.
    Script(PathBuf),
}

/// A URL that is told of events.
#[derive(Debug, Clone)]
pub struct EventWebhook {
    /// Where it is: often a secret in itself.
    pub url: SecretString,
    /// What messages are signed with, each with all of them; as they stand in the file.
    pub secrets: Vec<SecretString>,
    /// Whether it may be on this machine, or in a network that the Internet does not reach.
    pub allow_private: bool,
}

pub(super) fn read(root: &mut Section<'_>, warnings: &mut Vec<String>) -> Vec<EventReceiver> {
    let mut receivers = Vec::new();
    root.each_section("events", |name, section| {
        if !is_name(name) {
            let words = format!("expected a name of 1 to {MAX_NAME} small letters, digits, - and _");
            section.problem_here(words);
        }
        receivers.extend(receiver(name, section, warnings));
        section.finish();
    });
    if receivers.len() > MOST {
        root.problem("events", format!("{} are more than the {MOST} that there may be", receivers.len()));
    }
    receivers
}

fn is_name(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
    (1..=MAX_NAME).contains(&name.len()) && name.bytes().all(is_plain)
}

fn receiver(name: &str, section: &mut Section<'_>, warnings: &mut Vec<String>) -> Option<EventReceiver> {
    let (webhook, script) = (section.secret("webhook"), section.path("script"));
    let secrets = section.secrets("secrets");
    let allow_private = section.bool("allow_private", false);
    let only = section.strings("only");
    let only = EventFilter::new(&only).map_err(|error| section.problem("only", error)).unwrap_or_default();
    let timeout = section.duration("timeout", Duration::from_secs(15));
    if timeout > MAX_TIMEOUT {
        section.problem("timeout", "must be 60s at most");
    }
    let is_webhook = !webhook.expose_secret().is_empty();
    let by = match script {
        Some(_) if is_webhook => {
            section.problem("script", "a receiver has a webhook or a script, not both");
            return None;
        }
        Some(script) => {
            if !secrets.is_empty() || allow_private {
                section.problem("script", "needs neither secrets nor allow_private, which are for webhooks");
            }
            ToldBy::Script(script)
        }
        None if is_webhook => {
            check_url(name, section, &webhook, warnings);
            check_secrets(section, "secrets", &secrets);
            ToldBy::Webhook(EventWebhook { url: webhook, secrets, allow_private })
        }
        None => {
            section.problem("webhook", "must be a URL, or script a program: nobody can be told otherwise");
            return None;
        }
    };
    Some(EventReceiver { name: name.to_owned(), by, only, timeout })
}

/// Neither URL nor secret is shown, not even where they are wrong.
fn check_url(name: &str, section: &mut Section<'_>, url: &SecretString, warnings: &mut Vec<String>) {
    let parsed = reqwest::Url::parse(url.expose_secret()).ok();
    let Some(parsed) = parsed.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host()) else {
        section.problem("webhook", "must be a URL that begins with https:// or http://");
        return;
    };
    if !parsed.username().is_empty() || parsed.password().is_some() {
        section.problem("webhook", "must have no user and no password: messages are signed with secrets");
    }
    if parsed.scheme() == "http" && !is_here(parsed.host_str().unwrap_or_default()) {
        warnings
            .push(format!("events.{name}.webhook: plain http: whoever is in between can read what is told"));
    }
}

/// Says what is wrong with the secrets of the key `name`; none is shown.
pub(super) fn check_secrets(section: &mut Section<'_>, name: &str, secrets: &[SecretString]) {
    if secrets.is_empty() || secrets.len() > MOST_SECRETS {
        section.problem(name, format!("must be 1 to {MOST_SECRETS} secrets that messages are signed with"));
    }
    for secret in secrets {
        let key = secret.expose_secret().strip_prefix(PREFIX).and_then(|text| STANDARD.decode(text).ok());
        if !key.is_some_and(|key| SECRET_BYTES.contains(&key.len())) {
            section.problem(
                name,
                "each must be whsec_ and then the base64 of 24 to 64 bytes, such as `openssl rand -base64 32` prints",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::config::{ConfigError, parse};

    const GOOD: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn problems(text: &str) -> Vec<String> {
        let dummy = "[dummy]\nscanner = true\nsender = true\n";
        match parse(&format!("{dummy}{text}"), Path::new("config.toml")) {
            Ok(_) => Vec::new(),
            Err(ConfigError::Problems { problems, .. }) => {
                problems.into_iter().filter(|problem| problem.starts_with("events")).collect()
            }
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn should_tell_everything_that_is_wrong_and_no_secret() {
        let text = r#"
            [events.shop]
            webhook = "ftp://user:hidden-word@example.com/"
            secrets = ["whsec_hidden-word", 7]
            only = ["payout.gone"]
            timeout = "2m"
            retries = 3
            [events.UPPER]
            script = "/bin/true"
            [events.both]
            script = "/bin/true"
            webhook = "https://example.com/"
            [events.nobody]
        "#;
        let told = problems(text);
        for wanted in [
            "events.shop.webhook: must be a URL",
            "events.shop.secrets: expected an array of strings",
            "events.shop.only: \"payout.gone\" is no event's name",
            "events.shop.timeout: must be 60s at most",
            "events.shop.retries: unknown key",
            "events.UPPER: expected a name",
            "events.both.script: a receiver has a webhook or a script, not both",
            "events.nobody.webhook: must be a URL, or script a program",
        ] {
            assert!(told.iter().any(|problem| problem.starts_with(wanted)), "{wanted}: {told:#?}");
        }
        assert!(!told.concat().contains("hidden-word"), "{told:#?}");
    }

    #[test]
    fn should_want_secrets_that_others_can_verify() {
        let of = |secrets: &str| {
            problems(&format!("[events.shop]\nwebhook = \"https://example.com/\"\nsecrets = {secrets}\n"))
        };
        assert_eq!(of(&format!("[\"{GOOD}\"]")), Vec::<String>::new());
        assert_eq!(of(&format!("[\"{GOOD}\", \"{GOOD}\"]")), Vec::<String>::new());
        for wrong in ["[]", "[\"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"]", "[\"whsec_c2hvcnQ=\"]", "[\"whsec_!\"]"]
        {
            assert_eq!(of(wrong).len(), 1, "{wrong}");
        }
    }
}
