//! Which payouts go into the next transaction, and out of what they are paid. Pure: the same input gives the same
//! plan.
//!
//! Payouts are taken in their order; one that the wallet cannot pay is held and the next one is looked at. Coin hours
//! are this chain's fee: what must be burnt is burnt, payees get none beyond what makes their outputs differ, the
//! change keeps the rest.
//! Invariant: a plan's transaction keeps every rule that the node told.

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use crate::rail::{Hold, Owed, Pays};
use crate::skycoin::{Address, BurnFactor, CoinHours, HoursError, Output, encoded_size};
use crate::types::{AmountOutOfRange, Claim, DepositNo, Droplets};

/// Equal outputs of one transaction must differ in their hours; more of a kind wait for the next one, so that
/// nobody can be given many hours by asking for many equal payouts.
pub(super) const MAX_EQUAL_OUTPUTS: u64 = 8;

/// An output that the wallet owns and the chain has confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unspent {
    /// Its id.
    pub uxid: Claim,
    /// Whose key spends it.
    pub owner: Address,
    /// What it holds, in droplets.
    pub coins: Droplets,
    /// What it has now, earned hours included.
    pub hours: CoinHours,
}

/// What the node will take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainRules {
    /// The share of the hours spent that has to be burnt.
    pub burn: BurnFactor,
    /// Largest transaction in bytes.
    pub max_size: usize,
    /// Most decimal places of an amount of coins.
    pub max_decimals: u8,
}

impl ChainRules {
    /// Whether an output may have that many coins: no more decimal places than the node takes.
    pub fn takes(&self, coins: Droplets) -> bool {
        coins.cut_to(self.max_decimals) == coins
    }
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Plan {
    /// What the transaction spends; empty where nothing can be paid now.
    pub inputs: Vec<Unspent>,
    pub outputs: Vec<Output>,
    /// Which of the outputs pays whom; the others are change.
    pub parts: Vec<Pays>,
    /// Payouts that something stands in the way of.
    pub held: Vec<(DepositNo, Hold)>,
}

/// What there is to pay with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Purse<'a> {
    /// Confirmed outputs that no transaction of ours spends.
    pub unspents: &'a [Unspent],
    /// Coins on their way back to the wallet: the change of transactions that are not confirmed yet.
    pub incoming: Droplets,
    /// Where change goes.
    pub change: Address,
    pub rules: ChainRules,
}

/// Why there is no plan: no wallet holds more than exists, so a node that says so is not believed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum PlanError {
    #[error("the node gives the wallet more coins than there can be")]
    Coins(#[from] AmountOutOfRange),
    #[error("the node gives the wallet more coin hours than there can be")]
    Hours(#[from] HoursError),
}

/// Plans the next transaction.
///
/// # Errors
/// Where a sum of coins or hours is more than can be.
pub(super) fn plan(owed: &[Owed], purse: Purse<'_>) -> Result<Plan, PlanError> {
    let mut draft = Selection::new(purse)?;
    for payout in owed {
        if !draft.consider(payout)? {
            break;
        }
    }
    draft.finish()
}

struct Selection<'a> {
    purse: Purse<'a>,
    /// Largest first: few inputs, small transactions.
    coins: Vec<Unspent>,
    spendable: Droplets,
    /// The most that one transaction can pay. Less than what can be spent where that lies in many small outputs.
    largest: Droplets,
    /// How many of `coins` are needed for what is chosen, and what they hold.
    used: usize,
    gathered: Droplets,
    total: Droplets,
    chosen: Vec<Owed>,
    equal: HashMap<(Address, Droplets), u64>,
    held: Vec<(DepositNo, Hold)>,
}

impl<'a> Selection<'a> {
    fn new(purse: Purse<'a>) -> Result<Self, PlanError> {
        let mut coins = purse.unspents.to_vec();
        // All outputs have to be round, so the change of one that is not would be refused for ever.
        coins.retain(|unspent| purse.rules.takes(unspent.coins));
        coins.sort_by(|a, b| b.coins.cmp(&a.coins).then(b.hours.cmp(&a.hours)).then(a.uxid.cmp(&b.uxid)));
        let spendable = Droplets::sum(coins.iter().map(|unspent| unspent.coins))?;
        Ok(Selection {
            purse,
            largest: largest_payment(&coins, purse.rules.max_size)?,
            coins,
            spendable,
            used: 0,
            gathered: Droplets::ZERO,
            total: Droplets::ZERO,
            chosen: Vec::new(),
            equal: HashMap::new(),
            held: Vec::new(),
        })
    }

