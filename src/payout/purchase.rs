//! What is bought upstream for a payout, and what stays on its payee's account.
//!
//! A payee has an account with the desk in each coin: what of a deposit is too little for an order, and what of a
//! payout is too little for the chain. It comes with their next deposit that is bought for, and their next payout,
//! however that is come by; see `account`.

use minicbor::{Decode, Encode};

use super::{IllegalStep, Payout, PayoutState, Reason};
use crate::deposit::Worth;
use crate::types::{AmountOutOfRange, BuyMethod, Droplets, OrderNo, Units, UnixTime};

/// Why a person cannot decide so of a deposit whose coins are bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PurchaseRefused {
    /// Its coins are not bought, or are already.
    #[error("its coins are not to be bought")]
    NotToBuy,
    /// It is part of an order.
    #[error("it is part of an order upstream that has not ended: wait for that, or say what became of it")]
    Ordered,
    /// A part of its coins was bought.
    #[error("a part of its coins is bought already: the rest cannot be paid at another price")]
    Begun,
    /// A person wants it to wait already.
    #[error("it waits already, since somebody wants it to")]
    Paused,
    /// Nobody wants it to wait.
    #[error("nobody wants it to wait: its coins are bought by themselves")]
    NotPaused,
}

/// What the desk sells out of its own stock for the rest of a deposit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct FromStock {
    /// For so much of the deposit, in its smallest unit.
    #[n(0)]
    pub paid: Units,
    /// So many droplets.
    #[n(1)]
    pub given: Droplets,
}

/// What was bought for a payout so far. Of one that is paid directly it tells what came from the payee's account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode)]
pub struct Bought {
    /// What came from the payee's account to be spent with the deposit, in the deposit's smallest unit.
    #[n(0)]
    pub carried: Units,
    /// What was spent, with fees.
    #[n(1)]
    pub spent: Units,
    /// What that has bought, less fees.
    #[n(2)]
    pub coins: Droplets,
    /// What the desk gave from its own stock; none where it gave nothing.
    #[n(3)]
    pub stock: Option<FromStock>,
    /// What was left of the deposit and went to the payee's account.
    #[n(4)]
    pub left: Units,
    /// What came from the payee's account to be paid out with it.
    #[n(5)]
    pub drawn: Droplets,
    /// What is not paid out and went to the payee's account.
    #[n(6)]
    pub kept: Droplets,
    /// Whether nothing more is bought.
    #[n(7)]
    pub is_ended: bool,
    /// The last order that was for it; none before the first.
    #[n(8)]
    pub last_order: Option<OrderNo>,
    /// Whether a person wants the rest to be ordered; until the next order.
    #[n(9)]
    pub is_resumed: bool,
}

impl Bought {
    /// Returns what of a deposit can still be spent.
    ///
    /// # Errors
    ///
    /// Where that cannot be counted.
    pub fn budget(&self, deposited: Units) -> Result<Units, AmountOutOfRange> {
        let stock = self.stock.map_or(Units::ZERO, |stock| stock.paid);
        deposited
            .checked_add(self.carried)?
            .checked_sub(self.spent)?
            .checked_sub(stock)?
            .checked_sub(self.left)
    }

    /// Returns all that could be paid out.
    ///
    /// # Errors
    ///
    /// Where that is more than can be written down.
    pub fn worth(&self) -> Result<Droplets, AmountOutOfRange> {
        let stock = self.stock.map_or(Droplets::ZERO, |stock| stock.given);
        self.coins.checked_add(stock)?.checked_add(self.drawn)
    }

    /// Keeps for the payee's account what is not paid out.
    pub(super) fn keep_beyond(self, amount: Droplets) -> Bought {
        let worth = self.worth().unwrap_or(amount);
        Bought { kept: worth.saturating_sub(amount), ..self }
    }
}

impl Payout {
    /// Returns what it pays where the chain takes so many decimal places: of a quote, or of what was bought. What was
    /// once put to the payee's account stays there. None where there is no price.
    pub fn payable(&self, quote: Option<Droplets>, max_decimals: u8) -> Option<Droplets> {
        match &self.bought {
            Some(bought) => bought.worth().ok().map(|worth| self.amount.min(worth.cut_to(max_decimals))),
            None => quote.map(|quote| quote.cut_to(max_decimals)),
        }
    }

