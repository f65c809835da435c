//! How badly an exchange in memory answers.

use crate::exchange::{CallError, Refusal};

/// What the exchange makes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Habit {
    /// It does what is asked, and says so.
    Fine,
    /// It does what is asked; the reply is lost.
    LoseReply,
    /// The request is lost.
    LoseRequest,
    /// The order comes to life later; there is no reply.
    Late,
    /// It takes no more calls for now, and does not say whether it took this one: it did not.
    TooOften,
    /// It cannot be reached.
    Down,
    /// It never says anything, and does nothing.
    Hang,
    /// It says no before it looks at anything.
    Refuse(Refusal),
}

/// What it says where it says no.
pub(super) fn refusal(kind: Refusal) -> CallError {
    CallError::Refused { kind, words: format!("{kind:?}") }
}
