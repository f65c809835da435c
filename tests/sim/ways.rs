//! Tests that go through every way in which a deposit is made.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use teller::address::DepositAddress;
use teller::deposit::BlockAt;
use teller::engine::FoundDeposit;
use teller::testing::{Way, World};
use teller::types::{Droplets, Height};

/// A world whose deposits are made on this coin's chain.
pub(crate) fn world(way: Way) -> World {
    World::on(way.coin(), Droplets::new(1_000_000_000), 200)
}

/// A payment as a dummy scanner hands it to the desk: final from the start.
pub(crate) fn found(way: Way, tx: &str, address: DepositAddress, satoshi: u64) -> FoundDeposit {
    FoundDeposit {
        id: way.id(tx),
        token: way.token(),
        address,
        amount: way.units(satoshi),
        block: BlockAt { height: Height::new(1), hash: None, waits: 0 },
        is_final: true,
    }
}

/// Goes through all ways with this; which of them a failure was in is told beside what failed.
pub(crate) async fn in_every_way(test: impl AsyncFn(Way)) {
    for way in Way::all() {
        let end = AssertUnwindSafe(test(way)).catch_unwind().await;
        assert!(end.is_ok(), "what is told above is of {way}");
    }
}
