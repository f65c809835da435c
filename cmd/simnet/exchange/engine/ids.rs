//! Numbers that name things.

/// An asset of one exchange. Only the exchange itself makes these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct AssetId(pub(super) u16);

/// A market of one exchange. Only the exchange itself makes these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct MarketId(pub(super) u16);

/// An account of one exchange. Only the exchange itself makes these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct AccountId(pub(super) u32);

impl AssetId {
    pub(crate) fn index(self) -> usize {
        usize::from(self.0)
    }
}

impl MarketId {
    pub(crate) fn index(self) -> usize {
        usize::from(self.0)
    }
}

impl AccountId {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// An order, counted from 1 over all markets in the order of placing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct OrderId(u64);

/// A trade, counted from 1 within its market; 0 stands for none, and is before all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TradeId(u64);

/// A withdrawal, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct WithdrawalId(u64);

macro_rules! number {
    ($($name:ident),*) => {$(
        impl $name {
            pub(crate) const fn new(number: u64) -> Self {
                $name(number)
            }

            pub(crate) const fn get(self) -> u64 {
                self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

number!(OrderId, TradeId, WithdrawalId);
