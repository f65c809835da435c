//! What takes a transaction out of the way: another one that spends an input of it back to the wallet. Pure.

use super::plan::{ChainRules, Unspent};
use crate::skycoin::{Address, CoinHours, Output, Transaction};

/// The input to spend, and the output that it becomes; none where no input can be spent (any more).
///
/// The input with the most hours is taken, and twice the fee of the original is burnt where it has that many:
/// whatever is known of it, the network may have the original, and of two transactions that spend the same
/// the better fee comes first.
pub(super) fn withdrawal(
    original: &Transaction,
    unspents: &[Unspent],
    change: Address,
    rules: ChainRules,
) -> Option<(Unspent, Output)> {
    let own = || unspents.iter().filter(|unspent| original.inputs().contains(&unspent.uxid));
    let input = own().max_by_key(|unspent| (unspent.hours, unspent.coins, unspent.uxid))?;
    let least = rules.burn.required(input.hours).ok()?;
    let gathered = CoinHours::sum(own().map(|unspent| unspent.hours)).ok()?;
    let given = CoinHours::sum(original.outputs().iter().map(|output| output.hours)).ok()?;
    let fee = gathered.saturating_sub(given);
    let burn = fee.checked_add(fee).unwrap_or(input.hours).max(least);
    let hours = input.hours.saturating_sub(burn);
    Some((*input, Output { address: change, coins: input.coins, hours }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::skycoin::BurnFactor;
    use crate::types::{Claim, Droplets};

    fn unspent(n: u8, coins: u64, hours: u64) -> Unspent {
        let (owner, hours) = (Address::from_bytes([9; 20]), CoinHours::new(hours));
        Unspent { uxid: Claim([n; 32]), owner, coins: Droplets::new(coins), hours }
    }

    /// The input, its coins and the hours left of a withdrawal of a transaction that gives away so many hours.
    fn plan(inputs: &[u8], given: u64, unspents: &[Unspent]) -> Option<(u8, u64, u64)> {
        let inputs: Vec<Claim> = inputs.iter().map(|n| Claim([*n; 32])).collect();
        let payee = Address::from_bytes([1; 20]);
        let output = Output { address: payee, coins: Droplets::new(1), hours: CoinHours::new(given) };
        let original = Transaction::new(inputs, vec![output]).unwrap();
        let rules = ChainRules { burn: BurnFactor::new(10).unwrap(), max_size: 32_768, max_decimals: 3 };
        let change = Address::from_bytes([7; 20]);
        let (input, output) = withdrawal(&original, unspents, change, rules)?;
        assert_eq!(output.address, change);
        Some((input.uxid.0[0], output.coins.get(), output.hours.get()))
    }

    #[test]
    fn should_spend_one_input_of_it_back_to_the_wallet_for_a_better_fee() {
        let unspents = [unspent(1, 5_000, 100), unspent(2, 3_000, 200), unspent(3, 9_000, 900)];
        // It burns 30 of 300.
        assert_eq!(plan(&[1, 2], 270, &unspents), Some((2, 3_000, 140)));
        // It burns all but what its best input has.
        assert_eq!(plan(&[1, 2], 0, &unspents), Some((2, 3_000, 0)));
        // A part of what it spends is not there, so its fee is not known; what must be burnt is burnt.
        assert_eq!(plan(&[2, 4], 400, &unspents), Some((2, 3_000, 180)));
    }

    #[test]
    fn should_not_spend_what_is_spent_or_has_no_hours_for_the_fee() {
        assert_eq!(plan(&[1], 0, &[unspent(2, 3_000, 20)]), None);
        assert_eq!(plan(&[1], 0, &[unspent(1, 3_000, 0)]), None);
        assert_eq!(plan(&[1], 0, &[]), None);
    }
}
