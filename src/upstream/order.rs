//! An order and the legal steps between its states.

use minicbor::{Decode, Encode};

use super::share_out;
use crate::exchange::{ClientId, VenueOrderId};
use crate::types::{AmountOutOfRange, DepositNo, Droplets, Exact, OrderNo, Symbol, Units, UnixTime};

/// What is ordered, where, and under which name.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Terms {
    /// The venue's name, as the configuration has it.
    #[n(0)]
    pub exchange: String,
    /// The market's name at the venue.
    #[n(1)]
    pub market: String,
    /// What is bought, as the venue calls it.
    #[n(2)]
    pub base: Symbol,
    /// What is spent, as the venue calls it.
    #[n(3)]
    pub quote: Symbol,
    /// Decimal places between a whole coin of what is spent and its smallest unit.
    #[n(4)]
    pub quote_decimals: u8,
    /// Our own id of it.
    #[n(5)]
    pub client_id: ClientId,
    /// The most that is paid, in quote for one base.
    #[n(6)]
    pub price: Exact,
    /// How much is bought at most, in base.
    #[n(7)]
    pub quantity: Exact,
    /// What stands for the key that it is placed with: another account knows nothing of it.
    #[n(8)]
    pub account: String,
}

/// What of an order is for one deposit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Share {
    /// The payout's number.
    #[n(0)]
    pub payout: DepositNo,
    /// What may be spent for it, in the smallest unit of what was deposited.
    #[n(1)]
    pub budget: Units,
}

/// A fee, in whatever coin it was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct PaidFee {
    /// The coin, as the venue calls it.
    #[n(0)]
    pub asset: Symbol,
    /// How much, in whole coins.
    #[n(1)]
    pub amount: Exact,
}

/// What an order came to. Nothing will be added.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
pub struct Outcome {
    /// What was bought, in base, before fees.
    #[n(0)]
    pub filled: Exact,
    /// What was spent, in quote, before fees.
    #[n(1)]
    pub cost: Exact,
    /// What the venue took beside.
    #[n(2)]
    pub fees: Vec<PaidFee>,
}

impl Outcome {
    /// Returns the sum of the fees that were taken in a coin; none where it is more than can be counted.
    pub fn fee_in(&self, asset: Symbol) -> Option<Exact> {
        let those = self.fees.iter().filter(|fee| fee.asset == asset);
        those.map(|fee| fee.amount).try_fold(Exact::ZERO, Exact::checked_add)
    }
}

/// Where an order stands.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum BuyOrderState {
    /// Stored; the call that places it is made now, or was when the service ended.
    #[n(0)]
    Intended,
    /// The venue has it.
    #[n(1)]
    Placed {
        /// The venue's id of it.
        #[n(0)]
        id: VenueOrderId,
    },
    /// Nobody knows whether the venue has it: it is looked up.
    #[n(2)]
    Unclear {
        /// Since when.
        #[n(0)]
        since: UnixTime,
        /// What came instead of an answer.
        #[n(1)]
        words: String,
    },
    /// What became of it cannot be found out: a person has to look.
    #[n(3)]
    Held {
        /// The venue's id of it, where that is known.
        #[n(0)]
        id: Option<VenueOrderId>,
        /// Why.
        #[n(1)]
        words: String,
    },
    /// The venue never had it, and never will.
    #[n(4)]
    Missed {
        /// Why.
        #[n(0)]
        words: String,
    },
    /// It has ended, and this came of it.
    #[n(5)]
    Closed {
        /// The venue's id of it, where that is known.
        #[n(0)]
        id: Option<VenueOrderId>,
        /// What was bought and spent.
        #[n(1)]
        outcome: Outcome,
    },
}

impl BuyOrderState {
    /// Returns the word that the API has for it.
    pub const fn name(&self) -> &'static str {
        match self {
            BuyOrderState::Intended => "intended",
            BuyOrderState::Placed { .. } => "placed",
            BuyOrderState::Unclear { .. } => "unclear",
            BuyOrderState::Held { .. } => "held",
            BuyOrderState::Missed { .. } => "missed",
            BuyOrderState::Closed { .. } => "closed",
        }
    }
}

