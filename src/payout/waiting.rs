//! What waits for a person, or for something that a person should know of: one code for each kind. Pure.
//!
//! Every code has a list, a count, words and the acts that it allows; see `report/waiting.rs`.

use super::{Attempt, Course, CourseRefused, HoldReason, Inherited, Payout, PayoutState, Verdict, may_leave};
use crate::deposit::{Deposit, DepositState};
use crate::rail::Hold;
use crate::types::UnixTime;

/// Why a deposit or its payout is in the list. The numbers are stored in an index: never change one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Waiting {
    /// A fork took the deposit back; its payout is signed, and is not known to have left.
    TakenBackUnsent,
    /// A fork took the deposit back; the network has its payout.
    TakenBackSent,
    /// A fork took the deposit back; its payout is confirmed.
    TakenBackPaid,
    /// Paid although the deposit is gone, as a person has ruled.
    Lost,
    /// A fork took the deposit back before anything was signed for it; it would be owed.
    Gone,
    /// The deposit is in a block again, and is not as deep as required yet.
    Returning,
    /// The hot wallet has not enough coins.
    HeldCoins,
    /// The hot wallet has no coin hours to burn as the fee.
    HeldHours,
    /// The node takes fewer decimal places than the amount has.
    HeldPrecision,
    /// Too small to be paid out.
    TooSmall,
    /// A person has ruled that it is never paid.
    Voided,
    /// Worth more than any wallet can hold.
    HeldUnpayable,
    /// To be bought upstream: the exchange cannot now, or it is less than the smallest order.
    ToBuy,
    /// To be bought upstream, and a person wants it to wait.
    Paused,
    /// Final, and without a price: there was none that could be promised.
    NoPrice,
    /// The original had not ended it, or does not show how it did: whether it was paid has to be said.
    Inherited,
}

impl Waiting {
    /// How many there are.
    pub const COUNT: usize = 16;
    /// All of them.
    pub const ALL: [Waiting; Waiting::COUNT] = [
        Waiting::TakenBackUnsent,
        Waiting::TakenBackSent,
        Waiting::TakenBackPaid,
        Waiting::Lost,
        Waiting::Gone,
        Waiting::Returning,
        Waiting::HeldCoins,
        Waiting::HeldHours,
        Waiting::HeldPrecision,
        Waiting::TooSmall,
        Waiting::Voided,
        Waiting::HeldUnpayable,
        Waiting::ToBuy,
        Waiting::Paused,
        Waiting::NoPrice,
        Waiting::Inherited,
    ];

    /// Returns the number that is stored: never change one.
    pub const fn tag(self) -> u8 {
        match self {
            Waiting::TakenBackUnsent => 0,
            Waiting::TakenBackSent => 1,
            Waiting::TakenBackPaid => 2,
            Waiting::Lost => 3,
            Waiting::Gone => 4,
            Waiting::Returning => 5,
            Waiting::HeldCoins => 6,
            Waiting::HeldHours => 7,
            Waiting::HeldPrecision => 8,
            Waiting::TooSmall => 9,
            Waiting::Voided => 10,
            Waiting::HeldUnpayable => 11,
            Waiting::ToBuy => 12,
            Waiting::Paused => 13,
            Waiting::NoPrice => 14,
            Waiting::Inherited => 15,
        }
    }

