//! Ethereum.

use std::time::Duration;

use crate::coins::accounts::{self, AccountFacts, AddressRule};
use crate::coins::network::NetworkFacts;
use crate::coins::{Facts, Family, Settings, Workers};

pub(super) static FACTS: Facts = Facts {
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
    networks: &NETWORKS,
    workers: Workers {
        scanner: "eth-scanner",
        rescanner: "eth-rescanner",
        pending: "eth-pending",
        vetter: "eth-vetter",
        balance_checker: "eth-balance-checker",
        reconciler: "eth-reconciler",
        second_look: "eth-second-look",
    },
    settings: Settings {
        is_always_listed: true,
        node: None,
        section: "eth_scanner",
        addresses_key: "eth_addresses",
        enabled: false,
        scan_period: Duration::from_secs(5),
        initial_scan_height: 4_654_259,
        confirmations: 1,
        max_tip_age: Some(Duration::from_secs(600)),
        rate_key: "sky_eth_exchange_rate",
        rate: Some("100"),
    },
};

static NETWORKS: [NetworkFacts; 1] =
    [NetworkFacts { number: 0, name: "ethereum", accounts: ACCOUNTS, bitcoin_like: None }];

const ACCOUNTS: AccountFacts = AccountFacts {
    coin_type: 60,
    expected: "the xpub of an Ethereum account, m/44'/60'/0'",
    plain: accounts::XPUB,
    versions: &[(accounts::XPUB, AddressRule::Ethereum)],
    rules: &[AddressRule::Ethereum],
    published: &["0x9858EfFD232B4033E47d90003D41EC34EcaEda94", "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"],
};