/// An order at an exchange, for one deposit or for several.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct BuyOrder {
    /// Its number.
    #[n(0)]
    pub no: OrderNo,
    /// What is ordered.
    #[n(1)]
    pub terms: Terms,
    /// For which deposits, none of them twice.
    #[n(2)]
    pub shares: Vec<Share>,
    /// When it was stored.
    #[n(3)]
    pub intended_at: UnixTime,
    /// When its state changed last.
    #[n(4)]
    pub updated_at: UnixTime,
    /// Where it stands.
    #[n(5)]
    pub state: BuyOrderState,
}

/// A step that the state does not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("order {no} cannot be {step}: it is {state}")]
pub struct IllegalOrderStep {
    /// The order that was to change.
    pub no: OrderNo,
    /// What was to be done, as a participle: `closed`.
    pub step: &'static str,
    /// The word for where it stands.
    pub state: &'static str,
}

/// Why a person cannot say so of an order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OrderRefused {
    /// The desk finds out by itself.
    #[error("the order is {0}: what becomes of it is found out by itself")]
    NotHeld(&'static str),
    /// The exchange has told that it has it.
    #[error("the exchange has it as {0}: say what came of it")]
    IsThere(VenueOrderId),
    /// The amounts are more than was ordered, or cannot be shared out.
    #[error("{0} for {1} cannot have come of it: {2} at {3} or less were ordered")]
    Impossible(Exact, Exact, Exact, Exact),
}

/// What of an order's outcome is one deposit's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Portion {
    /// The payout's number.
    pub payout: DepositNo,
    /// What was spent for it, in the smallest unit of what was deposited: never more than its budget.
    pub spent: Units,
    /// What was bought for it, after fees.
    pub bought: Droplets,
}

impl BuyOrder {
    /// Returns an order that is to be placed.
    pub fn intended(no: OrderNo, terms: Terms, shares: Vec<Share>, at: UnixTime) -> BuyOrder {
        BuyOrder { no, terms, shares, intended_at: at, updated_at: at, state: BuyOrderState::Intended }
    }

    /// The venue has it.
    ///
    /// # Errors
    ///
    /// Where it was placed before, or has ended.
    pub fn place(self, id: VenueOrderId, at: UnixTime) -> Result<BuyOrder, IllegalOrderStep> {
        match self.state {
            BuyOrderState::Intended
            | BuyOrderState::Unclear { .. }
            | BuyOrderState::Held { id: None, .. } => Ok(self.enter(BuyOrderState::Placed { id }, at)),
            BuyOrderState::Placed { .. }
            | BuyOrderState::Held { id: Some(_), .. }
            | BuyOrderState::Missed { .. }
            | BuyOrderState::Closed { .. } => Err(self.illegal("placed")),
        }
    }

    /// Nobody knows whether the venue has it.
    ///
    /// # Errors
    ///
    /// Where that is known.
    pub fn doubt(self, words: String, at: UnixTime) -> Result<BuyOrder, IllegalOrderStep> {
        match self.state {
            BuyOrderState::Intended => Ok(self.enter(BuyOrderState::Unclear { since: at, words }, at)),
            BuyOrderState::Unclear { .. }
            | BuyOrderState::Placed { .. }
            | BuyOrderState::Held { .. }
            | BuyOrderState::Missed { .. }
            | BuyOrderState::Closed { .. } => Err(self.illegal("doubted")),
        }
    }

    /// A person has to look.
    ///
    /// # Errors
    ///
    /// Where it has ended, or is held.
    pub fn hold(self, words: String, at: UnixTime) -> Result<BuyOrder, IllegalOrderStep> {
        let id = match &self.state {
            BuyOrderState::Intended | BuyOrderState::Unclear { .. } => None,
            BuyOrderState::Placed { id } => Some(id.clone()),
            BuyOrderState::Held { .. } | BuyOrderState::Missed { .. } | BuyOrderState::Closed { .. } => {
                return Err(self.illegal("held"));
            }
        };
        Ok(self.enter(BuyOrderState::Held { id, words }, at))
    }

