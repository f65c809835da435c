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

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::deposit::BlockAt;
    use crate::engine::intake::{BuyMethods, FoundDeposit};
    use crate::ledger::Asset;
    use crate::live::{PricedAsset, Prices};
    use crate::price::{Guards, PriceSource, Promised};
    use crate::skycoin::Address;
    use crate::testing::{deposit_addresses, memory_store};
    use crate::types::{Coin, DepositId, Height, Rate, Units};

    const NOW: UnixTime = UnixTime::new(1_700_000_000);

    /// Deposits of bitcoin are priced by what is pushed.
    fn intake() -> Intake {
        let guards = Guards {
            max_age: Duration::from_secs(120),
            spread: "0".parse().unwrap(),
            band: "0.2".parse().unwrap(),
            disagree: "0.05".parse().unwrap(),
        };
        let (asset, source) = (Asset::Coin(Coin::BTC), PriceSource::Pushed);
        let listed = vec![PricedAsset { asset, source, own: Rate::parse("500").ok() }];
        let prices = Arc::new(Prices::new(listed, guards, NOW));
        Intake { prices, promised: Promised::Seen, max_decimals: 3, methods: BuyMethods::default() }
    }

    /// So many final deposits.
    async fn deposit(store: &Store, intake: &Intake, many: usize) {
        let (intake, address) = (intake.clone(), deposit_addresses(Coin::BTC)[0]);
        let write = store.write(move |tx| {
            tx.bind(Address::from_bytes([1; 20]), address)?;
            for n in 0..many {
                let found = FoundDeposit {
                    id: DepositId { coin: Coin::BTC, tx: format!("{n:x}"), n: 0, token: None },
                    token: None,
                    address,
                    amount: Units::new(100_000),
                    block: BlockAt { height: Height::new(1), hash: None, waits: 0 },
                    is_final: true,
                };
                intake.take(tx, &found).map_err(|error| StoreError::Invariant(error.to_string()))?;
            }
            Ok(())
        });
        write.await.unwrap();
    }

    #[tokio::test]
    async fn should_say_that_more_waits_where_it_has_priced_as_many_as_it_looks_at() {
        let (store, intake) = (memory_store(), intake());
        let most = BATCH.div_ceil(Standing::ALL.len());
        deposit(&store, &intake, most + 1).await;
        let waiting = || {
            let (snapshot, asset) = (store.snapshot(), Asset::Coin(Coin::BTC));
            snapshot.unpriced(asset, Standing::Final, Page::ALL).unwrap().len()
        };
        assert!(!price_waiting(&store, &intake, NOW).await.unwrap(), "there is no price");
        assert_eq!(waiting(), most + 1);
        intake.prices.push("BTC", Rate::parse("500").unwrap(), NOW, NOW);
        assert!(price_waiting(&store, &intake, NOW).await.unwrap());
        assert_eq!(waiting(), 1);
        assert!(!price_waiting(&store, &intake, NOW).await.unwrap(), "that was the last one");
        assert_eq!(waiting(), 0);
        assert!(!price_waiting(&store, &intake, NOW).await.unwrap());
    }
}
