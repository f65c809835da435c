//! What a network of a Bitcoin-like chain is, as data.

/// A block that the chain has to have, where it is as high: height and hash.
pub type Landmark = (u64, &'static str);

/// A network of a Bitcoin-like chain. Targets are written as headers write them (`nBits`), hashes as they are shown.
#[derive(Debug, Clone, Copy)]
pub struct BitcoinLike {
    /// The hash of the first block.
    pub genesis: &'static str,
    /// First byte of an address that pays the hash of a key.
    pub p2pkh: u8,
    /// First byte of an address that pays the hash of a script. Where there are several, all are read, and the first is
    /// written.
    pub p2sh: &'static [u8],
    /// What a witness address begins with; none where the chain has no witnesses. A script that looks like one of
    /// theirs can be spent by anybody there.
    pub bech32: Option<&'static str>,
    /// How its blocks are written.
    pub blocks: BlockFormat,
    /// How the work of its blocks is judged.
    pub work: ProofOfWork,
    /// Blocks on top of its own after which a block's reward can be spent.
    pub maturity: u64,
    /// Blocks by which the chain differs from those that share its beginning.
    pub landmarks: &'static [Landmark],
    /// The easiest target that the network's rules allow.
    pub easiest: u32,
    /// The easiest that is believed from a height on.
    pub easiest_by_now: (u64, u32),
}

/// How blocks are written beyond what Bitcoin's have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockFormat {
    /// As Bitcoin's.
    Plain,
    /// Litecoin's: an extension block follows, and the last transaction moves coins between the two.
    Mweb {
        /// Blocks on top of its own after which what came out of the extension block can be spent.
        maturity: u64,
    },
    /// Dogecoin's: the work may have been done on another chain's block, of which enough follows the header.
    AuxPow {
        /// By which merge-mined chains know each other.
        chain_id: i32,
    },
}

/// Which hash of a header is held against its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofOfWork {
    /// The one that names the block.
    DoubleSha256,
    /// Another one, of a megabit of memory: scrypt with N = 1024, r = 1 and p = 1.
    Scrypt,
}
