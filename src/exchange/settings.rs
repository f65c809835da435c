//! How a venue is reached, and who we are to it.

use std::fmt;
use std::sync::Arc;

use secrecy::SecretString;

use crate::clock::Clock;

/// How a venue is reached, and who we are to it.
#[derive(Clone)]
pub struct VenueSettings {
    /// Scheme, host, port and perhaps a path.
    pub base: String,
    /// The name of the account's key.
    pub key: SecretString,
    /// What requests are signed with, in the form that the venue gives it out in.
    pub secret: SecretString,
    /// What requests are dated by.
    pub clock: Arc<dyn Clock>,
}

impl fmt::Debug for VenueSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VenueSettings").field("base", &self.base).finish_non_exhaustive()
    }
}

/// Why a venue cannot be spoken to at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    /// The client cannot be set up.
    #[error("{0}")]
    Client(String),
    /// The secret is none of the kinds that the venue gives out. Nothing is told of it.
    #[error("the venue's secret is {0}")]
    Secret(&'static str),
}
