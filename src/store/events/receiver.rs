//! What happens to receivers of events, beside that they are told.

use minicbor::{Decode, Encode};

/// A change of who is told, and from where on.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum ReceiverEvent {
    /// A person wants it to be told nothing for now.
    #[n(0)]
    Paused {
        /// The receiver's name.
        #[n(0)]
        receiver: String,
        /// The reason that was given.
        #[n(1)]
        why: String,
    },
    /// A person wants it to be told again.
    #[n(1)]
    Resumed {
        /// The receiver's name.
        #[n(0)]
        receiver: String,
        /// The reason that was given.
        #[n(1)]
        why: String,
    },
    /// A person wants it to be told once more what came after an event.
    #[n(2)]
    Rewound {
        /// The receiver's name.
        #[n(0)]
        receiver: String,
        /// The event that it goes on behind; 0 for the beginning.
        #[n(1)]
        after: u64,
        /// The reason that was given.
        #[n(2)]
        why: String,
    },
    /// It wants to be told nothing any more. By the desk, which has its word.
    #[n(3)]
    Stopped {
        /// The receiver's name.
        #[n(0)]
        receiver: String,
        /// How it said so.
        #[n(1)]
        why: String,
    },
    /// A person wants the webhooks of a client told again that were given up.
    #[n(4)]
    HooksResumed {
        /// The client's name.
        #[n(0)]
        client: String,
        /// The reason that was given.
        #[n(1)]
        why: String,
    },
}

impl ReceiverEvent {
    /// Returns the name of the receiver, or client, that it happens to.
    pub fn receiver(&self) -> &str {
        match self {
            ReceiverEvent::Paused { receiver, .. }
            | ReceiverEvent::Resumed { receiver, .. }
            | ReceiverEvent::Rewound { receiver, .. }
            | ReceiverEvent::Stopped { receiver, .. } => receiver,
            ReceiverEvent::HooksResumed { client, .. } => client,
        }
    }

    /// Returns the reason.
    pub fn why(&self) -> &str {
        match self {
            ReceiverEvent::Paused { why, .. }
            | ReceiverEvent::Resumed { why, .. }
            | ReceiverEvent::Rewound { why, .. }
            | ReceiverEvent::Stopped { why, .. }
            | ReceiverEvent::HooksResumed { why, .. } => why,
        }
    }
}