    /// A person wants it looked up again.
    ///
    /// # Errors
    ///
    /// Where it is not held.
    pub fn look_again(self, at: UnixTime) -> Result<BuyOrder, IllegalOrderStep> {
        match self.state {
            BuyOrderState::Held { id: Some(ref id), .. } => {
                let id = id.clone();
                Ok(self.enter(BuyOrderState::Placed { id }, at))
            }
            BuyOrderState::Held { id: None, ref words } => {
                let words = words.clone();
                Ok(self.enter(BuyOrderState::Unclear { since: at, words }, at))
            }
            BuyOrderState::Intended
            | BuyOrderState::Placed { .. }
            | BuyOrderState::Unclear { .. }
            | BuyOrderState::Missed { .. }
            | BuyOrderState::Closed { .. } => Err(self.illegal("looked up again")),
        }
    }

    /// The venue never had it, and never will.
    ///
    /// # Errors
    ///
    /// Where the venue has it, or it has ended.
    pub fn miss(self, words: String, at: UnixTime) -> Result<BuyOrder, IllegalOrderStep> {
        match self.state {
            BuyOrderState::Intended
            | BuyOrderState::Unclear { .. }
            | BuyOrderState::Held { id: None, .. } => Ok(self.enter(BuyOrderState::Missed { words }, at)),
            BuyOrderState::Placed { .. }
            | BuyOrderState::Held { id: Some(_), .. }
            | BuyOrderState::Missed { .. }
            | BuyOrderState::Closed { .. } => Err(self.illegal("missed")),
        }
    }

    /// It has ended, and this came of it.
    ///
    /// # Errors
    ///
    /// Where it is not at the venue, as far as is known, or has ended.
    pub fn close(self, outcome: Outcome, at: UnixTime) -> Result<BuyOrder, IllegalOrderStep> {
        let id = match &self.state {
            BuyOrderState::Placed { id } => Some(id.clone()),
            BuyOrderState::Held { id, .. } => id.clone(),
            BuyOrderState::Intended
            | BuyOrderState::Unclear { .. }
            | BuyOrderState::Missed { .. }
            | BuyOrderState::Closed { .. } => return Err(self.illegal("closed")),
        };
        Ok(self.enter(BuyOrderState::Closed { id, outcome }, at))
    }

    /// Returns whether something can still come of it.
    pub const fn is_open(&self) -> bool {
        match self.state {
            BuyOrderState::Intended
            | BuyOrderState::Placed { .. }
            | BuyOrderState::Unclear { .. }
            | BuyOrderState::Held { .. } => true,
            BuyOrderState::Missed { .. } | BuyOrderState::Closed { .. } => false,
        }
    }

    /// Returns whether a person has to look at it.
    pub const fn is_held(&self) -> bool {
        matches!(self.state, BuyOrderState::Held { .. })
    }

    /// Returns what it came to; none while it is open, or where it never was.
    pub const fn outcome(&self) -> Option<&Outcome> {
        match &self.state {
            BuyOrderState::Closed { outcome, .. } => Some(outcome),
            BuyOrderState::Intended
            | BuyOrderState::Placed { .. }
            | BuyOrderState::Unclear { .. }
            | BuyOrderState::Held { .. }
            | BuyOrderState::Missed { .. } => None,
        }
    }

    /// Returns the venue's id of it, where that is known.
    pub const fn venue_id(&self) -> Option<&VenueOrderId> {
        match &self.state {
            BuyOrderState::Placed { id } => Some(id),
            BuyOrderState::Held { id, .. } | BuyOrderState::Closed { id, .. } => id.as_ref(),
            BuyOrderState::Intended | BuyOrderState::Unclear { .. } | BuyOrderState::Missed { .. } => None,
        }
    }

