//! The end of an order.

use super::accounts::Accounts;
use super::ids::{AccountId, OrderId};
use super::market::Market;
use super::order::{NOWHERE, Slot};
use super::orders::Orders;
use super::terms::OrderState;

/// Notes that an order is open.
pub(super) fn open(orders: &mut Orders, accounts: &mut Accounts, slot: Slot) {
    let open = &mut accounts.get_mut(orders.at(slot).account).open;
    orders.links_mut(slot).open_at =
        Slot::try_from(open.len()).expect("BUG: fewer orders are open than there are");
    open.push(slot);
}

/// Ends an order that is out of the book: frees what it still needed.
pub(super) fn close(
    orders: &mut Orders,
    accounts: &mut Accounts,
    market: &Market,
    (slot, state, now): (Slot, OrderState, u64),
) {
    let order = orders.at_mut(slot);
    (order.state, order.updated, order.is_cancelling) = (state, now, false);
    let (id, account, needed, asset) =
        (order.id, order.account, order.needs(market), market.paid(order.side));
    let place = std::mem::replace(&mut orders.links_mut(slot).open_at, NOWHERE);
    accounts.release(account, asset, needed);
    let open = &mut accounts.get_mut(account).open;
    open.swap_remove(place as usize);
    if let Some(moved) = open.get(place as usize) {
        orders.links_mut(*moved).open_at = place;
    }
    note_final(orders, accounts, account, id);
}

/// Forgets the oldest final orders of an account that keeps only some.
pub(super) fn note_final(orders: &mut Orders, accounts: &mut Accounts, account: AccountId, id: OrderId) {
    let account = accounts.get_mut(account);
    let Some(most) = account.settings.kept_orders else {
        return;
    };
    account.finals.push_back(id);
    while account.finals.len() > most {
        account.finals.pop_front().into_iter().for_each(|oldest| orders.forget(oldest));
    }
    let kept = account.finals.len() + account.open.len();
    if account.orders.len() > 2 * kept + 1_000 {
        account.orders.retain(|id| orders.slot(*id).is_some());
    }
}
