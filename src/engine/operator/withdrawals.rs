//! What a person says of a withdrawal that the desk cannot find out about.

use super::{ActError, Order};
use crate::store::{Store, WithdrawalEvent, Withdrawals, WriteTx};
use crate::types::WithdrawalNo;
use crate::upstream::{Departure, Withdrawal, WithdrawalRefused};

/// What a person says of a withdrawal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithdrawalAct {
    /// It is to be looked up once more.
    Look,
    /// Nothing left the account, or it is back.
    Missed,
    /// So much left, and is in the hot wallet.
    Booked(Departure),
}

impl WithdrawalAct {
    /// Returns its name, as the API has it.
    pub const fn name(&self) -> &'static str {
        match self {
            WithdrawalAct::Look => "look",
            WithdrawalAct::Missed => "missed",
            WithdrawalAct::Booked(_) => "booked",
        }
    }

    /// Checks that it can be said of a withdrawal now.
    ///
    /// # Errors
    ///
    /// Where the desk finds out by itself, or it is known what became of it.
    pub fn check(&self, withdrawal: &Withdrawal) -> Result<(), WithdrawalRefused> {
        match self {
            WithdrawalAct::Look | WithdrawalAct::Missed => withdrawal.can_be_looked_up(),
            WithdrawalAct::Booked(departure) => withdrawal.can_be_booked(departure),
        }
    }
}

/// Says what became of a withdrawal.
///
/// # Errors
///
/// Where there is no such withdrawal, or its state does not allow it.
pub async fn decide_withdrawal(
    store: &Store,
    no: WithdrawalNo,
    act: WithdrawalAct,
    order: Order,
) -> Result<(), ActError> {
    let told = order.clone();
    let done: Result<(), ActError> = store
        .act(move |tx: &mut WriteTx<'_>| {
            act.check(&tx.withdrawal(no)?.ok_or(ActError::Unknown)?)?;
            let Order { by, why } = order.clone();
            let event = match act {
                WithdrawalAct::Look => WithdrawalEvent::LookAsked { withdrawal: no, why },
                WithdrawalAct::Missed => WithdrawalEvent::Missed { withdrawal: no, words: why },
                WithdrawalAct::Booked(departure) => {
                    WithdrawalEvent::Arrived { withdrawal: no, departure, why: Some(why) }
                }
            };
            Ok(tx.record_act(by, event)?)
        })
        .await;
    done?;
    tracing::warn!(withdrawal = no.get(), act = act.name(), by = %told.by, why = %told.why, "withdrawal decided");
    Ok(())
}
