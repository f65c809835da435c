//! Who is told of problems without asking: a webhook, mail.
//!
//! A [`Watcher`] looks at health now and then and notes what is open ([`ProblemWatch`](crate::report::ProblemWatch)).
//! Each receiver has a [`Post`] of its own that compares what is open with what the receiver was told, and tells the
//! difference until it is taken. Nothing piles up for a receiver that is away: when it is back, it is told what is so
//! then. What was told stands in a file, so that a restart repeats nothing.
//!
//! On failure: a receiver that is away is tried again, later each time. Nobody else waits for it, and no part of the
//! service depends on any of this.

mod kept;
mod mail;
mod notice;
mod post;
mod told;
mod watcher;
mod webhook;

pub use kept::Kept;
pub use mail::Mail;
pub use notice::{Alert, Notice};
pub use post::{Post, Receiver};
pub use told::Told;
pub use watcher::Watcher;
pub use webhook::Webhook;

/// Why a receiver cannot be told anything at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SetupError(pub String);
