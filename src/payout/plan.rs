//! Which payouts go into the next transaction, and out of what they are paid. Pure: the same input gives the same
//! plan.
//!
//! Payouts are taken in their order; one that the wallet cannot pay is held and the next one is looked at. Coin hours
//! are this chain's fee: what must be burnt is burnt, payees get none beyond what makes their outputs differ, the
//! change keeps the rest.
//! Invariant: a plan's transaction keeps every rule that the node told.

use std::collections::HashMap;

use super::{HoldReason, Pays};
use crate::skycoin::{Address, BurnFactor, CoinHours, HoursError, Output, encoded_size};
use crate::types::{AmountError, DepositNo, Droplets, Hash32};

/// Equal outputs of one transaction must differ in their hours; more of a kind wait for the next one, so that
/// nobody can be given many hours by asking for many equal payouts.
pub const MAX_EQUAL_OUTPUTS: u64 = 8;

/// An output that the wallet owns and the chain has confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unspent {
    pub uxid: Hash32,
    pub owner: Address,
    pub coins: Droplets,
    /// What it has now, earned hours included.
    pub hours: CoinHours,
}

/// What the node will take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainRules {
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

/// A payout that is owed, cut to the places that payouts have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owed {
    pub no: DepositNo,
    pub payee: Address,
    pub amount: Droplets,
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// What the transaction spends; empty where nothing can be paid now.
    pub inputs: Vec<Unspent>,
    pub outputs: Vec<Output>,
    /// Which of the outputs pays whom; the others are change.
    pub parts: Vec<Pays>,
    /// Payouts that something stands in the way of.
    pub held: Vec<(DepositNo, HoldReason)>,
}

/// What there is to pay with.
#[derive(Debug, Clone, Copy)]
pub struct Purse<'a> {
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
pub enum PlanError {
    #[error("the node gives the wallet more coins than there can be")]
    Coins(#[from] AmountError),
    #[error("the node gives the wallet more coin hours than there can be")]
    Hours(#[from] HoursError),
}

/// Plans the next transaction.
///
/// # Errors
/// Where a sum of coins or hours is more than can be.
pub fn plan(owed: &[Owed], purse: Purse<'_>) -> Result<Plan, PlanError> {
    let mut draft = Draft::new(purse)?;
    for payout in owed {
        if !draft.consider(payout)? {
            break;
        }
    }
    draft.finish()
}

struct Draft<'a> {
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
    held: Vec<(DepositNo, HoldReason)>,
}

impl<'a> Draft<'a> {
    fn new(purse: Purse<'a>) -> Result<Self, PlanError> {
        let mut coins = purse.unspents.to_vec();
        // All outputs have to be round, so the change of one that is not would be refused for ever.
        coins.retain(|unspent| purse.rules.takes(unspent.coins));
        coins.sort_by(|a, b| b.coins.cmp(&a.coins).then(b.hours.cmp(&a.hours)).then(a.uxid.cmp(&b.uxid)));
        let spendable = Droplets::sum(coins.iter().map(|unspent| unspent.coins))?;
        Ok(Draft {
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
            self.held.push((payout.no, HoldReason::TooPrecise { max_decimals }));
            return Ok(true);
        }
        let left = self.spendable.saturating_sub(self.total).min(self.largest);
        if payout.amount > left {
            // What waits for change to confirm is not held: it will be paid by itself.
            if payout.amount > self.purse.incoming.checked_add(left)? {
                self.held.push((payout.no, HoldReason::NotEnoughCoins { spendable: left }));
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
            let held = self.chosen.iter().map(|payout| (payout.no, HoldReason::NotEnoughHours));
            self.held.extend(held);
            return Ok(Plan { held: self.held, ..Plan::default() });
        };
        let gathered = Droplets::sum(inputs.iter().map(|input| input.coins))?;
        let (outputs, parts) = self.outputs(gathered, to_give)?;
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
            let mut output = Output { address: self.purse.change, coins: change, hours: left };
            while outputs.contains(&output) && !output.hours.is_zero() {
                output.hours = output.hours.saturating_sub(CoinHours::new(1));
            }
            outputs.push(output);
        }
        Ok((outputs, parts))
    }
}

/// What the largest coins hold, as many of them as fit into a transaction with one payout.
fn largest_payment(coins: &[Unspent], max_size: usize) -> Result<Droplets, AmountError> {
    // One input is kept for hours, one output for the change.
    let fitting = coins.iter().zip(2usize..).take_while(|(_, inputs)| encoded_size(*inputs, 2) <= max_size);
    Droplets::sum(fitting.map(|(unspent, _)| unspent.coins))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::skycoin::Transaction;
    use proptest::prelude::*;

    fn address(n: u8) -> Address {
        Address::from_bytes([n; 20])
    }

    fn unspent(n: u64, coins: u64, hours: u64) -> Unspent {
        let mut uxid = [0; 32];
        uxid[..8].copy_from_slice(&n.to_be_bytes());
        Unspent {
            uxid: Hash32(uxid),
            owner: address(200),
            coins: Droplets::new(coins),
            hours: CoinHours::new(hours),
        }
    }

    fn owed(no: u64, payee: u8, amount: u64) -> Owed {
        Owed { no: DepositNo::new(no), payee: address(payee), amount: Droplets::new(amount) }
    }

    fn purse(unspents: &[Unspent]) -> Purse<'_> {
        let burn = BurnFactor::new(10).unwrap();
        let rules = ChainRules { burn, max_size: 32_768, max_decimals: 3 };
        Purse { unspents, incoming: Droplets::ZERO, change: address(200), rules }
    }

