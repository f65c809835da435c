//! Who wants something, and why.

use crate::types::{Actor, InvalidActor};

/// An act's actor and reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Who wants it.
    pub by: Actor,
    /// The reason that was given.
    pub why: String,
}

/// What is wrong with an actor or a reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OrderError {
    /// The name of whoever gives the order cannot be recorded.
    #[error("by: {0}")]
    Actor(#[from] InvalidActor),
    /// The reason is empty, too long, or of more than one line.
    #[error("why: expected the reason, in 1 to {max} characters of one line", max = Order::MAX_REASON)]
    Reason,
}

impl Order {
    /// Most characters of a reason.
    pub const MAX_REASON: usize = 500;

    /// An order by this person, by whoever operates the desk where `by` is empty.
    ///
    /// # Errors
    ///
    /// Where the name or the reason cannot be recorded: empty, too long, or with characters that break a line.
    pub fn new(by: &str, why: &str) -> Result<Order, OrderError> {
        Order::of(Actor::named(by)?, why)
    }

    /// An order by somebody who is known.
    ///
    /// # Errors
    ///
    /// Where the reason cannot be recorded: empty, too long, or with characters that break a line.
    pub fn of(by: Actor, why: &str) -> Result<Order, OrderError> {
        let why = why.trim();
        let has_length = (1..=Self::MAX_REASON).contains(&why.chars().count());
        if !has_length || why.chars().any(breaks_line) {
            return Err(OrderError::Reason);
        }
        Ok(Order { by, why: why.to_owned() })
    }
}

/// Controls, and what turns the direction of a text or begins another line.
fn breaks_line(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{200e}'..='\u{200f}')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_want_a_reason_of_one_line() {
        let order = Order::new("", " double spent ").unwrap();
        assert_eq!((order.by.as_str(), order.why.as_str()), ("operator", "double spent"));
        assert_eq!(Order::new("anna", "x").unwrap().by.as_str(), "anna");
        let long = "x".repeat(Order::MAX_REASON + 1);
        for why in ["", "  ", "a\nb", "a\u{2028}b", "a\u{202e}b", long.as_str()] {
            assert_eq!(Order::new("", why), Err(OrderError::Reason), "{why:?}");
        }
        assert!(matches!(Order::new("a\tb", "x"), Err(OrderError::Actor(_))));
    }
}
