//! What happens to what a person can switch off.

use minicbor::{Decode, Encode};

/// A switch is turned. By a person.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum SwitchEvent {
    /// It is off, whatever is configured.
    #[n(0)]
    Off {
        /// The switch's name.
        #[n(0)]
        name: String,
        /// The reason that was given.
        #[n(1)]
        why: String,
    },
    /// What is configured counts again.
    #[n(1)]
    On {
        /// The switch's name.
        #[n(0)]
        name: String,
        /// The reason that was given.
        #[n(1)]
        why: String,
    },
}