    fn paid(plan: &Plan) -> Vec<u64> {
        plan.parts.iter().map(|part| part.payout.get()).collect()
    }

    #[test]
    fn should_pay_several_in_one_transaction_and_keep_the_hours() {
        let coins = [unspent(1, 5_000_000, 100)];
        let plan = plan(&[owed(1, 1, 1_000_000), owed(2, 2, 2_000_000)], purse(&coins)).unwrap();
        assert_eq!(paid(&plan), [1, 2]);
        let change = plan.outputs.last().unwrap();
        assert_eq!((change.address, change.coins.get(), change.hours.get()), (address(200), 2_000_000, 90));
        assert!(plan.outputs[..2].iter().all(|output| output.hours.is_zero()));
    }

    #[test]
    fn should_hold_what_does_not_fit_and_go_on_with_what_does() {
        let coins = [unspent(1, 3_000_000, 10)];
        let plan =
            plan(&[owed(1, 1, 9_000_000), owed(2, 2, 2_000_000), owed(3, 3, 2_000_000)], purse(&coins))
                .unwrap();
        assert_eq!(paid(&plan), [2]);
        let reasons: Vec<u64> = plan.held.iter().map(|(no, _)| no.get()).collect();
        assert_eq!(reasons, [1, 3]);
    }

    #[test]
    fn should_wait_for_change_rather_than_hold() {
        let mut purse = purse(&[]);
        purse.incoming = Droplets::new(5_000_000);
        let plan = plan(&[owed(1, 1, 1_000_000), owed(2, 1, 6_000_000)], purse).unwrap();
        assert_eq!((plan.parts.len(), plan.held.len(), plan.held[0].0.get()), (0, 1, 2));
    }

    #[test]
    fn should_fetch_hours_where_the_coins_have_none() {
        let coins = [unspent(1, 9_000_000, 0), unspent(2, 1_000, 3)];
        let plan = plan(&[owed(1, 1, 1_000_000)], purse(&coins)).unwrap();
        assert_eq!((plan.inputs.len(), paid(&plan)), (2, vec![1]));
        let none = [unspent(1, 9_000_000, 0)];
        let stuck = super::plan(&[owed(1, 1, 1_000_000)], super::tests::purse(&none)).unwrap();
        assert_eq!(stuck.held, [(DepositNo::new(1), HoldReason::NotEnoughHours)]);
    }

    #[test]
    fn should_tell_equal_outputs_apart_by_their_hours() {
        let coins = [unspent(1, 100_000_000, 1_000)];
        let many: Vec<Owed> = (1..=20).map(|no| owed(no, 1, 1_000_000)).collect();
        let plan = plan(&many, purse(&coins)).unwrap();
        assert_eq!(paid(&plan), [1, 2, 3, 4, 5, 6, 7, 8]);
        let given: u64 = plan.outputs[..8].iter().map(|output| output.hours.get()).sum();
        assert_eq!(given, 28);
    }

    #[test]
    fn should_hold_amounts_that_the_node_finds_too_precise() {
        let coins = [unspent(1, 100_000_000, 1_000)];
        let plan = plan(&[owed(1, 1, 1_000_100)], purse(&coins)).unwrap();
        assert_eq!(plan.held, [(DepositNo::new(1), HoldReason::TooPrecise { max_decimals: 3 })]);
    }

    #[test]
    fn should_plan_nothing_by_sums_that_cannot_be() {
        let (payouts, most) = ([owed(1, 1, 1_000_000)], u64::MAX - 615);
        let coins = [unspent(1, most, 10), unspent(2, 2_000_000, 10)];
        assert_eq!(plan(&payouts, purse(&coins)), Err(PlanError::Coins(AmountError::OutOfRange)));
        // Both are needed for what is owed, and both bring their hours.
        let hours = [unspent(1, 600_000, u64::MAX), unspent(2, 600_000, 1)];
        assert_eq!(plan(&payouts, purse(&hours)), Err(PlanError::Hours(HoursError::OutOfRange)));
        // What is on its way back counts where there is too little.
        let (few, more) = ([unspent(1, 600_000, 10)], [owed(1, 1, 9_000_000)]);
        let mut purse = purse(&few);
        purse.incoming = Droplets::new(u64::MAX);
        assert_eq!(plan(&more, purse), Err(PlanError::Coins(AmountError::OutOfRange)));
    }

