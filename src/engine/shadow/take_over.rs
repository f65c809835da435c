//! Bindings that the original has made are this desk's too: what comes to their addresses is seen here as there.

use std::collections::HashSet;

use crate::original::{Original, OriginalBinding};
use crate::store::{Chains, Offer, Rescan, Store, StoreError, WriteTx};
use crate::types::{Coin, Height, PerCoin};

/// Bindings that are written in one transaction.
const BATCH: usize = 512;

/// What became of a copy's bindings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct TakenOver {
    /// How many are new.
    pub(super) new: u64,
    /// How far each chain had been read when new ones were taken over: blocks that were read at that moment are to be
    /// read once more. None for coins without new ones.
    pub(super) read_to: PerCoin<Option<Height>>,
}

/// Takes over what is not known here. `since` are the blocks from which on payments to new addresses may stand in what
/// was read already: each of these chains is read again from there.
pub(super) async fn take_over(
    store: &Store,
    original: &Original,
    since: &PerCoin<Height>,
) -> Result<TakenOver, StoreError> {
    let snapshot = store.snapshot();
    let mut unknown = Vec::new();
    for bound in &original.bindings {
        // One that is bound to another payee is told by the comparison.
        if snapshot.find_address(&bound.address)?.is_none() {
            unknown.push(bound.clone());
        }
    }
    let since = begin(original, &unknown, since);
    let mut taken = TakenOver::default();
    for batch in unknown.chunks(BATCH) {
        let (batch, since) = (batch.to_vec(), PerCoin::new(|coin| since[coin]));
        let bound = store.write(move |tx| bind(tx, &batch, &since)).await?;
        for (coin, read_to) in bound.iter() {
            taken.read_to[coin] = taken.read_to[coin].or(*read_to);
        }
    }
    taken.new = u64::try_from(unknown.len()).unwrap_or(u64::MAX);
    Ok(taken)
}

/// From which blocks on each chain is read again: from the first deposit on that the original itself has of a new
/// address, where that is earlier.
fn begin(original: &Original, new: &[OriginalBinding], since: &PerCoin<Height>) -> PerCoin<Height> {
    let new: HashSet<_> = new.iter().map(|bound| bound.address.key()).collect();
    let taken = original.deposits.iter().map(|deposit| (&deposit.address, deposit.height));
    let left = original.unhandled.iter().map(|deposit| (&deposit.address, deposit.height));
    let mut begin = PerCoin::new(|coin| since[coin]);
    for (address, height) in taken.chain(left).filter(|(address, _)| new.contains(&address.key())) {
        let from = &mut begin[address.coin()];
        *from = height.min(*from);
    }
    begin
}

fn bind(
    tx: &mut WriteTx<'_>,
    batch: &[OriginalBinding],
    since: &PerCoin<Height>,
) -> Result<PerCoin<Option<Height>>, StoreError> {
    let mut read_to = PerCoin::<Option<Height>>::default();
    for OriginalBinding { address, payee } in batch {
        if tx.find_address(address)?.is_some() {
            continue;
        }
        tx.bind_promised(*payee, Offer { address: *address, derivation: None }, None)?;
        let coin = address.coin();
        if read_to[coin].is_none() {
            read_to[coin] = Some(read_again(tx, coin, since[coin])?);
        }
    }
    Ok(read_to)
}

/// Has what was read of a chain read again from this block on; answers up to where it was read.
pub(super) fn read_again(tx: &mut WriteTx<'_>, coin: Coin, from: Height) -> Result<Height, StoreError> {
    let Some(cursor) = tx.cursor(coin)? else { return Ok(from) };
    let to = cursor.tip.height;
    if from > to {
        return Ok(to);
    }
    let rescan = match tx.rescan(coin)? {
        Some(open) => Rescan {
            from: open.from.min(from),
            to: open.to.max(to),
            next: open.next.min(from),
            found: open.found,
        },
        None => Rescan { from, to, next: from, found: 0 },
    };
    tx.set_rescan(coin, Some(rescan))?;
    Ok(to)
}
