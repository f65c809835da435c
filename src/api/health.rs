//! `GET /api/health`: whether a buyer can be served, and what cannot be done.
//!
//! 200 while at least one coin can be bought; 503 when nobody can be served. `problems` says in words what is amiss in
//! either case. Every value is at hand: counters, levels, what the workers noted.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use actix_web::http::{Method, StatusCode};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::ApiState;
use crate::desk::{Runway, in_words};
use crate::engine::Budget;
use crate::http::{json, method_not_allowed};
use crate::payout::Waiting;
use crate::report::{books_problems, gap_problem, refused_problem};
use crate::store::{OpenGaps, Passes, Snapshot};
use crate::types::{Coin, Moment, PerCoin, go_duration};

/// In place of the words that the database, or whatever it was, had for it: those are the operator's.
const PROCESSOR_FAILS: &str = "deposits cannot be processed at the moment";

#[derive(Debug, Serialize)]
struct HealthReply<'a> {
    /// `OK`, or `UNAVAILABLE` where no buyer can be served.
    status: &'static str,
    application: &'static str,
    /// `real`, or `dummy` where everything is play money.
    mode: &'static str,
    version: &'a str,
    uptime: String,
    exchange: Exchange,
    problems: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Exchange {
    buy_method: &'static str,
    processor_error: String,
    sender_error: String,
    balance: Balance,
    deposit_error_count: u64,
}

#[derive(Debug, Serialize)]
struct Balance {
    coins: String,
    hours: String,
}

pub(super) async fn handle(state: Data<ApiState>, request: HttpRequest) -> HttpResponse {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return method_not_allowed("GET", "Invalid request method");
    }
    let snapshot = state.store.snapshot();
    let (problems, can_serve) = problems(&state, &snapshot);
    let wallet = state.desk.wallet();
    let reply = HealthReply {
        status: if can_serve { "OK" } else { "UNAVAILABLE" },
        application: "teller",
        mode: if state.is_play { "dummy" } else { "real" },
        version: &state.version,
        uptime: go_duration(state.started.elapsed()),
        exchange: Exchange {
            buy_method: state.buy_method.name(),
            processor_error: state
                .desk
                .buyer
                .get()
                .failing
                .map_or(String::new(), |_| PROCESSOR_FAILS.to_owned()),
            sender_error: wallet.error.clone(),
            balance: Balance { coins: wallet.coins.to_string(), hours: wallet.hours.get().to_string() },
            deposit_error_count: snapshot.counters().errored,
        },
        problems,
    };
    let mut answer = json(&reply);
    if !can_serve {
        *answer.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    }
    answer
}

/// What is amiss, and whether a buyer can be served all the same.
fn problems(state: &ApiState, snapshot: &Snapshot) -> (Vec<String>, bool) {
    let mut problems = Vec::new();
    let is_store_gone = state.store.has_failed();
    if is_store_gone {
        problems.push("the database has failed, the service is ending".to_owned());
    }
    let mut can_bind = false;
    for coin in Coin::all().filter(|coin| state.is_enabled(*coin)) {
        problems.extend(coin_problems(state, snapshot, coin));
        can_bind |= snapshot.pool(coin).remaining() > 0 && state.refuses_binds(coin).is_none();
    }
    problems.extend(taken_back(snapshot));
    let refused = refused_problem(snapshot);
    problems.extend(refused.unwrap_or_else(|_| Some("the payout transactions cannot be read".to_owned())));
    if let Some(left) = state.budget.as_ref().and_then(Budget::low) {
        problems.push(format!("{left} new deposit addresses are left in the budget (teller.bind_budget)"));
    }
    problems.extend(state.desk.certificate().and_then(|certificate| certificate.problem(state.clock.now())));
    if !state.bind_enabled {
        problems.push("binding is switched off".to_owned());
    }
    let books = books_problems(snapshot, &state.desk);
    problems.extend(books.unwrap_or_else(|_| vec!["the wallet's spends cannot be read".to_owned()]));
    let wallet = state.desk.wallet();
    if !wallet.error.is_empty() {
        problems.push(format!("payouts: {}", wallet.error));
    }
    problems.extend(runway_problems(&wallet.runway, state.runway_warning));
    if !state.outlook.send_enabled {
        problems.push("sending is switched off, payouts are held".to_owned());
    }
    // Switched off on purpose is not ill: statuses are still served.
    (problems, !is_store_gone && (can_bind || !state.bind_enabled))
}

