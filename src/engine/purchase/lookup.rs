//! What became of an order: asked of the exchange, by what it guarantees of the order's id.

use std::time::Duration;

use super::outcome::{FeeRule, Told, read};
use crate::exchange::{CallError, Exchange, Idempotency, NewOrder, OrderReport, Refusal, VenueOrderId};
use crate::store::OrderEvent;
use crate::types::{Moment, OrderNo};
use crate::upstream::{BuyOrder, BuyOrderState};

/// Looks that have to say "there is none" before that is believed.
pub(super) const ABSENT_LOOKS: u8 = 2;
/// How long the fees of an order that has ended may not be told, or an exchange may not know an order that it had,
/// before a person has to look.
const PATIENCE: Duration = Duration::from_secs(900);

/// What this process knows of an order beside its row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Watch {
    /// Since when this process follows it as it stands.
    pub(super) since: Moment,
    /// When it was looked at last; none before the first time.
    pub(super) looked: Option<Moment>,
    /// How often there was none under its id.
    pub(super) absent: u8,
    /// When its end was asked for last; none where it was not.
    pub(super) cancelled: Option<Moment>,
    /// Looks in a row that got no answer.
    pub(super) unanswered: u32,
    /// Whether a look is under way.
    pub(super) is_asked: bool,
}

/// What is said of an order that a search does not find.
const ABSENT: &str = "the exchange has no order of this id";
/// The longest between two looks at an order that gets no answer.
const LONGEST: Duration = Duration::from_secs(300);

impl Watch {
    /// Returns one that begins now.
    pub(super) const fn new(now: Moment) -> Watch {
        Watch { since: now, looked: None, absent: 0, cancelled: None, unanswered: 0, is_asked: false }
    }

    /// Returns whether it is to be looked at now: as often as `every`, and less often where there is no answer.
    pub(super) fn is_due(&self, now: Moment, every: Duration) -> bool {
        let longer = every.saturating_mul(2_u32.saturating_pow(self.unanswered.min(8)));
        let wait = longer.min(LONGEST.max(every));
        !self.is_asked && self.looked.is_none_or(|looked| now.since(looked) >= wait)
    }
}

/// What a look at an order brought, and what was known when it began.
#[derive(Debug)]
pub(super) struct Looked {
    pub(super) order: BuyOrder,
    pub(super) watch: Watch,
    pub(super) look: Look,
}

/// How an order is looked at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms {
    pub(super) fees: FeeRule,
    /// How long one that rests may do so.
    pub(super) patience: Duration,
    pub(super) now: Moment,
}

/// What a look brought.
#[derive(Debug, Clone)]
pub(super) enum Look {
    /// Something happened.
    Event(OrderEvent),
    /// It was asked for, and there is nothing new.
    Nothing,
    /// Nothing was asked: it is too early.
    Early,
    /// The exchange is sure to have none under its id.
    Absent(String),
    /// Its end was asked for.
    Cancelled,
    /// The exchange did not answer.
    Trouble(CallError),
    /// It was placed once more, and that may come to life yet: nothing is over.
    PlacedAgain(CallError),
}

/// What is asked of the exchange, as it was stored.
pub(super) fn new_order(order: &BuyOrder) -> NewOrder {
    NewOrder {
        market: order.terms.market.clone(),
        client_id: order.terms.client_id.clone(),
        price: order.terms.price.get(),
        quantity: order.terms.quantity.get(),
    }
}

/// What the answer to the call that places an order comes to. Only what is known not to have happened is missed.
pub(super) fn placed_event(order: OrderNo, answer: Result<VenueOrderId, CallError>) -> OrderEvent {
    match answer {
        Ok(id) => OrderEvent::Placed { order, id },
        Err(error) if error.may_have_happened() || error.refusal() == Some(Refusal::Duplicate) => {
            OrderEvent::Doubted { order, words: error.to_string() }
        }
        Err(error) => OrderEvent::Missed { order, words: error.to_string() },
    }
}

/// Looks at an order that is open.
pub(super) async fn look(exchange: &dyn Exchange, order: &BuyOrder, watch: Watch, terms: Terms) -> Look {
    match &order.state {
        BuyOrderState::Intended => Look::Event(OrderEvent::Doubted {
            order: order.no,
            words: "the service ended while it was being placed".to_owned(),
        }),
        BuyOrderState::Unclear { words, .. } => look_up(exchange, order, watch, terms, words).await,
        BuyOrderState::Placed { id } => look_at(exchange, order, id, watch, terms).await,
        BuyOrderState::Held { .. } | BuyOrderState::Missed { .. } | BuyOrderState::Closed { .. } => {
            Look::Early
        }
    }
}

