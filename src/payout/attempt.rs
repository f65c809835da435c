//! A signed payout transaction: its bytes are stored before they are sent and are the only ones ever sent.

use minicbor::{Decode, Encode};

use crate::types::{AttemptNo, BlockRef, Hash32, UnixTime};

/// Where a transaction stands.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum AttemptState {
    /// Stored, not known to have reached the network.
    #[n(0)]
    Signed {
        /// The node's words, when it refused the bytes. They are offered again all the same.
        #[n(0)]
        refused: Option<String>,
    },
    /// The network has it.
    #[n(1)]
    Sent,
    /// In a block, as deep as required.
    #[n(2)]
    Settled {
        #[n(0)]
        block: BlockRef,
    },
    /// It can never confirm: another transaction spent one of its inputs, at depth.
    #[n(3)]
    Dead {
        #[n(0)]
        why: String,
    },
}

/// Where a [`SignedTransaction`](super::SignedTransaction) stands. Apart from it, for a buyer's status asks only this of a transaction that may pay
/// hundreds of others too.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Attempt {
    #[n(0)]
    pub no: AttemptNo,
    #[n(1)]
    pub txid: Hash32,
    #[n(2)]
    pub signed_at: UnixTime,
    #[n(3)]
    pub updated_at: UnixTime,
    #[n(4)]
    pub state: AttemptState,
}

/// A step that the transaction's state does not allow.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("transaction {txid} cannot be {step} while {state:?}")]
pub struct AttemptError {
    pub txid: Hash32,
    pub step: &'static str,
    pub state: AttemptState,
}

impl Attempt {
    /// Neither settled nor dead: it is offered to the network until it is one of the two.
    pub fn is_live(&self) -> bool {
        match self.state {
            AttemptState::Signed { .. } | AttemptState::Sent => true,
            AttemptState::Settled { .. } | AttemptState::Dead { .. } => false,
        }
    }

    pub fn send(self, at: UnixTime) -> Result<Attempt, AttemptError> {
        match self.state {
            AttemptState::Signed { .. } => Ok(self.enter(AttemptState::Sent, at)),
            AttemptState::Sent | AttemptState::Settled { .. } | AttemptState::Dead { .. } => {
                Err(self.illegal("sent"))
            }
        }
    }

    pub fn refuse(self, words: String, at: UnixTime) -> Result<Attempt, AttemptError> {
        match self.state {
            AttemptState::Signed { .. } => Ok(self.enter(AttemptState::Signed { refused: Some(words) }, at)),
            AttemptState::Sent | AttemptState::Settled { .. } | AttemptState::Dead { .. } => {
                Err(self.illegal("refused"))
            }
        }
    }

    pub fn settle(self, block: BlockRef, at: UnixTime) -> Result<Attempt, AttemptError> {
        match self.state {
            AttemptState::Signed { .. } | AttemptState::Sent => {
                Ok(self.enter(AttemptState::Settled { block }, at))
            }
            AttemptState::Settled { .. } | AttemptState::Dead { .. } => Err(self.illegal("settled")),
        }
    }

    pub fn kill(self, why: String, at: UnixTime) -> Result<Attempt, AttemptError> {
        match self.state {
            AttemptState::Signed { .. } | AttemptState::Sent => {
                Ok(self.enter(AttemptState::Dead { why }, at))
            }
            AttemptState::Settled { .. } | AttemptState::Dead { .. } => Err(self.illegal("declared dead")),
        }
    }

    fn enter(self, state: AttemptState, at: UnixTime) -> Attempt {
        Attempt { state, updated_at: at, ..self }
    }

    fn illegal(self, step: &'static str) -> AttemptError {
        AttemptError { txid: self.txid, step, state: self.state }
    }
}
