//! The words that orders are described with.

/// A price: so many units of a market's last price decimal of quote coins for one whole base coin.
///
/// With five price decimals, 0.00021 is 21.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Price(u64);

impl Price {
    pub(crate) const fn new(units: u64) -> Price {
        Price(units)
    }

    pub(crate) const fn get(self) -> u64 {
        self.0
    }
}

/// The bare integer.
impl std::fmt::Display for Price {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Side {
    Buy,
    Sell,
}

impl Side {
    /// Returns the side that this one trades with.
    pub(crate) const fn opposite(self) -> Side {
        match self {
            Side::Buy => Side::Sell,
            Side::Sell => Side::Buy,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub(crate) enum TimeInForce {
    /// Rests until it is filled or cancelled.
    #[default]
    GoodTilCancelled,
    /// What cannot trade at once expires.
    ImmediateOrCancel,
    /// Trades wholly at once, or not at all.
    FillOrKill,
    /// Rests; refused where it would trade at once.
    PostOnly,
}

/// What kind an order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum OrderKind {
    Limit(TimeInForce),
    /// At any price, a quantity of base.
    Market,
    /// At any price, base for an amount of quote.
    MarketSpend,
}

/// What happens where an order meets one of its own account. The mode of the order that comes counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub(crate) enum SelfTrade {
    /// They trade.
    #[default]
    Allow,
    /// The rest of the order that comes expires.
    ExpireTaker,
    /// The order that rests expires, and the one that comes goes on.
    ExpireMaker,
    ExpireBoth,
}

/// What a client order id promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum IdPolicy {
    /// Never twice in an account; a repeat is refused.
    UniqueForEver,
    /// Not twice among the open orders of an account; a repeat is refused while the first is open.
    UniqueAmongOpen,
    /// A repeat is answered with the order that is there.
    ReturnsExisting,
    NotEnforced,
}

/// Where an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum OrderState {
    /// In the book, nothing of it has traded.
    Open,
    /// In the book, some of it has traded.
    PartlyFilled,
    /// Traded as far as it could be. Final.
    Filled,
    /// Taken back, perhaps after some of it had traded. Final.
    Cancelled,
    /// Ended by the exchange, perhaps after some of it had traded. Final.
    Expired(ExpiryReason),
    /// Never in the book. Final.
    Rejected(RejectReason),
}

impl OrderState {
    /// Whether nothing about the order can change any more.
    pub(crate) const fn is_final(self) -> bool {
        match self {
            OrderState::Open | OrderState::PartlyFilled => false,
            OrderState::Filled | OrderState::Cancelled | OrderState::Expired(_) | OrderState::Rejected(_) => {
                true
            }
        }
    }
}

/// Why an order expired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum ExpiryReason {
    /// The rest could not trade at once, as it had to.
    ImmediateOrCancel,
    /// It could not trade wholly at once, as it had to.
    FillOrKill,
    /// A market order found nothing more to trade with.
    NoLiquidity,
    /// A market order would have traded too far from the best price.
    PriceRange,
    /// What was to be spent does not buy one step of base.
    TooLittle,
    /// It met an order of its own account.
    SelfTrade,
    /// The market is gone.
    MarketGone,
    /// The caller ended it.
    Venue,
}

/// Why an order that is on record never was in the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum RejectReason {
    /// The account has not enough of what the order pays with.
    Balance,
    /// A post-only order would have traded.
    WouldTake,
}

/// Whether a market can be traded in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub(crate) enum MarketState {
    #[default]
    Trading,
    /// Orders can be cancelled, none can be placed.
    CancelOnly,
    /// Nothing can be done. Its orders have expired.
    Gone,
}
