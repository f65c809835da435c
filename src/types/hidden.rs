//! A text that is stored and never shown: a password's hash, a second factor's key.

use std::fmt;

use minicbor::{Decode, Encode};

/// A text that no log and no answer shows.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct Hidden(#[n(0)] String);

impl Hidden {
    /// Hides a text.
    pub fn new(text: String) -> Hidden {
        Hidden(text)
    }

    /// Returns the text, for whoever checks something against it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hidden(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_not_be_shown() {
        assert_eq!(format!("{:?}", Hidden::new("JBSWY3DP".to_owned())), "Hidden(..)");
    }
}
