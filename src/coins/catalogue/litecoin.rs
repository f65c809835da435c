//! Litecoin.

use std::time::Duration;

use crate::coins::accounts::{self, AccountFacts, AddressRule};
use crate::coins::bitcoin_like::{BitcoinLike, BlockFormat, ProofOfWork};
use crate::coins::network::NetworkFacts;
use crate::coins::{Facts, Family, NodeSettings, Settings, Workers};

pub(super) static FACTS: Facts = Facts {
    number: 3,
    code: "LTC",
    prefix: "ltc",
    name: "Litecoin",
    unit: "litoshi",
    decimals: 8,
    family: Family::BitcoinLike,
    uri_scheme: "litecoin",
    tells_finality: false,
    inner_transfers: false,
    most: 84_000_000 * 100_000_000,
    sample: "20000000",
    networks: &NETWORKS,
    workers: Workers {
        scanner: "ltc-scanner",
        rescanner: "ltc-rescanner",
        pending: "ltc-pending",
        vetter: "ltc-vetter",
        balance_checker: "ltc-balance-checker",
        reconciler: "ltc-reconciler",
        second_look: "ltc-second-look",
    },
    settings: Settings {
        is_always_listed: false,
        node: Some(NodeSettings { section: "ltc_rpc", server: "127.0.0.1:9332" }),
        section: "ltc_scanner",
        addresses_key: "ltc_addresses",
        enabled: false,
        scan_period: Duration::from_secs(20),
        initial_scan_height: 2_772_730,
        confirmations: 6,
        max_tip_age: Some(Duration::from_secs(3_600)),
        rate_key: "sky_ltc_exchange_rate",
        rate: Some("5"),
    },
};

static NETWORKS: [NetworkFacts; 3] = [
    NetworkFacts { number: 0, name: "litecoin", accounts: ACCOUNTS, bitcoin_like: Some(MAIN) },
    NetworkFacts { number: 1, name: "testnet", accounts: TEST_ACCOUNTS, bitcoin_like: Some(TESTNET) },
    NetworkFacts { number: 2, name: "regtest", accounts: TEST_ACCOUNTS, bitcoin_like: Some(REGTEST) },
];

const MAIN: BitcoinLike = BitcoinLike {
    genesis: "12a765e31ffd4059bada1e25190f6e98c99d9714d334efa41a195a7e7e04bfe2",
    p2pkh: 48,
    // The second is Bitcoin's: coins that were to go there went here, and the other way round.
    p2sh: &[50, 5],
    bech32: Some("ltc"),
    blocks: BlockFormat::Mweb { maturity: 6 },
    work: ProofOfWork::Scrypt,
    maturity: 100,
    // Both are of Litecoin's own program. Litecoin Cash left in between.
    landmarks: &[
        (721_000, "198a7b4de1df9478e2463bd99d75b714eab235a2e63e741641dc8a759a9840e5"),
        (2_772_730, "80cdb35c080484df5bf384b311fde3c4694d3405765bc0f596e9eb369ff286e5"),
    ],
    easiest: 0x1e0f_ffff,
    // A difficulty of 2^21, a quarter of what it was on average over all blocks before.
    easiest_by_now: (2_772_730, 0x1a07_ffff),
};

const TESTNET: BitcoinLike = BitcoinLike {
    genesis: "4966625a4b2851d9fdee139e56211a0d88575f59ed816ff5e6a63deb4e3e29a0",
    p2pkh: 111,
    p2sh: &[58, 196],
    bech32: Some("tltc"),
    landmarks: &[],
    easiest_by_now: (0, 0x1e0f_ffff),
    ..MAIN
};

const REGTEST: BitcoinLike = BitcoinLike {
    genesis: "530827f38f93b43ed12af0b3ad25a288dc02ed74d6d7857862df51fc56c416f9",
    bech32: Some("rltc"),
    easiest: 0x207f_ffff,
    easiest_by_now: (0, 0x207f_ffff),
    ..TESTNET
};

/// What Litecoin's keys begin with beside Bitcoin's, which its node and most of its wallets write.
const LTUB: u32 = 0x019d_a462;
const MTUB: u32 = 0x01b2_6ef6;
const TTUB: u32 = 0x0436_f6e1;

const ACCOUNTS: AccountFacts = AccountFacts {
    coin_type: 2,
    expected: "Litecoin's xpub, Ltub, ypub, Mtub or zpub, or a descriptor: \
               pkh(KEY), sh(wpkh(KEY)), wpkh(KEY) or tr(KEY)",
    plain: accounts::XPUB,
    versions: &[
        (accounts::XPUB, AddressRule::P2pkh),
        (LTUB, AddressRule::P2pkh),
        (accounts::YPUB, AddressRule::P2shP2wpkh),
        (MTUB, AddressRule::P2shP2wpkh),
        (accounts::ZPUB, AddressRule::P2wpkh),
    ],
    rules: &[AddressRule::P2pkh, AddressRule::P2shP2wpkh, AddressRule::P2wpkh, AddressRule::P2tr],
    published: &[
        "LUWPbpM43E2p7ZSh8cyTBEkvpHmr3cB8Ez",
        "M7wtsL7wSHDBJVMWWhtQfTMSYYkyooAAXM",
        "ltc1qjmxnz78nmc8nq77wuxh25n2es7rzm5c2rkk4wh",
        "ltc1puht8rk95c53q3u9w3pf9h3jfcutcrl9lxc7rqsdthjrse4k6sn7q9tuqm9",
        "Ld797g7vcD34F4m3pCR5fb1Z98yEswMLGX",
        "MGqsubGk6bpepEkG9nMhEQiKozKizXXMFn",
        "ltc1q9kptqash0ft2jf6vrpwgj0c3lwldx6akpmw5t8",
        "ltc1pzc2e67e70jg6stc3mfgmkwdzq570z7q3yqrjm6q2t2n2rf00n89q6xvvhh",
    ],
};

const TEST_ACCOUNTS: AccountFacts = AccountFacts {
    coin_type: 1,
    expected: "tpub, ttub, upub or vpub of a Litecoin test network, or a descriptor: \
               pkh(KEY), sh(wpkh(KEY)), wpkh(KEY) or tr(KEY)",
    plain: accounts::TPUB,
    versions: &[
        (accounts::TPUB, AddressRule::P2pkh),
        (TTUB, AddressRule::P2pkh),
        (accounts::UPUB, AddressRule::P2shP2wpkh),
        (accounts::VPUB, AddressRule::P2wpkh),
    ],
    published: &[],
    ..ACCOUNTS
};