    /// The code used on the API.
    pub const fn name(self) -> &'static str {
        match self {
            Waiting::TakenBackUnsent => "taken_back_unsent",
            Waiting::TakenBackSent => "taken_back_sent",
            Waiting::TakenBackPaid => "taken_back_paid",
            Waiting::Lost => "lost",
            Waiting::Gone => "deposit_gone",
            Waiting::Returning => "deposit_returning",
            Waiting::HeldCoins => "held_coins",
            Waiting::HeldHours => "held_hours",
            Waiting::HeldPrecision => "held_precision",
            Waiting::TooSmall => "too_small",
            Waiting::Voided => "voided",
            Waiting::HeldUnpayable => "held_unpayable",
            Waiting::ToBuy => "to_buy",
            Waiting::Paused => "purchase_paused",
            Waiting::NoPrice => "no_price",
            Waiting::Inherited => "inherited",
        }
    }

    /// Returns the one of this name.
    pub fn from_name(name: &str) -> Option<Waiting> {
        Waiting::ALL.into_iter().find(|waiting| waiting.name() == name)
    }

    /// What a purchase waits as, and since when; none where all goes by itself.
    pub fn of(deposit: &Deposit, payout: &Payout) -> Option<(Waiting, UnixTime)> {
        let taken_back = |code| Some((code, deposit.updated_at));
        let held = |code| Some((code, payout.updated_at));
        match &payout.state {
            PayoutState::Void => held(Waiting::TooSmall),
            PayoutState::Inherited(Inherited::Unclear { .. }) => held(Waiting::Inherited),
            PayoutState::Voided { .. } => held(Waiting::Voided),
            PayoutState::Signed { .. } if may_leave(deposit, payout) => None,
            PayoutState::Signed { .. } if payout.verdict() == Some(Verdict::Void) => held(Waiting::Voided),
            PayoutState::Sent { .. } | PayoutState::Settled { .. } | PayoutState::Inherited(_)
                if deposit.is_final() =>
            {
                None
            }
            _ if is_returning(deposit, payout) => taken_back(Waiting::Returning),
            PayoutState::Signed { .. } => taken_back(Waiting::TakenBackUnsent),
            PayoutState::Sent { .. } | PayoutState::Settled { .. } | PayoutState::Inherited(_)
                if is_ruled_lost(payout) =>
            {
                taken_back(Waiting::Lost)
            }
            PayoutState::Sent { .. } => taken_back(Waiting::TakenBackSent),
            PayoutState::Settled { .. } | PayoutState::Inherited(_) => taken_back(Waiting::TakenBackPaid),
            PayoutState::Undecided
            | PayoutState::Owed { .. }
            | PayoutState::Held { .. }
            | PayoutState::ToBuy { .. }
            | PayoutState::Buying { .. }
                if !may_leave(deposit, payout) =>
            {
                taken_back(Waiting::Gone)
            }
            PayoutState::Undecided | PayoutState::Owed { .. } | PayoutState::Buying { .. } => None,
            PayoutState::ToBuy { paused: Some(_) } => held(Waiting::Paused),
            PayoutState::ToBuy { paused: None } => held(Waiting::ToBuy),
            PayoutState::Held { why, .. } => held(held_as(why)),
        }
    }
}

/// Back in a block, and waiting for nothing but its confirmations.
fn is_returning(deposit: &Deposit, payout: &Payout) -> bool {
    let is_back = matches!(deposit.state, DepositState::Confirming { .. });
    is_back && !(payout.is_unsigned() && may_leave(deposit, payout))
}

fn is_ruled_lost(payout: &Payout) -> bool {
    payout.verdict() == Some(Verdict::Pay)
}

fn held_as(why: &HoldReason) -> Waiting {
    match why {
        HoldReason::Rail(Hold::NotEnoughCoins { .. }) => Waiting::HeldCoins,
        HoldReason::Rail(Hold::NotEnoughHours) => Waiting::HeldHours,
        HoldReason::Rail(Hold::TooPrecise { .. }) => Waiting::HeldPrecision,
        HoldReason::DepositOrphaned => Waiting::Gone,
        HoldReason::Unpayable => Waiting::HeldUnpayable,
        HoldReason::NoPrice => Waiting::NoPrice,
    }
}

/// Why a transaction is in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stuck {
    /// The node refuses it.
    Refused,
    /// One of its payouts may not leave, and all others wait with it.
    HeldBack,
    /// A person wants it never to confirm.
    Withdrawn,
}

impl Stuck {
    /// All of them.
    pub const ALL: [Stuck; 3] = [Stuck::Refused, Stuck::HeldBack, Stuck::Withdrawn];

    /// The code used on the API.
    pub const fn name(self) -> &'static str {
        match self {
            Stuck::Refused => "transaction_refused",
            Stuck::HeldBack => "transaction_held_back",
            Stuck::Withdrawn => "transaction_withdrawn",
        }
    }

    /// Returns the one of this name.
    pub fn from_name(name: &str) -> Option<Stuck> {
        Stuck::ALL.into_iter().find(|stuck| stuck.name() == name)
    }

    /// None where it goes its way.
    pub fn of(attempt: &Attempt) -> Option<Stuck> {
        if !attempt.is_live() {
            return None;
        }
        if attempt.is_withdrawn() {
            return Some(Stuck::Withdrawn);
        }
        if attempt.kept > 0 {
            return Some(Stuck::HeldBack);
        }
        attempt.refusal.as_ref().map(|_| Stuck::Refused)
    }
    /// Since when, for one that [`Stuck::of`] names so.
    pub fn since(self, attempt: &Attempt) -> UnixTime {
        match (self, &attempt.refusal, &attempt.course) {
            (Stuck::Refused, Some(refusal), _) => refusal.since,
            (Stuck::Withdrawn, _, Course::Withdraw { reason }) => reason.at,
            _ => attempt.updated_at,
        }
    }
}

impl Attempt {
    /// Whether a person may give it up, where the chain shows that it cannot confirm.
    ///
    /// # Errors
    ///
    /// Where it has ended, or goes its way.
    pub fn abandonable(&self) -> Result<(), CourseRefused> {
        self.not_ended()?;
        Stuck::of(self).map(drop).ok_or(CourseRefused::NotStuck)
    }
}
