//! Everything that waits for a person, or that a person should know of: its kinds with their counts and
//! words, and what can be done with each entry. What is offered is what is allowed: both ask the same
//! transitions.

use serde::Serialize;
use utoipa::ToSchema;

use super::{DepositInfo, Outlook, deposit_info, words};
use crate::breaker::{Breaker, BreakerState};
use crate::engine::operator::PurchaseAct;
use crate::payout::{Attempt, Reason, Ruling, Stuck, Verdict, Waiting};
use crate::store::{
    Breakers, Chains, HookState, Hooks, Orders, Passes, Proposals, Restores, Snapshot, StoreError, Tables,
    WaitingPage, Withdrawals,
};
use crate::types::{Actor, AttemptNo, Coin, DepositNo, OrderNo, ProposalNo, Switch, UnixTime};
use crate::upstream::{BuyOrder, Withdrawal};

/// One kind of waiting.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WaitingKind {
    /// Never changes its meaning: programs may rely on it.
    pub code: &'static str,
    /// What waits: `deposit`, `transaction`, `order`, `withdrawal`, `chain`, `pool`, `wallet`, `client` or
    /// `desk`.
    pub about: &'static str,
    /// How many wait.
    pub count: u64,
    /// Since when the first of them has waited, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<u64>,
    /// What it means and what can be done.
    pub words: String,
    /// Where the entries are listed, with what can be done about each.
    pub list: String,
}

/// Something that can be done now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Act {
    /// The act's name, as the last part of its path.
    pub act: &'static str,
    /// The request that does it; `by` may be left out.
    pub request: String,
}

/// The name of the act that says that the original has paid a deposit.
pub const PAID_BEFORE: &str = "paid";

/// A deposit that waits.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WaitingDeposit {
    /// Since when, in seconds since 1970 began.
    pub since: u64,
    /// The number of the transaction that was signed for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction: Option<u64>,
    /// What can be done with it.
    pub acts: Vec<Act>,
    /// The purchase.
    #[serde(flatten)]
    pub info: DepositInfo,
}

/// Every kind there is, also those of which there is none now.
pub fn waiting_kinds(snapshot: &Snapshot, outlook: &Outlook) -> Result<Vec<WaitingKind>, StoreError> {
    let mut kinds = Waiting::ALL
        .into_iter()
        .map(|code| of_deposits(snapshot, code))
        .collect::<Result<Vec<_>, StoreError>>()?;
    kinds.extend(of_transactions(snapshot)?);
    for coin in Coin::all() {
        kinds.extend(of_chain(snapshot, outlook, coin)?);
        kinds.push(passed_over(snapshot, coin)?);
    }
    kinds.push(tainted(snapshot)?);
    kinds.push(own_money(snapshot)?);
    kinds.push(unknown_spends(snapshot));
    kinds.push(restored(snapshot)?);
    kinds.push(held_orders(snapshot)?);
    kinds.push(held_withdrawals(snapshot)?);
    kinds.push(open_breakers(snapshot)?);
    kinds.push(webhooks_given_up(snapshot)?);
    kinds.push(sending_off(snapshot, outlook));
    Ok(kinds)
}

/// The kinds whose counts are at hand, so that nothing is walked however much there is.
pub fn counted_kinds(snapshot: &Snapshot, outlook: &Outlook) -> Result<Vec<WaitingKind>, StoreError> {
    let mut kinds = Waiting::ALL
        .into_iter()
        .map(|code| of_deposits(snapshot, code))
        .collect::<Result<Vec<_>, StoreError>>()?;
    kinds.extend(of_transactions(snapshot)?);
    kinds.push(unknown_spends(snapshot));
    kinds.push(restored(snapshot)?);
    kinds.push(held_orders(snapshot)?);
    kinds.push(held_withdrawals(snapshot)?);
    kinds.push(open_breakers(snapshot)?);
    kinds.push(webhooks_given_up(snapshot)?);
    kinds.push(sending_off(snapshot, outlook));
    Ok(kinds)
}

fn of_deposits(snapshot: &Snapshot, code: Waiting) -> Result<WaitingKind, StoreError> {
    let first = snapshot.waiting(code, WaitingPage { after: None, limit: 1 })?;
    Ok(WaitingKind {
        code: code.name(),
        about: "deposit",
        count: snapshot.counters().waiting(code),
        since: first.first().map(|(since, _)| since.get()),
        words: words::waiting::of_deposit(code).to_owned(),
        list: format!("/api/waiting?code={}", code.name()),
    })
}

