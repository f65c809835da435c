//! The rows of the catalogue, a file each.

mod bitcoin;
mod dogecoin;
mod ethereum;
mod litecoin;
mod skycoin;

use super::{Coin, Facts};

/// Every coin that comes with the program, by ascending number.
pub(super) static BUILT_IN: [&Facts; 5] =
    [&bitcoin::FACTS, &ethereum::FACTS, &skycoin::FACTS, &litecoin::FACTS, &dogecoin::FACTS];

impl Coin {
    /// Bitcoin.
    pub const BTC: Coin = Coin(&bitcoin::FACTS);
    /// Ether.
    pub const ETH: Coin = Coin(&ethereum::FACTS);
    /// Skycoin, which payouts are made in.
    pub const SKY: Coin = Coin(&skycoin::FACTS);
    /// Litecoin.
    pub const LTC: Coin = Coin(&litecoin::FACTS);
    /// Dogecoin.
    pub const DOGE: Coin = Coin(&dogecoin::FACTS);
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::coins::accounts::AddressRule;
    use crate::coins::{DESCRIBED_NUMBERS, Family, Workers};

    fn assert_apart<K: Eq + std::hash::Hash>(what: &str, key: impl Fn(&'static Facts) -> K) {
        let keys: HashSet<K> = BUILT_IN.iter().map(|facts| key(facts)).collect();
        assert_eq!(keys.len(), BUILT_IN.len(), "two coins share a {what}");
    }

    #[test]
    fn should_tell_coins_apart_by_whatever_names_them() {
        assert_apart("number", |facts| facts.number);
        assert_apart("code", |facts| facts.code);
        assert_apart("prefix", |facts| facts.prefix);
        assert_apart("name", |facts| facts.name);
        assert_apart("scheme", |facts| facts.uri_scheme);
        assert_apart("rate", |facts| facts.settings.rate_key);
        assert_apart("section", |facts| facts.settings.section);
        assert_apart("node", |facts| facts.settings.node.map_or(facts.code, |node| node.section));
        assert_apart("file of addresses", |facts| facts.settings.addresses_key);
        assert_apart("scanner", |facts| facts.workers.scanner);
    }

    #[test]
    fn should_write_every_name_as_its_readers_expect_it() {
        for facts in BUILT_IN {
            assert_eq!(facts.code.to_ascii_lowercase(), facts.prefix);
            assert!(facts.code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()));
            let Workers { scanner, rescanner, pending, vetter, balance_checker, reconciler, second_look } =
                facts.workers;
            for worker in [scanner, rescanner, pending, vetter, balance_checker, reconciler, second_look] {
                assert!(worker.starts_with(facts.prefix), "{worker}");
            }
        }
        assert!(BUILT_IN.is_sorted_by_key(|facts| facts.number));
        let described = *DESCRIBED_NUMBERS.start();
        assert!(BUILT_IN.iter().all(|facts| facts.number < described));
        assert!(*DESCRIBED_NUMBERS.end() < 128, "the ids of tokens' deposits have the upper bit");
    }

    #[test]
    fn should_tell_the_networks_of_a_coin_apart() {
        for facts in BUILT_IN {
            let names: HashSet<_> = facts.networks.iter().map(|network| network.name).collect();
            assert_eq!(names.len(), facts.networks.len(), "{}", facts.code);
            for (position, network) in facts.networks.iter().enumerate() {
                assert_eq!(usize::from(network.number), position, "{} {}", facts.code, network.name);
                assert!(network.number < 16, "half a byte of a stored address");
                assert_eq!(network.bitcoin_like.is_some(), facts.family == Family::BitcoinLike);
                assert_eq!(facts.settings.node.is_some(), facts.family == Family::BitcoinLike);
            }
        }
    }

    /// Whoever reads an address knows which of a chain's networks it is of, as far as its letters tell.
    #[test]
    fn should_write_no_two_kinds_of_address_alike() {
        for network in BUILT_IN.iter().flat_map(|facts| facts.networks) {
            let Some(like) = network.bitcoin_like else { continue };
            assert!(!like.p2sh.is_empty() && !like.p2sh.contains(&like.p2pkh), "{}", network.name);
            assert_eq!(like.genesis.len(), 64);
            let witness = network.accounts.rules.iter().any(|rule| *rule != AddressRule::P2pkh);
            assert_eq!(like.bech32.is_some(), witness, "{}", network.name);
        }
    }
}
