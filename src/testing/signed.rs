//! Signed transactions of nobody's wallet, for stores without a chain.

use crate::skycoin::{Address, CoinHours, KeyChain, Output, Transaction};
use crate::types::{Claim, Droplets};

/// A transaction that spends `input` and pays these, each output with hours of its own so that no two are alike.
pub fn signed(input: Claim, outputs: &[(Address, Droplets)]) -> Transaction {
    let output = |(hours, &(address, coins))| Output { address, coins, hours: CoinHours::new(hours) };
    let outputs = (0..).zip(outputs).map(output).collect();
    let unsigned = Transaction::new(vec![input], outputs).expect("BUG: the outputs make a transaction");
    let key = KeyChain::new(b"transactions of nobody's wallet").next().expect("BUG: a key chain has no end");
    unsigned.sign(&[&key]).expect("BUG: one key for one input")
}
