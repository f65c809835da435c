//! Money that comes to the exchange and leaves it.

use super::accounts::{Balance, Totals};
use super::ids::{AccountId, AssetId, WithdrawalId};
use super::state::Exchange;
use super::withdrawal::{Withdrawal, WithdrawalState};

/// Why money cannot move. Amounts are in the smallest unit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FundsError {
    #[error("a deposit of {amount} {code} units, expected at most {room}")]
    TooMuch { code: String, amount: u128, room: u128 },
    #[error("a withdrawal of {amount} {code} units, expected at least {least}")]
    TooLittle { code: String, amount: u128, least: u128 },
    #[error("{needed} {code} units are needed, expected at most the {free} that are free")]
    Balance { code: String, needed: u128, free: u128 },
    #[error("there is no withdrawal {0}")]
    Unknown(WithdrawalId),
    #[error("withdrawal {id} is {state:?} already, expected one that is only requested")]
    Final { id: WithdrawalId, state: WithdrawalState },
}

impl Exchange {
    pub(crate) fn balance(&self, account: AccountId, asset: AssetId) -> Balance {
        self.accounts.balance(account, asset)
    }

    /// Returns where all that was deposited of an asset is.
    pub(crate) fn totals(&self, asset: AssetId) -> Totals {
        self.accounts.totals(asset)
    }

    /// Takes a deposit in, in the asset's smallest unit.
    ///
    /// # Errors
    /// Where more would be on the exchange than sums can hold.
    pub(crate) fn deposit(
        &mut self,
        account: AccountId,
        asset: AssetId,
        amount: u128,
    ) -> Result<(), FundsError> {
        let too_much = |room| FundsError::TooMuch { code: self.asset(asset).code.clone(), amount, room };
        let room = self.accounts.room(asset);
        if amount > room {
            return Err(too_much(room));
        }
        self.accounts.deposit(account, asset, amount);
        Ok(())
    }

    /// Takes a withdrawal and its fee out of the account; what arrives is `amount`, in the asset's smallest unit.
    ///
    /// # Errors
    /// Where it is below the asset's least, or there is not enough that is free.
    pub(crate) fn request_withdrawal(
        &mut self,
        account: AccountId,
        asset: AssetId,
        amount: u128,
        to: &str,
        now: u64,
    ) -> Result<WithdrawalId, FundsError> {
        let created = self.advance(now);
        let coin = self.asset(asset);
        let (code, fee, least) = (coin.code.clone(), coin.withdrawal_fee, coin.min_withdrawal.max(1));
        if amount < least {
            return Err(FundsError::TooLittle { code, amount, least });
        }
        let (needed, free) = (amount.saturating_add(fee), self.balance(account, asset).free);
        if needed > free {
            return Err(FundsError::Balance { code, needed, free });
        }
        self.accounts.set_off(account, asset, needed);
        let id = WithdrawalId::new(self.withdrawals.len() as u64 + 1);
        let (state, to) = (WithdrawalState::Requested, to.to_owned());
        self.withdrawals.push(Withdrawal {
            id,
            account,
            asset,
            amount,
            fee,
            to,
            state,
            created,
            updated: created,
        });
        Ok(id)
    }

    /// Notes that a withdrawal is on its chain.
    ///
    /// # Errors
    /// Where there is none, or it is not waiting.
    pub(crate) fn send_withdrawal(
        &mut self,
        id: WithdrawalId,
        txid: &str,
        now: u64,
    ) -> Result<(), FundsError> {
        let Withdrawal { asset, amount, fee, .. } =
            *self.end_withdrawal(id, WithdrawalState::Sent { txid: txid.to_owned() }, now)?;
        self.accounts.arrive(asset, amount, fee);
        Ok(())
    }

    /// Brings a withdrawal and its fee back to the account.
    ///
    /// # Errors
    /// Where there is none, or it is not waiting.
    pub(crate) fn refuse_withdrawal(&mut self, id: WithdrawalId, now: u64) -> Result<(), FundsError> {
        let Withdrawal { account, asset, amount, fee, .. } =
            *self.end_withdrawal(id, WithdrawalState::Refused, now)?;
        self.accounts.bring_back(account, asset, amount + fee);
        Ok(())
    }

    fn end_withdrawal(
        &mut self,
        id: WithdrawalId,
        state: WithdrawalState,
        now: u64,
    ) -> Result<&Withdrawal, FundsError> {
        let updated = self.advance(now);
        let place = id.get().checked_sub(1).and_then(|place| usize::try_from(place).ok());
        let found = place.and_then(|place| self.withdrawals.get_mut(place));
        let withdrawal = found.ok_or(FundsError::Unknown(id))?;
        if withdrawal.state != WithdrawalState::Requested {
            return Err(FundsError::Final { id, state: withdrawal.state.clone() });
        }
        (withdrawal.state, withdrawal.updated) = (state, updated);
        Ok(withdrawal)
    }

    /// Returns all withdrawals of all accounts, oldest first.
    pub(crate) fn withdrawals(&self) -> &[Withdrawal] {
        &self.withdrawals
    }
}
