//! Which outputs of a block pay watched addresses.

use bitcoin::Transaction;

use crate::address::{DepositAddress, Network};
use crate::chain::{Origin, Payment, Watch};
use crate::types::Units;

/// Blocks on top of its own after which a block's reward can be spent, by the chain's rule. A deposit of one counts
/// with its own block among its confirmations, so there are that many less one still to come.
const MATURITY: u64 = 100;

/// Every output that pays exactly one watched address. One look at the script's template and one hash look-up each;
/// a transaction's id is computed only where it pays somebody.
pub fn payments_in(transactions: &[Transaction], network: Network, watch: &dyn Watch) -> Vec<Payment> {
    // Room for all at once: lists that grow by a megabyte a block are moved and given back each time.
    let outputs = transactions.iter().map(|transaction| transaction.output.len()).sum();
    let (mut places, mut addresses) = (Vec::with_capacity(outputs), Vec::with_capacity(outputs));
    for (index, transaction) in transactions.iter().enumerate() {
        for (n, output) in transaction.output.iter().enumerate() {
            if let Some(address) = DepositAddress::of_script(output.script_pubkey.as_bytes(), network) {
                places.push((index, n));
                addresses.push(address);
            }
        }
    }
    let mut hits = watch.watched_among(&addresses);
    hits.sort_unstable();
    let payments = hits.into_iter().filter_map(|hit| {
        let (index, n) = places[hit];
        payment(&transactions[index], n, addresses[hit])
    });
    payments.collect()
}

/// None where nothing is paid.
fn payment(transaction: &Transaction, n: usize, address: DepositAddress) -> Option<Payment> {
    let amount = Units::new(transaction.output[n].value.to_sat().into());
    let (tx, n) = (transaction.compute_txid().to_string(), u32::try_from(n).ok()?);
    let is_reward = transaction.is_coinbase();
    let payment = Payment {
        origin: if is_reward { Origin::Unknown } else { origin(transaction) },
        waits: if is_reward { MATURITY - 1 } else { 0 },
        ..Payment::new(tx, n, address, amount)
    };
    (amount != Units::new(0)).then_some(payment)
}

/// The outputs that a transaction spends.
fn origin(transaction: &Transaction) -> Origin {
    let spent = transaction.input.iter().map(|input| input.previous_output);
    Origin::Outputs(spent.map(|output| (output.txid.to_string(), output.vout)).collect())
}
