//! Whether every spend of the hot wallet is known.

use super::{Problem, ProblemCode};
use crate::breaker::Breaker;
use crate::live::{Live, Pause};
use crate::report::BuyerPause;
use crate::report::words::health as words;
use crate::store::{Breakers, Snapshot, Spends, StoreError};
use crate::types::{Coin, Language};

/// Unknown spends that are told one by one.
const TOLD: usize = 5;

/// What is amiss with what is known of the hot wallet's spends; nothing where all are known.
pub(super) fn books_problems(snapshot: &Snapshot, live: &Live) -> Result<Vec<Problem>, StoreError> {
    let books = live.books();
    let unknown = snapshot.counters().unknown_spends;
    let mut problems = Vec::new();
    let mut tell = |code, words| problems.push(Problem::new(code, words));
    if snapshot.counters().restored > 0 {
        tell(ProblemCode::Unreconciled, words::RESTORED.to_owned());
    }
    if unknown > 0 {
        tell(ProblemCode::Unreconciled, words::unreconciled(unknown));
        for known in snapshot.foreign_spends(true, None, TOLD)? {
            tell(ProblemCode::Unreconciled, words::unknown_spend(&known.spend));
        }
    } else if let (true, None, Some(why)) = (is_real(live), books.looked, books.refuses()) {
        // What the node says to it, word by word, is the operator's: `/api/wallet/spends` tells it.
        tell(
            ProblemCode::Unreconciled,
            words::of_payouts(BuyerPause::from(Pause::Books(why)).text(Language::English)),
        );
    }
    for (breaker, state) in snapshot.breakers()? {
        if state.is_open() {
            let words = words::breaker_open(breaker);
            let coin = match breaker {
                Breaker::Price(code) => Coin::from_code(code.as_str()).ok(),
                Breaker::Payouts | Breaker::Books(_) | Breaker::Nodes(_) => breaker.coin(),
            };
            problems.push(Problem { coin, ..Problem::new(ProblemCode::BreakerOpen, words) });
        }
    }
    let (tainted, _) = snapshot.open_tainted()?;
    if tainted > 0 {
        problems.push(Problem::new(ProblemCode::Tainted, words::tainted(tainted)));
    }
    Ok(problems)
}

/// Where no chain is followed, the wallet is made up here.
fn is_real(live: &Live) -> bool {
    Coin::all().any(|coin| live.chain(coin).is_some())
}