/// However often health is asked for, all that was passed over is looked through once in this time.
const GAPS_EVERY: Duration = Duration::from_secs(1);

/// What was told of a coin's gaps, and when; none before the first time.
type Told = Option<(Moment, Vec<String>)>;

/// What was told of each coin's gaps.
#[derive(Debug, Default)]
pub(super) struct GapsTold(PerCoin<Mutex<Told>>);

impl GapsTold {
    fn of(&self, snapshot: &Snapshot, coin: Coin, now: Moment) -> Vec<String> {
        let mut told = self.0[coin].lock().unwrap_or_else(PoisonError::into_inner);
        match &*told {
            Some((at, words)) if now.since(*at) < GAPS_EVERY => words.clone(),
            Some(_) | None => told.insert((now, gaps(snapshot, coin))).1.clone(),
        }
    }
}

/// What was followed and not read whole, and waits for a person or a node.
fn gaps(snapshot: &Snapshot, coin: Coin) -> Vec<String> {
    let told = snapshot.open_passed_over(coin).and_then(|open| Ok((open, snapshot.blind_blocks(coin)?)));
    let (OpenGaps { count: open, .. }, blind) = match told {
        Ok(told) => told,
        Err(error) => return vec![format!("{coin}: {error}")],
    };
    let passed = format!("{coin}: {open} transaction(s) could not be read, and wait for the operator");
    let unseen = format!(
        "{coin}: {blind} block(s) were followed without what happens inside transactions; they are read again when a \
         node tells it"
    );
    [(open > 0).then_some(passed), (blind > 0).then_some(unseen)].into_iter().flatten().collect()
}

/// What is amiss with a coin's pool, chain and payouts.
fn coin_problems(state: &ApiState, snapshot: &Snapshot, coin: Coin) -> Vec<String> {
    let mut problems = Vec::new();
    let pool = snapshot.pool(coin);
    match pool.remaining() {
        0 => problems.push(format!("{coin} cannot be bound: no deposit addresses are left")),
        left if left < state.pool_low_water => {
            problems.push(format!("{coin}: only {left} deposit addresses are left"));
        }
        _ => {}
    }
    problems.extend(gap_problem(snapshot, coin));
    if let Some(chain) = state.desk.chain(coin) {
        let paused = state.refuses_binds(coin);
        let effect = if paused.is_some() { " cannot be bound" } else { "" };
        let catches_up = chain.catches_up(paused.as_deref());
        let amiss = paused.or_else(|| chain.problem(state.clock.moment()));
        problems.extend(amiss.map(|words| format!("{coin}{effect}: {words}")));
        problems.extend(chain.waits_for.map(|height| {
            format!("{coin}: deposits count from block {height} on, which the chain has not reached")
        }));
        problems.extend(catches_up.map(|words| format!("{coin}: {words}")));
        problems.extend(chain.blind_spot.map(|words| format!("{coin}: {words}")));
        let note = state.desk.vetting(coin).note();
        problems.extend(note.map(|words| format!("{coin}: {words}")));
        problems.extend(state.gaps.of(snapshot, coin, state.clock.moment()));
    }
    problems
}

/// Deposits that forks took back, and on which nobody has decided.
fn taken_back(snapshot: &Snapshot) -> Option<String> {
    let count = |code| snapshot.counters().waiting(code);
    let unsent = count(Waiting::TakenBackUnsent);
    let sent = count(Waiting::TakenBackSent).saturating_add(count(Waiting::TakenBackPaid));
    (unsent > 0 || sent > 0).then(|| {
        format!(
            "forks took back deposits, and the operator has to decide: of {unsent} the payout is signed \
             and has not left, of {sent} it has left"
        )
    })
}

fn runway_problems(runway: &Runway, warning: Duration) -> Vec<String> {
    let soon = |seconds: Option<u64>| seconds.map(Duration::from_secs).filter(|left| *left < warning);
    let words = |what: &str, left: Duration| {
        format!("payouts: at the pace of the last day, the hot wallet's {what} last {}", in_words(left))
    };
    let coins = soon(runway.coins).map(|left| words("coins", left));
    let hours = soon(runway.hours).map(|left| words("coin hours", left));
    coins.into_iter().chain(hours).collect()
}
