//! The story of what happens at an exchange, in words.

use tracing::Level;

use crate::store::events::{OrderEvent, WithdrawalEvent};
use crate::store::telling::Telling;
use crate::types::{OrderNo, WithdrawalNo};
use crate::upstream::Departure;

/// In words and fields.
pub(super) fn told_of_order(event: &OrderEvent) -> Telling {
    let told = |what, order: &OrderNo| Telling { what, order: Some(order.get()), ..Telling::default() };
    match event {
        OrderEvent::Intended { order, terms, shares } => {
            let what = format!(
                "{} for {} deposit(s): {} {} at {} {} or less, under {}",
                terms.market,
                shares.len(),
                terms.quantity,
                terms.base.as_str(),
                terms.price,
                terms.quote.as_str(),
                terms.client_id,
            );
            told("order upstream", order).because(&what)
        }
        OrderEvent::Placed { order, id } => told("order placed", order).because(&id.to_string()),
        OrderEvent::Doubted { order, words } => {
            told("order without an answer, it is looked up", order).because(words)
        }
        OrderEvent::Missed { order, words } => told("order came to nothing", order).because(words),
        OrderEvent::Held { order, words } => told("order that a person has to look at", order).because(words),
        OrderEvent::Closed { order, outcome, why } => {
            let came = format!("bought {} for {}", outcome.filled, outcome.cost);
            let because = why.as_ref().map_or(came.clone(), |why| format!("{came}: {why}"));
            told("order ended", order).because(&because)
        }
        OrderEvent::LookAsked { order, why } => told("order to be looked up again", order).because(why),
    }
}

/// How loud it is said in the log.
pub(super) const fn level_of_order(event: &OrderEvent) -> Level {
    match event {
        OrderEvent::Intended { .. }
        | OrderEvent::Placed { .. }
        | OrderEvent::Missed { .. }
        | OrderEvent::Closed { .. }
        | OrderEvent::LookAsked { .. } => Level::INFO,
        OrderEvent::Doubted { .. } | OrderEvent::Held { .. } => Level::WARN,
    }
}

/// In words and fields.
pub(super) fn told_of_withdrawal(event: &WithdrawalEvent) -> Telling {
    let told = |what, no: &WithdrawalNo| Telling { what, withdrawal: Some(no.get()), ..Telling::default() };
    match event {
        WithdrawalEvent::Intended { withdrawal, terms } => {
            let wanted = &terms.wanted;
            let what = format!(
                "{} {} from {} to {}, under {}",
                wanted.amount,
                wanted.coin,
                wanted.exchange,
                terms.to(),
                wanted.client_id
            );
            told("withdrawal from the exchange", withdrawal).because(&what)
        }
        WithdrawalEvent::Asked { withdrawal, id } => told("withdrawal asked for", withdrawal).because(id),
        WithdrawalEvent::Doubted { withdrawal, words } => {
            told("withdrawal without an answer, it is looked up", withdrawal).because(words)
        }
        WithdrawalEvent::Left { withdrawal, departure, txid } => {
            let by = txid.as_deref().unwrap_or("a transaction that is not told");
            told("withdrawal has left the exchange", withdrawal)
                .because(&format!("{}, by {by}", words(departure)))
        }
        WithdrawalEvent::Missed { withdrawal, words } => {
            told("withdrawal came to nothing", withdrawal).because(words)
        }
        WithdrawalEvent::Held { withdrawal, words } => {
            told("withdrawal that a person has to look at", withdrawal).because(words)
        }
        WithdrawalEvent::Arrived { withdrawal, departure, why } => {
            let came = words(departure);
            let because = why.as_ref().map_or(came.clone(), |why| format!("{came}: {why}"));
            told("withdrawal arrived in the hot wallet", withdrawal).because(&because)
        }
        WithdrawalEvent::TakenBack { withdrawal, words } => {
            told("withdrawal taken back by a fork after it had arrived", withdrawal).because(words)
        }
        WithdrawalEvent::LookAsked { withdrawal, why } => {
            told("withdrawal to be looked up again", withdrawal).because(why)
        }
    }
}

fn words(departure: &Departure) -> String {
    format!("{} with a fee of {}", departure.amount, departure.fee)
}

/// How loud it is said in the log.
pub(super) const fn level_of_withdrawal(event: &WithdrawalEvent) -> Level {
    match event {
        WithdrawalEvent::Intended { .. }
        | WithdrawalEvent::Asked { .. }
        | WithdrawalEvent::Left { .. }
        | WithdrawalEvent::Arrived { .. }
        | WithdrawalEvent::LookAsked { .. } => Level::INFO,
        WithdrawalEvent::Doubted { .. }
        | WithdrawalEvent::Missed { .. }
        | WithdrawalEvent::Held { .. }
        | WithdrawalEvent::TakenBack { .. } => Level::WARN,
    }
}