    /// It is part of an order now.
    ///
    /// # Errors
    ///
    /// Where it is not to be bought, or a person wants it to wait.
    pub fn order(self, order: OrderNo, at: UnixTime) -> Result<Payout, IllegalStep> {
        match self.state {
            PayoutState::ToBuy { paused: None } => {
                let bought =
                    self.bought.map(|bought| Bought { last_order: Some(order), is_resumed: false, ..bought });
                Ok(Payout { bought, ..self }.enter(PayoutState::Buying { order }, at))
            }
            PayoutState::ToBuy { paused: Some(_) }
            | PayoutState::Undecided
            | PayoutState::Owed { .. }
            | PayoutState::Held { .. }
            | PayoutState::Signed { .. }
            | PayoutState::Sent { .. }
            | PayoutState::Settled { .. }
            | PayoutState::Void
            | PayoutState::Voided { .. }
            | PayoutState::Buying { .. }
            | PayoutState::Inherited(_) => Err(self.illegal("ordered")),
        }
    }

    /// The order that it was part of has ended: so much was spent for it, and so much bought.
    ///
    /// # Errors
    ///
    /// Where it is part of another one, or of none.
    pub fn end_order(
        self,
        order: OrderNo,
        spent: Units,
        coins: Droplets,
        at: UnixTime,
    ) -> Result<Payout, IllegalStep> {
        let is_its_own = matches!(self.state, PayoutState::Buying { order: known } if known == order);
        let (true, Some(before)) = (is_its_own, self.bought) else {
            return Err(self.illegal("told what was bought"));
        };
        let sums = before.spent.checked_add(spent).ok().zip(before.coins.checked_add(coins).ok());
        let Some((spent, coins)) = sums else { return Err(self.illegal("told what was bought")) };
        let bought = Some(Bought { spent, coins, ..before });
        Ok(Payout { bought, ..self }.enter(PayoutState::ToBuy { paused: None }, at))
    }

    /// Nothing more is bought for it. It is owed what was bought, cut to so many decimal places, with what `drawn`
    /// brings from the payee's account; what is cut off, and what is left of the deposit, goes there.
    ///
    /// # Errors
    ///
    /// Where it is not to be bought, or the amounts are more than can be counted.
    pub fn end_purchase(
        self,
        deposited: Units,
        stock: Option<FromStock>,
        drawn: Droplets,
        max_decimals: u8,
        at: UnixTime,
    ) -> Result<Payout, IllegalStep> {
        let (PayoutState::ToBuy { .. }, Some(before)) = (&self.state, self.bought) else {
            return Err(self.illegal("paid what was bought"));
        };
        let before = Bought { stock, drawn, is_ended: true, ..before };
        let amounts = before.budget(deposited).and_then(|left| Ok((left, before.worth()?)));
        let Ok((left, worth)) = amounts else { return Err(self.illegal("paid what was bought")) };
        let amount = worth.cut_to(max_decimals);
        let bought = Bought { left, ..before }.keep_beyond(amount);
        let state = match amount.is_zero() {
            true => PayoutState::Void,
            false => PayoutState::Owed { method: BuyMethod::Passthrough },
        };
        Ok(Payout { amount, bought: Some(bought), ..self }.enter(state, at))
    }

    /// It is paid directly after all, from the desk's stock, at the price that it was quoted. What came from
    /// the payee's account goes back there; so does what was deposited, where that is too little to be paid.
    ///
    /// # Errors
    ///
    /// Where it is not to be bought, or something was bought already.
    pub fn pay_direct(self, deposited: Units, worth: Worth, at: UnixTime) -> Result<Payout, IllegalStep> {
        let (PayoutState::ToBuy { .. }, Some(Bought { spent, stock: None, .. })) = (&self.state, self.bought)
        else {
            return Err(self.illegal("paid directly"));
        };
        if !spent.is_zero() {
            return Err(self.illegal("paid directly"));
        }
        let amount = match worth {
            Worth::Known(quote) => quote,
            Worth::Unpriced | Worth::TooMuch => Droplets::ZERO,
        };
        let undecided = Payout { amount, state: PayoutState::Undecided, ..self };
        let decided = undecided.decide(BuyMethod::Direct, worth, at)?;
        let kept = Bought { left: deposited, is_ended: true, ..Bought::default() };
        let bought = matches!(decided.state, PayoutState::Void).then_some(kept);
        Ok(Payout { bought, ..decided })
    }

