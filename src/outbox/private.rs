//! Addresses that the Internet does not reach. Whoever may name a URL could have the desk speak to what is near it, and
//! to nobody else: a router, a node, the admin listener. So they are looked at when a connection is made, after names
//! were resolved, and each of them.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Returns whether an address is none of the public Internet.
pub fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_private_v4(ip),
        IpAddr::V6(ip) => is_private_v6(ip),
    }
}

fn is_private_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_multicast()
        || ip.is_documentation()
        // This network, carriers' networks, protocols, relays of IPv6, benchmarks, what is kept for later, broadcast.
        || a == 0
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (18..20).contains(&b))
        || a >= 240
}

/// Only what is given out for the Internet (2000::/3) is of it, less what stands for other addresses.
fn is_private_v6(ip: Ipv6Addr) -> bool {
    if let Some(inner) = ip.to_ipv4_mapped() {
        return is_private_v4(inner);
    }
    let [a, b, c, d, .., g, h] = ip.segments();
    let inner = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match (a, b) {
        // Translated (64:ff9b::/96) and tunnelled (6to4): as private as what is meant.
        (0x64, 0xff9b) => c != 0 || d != 0 || ip.segments()[4..6] != [0, 0] || is_private_v4(inner(g, h)),
        (0x2002, _) => is_private_v4(inner(b, c)),
        // Protocols (Teredo among them), and documentation.
        (0x2001, 0..0x200) | (0x2001, 0xdb8) | (0x3fff, 0..0x1000) => true,
        _ => a & 0xe000 != 0x2000,
    }
}

/// Returns whether a URL names such an address itself; what a name leads to shows when it is resolved.
pub(super) fn is_private_url(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    host.parse().is_ok_and(is_private)
}

/// Words for whoever configured it.
pub(super) const PRIVATE: &str =
    "it is on this machine or in a private network, which allow_private = true would allow";

/// Resolves names, and leaves out what is private.
#[derive(Debug, Clone, Copy)]
pub(super) struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = public_addresses(name.as_str(), 0).await?;
            Ok::<Addrs, _>(Box::new(found.into_iter()))
        })
    }
}

/// Returns the addresses of a host that may be connected to.
///
/// # Errors
///
/// Where it has none, or private ones alone.
pub(super) async fn public_addresses(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    let found: Vec<SocketAddr> = tokio::net::lookup_host((host, port)).await?.collect();
    let all = found.len();
    let public: Vec<SocketAddr> = found.into_iter().filter(|at| !is_private(at.ip())).collect();
    match (public.is_empty(), all) {
        (false, _) => Ok(public),
        (true, 0) => Err(io::Error::other("its name has no address")),
        (true, _) => Err(io::Error::other(PRIVATE)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRIVATE_ONES: &str = "0.0.0.0 10.1.2.3 100.64.0.1 100.127.255.255 127.0.0.1 127.9.9.9 169.254.169.254 \
        172.16.0.1 172.31.255.255 192.0.0.8 192.0.2.1 192.168.0.1 198.18.0.1 198.19.1.1 \
        198.51.100.1 203.0.113.1 224.0.0.1 240.0.0.1 255.255.255.255 192.88.99.1 :: ::1 \
        ::7f00:1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:0:127.0.0.1 64:ff9b::7f00:1 \
        64:ff9b::a00:1 64:ff9b:1::1 fc00::1 fd12::1 fe80::1 fec0::1 ff02::1 2001:db8::1 \
        2001::1 2001:10::1 2002:7f00:1:: 2002:a00:1::1 100::1 3fff::1 5f00::1";
    const PUBLIC_ONES: &str = "1.1.1.1 9.255.255.255 11.0.0.1 100.63.0.1 100.128.0.1 172.15.0.1 172.32.0.1 \
        192.0.1.1 198.17.0.1 198.20.0.1 223.255.255.255 2606:4700:4700::1111 \
        2a00:1450::1 ::ffff:8.8.8.8 64:ff9b::808:808 2002:808:808::1 2001:4860::1";

    #[test]
    fn should_tell_what_the_internet_does_not_reach_however_it_is_written() {
        for private in PRIVATE_ONES.split(' ') {
            assert!(is_private(private.parse().unwrap()), "{private}");
        }
        for public in PUBLIC_ONES.split(' ') {
            assert!(!is_private(public.parse().unwrap()), "{public}");
        }
    }

    #[tokio::test]
    async fn should_not_resolve_a_name_to_this_machine() {
        let error = public_addresses("localhost", 80).await.unwrap_err();
        assert!(error.to_string().contains("allow_private"), "{error}");
    }
}
