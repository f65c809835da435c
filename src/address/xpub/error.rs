//! Why a text is no account key.
//!
//! Invariant: no error holds a piece of the text. It may be a secret, or half of one.

/// What a text gives away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secret {
    /// `xprv...` and its like, in whatever place.
    ExtendedKey,
    /// A private key in wallet import format.
    Wif,
    /// As many hexadecimal digits as a private key or a seed has.
    Hex,
    /// Many words: a mnemonic, or what is left of one.
    Words,
}

impl std::fmt::Display for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Secret::ExtendedKey => "an extended private key",
            Secret::Wif => "a private key",
            Secret::Hex => "hexadecimal digits that may be a private key or a seed",
            Secret::Words => "words that may be a wallet's seed",
        })
    }
}

/// Why a text is no account key of a chain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum XpubError {
    /// Whoever reads this can spend.
    #[error(
        "this is {0}, which can spend: give the account's public key alone, and take this off the machine"
    )]
    Secret(Secret),
    /// Neither a key nor a descriptor.
    #[error("not an account's public key, expected {expected}")]
    NotKey {
        /// What is expected, in words.
        expected: &'static str,
    },
    /// The checksum of the key itself, in base58.
    #[error("the key's checksum does not match, a letter is wrong")]
    KeyChecksum,
    /// A master key that has a parent, which BIP-32 forbids.
    #[error("a broken key: it says that it is a master key and names a parent")]
    Orphan,
    /// The checksum after `#`.
    #[error("the descriptor's checksum (after #) does not match, a letter is wrong")]
    DescriptorChecksum,
    /// Another chain's key, or that of another network.
    #[error("a key of {found}, expected {expected}")]
    OtherChain {
        /// The chain that the key is of, in words.
        found: &'static str,
        /// What is expected, in words.
        expected: &'static str,
    },
    /// `Ypub` and its like.
    #[error("a key of an account with several signers, which makes no addresses alone; expected {expected}")]
    Multisig {
        /// What is expected, in words.
        expected: &'static str,
    },
    /// Inside a descriptor keys are written plainly (BIP-380).
    #[error("in a descriptor a key is written {plain}, and this one is written {found}")]
    Prefixed {
        /// The key's first letters, like `zpub`.
        found: &'static str,
        /// The first letters of a plain key, like `xpub`.
        plain: &'static str,
    },
    /// A descriptor of a script that this chain has not, or that is not one key's.
    #[error("this script is none of {expected}")]
    Script {
        /// What is expected, in words.
        expected: &'static str,
    },
    /// The key's origin says another coin (SLIP-44).
    #[error("the key's origin says coin type {found}, and {expected} is {name}")]
    OriginCoin {
        /// The number of a coin that the origin says.
        found: u32,
        /// The number of the coin that is meant.
        expected: u32,
        /// The code of the coin that is meant.
        name: &'static str,
    },
    /// The key's origin and its script say two things.
    #[error("the key's origin is of BIP-{origin}, and its addresses would be of BIP-{script}")]
    OriginPurpose {
        /// The BIP that the origin says.
        origin: u32,
        /// The BIP that the script belongs to.
        script: u32,
    },
    /// A single public key, which has one address.
    #[error("a single key has one address: give the account's extended key")]
    SingleKey,
    /// No `*`, so that all addresses would be one.
    #[error("the path does not end in *, so that all addresses would be one; expected /0/* or /<0;1>/*")]
    OneAddress,
    /// Steps that only a private key can go.
    #[error("a hardened step (h or ') cannot be gone with a public key; expected /0/* or /<0;1>/*")]
    Hardened,
    /// The wallet's own change.
    #[error("this is the chain of the wallet's own change; expected /0/* or /<0;1>/*")]
    Change,
    /// More than two paths, or a path that cannot be gone.
    #[error("expected the path /0/* or /<0;1>/*")]
    Path,
    /// A key of such a depth whose path must be said.
    #[error(
        "a key of depth {depth}, and an account's has depth 3 (m/purpose'/coin'/account'): \
         say its path, like KEY/0/*"
    )]
    Depth {
        /// The steps from the master key.
        depth: u8,
    },
    /// There is no such index, or the one in 2^127 that has no key.
    #[error("there is no address of index {0}")]
    Index(u32),
}