fn of_transactions(snapshot: &Snapshot) -> Result<Vec<WaitingKind>, StoreError> {
    let stuck = stuck_attempts(snapshot)?;
    let kind = |code: Stuck| {
        let those = || stuck.iter().filter(|(known, _)| *known == code).map(|(_, one)| code.since(one).get());
        WaitingKind {
            code: code.name(),
            about: "transaction",
            count: u64::try_from(those().count()).unwrap_or(u64::MAX),
            since: those().min(),
            words: words::waiting::of_transaction(code).to_owned(),
            list: format!("/api/waiting?code={}", code.name()),
        }
    };
    Ok(Stuck::ALL.into_iter().map(kind).collect())
}

/// Transactions that do not go their way. There are never many that are neither settled nor dead.
fn stuck_attempts(snapshot: &Snapshot) -> Result<Vec<(Stuck, Attempt)>, StoreError> {
    let mut stuck = Vec::new();
    for no in snapshot.live_attempts()? {
        let Some(attempt) = snapshot.attempt(no)? else { continue };
        stuck.extend(Stuck::of(&attempt).map(|code| (code, attempt)));
    }
    Ok(stuck)
}

/// What health tells of transactions that a node refuses.
pub fn refused_problem(snapshot: &Snapshot) -> Result<Option<String>, StoreError> {
    let count = stuck_attempts(snapshot)?.iter().filter(|(code, _)| *code == Stuck::Refused).count();
    Ok((count > 0).then(|| words::health::payouts_refused(count)))
}

/// The numbers of the transactions that wait as this code says.
pub fn waiting_transactions(snapshot: &Snapshot, code: Stuck) -> Result<Vec<AttemptNo>, StoreError> {
    let stuck = stuck_attempts(snapshot)?.into_iter();
    Ok(stuck.filter(|(known, _)| *known == code).map(|(_, attempt)| attempt.no).collect())
}

/// A chain whose finality nobody tells.
fn of_chain(snapshot: &Snapshot, outlook: &Outlook, coin: Coin) -> Result<Option<WaitingKind>, StoreError> {
    let Some(view) = outlook.live.chain(coin).filter(|view| view.is_finality_untold) else { return Ok(None) };
    let finalized = snapshot.cursor(coin)?.and_then(|cursor| cursor.finalized);
    let from = finalized.map_or(crate::types::Height::new(0), crate::types::Height::next);
    let count = snapshot.deposits_between(coin, from, None)?.len();
    Ok(Some(WaitingKind {
        code: "finality_not_told",
        about: "chain",
        count: u64::try_from(count).unwrap_or(u64::MAX),
        since: Some(view.since.at().get()),
        words: words::waiting::finality_untold(coin),
        list: "/api/deposits?status=waiting_deposit".to_owned(),
    }))
}

/// What could not be read in a chain's blocks, or not be credited.
fn passed_over(snapshot: &Snapshot, coin: Coin) -> Result<WaitingKind, StoreError> {
    let open = snapshot.open_passed_over(coin)?;
    Ok(WaitingKind {
        code: "passed_over",
        about: "chain",
        count: open.count,
        since: open.since.map(UnixTime::get),
        words: words::waiting::passed_over(coin),
        list: format!("/api/chains/{}/passed-over", coin.facts().prefix),
    })
}

/// Addresses of the pools that are given to nobody.
fn tainted(snapshot: &Snapshot) -> Result<WaitingKind, StoreError> {
    let (count, since) = snapshot.open_tainted()?;
    Ok(WaitingKind {
        code: "address_tainted",
        about: "pool",
        count,
        since: since.map(UnixTime::get),
        words: words::waiting::ADDRESS_TAINTED.to_owned(),
        list: "/api/deposit-addresses/tainted".to_owned(),
    })
}

/// What came to deposit addresses and is no deposit.
fn own_money(snapshot: &Snapshot) -> Result<WaitingKind, StoreError> {
    Ok(WaitingKind {
        code: "own_money",
        about: "wallet",
        count: snapshot.count_own_money()?,
        since: None,
        words: words::waiting::OWN_MONEY.to_owned(),
        list: "/api/own-money".to_owned(),
    })
}

fn unknown_spends(snapshot: &Snapshot) -> WaitingKind {
    WaitingKind {
        code: "spend_unknown",
        about: "wallet",
        count: snapshot.counters().unknown_spends,
        since: None,
        words: words::waiting::SPEND_UNKNOWN.to_owned(),
        list: "/api/wallet/spends?state=unknown".to_owned(),
    }
}

