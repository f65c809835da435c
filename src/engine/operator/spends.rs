//! What a foreign spend of the hot wallet is: a payment of deposits, the operator's own, or one to be made again.

use super::{ActError, Order};
use crate::payout::{ForeignSpend, Inherited, Payout, PayoutState, SpendRefused, SpendVerdict, may_leave};
use crate::rail::{Owed, Spend};
use crate::store::{Purchase, Snapshot, Spends, Store, StoreError, Tables, WalletEvent, WriteTx};
use crate::types::{AttemptNo, DepositNo, Height, TxId};

/// Foreign spends that are ruled on in one transaction.
const BATCH: usize = 500;

/// Rules that a foreign spend is the operator's own, or that what it paid is to be paid again.
///
/// # Errors
///
/// Where there is no such spend, or it was adopted.
pub async fn rule_spend(
    store: &Store,
    txid: TxId,
    verdict: SpendVerdict,
    order: Order,
) -> Result<(), ActError> {
    let told = order.clone();
    let write = store.act(move |tx| {
        open_spend(tx, txid)?;
        let Order { by, why } = order.clone();
        Ok(tx.record_act(by, WalletEvent::SpendRuled { txid, verdict, why })?)
    });
    let result: Result<(), ActError> = write.await;
    result?;
    tracing::warn!(%txid, by = %told.by, why = %told.why, "ruled on a spend of the hot wallet");
    Ok(())
}

/// Rules that every unknown spend in a block up to `up_to`, or every one at all, is the operator's own.
/// Answers how many.
pub async fn own_all_spends(store: &Store, up_to: Option<Height>, order: Order) -> Result<u64, ActError> {
    let mut count = 0u64;
    loop {
        let unknown = unknown_spends(&store.snapshot(), up_to)?;
        let some: Vec<TxId> = unknown.iter().map(|known| known.spend.txid).take(BATCH).collect();
        if some.is_empty() {
            tracing::warn!(count, by = %order.by, why = %order.why, "spends of the hot wallet are the operator's own");
            return Ok(count);
        }
        let order = order.clone();
        let write = store.act(move |tx| {
            let mut ruled = 0u64;
            for txid in &some {
                if tx.foreign_spend(*txid)?.is_some_and(|known| known.is_unknown()) {
                    let Order { by, why } = order.clone();
                    let verdict = SpendVerdict::Mine;
                    tx.record_act(by, WalletEvent::SpendRuled { txid: *txid, verdict, why })?;
                    ruled = ruled.saturating_add(1);
                }
            }
            Ok::<_, StoreError>(ruled)
        });
        count = count.saturating_add(write.await?);
    }
}

/// Returns the spends that [`own_all_spends`] would rule on.
///
/// # Errors
///
/// Where the store cannot be read.
pub fn unknown_spends(snapshot: &Snapshot, up_to: Option<Height>) -> Result<Vec<ForeignSpend>, StoreError> {
    let mut all = snapshot.foreign_spends(true, None, usize::MAX)?;
    let fits = |known: &ForeignSpend| match (up_to, known.spend.block) {
        (None, _) => true,
        (Some(up_to), block) => block.is_some_and(|block| block.height <= up_to),
    };
    all.retain(fits);
    Ok(all)
}

/// Rules that a foreign spend paid these deposits; where none are named, those that match. It is a
/// transaction of this desk from then on. Answers its number and the deposits.
///
/// # Errors
///
/// Where it does not pay each of them its payee and amount, where one of them is not owed anything now, or
/// where it paid others too and `rest_is_mine` does not say that this is known.
pub async fn adopt_spend(
    store: &Store,
    txid: TxId,
    deposits: Vec<DepositNo>,
    rest_is_mine: bool,
    order: Order,
) -> Result<(AttemptNo, Vec<DepositNo>), ActError> {
    let told = order.clone();
    let snapshot = store.snapshot();
    let deposits = if deposits.is_empty() {
        let known = snapshot.foreign_spend(txid)?.ok_or(SpendRefused::Unknown)?;
        let matching = matching(&snapshot, &known.spend)?;
        matching.into_iter().flatten().map(|owed| owed.no).collect()
    } else {
        deposits
    };
    let named = deposits.clone();
    let write = store.act(move |tx| adopt_in(tx, txid, &named, rest_is_mine, &order));
    let attempt: Result<AttemptNo, ActError> = write.await;
    let attempt = attempt?;
    tracing::warn!(%txid, %attempt, deposits = deposits.len(), by = %told.by, why = %told.why,
        "a spend of the hot wallet is taken over as the payment of deposits");
    Ok((attempt, deposits))
}

