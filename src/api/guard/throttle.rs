//! Limits per client and per network: so many requests in any burst, refilled evenly.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::http::network_of;

/// Checks between two clean-ups of clients that have long been gone.
const SWEEP_EVERY: u32 = 10_000;

/// What a client may, and what all clients of a network may together: addresses of one network are cheap.
#[derive(Debug)]
pub struct Throttle {
    client: Option<DefaultKeyedRateLimiter<IpAddr>>,
    network: Option<DefaultKeyedRateLimiter<IpAddr>>,
    clock: DefaultClock,
    checks: AtomicU32,
}

impl Throttle {
    /// `max` of one client and `network_max` of one network per `per`, each limited or not. A network may no less
    /// than one client of it. None where nothing is limited.
    pub fn new(max: Option<NonZeroU32>, network_max: Option<NonZeroU32>, per: Duration) -> Option<Throttle> {
        let limiter = |max: NonZeroU32| {
            let quota = Quota::with_period(per / max.get())?.allow_burst(max);
            Some(RateLimiter::keyed(quota))
        };
        let network_max = network_max.map(|all| max.map_or(all, |max| all.max(max)));
        let (client, network) = (max.and_then(limiter), network_max.and_then(limiter));
        if client.is_none() && network.is_none() {
            return None;
        }
        Some(Throttle { client, network, clock: DefaultClock::default(), checks: AtomicU32::new(0) })
    }

    /// The seconds to wait where the client, or its network, has used up its share.
    pub(super) fn refused(&self, client: IpAddr) -> Option<u64> {
        if self.checks.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            for limiter in self.client.iter().chain(&self.network) {
                limiter.retain_recent();
                limiter.shrink_to_fit();
            }
        }
        let check = |limiter: &Option<DefaultKeyedRateLimiter<IpAddr>>, who: IpAddr| {
            limiter.as_ref().map_or(Ok(()), |limiter| limiter.check_key(&who))
        };
        // The network's share is used up by what gets past the clients' own limits.
        let checked = check(&self.client, client).and_then(|()| check(&self.network, network_of(client)));
        let wait = checked.err()?.wait_time_from(self.clock.now());
        // A Retry-After of 0 would be an invitation.
        Some(wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0)).max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn throttle(max: u32, network_max: u32) -> Throttle {
        let (max, network_max) = (NonZeroU32::new(max), NonZeroU32::new(network_max));
        Throttle::new(max, network_max, Duration::from_secs(60)).unwrap()
    }

    #[test]
    fn should_give_every_client_its_share_and_no_more() {
        let throttle = throttle(3, 100);
        let (one, two) = ("1.1.1.1".parse().unwrap(), "2.2.2.2".parse().unwrap());
        assert!((0..3).all(|_| throttle.refused(one).is_none()));
        assert!(throttle.refused(one).is_some_and(|wait| (1..=20).contains(&wait)));
        assert!(throttle.refused(two).is_none());
    }

    #[test]
    fn should_know_no_limit_of_networks_where_none_is_set() {
        let throttle = throttle(1, 0);
        assert!((0..=255).all(|n| throttle.refused([10, 0, 0, n].into()).is_none()));
        assert!(throttle.refused([10, 0, 0, 7].into()).is_some());
    }

    #[test]
    fn should_hold_a_network_to_its_share_where_one_client_has_no_limit() {
        let throttle = throttle(0, 5);
        assert!((0..5).all(|n| throttle.refused([10, 0, 0, n / 3].into()).is_none()));
        assert!(throttle.refused([10, 0, 0, 0].into()).is_some_and(|wait| (1..=12).contains(&wait)));
        assert!(throttle.refused([10, 0, 1, 0].into()).is_none());
        assert!(Throttle::new(None, None, Duration::from_secs(60)).is_none());
    }

    #[test]
    fn should_let_a_network_do_what_one_client_may() {
        let throttle = throttle(9, 5);
        assert_eq!((0..20).filter(|_| throttle.refused([10, 0, 0, 1].into()).is_none()).count(), 9);
    }

    #[test]
    fn should_hold_a_whole_network_to_its_share() {
        let throttle = throttle(3, 5);
        let passed = |clients: &[&str]| {
            clients.iter().filter(|ip| throttle.refused(ip.parse().unwrap()).is_none()).count()
        };
        assert_eq!(passed(&["10.0.0.1"; 3]), 3);
        assert_eq!(passed(&["10.0.0.2", "10.0.0.3", "10.0.0.4"]), 2, "five of 10.0.0.0/24");
        assert_eq!(passed(&["10.0.1.1"; 3]), 3, "another network");
        let subnets: Vec<String> = (0..9).map(|n| format!("2001:db8:7:{n}::")).collect();
        let subnets: Vec<&str> = subnets.iter().map(String::as_str).collect();
        assert_eq!(passed(&subnets), 5, "five of a /48, however many /64 it has");
    }
}
