//! Connections: who is let in, how long they may take, and what each may cost.
//!
//! A [`Door`] admits connections and knows what each is doing: at the limit of a client, or of all, the one that has
//! waited longest goes, and the newest is served. A sweep ends whoever takes too long: over a handshake, a request's
//! head, its body, or the reply. A `Line` is the stream of one: it reads no further request while a reply has not
//! been taken, so that a connection costs a few buffers whatever it sends.
//!
//! On failure: nobody in the middle of a request's work is ever ended; where all are, the newest is turned away.

mod answers;
mod attend;
mod door;
mod line;
mod serve;
#[cfg(test)]
mod tests;
mod visitor;

pub use answers::Answers;
pub use attend::attend;
pub use door::{Door, DoorLimits, DoorReport, Doors};
pub use serve::{Listener, serve};
pub use visitor::{Phase, Visitor};
