//! Webhooks of purchases: a client that the operator knows names a URL with a bind, and is told there what comes of
//! that deposit address.
//!
//! | file | owns |
//! |---|---|
//! | `url` | which URLs can be given |
//! | `narrow` | what of an event is told to whom it is one purchase of |
//! | `port` | how a webhook is told, and how its courier is woken |
//! | `sorter` | reads the log of events once, and notes what each webhook is to be told |
//! | `errand` | tells one webhook what it has not heard, one event after the other |
//! | `courier` | all webhooks of one client: a few at a time, those that fail beside the others |
//!
//! On failure: a webhook that does not take an event is told it again, later each time, for days; then it is given
//! up, in sight, until a person has it told again. Those that fail have places of their own, so that they hold up no
//! other one of their client; each client has a courier of its own, and nothing else waits for any.

mod courier;
mod errand;
mod narrow;
mod port;
mod sorter;
mod url;

pub use courier::HookCourier;
pub use narrow::{concerned, hook_message, narrowed};
pub use port::{ClientHooks, HookClient, HookClients, HookPort};
pub use sorter::HookSorter;
pub use url::hook_url;