/// That the database was made of a copy.
fn restored(snapshot: &Snapshot) -> Result<WaitingKind, StoreError> {
    Ok(WaitingKind {
        code: "restored",
        about: "desk",
        count: snapshot.counters().restored,
        since: snapshot.restored()?.map(|copy| copy.at.get()),
        words: words::waiting::RESTORED.to_owned(),
        list: "/api/wallet/spends".to_owned(),
    })
}

/// Orders that the desk cannot find out about.
fn held_orders(snapshot: &Snapshot) -> Result<WaitingKind, StoreError> {
    let count = snapshot.counters().held_orders;
    let open = if count > 0 { snapshot.open_orders(OrderNo::new(0), usize::MAX)? } else { Vec::new() };
    let held = open.iter().filter(|order| order.is_held());
    Ok(WaitingKind {
        code: "order_held",
        about: "order",
        count,
        since: held.map(|order| order.updated_at.get()).min(),
        words: words::waiting::ORDER_HELD.to_owned(),
        list: "/api/orders?state=held".to_owned(),
    })
}

/// Acts that wait for a second person at this time.
///
/// # Errors
///
/// Where the store cannot be read.
pub fn waiting_proposals(snapshot: &Snapshot, now: UnixTime) -> Result<WaitingKind, StoreError> {
    let mut open = snapshot.undecided_proposals(ProposalNo::new(0), usize::MAX)?;
    open.retain(|proposal| proposal.is_open(now));
    Ok(WaitingKind {
        code: "proposal",
        about: "desk",
        count: u64::try_from(open.len()).unwrap_or(u64::MAX),
        since: open.iter().map(|proposal| proposal.reason.at.get()).min(),
        words: words::waiting::PROPOSAL.to_owned(),
        list: "/api/proposals".to_owned(),
    })
}

/// Circuit breakers that wait for a person.
fn open_breakers(snapshot: &Snapshot) -> Result<WaitingKind, StoreError> {
    let opened = snapshot.breakers()?.into_iter().filter_map(|(_, state)| state.opened);
    let since: Vec<u64> = opened.map(|opened| opened.at.get()).collect();
    Ok(WaitingKind {
        code: "breaker_open",
        about: "desk",
        count: u64::try_from(since.len()).unwrap_or(u64::MAX),
        since: since.into_iter().min(),
        words: words::waiting::BREAKER_OPEN.to_owned(),
        list: "/api/breakers".to_owned(),
    })
}

/// Webhooks of purchases that are told nothing any more.
fn webhooks_given_up(snapshot: &Snapshot) -> Result<WaitingKind, StoreError> {
    let (mut count, mut since) = (0_u64, None);
    for (client, counts) in snapshot.hook_clients()? {
        count = count.saturating_add(counts.given_up);
        let first = snapshot.hooks_in(&client, HookState::GivenUp, None, 1)?;
        since = since.into_iter().chain(first.first().map(|(since, _)| *since)).min();
    }
    Ok(WaitingKind {
        code: "webhooks_given_up",
        about: "client",
        count,
        since,
        words: words::waiting::WEBHOOKS_GIVEN_UP.to_owned(),
        list: "/api/events/webhooks".to_owned(),
    })
}

/// Withdrawals that the desk cannot find out about.
fn held_withdrawals(snapshot: &Snapshot) -> Result<WaitingKind, StoreError> {
    let open = snapshot.open_withdrawals()?;
    let held = open.iter().filter(|withdrawal| withdrawal.is_held());
    Ok(WaitingKind {
        code: "withdrawal_held",
        about: "withdrawal",
        count: snapshot.counters().held_withdrawals,
        since: held.map(|withdrawal| withdrawal.updated_at.get()).min(),
        words: words::waiting::WITHDRAWAL_HELD.to_owned(),
        list: "/api/withdrawals?state=held".to_owned(),
    })
}

fn sending_off(snapshot: &Snapshot, outlook: &Outlook) -> WaitingKind {
    let counters = snapshot.counters();
    let count = if outlook.sends() { 0 } else { counters.ready.saturating_add(counters.held) };
    WaitingKind {
        code: "sending_off",
        about: "desk",
        count,
        since: None,
        words: words::waiting::SENDING_OFF.to_owned(),
        list: "/api/deposits?status=waiting_send".to_owned(),
    }
}

