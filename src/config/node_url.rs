//! Where a node is: `host:port` as people write it, or a URL.

use std::net::{IpAddr, Ipv6Addr};

use reqwest::Url;

use super::reader::Section;

/// The address of a node's HTTP interface, checked. It holds no credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeUrl {
    base: String,
    is_tls: bool,
}

/// What stands for what is left out of `host:port`.
#[derive(Debug, Clone, Copy)]
pub struct Usual<'a> {
    /// `http` or `https`.
    pub scheme: &'a str,
    /// The port; none where it has to be said.
    pub port: Option<u16>,
    /// Whether the port also holds for a URL without one, instead of that of its scheme.
    pub is_for_urls: bool,
}

impl Usual<'_> {
    /// Nothing but the scheme may be left out.
    pub fn scheme(scheme: &str) -> Usual<'_> {
        Usual { scheme, port: None, is_for_urls: false }
    }
}

impl NodeUrl {
    /// Parses `host`, `host:port` or a URL. An IPv6 address may stand alone without its brackets.
    ///
    /// # Errors
    /// What is wrong, without the text itself: it may hold a password.
    pub fn parse(text: &str, usual: Usual<'_>) -> Result<NodeUrl, String> {
        let text = match text.parse::<Ipv6Addr>() {
            Ok(address) => format!("[{address}]"),
            Err(_) => text.to_owned(),
        };
        let is_url = text.contains("://");
        let url = if is_url { text.clone() } else { format!("{}://{text}", usual.scheme) };
        let mut url = Url::parse(&url).map_err(|error| {
            format!("expected \"host:port\" or a URL such as \"http://[::1]:8332/path\": {error}")
        })?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(format!("expected a URL with http:// or https://, got {}://", url.scheme()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("has credentials, which have keys of their own: user and pass".to_owned());
        }
        if url.fragment().is_some() || url.query().is_some() {
            return Err("expected a URL without \"?\" and \"#\"".to_owned());
        }
        let is_wanted = !is_url || (usual.is_for_urls && usual.port.is_some());
        if is_wanted && !has_port(&text) {
            let port =
                usual.port.ok_or("has no port; expected \"host:port\" or a URL, IPv6 as \"[::1]:8332\"")?;
            url.set_port(Some(port)).map_err(|()| "has no host".to_owned())?;
        }
        let is_tls = url.scheme() == "https";
        let base = if url.path() == "/" { url.as_str().trim_end_matches('/') } else { url.as_str() };
        Ok(NodeUrl { base: base.to_owned(), is_tls })
    }

    /// Scheme, host, port and perhaps a path.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Returns whether it is on this machine.
    pub fn is_loopback(&self) -> bool {
        let url = Url::parse(&self.base).ok();
        let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    }

    /// Returns whether it is spoken to over TLS.
    pub fn is_tls(&self) -> bool {
        self.is_tls
    }
}

/// Whether a port is written down, be it the usual one of its scheme.
fn has_port(text: &str) -> bool {
    let text = text.split_once("://").map_or(text, |(_, rest)| rest);
    let host = text.split('/').next().unwrap_or_default();
    let port = host.rsplit_once(':').filter(|(_, port)| !port.contains(']'));
    port.is_some_and(|(_, port)| !port.is_empty())
}

/// Where a node is. A problem leaves the default in its place.
pub(super) fn read(
    section: &mut Section<'_>,
    name: &'static str,
    default: &str,
    usual: Usual<'_>,
) -> NodeUrl {
    let text = section.string(name, default);
    let url = section.parsed(name, &text, |text| NodeUrl::parse(text, usual));
    url.unwrap_or_else(|| NodeUrl::parse(default, usual).expect("BUG: the default is an address"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str, port: Option<u16>) -> Result<String, String> {
        NodeUrl::parse(text, Usual { port, ..Usual::scheme("http") }).map(|url| url.base)
    }

    #[test]
    fn should_read_every_way_to_write_where_a_node_is() {
        for (text, base) in [
            ("127.0.0.1:8334", "http://127.0.0.1:8334"),
            ("localhost", "http://localhost:8545"),
            ("::1", "http://[::1]:8545"),
            ("[::1]", "http://[::1]:8545"),
            ("[::1]:9", "http://[::1]:9"),
            ("host:80", "http://host"),
            ("host:443/path", "http://host:443/path"),
            ("http://host", "http://host"),
            ("https://host/", "https://host"),
            ("https://host/v3/key", "https://host/v3/key"),
            ("https://host:8/v3/", "https://host:8/v3/"),
            ("HTTP://[2001:db8::1]:8332", "http://[2001:db8::1]:8332"),
        ] {
            assert_eq!(parse(text, Some(8545)).as_deref(), Ok(base), "{text}");
        }
        let tls = |text| NodeUrl::parse(text, Usual::scheme("https")).unwrap().is_tls();
        assert!(tls("host:1") && tls("https://host") && !tls("http://host"));
        let asked = Usual { scheme: "http", port: Some(8545), is_for_urls: true };
        for (text, base) in [
            ("https://host/v3/key", "https://host:8545/v3/key"),
            ("http://[::1]/", "http://[::1]:8545"),
            ("http://host:80/a", "http://host/a"),
        ] {
            assert_eq!(NodeUrl::parse(text, asked).unwrap().base(), base);
        }
    }

    #[test]
    fn should_say_what_is_wrong_without_showing_it() {
        for (text, words) in [
            ("", "empty host"),
            (":8332", "empty host"),
            ("host:99999", "invalid port"),
            ("host", "has no port"),
            ("::1", "has no port"),
            ("::1:8332", "[::1]:8332"),
            ("host:", "has no port"),
            ("ftp://host:1", "http:// or https://"),
            ("http://user:hunter2@host:1", "keys of their own"),
            ("user@host:1", "keys of their own"),
            ("http://host:1/?key=hunter2", "without"),
            ("http://ho st:1", "expected"),
            ("http://[::1:8332", "expected"),
        ] {
            let refused = parse(text, None).unwrap_err();
            assert!(refused.contains(words) && !refused.contains("hunter2"), "{text}: {refused}");
        }
    }
}
