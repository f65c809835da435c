//! Bitcoin.

use std::time::Duration;

use crate::coins::accounts::{self, AccountFacts, AddressRule};
use crate::coins::bitcoin_like::{BitcoinLike, BlockFormat, Landmark, ProofOfWork};
use crate::coins::network::NetworkFacts;
use crate::coins::{Facts, Family, NodeSettings, Settings, Workers};

pub(super) static FACTS: Facts = Facts {
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
    networks: &NETWORKS,
    workers: Workers {
        scanner: "btc-scanner",
        rescanner: "btc-rescanner",
        pending: "btc-pending",
        vetter: "btc-vetter",
        balance_checker: "btc-balance-checker",
        reconciler: "btc-reconciler",
        second_look: "btc-second-look",
    },
    settings: Settings {
        is_always_listed: true,
        node: Some(NodeSettings { section: "btc_rpc", server: "127.0.0.1:8334" }),
        section: "btc_scanner",
        addresses_key: "btc_addresses",
        enabled: true,
        scan_period: Duration::from_secs(20),
        initial_scan_height: 492_478,
        confirmations: 1,
        max_tip_age: Some(Duration::from_secs(10_800)),
        rate_key: "sky_btc_exchange_rate",
        rate: Some("500"),
    },
};

static NETWORKS: [NetworkFacts; 5] = [
    NetworkFacts { number: 0, name: "bitcoin", accounts: ACCOUNTS, bitcoin_like: Some(MAIN) },
    NetworkFacts { number: 1, name: "testnet", accounts: TEST_ACCOUNTS, bitcoin_like: Some(TESTNET) },
    NetworkFacts { number: 2, name: "testnet4", accounts: TEST_ACCOUNTS, bitcoin_like: Some(TESTNET4) },
    NetworkFacts { number: 3, name: "signet", accounts: TEST_ACCOUNTS, bitcoin_like: Some(SIGNET) },
    NetworkFacts { number: 4, name: "regtest", accounts: TEST_ACCOUNTS, bitcoin_like: Some(REGTEST) },
];

/// Blocks of the main chain by which it differs from those that share its beginning: the first one after Bitcoin Cash
/// left, and one of half a year later.
const LANDMARKS: &[Landmark] = &[
    (478_559, "00000000000000000019f112ec0a9982926f1258cdcc558dd7c3b7e5dc7fa148"),
    (504_031, "0000000000000000005ccd563c9ed7212ad591467cd3db71a17d44918b687f34"),
];

const MAIN: BitcoinLike = BitcoinLike {
    genesis: "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f",
    p2pkh: 0,
    p2sh: &[5],
    bech32: Some("bc"),
    blocks: BlockFormat::Plain,
    work: ProofOfWork::DoubleSha256,
    maturity: 100,
    landmarks: LANDMARKS,
    easiest: 0x1d00_ffff,
    // A difficulty of 2^36, a twelfth of what it was at the first landmark and a two thousandth of what it is by now. A
    // block costs a fortune all the same.
    easiest_by_now: (478_559, 0x180f_ffff),
};

const TESTNET: BitcoinLike = BitcoinLike {
    genesis: "000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943",
    p2pkh: 111,
    p2sh: &[196],
    bech32: Some("tb"),
    landmarks: &[],
    easiest_by_now: (0, 0x1d00_ffff),
    ..MAIN
};

const TESTNET4: BitcoinLike =
    BitcoinLike { genesis: "00000000da84f2bafbbc53dee25a72ae507ff4914b867c565be350b0da8bf043", ..TESTNET };

const SIGNET: BitcoinLike = BitcoinLike {
    genesis: "00000008819873e925422c1ff0f99f7cc9bbb232af63a077a480a3633bee1ef6",
    easiest: 0x1e03_77ae,
    easiest_by_now: (0, 0x1e03_77ae),
    ..TESTNET
};

const REGTEST: BitcoinLike = BitcoinLike {
    genesis: "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206",
    bech32: Some("bcrt"),
    easiest: 0x207f_ffff,
    easiest_by_now: (0, 0x207f_ffff),
    ..TESTNET
};

const ACCOUNTS: AccountFacts = AccountFacts {
    coin_type: 0,
    expected: "Bitcoin's xpub, ypub or zpub, or a descriptor: pkh(KEY), sh(wpkh(KEY)), wpkh(KEY) or tr(KEY)",
    plain: accounts::XPUB,
    versions: &[
        (accounts::XPUB, AddressRule::P2pkh),
        (accounts::YPUB, AddressRule::P2shP2wpkh),
        (accounts::ZPUB, AddressRule::P2wpkh),
    ],
    rules: &[AddressRule::P2pkh, AddressRule::P2shP2wpkh, AddressRule::P2wpkh, AddressRule::P2tr],
    published: &[
        "1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA",
        "37VucYSaXLCAsxYyAPfbSi9eh4iEcbShgf",
        "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu",
        "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr",
        "1Ei9UmLQv4o4UJTy5r5mnGFeC9auM3W5P1",
        "39sr5B8UAdxeoXbnpdw4frfxXwWwEChwzp",
        "bc1q4qw42stdzjqs59xvlrlxr8526e3nunw7mp73te",
        "bc1pfzhx49qe6s5exppe5hqljg3n6587xk0w75xqr70pgdt7ygnfkssqxqjd9l",
    ],
};

const TEST_ACCOUNTS: AccountFacts = AccountFacts {
    coin_type: 1,
    expected: "tpub, upub or vpub of a Bitcoin test network, or a descriptor: \
               pkh(KEY), sh(wpkh(KEY)), wpkh(KEY) or tr(KEY)",
    plain: accounts::TPUB,
    versions: &[
        (accounts::TPUB, AddressRule::P2pkh),
        (accounts::UPUB, AddressRule::P2shP2wpkh),
        (accounts::VPUB, AddressRule::P2wpkh),
    ],
    published: &[],
    ..ACCOUNTS
};