    #[test]
    fn should_spend_nothing_that_leaves_change_the_node_finds_too_precise() {
        let coins = [unspent(1, 9_000_001, 1_000), unspent(2, 5_000_000, 10)];
        let fine = plan(&[owed(1, 1, 2_000_000)], purse(&coins)).unwrap();
        assert_eq!(fine.outputs.last().unwrap().coins, Droplets::new(3_000_000));
        let stuck = plan(&[owed(1, 1, 6_000_000)], purse(&coins)).unwrap();
        let spendable = Droplets::new(5_000_000);
        assert_eq!(stuck.held, [(DepositNo::new(1), HoldReason::NotEnoughCoins { spendable })]);
    }

    #[test]
    fn should_fill_a_transaction_and_leave_the_rest_for_the_next() {
        let coins = [unspent(1, 100_000_000_000, 1_000)];
        let many: Vec<Owed> = (1..=2_000).map(|no| owed(no, 1, no * 1_000)).collect();
        let plan = plan(&many, purse(&coins)).unwrap();
        let size = encoded_size(plan.inputs.len(), plan.outputs.len());
        assert!((32_000..=32_768).contains(&size), "{size}");
        assert!(plan.held.is_empty());
    }

    #[test]
    fn should_hold_what_takes_more_coins_than_fit_and_go_on_with_the_rest() {
        let coins: Vec<Unspent> = (1..=1_000).map(|n| unspent(n, 1_000_000, 10)).collect();
        let payouts = [owed(1, 1, 3_000_000), owed(2, 1, 500_000_000), owed(3, 2, 2_000_000)];
        let plan = plan(&payouts, purse(&coins)).unwrap();
        assert_eq!(paid(&plan), [1, 3]);
        // 37 bytes, 97 for each input, 37 for each of two outputs; one input is kept for hours.
        let spendable = Droplets::new(335_000_000);
        assert_eq!(plan.held, [(DepositNo::new(2), HoldReason::NotEnoughCoins { spendable })]);
    }

    proptest! {
        #[test]
        fn should_always_make_a_transaction_that_the_chain_takes(
            coins in prop::collection::vec((1u64..2_000, 0u64..50), 0..40),
            amounts in prop::collection::vec((1u8..6, 1u64..3_000), 1..60),
            incoming in prop_oneof![Just(0), 0u64..1_000], max_size in 400usize..3_000,
        ) {
            let unspents: Vec<Unspent> =
                coins.iter().zip(1..).map(|(&(c, h), n)| unspent(n, c * 1_000, h)).collect();
            let payouts: Vec<Owed> =
                amounts.iter().zip(1..).map(|(&(p, a), n)| owed(n, p, a * 1_000)).collect();
            let mut purse = purse(&unspents);
            purse.incoming = Droplets::new(incoming);
            purse.rules.max_size = max_size;
            let plan = plan(&payouts, purse).unwrap();
            let coins_in: u64 = plan.inputs.iter().map(|input| input.coins.get()).sum();
            let coins_out: u64 = plan.outputs.iter().map(|output| output.coins.get()).sum();
            prop_assert_eq!(coins_in, coins_out);
            for part in &plan.parts {
                let output = plan.outputs[part.output as usize];
                let payout = payouts.iter().find(|payout| payout.no == part.payout).unwrap();
                prop_assert_eq!((payout.payee, payout.amount), (output.address, output.coins));
            }
            if !plan.parts.is_empty() {
                let inputs: Vec<Hash32> = plan.inputs.iter().map(|input| input.uxid).collect();
                let transaction = Transaction::new(inputs, plan.outputs.clone()).unwrap();
                prop_assert!(transaction.encode().len() <= max_size);
                let hours = |hours: u64| CoinHours::new(hours);
                let hours_in: u64 = plan.inputs.iter().map(|input| input.hours.get()).sum();
                let hours_out: u64 = plan.outputs.iter().map(|output| output.hours.get()).sum();
                prop_assert!(purse.rules.burn.check(hours(hours_in), hours(hours_out)).is_ok());
            } else {
                prop_assert!(plan.inputs.is_empty() && plan.outputs.is_empty());
                prop_assert!(incoming > 0 || !plan.held.is_empty(), "nothing is paid, and nobody is told why");
            }
        }
    }
}
