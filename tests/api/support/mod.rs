//! What the tests of the service's listeners share.

mod app;
mod client;
mod desk;
mod person;
pub mod pools;
mod setup;
pub mod tls;
mod wait;

pub use app::TestApp;
pub use client::{Reply, Request, connect, send};
pub use desk::{BUYER, Deposit, Line, OTHER, payee, tx};
pub use person::{Person, code};
pub use setup::Setup;
pub use wait::eventually;
