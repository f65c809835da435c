//! What operators are told of acts on receivers of events.

use std::time::Duration;

/// Returns that there is no receiver of this name.
pub fn no_receiver(name: &str) -> String {
    format!("there is no receiver {name:?}: GET /api/events/receivers has them all")
}

/// Returns that a receiver is paused.
pub fn receiver_paused(name: &str) -> String {
    format!("{name} is told nothing for now")
}

/// Returns that a receiver is told again.
pub fn receiver_resumed(name: &str) -> String {
    format!("{name} is told again")
}

/// Returns that a receiver is told once more what came after an event.
pub fn receiver_sent_back(name: &str, after: u64) -> String {
    format!("{name} is told once more what came after event {after}")
}

/// Returns what became of a test; `refused` is why it was not acknowledged.
pub fn receiver_tested(name: &str, refused: Option<&str>, took: Duration) -> String {
    let took = took.as_millis();
    match refused {
        None => format!("{name} has acknowledged the test, in {took} ms"),
        Some(why) => format!("{name} has not acknowledged the test: {why}, after {took} ms"),
    }
}

/// Returns that a reader is forgotten.
pub fn reader_forgotten(name: &str) -> String {
    format!("{name} is forgotten")
}

/// Returns that no client of this name has webhooks.
pub fn no_webhooks(client: &str) -> String {
    format!("no client {client:?} has webhooks: GET /api/events/webhooks has all that have")
}

/// Returns that a client's webhooks are told again; so many were given up.
pub fn webhooks_resumed(client: &str, count: usize) -> String {
    format!("the webhooks of {client} that fail are told at once; {count} that were given up are told again")
}
