//! A deposit's states and the legal steps between them. Pure.
//!
//! ```text
//! Confirming -> Final
//!   |  ^          |
//!   v  |          v            (a reorg deeper than the threshold)
//! Orphaned, or Quarantined while its payout is signed: until that is proven to be dead
//! ```
//! Invariant: a deposit is never deleted, and the price that it once has never changes. Final is
//! nothing that does not lie as deep as required now: whatever was out of the chain is confirmed anew.
#![cfg_attr(not(test), deny(clippy::as_conversions, clippy::arithmetic_side_effects))]

#[cfg(test)]
mod tests;

use minicbor::{Decode, Encode};

use crate::price::PriceNote;
use crate::types::{
    BindingNo, BlockHash, BuyMethod, DepositId, DepositNo, Droplets, Height, Token, Units, UnixTime,
};

/// The block that holds a deposit. Dummy deposits have a height alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct BlockAt {
    /// How high the block stands.
    #[n(0)]
    pub height: Height,
    /// The block's hash; none for a dummy deposit, which stands in no block of a chain.
    #[n(1)]
    pub hash: Option<BlockHash>,
    /// Blocks that the chain itself wants on top of it before the coins can be spent, beside those that are required.
    #[n(2)]
    pub waits: u64,
}

impl BlockAt {
    /// The height that has to be as deep as required before the deposit is final.
    pub fn final_with(&self) -> Height {
        Height::new(self.height.get().saturating_add(self.waits))
    }
}

/// Where a deposit stands on its chain.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum DepositState {
    /// In a block, with fewer confirmations than required.
    #[n(0)]
    Confirming {
        /// The block that it stands in.
        #[n(0)]
        block: BlockAt,
    },
    /// Confirmed as deep as required: it is owed a payout.
    #[n(1)]
    Final {
        /// The block that it stands in.
        #[n(0)]
        block: BlockAt,
    },
    /// Its block is no longer part of the best chain; not paid while it is out.
    #[n(2)]
    Orphaned {
        /// The block that it stood in.
        #[n(0)]
        was: BlockAt,
    },
    /// Its block left the best chain although a transaction that pays it is signed: an operator has to look.
    #[n(3)]
    Quarantined {
        /// The block that it stood in.
        #[n(0)]
        was: BlockAt,
    },
}

/// Coins that arrived at a bound address.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Deposit {
    /// Its number, which is its payout's too.
    #[n(0)]
    pub no: DepositNo,
    /// What names it for ever.
    #[n(1)]
    pub id: DepositId,
    /// The binding of the address that it came to.
    #[n(2)]
    pub binding: BindingNo,
    /// Number among all that the payee sees in their status, from 1, given once.
    #[n(3)]
    pub payee_seq: u32,
    /// What arrived, in the smallest unit of its coin or token.
    #[n(4)]
    pub amount: Units,
    /// SKY for one whole coin or token, as text; empty as long as it has no price.
    #[n(5)]
    pub rate: String,
    /// What it is worth, fixed with the rate; none without one, and where that is more than can be written down. It is
    /// paid cut to the decimal places that the chain takes by then.
    #[n(6)]
    pub quote: Option<Droplets>,
    /// When it was first seen.
    #[n(7)]
    pub seen_at: UnixTime,
    /// When its state changed last.
    #[n(8)]
    pub updated_at: UnixTime,
    /// Where it stands.
    #[n(9)]
    pub state: DepositState,
    /// The deposit to the same address before this one.
    #[n(10)]
    pub previous: Option<DepositNo>,
    /// What was deposited, where that is a token; none for the chain's own coin.
    #[n(11)]
    pub token: Option<Token>,
    /// How what is paid for it is come by, as it was configured at the moment it was first seen.
    #[n(12)]
    pub method: BuyMethod,
    /// How its price came about; none as long as it has none.
    #[n(13)]
    pub priced: Option<PriceNote>,
    /// It was taken over from the original, and its chain has not shown it here yet: its place in its transaction is
    /// the original's word, which may be wrong.
    #[n(14)]
    pub is_unlocated: bool,
}

/// Whether a deposit has a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worth {
    /// It has none yet.
    Unpriced,
    /// It is worth more than can be written down.
    TooMuch,
    /// So much.
    Known(Droplets),
}

/// A step that the state does not allow. It is a fault of the caller, or of the stored data.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("deposit {no} cannot be {step} while {state:?}")]
pub struct IllegalStep {
    /// The deposit that was to change.
    pub no: DepositNo,
    /// What was to be done, as a participle: `finalized`.
    pub step: &'static str,
    /// Where it stands.
    pub state: DepositState,
}

impl Deposit {
    /// Returns what people call that which was deposited: `ETH`, `USDT`.
    pub fn code(&self) -> &str {
        self.token.as_ref().map_or(self.id.coin.code(), |token| token.symbol.as_str())
    }

    /// Returns the decimal places between that and its smallest unit.
    pub fn decimals(&self) -> u8 {
        self.token.map_or(self.id.coin.decimals(), |token| token.decimals)
    }