/// The deposits that wait as this code says, the longest waiting first.
pub fn waiting_deposits(
    snapshot: &Snapshot,
    code: Waiting,
    page: WaitingPage,
    outlook: &Outlook,
) -> Result<Vec<(UnixTime, DepositNo, WaitingDeposit)>, StoreError> {
    let mut entries = Vec::new();
    for (since, no) in snapshot.waiting(code, page)? {
        let Some(info) = deposit_info(snapshot, no, outlook)? else { continue };
        let transaction = snapshot.payout(no)?.and_then(|payout| payout.attempt()).map(AttemptNo::get);
        let acts = deposit_acts(snapshot, no)?;
        entries.push((since, no, WaitingDeposit { since: since.get(), transaction, acts, info }));
    }
    Ok(entries)
}

/// What can be ruled on a payout now, and what can be done with its transaction.
pub fn deposit_acts(snapshot: &Snapshot, no: DepositNo) -> Result<Vec<Act>, StoreError> {
    let Some(payout) = snapshot.payout(no)? else { return Ok(Vec::new()) };
    let circumstances = snapshot.circumstances(no)?;
    let is_allowed = |verdict: &Verdict| {
        let reason = Reason { by: Actor::operator(), why: String::new(), at: UnixTime::new(0) };
        payout.clone().rule(Ruling { verdict: *verdict, reason }, circumstances).is_ok()
    };
    let mut acts: Vec<Act> = [Verdict::Pay, Verdict::Void, Verdict::Wait]
        .into_iter()
        .filter(is_allowed)
        .map(|verdict| act("deposits", no.get(), verdict.name()))
        .collect();
    if payout.can_be_paid_before().is_ok() {
        let request = format!("POST /api/deposits/{no}/{PAID_BEFORE}?txid=...&why=...&by=...");
        acts.push(Act { act: PAID_BEFORE, request });
    }
    let purchase = PurchaseAct::ALL.into_iter().filter(|wanted| wanted.check(&payout).is_ok());
    acts.extend(purchase.map(|wanted| act("deposits", no.get(), wanted.name())));
    if let Some(attempt) = payout.attempt().map(|attempt| snapshot.attempt(attempt)).transpose()?.flatten() {
        acts.extend(transaction_acts(&attempt));
    }
    Ok(acts)
}

/// What can be done with a transaction now.
pub fn transaction_acts(attempt: &Attempt) -> Vec<Act> {
    let is_steerable = attempt.steerable().is_ok();
    let acts = [
        ("withdraw", is_steerable && !attempt.is_withdrawn()),
        ("send", is_steerable && attempt.is_held_back()),
        ("retry", attempt.clone().retry().is_ok()),
        // Whether the chain lets it is asked when it is done.
        ("abandon", attempt.abandonable().is_ok()),
    ];
    let allowed = acts.into_iter().filter(|(_, is_allowed)| *is_allowed);
    allowed.map(|(name, _)| act("transactions", attempt.no.get(), name)).collect()
}

/// What a person can say of an order now.
pub fn order_acts(order: &BuyOrder) -> Vec<Act> {
    if order.can_be_looked_up().is_err() {
        return Vec::new();
    }
    let no = order.no.get();
    let mut acts = vec![act("orders", no, "look")];
    if order.can_be_missed().is_ok() {
        acts.push(act("orders", no, "missed"));
    }
    let request =
        format!("POST /api/orders/{no}/booked?filled=...&cost=...&fee=...&fee_coin=...&why=...&by=...");
    acts.push(Act { act: "booked", request });
    acts
}

/// What a person can say of a withdrawal now.
pub fn withdrawal_acts(withdrawal: &Withdrawal) -> Vec<Act> {
    if withdrawal.can_be_looked_up().is_err() {
        return Vec::new();
    }
    let no = withdrawal.no.get();
    let request = format!("POST /api/withdrawals/{no}/booked?amount=...&fee=...&why=...&by=...");
    let booked = Act { act: "booked", request };
    vec![act("withdrawals", no, "look"), act("withdrawals", no, "missed"), booked]
}

/// Returns what can be done with a switch, by the act's name.
pub fn switch_act(switch: Switch, act: &'static str) -> Act {
    Act { act, request: format!("POST /api/switches/{}/{act}?why=...&by=...", switch.name()) }
}

/// Returns what can be done with a circuit breaker: nothing while it is closed. The request names the opening that is
/// looked at.
pub fn breaker_acts(breaker: Breaker, state: &BreakerState) -> Vec<Act> {
    let request = || format!("POST /api/breakers/{breaker}/close?opening={}&why=...&by=...", state.times);
    state.is_open().then(|| Act { act: "close", request: request() }).into_iter().collect()
}

fn act(list: &str, no: u64, act: &'static str) -> Act {
    Act { act, request: format!("POST /api/{list}/{no}/{act}?why=...&by=...") }
}
