//! In what this desk and the original differ, of which kind that is, and why, where that can be told.

use crate::types::{BindingNo, Coin, DepositNo};

/// What differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DifferenceKind {
    /// An address that is bound to another payee, or that the copy does not have any more.
    Binding,
    /// A deposit that the original has taken up, and this desk has not seen.
    NotSeen,
    /// A deposit that is final here, and that the original has not taken up.
    NotTaken,
    /// How much arrived.
    Amount,
    /// Who is paid.
    Payee,
    /// The block that it stands in.
    Height,
    /// How deep it lies, and has to.
    Confirmations,
    /// How what is paid for it is come by.
    Method,
    /// SKY for one coin.
    Rate,
    /// How much is paid for it.
    Worth,
    /// Where it stands.
    Status,
    /// What has paid it.
    Paid,
}

impl DifferenceKind {
    /// All of them, in the order of their declaration.
    pub const ALL: [DifferenceKind; 12] = [
        DifferenceKind::Binding,
        DifferenceKind::NotSeen,
        DifferenceKind::NotTaken,
        DifferenceKind::Amount,
        DifferenceKind::Payee,
        DifferenceKind::Height,
        DifferenceKind::Confirmations,
        DifferenceKind::Method,
        DifferenceKind::Rate,
        DifferenceKind::Worth,
        DifferenceKind::Status,
        DifferenceKind::Paid,
    ];

    /// Returns a word for machines.
    pub const fn name(self) -> &'static str {
        match self {
            DifferenceKind::Binding => "binding",
            DifferenceKind::NotSeen => "not_seen",
            DifferenceKind::NotTaken => "not_taken",
            DifferenceKind::Amount => "amount",
            DifferenceKind::Payee => "payee",
            DifferenceKind::Height => "height",
            DifferenceKind::Confirmations => "confirmations",
            DifferenceKind::Method => "method",
            DifferenceKind::Rate => "rate",
            DifferenceKind::Worth => "worth",
            DifferenceKind::Status => "status",
            DifferenceKind::Paid => "paid",
        }
    }
}

/// Why something differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Because {
    /// The block is not read here yet, or is about to be read again.
    NotReadYet,
    /// It does not lie as deep here yet as it has to.
    NotFinalHere,
    /// It became final here after the copy was made.
    AfterTheCopy,
    /// No price can be promised here at the moment.
    NoPriceHere,
    /// Its chain is not followed here.
    CoinOff,
    /// It stands below the first block whose deposits count here.
    BelowStart,
    /// This desk wants more confirmations than the original.
    MoreConfirmations,
    /// It was decided there before this desk began to look on: with other settings, as it may be.
    BeforeThisDesk,
    /// What is paid was cut to so many decimal places there.
    Rounding(u8),
    /// The original counts ether in gwei.
    Gwei,
    /// It follows from the rate, or from the amount, which differs.
    Follows,
    /// It is bought upstream: worth what that brings.
    BoughtUpstream,
    /// The original takes one output of a transaction, and no second.
    SecondOutput,
    /// It moved inside of a transaction, or by a contract: there the original does not look.
    InsideTransaction,
    /// A coin or token that the original does not take.
    NotTheOriginals,
    /// The original's scanner saw it, and nothing became of it.
    LeftBehind,
    /// The original goes by heights, and keeps the one that it saw first.
    ByHeightAlone,
    /// The original calls done what it has paid nothing for.
    DoneWithNothing,
}

/// What a difference means for moving over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Nobody can tell why: somebody has to look.
    Unexplained,
    /// It passes by itself, or is no difference any more with a newer copy.
    Passing,
    /// It is known why, and stays.
    Explained,
}

impl Standing {
    /// All of them, the most urgent first.
    pub const ALL: [Standing; 3] = [Standing::Unexplained, Standing::Passing, Standing::Explained];

    /// Returns a word for machines.
    pub const fn name(self) -> &'static str {
        match self {
            Standing::Unexplained => "unexplained",
            Standing::Passing => "passing",
            Standing::Explained => "explained",
        }
    }
}

impl Because {
    /// Returns a word for machines.
    pub const fn name(self) -> &'static str {
        match self {
            Because::NotReadYet => "not_read_yet",
            Because::NotFinalHere => "not_final_here",
            Because::AfterTheCopy => "after_the_copy",
            Because::NoPriceHere => "no_price_here",
            Because::CoinOff => "coin_off",
            Because::BelowStart => "below_start",
            Because::MoreConfirmations => "more_confirmations",
            Because::BeforeThisDesk => "before_this_desk",
            Because::Rounding(_) => "rounding",
            Because::Gwei => "gwei",
            Because::Follows => "follows",
            Because::BoughtUpstream => "bought_upstream",
            Because::SecondOutput => "second_output",
            Because::InsideTransaction => "inside_transaction",
            Because::NotTheOriginals => "not_the_originals",
            Because::LeftBehind => "left_behind",
            Because::ByHeightAlone => "by_height_alone",
            Because::DoneWithNothing => "done_with_nothing",
        }
    }

    /// Returns what it means for moving over. What would be lost by moving over as things are set has to be looked at.
    pub const fn standing(self) -> Standing {
        match self {
            Because::NotReadYet | Because::NotFinalHere | Because::AfterTheCopy | Because::NoPriceHere => {
                Standing::Passing
            }
            Because::CoinOff | Because::BelowStart => Standing::Unexplained,
            Because::MoreConfirmations
            | Because::BeforeThisDesk
            | Because::Rounding(_)
            | Because::Gwei
            | Because::Follows
            | Because::BoughtUpstream
            | Because::SecondOutput
            | Because::InsideTransaction
            | Because::NotTheOriginals
            | Because::LeftBehind
            | Because::ByHeightAlone
            | Because::DoneWithNothing => Standing::Explained,
        }
    }
}

/// One thing in which both differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What differs.
    pub kind: DifferenceKind,
    /// The coin.
    pub coin: Coin,
    /// The deposit as its chain names it, or the address of a binding.
    pub of: String,
    /// The payee by the word of whoever knows it, here first.
    pub payee: String,
    /// The original's number of the deposit; none where it has none.
    pub there_no: Option<u64>,
    /// This desk's number of the deposit; none where it has none.
    pub here_no: Option<DepositNo>,
    /// This desk's number of the binding; none where it is about a deposit.
    pub binding: Option<BindingNo>,
    /// What the original has; empty where it has nothing.
    pub there: String,
    /// What this desk has; empty where it has nothing.
    pub here: String,
    /// Why; none where nobody can tell.
    pub because: Option<Because>,
}

impl Difference {
    /// Returns what it means for moving over.
    pub fn standing(&self) -> Standing {
        self.because.map_or(Standing::Unexplained, Because::standing)
    }
}
