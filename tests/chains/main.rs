//! Real blocks: what the readers find in them is exactly what is there.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod bitcoin_block;
mod ethereum_block;
mod skycoin_blocks;
