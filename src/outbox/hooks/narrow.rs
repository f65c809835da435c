//! What of an event is told to the webhook of one purchase: what is about that deposit address, and nothing that
//! whoever has the purchase's link could not see. Nothing of others that are paid by the same transaction, nothing of
//! where coins are bought, and nothing of who operates the desk.

use crate::outbox::data::{EventData, OrderData, PayoutData};
use crate::outbox::of_record::public_event;
use crate::outbox::port::Message;
use crate::outbox::public_event::PublicEvent;
use crate::store::{PastEvent, Snapshot, StoreError, Tables};
use crate::types::{BindingNo, DepositNo};

/// Returns the bindings that an event is about, each once.
///
/// # Errors
///
/// Where the store cannot be read.
pub fn concerned(snapshot: &Snapshot, event: &PastEvent) -> Result<Vec<BindingNo>, StoreError> {
    let Some(event) = public_event(snapshot, event)? else { return Ok(Vec::new()) };
    let mut all = match &event.data {
        EventData::Binding(data) => vec![BindingNo::new(data.binding)],
        EventData::Deposit(data) => vec![BindingNo::new(data.binding)],
        EventData::Payout(data) => data.payouts.iter().map(|part| BindingNo::new(part.binding)).collect(),
        EventData::Order(data) => {
            let of = |no: &u64| binding_of(snapshot, *no).transpose();
            data.deposits.iter().filter_map(of).collect::<Result<Vec<_>, StoreError>>()?
        }
        EventData::Withdrawal(_) | EventData::Chain(_) | EventData::Problem(_) | EventData::Act(_) => {
            Vec::new()
        }
    };
    all.sort_unstable();
    all.dedup();
    Ok(all)
}

fn binding_of(snapshot: &Snapshot, deposit: u64) -> Result<Option<BindingNo>, StoreError> {
    Ok(snapshot.deposit(DepositNo::new(deposit))?.map(|deposit| deposit.binding))
}

/// Returns an event as the webhook of this binding is told it; none where it is not about that. The same one is told in
/// the same words each time.
///
/// # Errors
///
/// Where the store cannot be read.
pub fn narrowed(
    snapshot: &Snapshot,
    event: &PastEvent,
    binding: BindingNo,
) -> Result<Option<PublicEvent>, StoreError> {
    let Some(event) = public_event(snapshot, event)? else { return Ok(None) };
    let (no, PublicEvent { data, .. }) = (binding.get(), &event);
    let data = match data {
        EventData::Binding(data) if data.binding == no => EventData::Binding(data.clone()),
        EventData::Deposit(data) if data.binding == no => EventData::Deposit(data.clone()),
        EventData::Payout(data) => {
            let payouts: Vec<_> = data.payouts.iter().filter(|part| part.binding == no).cloned().collect();
            if payouts.is_empty() {
                return Ok(None);
            }
            EventData::Payout(PayoutData { payouts, ..data.clone() })
        }
        EventData::Order(data) => {
            let mut deposits = Vec::new();
            for deposit in &data.deposits {
                if binding_of(snapshot, *deposit)? == Some(binding) {
                    deposits.push(*deposit);
                }
            }
            if deposits.is_empty() {
                return Ok(None);
            }
            EventData::Order(OrderData { deposits, exchange: None, market: None, ..data.clone() })
        }
        EventData::Binding(_)
        | EventData::Deposit(_)
        | EventData::Withdrawal(_)
        | EventData::Chain(_)
        | EventData::Problem(_)
        | EventData::Act(_) => return Ok(None),
    };
    Ok(Some(PublicEvent { by: None, data, ..event }))
}

/// Returns the message that tells a webhook of an event. A transaction may pay for several purchases: each of their
/// webhooks is told its own part, and may have one URL. So the binding is part of the id, or whoever drops what they
/// have seen would drop the others'.
pub fn hook_message(event: &PublicEvent, binding: BindingNo) -> Message {
    let message = Message::of(event);
    Message { id: format!("{}_{}", message.id, binding.get()), ..message }
}
