//! Whether every spend of the hot wallet is known, in words for the operator.

use super::{Problem, ProblemCode};
use crate::live::Live;
use crate::rail::in_words;
use crate::store::{Snapshot, Spends, StoreError, Taints};
use crate::types::Coin;

/// Unknown spends that are told one by one.
const TOLD: usize = 5;
/// Tainted addresses that are counted.
const TAINTED_COUNTED: usize = 100;

/// What is amiss with what is known of the hot wallet's spends; nothing where all are known.
pub(super) fn books_problems(snapshot: &Snapshot, live: &Live) -> Result<Vec<Problem>, StoreError> {
    let books = live.books();
    let unknown = snapshot.counters().unknown_spends;
    let mut problems = Vec::new();
    let mut tell = |code, words| problems.push(Problem::new(code, words));
    if unknown > 0 {
        let words = format!(
            "unreconciled: {unknown} transaction(s) spent from the hot wallet and are not known here; \
             nothing is signed and no address is given out before it is said of each what it was (POST \
             /api/wallet/spends/TXID/paid, mine or again on the admin listener)"
        );
        tell(ProblemCode::Unreconciled, words);
        for known in snapshot.foreign_spends(true, None, TOLD)? {
            let block =
                known.spend.block.map_or("not in a block".to_owned(), |at| format!("block {}", at.height));
            let paid = in_words(&known.spend.payments);
            let words = format!("unreconciled: transaction {} ({block}) paid {paid}", known.spend.txid);
            tell(ProblemCode::Unreconciled, words);
        }
    } else if let (true, None, Some(words)) = (is_real(live), books.looked, books.refuses()) {
        // What the node says to it, word by word, is the operator's: `/api/wallet/spends` tells it.
        tell(ProblemCode::Unreconciled, format!("payouts: {words}"));
    }
    let tainted = snapshot.all_tainted(None, TAINTED_COUNTED)?.len();
    if tainted > 0 {
        let more = if tainted == TAINTED_COUNTED { " or more" } else { "" };
        let words = format!(
            "{tainted}{more} address(es) of the pools received coins before they were given out, and are \
             given to nobody (GET /api/deposit-addresses/tainted on the admin listener)"
        );
        tell(ProblemCode::Tainted, words);
    }
    Ok(problems)
}

/// Where no chain is followed, the wallet is made up here.
fn is_real(live: &Live) -> bool {
    Coin::all().any(|coin| live.chain(coin).is_some())
}
