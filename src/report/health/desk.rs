//! What is amiss with the desk as a whole: what waits for a person, the wallet, the certificate, what is switched off.

use std::time::Duration;

use super::books::books_problems;
use super::{HealthCheck, Problem, ProblemCode};
use crate::live::{DrillEnd, Live, Runway};
use crate::payout::Waiting;
use crate::report::words::health as words;
use crate::report::{certificate_trouble, refused_problem};
use crate::store::{HookState, Hooks, Receivers, Rest, Snapshot, StoreError};
use crate::types::{Moment, UnixTime};

/// How long a receiver of events may take nothing before somebody has to look.
const RECEIVER_PATIENCE: Duration = Duration::from_secs(60 * 60);
/// How long events may wait to be sorted for webhooks: that takes moments, also of very many.
const SORTING_PATIENCE: Duration = Duration::from_secs(10 * 60);

impl HealthCheck {
    pub(super) fn of_desk(&self, snapshot: &Snapshot) -> Vec<Problem> {
        let live = &self.outlook.live;
        let unreadable = |words: &str| Problem::new(ProblemCode::Unreadable, words);
        let mut problems: Vec<Problem> = taken_back(snapshot).into_iter().collect();
        problems.extend(match refused_problem(snapshot) {
            Ok(words) => words.map(|words| Problem::new(ProblemCode::PayoutsRefused, words)),
            Err(_) => Some(unreadable(words::PAYOUTS_UNREADABLE)),
        });
        if let Some(left) = self.policy.budget_low() {
            problems.push(Problem::new(ProblemCode::BudgetLow, words::budget_low(left)));
        }
        let certificate = live.certificate().and_then(|shown| certificate_trouble(&shown, self.clock.now()));
        problems.extend(certificate.map(|words| Problem::new(ProblemCode::Certificate, words)));
        if live.config_trouble().is_some() {
            problems.push(Problem::new(ProblemCode::Configuration, words::CONFIG_NOT_TAKEN));
        }
        problems.extend(backup_problems(live, self.clock.now(), self.clock.moment()));
        if !self.policy.is_on() && !self.is_shadow() {
            problems.push(Problem::new(ProblemCode::BindingOff, words::BINDING_OFF));
        }
        // A shadow has no wallet, and buys nothing.
        if self.is_shadow() {
            return problems;
        }
        let books = books_problems(snapshot, live);
        problems.extend(books.unwrap_or_else(|_| vec![unreadable(words::SPENDS_UNREADABLE)]));
        problems.extend(upstream_problems(snapshot, live));
        problems.extend(withdrawal_problems(snapshot, live));
        problems.extend(match receiver_problems(snapshot, self.clock.now()) {
            Ok(behind) => behind,
            Err(_) => vec![unreadable(words::RECEIVERS_UNREADABLE)],
        });
        problems.extend(match webhook_problems(snapshot, live, (self.clock.now(), self.clock.moment())) {
            Ok(behind) => behind,
            Err(_) => vec![unreadable(words::RECEIVERS_UNREADABLE)],
        });
        problems.extend(stock_problems(live, self.runway_warning));
        let wallet = live.wallet();
        if !wallet.error.is_empty() {
            problems.push(Problem::new(ProblemCode::Payouts, words::of_payouts(&wallet.error)));
        }
        problems.extend(runway_problems(&wallet.runway, self.runway_warning));
        if !self.outlook.sends() {
            problems.push(Problem::new(ProblemCode::SendingOff, words::SENDING_OFF));
        }
        problems
    }
}

/// What is amiss with copies of the database; nothing where none are to be made.
fn backup_problems(live: &Live, now: UnixTime, moment: Moment) -> Vec<Problem> {
    let Some(view) = live.backups() else { return Vec::new() };
    let failed = view.trouble.as_ref().map(|(since, _)| words::backup_failed(now.since(*since)));
    let old = view.too_old(now, moment).map(|age| words::backup_old(age, view.newest().is_some()));
    let drilled = live.drill().is_some_and(|drill| matches!(drill.end, DrillEnd::Failed { .. }));
    let failed = failed.or(drilled.then(|| words::DRILL_FAILED.to_owned()));
    let failed = failed.map(|words| Problem::new(ProblemCode::BackupFailed, words));
    failed.into_iter().chain(old.map(|words| Problem::new(ProblemCode::BackupOld, words))).collect()
}

/// Deposits that forks took back, and on which nobody has decided.
fn taken_back(snapshot: &Snapshot) -> Option<Problem> {
    let count = |code| snapshot.counters().waiting(code);
    let unsent = count(Waiting::TakenBackUnsent);
    let sent = count(Waiting::TakenBackSent).saturating_add(count(Waiting::TakenBackPaid));
    let is_any = unsent > 0 || sent > 0;
    is_any.then(|| Problem::new(ProblemCode::TakenBack, words::taken_back(unsent, sent)))
}

/// What keeps coins from being bought upstream, while deposits wait for that.
fn upstream_problems(snapshot: &Snapshot, live: &Live) -> Vec<Problem> {
    let counters = snapshot.counters();
    let held = Some(counters.held_orders).filter(|count| *count > 0);
    let mut problems: Vec<Problem> = held
        .map(|count| Problem::new(ProblemCode::OrdersHeld, words::orders_held(count)))
        .into_iter()
        .collect();
    let waits = counters.to_buy;
    let Some(view) = live.upstream() else {
        let lost = Some(waits).filter(|waits| *waits > 0);
        let words = lost.map(words::no_exchange);
        problems.extend(words.map(|words| Problem::new(ProblemCode::Upstream, words)));
        return problems;
    };
    if let Some(trouble) = &view.standstill {
        problems
            .push(Problem::new(ProblemCode::Upstream, words::exchange_stands_still(view.exchange, trouble)));
    }
    if view.unanswered > 0 {
        let words = words::orders_unanswered(view.unanswered);
        problems.push(Problem::new(ProblemCode::Upstream, words));
    }
    let markets = view.markets.iter().filter(|_| view.standstill.is_none() && waits > 0);
    for market in markets.filter(|market| market.pause.is_some()) {
        let words = words::market_stands_still(&market.market, market.pause.as_deref().unwrap_or_default());
        problems.push(Problem::new(ProblemCode::Upstream, words));
    }
    problems
}

