//! Who decided something, and why.

use minicbor::{Decode, Encode};

use crate::types::{Actor, UnixTime};

/// Who ruled, why and when.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Reason {
    /// Who has ruled.
    #[n(0)]
    pub by: Actor,
    /// The reason that was given.
    #[n(1)]
    pub why: String,
    /// When.
    #[n(2)]
    pub at: UnixTime,
}
