//! Section `alerts`: who is told of problems without asking.

use std::path::PathBuf;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::reader::Section;

/// The port of a mail server that is sent to by programs of its own users.
const SUBMISSION: u16 = 587;
const SUBMISSIONS: u16 = 465;

/// Section `alerts`.
#[derive(Debug, Clone)]
pub struct Alerts {
    /// A URL that is told; none where no one is.
    pub webhook: Option<Webhook>,
    /// Who is written to; none where nobody is.
    pub mail: Option<MailConfig>,
    /// How long a problem has to be there before it is told, and to be away before it is over.
    pub settle: Duration,
    /// After how long what is still so is told again.
    pub repeat: Duration,
    /// What is put before the paths of runbooks.
    pub runbooks: String,
}

/// A URL that is told.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// Where it is: often a secret in itself.
    pub url: SecretString,
    /// Sent as `Authorization: Bearer`; none where there is none.
    pub token: Option<SecretString>,
}

/// A mail server, and who is written to.
#[derive(Debug, Clone)]
pub struct MailConfig {
    /// The server's name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is encrypted.
    pub security: MailSecurity,
    /// The certificate that the server is verified with, besides the authorities of the web.
    pub cert: Option<PathBuf>,
    /// Its user; empty where nobody is asked for.
    pub user: String,
    /// The user's password.
    pub pass: SecretString,
    /// Who writes.
    pub from: String,
    /// Who is written to.
    pub to: Vec<String>,
}

/// How a connection to a mail server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailSecurity {
    /// From the beginning.
    Tls,
    /// After a greeting; a server that does not offer it is told nothing.
    StartTls,
    /// Not at all.
    None,
}

pub(super) fn read(section: &mut Section<'_>, warnings: &mut Vec<String>) -> Alerts {
    let alerts = Alerts {
        webhook: webhook(section, warnings),
        mail: mail(section),
        settle: section.duration("min_duration", Duration::from_secs(120)),
        repeat: section.duration("repeat", Duration::from_secs(86_400)),
        runbooks: section.string("runbooks", ""),
    };
    section.finish();
    alerts
}

/// Neither URL nor token is shown, not even where they are wrong.
fn webhook(section: &mut Section<'_>, warnings: &mut Vec<String>) -> Option<Webhook> {
    let (url, token) = (section.secret("webhook"), section.secret("webhook_token"));
    let token = Some(token).filter(|token| !token.expose_secret().is_empty());
    if url.expose_secret().is_empty() {
        if token.is_some() {
            section.problem("webhook_token", "has no effect without alerts.webhook");
        }
        return None;
    }
    let parsed = reqwest::Url::parse(url.expose_secret()).ok();
    let Some(parsed) = parsed.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host()) else {
        section.problem("webhook", "must be a URL that begins with https:// or http://");
        return None;
    };
    if parsed.scheme() == "http" && !is_here(parsed.host_str().unwrap_or_default()) {
        warnings.push("alerts.webhook: plain http: whoever is in between can read what is told".into());
    }
    Some(Webhook { url, token })
}

fn mail(section: &mut Section<'_>) -> Option<MailConfig> {
    let (to, from) = (section.strings("mail_to"), section.string("mail_from", ""));
    let server = section.string("mail_server", "");
    let security = section.string("mail_security", "starttls");
    let security = security_of(section, &security);
    let cert = section.path("mail_cert");
    let (user, pass) = (section.string("mail_user", ""), section.secret("mail_pass"));
    if to.is_empty() {
        if !server.is_empty() {
            section.problem("mail_to", "must name who is written to, where alerts.mail_server is set");
        }
        return None;
    }
    for (name, text) in [("mail_from", &from)].into_iter().chain(to.iter().map(|to| ("mail_to", to))) {
        if let Err(error) = text.parse::<lettre::message::Mailbox>() {
            section.problem(
                name,
                format!("expected an address such as \"desk@example.com\", got {text:?}: {error}"),
            );
        }
    }
    let usual = if security == MailSecurity::Tls { SUBMISSIONS } else { SUBMISSION };
    let (host, port) = match server.rsplit_once(':') {
        Some((host, port)) if !host.ends_with(':') => (host, port.parse().ok()),
        _ => (server.as_str(), Some(usual)),
    };
    let host = host.trim_matches(['[', ']']).to_owned();
    if host.is_empty() || port.is_none_or(|port| port == 0) {
        section.problem("mail_server", format!("expected \"host\" or \"host:port\", got {server:?}"));
    }
    if security == MailSecurity::None && !user.is_empty() && !is_here(&host) {
        section.problem("mail_security", "\"none\" would show mail_pass to whoever is in between");
    }
    Some(MailConfig { host, port: port.unwrap_or(usual), security, cert, user, pass, from, to })
}

fn security_of(section: &mut Section<'_>, text: &str) -> MailSecurity {
    match text {
        "tls" => MailSecurity::Tls,
        "starttls" => MailSecurity::StartTls,
        "none" => MailSecurity::None,
        other => {
            section.problem(
                "mail_security",
                format!("expected \"starttls\", \"tls\" or \"none\", got {other:?}"),
            );
            MailSecurity::StartTls
        }
    }
}

/// Whether a host is this machine.
pub(super) fn is_here(host: &str) -> bool {
    let ip = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    host == "localhost" || ip.is_ok_and(|ip| ip.is_loopback())
}