/// What keeps what was bought from coming to the hot wallet.
fn withdrawal_problems(snapshot: &Snapshot, live: &Live) -> Vec<Problem> {
    let counters = snapshot.counters();
    let held = Some(counters.held_withdrawals).filter(|count| *count > 0);
    let held = held.map(|count| Problem::new(ProblemCode::WithdrawalsHeld, words::withdrawals_held(count)));
    let stops = match live.withdrawals() {
        Some(view) => view.trouble.map(|trouble| words::withdrawals_stand_still(&trouble)),
        None if counters.open_withdrawals > counters.held_withdrawals => {
            Some(words::WITHDRAWALS_UNWATCHED.to_owned())
        }
        None => None,
    };
    let stops = stops.map(|words| Problem::new(ProblemCode::Withdrawals, words));
    held.into_iter().chain(stops).collect()
}

/// Receivers of events that somebody has to look at. One that a person paused is none.
fn receiver_problems(snapshot: &Snapshot, now: UnixTime) -> Result<Vec<Problem>, StoreError> {
    let told = snapshot.receivers()?.into_iter().filter(|(_, row)| row.is_configured && !row.is_reader);
    let words = told.filter_map(|(name, row)| match (row.rest, row.failing) {
        (Some(Rest::Paused(_)), _) => None,
        (Some(Rest::Stopped { .. }), _) => Some(words::receiver_stopped(&name)),
        (None, failing) => {
            let failing = now.since(failing?.since);
            (failing >= RECEIVER_PATIENCE).then(|| words::receiver_behind(&name, failing))
        }
    });
    Ok(words.map(|words| Problem::new(ProblemCode::ReceiverBehind, words)).collect())
}

/// Clients whose webhooks somebody has to look at: as many as the configuration has, however many webhooks there are.
fn webhook_problems(
    snapshot: &Snapshot,
    live: &Live,
    (now, moment): (UnixTime, Moment),
) -> Result<Vec<Problem>, StoreError> {
    let unsorted = live.hooks_unsorted_since().map(|since| moment.since(since));
    let unsorted = unsorted.filter(|since| *since >= SORTING_PATIENCE);
    let unsorted = unsorted.map(|_| Problem::new(ProblemCode::ReceiverBehind, words::WEBHOOKS_UNSORTED));
    let mut problems: Vec<Problem> = unsorted.into_iter().collect();
    for client in live.hook_clients().iter() {
        let first = snapshot.hooks_in(client, HookState::Failing, None, 1)?;
        let failing = first.first().map(|(since, _)| now.since(UnixTime::new(*since)));
        if let Some(failing) = failing.filter(|failing| *failing >= RECEIVER_PATIENCE) {
            let count = snapshot.hook_counts(client)?.failing;
            let words = words::webhooks_behind(client, count, failing);
            problems.push(Problem::new(ProblemCode::ReceiverBehind, words));
        }
    }
    Ok(problems)
}

/// What is spent at the exchange and runs short there.
fn stock_problems(live: &Live, warning: Duration) -> Vec<Problem> {
    let stock = live.upstream().map(|view| view.stock).unwrap_or_default();
    let soon =
        stock.into_iter().filter_map(|one| Some((one.asset, one.lasts.filter(|left| *left < warning)?)));
    soon.map(|(asset, left)| Problem::new(ProblemCode::Runway, words::stock_runs_short(&asset, left)))
        .collect()
}

fn runway_problems(runway: &Runway, warning: Duration) -> Vec<Problem> {
    let soon = |left: Option<Duration>| left.filter(|left| *left < warning);
    let coins = soon(runway.coins).map(words::coins_run_short);
    let hours = soon(runway.hours).map(words::hours_run_short);
    let all = coins.into_iter().chain(hours);
    all.map(|words| Problem::new(ProblemCode::Runway, words)).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::store::{MemoryBackend, Purpose, Store};
    use crate::testing::ManualClock;
    use crate::types::Coin;

    #[test]
    fn should_tell_that_events_are_not_sorted_for_webhooks_once_that_takes_long() {
        let purpose = Purpose::real(Coin::BTC.main_network());
        let clock = Arc::new(ManualClock::default());
        let store = Store::open(Arc::new(MemoryBackend::default()), purpose, clock, &|_| {}).unwrap();
        let (snapshot, live, began) =
            (store.snapshot(), Live::default(), Moment::new(UnixTime::new(0), Duration::ZERO));
        live.hooks_unsorted(Some(began));
        let after = |time: Duration| {
            let now = (UnixTime::new(0), Moment::new(UnixTime::new(0), time));
            let problems = webhook_problems(&snapshot, &live, now).unwrap();
            problems.into_iter().map(|problem| (problem.code, problem.words)).collect::<Vec<_>>()
        };
        assert_eq!(after(SORTING_PATIENCE.saturating_sub(Duration::from_secs(1))), []);
        let told = (ProblemCode::ReceiverBehind, words::WEBHOOKS_UNSORTED.to_owned());
        assert_eq!(after(SORTING_PATIENCE), [told]);
        live.hooks_unsorted(None);
        assert_eq!(after(SORTING_PATIENCE), []);
    }
}
