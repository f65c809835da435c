//! What a store says where it does not do what it is asked, and which key of the configuration that leads to.

use std::error::Error;
use std::fmt;

/// More words of a store help nobody.
const MOST: usize = 300;

/// Why a store did not do what it was asked.
#[derive(Debug)]
pub(super) struct Refusal {
    words: String,
    /// Whether it may be otherwise in a moment.
    pub(super) is_passing: bool,
    /// Whether it is only that there is no such object.
    pub(super) is_absence: bool,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl Refusal {
    /// An answer that makes no sense.
    pub(super) fn nonsense(what: impl Into<String>) -> Refusal {
        Refusal { words: what.into(), is_passing: false, is_absence: false }
    }

    /// No whole answer. The URL is left out: who has it can do what it was signed for.
    pub(super) fn unanswered(error: reqwest::Error) -> Refusal {
        let error = error.without_url();
        let mut cause: &dyn Error = &error;
        while let Some(inner) = cause.source() {
            cause = inner;
        }
        let words = if error.is_timeout() { "no answer in time".to_owned() } else { cause.to_string() };
        Refusal { words: format!("{words} (backup.s3.endpoint)"), is_passing: true, is_absence: false }
    }

    /// An answer with a status other than success.
    pub(super) fn told(status: u16, body: &[u8]) -> Refusal {
        let text = String::from_utf8_lossy(body);
        let code = tag(&text, "Code").unwrap_or_default();
        let message = tag(&text, "Message").map(|message| format!(": {message}")).unwrap_or_default();
        let named = if code.is_empty() { String::new() } else { format!(", {code}{message}") };
        let hint = hint(status, &code).map(|hint| format!(" ({hint})")).unwrap_or_default();
        Refusal {
            words: format!("the store answers HTTP {status}{named}{hint}"),
            is_passing: matches!(status, 408 | 429 | 500..) || code == "RequestTimeout",
            is_absence: status == 404 && code != "NoSuchBucket",
        }
    }
}

/// What an element says, without what could disturb a log.
fn tag(text: &str, name: &str) -> Option<String> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    let (said, _) = rest.split_once(&format!("</{name}>"))?;
    Some(said.chars().filter(|letter| !letter.is_control()).take(MOST).collect())
}

fn hint(status: u16, code: &str) -> Option<&'static str> {
    Some(match (code, status) {
        ("InvalidAccessKeyId", _) => "backup.s3.access_key is none that it knows",
        ("SignatureDoesNotMatch", _) => "backup.s3.secret_key is not that of backup.s3.access_key",
        ("NoSuchBucket", _) => "it has no bucket of the name backup.s3.bucket",
        ("RequestTimeTooSkewed" | "RequestExpired", _) => "the clock of this machine and the store's differ",
        ("AuthorizationHeaderMalformed" | "AuthorizationQueryParametersError", _) => {
            "look at backup.s3.region"
        }
        (_, 301 | 302 | 307 | 308) => "it wants to be asked elsewhere: look at backup.s3.endpoint and region",
        ("AccessDenied", _) | (_, 401 | 403) => {
            "the key of backup.s3.access_key has to be allowed to list the bucket, and to put, get and delete objects"
        }
        ("EntityTooLarge" | "QuotaExceeded" | "XMinioStorageFull", _) | (_, 507) => "it has no room",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_lead_to_the_key_that_is_wrong() {
        let of = |status, code: &str| {
            Refusal::told(
                status,
                format!("<?xml?><Error><Code>{code}</Code><Message>Oh.</Message></Error>").as_bytes(),
            )
        };
        for (status, code, words) in [
            (403, "InvalidAccessKeyId", "backup.s3.access_key"),
            (403, "SignatureDoesNotMatch", "backup.s3.secret_key"),
            (404, "NoSuchBucket", "backup.s3.bucket"),
            (403, "RequestTimeTooSkewed", "the clock"),
            (400, "AuthorizationHeaderMalformed", "backup.s3.region"),
            (301, "PermanentRedirect", "backup.s3.endpoint"),
            (403, "AccessDenied", "has to be allowed"),
        ] {
            let told = of(status, code);
            let shown = told.to_string();
            assert!(shown.contains(words) && shown.contains(code) && shown.contains("Oh."), "{shown}");
            assert!(!told.is_passing && !told.is_absence, "{shown}");
        }
        assert!(of(404, "NoSuchKey").is_absence && of(503, "SlowDown").is_passing);
        assert_eq!(Refusal::told(502, b"<html>").to_string(), "the store answers HTTP 502");
    }
}
