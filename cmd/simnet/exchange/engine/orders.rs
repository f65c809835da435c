//! All orders, found by their ids. Places of forgotten orders are used again.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::FixedState;

use super::ids::OrderId;
use super::order::{NOWHERE, Order, Slot};

/// Where an open order stands.
///
/// These lie apart from the orders: what comes and goes changes its neighbours, and they are near each other so.
#[derive(Debug, Clone, Copy)]
pub(super) struct Links {
    /// Neighbours in the queue of the price level.
    pub(super) before: Slot,
    pub(super) behind: Slot,
    /// The place among the open orders of the account.
    pub(super) open_at: Slot,
}

/// What an account calls an order.
#[derive(Debug, Clone)]
pub(super) struct Name {
    pub(super) client_id: Arc<str>,
    /// The order that had this client id before.
    pub(super) before: Option<OrderId>,
}

const UNLINKED: Links = Links { before: NOWHERE, behind: NOWHERE, open_at: NOWHERE };

#[derive(Debug, Clone, Default)]
pub(super) struct Orders {
    slots: Vec<Order>,
    links: Vec<Links>,
    vacant: Vec<Slot>,
    /// The slot of each id from 1.
    places: Vec<Slot>,
    /// Of those that have any.
    names: HashMap<OrderId, Name, FixedState>,
}

impl Orders {
    pub(super) fn next_id(&self) -> OrderId {
        OrderId::new(self.places.len() as u64 + 1)
    }

    /// Keeps the order that was made with the next id.
    pub(super) fn keep(&mut self, order: Order) -> Slot {
        debug_assert!(order.id == self.next_id());
        let slot = if let Some(slot) = self.vacant.pop() {
            self.slots[slot as usize] = order;
            self.links[slot as usize] = UNLINKED;
            slot
        } else {
            let slot = Slot::try_from(self.slots.len()).ok().filter(|slot| *slot != NOWHERE);
            self.slots.push(order);
            self.links.push(UNLINKED);
            slot.expect("BUG: memory ends before four billion orders")
        };
        self.places.push(slot);
        slot
    }

    /// Forgets an order that nothing links to.
    pub(super) fn forget(&mut self, id: OrderId) {
        if let Some(slot) = self.slot(id) {
            self.places[position(id)] = NOWHERE;
            // The order itself is left as it is: to touch it would cost more than all the rest here.
            self.names.remove(&id);
            self.vacant.push(slot);
        }
    }

    /// Names an order, unless it is forgotten already.
    pub(super) fn set_name(&mut self, id: OrderId, name: Name) {
        if self.slot(id).is_some() {
            self.names.insert(id, name);
        }
    }

    pub(super) fn name(&self, id: OrderId) -> Option<&Name> {
        self.names.get(&id)
    }

    pub(super) fn slot(&self, id: OrderId) -> Option<Slot> {
        let slot = *self.places.get(usize::try_from(id.get().checked_sub(1)?).ok()?)?;
        (slot != NOWHERE).then_some(slot)
    }

    pub(super) fn get(&self, id: OrderId) -> Option<&Order> {
        self.slot(id).map(|slot| self.at(slot))
    }

    pub(super) fn at(&self, slot: Slot) -> &Order {
        &self.slots[slot as usize]
    }

    pub(super) fn at_mut(&mut self, slot: Slot) -> &mut Order {
        &mut self.slots[slot as usize]
    }

    pub(super) fn links(&self, slot: Slot) -> &Links {
        &self.links[slot as usize]
    }

    pub(super) fn links_mut(&mut self, slot: Slot) -> &mut Links {
        &mut self.links[slot as usize]
    }

    /// Returns all that are not forgotten, oldest first.
    pub(super) fn all(&self) -> impl Iterator<Item = (Slot, &Order)> {
        let kept = self.places.iter().filter(|slot| **slot != NOWHERE);
        kept.map(|slot| (*slot, self.at(*slot)))
    }
}

fn position(id: OrderId) -> usize {
    usize::try_from(id.get() - 1).expect("BUG: an id that is kept has its place in memory")
}
