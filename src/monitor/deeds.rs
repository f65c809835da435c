//! Acts that move money: done, shown, or, above a limit, proposed to a second person.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::MonitorState;
use super::asking::{refused, staged};
use super::caller::Caller;
use super::log::LogNote;
use super::session::after;
use super::stage::Stage;
use super::stakes::{Alone, Stakes, stakes};
use crate::breaker::Breaker;
use crate::engine::operator::{
    ActError, Order, OrderAct, PurchaseAct, WithdrawalAct, adopt_spend, close_breaker, decide_order,
    decide_purchase, decide_withdrawal, give_back_address, own_all_spends, pay_before,
    propose as store_proposal, release_address, rule, rule_spend, send_on, set_price, unknown_spends,
};
use crate::engine::take_over_set;
use crate::http::{internal_error, json, once_store, text};
use crate::payout::{SpendVerdict, Verdict};
use crate::report::acts;
use crate::store::{Deed, Store, StoreError, Tables};
use crate::types::{AttemptNo, DepositNo, Height, ProposalNo, Rate, TxId};

/// An act that waits for a second person.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Proposed)]
pub(super) struct Proposed {
    /// The proposal's number.
    proposal: u64,
    /// What would be done.
    words: String,
    /// Until when it can be confirmed, in seconds since 1970.
    expires_at: u64,
}

/// Does what a request asks for, or shows it, or proposes it.
pub(super) async fn submit(state: &MonitorState, request: &HttpRequest, deed: Deed) -> HttpResponse {
    match submitted(state, request, deed).await {
        Ok(reply) => reply,
        Err(reply) => *reply,
    }
}

async fn submitted(
    state: &MonitorState,
    request: &HttpRequest,
    deed: Deed,
) -> Result<HttpResponse, Box<HttpResponse>> {
    let (order, stage) = staged(state, request)?;
    let internal = |error: StoreError| Box::new(internal_error(&error));
    let moved = stakes(state, &deed).map_err(internal)?;
    // Whatever name is given beside a token: who acts is whoever the log of acts names.
    let by = Caller::of(request).actor("").map_or_else(|error| error.to_string(), |by| by.to_string());
    if !stage.is_real() {
        let second_person = state.second_person.is_wanted(state, &by, &moved).map_err(internal)?;
        let done = stage.play(perform(state, &stage, deed, order)).await;
        let words = done.map_err(|error| Box::new(refused(&error)))?;
        return Ok(stage.shown(words, moved.coins(), second_person));
    }
    let counted = match state.second_person.begin(state, &by, &moved).map_err(internal)? {
        Alone::No => return propose(state, request, deed, order, moved).await,
        Alone::Freely => None,
        Alone::Counted(share, coins) => Some((share, coins)),
    };
    let done = stage.play(perform(state, &stage, deed, order)).await;
    let may_be_done = matches!(done, Ok(_) | Err(ActError::Unsure | ActError::Store(_)));
    let mut reply = match done {
        Ok(words) => text(StatusCode::OK, words),
        Err(error) => refused(&error),
    };
    match counted {
        Some((_, coins)) if may_be_done => drop(reply.extensions_mut().insert(LogNote::moved(coins))),
        Some((share, _)) => state.second_person.give_back(&share),
        None => {}
    }
    Ok(reply)
}

/// Stores what is to be done. What the state does not allow now is refused now.
async fn propose(
    state: &MonitorState,
    request: &HttpRequest,
    deed: Deed,
    order: Order,
    moved: Stakes,
) -> Result<HttpResponse, Box<HttpResponse>> {
    if !matches!(Caller::of(request), Caller::Person(_)) {
        let words = "Forbidden: this moves more than admin_panel.second_person_above, or does with what you moved in \
                     a day, and wants two people: log in";
        return Err(Box::new(text(StatusCode::FORBIDDEN, words)));
    }
    let stage = Stage::rehearsed(state);
    let tried = stage.play(perform(state, &stage, deed.clone(), order.clone())).await;
    let words = tried.map_err(|error| Box::new(refused(&error)))?;
    let (ends_at, coins) = (after(state.clock.now(), state.second_person.wait), moved.coins());
    let made = store_proposal(
        &once_store(request, &state.store),
        deed,
        words.clone(),
        coins,
        order.clone(),
        ends_at,
    )
    .await;
    let no = made.map_err(|error| Box::new(internal_error(&error)))?;
    tracing::warn!(proposal = no.get(), by = %order.by, why = %order.why, "proposed to a second person: {words}");
    let mut reply = json(&Proposed { proposal: no.get(), words, expires_at: ends_at.get() });
    *reply.status_mut() = StatusCode::ACCEPTED;
    reply.extensions_mut().insert(LogNote::proposed(no));
    Ok(reply)
}

/// What is done where a second person has confirmed it: both stand in the record.
pub(super) async fn confirmed(
    state: &MonitorState,
    no: ProposalNo,
    deed: Deed,
    order: Order,
) -> Result<String, ActError> {
    tracing::warn!(proposal = no.get(), by = %order.by, why = %order.why, "confirmed by a second person");
    perform(state, &Stage::Real(state.store.clone()), deed, order).await
}

