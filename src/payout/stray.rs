//! Payments by transactions that were given up, and that are in a block all the same.

use minicbor::{Decode, Encode};

use super::Payout;
use crate::types::{AttemptNo, Droplets};

/// A payment by a transaction that was given up, and that is in a block all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Stray {
    /// The transaction that was given up.
    #[n(0)]
    pub attempt: AttemptNo,
    /// How much it paid, in droplets.
    #[n(1)]
    pub amount: Droplets,
}

impl Payout {
    /// A transaction that was given up has paid it all the same.
    pub fn add_stray(self, stray: Stray) -> Payout {
        let strays = self.strays.into_iter().chain([stray]).collect();
        Payout { strays, ..self }
    }

    /// That transaction is in no block any more, or is what pays it from now on.
    pub fn drop_stray(self, attempt: AttemptNo) -> Payout {
        let strays = self.strays.into_iter().filter(|stray| stray.attempt != attempt).collect();
        Payout { strays, ..self }
    }
}
