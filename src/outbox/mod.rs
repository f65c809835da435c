//! Events told until they are acknowledged: what happened, in a form that never changes its meaning, for receivers that
//! each have a cursor of their own over the log of events.
//!
//! | file | owns |
//! |---|---|
//! | `data`, `public_event` | the public form of events, and its schemas |
//! | `of_record` | which event of the store is told as what |
//! | `port`, `webhook`, `script` | how a receiver is told: the port, and its two adapters |
//! | `sender`, `sign`, `private`, `backoff` | what posts and signs; addresses that are told nothing; waits between tries |
//! | `pages` | the log in pages that are made ready to be told once for all receivers |
//! | `courier` | one receiver: reads pages, tells one event after the other, moves the cursor |
//! | `couriers` | all of them, as the admin listener and health see them |
//! | `hooks` | webhooks of single purchases, which clients give with their binds |
//! | `noter` | writes problems of health into the log of events, so that they are told as surely as the rest |
//!
//! How far each receiver was told is a row of the store (`store/receivers`), which moves only when the receiver has
//! acknowledged. So an event is told at least once, with the same number each time, and none before those of the same
//! receiver that came earlier.
//!
//! On failure: a receiver that does not take an event is told it again, later each time, for ever. It holds nobody up:
//! each has a task of its own, which sleeps meanwhile, and no part of the service waits for any of them.

mod backoff;
mod courier;
mod couriers;
mod data;
mod hooks;
mod noter;
mod of_record;
mod pages;
mod port;
mod private;
mod public_event;
mod script;
mod sender;
mod sign;
mod webhook;

pub use courier::{Courier, Pace};
pub use couriers::{Couriers, Handle, TestOutcome};
pub use data::{
    ActData, BindingData, ChainData, DepositData, EventData, OrderData, PayoutData, PayoutPart, ProblemData,
    WithdrawalData,
};
pub use hooks::{
    ClientHooks, HookClient, HookClients, HookCourier, HookPort, HookSorter, concerned, hook_message,
    hook_url, narrowed,
};
pub use noter::Noter;
pub use of_record::public_event;
pub use pages::LogPages;
pub use port::{Message, Port, Refusal};
pub use private::is_private;
pub use public_event::{PublicEvent, hook_schemas, schemas};
pub use script::Script;
pub use sign::Signer;
pub use webhook::Webhook;

/// Why a receiver cannot be told anything at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SetupError(pub String);
