//! Deposits that were seen when no price could be promised.

use crate::engine::intake::Intake;
use crate::store::{Page, Standing, Store, StoreError, Tables};
use crate::types::{DepositNo, UnixTime};

/// Deposits that are priced in one transaction.
const BATCH: usize = 1024;

/// Gives deposits that wait for their price the one of this moment, where there is one; answers whether more wait that
/// can have one. What has no price now is not looked at: it costs nothing however many wait for it.
pub(super) async fn price_waiting(store: &Store, intake: &Intake, now: UnixTime) -> Result<bool, StoreError> {
    let (due, is_full) = due(store, intake, now)?;
    if due.is_empty() {
        return Ok(false);
    }
    let intake = intake.clone();
    let write = store.write(move |tx| {
        let mut is_any = false;
        for no in &due {
            // Read again: a fork may have come between.
            if let Some(deposit) = tx.deposit(*no)?.filter(|deposit| intake.is_due(deposit)) {
                is_any |= intake.price_late(tx, &deposit)?;
            }
        }
        Ok(is_any)
    });
    // Where none could be priced the price has gone meanwhile.
    Ok(write.await? && is_full)
}

/// Those that can have their price now, some of each asset, so that many of one keep none of another waiting; and
/// whether there may be more.
fn due(store: &Store, intake: &Intake, now: UnixTime) -> Result<(Vec<DepositNo>, bool), StoreError> {
    let (snapshot, list) = (store.snapshot(), intake.prices.list());
    let assets = list.listed.iter().map(|priced| priced.asset);
    let priced: Vec<_> = assets.filter(|asset| intake.prices.promise_of(*asset, now).is_ok()).collect();
    let limit = BATCH.div_ceil(priced.len().saturating_mul(Standing::ALL.len()).max(1));
    let (mut due, mut is_full) = (Vec::new(), false);
    for asset in priced {
        for standing in intake.due() {
            let page = snapshot.unpriced(asset, *standing, Page::first(limit))?;
            is_full |= page.len() >= limit;
            due.extend(page);
        }
    }
    Ok((due, is_full))
}
