//! What happens to the desk as a whole: problems of health that open and end.

use minicbor::{Decode, Encode};

use crate::types::Coin;

/// A problem of health, as those hear of it who are told of events.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum ProblemEvent {
    /// It has been there for long enough to be told.
    #[n(0)]
    Opened {
        /// Its code, as health has it.
        #[n(0)]
        code: String,
        /// The coin that it is about, where it is about one.
        #[n(1)]
        coin: Option<Coin>,
    },
    /// It has been away for long enough.
    #[n(1)]
    Closed {
        /// Its code, as health has it.
        #[n(0)]
        code: String,
        /// The coin that it is about, where it is about one.
        #[n(1)]
        coin: Option<Coin>,
    },
}
