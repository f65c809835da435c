//! Acts that wait for a second person.

use super::Order;
use crate::store::{Deed, ProposalEvent, Store, StoreError};
use crate::types::{Actor, Droplets, ProposalNo, UnixTime};

/// Stores what somebody wants done, with what it moves where that is known. Answers its number.
///
/// # Errors
///
/// The store's.
pub async fn propose(
    store: &Store,
    deed: Deed,
    words: String,
    coins: Option<Droplets>,
    order: Order,
    ends_at: UnixTime,
) -> Result<ProposalNo, StoreError> {
    let proposed = store.write(move |tx| {
        let Order { by, why } = order.clone();
        tx.propose(deed.clone(), words.clone(), coins, by, why, ends_at)
    });
    proposed.await
}

/// Notes that a second person has confirmed a proposal, and that it was done.
///
/// # Errors
///
/// Where it does not wait any more, and the store's.
pub async fn confirm_proposal(store: &Store, proposal: ProposalNo, by: Actor) -> Result<(), StoreError> {
    store.write(move |tx| tx.record_act(by.clone(), ProposalEvent::Confirmed { proposal })).await
}

/// Notes that somebody does not want done what was proposed.
///
/// # Errors
///
/// Where it does not wait any more, and the store's.
pub async fn decline_proposal(store: &Store, proposal: ProposalNo, order: Order) -> Result<(), StoreError> {
    let declined = store.write(move |tx| {
        let Order { by, why } = order.clone();
        tx.record_act(by, ProposalEvent::Declined { proposal, why })
    });
    declined.await
}
