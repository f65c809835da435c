//! The exchange of a world that buys upstream, as its history wants it.

use teller::config::PartialFills;
use teller::exchange::WithdrawalTrace;
use teller::testing::{UpstreamSettings, World};

use super::history::Setup;
use super::living;

/// Puts it up; nothing where the history buys nothing upstream.
pub(super) fn put_up(world: &mut World, setup: &Setup) {
    let Some(upstream) = setup.upstream else { return };
    let mut state = world.exchange.state();
    (state.idempotency, state.rests) = (upstream.idempotency, upstream.rests);
    state.vault.trace = upstream.withdraws;
    state.vault.is_fee_on_top = upstream.withdraws == Some(WithdrawalTrace::Repeat);
    drop(state);
    let partial_fills = if upstream.is_from_stock { PartialFills::Stock } else { PartialFills::Reorder };
    let (gather_count, withdraws) = (upstream.gather_count, upstream.withdraws.is_some());
    world.settings.upstream = Some(UpstreamSettings {
        partial_fills,
        gather_count,
        withdraws,
        ceiling: living::ceiling(setup),
        ..UpstreamSettings::default()
    });
}
