//! Webhooks of purchases: a client that the operator knows gave a URL with a bind, and is told there what comes of that
//! deposit address, and of no other.
//!
//! | file | owns |
//! |---|---|
//! | `row` | what is kept of a webhook, its keys, and reads of both |
//! | `write` | what changes them |
//! | `audit` | what follows from them |
//!
//! What a webhook has not heard is a row of its own (`hooks_due`), written by whoever sorts the log of events: that
//! reads each event once, however many webhooks there are. A deposit address that nothing happens to costs nothing.
//! What was told is no event, as with receivers.

mod audit;
mod row;
mod write;

pub(super) use audit::check;
pub use row::{Hook, HookCounts, HookState, Hooks};
pub use write::{HookRefusal, HookTold, NewHook};
