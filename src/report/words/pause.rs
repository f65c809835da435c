//! Why no address of a coin is given out for now, in words for anybody.

use std::time::Duration;

use crate::engine::BindError;
use crate::live::{BooksDoubt, NodeTrouble, Pause};

/// What keeps a coin off offer for now. What a node says, and where it is, is no part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuyerPause {
    /// Something is in the way of the coin, or of the desk.
    Pause(Pause),
    /// The operator has to look at the hot wallet.
    Wallet,
}

impl From<Pause> for BuyerPause {
    fn from(pause: Pause) -> Self {
        BuyerPause::Pause(pause)
    }
}

impl BuyerPause {
    /// Returns what is in the way for now; none where the refusal is for another reason.
    pub fn of(error: &BindError) -> Option<BuyerPause> {
        match error {
            BindError::Paused(pause) => Some(BuyerPause::Pause(*pause)),
            BindError::Unreconciled => Some(BuyerPause::Wallet),
            BindError::NotVetted => Some(BuyerPause::Pause(Pause::NotVetted)),
            BindError::Off
            | BindError::CoinOff(_)
            | BindError::BudgetSpent(_)
            | BindError::LimitReached
            | BindError::PayeeIsOurs
            | BindError::PoolEmpty
            | BindError::Store(_) => None,
        }
    }

    /// Returns it in English, as the part of a sentence that tells the reason.
    pub fn text(&self) -> String {
        match self {
            BuyerPause::Pause(pause) => paused(*pause),
            BuyerPause::Wallet => "the operator has to look at the hot wallet first".to_owned(),
        }
    }
}

fn paused(pause: Pause) -> String {
    match pause {
        Pause::Node(trouble) => node(trouble),
        Pause::Stuck { age } => format!("the newest block of its node is {} old", span(age)),
        Pause::Unread { blocks: None } => "its chain is still to be read".to_owned(),
        Pause::Unread { blocks: Some(1) } => "one block of its chain is still to be read".to_owned(),
        Pause::Unread { blocks: Some(blocks) } => catching_up(blocks),
        Pause::Books(BooksDoubt::ForeignSpend) => {
            "the hot wallet was spent from by somebody else than this desk, and the operator has to look at \
             it"
            .to_owned()
        }
        Pause::Books(BooksDoubt::Looking) => {
            "the desk is still making sure that it knows every payment from its hot wallet".to_owned()
        }
        Pause::NotVetted => {
            "its node has not told yet whether the next addresses received coins before".to_owned()
        }
    }
}

fn node(trouble: NodeTrouble) -> String {
    let words = match trouble {
        NodeTrouble::NotYetReached => "its node has not answered yet",
        NodeTrouble::Unreachable => "its node does not answer",
        NodeTrouble::Unauthorized => "its node refuses the credentials",
        NodeTrouble::Forbidden => "its node forbids a request that is needed",
        NodeTrouble::RateLimited => "its node takes no more requests for now",
        NodeTrouble::Starting => "its node is starting",
        NodeTrouble::Syncing => "its node is catching up with the network",
        NodeTrouble::Behind { tip } => return format!("its node has fallen back to block {tip}"),
        NodeTrouble::Shorter { tip } => {
            return format!("its node shows another, lighter or shorter chain up to block {tip}");
        }
        NodeTrouble::WrongNetwork => "its node is of another network",
        NodeTrouble::Nonsense => "its node answers nonsense",
        NodeTrouble::Pruned => "its node has pruned blocks that are needed",
        NodeTrouble::ForkedTooDeep { below } => {
            return format!("its node follows another chain from below block {below} on");
        }
    };
    words.to_owned()
}

pub(in crate::report) fn catching_up(blocks: u64) -> String {
    format!("catching up, {blocks} blocks are still to be read")
}

/// A duration as people say it.
pub(in crate::report) fn span(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..120 => format!("{seconds} seconds"),
        120..7_200 => format!("{} minutes", seconds / 60),
        7_200..172_800 => format!("{} hours", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Height;

    #[test]
    fn should_say_what_is_in_the_way() {
        for (pause, words) in [
            (
                Pause::Stuck { age: Duration::from_secs(3_601) },
                "the newest block of its node is 60 minutes old",
            ),
            (Pause::Node(NodeTrouble::Unreachable), "its node does not answer"),
            (
                Pause::Node(NodeTrouble::Shorter { tip: Height::new(8) }),
                "its node shows another, lighter or shorter chain up to block 8",
            ),
            (Pause::Unread { blocks: Some(40) }, "catching up, 40 blocks are still to be read"),
            (Pause::Unread { blocks: Some(1) }, "one block of its chain is still to be read"),
            (Pause::Unread { blocks: None }, "its chain is still to be read"),
        ] {
            assert_eq!(BuyerPause::from(pause).text(), words);
        }
    }
}