/// Finds out whether the exchange has one that nobody knows of.
async fn look_up(exchange: &dyn Exchange, order: &BuyOrder, watch: Watch, terms: Terms, doubt: &str) -> Look {
    let is_over = terms.now.since(watch.since) >= exchange.settling_time();
    match exchange.idempotency() {
        Idempotency::SameOrder => repeated(exchange, order, is_over, terms.now.since(watch.since)).await,
        Idempotency::UniqueAmongOpen | Idempotency::UniqueForever if !is_over => Look::Early,
        Idempotency::UniqueAmongOpen => match found(exchange, order).await {
            Ok(Some(look)) => look,
            Ok(None) => Look::Absent(ABSENT.to_owned()),
            Err(CallError::Untold(words)) if terms.now.since(watch.since) >= PATIENCE => {
                Look::Event(OrderEvent::Held { order: order.no, words })
            }
            Err(CallError::Untold(_)) => Look::Nothing,
            Err(error) => Look::Trouble(error),
        },
        Idempotency::UniqueForever => match found(exchange, order).await {
            Ok(Some(look)) => look,
            Ok(None) => Look::Absent(ABSENT.to_owned()),
            Err(CallError::Untold(_)) => repeated_or_held(exchange, order).await,
            Err(error) => Look::Trouble(error),
        },
        Idempotency::None => {
            let words = format!("{doubt}; the exchange cannot say whether it has it");
            Look::Event(OrderEvent::Held { order: order.no, words })
        }
    }
}

/// The order under its id, as something that happened.
async fn found(exchange: &dyn Exchange, order: &BuyOrder) -> Result<Option<Look>, CallError> {
    let report = exchange.find(&order.terms.market, &order.terms.client_id).await?;
    Ok(report.map(|OrderReport { id, .. }| Look::Event(OrderEvent::Placed { order: order.no, id })))
}

/// Places it once more, where the one that has the id is the answer. A refusal says that there is none: but not before
/// everything that was sent has either come to life or never will. One that does not speak of its terms says nothing of
/// the first: where it goes on, a person has to look.
async fn repeated(exchange: &dyn Exchange, order: &BuyOrder, is_over: bool, waited: Duration) -> Look {
    match exchange.place(&new_order(order)).await {
        Ok(id) => Look::Event(OrderEvent::Placed { order: order.no, id }),
        Err(CallError::Refused { words, kind }) if is_over && kind.means_absent() => Look::Absent(words),
        Err(CallError::Refused { words, .. }) if waited >= PATIENCE => {
            let words = format!("whether the exchange has it cannot be asked, a repeat is refused: {words}");
            Look::Event(OrderEvent::Held { order: order.no, words })
        }
        Err(error) => unanswered(error),
    }
}

/// What a repeat without an order comes to. One that may have arrived has to be waited for as the first was.
fn unanswered(error: CallError) -> Look {
    if error.may_have_happened() { Look::PlacedAgain(error) } else { Look::Trouble(error) }
}

/// Places it once more, where an id can be used once for ever: it cannot buy twice. Where it is there, and nobody tells
/// which one it is, a person has to look.
async fn repeated_or_held(exchange: &dyn Exchange, order: &BuyOrder) -> Look {
    match exchange.place(&new_order(order)).await {
        Ok(id) => Look::Event(OrderEvent::Placed { order: order.no, id }),
        Err(CallError::Refused { kind: Refusal::Duplicate, words }) => {
            let words = format!("the exchange has an order of its id, and does not tell which: {words}");
            Look::Event(OrderEvent::Held { order: order.no, words })
        }
        // A refusal for another reason says nothing of the first.
        Err(error) => unanswered(error),
    }
}

/// Asks for an order that the exchange has.
async fn look_at(
    exchange: &dyn Exchange,
    order: &BuyOrder,
    id: &VenueOrderId,
    watch: Watch,
    terms: Terms,
) -> Look {
    let no = order.no;
    let waited = terms.now.since(watch.since);
    let held = |words: String| Look::Event(OrderEvent::Held { order: no, words });
    let report = match exchange.order(&order.terms.market, id).await {
        Ok(report) => report,
        Err(error) if error.refusal() == Some(Refusal::NoSuchOrder) && waited >= PATIENCE => {
            return held(format!("the exchange had it as {id}, and knows nothing of it now"));
        }
        Err(error) => return Look::Trouble(error),
    };
    // An exchange may forget that it was asked: it is asked again.
    let is_patient = |since: Moment| terms.now.since(since) < terms.patience;
    let is_to_end = exchange.rests() && !is_patient(watch.since) && !watch.cancelled.is_some_and(is_patient);
    match read(order, &report, terms.fees) {
        Told::Open if is_to_end => match exchange.cancel(&order.terms.market, id).await {
            Ok(()) => Look::Cancelled,
            Err(error) => Look::Trouble(error),
        },
        Told::Open => Look::Nothing,
        Told::FeesMissing if waited >= PATIENCE => held("the exchange does not tell its fees".to_owned()),
        Told::FeesMissing => Look::Nothing,
        Told::Ended(outcome) => Look::Event(OrderEvent::Closed { order: no, outcome, why: None }),
        Told::Impossible(words) => held(words),
    }
}
