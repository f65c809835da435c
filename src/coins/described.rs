//! Coins that the catalogue does not have, as their operator describes them: Bitcoin-like chains that differ in
//! nothing but facts.

use std::sync::OnceLock;
use std::time::Duration;

use super::accounts::{self, AccountFacts, AddressRule};
use super::bitcoin_like::{BitcoinLike, BlockFormat, Landmark, ProofOfWork};
use super::catalogue::BUILT_IN;
use super::network::NetworkFacts;
use super::{Coin, Facts, Family, NodeSettings, Settings, Workers};

/// Numbers of described coins; the catalogue's own stay below.
pub const DESCRIBED_NUMBERS: std::ops::RangeInclusive<u8> = 64..=127;

/// Blocks on top of a deposit's own, where nothing else is configured: nobody knows yet how deep forks of the chain go.
const CONFIRMATIONS: u64 = 20;
const SCAN_PERIOD: Duration = Duration::from_secs(20);
const MAX_TIP_AGE: Duration = Duration::from_secs(10_800);

/// A Bitcoin-like coin in its operator's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// One of [`DESCRIBED_NUMBERS`]: stands for the coin in the database.
    pub number: u8,
    /// In upper case.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// The smallest unit.
    pub unit: String,
    /// At most 18.
    pub decimals: u8,
    /// What links for wallets begin with, without the colon.
    pub uri_scheme: String,
    /// The network's name.
    pub network: String,
    /// The hash of the first block.
    pub genesis: String,
    /// The first byte of an address of a key.
    pub p2pkh: u8,
    /// The first is written, all are read.
    pub p2sh: Vec<u8>,
    /// What its bech32 addresses begin with; none where it has none.
    pub bech32: Option<String>,
    /// By which merge-mined chains know each other, where its blocks are.
    pub chain_id: Option<i32>,
    /// How the work of its blocks is judged.
    pub work: ProofOfWork,
    /// Blocks that a reward lies under before it can be spent, its own among them.
    pub maturity: u64,
    /// Heights and hashes of blocks that it has to have.
    pub landmarks: Vec<(u64, String)>,
    /// The easiest target of its rules (`nBits`).
    pub easiest: u32,
    /// The easiest that is believed from a height on.
    pub easiest_by_now: (u64, u32),
    /// The coin's number in paths (SLIP-44); account keys are not taken without it.
    pub slip44: Option<u32>,
    /// The node's own port.
    pub rpc_port: u16,
}

/// The catalogue is in use already, with other coins.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("other coins were described before: a program knows one set of coins")]
pub struct DescribedTwice;

/// What all coins are, from the first question on.
static ALL: OnceLock<(Vec<&'static Facts>, Vec<Description>)> = OnceLock::new();

/// Returns every coin, by ascending number.
pub(super) fn all() -> &'static [&'static Facts] {
    &ALL.get_or_init(|| (BUILT_IN.to_vec(), Vec::new())).0
}

impl Coin {
    /// Adds coins to the catalogue, for as long as the program runs. Once somebody asked what coins there are, none is
    /// added any more; the same ones may be described again.
    ///
    /// Numbers and codes are those of no other coin: see [`Description::code`].
    ///
    /// # Errors
    ///
    /// Returns [`DescribedTwice`] where the catalogue has other coins than these.
    pub fn describe(descriptions: Vec<Description>) -> Result<(), DescribedTwice> {
        let (_, known) = ALL.get_or_init(|| {
            let mut all = BUILT_IN.to_vec();
            all.extend(descriptions.iter().map(row));
            all.sort_by_key(|facts| facts.number);
            (all, descriptions.clone())
        });
        // Who describes none takes what is there: those are looked at by somebody else.
        if descriptions.is_empty() || *known == descriptions { Ok(()) } else { Err(DescribedTwice) }
    }
}

impl Description {
    /// Returns the coin as it is told here. It is in no list of all coins before [`Coin::describe`] took it up.
    pub fn coin(&self) -> Coin {
        Coin(row(self))
    }
}

