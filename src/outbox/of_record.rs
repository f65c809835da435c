//! Which event of the store is told as what. It reads what never changes beside the event itself, so that an event is
//! told in the same words each time.

use super::data::{
    ActData, BindingData, ChainData, DepositData, EventData, OrderData, PayoutData, PayoutPart, ProblemData,
    WithdrawalData,
};
use super::public_event::{PublicEvent, rfc3339};
use crate::deposit::BlockAt;
use crate::ledger::Asset;
use crate::payout::HoldReason;
use crate::report::ProblemCode;
use crate::store::{
    AddressEvent, AttemptEvent, ChainEvent, DepositEvent, Event, OrderEvent, Orders, PastEvent, PayoutEvent,
    ProblemEvent, Record, Snapshot, StoreError, Tables, WithdrawalEvent,
};
use crate::types::{Actor, AttemptNo, Coin, DepositNo, EventName, OrderNo};

type Told = Option<(EventName, EventData)>;

/// Returns an event as receivers are told it; none where it is told to nobody. Nothing secret is in it.
///
/// # Errors
///
/// Where the store cannot be read.
pub fn public_event(snapshot: &Snapshot, event: &PastEvent) -> Result<Option<PublicEvent>, StoreError> {
    let PastEvent { head, record } = event;
    let by = record.by.as_ref().filter(|by| **by != Actor::desk()).map(ToString::to_string);
    let told = match &record.event {
        Event::Address(event) => of_address(event),
        Event::Deposit(event) => of_deposit(snapshot, event)?,
        Event::Payout(event) => of_payout(snapshot, event)?,
        Event::Attempt(event) => of_attempt(snapshot, event)?,
        Event::Chain(event) => of_chain(event),
        Event::Order(event) => of_order(snapshot, event)?,
        Event::Withdrawal(event) => of_withdrawal(event),
        Event::Problem(event) => Some(of_problem(event)),
        Event::Wallet(_)
        | Event::Price(_)
        | Event::Person(_)
        | Event::Proposal(_)
        | Event::Receiver(_)
        | Event::Switch(_)
        // What it stops is a problem of health; who closes it has acted.
        | Event::Breaker(_) => None,
    };
    let told = told.or_else(|| by.as_ref().map(|_| act(record)));
    let (id, hash, timestamp) = (head.number, head.hash.to_string(), rfc3339(record.at));
    Ok(told.map(|(name, data)| PublicEvent { id, hash, name, timestamp, by, data }))
}

fn of_address(event: &AddressEvent) -> Told {
    let AddressEvent::Bound { binding, address, payee, .. } = event else { return None };
    let (binding, coin) = (binding.get(), address.coin().code());
    let data = BindingData { binding, coin, address: address.to_string(), payee: payee.to_string() };
    Some((EventName::BindingMade, EventData::Binding(data)))
}

fn of_deposit(snapshot: &Snapshot, event: &DepositEvent) -> Result<Told, StoreError> {
    let of = |no| deposit(snapshot, no);
    let at = |data: DepositData, block: &BlockAt| DepositData {
        height: Some(block.height.get()),
        block: block.hash.map(|hash| hash.to_string()),
        ..data
    };
    let priced = |data: DepositData, rate: &str, quote: Option<String>| {
        let rate = Some(rate.to_owned()).filter(|rate| !rate.is_empty());
        DepositData { quote: quote.filter(|_| rate.is_some()), rate, ..data }
    };
    let (name, data) = match event {
        DepositEvent::Seen { deposit: no, block, rate, quote, .. } => {
            let quote = quote.as_ref().map(ToString::to_string);
            (EventName::DepositSeen, priced(at(of(*no)?, block), rate, quote))
        }
        DepositEvent::Priced { deposit: no, rate, quote, .. } => {
            let quote = quote.as_ref().map(ToString::to_string);
            (EventName::DepositPriced, priced(of(*no)?, rate, quote))
        }
        DepositEvent::Confirming { deposit: no, confirmations, required } => {
            let (confirmations, required) = (Some(*confirmations), Some(*required));
            (EventName::DepositConfirming, DepositData { confirmations, required, ..of(*no)? })
        }
        DepositEvent::Finalized { deposit: no } => (EventName::DepositFinal, of(*no)?),
        DepositEvent::Orphaned { deposit: no } | DepositEvent::Quarantined { deposit: no } => {
            (EventName::DepositOrphaned, of(*no)?)
        }
        DepositEvent::Reincluded { deposit: no, block } => {
            (EventName::DepositReincluded, at(of(*no)?, block))
        }
        // What the original knew is not news; what it did not end waits for a person.
        DepositEvent::Inherited { .. } | DepositEvent::Located { .. } => return Ok(None),
    };
    Ok(Some((name, EventData::Deposit(data))))
}

