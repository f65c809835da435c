//! Which outputs of a block pay watched addresses.

use bitcoin::Transaction;

use super::raw::RawTransaction;
use super::{decode, nonsense};
use crate::address::DepositAddress;
use crate::chain::{Origin, Payment, SourceError, Watch};
use crate::coins::{BlockFormat, Network};
use crate::types::Units;

/// A witness program of version 8 with 32 bytes: the hash of an extension block.
const EXTENSION_HASH: [u8; 2] = [0x58, 0x20];

/// Finds the payments in a block's bytes, of which nothing is checked: each output that pays exactly
/// one watched address.
///
/// # Errors
///
/// Returns why the bytes are no block of this network.
pub fn block_payments(
    bytes: &[u8],
    network: Network,
    watch: &dyn Watch,
) -> Result<Vec<Payment>, SourceError> {
    let like = network.bitcoin_like().ok_or_else(|| nonsense("a block of another kind of network"))?;
    let block = decode::block(bytes, like.blocks).map_err(nonsense)?;
    payments_in(&block.transactions, network, watch)
}

/// Every output that pays exactly one watched address. One look at the script's template and one hash look-up each;
/// a transaction is taken apart only where it pays somebody.
pub(super) fn payments_in(
    transactions: &[RawTransaction<'_>],
    network: Network,
    watch: &dyn Watch,
) -> Result<Vec<Payment>, SourceError> {
    // Room for one output each and its change, at once: lists that grow by a megabyte a block are moved each time.
    let outputs = transactions.len().saturating_mul(2);
    let (mut places, mut addresses) = (Vec::with_capacity(outputs), Vec::with_capacity(outputs));
    for (index, transaction) in transactions.iter().enumerate() {
        transaction.for_each_script(|n, script| {
            if let Some(address) = DepositAddress::of_script(script, network) {
                places.push((index, n));
                addresses.push(address);
            }
        });
    }
    let mut hits = watch.watched_among(&addresses);
    hits.sort_unstable();
    let mut payments = Vec::with_capacity(hits.len());
    // One transaction may pay thousands of times: it is taken apart once.
    for hits in hits.chunk_by(|one, two| places[*one].0 == places[*two].0) {
        let Some((index, _)) = hits.first().map(|hit| places[*hit]) else { continue };
        let transaction = transactions[index].decode().map_err(nonsense)?;
        let payer = Payer::of(&transaction, network);
        payments.extend(hits.iter().filter_map(|hit| payer.payment(places[*hit].1, addresses[*hit])));
    }
    Ok(payments)
}

/// A transaction that pays somebody, with what all its payments share.
struct Payer<'a> {
    transaction: &'a Transaction,
    id: String,
    origin: Origin,
    waits: u64,
}

impl<'a> Payer<'a> {
    fn of(transaction: &'a Transaction, network: Network) -> Self {
        let maturity = maturity(transaction, network);
        Payer {
            transaction,
            id: transaction.compute_txid().to_string(),
            origin: if maturity.is_some() { Origin::Unknown } else { origin(transaction) },
            // A deposit counts with its own block among its confirmations.
            waits: maturity.unwrap_or(0).saturating_sub(1),
        }
    }

    /// None where nothing is paid.
    fn payment(&self, n: usize, address: DepositAddress) -> Option<Payment> {
        let amount = Units::new(self.transaction.output[n].value.to_sat().into());
        let n = u32::try_from(n).ok()?;
        let (origin, waits) = (self.origin.clone(), self.waits);
        let payment = Payment { origin, waits, ..Payment::new(self.id.clone(), n, address, amount) };
        (amount != Units::new(0)).then_some(payment)
    }
}

/// Blocks on top of its own after which coins that come from nowhere can be spent: a block's reward, and what comes out
/// of the extension block. None for all other coins.
fn maturity(transaction: &Transaction, network: Network) -> Option<u64> {
    let like = network.bitcoin_like()?;
    match like.blocks {
        _ if transaction.is_coinbase() => Some(like.maturity),
        BlockFormat::Mweb { maturity } => pays_out_of_extension(transaction).then_some(maturity),
        BlockFormat::Plain | BlockFormat::AuxPow { .. } => None,
    }
}

