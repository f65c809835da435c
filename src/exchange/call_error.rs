//! How a call fails: what is known of whether it happened, and why.

use std::time::Duration;

/// Why a venue says no. Nothing was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The account has not enough of what would be spent.
    Funds,
    /// There is no such market (any more), or it takes no orders now.
    Market,
    /// The order is smaller than the venue takes.
    TooSmall,
    /// A price or a quantity that the market's rules do not allow.
    Terms,
    /// An order with this client id exists, or existed.
    Duplicate,
    /// The venue believes our clock to be wrong.
    Clock,
    /// The key is unknown, or may not do this.
    Credentials,
    /// There is no such order.
    NoSuchOrder,
    /// There is no such withdrawal.
    NoSuchWithdrawal,
    /// Anything else, in the venue's words.
    Other,
}

impl Refusal {
    /// Returns whether a venue that gives the first one back to who repeats it has looked for that first: what it says
    /// is of the terms, so there is none of this id. Of a key, a clock or a market it may speak before it looks for
    /// anything: that says nothing of what was sent before.
    pub const fn means_absent(self) -> bool {
        match self {
            Refusal::Funds | Refusal::TooSmall | Refusal::Terms => true,
            Refusal::Market
            | Refusal::Duplicate
            | Refusal::Clock
            | Refusal::Credentials
            | Refusal::NoSuchOrder
            | Refusal::NoSuchWithdrawal
            | Refusal::Other => false,
        }
    }
}

/// Why a call has no useful answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// It was never sent: nothing happened.
    #[error("not sent: {0}")]
    NotSent(String),
    /// The venue said no: nothing happened.
    #[error("refused: {words:.500}")]
    Refused {
        /// What it comes to.
        kind: Refusal,
        /// The venue's own words.
        words: String,
    },
    /// The venue takes no more calls for a while. Of a call that orders something, it is not known whether it happened
    /// where `is_certain` is false.
    #[error("asked too often: {words:.500}")]
    RateLimited {
        /// How long the venue wants to be left alone; none where it does not say.
        after: Option<Duration>,
        /// Whether the venue's documents say that such a call was not carried out.
        is_certain: bool,
        /// The venue's own words.
        words: String,
    },
    /// Nobody knows whether it happened: no answer, or one that cannot be read.
    #[error("unclear: {0:.500}")]
    Ambiguous(String),
    /// The venue answered a question, and what it tells does not say: asked again it tells no more.
    #[error("not told: {0:.500}")]
    Untold(String),
}

impl CallError {
    /// Returns whether the call may have been carried out.
    pub const fn may_have_happened(&self) -> bool {
        match self {
            CallError::NotSent(_) | CallError::Refused { .. } => false,
            CallError::RateLimited { is_certain, .. } => !*is_certain,
            CallError::Ambiguous(_) | CallError::Untold(_) => true,
        }
    }

    /// Returns what kind of refusal it is; none where the venue did not refuse.
    pub const fn refusal(&self) -> Option<Refusal> {
        match self {
            CallError::Refused { kind, .. } => Some(*kind),
            CallError::NotSent(_)
            | CallError::RateLimited { .. }
            | CallError::Ambiguous(_)
            | CallError::Untold(_) => None,
        }
    }
}
