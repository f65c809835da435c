//! Whether the addresses to be given out next were looked into: had coins come to them before?

use crate::chain::Unvetted;

/// How asking a coin's node about them fares.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum VettingState {
    /// It has not told yet.
    #[default]
    Asking,
    /// It has.
    Done,
    /// It fails, in these words.
    Failing(String),
    /// It cannot tell, for this reason.
    Untold(String),
}

/// See the fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vetting {
    /// How asking the node fares.
    pub state: VettingState,
    /// Whether an address can be given out now.
    pub is_open: bool,
}

impl VettingState {
    /// What becomes of addresses that the node was not asked about.
    pub fn unvetted(&self) -> Unvetted {
        match self {
            VettingState::Asking | VettingState::Done => Unvetted::Withheld,
            VettingState::Failing(_) => Unvetted::GivenUnlessForgotten,
            VettingState::Untold(_) => Unvetted::Given,
        }
    }

    /// One word for machines.
    pub const fn name(&self) -> &'static str {
        match self {
            VettingState::Asking => "asking",
            VettingState::Done => "done",
            VettingState::Failing(_) => "failing",
            VettingState::Untold(_) => "untold",
        }
    }

    /// The node's own words, or the connection's, for the operator.
    pub fn detail(&self) -> Option<&str> {
        match self {
            VettingState::Asking | VettingState::Done => None,
            VettingState::Failing(words) | VettingState::Untold(words) => Some(words),
        }
    }
}