    /// Returns the droplets that an outcome leaves to be shared out: less fees, rounded down.
    ///
    /// # Errors
    ///
    /// Where that cannot be counted, or fees are more than what was bought.
    pub fn droplets_of(&self, outcome: &Outcome) -> Result<Droplets, AmountOutOfRange> {
        let fee = outcome.fee_in(self.terms.base).ok_or(AmountOutOfRange)?;
        let net = outcome.filled.checked_sub(fee).ok_or(AmountOutOfRange)?;
        let droplets = net.floor_units(Droplets::DECIMALS).ok_or(AmountOutOfRange)?;
        u64::try_from(droplets.get()).map(Droplets::new).map_err(|_| AmountOutOfRange)
    }

    /// Shares an outcome out among the deposits, by their budgets, to the last droplet.
    ///
    /// # Errors
    ///
    /// Where it cannot be counted.
    pub fn portions(&self, outcome: &Outcome) -> Result<Vec<Portion>, AmountOutOfRange> {
        let fee = outcome.fee_in(self.terms.quote).ok_or(AmountOutOfRange)?;
        let spent = outcome.cost.checked_add(fee).ok_or(AmountOutOfRange)?;
        let spent = spent.ceil_units(self.terms.quote_decimals).ok_or(AmountOutOfRange)?;
        let budgets: Vec<u128> = self.shares.iter().map(|share| share.budget.get()).collect();
        let all = budgets.iter().try_fold(0u128, |sum, one| sum.checked_add(*one)).ok_or(AmountOutOfRange)?;
        // What a venue took beyond what was allowed is the desk's loss, not the buyer's: the books show it.
        let spent = share_out(spent.get().min(all), &budgets);
        let bought = share_out(self.droplets_of(outcome)?.get().into(), &budgets);
        let portions = self.shares.iter().zip(spent.into_iter().zip(bought));
        portions
            .map(|(share, (spent, bought))| {
                let bought = u64::try_from(bought).map(Droplets::new).map_err(|_| AmountOutOfRange)?;
                Ok(Portion { payout: share.payout, spent: Units::new(spent), bought })
            })
            .collect()
    }

    /// Checks that it can be looked up once more.
    ///
    /// # Errors
    ///
    /// Where that is done anyway, or it is known what became of it.
    pub fn can_be_looked_up(&self) -> Result<(), OrderRefused> {
        if self.is_held() { Ok(()) } else { Err(OrderRefused::NotHeld(self.state.name())) }
    }

    /// Checks that it can be said never to have been there.
    ///
    /// # Errors
    ///
    /// Where the exchange has it, or it is known what became of it.
    pub fn can_be_missed(&self) -> Result<(), OrderRefused> {
        self.can_be_looked_up()?;
        self.venue_id().map_or(Ok(()), |id| Err(OrderRefused::IsThere(id.clone())))
    }

    /// Checks that this can be said to have come of it.
    ///
    /// # Errors
    ///
    /// Where it is more than was ordered, or it is known what became of it.
    pub fn can_be_booked(&self, outcome: &Outcome) -> Result<(), OrderRefused> {
        self.can_be_looked_up()?;
        let Outcome { filled, cost, .. } = outcome;
        let Terms { quantity, price, .. } = &self.terms;
        let most = filled.get().checked_mul(price.get()).unwrap_or_default();
        let is_possible = filled <= quantity && cost.get() <= most && filled.is_zero() == cost.is_zero();
        match is_possible && self.portions(outcome).is_ok() {
            true => Ok(()),
            false => Err(OrderRefused::Impossible(*filled, *cost, *quantity, *price)),
        }
    }

    fn enter(self, state: BuyOrderState, at: UnixTime) -> BuyOrder {
        BuyOrder { state, updated_at: at, ..self }
    }

    fn illegal(self, step: &'static str) -> IllegalOrderStep {
        IllegalOrderStep { no: self.no, step, state: self.state.name() }
    }
}
