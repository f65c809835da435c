//! What tests simulate: disks that lose what was not synced, nodes that lose replies, clocks that are moved, and
//! a world that puts a desk on top of them and lets it die anywhere. Never part of the service.
#![allow(missing_docs)]

mod clock;
mod fake_chain;
mod fake_exchange;
mod fake_vault;
mod faulty_node;
mod fuse;
mod habit;
mod memory_store;
mod original_file;
mod payout_chain;
mod signed;
mod sim_disk;
mod step_end;
mod way;
mod world;

pub use clock::ManualClock;
pub use fake_chain::{FakeChain, FakeSource, Past, Remembered};
pub use fake_exchange::{FakeExchange, FakeOrder, FakeState};
pub use fake_vault::{FakeWithdrawal, Vault};
pub use faulty_node::{Faults, FaultyNode};
pub use fuse::{Died, Fuse};
pub use habit::Habit;
pub use memory_store::memory_store;
pub use original_file::{BoltBucket, OriginalFile, OriginalRecord, bolt_file};
pub use payout_chain::{Broadcast, PAYOUT_NODES, PayoutChain};
pub use signed::signed;
pub use sim_disk::SimDisk;
pub use step_end::StepEnd;
pub use way::{Way, deposit_addresses};
pub use world::{Acked, Backup, Service, UpstreamSettings, World, WorldSettings};
