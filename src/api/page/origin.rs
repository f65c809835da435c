//! Whose form it is that was sent: the page's own, or one that another site put before its reader.

use actix_web::http::header::{self, HeaderMap, HeaderName};

/// Whether a form may have come from this page. What is no browser says nothing of origins, and passes.
pub(in crate::api) fn is_own_form(headers: &HeaderMap) -> bool {
    let value = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if let Some(site) = value(HeaderName::from_static("sec-fetch-site")) {
        // "none" is a person's own doing.
        return matches!(site, "same-origin" | "none");
    }
    let Some(origin) = value(header::ORIGIN) else { return true };
    let Some((scheme, from)) = origin.split_once("://") else { return false };
    let own_port = if scheme == "https" { ":443" } else { ":80" };
    let plain = |host: &str| host.strip_suffix(own_port).unwrap_or(host).to_ascii_lowercase();
    value(header::HOST).is_some_and(|host| plain(host) == plain(from))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    fn passes(headers: &[(&'static str, &'static str)]) -> bool {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        is_own_form(&map)
    }

    #[test]
    fn should_know_its_own_form() {
        let host = ("host", "desk.example:7071");
        assert!(passes(&[host]), "no browser");
        assert!(passes(&[host, ("sec-fetch-site", "same-origin"), ("origin", "null")]));
        assert!(passes(&[host, ("sec-fetch-site", "none")]));
        // A proxy in between may have changed the host.
        assert!(passes(&[
            ("host", "127.0.0.1"),
            ("sec-fetch-site", "same-origin"),
            ("origin", "https://desk.example")
        ]));
        assert!(passes(&[host, ("origin", "http://desk.example:7071")]));
        assert!(passes(&[("host", "Desk.example"), ("origin", "https://desk.example")]));
        assert!(passes(&[("host", "desk.example:443"), ("origin", "https://desk.example")]));
        for foreign in ["cross-site", "same-site", "nonsense", ""] {
            assert!(
                !passes(&[host, ("sec-fetch-site", foreign), ("origin", "http://desk.example:7071")]),
                "{foreign}"
            );
        }
        for foreign in
            ["https://evil.example", "null", "file://", "http://desk.example", "http://desk.example:7072"]
        {
            assert!(!passes(&[host, ("origin", foreign)]), "{foreign}");
        }
        assert!(!passes(&[("origin", "http://desk.example")]), "no host to compare with");
    }
}
