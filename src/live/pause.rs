//! Why no address of a coin is given out for now.

/// It passes by itself, or an operator has to look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pause {
    /// For machines: a node's state, or what else is in the way.
    pub code: &'static str,
    /// For anybody.
    pub words: String,
}

impl Pause {
    pub(super) fn new(code: &'static str, words: impl Into<String>) -> Self {
        Pause { code, words: words.into() }
    }
}