/// Whether it is the last transaction of a block that has an extension: the first output has the extension's hash. Who
/// writes such an output elsewhere waits a little longer.
fn pays_out_of_extension(transaction: &Transaction) -> bool {
    let first = transaction.output.first().map(|output| output.script_pubkey.as_bytes());
    first.is_some_and(|script| script.len() == 34 && script.starts_with(&EXTENSION_HASH))
}

/// The outputs that a transaction spends.
fn origin(transaction: &Transaction) -> Origin {
    let spent = transaction.input.iter().map(|input| input.previous_output);
    Origin::Outputs(spent.map(|output| (output.txid.to_string(), output.vout)).collect())
}

#[cfg(test)]
mod tests {
    use bitcoin::absolute::LockTime;
    use bitcoin::hashes::Hash as _;
    use bitcoin::transaction::Version;
    use bitcoin::{Amount, OutPoint, PubkeyHash, ScriptBuf, TxIn, TxOut};

    use super::*;
    use crate::types::Coin;

    struct Everybody;

    impl Watch for Everybody {
        fn may_be_watched(&self, _: &DepositAddress) -> bool {
            true
        }
    }

    fn spends(previous_output: OutPoint) -> Transaction {
        let input = vec![TxIn { previous_output, ..TxIn::default() }];
        let script_pubkey = ScriptBuf::new_p2pkh(&PubkeyHash::all_zeros());
        let pays = |satoshi| TxOut { value: Amount::from_sat(satoshi), script_pubkey: script_pubkey.clone() };
        let output = vec![pays(0), pays(7)];
        Transaction { version: Version::TWO, lock_time: LockTime::ZERO, input, output }
    }

    #[test]
    fn should_let_a_reward_wait_for_a_hundred_blocks_in_all() {
        let spent = OutPoint { vout: 3, ..OutPoint::null() };
        let transactions =
            [spends(OutPoint::null()), spends(spent)].map(|spends| RawTransaction::from(&spends));
        let found = payments_in(&transactions, Coin::BTC.main_network(), &Everybody).unwrap();
        let told: Vec<_> = found.iter().map(|payment| (payment.n, payment.amount, payment.waits)).collect();
        assert_eq!(told, [(1, Units::new(7), 99), (1, Units::new(7), 0)]);
        assert_eq!(found[0].origin, Origin::Unknown);
        assert_eq!(found[1].origin, Origin::Outputs([(spent.txid.to_string(), 3)].into()));
    }

    #[test]
    fn should_list_what_a_transaction_spends_once_for_all_that_it_pays() {
        let mut transaction = spends(OutPoint { vout: 3, ..OutPoint::null() });
        transaction.output.push(transaction.output[1].clone());
        let raw = [RawTransaction::from(&transaction)];
        let found = payments_in(&raw, Coin::BTC.main_network(), &Everybody).unwrap();
        assert_eq!(found.len(), 2);
        assert!(found[0].origin.is_shared(&found[1].origin));
    }

    #[test]
    fn should_let_nobody_wait_for_what_does_not_come_out_of_an_extension() {
        let litecoin = Coin::LTC.main_network();
        let waits = |script: Vec<u8>| {
            let mut transaction = spends(OutPoint { vout: 3, ..OutPoint::null() });
            transaction.output[0].script_pubkey = ScriptBuf::from_bytes(script);
            let found = payments_in(&[RawTransaction::from(&transaction)], litecoin, &Everybody).unwrap();
            assert!(found.iter().all(|payment| payment.waits == found[0].waits));
            found[0].waits
        };
        let program = |version: u8, length: u8| [&[version, length][..], &vec![5; length.into()]].concat();
        assert_eq!(waits(program(0x58, 32)), 5, "the extension's hash: six blocks in all");
        assert_eq!(waits(program(0, 32)), 0, "what many pay to");
        assert_eq!(waits(program(0x51, 32)), 0, "of the same length");
        assert_eq!(waits([program(0x58, 32), vec![0]].concat()), 0, "something longer");
    }
}
