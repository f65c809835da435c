//! The exchange as it stands, behind all venues: engine, accounts, what is still to happen.

use super::accounts::Account;
use super::engine::{
    AccountId, AssetId, Exchange, Random, Violation, Withdrawal, WithdrawalId, WithdrawalState,
};
use super::limits::Limits;
use super::makers::Makers;
use super::markets;

/// The account that is there from the beginning.
pub(super) const FIRST: &str = "teller";
/// The name by which the control API places orders in the name of the market makers.
pub(super) const MAKERS: &str = "makers";

/// Pays a withdrawal on a chain; returns the transaction, or why there is none.
pub(super) type Payer = dyn Fn(&str, u128) -> Result<String, String> + Send + Sync;

pub(super) struct State {
    pub(super) exchange: Exchange,
    pub(super) accounts: Vec<Account>,
    pub(super) limits: Limits,
    pub(super) random: Random,
    makers: Makers,
    /// Withdrawals by the keys that make a repeat the same one.
    pub(super) sends: Vec<(String, AccountId, WithdrawalId)>,
    /// Whether withdrawals stay asked for until somebody says otherwise.
    pub(super) are_withdrawals_held: bool,
}

impl State {
    pub(super) fn new(seed: u64) -> State {
        let (mut exchange, quoted) = markets::exchange();
        let makers = Makers::new(&mut exchange, &quoted, seed);
        let mut state = State {
            exchange,
            accounts: Vec::new(),
            limits: Limits::default(),
            random: Random::new(seed),
            makers,
            sends: Vec::new(),
            are_withdrawals_held: false,
        };
        state.open(FIRST);
        state
    }

    /// Opens an account, unless it is there.
    pub(super) fn open(&mut self, name: &str) -> &Account {
        let found = self.accounts.iter().position(|account| account.name == name);
        let place = found.unwrap_or_else(|| {
            let id = self.exchange.open_account(Default::default());
            self.accounts.push(Account::new(name, id));
            self.accounts.len() - 1
        });
        &self.accounts[place]
    }

    /// Returns the account of a name, also the market makers'.
    pub(super) fn named(&self, name: &str) -> Option<AccountId> {
        let found = self.accounts.iter().find(|account| account.name == name).map(|account| account.id);
        found.or_else(|| (name == MAKERS).then(|| self.makers.account()))
    }

    /// Moves all prices by one step.
    pub(super) fn step(&mut self, now: u64) {
        self.makers.step(&mut self.exchange, now);
    }

    /// Pays the withdrawals that wait for so long, on Skycoin's chain where there is one.
    pub(super) fn pay_out(&mut self, now: u64, delay: u64, sky: Option<&Payer>) {
        if self.are_withdrawals_held {
            return;
        }
        let is_due = |withdrawal: &&Withdrawal| {
            withdrawal.state == WithdrawalState::Requested && withdrawal.created + delay <= now
        };
        let due: Vec<WithdrawalId> =
            self.exchange.withdrawals().iter().filter(is_due).map(|withdrawal| withdrawal.id).collect();
        for id in due {
            self.pay(id, now, sky);
        }
    }

    /// Pays one withdrawal; where the chain does not take it, the money is back.
    pub(super) fn pay(&mut self, id: WithdrawalId, now: u64, sky: Option<&Payer>) {
        let Some(withdrawal) = self.withdrawal(id) else { return };
        let is_sky = self.exchange.asset(withdrawal.asset).code == "SKY";
        let paid = match sky.filter(|_| is_sky) {
            Some(pay) => pay(&withdrawal.to, withdrawal.amount),
            None => Ok(made_up(&mut self.random)),
        };
        // One that was ended meanwhile is as it is.
        let _ = match paid {
            Ok(txid) => self.exchange.send_withdrawal(id, &txid, now),
            Err(_) => self.exchange.refuse_withdrawal(id, now),
        };
    }

    pub(super) fn withdrawal(&self, id: WithdrawalId) -> Option<&Withdrawal> {
        self.exchange.withdrawals().iter().find(|withdrawal| withdrawal.id == id)
    }

    /// Proves that nothing was made or lost.
    ///
    /// # Errors
    /// With the first thing that is wrong.
    pub(super) fn check(&self) -> Result<(), Violation> {
        self.exchange.check()
    }

    /// Returns a coin by its code in any letters.
    pub(super) fn asset(&self, code: &str) -> Option<AssetId> {
        markets::asset(&self.exchange, &code.to_uppercase())
    }
}

/// Returns a transaction id that no chain knows.
fn made_up(random: &mut Random) -> String {
    (0..4).map(|_| format!("{:016x}", random.number())).collect()
}
