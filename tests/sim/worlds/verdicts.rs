//! What a world's operator decides.

use teller::engine::operator::{ActError, Order, retry, rule, send_on, withdraw};
use teller::payout::{CourseRefused, Stuck, Verdict, Waiting};
use teller::store::{Store, Tables};
use teller::types::{AttemptNo, DepositNo};

use crate::random::Random;

/// The operator has what can still confirm offered again, or decides on what was sent and is gone from its chain as
/// its deposit is: it is sent on at a loss, withdrawn, or waits.
pub(super) async fn go_on(
    store: &Store,
    no: AttemptNo,
    code: Stuck,
    random: &mut Random,
) -> Result<(), ActError> {
    let order = Order::new("anna", "a world's operator").expect("a name and a reason");
    match (code, random.below(3)) {
        (Stuck::HeldBack, 0) => withdraw(store, no, order).await,
        (Stuck::HeldBack, 1) => send_on(store, no, order).await.map(drop),
        (Stuck::Refused | Stuck::Withdrawn, 0) => retry(store, no, order).await,
        _ => Ok(()),
    }
}

pub(super) async fn decide(store: &Store, code: Waiting, no: DepositNo, which: u64) -> Result<(), ActError> {
    let order = || Order::new("anna", "a world's operator").expect("a name and a reason");
    let verdict = match (code, which) {
        (Waiting::TakenBackUnsent, 0) => {
            let payout = store.snapshot().payout(no)?;
            let attempt = payout.and_then(|payout| payout.attempt()).ok_or(ActError::Unknown)?;
            match withdraw(store, attempt, order()).await {
                Ok(()) | Err(ActError::Course(CourseRefused::Withdrawn)) => Verdict::Void,
                Err(error) => return Err(error),
            }
        }
        (_, 0 | 1) => Verdict::Pay,
        _ => Verdict::Wait,
    };
    rule(store, no, verdict, order()).await
}