    /// A person wants it to wait before more is bought.
    ///
    /// # Errors
    ///
    /// Where it is not to be bought, or waits already.
    pub fn pause_purchase(self, reason: Reason, at: UnixTime) -> Result<Payout, IllegalStep> {
        match self.state {
            PayoutState::ToBuy { paused: None } => {
                Ok(self.enter(PayoutState::ToBuy { paused: Some(reason) }, at))
            }
            PayoutState::ToBuy { paused: Some(_) }
            | PayoutState::Undecided
            | PayoutState::Owed { .. }
            | PayoutState::Held { .. }
            | PayoutState::Signed { .. }
            | PayoutState::Sent { .. }
            | PayoutState::Settled { .. }
            | PayoutState::Void
            | PayoutState::Voided { .. }
            | PayoutState::Buying { .. }
            | PayoutState::Inherited(_) => Err(self.illegal("paused")),
        }
    }

    /// A person lets it be bought again.
    ///
    /// # Errors
    ///
    /// Where it does not wait for that.
    pub fn resume_purchase(self, at: UnixTime) -> Result<Payout, IllegalStep> {
        match self.state {
            PayoutState::ToBuy { paused: Some(_) } => {
                let bought = self.bought.map(|bought| Bought { is_resumed: true, ..bought });
                Ok(Payout { bought, ..self }.enter(PayoutState::ToBuy { paused: None }, at))
            }
            PayoutState::ToBuy { paused: None }
            | PayoutState::Undecided
            | PayoutState::Owed { .. }
            | PayoutState::Held { .. }
            | PayoutState::Signed { .. }
            | PayoutState::Sent { .. }
            | PayoutState::Settled { .. }
            | PayoutState::Void
            | PayoutState::Voided { .. }
            | PayoutState::Buying { .. }
            | PayoutState::Inherited(_) => Err(self.illegal("bought again")),
        }
    }

    /// Checks that it can be paid directly after all.
    ///
    /// # Errors
    ///
    /// Where it is not to be bought, or a part of it was.
    pub fn can_be_paid_direct(&self) -> Result<(), PurchaseRefused> {
        self.to_buy()?;
        match self.bought {
            Some(Bought { spent, .. }) if spent.is_zero() => Ok(()),
            Some(_) | None => Err(PurchaseRefused::Begun),
        }
    }

    /// Checks that it can be made to wait.
    ///
    /// # Errors
    ///
    /// Where it is not to be bought, or waits already.
    pub fn can_be_paused(&self) -> Result<(), PurchaseRefused> {
        if self.to_buy()? { Err(PurchaseRefused::Paused) } else { Ok(()) }
    }

    /// Checks that it can be bought again.
    ///
    /// # Errors
    ///
    /// Where nobody wants it to wait.
    pub fn can_be_resumed(&self) -> Result<(), PurchaseRefused> {
        if self.to_buy()? { Ok(()) } else { Err(PurchaseRefused::NotPaused) }
    }

    /// Whether a person wants it to wait, where it is to be bought.
    fn to_buy(&self) -> Result<bool, PurchaseRefused> {
        match &self.state {
            PayoutState::ToBuy { paused } => Ok(paused.is_some()),
            PayoutState::Buying { .. } => Err(PurchaseRefused::Ordered),
            PayoutState::Undecided
            | PayoutState::Owed { .. }
            | PayoutState::Held { .. }
            | PayoutState::Signed { .. }
            | PayoutState::Sent { .. }
            | PayoutState::Settled { .. }
            | PayoutState::Void
            | PayoutState::Voided { .. }
            | PayoutState::Inherited(_) => Err(PurchaseRefused::NotToBuy),
        }
    }
}
