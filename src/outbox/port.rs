//! How a receiver is told, whatever it is.

use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;

use super::public_event::PublicEvent;
use crate::types::UnixTime;

/// What a receiver is told at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Tells it from all others; the same at every delivery.
    pub id: String,
    /// The event's name, or `test`.
    pub name: &'static str,
    /// The event's number; 0 for a test.
    pub event: u64,
    /// The event as JSON.
    pub body: Vec<u8>,
}

impl Message {
    /// Returns the message that tells an event.
    pub fn of(event: &PublicEvent) -> Message {
        let (id, name) = (event.message_id(), event.name.name());
        Message { id, name, event: event.id, body: event.json() }
    }

    /// Returns a message that is no event: somebody tries whether it arrives.
    pub fn test(at: UnixTime) -> Message {
        let at = at.get();
        let body = serde_json::json!({"type": "test", "timestamp": super::public_event::rfc3339(UnixTime::new(at)),
            "data": {}});
        Message { id: format!("test_{at}"), name: "test", event: 0, body: body.to_string().into_bytes() }
    }
}

/// Why a receiver did not take what it was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It may take it another time.
    Failed {
        /// What went wrong; nothing that a stranger wrote, and nothing secret.
        words: String,
        /// How long it wants to be left alone; none where it does not say.
        after: Option<Duration>,
    },
    /// It wants to be told nothing any more.
    Gone {
        /// How it said so.
        words: String,
    },
}

impl Refusal {
    /// Returns one that may pass, without a wish for a time.
    pub fn failed(words: impl ToString) -> Refusal {
        Refusal::Failed { words: words.to_string(), after: None }
    }

    /// Returns what went wrong.
    pub fn words(&self) -> &str {
        match self {
            Refusal::Failed { words, .. } | Refusal::Gone { words } => words,
        }
    }
}

/// One receiver. What it has answered with `Ok` it is not told again, unless the process ends at that moment.
#[async_trait]
pub trait Port: Debug + Send + Sync {
    /// Returns what kind of receiver it is, in a word.
    fn kind(&self) -> &'static str;

    /// Tells it. `now` is what clocks show.
    ///
    /// # Errors
    ///
    /// Why it did not take it.
    async fn tell(&self, message: &Message, now: UnixTime) -> Result<(), Refusal>;
}
