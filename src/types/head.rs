//! The head of the history: how far it goes, and a hash that stands for all of it.

use std::fmt;
use std::str::FromStr;

use super::Hash32;

/// The head of the history of a database: two that have the same have the same events.
///
/// As text it is the number and the hash with a colon between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HistoryHead {
    /// The number of the last event; 0 where there is none.
    pub number: u64,
    /// The hash of that event, which covers all before it.
    pub hash: Hash32,
}

impl HistoryHead {
    /// The head of a history in which nothing has happened.
    pub const EMPTY: HistoryHead = HistoryHead { number: 0, hash: Hash32([0; 32]) };
}

impl fmt::Display for HistoryHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.number, self.hash)
    }
}

/// The text is no head of a history.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected the number of an event, a colon and 64 hexadecimal digits, got {0:?}")]
pub struct ParseHeadError(String);

impl FromStr for HistoryHead {
    type Err = ParseHeadError;

    fn from_str(text: &str) -> Result<Self, ParseHeadError> {
        let read = || {
            let (number, hash) = text.split_once(':')?;
            let is_digits = number.bytes().all(|byte| byte.is_ascii_digit());
            let number = number.parse().ok().filter(|_| is_digits)?;
            Some(HistoryHead { number, hash: hash.parse().ok()? })
        };
        read().ok_or_else(|| ParseHeadError(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_read_what_it_writes_and_nothing_else() {
        let head = HistoryHead { number: 42, hash: Hash32([0xab; 32]) };
        assert_eq!(head.to_string(), format!("42:{}", "ab".repeat(32)));
        assert_eq!(head.to_string().parse(), Ok(head));
        let hash = "ab".repeat(32);
        for wrong in
            ["", "42", ":", "42:ab", &format!("+42:{hash}"), &format!("x:{hash}"), &format!("42:{hash}0")]
        {
            assert!(wrong.parse::<HistoryHead>().is_err(), "{wrong}");
        }
    }
}
