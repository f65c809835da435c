//! Origins that may use the API from a browser, as `cors_allowed` lists them: each matches as it is written, or is
//! refused when the configuration is checked.

/// One of them. An entry without a scheme stands for two, see [`AllowedOrigin::parse`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AllowedOrigin {
    /// `*`.
    Any,
    /// As browsers write it: lower case, without a port that is the scheme's own.
    Exact(String),
    /// What stands before and after a `*`, which is for the first labels of a host or for a port.
    Pattern {
        /// Everything in front of the `*`, with the scheme.
        before: String,
        /// Everything behind the `*`; empty where it stands at the end.
        after: String,
    },
}

impl AllowedOrigin {
    /// Reads an entry: `*`, `null`, `file://`, `https://host`, `https://host:port`, `https://*.host`, or `host:port`,
    /// which is both `http` and `https`.
    ///
    /// # Errors
    /// In words: what no browser ever sends as an origin.
    pub fn parse(entry: &str) -> Result<Vec<AllowedOrigin>, String> {
        let wrong = |what: &str| format!("{entry:?} is no origin: {what}");
        let text = entry.trim().to_ascii_lowercase();
        match text.as_str() {
            "*" => return Ok(vec![AllowedOrigin::Any]),
            "null" => return Ok(vec![AllowedOrigin::Exact(text)]),
            "file://" | "file:///" => return Ok(vec![AllowedOrigin::Exact("file://".to_owned())]),
            _ => {}
        }
        let (schemes, rest) = match text.split_once("://") {
            Some((scheme, rest)) if is_scheme(scheme) => (vec![scheme], rest),
            Some(_) => return Err(wrong("its scheme is none")),
            // The original's documentation tells to add "the wallet's 127.0.0.1:port interface".
            None => (vec!["http", "https"], text.as_str()),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        check(rest).map_err(wrong)?;
        Ok(schemes.into_iter().map(|scheme| AllowedOrigin::of(scheme, rest)).collect())
    }

    fn of(scheme: &str, rest: &str) -> AllowedOrigin {
        let text = written(&format!("{scheme}://{rest}"));
        match text.split_once('*') {
            Some((before, after)) => {
                AllowedOrigin::Pattern { before: before.to_owned(), after: after.to_owned() }
            }
            None => AllowedOrigin::Exact(text),
        }
    }

    /// Whether an `Origin` header of this value is meant.
    pub fn allows(&self, origin: &str) -> bool {
        let origin = written(&origin.to_ascii_lowercase());
        match self {
            AllowedOrigin::Any => true,
            AllowedOrigin::Exact(text) => *text == origin,
            AllowedOrigin::Pattern { before, after } => {
                let middle = origin.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
                middle.is_some_and(|middle| !middle.is_empty() && !middle.contains([':', '/', '@']))
            }
        }
    }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
}

/// Host and port, and nothing after them.
fn check(rest: &str) -> Result<(), &'static str> {
    let (host, port) = match rest.rsplit_once(':') {
        // The last colon of an IPv6 address in brackets is not a port's.
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (rest, None),
    };
    if host.is_empty() {
        return Err("it names no host");
    }
    if rest.chars().any(|c| c.is_whitespace() || "/?#@\\,".contains(c)) {
        return Err("an origin is scheme, host and port, without path, user or spaces");
    }
    if !port.is_none_or(|port| port == "*" || port.parse::<u16>().is_ok()) {
        return Err("its port is none");
    }
    let stars = rest.matches('*').count();
    if stars > 1 || (stars == 1 && !host.starts_with("*.") && port != Some("*")) {
        return Err("a * stands for the first labels of a host, as in https://*.example.com, or for a port");
    }
    Ok(())
}

/// Browsers leave out a port that is the scheme's own.
fn written(origin: &str) -> String {
    let own = if origin.starts_with("https://") { ":443" } else { ":80" };
    let is_web = origin.starts_with("https://") || origin.starts_with("http://");
    origin.strip_suffix(own).filter(|_| is_web).unwrap_or(origin).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(entries: &[&str], origin: &str) -> bool {
        entries.iter().flat_map(|entry| AllowedOrigin::parse(entry).unwrap()).any(|one| one.allows(origin))
    }

    #[test]
    fn should_allow_only_listed_origins() {
        assert!(!allows(&[], "https://a.example"));
        assert!(allows(&["*"], "https://a.example"));
        assert!(allows(&["https://a.example"], "https://A.example"));
        assert!(!allows(&["https://a.example"], "http://a.example"));
        assert!(!allows(&["https://a.example"], "null"));
        assert!(allows(&["127.0.0.1:6420"], "http://127.0.0.1:6420"));
        assert!(allows(&["https://*.example"], "https://wallet.example"));
        assert!(!allows(&["https://*.example"], "https://wallet.example.evil"));
        assert!(!allows(&["https://*.example"], "https://.example"));
    }

    #[test]
    fn should_match_as_it_is_written() {
        for (entry, origin) in [
            ("file://", "file://"),
            ("file:///", "file://"),
            ("null", "null"),
            ("https://a.example:443", "https://a.example"),
            ("http://a.example:80", "http://a.example"),
            ("https://a.example", "https://a.example:443"),
            ("http://a.example:443", "http://a.example:443"),
            ("https://a.example/", "https://a.example"),
            ("a.example:443", "https://a.example"),
            ("a.example:443", "http://a.example:443"),
            ("HTTPS://A.Example", "https://a.example"),
            ("http://127.0.0.1:*", "http://127.0.0.1:6420"),
            ("https://*.a.example:8443", "https://x.y.a.example:8443"),
            ("http://[::1]:6420", "http://[::1]:6420"),
            ("http://[::1]", "http://[::1]"),
            ("app://.", "app://."),
            ("chrome-extension://abcdef", "chrome-extension://abcdef"),
        ] {
            assert!(allows(&[entry], origin), "{entry} and {origin}");
        }
        assert!(!allows(&["http://a.example:443"], "http://a.example"));
        assert!(!allows(&["http://127.0.0.1:*"], "http://127.0.0.1:1@evil.example"));
        assert!(!allows(&["https://*.a.example"], "https://x.a.example:8443"));
    }

    #[test]
    fn should_refuse_what_no_browser_sends() {
        for entry in [
            "https://a.example/path",
            "https://a.example?x",
            "https://user@a.example",
            "https://",
            "",
            "https://a.example:port",
            "https://a.example:99999",
            "ht tp://a.example",
            "http*://a.example",
            "https://*example",
            "https://a.*.example",
            "https://*.*.example",
            "https://a.example, https://b.example",
        ] {
            assert!(AllowedOrigin::parse(entry).unwrap_err().contains("is no origin"), "{entry}");
        }
    }
}