    /// Returns what it is worth.
    pub fn worth(&self) -> Worth {
        match self.quote {
            Some(quote) => Worth::Known(quote),
            None if self.rate.is_empty() => Worth::Unpriced,
            None => Worth::TooMuch,
        }
    }

    /// Gives it the price that it did not have.
    ///
    /// # Errors
    ///
    /// Where it has one, or would be given none.
    pub fn price(
        self,
        rate: String,
        quote: Option<Droplets>,
        priced: PriceNote,
        at: UnixTime,
    ) -> Result<Deposit, IllegalStep> {
        if !self.rate.is_empty() || rate.is_empty() {
            return Err(self.illegal("priced"));
        }
        Ok(Deposit { rate, quote, priced: Some(priced), updated_at: at, ..self })
    }

    /// The block it stands in, or stood in.
    pub fn block(&self) -> BlockAt {
        match &self.state {
            DepositState::Confirming { block } | DepositState::Final { block } => *block,
            DepositState::Orphaned { was } | DepositState::Quarantined { was } => *was,
        }
    }

    /// The block that it stands in, while that is part of the best chain.
    pub fn place(&self) -> Option<BlockAt> {
        match &self.state {
            DepositState::Confirming { block } | DepositState::Final { block } => Some(*block),
            DepositState::Orphaned { .. } | DepositState::Quarantined { .. } => None,
        }
    }

    /// Returns whether it lies as deep as required.
    pub fn is_final(&self) -> bool {
        matches!(self.state, DepositState::Final { .. })
    }

    /// Deep enough to be owed a payout.
    pub fn finalize(self, at: UnixTime) -> Result<Deposit, IllegalStep> {
        match self.state {
            DepositState::Confirming { block } => Ok(self.enter(DepositState::Final { block }, at)),
            DepositState::Final { .. } | DepositState::Orphaned { .. } | DepositState::Quarantined { .. } => {
                Err(self.illegal("made final"))
            }
        }
    }

    /// Its block left the best chain, and no payout for it was signed.
    pub fn orphan(self, at: UnixTime) -> Result<Deposit, IllegalStep> {
        match self.state {
            DepositState::Confirming { block } | DepositState::Final { block } => {
                Ok(self.enter(DepositState::Orphaned { was: block }, at))
            }
            DepositState::Orphaned { .. } | DepositState::Quarantined { .. } => Err(self.illegal("orphaned")),
        }
    }

    /// Its block left the best chain although its payout was signed.
    pub fn quarantine(self, at: UnixTime) -> Result<Deposit, IllegalStep> {
        match self.state {
            // One that was taken back before, and is being confirmed anew, may be taken back again.
            DepositState::Confirming { block } | DepositState::Final { block } => {
                Ok(self.enter(DepositState::Quarantined { was: block }, at))
            }
            DepositState::Orphaned { .. } | DepositState::Quarantined { .. } => {
                Err(self.illegal("quarantined"))
            }
        }
    }

    /// The payout that it was quarantined for can never confirm: it is out like any that was not paid.
    pub fn unpay(self, at: UnixTime) -> Result<Deposit, IllegalStep> {
        match self.state {
            DepositState::Quarantined { was } => Ok(self.enter(DepositState::Orphaned { was }, at)),
            DepositState::Confirming { .. } | DepositState::Final { .. } | DepositState::Orphaned { .. } => {
                Err(self.illegal("taken for unpaid"))
            }
        }
    }

    /// The same transaction is in a block again. It is confirmed anew, also where it is paid already: as long as the
    /// next fork may take it back, it is not there for sure.
    pub fn reinclude(self, block: BlockAt, at: UnixTime) -> Result<Deposit, IllegalStep> {
        match self.state {
            DepositState::Orphaned { .. } | DepositState::Quarantined { .. } => {
                Ok(self.enter(DepositState::Confirming { block }, at))
            }
            DepositState::Confirming { .. } | DepositState::Final { .. } => Err(self.illegal("re-included")),
        }
    }

    /// Its chain shows it for the first time, in this place, and with all that came.
    ///
    /// # Errors
    ///
    /// Where it was shown already.
    pub fn locate(self, n: u32, amount: Units, block: BlockAt) -> Result<Deposit, IllegalStep> {
        if !self.is_unlocated {
            return Err(self.illegal("found in its place"));
        }
        let state = match self.state {
            DepositState::Confirming { .. } => DepositState::Confirming { block },
            DepositState::Final { .. } => DepositState::Final { block },
            DepositState::Orphaned { .. } => DepositState::Orphaned { was: block },
            DepositState::Quarantined { .. } => DepositState::Quarantined { was: block },
        };
        let id = DepositId { n, ..self.id };
        Ok(Deposit { id, amount, state, is_unlocated: false, ..self })
    }

    fn enter(self, state: DepositState, at: UnixTime) -> Deposit {
        Deposit { state, updated_at: at, ..self }
    }

    fn illegal(self, step: &'static str) -> IllegalStep {
        IllegalStep { no: self.no, step, state: self.state }
    }
}
