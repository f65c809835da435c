//! The service's own readers and its wallet's node follow the simulated nodes through everything these can do.

pub(crate) mod btc;
pub(crate) mod control;
pub(crate) mod copied;
pub(crate) mod doge;
pub(crate) mod eth;
pub(crate) mod exchange;
pub(crate) mod offers;
pub(crate) mod passthrough;
pub(crate) mod restored;
pub(crate) mod rulings;
pub(crate) mod service;
pub(crate) mod sky;
pub(crate) mod tainted;
pub(crate) mod tokens;
pub(crate) mod troubles;

use std::sync::Arc;

use teller::address::DepositAddress;
use teller::chain::{Watch, Watcher};

/// Waits for payments to anybody.
struct Everybody;

impl Watch for Everybody {
    fn may_be_watched(&self, _: &DepositAddress) -> bool {
        true
    }
}

pub(crate) fn everybody() -> Watcher {
    Arc::new(Everybody)
}
