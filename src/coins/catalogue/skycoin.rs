//! Skycoin.

use std::time::Duration;

use crate::coins::accounts::{self, AccountFacts, AddressRule};
use crate::coins::network::NetworkFacts;
use crate::coins::{Facts, Family, Settings, Workers};

pub(super) static FACTS: Facts = Facts {
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
    networks: &NETWORKS,
    workers: Workers {
        scanner: "sky-scanner",
        rescanner: "sky-rescanner",
        pending: "sky-pending",
        vetter: "sky-vetter",
        balance_checker: "sky-balance-checker",
        reconciler: "sky-reconciler",
        second_look: "sky-second-look",
    },
    settings: Settings {
        is_always_listed: true,
        node: None,
        section: "sky_scanner",
        addresses_key: "sky_addresses",
        enabled: false,
        scan_period: Duration::from_secs(5),
        initial_scan_height: 17_000,
        confirmations: 0,
        max_tip_age: None,
        rate_key: "sky_sky_exchange_rate",
        rate: Some("1"),
    },
};

static NETWORKS: [NetworkFacts; 1] =
    [NetworkFacts { number: 0, name: "skycoin", accounts: ACCOUNTS, bitcoin_like: None }];

const ACCOUNTS: AccountFacts = AccountFacts {
    coin_type: 8000,
    expected: "the xpub of a Skycoin bip44 wallet's account, m/44'/8000'/0'",
    plain: accounts::XPUB,
    versions: &[(accounts::XPUB, AddressRule::Skycoin)],
    rules: &[AddressRule::Skycoin],
    published: &["28RHxxgAsbCuTv5U9VgWrDGDUpoho2gbh66", "7iwnkwHoXBV9peNJnasxG7ERrHsxhaGDsi"],
};
