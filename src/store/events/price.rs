//! What happens to the price of an asset: what a person sets, in place of what is configured.

use minicbor::{Decode, Encode};

/// A change of a price. It concerns what is promised from here on, never a deposit that has a price.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum PriceEvent {
    /// A person sets it, whatever the sources say. By a person.
    #[n(0)]
    Set {
        /// The asset's code, such as `BTC`.
        #[n(0)]
        code: String,
        /// SKY for one whole coin or token.
        #[n(1)]
        rate: String,
        /// The reason that was given.
        #[n(2)]
        why: String,
    },
    /// What is configured counts again. By a person.
    #[n(1)]
    Cleared {
        /// The asset's code.
        #[n(0)]
        code: String,
        /// The reason that was given.
        #[n(1)]
        why: String,
    },
    /// What is configured was read anew while the service ran, and is another. By the configuration.
    #[n(2)]
    Configured {
        /// The asset's code; empty for what concerns all of them.
        #[n(0)]
        code: String,
        /// What is configured now, in words.
        #[n(1)]
        what: String,
    },
}
