//! Section `traces`: who is told how long each request and step took, and what it waited for.

use secrecy::{ExposeSecret, SecretString};

use super::reader::Section;

/// Section `traces`; spans go to a collector of OpenTelemetry.
#[derive(Debug, Clone)]
pub struct Traces {
    /// The collector's URL for spans; where it says who we are, it is a secret.
    pub endpoint: SecretString,
    /// Sent as `Authorization: Bearer`; none where there is none.
    pub token: Option<SecretString>,
    /// What the service is called there.
    pub service: String,
    /// One of so many requests and steps is told.
    pub one_in: u64,
}

/// None where nobody is told.
pub(super) fn read(section: &mut Section<'_>, warnings: &mut Vec<String>) -> Option<Traces> {
    let (endpoint, token) = (section.secret("endpoint"), section.secret("token"));
    let token = Some(token).filter(|token| !token.expose_secret().is_empty());
    let service = section.string("service", "teller");
    let one_in = section.number("one_in", 1, 1_000_000);
    let is_told = !endpoint.expose_secret().is_empty();
    if one_in == 0 {
        section.problem("one_in", "expected 1 or more: one of so many is told");
    }
    if is_told {
        check(section, &endpoint, warnings);
    } else if token.is_some() {
        section.problem("token", "has no effect without traces.endpoint");
    }
    section.finish();
    is_told.then_some(Traces { endpoint, token, service, one_in })
}

fn check(section: &mut Section<'_>, endpoint: &SecretString, warnings: &mut Vec<String>) {
    let parsed = reqwest::Url::parse(endpoint.expose_secret()).ok();
    let Some(parsed) = parsed.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host()) else {
        section.problem("endpoint", "must be a URL, as in \"http://127.0.0.1:4318/v1/traces\"");
        return;
    };
    if parsed.path() == "/" {
        section
            .problem("endpoint", "must name the path for spans, as in \"http://127.0.0.1:4318/v1/traces\"");
    }
    if parsed.scheme() == "http" && !super::alerts::is_here(parsed.host_str().unwrap_or_default()) {
        warnings.push("traces.endpoint: plain http: whoever is in between can read what is told".into());
    }
}
