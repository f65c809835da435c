//! What a person decides of a deposit whose coins are to be bought, and of an order that nobody can tell about.

use super::{ActError, Order};
use crate::payout::{Payout, PurchaseRefused};
use crate::store::{OrderEvent, Orders, PayoutEvent, Purchase, Store, Tables, WriteTx};
use crate::types::{DepositNo, OrderNo};
use crate::upstream::{BuyOrder, OrderRefused, Outcome};

/// What a person wants of a deposit whose coins are to be bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PurchaseAct {
    /// It is paid from the desk's stock, at the rate that it was seen at.
    Direct,
    /// Nothing is bought for it for now.
    Pause,
    /// Its coins are bought again.
    Resume,
}

impl PurchaseAct {
    /// All of them.
    pub const ALL: [PurchaseAct; 3] = [PurchaseAct::Direct, PurchaseAct::Pause, PurchaseAct::Resume];

    /// Returns its name, as the API has it.
    pub const fn name(self) -> &'static str {
        match self {
            PurchaseAct::Direct => "direct",
            PurchaseAct::Pause => "pause",
            PurchaseAct::Resume => "resume",
        }
    }

    /// Returns the act of this name.
    pub fn from_name(name: &str) -> Option<PurchaseAct> {
        PurchaseAct::ALL.into_iter().find(|act| act.name() == name)
    }

    /// Checks that it can be done now.
    ///
    /// # Errors
    ///
    /// Where the state of the payout does not allow it.
    pub fn check(self, payout: &Payout) -> Result<(), PurchaseRefused> {
        match self {
            PurchaseAct::Direct => payout.can_be_paid_direct(),
            PurchaseAct::Pause => payout.can_be_paused(),
            PurchaseAct::Resume => payout.can_be_resumed(),
        }
    }
}

/// Decides what becomes of a deposit whose coins are to be bought.
///
/// # Errors
///
/// Where there is no such deposit, or its state does not allow it.
pub async fn decide_purchase(
    store: &Store,
    no: DepositNo,
    act: PurchaseAct,
    order: Order,
) -> Result<(), ActError> {
    let told = order.clone();
    let done = store.act(move |tx| {
        let Some(Purchase { payout, .. }) = tx.purchase(no)? else { return Err(ActError::Unknown) };
        act.check(&payout.ok_or(PurchaseRefused::NotToBuy)?)?;
        let Order { by, why } = order.clone();
        let event = match act {
            PurchaseAct::Direct => PayoutEvent::PaidDirect { payout: no, why },
            PurchaseAct::Pause => PayoutEvent::PurchasePaused { payout: no, why },
            PurchaseAct::Resume => PayoutEvent::PurchaseResumed { payout: no, why },
        };
        Ok(tx.record_act(by, event)?)
    });
    done.await?;
    tracing::warn!(deposit = no.get(), act = act.name(), by = %told.by, why = %told.why, "purchase decided");
    Ok(())
}

/// What a person says of an order that the desk cannot find out about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderAct {
    /// It is to be looked up once more.
    Look,
    /// The exchange never had it.
    Missed,
    /// It has ended, and this came of it.
    Booked(Outcome),
}

impl OrderAct {
    /// Returns its name, as the API has it.
    pub const fn name(&self) -> &'static str {
        match self {
            OrderAct::Look => "look",
            OrderAct::Missed => "missed",
            OrderAct::Booked(_) => "booked",
        }
    }

    /// Checks that it can be said of an order now.
    ///
    /// # Errors
    ///
    /// Where the desk finds out by itself, or it is known what became of it.
    pub fn check(&self, order: &BuyOrder) -> Result<(), OrderRefused> {
        match self {
            OrderAct::Look => order.can_be_looked_up(),
            OrderAct::Missed => order.can_be_missed(),
            OrderAct::Booked(outcome) => order.can_be_booked(outcome),
        }
    }
}

/// Says what became of an order.
///
/// # Errors
///
/// Where there is no such order, or its state does not allow it.
pub async fn decide_order(store: &Store, no: OrderNo, act: OrderAct, order: Order) -> Result<(), ActError> {
    let (told, name) = (order.clone(), act.name());
    let done: Result<(), ActError> = store
        .act(move |tx: &mut WriteTx<'_>| {
            act.check(&tx.order(no)?.ok_or(ActError::Unknown)?)?;
            let Order { by, why } = order.clone();
            let event = match act.clone() {
                OrderAct::Look => OrderEvent::LookAsked { order: no, why },
                OrderAct::Missed => OrderEvent::Missed { order: no, words: why },
                OrderAct::Booked(outcome) => OrderEvent::Closed { order: no, outcome, why: Some(why) },
            };
            Ok(tx.record_act(by, event)?)
        })
        .await;
    done?;
    tracing::warn!(order = no.get(), act = name, by = %told.by, why = %told.why, "order decided");
    Ok(())
}