    /// Chooses, holds or passes over a payout; answers whether there is room for more.
    fn consider(&mut self, payout: &Owed) -> Result<bool, PlanError> {
        let max_decimals = self.purse.rules.max_decimals;
        // Zero: the rule leaves nothing of it.
        if payout.amount.is_zero() || !self.purse.rules.takes(payout.amount) {
            self.held.push((payout.no, Hold::TooPrecise { max_decimals }));
            return Ok(true);
        }
        let left = self.spendable.saturating_sub(self.total).min(self.largest);
        if payout.amount > left {
            // What waits for change to confirm is not held: it will be paid by itself.
            if payout.amount > self.purse.incoming.checked_add(left)? {
                self.held.push((payout.no, Hold::NotEnoughCoins { spendable: left }));
            }
            return Ok(true);
        }
        let equal = self.equal.entry((payout.payee, payout.amount)).or_insert(0);
        if *equal >= MAX_EQUAL_OUTPUTS {
            return Ok(true);
        }
        *equal = equal.saturating_add(1);
        self.choose(payout)
    }

    fn choose(&mut self, payout: &Owed) -> Result<bool, PlanError> {
        let total = self.total.checked_add(payout.amount)?;
        let (mut used, mut gathered) = (self.used, self.gathered);
        while gathered < total {
            let Some(next) = self.coins.get(used) else { return Ok(false) };
            gathered = gathered.checked_add(next.coins)?;
            used = used.saturating_add(1);
        }
        // One output more for the change, and one input more in case hours are to be fetched.
        let outputs = self.chosen.len().saturating_add(2);
        if encoded_size(used.saturating_add(1), outputs) > self.purse.rules.max_size {
            return Ok(false);
        }
        (self.used, self.gathered, self.total) = (used, gathered, total);
        self.chosen.push(*payout);
        Ok(true)
    }

    fn finish(mut self) -> Result<Plan, PlanError> {
        if self.chosen.is_empty() {
            return Ok(Plan { held: self.held, ..Plan::default() });
        }
        let inputs = self.inputs();
        let hours = CoinHours::sum(inputs.iter().map(|input| input.hours))?;
        let Ok(to_give) = self.purse.rules.burn.spendable(hours) else {
            let held = self.chosen.iter().map(|payout| (payout.no, Hold::NotEnoughHours));
            self.held.extend(held);
            return Ok(Plan { held: self.held, ..Plan::default() });
        };
        let gathered = Droplets::sum(inputs.iter().map(|input| input.coins))?;
        let (outputs, parts) = self.outputs(gathered, to_give)?;
        if let Some(twin) = twin_of_change(&outputs, &parts) {
            self.held.push((twin, Hold::NotEnoughHours));
            self.chosen.retain(|payout| payout.no != twin);
            return self.finish();
        }
        Ok(Plan { inputs, outputs, parts, held: self.held })
    }

    /// The chosen coins. Where they have no hours at all, the output with the most hours comes in with them.
    fn inputs(&self) -> Vec<Unspent> {
        let (chosen, rest) = self.coins.split_at(self.used.min(self.coins.len()));
        let mut inputs = chosen.to_vec();
        if inputs.iter().all(|input| input.hours.is_zero()) {
            inputs.extend(rest.iter().max_by_key(|unspent| unspent.hours).filter(|u| !u.hours.is_zero()));
        }
        inputs
    }

    fn outputs(&self, gathered: Droplets, to_give: CoinHours) -> Result<(Vec<Output>, Vec<Pays>), PlanError> {
        let mut left = to_give;
        let mut seen: HashMap<(Address, Droplets), u64> = HashMap::new();
        let (mut outputs, mut parts) = (Vec::new(), Vec::new());
        let mut paid = Droplets::ZERO;
        for payout in &self.chosen {
            let count = seen.entry((payout.payee, payout.amount)).or_insert(0);
            let hours = CoinHours::new(*count);
            if hours > left {
                // No hours to tell it apart from its twin: it comes with the next transaction.
                continue;
            }
            left = left.saturating_sub(hours);
            *count = count.saturating_add(1);
            paid = paid.checked_add(payout.amount)?;
            let output = u32::try_from(outputs.len()).expect("BUG: a transaction has few outputs");
            parts.push(Pays { payout: payout.no, output });
            outputs.push(Output { address: payout.payee, coins: payout.amount, hours });
        }
        let change = gathered.checked_sub(paid)?;
        if !change.is_zero() {
            outputs.push(Output { address: self.purse.change, coins: change, hours: left });
        }
        Ok((outputs, parts))
    }
}

/// A payout to the wallet itself that no hours tell apart from the change: no node takes two outputs that are equal.
fn twin_of_change(outputs: &[Output], parts: &[Pays]) -> Option<DepositNo> {
    let paying = outputs.get(..parts.len())?;
    let change = outputs.get(parts.len())?;
    paying.iter().zip(parts).find(|(output, _)| *output == change).map(|(_, pays)| pays.payout)
}

/// What the largest coins hold, as many of them as fit into a transaction with one payout.
fn largest_payment(coins: &[Unspent], max_size: usize) -> Result<Droplets, AmountOutOfRange> {
    // One input is kept for hours, one output for the change.
    let fitting = coins.iter().zip(2usize..).take_while(|(_, inputs)| encoded_size(*inputs, 2) <= max_size);
    Droplets::sum(fitting.map(|(unspent, _)| unspent.coins))
}
