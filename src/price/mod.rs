//! What a deposit buys, made of what the sources of prices say, or why nothing can be said in good faith. Pure.
//!
//! Invariant: a price is promised only where every guard lets it pass. What is too old, too far from the operator's own
//! idea, contradicted by a second source, or the price of another coin, is no price: the deposit waits, in words.
//! All arithmetic is exact. A spread is taken off what the market would give, so that it is always the desk's.
#![cfg_attr(not(test), deny(clippy::as_conversions, clippy::arithmetic_side_effects))]

mod bind_promise;
mod identity;
mod jump;
mod promised;
mod quote;
mod source;
#[cfg(test)]
mod tests;

pub use bind_promise::{BindPromise, PromisedPrice};
pub use identity::{Moved, identity_problem};
pub use jump::{Course, Jump, JumpBound};
pub use promised::Promised;
pub use quote::{Guards, NoPrice, PriceNote, Quoted, Reading, Told, quote};
pub use source::{ParseSourceError, PriceSource};