/// What of a deposit never changes.
fn deposit(snapshot: &Snapshot, no: DepositNo) -> Result<DepositData, StoreError> {
    let deposit = snapshot.deposit(no)?.ok_or_else(|| missing("a deposit", no.get()))?;
    let binding =
        snapshot.binding(deposit.binding)?.ok_or_else(|| missing("a binding of deposit", no.get()))?;
    Ok(DepositData {
        deposit: no.get(),
        binding: binding.no.get(),
        coin: deposit.id.coin.code(),
        token: deposit.id.token.map(|_| deposit.code().to_owned()),
        address: binding.address.to_string(),
        payee: binding.payee.to_string(),
        amount: deposit.amount.to_coins_trimmed(Asset::of_deposit(&deposit).decimals()),
        tx: deposit.id.tx,
        n: deposit.id.n,
        ..DepositData::default()
    })
}

fn missing(what: &str, no: u64) -> StoreError {
    StoreError::Invariant(format!("{what} {no} that an event names exists"))
}

fn of_payout(snapshot: &Snapshot, event: &PayoutEvent) -> Result<Told, StoreError> {
    let of = |no: DepositNo| -> Result<PayoutData, StoreError> {
        Ok(PayoutData { payouts: vec![part(snapshot, no, None)?], ..PayoutData::default() })
    };
    let (name, data) = match event {
        PayoutEvent::Decided { payout, method } => {
            (EventName::PayoutDecided, PayoutData { method: Some(method.name()), ..of(*payout)? })
        }
        PayoutEvent::PaidDirect { payout, .. } => {
            (EventName::PayoutDecided, PayoutData { method: Some("direct"), ..of(*payout)? })
        }
        PayoutEvent::Held { payout, why } => {
            (EventName::PayoutHeld, PayoutData { held: Some(held(why)), ..of(*payout)? })
        }
        PayoutEvent::Released { payout } => (EventName::PayoutReleased, of(*payout)?),
        PayoutEvent::Cut { .. }
        | PayoutEvent::Ruled { .. }
        | PayoutEvent::PurchaseEnded { .. }
        | PayoutEvent::PurchasePaused { .. }
        | PayoutEvent::PurchaseResumed { .. }
        | PayoutEvent::PaidBefore { .. } => return Ok(None),
    };
    Ok(Some((name, EventData::Payout(data))))
}

const fn held(why: &HoldReason) -> &'static str {
    match why {
        HoldReason::Rail(_) => "cannot_be_paid_now",
        HoldReason::DepositOrphaned => "deposit_orphaned",
        HoldReason::Unpayable => "unpayable",
        HoldReason::NoPrice => "no_price",
    }
}

fn part(snapshot: &Snapshot, no: DepositNo, amount: Option<String>) -> Result<PayoutPart, StoreError> {
    let deposit = snapshot.deposit(no)?.ok_or_else(|| missing("a deposit", no.get()))?;
    let binding =
        snapshot.binding(deposit.binding)?.ok_or_else(|| missing("a binding of deposit", no.get()))?;
    let (binding, payee) = (binding.no.get(), binding.payee.to_string());
    Ok(PayoutPart { deposit: no.get(), binding, payee, amount })
}

fn of_attempt(snapshot: &Snapshot, event: &AttemptEvent) -> Result<Told, StoreError> {
    let (name, no, block) = match event {
        AttemptEvent::Signed { attempt, .. } => (EventName::PayoutSigned, *attempt, None),
        AttemptEvent::Sent { attempt } => (EventName::PayoutSent, *attempt, None),
        AttemptEvent::Settled { attempt, block, .. } => (EventName::PayoutSettled, *attempt, Some(*block)),
        AttemptEvent::Abandoned { attempt, .. } | AttemptEvent::Died { attempt, .. } => {
            (EventName::PayoutDropped, *attempt, None)
        }
        AttemptEvent::WithdrawalSigned { .. }
        | AttemptEvent::Refused { .. }
        | AttemptEvent::Taken { .. }
        | AttemptEvent::RetryAsked { .. }
        | AttemptEvent::WithdrawalAsked { .. }
        | AttemptEvent::SendOnAsked { .. } => return Ok(None),
    };
    let Some(data) = transaction(snapshot, no)? else { return Ok(None) };
    let (height, block) = (block.map(|at| at.height.get()), block.map(|at| at.hash.to_string()));
    Ok(Some((name, EventData::Payout(PayoutData { height, block, ..data }))))
}

