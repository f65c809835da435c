//! Orders and withdrawals at an exchange that is not configured any more: nobody can be asked what became of them, so a
//! person has to look.

use std::time::Duration;

use crate::store::{OrderEvent, Orders, Store, StoreError, WithdrawalEvent, Withdrawals};
use crate::task::{Next, StepError, Worker};
use crate::types::OrderNo;

/// Orders that are held in one transaction.
const BATCH: usize = 1024;
/// The store wakes these; the wait is only a net.
const IDLE: Duration = Duration::from_secs(30);

fn words(exchange: &str) -> String {
    format!("it stands at {exchange}, which nobody is asked about as it is configured now")
}

/// Has a person look at every open order, some at a time: those beyond `after`, which it moves on; answers whether
/// there may be more. No order is read twice on the way.
///
/// # Errors
///
/// The store's.
pub(super) async fn hold_orders(store: &Store, after: &mut OrderNo) -> Result<bool, StoreError> {
    let counters = store.snapshot().counters().clone();
    if counters.open_orders == counters.held_orders {
        *after = OrderNo::new(0);
        return Ok(false);
    }
    let from = *after;
    let hold = store.write(move |tx| {
        let open = tx.open_orders(from, BATCH)?;
        let last = open.last().map(|order| order.no);
        open.into_iter().filter(|order| !order.is_held()).try_for_each(|order| {
            tx.record(OrderEvent::Held { order: order.no, words: words(&order.terms.exchange) })
        })?;
        Ok(last)
    });
    // From the end it begins anew: a person may have had one looked up again.
    *after = hold.await?.unwrap_or(OrderNo::new(0));
    Ok(true)
}

/// The worker in the withdrawer's place, where no exchange can be asked about withdrawals that are open.
#[derive(Debug)]
pub struct UnaskedWithdrawals {
    store: Store,
}

impl UnaskedWithdrawals {
    /// Returns one that has a person look at every open withdrawal.
    pub fn new(store: Store) -> Self {
        UnaskedWithdrawals { store }
    }
}

impl Worker for UnaskedWithdrawals {
    fn name(&self) -> &'static str {
        "withdrawer"
    }

    async fn step(&mut self) -> Result<Next, StepError> {
        let counters = self.store.snapshot().counters().clone();
        if counters.open_withdrawals == counters.held_withdrawals {
            return Ok(Next::Wait(IDLE));
        }
        let hold = self.store.write(|tx| {
            tx.open_withdrawals()?.into_iter().filter(|withdrawal| !withdrawal.is_held()).try_for_each(
                |withdrawal| {
                    let words = words(&withdrawal.terms.wanted.exchange);
                    tx.record(WithdrawalEvent::Held { withdrawal: withdrawal.no, words })
                },
            )
        });
        hold.await?;
        Ok(Next::Again)
    }
}