/// Does it; answers what was done, in words.
async fn perform(state: &MonitorState, stage: &Stage, deed: Deed, order: Order) -> Result<String, ActError> {
    let store = stage.store();
    match deed {
        Deed::Pay(no) => {
            let payout = store.snapshot().payout(no)?;
            let is_inherited = payout.is_some_and(|payout| payout.inheritance().is_some());
            rule(store, no, Verdict::Pay, order).await?;
            Ok(if is_inherited { acts::inherited_owed(no) } else { acts::ruled(no, Verdict::Pay) })
        }
        Deed::Direct(no) => {
            decide_purchase(store, no, PurchaseAct::Direct, order).await?;
            Ok(format!("deposit {no} is paid directly, at the rate that it was seen at"))
        }
        Deed::Send(no) => {
            let count = send_on(store, no, order).await?.len();
            Ok(format!(
                "transaction {no} is sent on, {count} of its deposits are paid although they are gone"
            ))
        }
        Deed::Abandon(no) => abandon(state, stage, no, order).await,
        Deed::Book { order: no, outcome } => {
            decide_order(store, no, OrderAct::Booked(outcome), order).await?;
            Ok(format!("order {no} is booked: its deposits are paid what came of it"))
        }
        Deed::PayAgain(txid) => {
            rule_spend(store, txid, SpendVerdict::PayAgain, order).await?;
            Ok(format!("transaction {txid} is known: what it paid is paid again where it is owed"))
        }
        Deed::Bind { address, payee } => {
            give_back_address(store, address, payee, order).await?;
            let words = "is bound; have its blocks read again: POST /api/chains/{coin}/rescan?from=&why=";
            Ok(format!("{address} {words}"))
        }
        Deed::Release(address) => {
            release_address(store, address, order).await.map(|()| acts::released(address))
        }
        Deed::SetPrice { code, rate } => set(state, stage, &code, &rate, order).await,
        Deed::PaidBefore { deposit, txid } => {
            pay_before(store, deposit, txid, order).await?;
            Ok(acts::paid_before(deposit))
        }
        Deed::Own(txid) => {
            rule_spend(store, txid, SpendVerdict::Mine, order).await?;
            Ok(acts::spend_owned(txid))
        }
        Deed::OwnAll(up_to) => own_all(state, stage, up_to, order).await,
        Deed::AdoptAndOwn { txid, deposits } => adopt_and_own(store, txid, deposits, order).await,
        Deed::OrderMissed(no) => {
            decide_order(store, no, OrderAct::Missed, order).await?;
            Ok(acts::order_decided(no, &OrderAct::Missed))
        }
        Deed::BookWithdrawal { withdrawal: no, departure } => {
            let act = WithdrawalAct::Booked(departure);
            decide_withdrawal(store, no, act, order).await?;
            Ok(acts::withdrawal_decided(no, &act))
        }
        Deed::CloseBreaker { breaker, opening } => close(store, breaker, opening, order).await,
    }
}

async fn close(store: &Store, breaker: Breaker, opening: u64, order: Order) -> Result<String, ActError> {
    close_breaker(store, breaker, opening, order).await?;
    Ok(acts::breaker_closed(breaker))
}

async fn adopt_and_own(
    store: &Store,
    txid: TxId,
    deposits: Vec<DepositNo>,
    order: Order,
) -> Result<String, ActError> {
    let (attempt, deposits) = adopt_spend(store, txid, deposits, true, order).await?;
    Ok(acts::spend_adopted(txid, &deposits, attempt))
}

async fn own_all(
    state: &MonitorState,
    stage: &Stage,
    up_to: Option<Height>,
    order: Order,
) -> Result<String, ActError> {
    // Done batch by batch: what is not kept would never end, so that here it is enough to count; and the store of a
    // request that is done once takes one batch. Done again it finds nothing, so its answer is kept afterwards.
    let count = match stage.is_real() {
        true => own_all_spends(&state.store, up_to, order).await?,
        false => {
            let unknown = unknown_spends(&stage.store().snapshot(), up_to)?;
            u64::try_from(unknown.len()).unwrap_or(u64::MAX)
        }
    };
    Ok(acts::spends_owned(count))
}

async fn abandon(
    state: &MonitorState,
    stage: &Stage,
    no: AttemptNo,
    order: Order,
) -> Result<String, ActError> {
    if stage.is_real() {
        let found = state.appeals.abandon(no, order).await?;
        return Ok(format!("transaction {no} is abandoned, what it was to pay is owed again: {found}"));
    }
    // Only the payer can ask the chain, and it does that in the act.
    state.store.snapshot().attempt(no)?.ok_or(ActError::Unknown)?.abandonable()?;
    Ok(format!(
        "transaction {no} is abandoned where the chain shows that it can never confirm, and what it was to pay is owed \
         again"
    ))
}

async fn set(
    state: &MonitorState,
    stage: &Stage,
    code: &str,
    rate: &str,
    order: Order,
) -> Result<String, ActError> {
    let wrong = |error: &dyn std::fmt::Display| ActError::Store(StoreError::Invariant(error.to_string()));
    let rate = Rate::parse(rate).map_err(|error| wrong(&error))?;
    let words = format!("{code} is {rate} SKY from now on, for deposits that have no price yet");
    set_price(stage.store(), code, Some(rate), order).await?;
    if let Some(prices) = state.live.prices().filter(|_| stage.is_real()) {
        take_over_set(&state.store.snapshot(), &prices, state.clock.now())?;
    }
    Ok(words)
}
