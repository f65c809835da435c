//! Who did something: a person, by the name that they gave.

use std::fmt;

use minicbor::{Decode, Encode};

/// A person whose act is recorded.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Actor(#[n(0)] String);

/// A name that cannot be recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a name of 1 to {max} letters, digits, dots, dashes, underscores, @ or spaces", max = Actor::MAX_LEN)]
pub struct InvalidActor;

impl Actor {
    /// Most characters of a name.
    pub const MAX_LEN: usize = 64;

    /// Whoever did not give a name.
    pub fn operator() -> Actor {
        Actor("operator".to_owned())
    }

    /// The desk itself, where a setting of the operator's decides.
    pub fn desk() -> Actor {
        Actor("desk".to_owned())
    }

    /// Who gave this name, or whoever operates the desk where it is empty.
    ///
    /// # Errors
    ///
    /// Where it cannot be recorded, see [`Actor::parse`].
    pub fn named(name: &str) -> Result<Actor, InvalidActor> {
        if name.is_empty() { Ok(Actor::operator()) } else { Actor::parse(name) }
    }

    /// A name as it was given, without spaces around it.
    ///
    /// # Errors
    ///
    /// Where it is empty or too long, or has characters that a log or a list could not show as they are.
    pub fn parse(name: &str) -> Result<Actor, InvalidActor> {
        let name = name.trim();
        let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@' | ' ');
        let has_length = (1..=Self::MAX_LEN).contains(&name.chars().count());
        if has_length && name.chars().all(is_plain) { Ok(Actor(name.to_owned())) } else { Err(InvalidActor) }
    }

    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_take_names_and_nothing_that_forges_a_line() {
        for name in ["anna", "Anna B.", "anna@desk-2", "Зоя"] {
            assert_eq!(Actor::parse(name).unwrap().as_str(), name);
        }
        let long = "a".repeat(Actor::MAX_LEN + 1);
        for name in ["", "  ", "a\nb", "a\"b", "a\u{202e}b", long.as_str()] {
            assert!(Actor::parse(name).is_err(), "{name:?}");
        }
        assert_eq!(Actor::parse(" anna ").unwrap().to_string(), "anna");
    }
}
