//! Deposits that were seen when no price could be promised.

use crate::engine::intake::Intake;
use crate::store::{Page, Store, StoreError, Tables};
use crate::types::{DepositNo, UnixTime};

/// Deposits that are priced in one transaction.
const BATCH: usize = 1024;

/// Gives each deposit that waits for its price the one of this moment, where there is one.
pub(super) async fn price_waiting(store: &Store, intake: &Intake, now: UnixTime) -> Result<(), StoreError> {
    let snapshot = store.snapshot();
    let mut after = 0;
    loop {
        let page = snapshot.unpriced(Page { after, limit: BATCH })?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.get();
        let mut due: Vec<DepositNo> = Vec::new();
        for no in page {
            let deposit = snapshot.deposit(no)?;
            due.extend(deposit.filter(|deposit| intake.can_price(deposit, now)).map(|deposit| deposit.no));
        }
        if due.is_empty() {
            continue;
        }
        let intake = intake.clone();
        let write = store.write(move |tx| {
            for no in &due {
                // Read again: a fork may have come between.
                if let Some(deposit) = tx.deposit(*no)?.filter(|deposit| intake.can_price(deposit, tx.now()))
                {
                    intake.price_late(tx, &deposit)?;
                }
            }
            Ok(())
        });
        write.await?;
    }
}
