//! What a second reading of a chain's final blocks says that deposit addresses received, beside what the books say.

use crate::address::DepositAddress;
use crate::ledger::Asset;
use crate::types::{BlockRef, Height, Units, UnixTime};

/// Sums of one asset over the blocks that were compared, in its smallest unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadSums {
    /// What of.
    pub asset: Asset,
    /// What the chain says that bound addresses received.
    pub chain: Units,
    /// Of that, and beside it, what the books have as deposits.
    pub booked: Units,
    /// What was the desk's own before.
    pub own: Units,
    /// Payments of transactions that could not be read, and are listed as that.
    pub passed_over: Units,
    /// What came before the address was given out, or is known to have.
    pub tainted: Units,
    /// Deposits that were taken over from the original without their place in the chain.
    pub taken_over: Units,
}

impl ReadSums {
    /// Returns sums of nothing.
    pub const fn new(asset: Asset) -> Self {
        let zero = Units::ZERO;
        ReadSums {
            asset,
            chain: zero,
            booked: zero,
            own: zero,
            passed_over: zero,
            tainted: zero,
            taken_over: zero,
        }
    }

    /// Returns each part that explains a difference, with its name on the API.
    pub const fn parts(&self) -> [(&'static str, Units); 4] {
        [
            ("own_money", self.own),
            ("passed_over", self.passed_over),
            ("before_it_was_given_out", self.tainted),
            ("taken_over", self.taken_over),
        ]
    }
}

/// What a transaction paid to an address by the chain, and what the books say of that, where nothing explains the
/// difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What of.
    pub asset: Asset,
    /// The block.
    pub block: BlockRef,
    /// The transaction, in its chain's own text.
    pub tx: String,
    /// The deposit address.
    pub address: DepositAddress,
    /// What the chain says that it received.
    pub chain: Units,
    /// What the books say that it received.
    pub booked: Units,
    /// When it was found.
    pub since: UnixTime,
    /// Whether it was found again when the same block was read once more. One that was found once may be a race.
    pub stands: bool,
}

impl Difference {
    /// Returns what it is and says: one that says something else is another one.
    pub fn name(&self) -> String {
        let (asset, tx, address) = (self.asset.code(), &self.tx, self.address);
        format!("{asset} {tx} {address} {}:{}", self.chain.get(), self.booked.get())
    }
}

/// See the fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SecondReading {
    /// The first block that is compared since the start; none before there is one.
    pub from: Option<Height>,
    /// The last one that was; none before the first.
    pub to: Option<BlockRef>,
    /// When it was.
    pub at: Option<UnixTime>,
    /// Blocks that were compared.
    pub blocks: u64,
    /// Blocks of the range that were not, because the node tells nothing of what happens inside transactions.
    pub blind: u64,
    /// By asset. What is not here was in no block that was compared.
    pub sums: Vec<ReadSums>,
    /// What nothing explains.
    pub differences: Vec<Difference>,
    /// Why it does not go on, in words for the operator; none where it does.
    pub trouble: Option<String>,
}

impl SecondReading {
    /// Returns the differences that stand: each was found twice, in the same block.
    pub fn standing(&self) -> impl Iterator<Item = &Difference> {
        self.differences.iter().filter(|found| found.stands)
    }
}