/// What a transaction pays; none for one that pays nobody, since it withdraws another one.
fn transaction(snapshot: &Snapshot, no: AttemptNo) -> Result<Option<PayoutData>, StoreError> {
    let attempt = snapshot.attempt(no)?.ok_or_else(|| missing("a transaction", no.get()))?;
    let signed = snapshot.signed_transaction(no)?.ok_or_else(|| missing("a transaction", no.get()))?;
    let parts = signed.parts.iter().map(|paid| part(snapshot, paid.payout, Some(paid.amount.to_string())));
    let payouts = parts.collect::<Result<Vec<_>, StoreError>>()?;
    let (transaction, txid) = (Some(no.get()), Some(attempt.txid.to_string()));
    Ok((!payouts.is_empty()).then(|| PayoutData { payouts, transaction, txid, ..PayoutData::default() }))
}

fn of_chain(event: &ChainEvent) -> Told {
    let ChainEvent::Forked { coin, fork, abandoned } = event else { return None };
    let data = ChainData {
        coin: coin.code(),
        fork_height: fork.height.get(),
        fork_block: fork.hash.to_string(),
        abandoned_height: abandoned.height.get(),
        abandoned_block: abandoned.hash.to_string(),
    };
    Some((EventName::ChainForked, EventData::Chain(data)))
}

fn of_order(snapshot: &Snapshot, event: &OrderEvent) -> Result<Told, StoreError> {
    let (no, state): (OrderNo, _) = match event {
        OrderEvent::Intended { order, .. } => (*order, "intended"),
        OrderEvent::Placed { order, .. } => (*order, "placed"),
        OrderEvent::Doubted { order, .. } => (*order, "doubted"),
        OrderEvent::Missed { order, .. } => (*order, "missed"),
        OrderEvent::Held { order, .. } => (*order, "held"),
        OrderEvent::Closed { order, .. } => (*order, "closed"),
        OrderEvent::LookAsked { order, .. } => (*order, "look_asked"),
    };
    let order = snapshot.order(no)?.ok_or_else(|| missing("an order", no.get()))?;
    let data = OrderData {
        order: no.get(),
        state,
        exchange: Some(order.terms.exchange.clone()),
        market: Some(order.terms.market.clone()),
        deposits: order.shares.iter().map(|share| share.payout.get()).collect(),
    };
    Ok(Some((EventName::OrderChanged, EventData::Order(data))))
}

fn of_withdrawal(event: &WithdrawalEvent) -> Told {
    let state = match event {
        WithdrawalEvent::Intended { .. } => "intended",
        WithdrawalEvent::Asked { .. } => "asked",
        WithdrawalEvent::Doubted { .. } => "doubted",
        WithdrawalEvent::Left { .. } => "left",
        WithdrawalEvent::Missed { .. } => "missed",
        WithdrawalEvent::Held { .. } => "held",
        WithdrawalEvent::Arrived { .. } => "arrived",
        WithdrawalEvent::LookAsked { .. } => "look_asked",
        WithdrawalEvent::TakenBack { .. } => "taken_back",
    };
    let data = WithdrawalData { withdrawal: event.withdrawal().get(), state };
    Some((EventName::WithdrawalChanged, EventData::Withdrawal(data)))
}

fn of_problem(event: &ProblemEvent) -> (EventName, EventData) {
    let (is_open, code, coin) = match event {
        ProblemEvent::Opened { code, coin } => (true, code, coin),
        ProblemEvent::Closed { code, coin } => (false, code, coin),
    };
    let known = ProblemCode::ALL.into_iter().find(|known| known.name() == code);
    let (opened, closed) = match known {
        Some(ProblemCode::Runway) => (EventName::WalletLow, EventName::WalletRefilled),
        Some(ProblemCode::Node) => (EventName::NodeTrouble, EventName::NodeRecovered),
        Some(ProblemCode::NotOffered) => (EventName::ChainFrozen, EventName::ChainThawed),
        _ => (EventName::ProblemOpened, EventName::ProblemClosed),
    };
    let data = ProblemData {
        code: code.clone(),
        coin: coin.map(Coin::code),
        severity: known.map(|known| known.severity().name()),
        runbook: format!("docs/runbooks/{code}.md"),
    };
    (if is_open { opened } else { closed }, EventData::Problem(data))
}

/// What a person did that has no name of its own, in the words of the log.
fn act(record: &Record) -> (EventName, EventData) {
    let told = record.told();
    let data = ActData {
        what: told.what,
        why: told.why,
        binding: told.binding,
        deposit: told.deposit,
        transaction: told.transaction,
        order: told.order,
        withdrawal: told.withdrawal,
        coin: told.coin,
        address: told.address,
    };
    (EventName::OperatorAct, EventData::Act(data))
}
