//! What a payee's account with the desk brings to a payout that is paid directly, and what goes back there.

use super::{Bought, FromStock, IllegalStep, Payout, PayoutState};
use crate::types::{BuyMethod, Droplets, Units, UnixTime};

/// What comes from a payee's account to a payout that is paid directly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FromAccount {
    /// Of what was deposited, in its smallest unit: it was too little for an order.
    pub carried: Units,
    /// What it is worth with that, at its rate, beyond what it pays now.
    pub worth: Droplets,
    /// Of what is paid out: it was too little to be paid.
    pub drawn: Droplets,
}

impl Payout {
    /// Returns whether what is kept for its payee may come with it: it is owed, by no purchase, and nothing came yet.
    pub fn takes_from_account(&self) -> bool {
        self.bought.is_none() && matches!(self.state, PayoutState::Owed { method: BuyMethod::Direct })
    }

    /// Pays with it what was kept for its payee: all of it is sold from the desk's stock. What the decimal places leave
    /// no room for goes back when it is cut.
    ///
    /// # Errors
    ///
    /// Where it is not paid directly, or the amounts are more than can be counted.
    pub fn pay_from_account(
        self,
        deposited: Units,
        from: FromAccount,
        at: UnixTime,
    ) -> Result<Payout, IllegalStep> {
        let FromAccount { carried, worth, drawn } = from;
        let sums = deposited.checked_add(carried).ok().zip(self.amount.checked_add(worth).ok());
        let stock = sums.map(|(paid, given)| FromStock { paid, given });
        let bought = Bought { carried, stock, drawn, is_ended: true, ..Bought::default() };
        match bought.worth() {
            Ok(amount) if stock.is_some() && self.takes_from_account() => {
                Ok(Payout { amount, bought: Some(bought), updated_at: at, ..self })
            }
            Ok(_) | Err(_) => Err(self.illegal("paid with what is kept for its payee")),
        }
    }

    /// Returns it paying no more than its own deposit, which is worth `alone`: what came from the payee's
    /// account is kept for them again. A coin that was sold for it stays sold.
    pub fn without_account(self, alone: Droplets) -> Payout {
        let Some(bought) = self.bought.filter(|bought| bought.is_ended) else { return self };
        let is_direct = bought.spent.is_zero() && bought.coins.is_zero();
        let own = if is_direct { alone } else { self.amount.saturating_sub(bought.drawn) };
        let amount = self.amount.min(own);
        Payout { amount, bought: Some(bought.keep_beyond(amount)), ..self }
    }
}