fn adopt_in(
    tx: &mut WriteTx<'_>,
    txid: TxId,
    deposits: &[DepositNo],
    rest_is_mine: bool,
    order: &Order,
) -> Result<AttemptNo, ActError> {
    let spend = open_spend(tx, txid)?.spend;
    if deposits.is_empty() {
        return Err(SpendRefused::NothingMatches.into());
    }
    for input in spend.inputs().map_err(SpendRefused::from)? {
        if let Some(claimant) = tx.claimed_by(input)? {
            return Err(SpendRefused::Claimed(claimant).into());
        }
    }
    let owed = deposits.iter().map(|no| owed(tx.purchase(*no)?).ok_or(SpendRefused::NotOwed(*no).into()));
    let owed = owed.collect::<Result<Vec<Owed>, ActError>>()?;
    let pays = spend.assign(&owed, rest_is_mine).map_err(SpendRefused::from)?;
    let attempt = AttemptNo::new(tx.counters().attempts).next();
    let Order { by, why } = order.clone();
    tx.record_act(by, WalletEvent::SpendAdopted { txid, attempt, pays, why })?;
    Ok(attempt)
}

/// A foreign spend that can still be ruled on.
fn open_spend(tx: &WriteTx<'_>, txid: TxId) -> Result<ForeignSpend, ActError> {
    let known = tx.foreign_spend(txid)?.ok_or(SpendRefused::Unknown)?;
    match known.ruling.as_ref().map(|ruling| ruling.verdict) {
        Some(SpendVerdict::Adopted { attempt }) => Err(SpendRefused::Adopted(attempt).into()),
        Some(SpendVerdict::Mine | SpendVerdict::PayAgain) | None => Ok(known),
    }
}

/// For each payment of a foreign spend, the first deposit that is owed just that now, each deposit once.
pub fn matching(snapshot: &Snapshot, spend: &Spend) -> Result<Vec<Option<Owed>>, StoreError> {
    matching_beside(snapshot, spend, &mut Vec::new())
}

/// [`matching`] beside other spends: `taken` are the deposits that those match, and then those of this one too.
pub fn matching_beside(
    snapshot: &Snapshot,
    spend: &Spend,
    taken: &mut Vec<DepositNo>,
) -> Result<Vec<Option<Owed>>, StoreError> {
    let mut found = Vec::with_capacity(spend.payments.len());
    for paid in &spend.payments {
        let mut matched = None;
        for binding in snapshot.bindings_of(&paid.to)? {
            let purchases = snapshot.purchases_of(&binding)?.into_iter();
            let mut owed = purchases.filter_map(|purchase| owed(Some(purchase)));
            let fits = |owed: &Owed| owed.amount == paid.coins && !taken.contains(&owed.no);
            matched = owed.find(fits);
            if matched.is_some() {
                break;
            }
        }
        taken.extend(matched.map(|owed| owed.no));
        found.push(matched);
    }
    Ok(found)
}

/// What is owed for a deposit that a transaction could be signed for, or one of the original's may have paid.
fn owed(purchase: Option<Purchase>) -> Option<Owed> {
    let Purchase { deposit, payout: Some(payout) } = purchase? else { return None };
    let is_open = matches!(
        payout.state,
        PayoutState::Owed { .. }
            | PayoutState::Held { .. }
            | PayoutState::Inherited(Inherited::Unclear { .. })
    );
    let Payout { no, payee, amount, .. } = payout;
    (is_open && may_leave(&deposit, &payout)).then_some(Owed { no, payee, amount })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deposit::{BlockAt, Deposit, DepositState};
    use crate::payout::HoldReason;
    use crate::skycoin::Address;
    use crate::types::{BindingNo, BuyMethod, Coin, DepositId, Droplets, Rate, UnixTime};

    fn purchase(state: DepositState) -> Purchase {
        let amount = crate::types::Units::new(200_000);
        let deposit = Deposit {
            no: DepositNo::FIRST,
            id: DepositId { coin: Coin::BTC, tx: "aa".repeat(32), n: 0, token: None },
            binding: BindingNo::FIRST,
            payee_seq: 1,
            amount,
            rate: Rate::parse("500").unwrap().text().to_owned(),
            quote: Some(Droplets::new(1_000_000)),
            seen_at: UnixTime::new(1),
            updated_at: UnixTime::new(1),
            state,
            previous: None,
            token: None,
            method: BuyMethod::Direct,
            priced: None,
            is_unlocated: false,
        };
        let payee = Address::from_bytes([1; 20]);
        let payout = Payout::undecided(deposit.no, payee, Droplets::new(1_000_000), UnixTime::new(1));
        Purchase { deposit, payout: Some(payout) }
    }

    #[test]
    fn should_match_what_could_leave_alone() {
        let block = BlockAt { height: Height::new(5), hash: None, waits: 0 };
        let matches = |was: DepositState, state: PayoutState| {
            let mut purchase = purchase(was);
            purchase.payout.as_mut().unwrap().state = state;
            owed(Some(purchase)).is_some()
        };
        let (method, why) = (BuyMethod::Direct, HoldReason::DepositOrphaned);
        let open = || PayoutState::Owed { method };
        assert!(matches(DepositState::Final { block }, open()));
        assert!(matches(DepositState::Final { block }, PayoutState::Held { method, why }));
        // Its block is gone: it would not leave, so it is not what this spend has paid.
        assert!(!matches(DepositState::Orphaned { was: block }, open()));
        assert!(!matches(DepositState::Final { block }, PayoutState::Undecided));
        assert!(!matches(DepositState::Final { block }, PayoutState::Void));
        assert!(owed(None).is_none());
    }
}
