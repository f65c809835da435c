//! What is amiss with the desk as a whole: what waits for a person, the wallet, the certificate, what is switched off.

use std::time::Duration;

use super::books::books_problems;
use super::{HealthCheck, Problem, ProblemCode};
use crate::live::{Runway, in_words};
use crate::payout::Waiting;
use crate::report::refused_problem;
use crate::store::Snapshot;

impl HealthCheck {
    pub(super) fn of_desk(&self, snapshot: &Snapshot) -> Vec<Problem> {
        let live = &self.outlook.live;
        let unreadable = |words: &str| Problem::new(ProblemCode::Unreadable, words);
        let mut problems: Vec<Problem> = taken_back(snapshot).into_iter().collect();
        problems.extend(match refused_problem(snapshot) {
            Ok(words) => words.map(|words| Problem::new(ProblemCode::PayoutsRefused, words)),
            Err(_) => Some(unreadable("the payout transactions cannot be read")),
        });
        if let Some(left) = self.policy.budget_low() {
            let words = format!("{left} new deposit addresses are left in the budget (teller.bind_budget)");
            problems.push(Problem::new(ProblemCode::BudgetLow, words));
        }
        let certificate = live.certificate().and_then(|shown| shown.problem(self.clock.now()));
        problems.extend(certificate.map(|words| Problem::new(ProblemCode::Certificate, words)));
        if !self.policy.is_on() {
            problems.push(Problem::new(ProblemCode::BindingOff, "binding is switched off"));
        }
        let books = books_problems(snapshot, live);
        problems.extend(books.unwrap_or_else(|_| vec![unreadable("the wallet's spends cannot be read")]));
        let wallet = live.wallet();
        if !wallet.error.is_empty() {
            problems.push(Problem::new(ProblemCode::Payouts, format!("payouts: {}", wallet.error)));
        }
        problems.extend(runway_problems(&wallet.runway, self.runway_warning));
        if !self.outlook.send_enabled {
            let words = "sending is switched off, payouts are held";
            problems.push(Problem::new(ProblemCode::SendingOff, words));
        }
        problems
    }
}

/// Deposits that forks took back, and on which nobody has decided.
fn taken_back(snapshot: &Snapshot) -> Option<Problem> {
    let count = |code| snapshot.counters().waiting(code);
    let unsent = count(Waiting::TakenBackUnsent);
    let sent = count(Waiting::TakenBackSent).saturating_add(count(Waiting::TakenBackPaid));
    (unsent > 0 || sent > 0).then(|| {
        let words = format!(
            "forks took back deposits, and the operator has to decide: of {unsent} the payout is signed \
             and has not left, of {sent} it has left"
        );
        Problem::new(ProblemCode::TakenBack, words)
    })
}

fn runway_problems(runway: &Runway, warning: Duration) -> Vec<Problem> {
    let soon = |left: Option<Duration>| left.filter(|left| *left < warning);
    let problem = |what: &str, left: Duration| {
        let words =
            format!("payouts: at the pace of the last day, the hot wallet's {what} last {}", in_words(left));
        Problem::new(ProblemCode::Runway, words)
    };
    let coins = soon(runway.coins).map(|left| problem("coins", left));
    let hours = soon(runway.hours).map(|left| problem("coin hours", left));
    coins.into_iter().chain(hours).collect()
}
