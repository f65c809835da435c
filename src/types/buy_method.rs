//! How coins are come by.

/// How the coins that are paid out are come by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, minicbor::Encode, minicbor::Decode)]
pub enum BuyMethod {
    /// From the hot wallet, at the configured rate.
    #[n(0)]
    Direct,
    /// Bought on an upstream exchange first.
    #[n(1)]
    Passthrough,
}

impl BuyMethod {
    /// The word used in the configuration and on the API.
    pub const fn name(self) -> &'static str {
        match self {
            BuyMethod::Direct => "direct",
            BuyMethod::Passthrough => "passthrough",
        }
    }
}
