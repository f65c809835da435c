//! How coins are come by.

/// How the coins that are paid out are come by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, minicbor::Encode, minicbor::Decode)]
pub enum BuyMethod {
    /// From the hot wallet, at the configured rate.
    #[default]
    #[n(0)]
    Direct,
    /// Bought on an upstream exchange first.
    #[n(1)]
    Passthrough,
}

impl BuyMethod {
    /// Returns the method of this name.
    pub fn from_name(name: &str) -> Option<BuyMethod> {
        [BuyMethod::Direct, BuyMethod::Passthrough].into_iter().find(|method| method.name() == name)
    }

    /// The word used in the configuration and on the API.
    pub const fn name(self) -> &'static str {
        match self {
            BuyMethod::Direct => "direct",
            BuyMethod::Passthrough => "passthrough",
        }
    }
}
