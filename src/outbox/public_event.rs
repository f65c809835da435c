//! An event as receivers are told it, and what the reference says of it.

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::data::EventData;
use crate::types::{EventName, UnixTime};

/// An event. The same one is told in the same words each time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Event)]
pub struct PublicEvent {
    /// The event's number: the same at every delivery. Later events have higher ones; numbers are left out.
    pub id: u64,
    /// What all events up to this one come to, as `/api/history` has it: another event of the same number, as there is
    /// where a copy of the database was put back, has another one.
    pub hash: String,
    /// What happened; see the list of events.
    #[serde(rename = "type", serialize_with = "name")]
    #[schema(value_type = String)]
    pub name: EventName,
    /// When it happened, such as `2026-11-21T07:42:05Z`.
    pub timestamp: String,
    /// Who did it, where a person did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// What it is about.
    pub data: EventData,
}

fn name<S: serde::Serializer>(name: &EventName, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(name.name())
}

impl PublicEvent {
    /// Returns it as JSON, in one line.
    pub fn json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("BUG: texts and numbers can be written")
    }
}

/// Characters of an event's hash that its message's id has: enough that no two are the same by chance.
const MARK: usize = 16;

impl PublicEvent {
    /// Returns the id of the message that tells it: the same at each delivery, and never that of another event, also
    /// where a copy of the database was put back and numbers are given out once more.
    pub fn message_id(&self) -> String {
        format!("evt_{}_{}", self.id, self.hash.get(..MARK).unwrap_or(&self.hash))
    }
}

/// `2026-11-21T07:42:05Z`.
pub(super) fn rfc3339(at: UnixTime) -> String {
    let seconds = i64::try_from(at.get()).unwrap_or(i64::MAX);
    let at = time::UtcDateTime::from_unix_timestamp(seconds).unwrap_or(time::UtcDateTime::MAX);
    format!("{}T{:02}:{:02}:{:02}Z", at.date(), at.hour(), at.minute(), at.second())
}

/// The schema that the data of an event has.
const fn data_of(name: EventName) -> &'static str {
    match name {
        EventName::BindingMade => "EventBinding",
        EventName::DepositSeen
        | EventName::DepositPriced
        | EventName::DepositConfirming
        | EventName::DepositFinal
        | EventName::DepositOrphaned
        | EventName::DepositReincluded => "EventDeposit",
        EventName::PayoutDecided
        | EventName::PayoutHeld
        | EventName::PayoutReleased
        | EventName::PayoutSigned
        | EventName::PayoutSent
        | EventName::PayoutSettled
        | EventName::PayoutDropped => "EventPayout",
        EventName::OrderChanged => "EventOrder",
        EventName::WithdrawalChanged => "EventWithdrawal",
        EventName::ChainForked => "EventChain",
        EventName::WalletLow
        | EventName::WalletRefilled
        | EventName::ChainFrozen
        | EventName::ChainThawed
        | EventName::NodeTrouble
        | EventName::NodeRecovered
        | EventName::ProblemOpened
        | EventName::ProblemClosed => "EventProblem",
        EventName::OperatorAct => "EventAct",
    }
}

const SIGNED: &str = "By the Standard Webhooks specification: `webhook-id` is the same at every delivery of an event, \
    `webhook-signature` has one signature for each secret. 2xx acknowledges it; 410 ends all deliveries; anything else \
    has it told again, later each time.";

const ID: &str = "The message's id: `evt_`, the event's number, `_`, and how its hash begins.";
const SIGNED_FOR_PURCHASE: &str = "Told to the `webhook_url` that a client gave with its bind, about that deposit \
    address alone, by the Standard Webhooks specification: `webhook-id` is the same at every delivery, \
    `webhook-signature` has one signature for each of the client's secrets. 2xx acknowledges it; 410 ends all \
    deliveries; anything else has it told again, later each time, for five days.";
const ID_FOR_PURCHASE: &str = "The message's id: `evt_`, the event's number, `_`, how its hash begins, `_`, and the \
    binding's number: one transaction may pay for several purchases, and each is told its own part.";

/// Returns what the reference tells of events as webhooks, by their names.
pub fn schemas() -> Value {
    described(&EventName::ALL, SIGNED, ID)
}

/// Returns the same of events that the webhook of a single purchase is told.
pub fn hook_schemas() -> Value {
    let is_told = |name: &&EventName| {
        ["EventBinding", "EventDeposit", "EventPayout", "EventOrder"].contains(&data_of(**name))
    };
    let told: Vec<EventName> = EventName::ALL.iter().filter(is_told).copied().collect();
    described(&told, SIGNED_FOR_PURCHASE, ID_FOR_PURCHASE)
}

fn described(names: &[EventName], signed: &str, id: &str) -> Value {
    let header = |about: &str, name: &str| {
        json!({"in": "header", "name": name, "required": true,
        "description": about, "schema": {"type": "string"}})
    };
    let headers = [
        header(id, "webhook-id"),
        header("When this delivery was made, in seconds since 1970 began.", "webhook-timestamp"),
        header("`v1,` and the signature in base64; several with spaces between them.", "webhook-signature"),
    ];
    let one = |name: &EventName| {
        let schema = json!({"allOf": [{"$ref": "#/components/schemas/Event"}, {"type": "object",
            "properties": {"type": {"const": name.name()},
                "data": {"$ref": format!("#/components/schemas/{}", data_of(*name))}}}]});
        let hook = json!({"post": {
            "operationId": name.name(), "summary": name.about(), "description": signed, "tags": ["Events"],
            "parameters": headers,
            "requestBody": {"required": true, "content": {"application/json": {"schema": schema}}},
            "responses": {"2XX": {"description": "It is acknowledged."}},
        }});
        (name.name().to_owned(), hook)
    };
    names.iter().map(one).collect::<serde_json::Map<String, Value>>().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_write_moments_as_the_internet_does() {
        assert_eq!(rfc3339(UnixTime::new(0)), "1970-01-01T00:00:00Z");
        assert_eq!(rfc3339(UnixTime::new(1_795_219_613)), "2026-11-21T00:06:53Z");
    }
}
