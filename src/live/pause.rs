//! Why no address of a coin is given out for now.

use std::time::Duration;

use super::books_view::BooksDoubt;
use crate::types::Height;

/// It passes by itself, or an operator has to look. Nothing of it tells where a node is or what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pause {
    /// Its node is in trouble.
    Node(NodeTrouble),
    /// Its node answers, and shows no block that is new enough.
    Stuck {
        /// How old the newest block is.
        age: Duration,
    },
    /// Its node is well, and blocks of it have not been read for long.
    Unread {
        /// How many; none where that is not known.
        blocks: Option<u64>,
    },
    /// The spends of the hot wallet are not all known.
    Books(BooksDoubt),
    /// No node has told yet whether the next addresses received coins before.
    NotVetted,
    /// The operator has switched the coin off.
    SwitchedOff,
}

impl Pause {
    /// Returns one word for machines: a node's state, or what else is in the way.
    pub const fn code(&self) -> &'static str {
        match self {
            Pause::Node(trouble) => trouble.name(),
            Pause::Stuck { .. } => "stuck",
            Pause::Unread { .. } => "unread",
            Pause::Books(BooksDoubt::ForeignSpend | BooksDoubt::Looking) => "unreconciled",
            Pause::NotVetted => "not_vetted",
            Pause::SwitchedOff => "switched_off",
        }
    }
}

/// What is amiss with a node: its state without the words of the node, which are the operator's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeTrouble {
    /// It has not answered since this service started.
    NotYetReached,
    /// It does not answer.
    Unreachable,
    /// It refuses who we are.
    Unauthorized,
    /// It forbids something that is needed.
    Forbidden,
    /// It takes no more requests for now.
    RateLimited,
    /// It is starting up.
    Starting,
    /// It is catching up with its network.
    Syncing,
    /// Its chain ends below what was seen of it before.
    Behind {
        /// The height of its newest block.
        tip: Height,
    },
    /// It shows another chain, lighter or shorter than what was seen of it before.
    Shorter {
        /// The height of its newest block.
        tip: Height,
    },
    /// It belongs to another network.
    WrongNetwork,
    /// It contradicts itself or the protocol.
    Nonsense,
    /// It has thrown away blocks that are needed.
    Pruned,
    /// Its chain forked off below everything that is remembered.
    ForkedTooDeep {
        /// The height of the lowest block that is remembered.
        below: Height,
    },
}

impl NodeTrouble {
    /// Returns one word for machines.
    pub const fn name(&self) -> &'static str {
        match self {
            NodeTrouble::NotYetReached => "not_yet_reached",
            NodeTrouble::Unreachable => "unreachable",
            NodeTrouble::Unauthorized => "unauthorized",
            NodeTrouble::Forbidden => "forbidden",
            NodeTrouble::RateLimited => "rate_limited",
            NodeTrouble::Starting => "starting",
            NodeTrouble::Syncing => "syncing",
            NodeTrouble::Behind { .. } => "behind",
            NodeTrouble::Shorter { .. } => "shorter_chain",
            NodeTrouble::WrongNetwork => "wrong_network",
            NodeTrouble::Nonsense => "nonsense",
            NodeTrouble::Pruned => "pruned",
            NodeTrouble::ForkedTooDeep { .. } => "forked_too_deep",
        }
    }
}
