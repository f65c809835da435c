//! Dogecoin.

use std::time::Duration;

use crate::coins::accounts::{self, AccountFacts, AddressRule};
use crate::coins::bitcoin_like::{BitcoinLike, BlockFormat, ProofOfWork};
use crate::coins::network::NetworkFacts;
use crate::coins::{Facts, Family, NodeSettings, Settings, Workers};

pub(super) static FACTS: Facts = Facts {
    number: 4,
    code: "DOGE",
    prefix: "doge",
    name: "Dogecoin",
    unit: "koinu",
    decimals: 8,
    family: Family::BitcoinLike,
    uri_scheme: "dogecoin",
    tells_finality: false,
    inner_transfers: false,
    // There is no limit: 5.256 billion are made a year, and this many in 160 years.
    most: 1_000_000_000_000 * 100_000_000,
    sample: "10000000000",
    networks: &NETWORKS,
    workers: Workers {
        scanner: "doge-scanner",
        rescanner: "doge-rescanner",
        pending: "doge-pending",
        vetter: "doge-vetter",
        balance_checker: "doge-balance-checker",
        reconciler: "doge-reconciler",
        second_look: "doge-second-look",
    },
    settings: Settings {
        is_always_listed: false,
        node: Some(NodeSettings { section: "doge_rpc", server: "127.0.0.1:22555" }),
        section: "doge_scanner",
        addresses_key: "doge_addresses",
        enabled: false,
        scan_period: Duration::from_secs(20),
        initial_scan_height: 4_303_965,
        confirmations: 20,
        max_tip_age: Some(Duration::from_secs(1_800)),
        rate_key: "sky_doge_exchange_rate",
        rate: Some("0.01"),
    },
};

static NETWORKS: [NetworkFacts; 3] = [
    NetworkFacts { number: 0, name: "dogecoin", accounts: ACCOUNTS, bitcoin_like: Some(MAIN) },
    NetworkFacts { number: 1, name: "testnet", accounts: TEST_ACCOUNTS, bitcoin_like: Some(TESTNET) },
    NetworkFacts { number: 2, name: "regtest", accounts: TEST_ACCOUNTS, bitcoin_like: Some(REGTEST) },
];

const MAIN: BitcoinLike = BitcoinLike {
    genesis: "1a91e3dace36e2be3bf030a65679fe821aa1d6ef92e7c9902eb318182c355691",
    p2pkh: 30,
    p2sh: &[22],
    bech32: None,
    blocks: BlockFormat::AuxPow { chain_id: 98 },
    work: ProofOfWork::Scrypt,
    maturity: 240,
    // Of Dogecoin's own program: other chains begin as it does (Dingocoin).
    landmarks: &[
        (145_000, "cc47cae70d7c5c92828d3214a266331dde59087d4a39071fa76ddfff9b7bde72"),
        (2_250_000, "0a87a8d4e40dca52763f93812a288741806380cd569537039ee927045c6bc338"),
        (4_303_965, "ed7d266dcbd8bb8af80f9ccb8deb3e18f9cc3f6972912680feeb37b090f8cee0"),
    ],
    easiest: 0x1e0f_ffff,
    // A difficulty of 2^17, a fifteenth of the lowest of the years before.
    easiest_by_now: (4_303_965, 0x1a7f_ffff),
};

const TESTNET: BitcoinLike = BitcoinLike {
    genesis: "bb0a78264637406b6360aad926284d544d7049f45189db5664f3c4d07350559e",
    p2pkh: 113,
    p2sh: &[196],
    landmarks: &[],
    easiest_by_now: (0, 0x1e0f_ffff),
    ..MAIN
};

const REGTEST: BitcoinLike = BitcoinLike {
    genesis: "3d2160a3b5dc4a9d62e7e66a295f70313ac808440ef7400d6c0772171ce973a5",
    p2pkh: 111,
    easiest: 0x207f_ffff,
    easiest_by_now: (0, 0x207f_ffff),
    ..TESTNET
};

/// What Dogecoin's keys begin with beside Bitcoin's.
const DGUB: u32 = 0x02fa_cafd;
const TGUB: u32 = 0x0432_a9a8;

const ACCOUNTS: AccountFacts = AccountFacts {
    coin_type: 3,
    expected: "Dogecoin's dgub or an xpub, or a descriptor: pkh(KEY)",
    plain: accounts::XPUB,
    versions: &[(accounts::XPUB, AddressRule::P2pkh), (DGUB, AddressRule::P2pkh)],
    rules: &[AddressRule::P2pkh],
    published: &["DBus3bamQjgJULBJtYXpEzDWQRwF5iwxgC", "DT6SkrdLDPUAhjV8gbEJFouEMM9vZx686g"],
};

const TEST_ACCOUNTS: AccountFacts = AccountFacts {
    coin_type: 1,
    expected: "tgub or tpub of a Dogecoin test network, or a descriptor: pkh(KEY)",
    plain: accounts::TPUB,
    versions: &[(accounts::TPUB, AddressRule::P2pkh), (TGUB, AddressRule::P2pkh)],
    published: &[],
    ..ACCOUNTS
};
