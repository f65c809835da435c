//! Who is calling: behind a proxy, the address that the trusted proxy saw.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use actix_web::http::header::HeaderMap;

use crate::config::NetworkPrefix;

/// The caller's address for limits: IPv6 callers are told apart by their /64, which is what one of them has.
///
/// `peer` is the other end of the connection. Behind a proxy the `X-Forwarded-For` list is read from its end: what a
/// trusted proxy added is believed, and the first address that is no listed proxy is the caller. What stands before it
/// was written by the caller and may be anything.
pub fn caller_ip(
    peer: Option<IpAddr>,
    headers: &HeaderMap,
    behind_proxy: bool,
    trusted: &[NetworkPrefix],
) -> IpAddr {
    let peer = peer.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED));
    let is_listed = |ip: IpAddr| trusted.iter().any(|prefix| prefix.contains(ip));
    if !is_proxy(peer, behind_proxy, trusted) {
        return limit_key(peer);
    }
    let lists: Vec<&str> =
        headers.get_all("x-forwarded-for").filter_map(|value| value.to_str().ok()).collect();
    let hops = lists.iter().rev().flat_map(|list| list.rsplit(','));
    let mut client = peer;
    for hop in hops {
        // What is no address ends the list: everything before it is as doubtful.
        let Some(ip) = hop_ip(hop.trim()) else { break };
        client = ip;
        if !is_listed(ip) {
            break;
        }
    }
    limit_key(client)
}

/// Whether the other end of a connection is a proxy that speaks for its clients.
pub(super) fn is_proxy(peer: IpAddr, behind_proxy: bool, trusted: &[NetworkPrefix]) -> bool {
    behind_proxy && (trusted.is_empty() || trusted.iter().any(|prefix| prefix.contains(peer)))
}

/// Some proxies write the port too, and then an IPv6 address in brackets.
fn hop_ip(hop: &str) -> Option<IpAddr> {
    let ip = hop.parse().or_else(|_| hop.parse().map(|address: SocketAddr| address.ip()));
    ip.or_else(|_| hop.trim_start_matches('[').trim_end_matches(']').parse()).ok()
}

/// What an address counts as: an IPv6 client has a whole /64.
pub(super) fn limit_key(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() & !u128::from(u64::MAX))),
        v4 => v4,
    }
}

/// The network that a client's address belongs to: the /24 of IPv4, the /48 of IPv6.
pub fn network_of(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V4(ip) => IpAddr::V4((ip.to_bits() & 0xffff_ff00).into()),
        IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() >> 80 << 80)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::{HeaderName, HeaderValue};

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn client(forwarded: &[&'static str], behind_proxy: bool, trusted: &[NetworkPrefix]) -> IpAddr {
        let mut headers = HeaderMap::new();
        for list in forwarded {
            headers.append(HeaderName::from_static("x-forwarded-for"), HeaderValue::from_static(list));
        }
        caller_ip(Some(ip("127.0.0.1")), &headers, behind_proxy, trusted)
    }

    #[test]
    fn should_believe_only_the_trusted_proxy() {
        assert_eq!(client(&["1.1.1.1"], false, &[]), ip("127.0.0.1"));
        assert_eq!(client(&["1.1.1.1"], true, &[]), ip("1.1.1.1"));
        assert_eq!(client(&["1.1.1.1, 3.3.3.3"], true, &[]), ip("3.3.3.3"));
        assert_eq!(client(&["1.1.1.1", "3.3.3.3"], true, &[]), ip("3.3.3.3"));
        assert_eq!(client(&[], true, &[]), ip("127.0.0.1"));
        assert_eq!(client(&["nonsense"], true, &[]), ip("127.0.0.1"));
        assert_eq!(client(&["1.1.1.1:4711"], true, &[]), ip("1.1.1.1"));
        assert_eq!(client(&["[2001:db8::1]:4711"], true, &[]), client(&["2001:db8::2"], true, &[]));
        assert_eq!(client(&["[2001:db8::1]"], true, &[]), client(&["2001:db8::2"], true, &[]));
        let ten = NetworkPrefix { address: ip("10.0.0.0"), bits: 8 };
        let loopback = NetworkPrefix { address: ip("127.0.0.1"), bits: 32 };
        assert_eq!(client(&["1.1.1.1, 10.0.0.1"], true, &[ten, loopback]), ip("1.1.1.1"));
        // The peer is no listed proxy: its word counts for nothing.
        assert_eq!(client(&["1.1.1.1"], true, &[ten]), ip("127.0.0.1"));
    }

    #[test]
    fn should_take_an_ipv6_network_for_one_client() {
        let key = |text: &str| limit_key(ip(text));
        assert_eq!(key("2001:db8::1"), key("2001:db8::ffff:1"));
        assert_ne!(key("2001:db8::1"), key("2001:db8:0:1::1"));
        assert_eq!(key("::ffff:1.2.3.4"), ip("1.2.3.4"));
    }
}