/// A row lives as long as the program: there is one set of them.
fn row(description: &Description) -> &'static Facts {
    let Description { code, name, unit, uri_scheme, decimals, .. } = description;
    let prefix = code.to_ascii_lowercase();
    let named = |what: &str| text(format!("{prefix}{what}"));
    Box::leak(Box::new(Facts {
        number: description.number,
        code: text(code.clone()),
        prefix: named(""),
        name: text(name.clone()),
        unit: text(unit.clone()),
        decimals: *decimals,
        family: Family::BitcoinLike,
        uri_scheme: text(uri_scheme.clone()),
        tells_finality: false,
        inner_transfers: false,
        // What an output's eight bytes hold.
        most: u64::MAX.into(),
        sample: text(10_u128.pow((*decimals).into()).to_string()),
        networks: Box::leak(Box::new([network(description)])),
        workers: Workers {
            scanner: named("-scanner"),
            rescanner: named("-rescanner"),
            pending: named("-pending"),
            vetter: named("-vetter"),
            balance_checker: named("-balance-checker"),
            reconciler: named("-reconciler"),
            second_look: named("-second-look"),
        },
        settings: Settings {
            is_always_listed: false,
            node: Some(NodeSettings {
                section: named("_rpc"),
                server: text(format!("127.0.0.1:{}", description.rpc_port)),
            }),
            section: named("_scanner"),
            addresses_key: named("_addresses"),
            enabled: false,
            scan_period: SCAN_PERIOD,
            initial_scan_height: 0,
            confirmations: CONFIRMATIONS,
            max_tip_age: Some(MAX_TIP_AGE),
            rate_key: text(format!("sky_{prefix}_exchange_rate")),
            rate: None,
        },
    }))
}

fn network(description: &Description) -> NetworkFacts {
    let landmarks = description.landmarks.iter();
    let landmarks: Vec<Landmark> = landmarks.map(|(height, hash)| (*height, text(hash.clone()))).collect();
    NetworkFacts {
        number: 0,
        name: text(description.network.clone()),
        accounts: account_facts(description),
        bitcoin_like: Some(BitcoinLike {
            genesis: text(description.genesis.clone()),
            p2pkh: description.p2pkh,
            p2sh: description.p2sh.clone().leak(),
            bech32: description.bech32.clone().map(text),
            blocks: description
                .chain_id
                .map_or(BlockFormat::Plain, |chain_id| BlockFormat::AuxPow { chain_id }),
            work: description.work,
            maturity: description.maturity,
            landmarks: landmarks.leak(),
            easiest: description.easiest,
            easiest_by_now: description.easiest_by_now,
        }),
    }
}

/// Keys are written as Bitcoin's.
fn account_facts(description: &Description) -> AccountFacts {
    const LEGACY: &[(u32, AddressRule)] = &[(accounts::XPUB, AddressRule::P2pkh)];
    const WITNESS: &[(u32, AddressRule)] = &[
        (accounts::XPUB, AddressRule::P2pkh),
        (accounts::YPUB, AddressRule::P2shP2wpkh),
        (accounts::ZPUB, AddressRule::P2wpkh),
    ];
    const WITNESS_RULES: &[AddressRule] =
        &[AddressRule::P2pkh, AddressRule::P2shP2wpkh, AddressRule::P2wpkh, AddressRule::P2tr];
    let (expected, versions, rules): (_, _, &[AddressRule]) = match (description.slip44, &description.bech32)
    {
        (None, _) => ("a file: account keys need slip44 in the coin's description", &[][..], &[]),
        (Some(_), None) => ("xpub, or a descriptor: pkh(KEY)", LEGACY, &[AddressRule::P2pkh]),
        (Some(_), Some(_)) => (
            "xpub, ypub or zpub, or a descriptor: pkh(KEY), sh(wpkh(KEY)), wpkh(KEY) or tr(KEY)",
            WITNESS,
            WITNESS_RULES,
        ),
    };
    AccountFacts {
        coin_type: description.slip44.unwrap_or_default(),
        expected,
        plain: accounts::XPUB,
        versions,
        rules,
        published: &[],
    }
}

fn text(text: String) -> &'static str {
    text.leak()
}
