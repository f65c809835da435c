//! When a deposit gets its price.

/// When the price of a deposit is promised. Once it is, it never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Promised {
    /// When the address is bound, for what comes in time; what comes later gets it when it is first seen.
    Bind,
    /// When the deposit is first seen in a block.
    #[default]
    Seen,
    /// When the deposit is confirmed as deep as required.
    Final,
}

impl Promised {
    /// Returns its name, as the configuration and the API have it.
    pub const fn name(self) -> &'static str {
        match self {
            Promised::Bind => "bind",
            Promised::Seen => "seen",
            Promised::Final => "final",
        }
    }

    /// Returns the one of this name.
    pub fn from_name(name: &str) -> Option<Promised> {
        [Promised::Bind, Promised::Seen, Promised::Final].into_iter().find(|promised| promised.name() == name)
    }
}
