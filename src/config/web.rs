//! Section `web`: the public listener, its limits, and where its certificate comes from.

use std::net::IpAddr;
use std::time::Duration;

use super::reader::Section;
use super::{Acme, AllowedOrigin, NetworkPrefix, Tls, Web};

/// As many requests per duration as this are no limit.
const UNLIMITED: u32 = 1_000_000;

pub(super) fn read(section: &mut Section<'_>, warnings: &mut Vec<String>) -> Web {
    let http_addr = section.address("http_addr", "127.0.0.1:7071");
    let https_addr = section.address("https_addr", "");
    let static_dir = section.path("static_dir");
    if let Some(dir) = static_dir.as_ref().filter(|dir| !dir.is_dir()) {
        let shown = dir.display();
        let hint = "leave the key out to serve the built-in pages";
        section.problem("static_dir", format!("{shown} is not a directory; {hint}"));
    }
    let throttle_max = section.number("throttle_max", 60, u32::MAX.into());
    let throttle_network_max = section.number("throttle_network_max", 300, u32::MAX.into());
    let throttle_duration = section.duration("throttle_duration", Duration::from_secs(60));
    let max_connections = connections(section, "max_connections", 2048);
    let max_connections_per_client = connections(section, "max_connections_per_client", 512);
    let behind_proxy = section.bool("behind_proxy", false);
    let trusted_proxies = prefixes(section, "trusted_proxies");
    if !behind_proxy && !trusted_proxies.is_empty() {
        warnings.push("web.trusted_proxies: has no effect while web.behind_proxy is false".into());
    }
    let cors_allowed = origins(section, "cors_allowed");
    let tls = tls(section, https_addr.is_some());
    if http_addr.is_none() && https_addr.is_none() {
        section.problem("http_addr", "at least one of web.http_addr, web.https_addr must be set");
    }
    let limit = |max: u64| u32::try_from(max).ok().filter(|max| (1..UNLIMITED).contains(max));
    let clients = super::clients::read(section, throttle_max, throttle_duration, limit);
    let (throttle_max, throttle_network_max) = (limit(throttle_max), limit(throttle_network_max));
    if let (None, Some(all)) = (throttle_max, throttle_network_max) {
        warnings.push(format!(
            "web.throttle_max: lifts the limit of one client alone; a network of them may ask {all} times per \
             throttle_duration (web.throttle_network_max)"
        ));
    }
    let static_inline_scripts = inline_scripts(section, static_dir.is_some(), warnings);
    let shop = super::shop::read(section);
    section.finish();
    Web {
        http_addr,
        https_addr,
        static_dir,
        tls,
        throttle_max,
        throttle_network_max,
        throttle_duration,
        max_connections,
        max_connections_per_client,
        behind_proxy,
        trusted_proxies,
        cors_allowed,
        static_inline_scripts,
        shop,
        clients,
    }
}

fn connections(section: &mut Section<'_>, name: &'static str, default: u64) -> usize {
    let max = section.number(name, default, 1_000_000);
    if max == 0 {
        section.problem(name, "must be at least 1");
    }
    usize::try_from(max).unwrap_or(usize::MAX)
}

fn inline_scripts(section: &mut Section<'_>, has_own_pages: bool, warnings: &mut Vec<String>) -> bool {
    let is_on = section.bool("static_inline_scripts", false);
    if is_on && !has_own_pages {
        warnings.push("web.static_inline_scripts: has no effect where web.static_dir is not set".into());
    }
    is_on
}

fn tls(section: &mut Section<'_>, https: bool) -> Tls {
    let (cert, key) = (section.path("tls_cert"), section.path("tls_key"));
    let host = section.optional("auto_tls_host");
    let contact = section.optional("acme_contact");
    let directory = section.optional("acme_directory");
    let directory_root = section.path("acme_directory_root");
    match (cert, key, host) {
        (Some(_), _, Some(_)) | (_, Some(_), Some(_)) => {
            section.problem("auto_tls_host", "give either auto_tls_host, or tls_cert and tls_key");
            Tls::Off
        }
        (Some(_), None, None) | (None, Some(_), None) => {
            section.problem("tls_cert", "tls_cert and tls_key must be set together");
            Tls::Off
        }
        (None, None, None) if https => {
            section.problem("https_addr", "needs auto_tls_host, or tls_cert and tls_key");
            Tls::Off
        }
        (None, None, None) => Tls::Off,
        _ if !https => {
            section.problem("https_addr", "must be set where auto_tls_host or tls_cert is");
            Tls::Off
        }
        (Some(cert), Some(key), None) => Tls::Files { cert, key },
        (None, None, Some(host)) => Tls::Automatic(Acme { host, contact, directory, directory_root }),
    }
}

fn origins(section: &mut Section<'_>, name: &'static str) -> Vec<AllowedOrigin> {
    let mut origins = Vec::new();
    for entry in section.strings(name) {
        origins.extend(section.parsed(name, &entry, AllowedOrigin::parse).unwrap_or_default());
    }
    origins
}

fn prefixes(section: &mut Section<'_>, name: &'static str) -> Vec<NetworkPrefix> {
    let texts = section.strings(name);
    let mut prefixes = Vec::new();
    for text in texts {
        match parse_prefix(&text) {
            Some(prefix) => prefixes.push(prefix),
            None => section.problem(
                name,
                format!("expected an address or a range such as \"10.0.0.0/8\", got {text:?}"),
            ),
        }
    }
    prefixes
}

fn parse_prefix(text: &str) -> Option<NetworkPrefix> {
    let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
    let address: IpAddr = address.parse().ok()?;
    let width = if address.is_ipv4() { 32 } else { 128 };
    let bits = bits.map_or(Some(width), |bits| bits.parse().ok().filter(|bits| *bits <= width))?;
    Some(NetworkPrefix { address, bits })
}
