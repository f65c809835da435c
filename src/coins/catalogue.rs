//! The rows of the catalogue.

use std::time::Duration;

use super::{Coin, Facts, Family, Settings, Workers};

/// Every coin, by ascending number.
pub(super) static ALL: [&Facts; 3] = [&BTC, &ETH, &SKY];

impl Coin {
    pub const BTC: Coin = Coin(&BTC);
    pub const ETH: Coin = Coin(&ETH);
    pub const SKY: Coin = Coin(&SKY);
}

static BTC: Facts = Facts {
    number: 0,
    code: "BTC",
    prefix: "btc",
    name: "Bitcoin",
    unit: "satoshi",
    decimals: 8,
    family: Family::BitcoinLike,
    uri_scheme: "bitcoin",
    tells_finality: false,
    inner_transfers: false,
    most: 21_000_000 * 100_000_000,
    sample: "200000",
    workers: Workers {
        scanner: "btc-scanner",
        rescanner: "btc-rescanner",
        pending: "btc-pending",
        vetter: "btc-vetter",
        balance_checker: "btc-balance-checker",
    },
    settings: Settings {
        section: "btc_scanner",
        addresses_key: "btc_addresses",
        enabled: true,
        scan_period: Duration::from_secs(20),
        initial_scan_height: 492_478,
        confirmations: 1,
        max_tip_age: Some(Duration::from_secs(10_800)),
        rate_key: "sky_btc_exchange_rate",
        rate: "500",
    },
};

static ETH: Facts = Facts {
    number: 1,
    code: "ETH",
    prefix: "eth",
    name: "Ether",
    unit: "wei",
    decimals: 18,
    family: Family::Ethereum,
    uri_scheme: "ethereum",
    tells_finality: true,
    inner_transfers: true,
    most: 12_000_000_000 * 1_000_000_000_000_000_000,
    sample: "10000000000000000",
    workers: Workers {
        scanner: "eth-scanner",
        rescanner: "eth-rescanner",
        pending: "eth-pending",
        vetter: "eth-vetter",
        balance_checker: "eth-balance-checker",
    },
    settings: Settings {
        section: "eth_scanner",
        addresses_key: "eth_addresses",
        enabled: false,
        scan_period: Duration::from_secs(5),
        initial_scan_height: 4_654_259,
        confirmations: 1,
        max_tip_age: Some(Duration::from_secs(600)),
        rate_key: "sky_eth_exchange_rate",
        rate: "100",
    },
};

static SKY: Facts = Facts {
    number: 2,
    code: "SKY",
    prefix: "sky",
    name: "Skycoin",
    unit: "droplet",
    decimals: 6,
    family: Family::Skycoin,
    uri_scheme: "skycoin",
    tells_finality: false,
    inner_transfers: false,
    most: 100_000_000 * 1_000_000,
    sample: "1000000",
    workers: Workers {
        scanner: "sky-scanner",
        rescanner: "sky-rescanner",
        pending: "sky-pending",
        vetter: "sky-vetter",
        balance_checker: "sky-balance-checker",
    },
    settings: Settings {
        section: "sky_scanner",
        addresses_key: "sky_addresses",
        enabled: false,
        scan_period: Duration::from_secs(5),
        initial_scan_height: 17_000,
        confirmations: 0,
        max_tip_age: None,
        rate_key: "sky_sky_exchange_rate",
        rate: "1",
    },
};

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn assert_apart<K: Eq + std::hash::Hash>(what: &str, key: impl Fn(&'static Facts) -> K) {
        let keys: HashSet<K> = ALL.iter().map(|facts| key(facts)).collect();
        assert_eq!(keys.len(), ALL.len(), "two coins share a {what}");
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
        assert_apart("file of addresses", |facts| facts.settings.addresses_key);
        assert_apart("scanner", |facts| facts.workers.scanner);
    }

    #[test]
    fn should_write_every_name_as_its_readers_expect_it() {
        for facts in ALL {
            assert_eq!(facts.code.to_ascii_lowercase(), facts.prefix);
            assert!(facts.code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()));
            let Workers { scanner, rescanner, pending, vetter, balance_checker } = facts.workers;
            for worker in [scanner, rescanner, pending, vetter, balance_checker] {
                assert!(worker.starts_with(facts.prefix), "{worker}");
            }
        }
        assert!(ALL.is_sorted_by_key(|facts| facts.number));
    }
}
