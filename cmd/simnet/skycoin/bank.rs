//! What the control API does to the chain: blocks on demand, coins from the genesis address, another history.

use serde::Deserialize;
use teller::skycoin::Address;

use super::chain::{Chain, UxOut};
use super::verify::verify_user;
use super::wire::{Tx, TxOut};
use super::{Sky, State};

/// Most blocks made at once.
const MAX_BLOCKS: u64 = 10_000;

/// Why the chain did not do what it was told.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub(crate) enum BankError {
    #[error("{0}")]
    Refused(String),
    #[error("at most {MAX_BLOCKS} blocks at once")]
    TooMany,
}

/// Coins from the genesis address to somebody.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Deposit {
    address: String,
    /// Droplets.
    amount: u64,
    /// Coin hours that go with it.
    #[serde(default)]
    hours: u64,
    /// Leave it waiting instead of making a block.
    #[serde(default)]
    pool_only: bool,
}

impl Deposit {
    pub(crate) fn new(address: String, amount: u64, hours: u64) -> Deposit {
        Deposit { address, amount, hours, pool_only: false }
    }
}

impl Sky {
    /// Makes so many blocks. What waits gets into the first; where nothing waits, the genesis address pays itself: this
    /// chain has no empty blocks.
    pub(crate) fn mine(&self, count: u64) -> Result<(), BankError> {
        if count > MAX_BLOCKS {
            return Err(BankError::TooMany);
        }
        let mut state = self.state();
        (0..count).try_for_each(|_| self.mine_one(&mut state))
    }

    fn mine_one(&self, state: &mut State) -> Result<(), BankError> {
        if state.make_block(&self.settings.rules) {
            return Ok(());
        }
        let filler = self.payment(state, &[])?;
        state.pool.put(filler, Sky::now());
        match state.make_block(&self.settings.rules) {
            true => Ok(()),
            false => Err(BankError::Refused("nothing fits in a block".to_owned())),
        }
    }

    /// Gives the txid.
    pub(crate) fn deposit(&self, deposit: &Deposit) -> Result<String, BankError> {
        let address =
            Address::decode(&deposit.address).map_err(|error| BankError::Refused(error.to_string()))?;
        let mut state = self.state();
        let tx = self.payment(&state, &[TxOut::to(address, deposit.amount, deposit.hours)])?;
        verify_user(&tx, &state.chain, &self.settings.rules)
            .map_err(|violation| BankError::Refused(violation.to_string()))?;
        let txid = tx.txid().to_string();
        state.pool.put(tx, Sky::now());
        if !deposit.pool_only {
            state.make_block(&self.settings.rules);
        }
        Ok(txid)
    }

    /// Takes `depth` blocks away and makes `length` others. What was in the old ones, or waited, gets into the new ones
    /// where it is to be kept, and is forgotten otherwise.
    pub(crate) fn reorg(&self, depth: u64, length: u64, keep: bool) -> Result<(), BankError> {
        if length > MAX_BLOCKS {
            return Err(BankError::TooMany);
        }
        let mut state = self.state();
        // Later than all that was, so that no new block is one of the old.
        state.not_before = state.chain.head().time().saturating_add(1);
        let gone = state.chain.shorten(usize::try_from(depth).unwrap_or(usize::MAX));
        match keep {
            true => gone.into_iter().for_each(|tx| state.pool.put(tx, Sky::now())),
            false => state.pool.clear(),
        }
        (0..length).try_for_each(|_| self.mine_one(&mut state))?;
        let State { chain, pool, .. } = &mut *state;
        pool.clean_up(chain, &self.settings.rules, Sky::now());
        Ok(())
    }

    /// A transaction of the genesis address, from what no other one spends already.
    fn payment(&self, state: &State, outputs: &[TxOut]) -> Result<Tx, BankError> {
        let refused = |words: &str| BankError::Refused(format!("the genesis address {words}"));
        let (coins, hours) = outputs.iter().fold((0u64, 0u64), |(coins, hours), out| {
            (coins.saturating_add(out.coins), hours.saturating_add(out.hours))
        });
        let time = state.chain.head().time();
        let input = self.largest_free(&state.chain, state).ok_or_else(|| refused("has no free output"))?;
        let coins_left =
            input.out.coins.checked_sub(coins).ok_or_else(|| refused("has not that many coins"))?;
        let hours_in = input.hours_at(time).unwrap_or(0);
        let fee = hours_in.div_ceil(u64::from(self.settings.rules.burn_factor));
        let hours_left = hours_in.checked_sub(fee).and_then(|left| left.checked_sub(hours));
        let hours_left = hours_left.ok_or_else(|| refused("has not that many coin hours"))?;
        let mut outputs = outputs.to_vec();
        if coins_left > 0 {
            outputs.push(TxOut::to(self.settings.genesis.address(), coins_left, hours_left));
        }
        Ok(Tx::signed(vec![input.uxid()], outputs, &self.settings.genesis))
    }

    /// The genesis address's output with most coins that nothing waiting spends.
    fn largest_free(&self, chain: &Chain, state: &State) -> Option<UxOut> {
        let owner = self.settings.genesis.address();
        let is_claimed = |ux: &UxOut| {
            let uxid = ux.uxid();
            state.pool.all().any(|waiting| waiting.tx.inputs.contains(&uxid))
        };
        let owned = chain.all_unspent().filter(|ux| ux.out.address() == Some(owner) && !is_claimed(ux));
        owned.max_by_key(|ux| ux.out.coins).copied()
    }
}
