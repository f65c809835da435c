//! What waits in a node's mempool, and pays somebody.

use std::sync::Mutex;

use bitcoin::absolute::LockTime;
use bitcoin::{Amount, OutPoint, PubkeyHash, ScriptBuf, Transaction, TxIn, TxOut, transaction};

use super::*;

struct Everybody;

impl Watch for Everybody {
    fn may_be_watched(&self, _: &DepositAddress) -> bool {
        true
    }
}

/// One that pays so much.
fn paying(satoshi: u64) -> Transaction {
    let script_pubkey = ScriptBuf::new_p2pkh(&PubkeyHash::all_zeros());
    let previous_output = OutPoint { vout: 3, ..OutPoint::null() };
    Transaction {
        version: transaction::Version::TWO,
        lock_time: LockTime::ZERO,
        input: vec![TxIn { previous_output, ..TxIn::default() }],
        output: vec![TxOut { value: Amount::from_sat(satoshi), script_pubkey }],
    }
}

/// A mempool, as it changes; which transactions the node was asked for.
#[derive(Default)]
struct Pool {
    listed: Vec<Transaction>,
    /// Listed, and gone when it is asked for.
    gone: Vec<String>,
    asked: Vec<String>,
}

fn reader_of(pool: &Arc<Mutex<Pool>>) -> BitcoinReader {
    let pool = Arc::clone(pool);
    let id = |transaction: &Transaction| transaction.compute_txid().to_string();
    reader(Network::Regtest, move |method, params| {
        let mut pool = pool.lock().unwrap();
        match method {
            "getrawmempool" => {
                Ok(json!(pool.listed.iter().map(id).chain(pool.gone.clone()).collect::<Vec<_>>()))
            }
            "getrawtransaction" if params[1] == 0 => {
                let wanted = params[0].as_str().unwrap().to_owned();
                let found = pool.listed.iter().find(|transaction| id(transaction) == wanted);
                let found = found.map(|transaction| json!(serialize_hex(transaction))).ok_or(-5);
                pool.asked.push(wanted);
                found
            }
            _ => Err(-32601),
        }
    })
}

/// What waits, in satoshi, in their order.
async fn waiting(reader: &BitcoinReader) -> Vec<u128> {
    let watch: Watcher = Arc::new(Everybody);
    let payments = reader.pending(&watch).await.unwrap().expect("the node tells its mempool");
    let mut amounts: Vec<u128> = payments.iter().map(|payment| payment.amount.get()).collect();
    amounts.sort_unstable();
    amounts
}

#[tokio::test]
async fn should_tell_what_waits_and_ask_for_each_transaction_once() {
    let pool = Arc::new(Mutex::new(Pool::default()));
    let reader = reader_of(&pool);
    assert_eq!(waiting(&reader).await, []);
    pool.lock().unwrap().listed = vec![paying(5), paying(7)];
    pool.lock().unwrap().gone = vec!["00".repeat(32)];
    assert_eq!(waiting(&reader).await, [5, 7], "one that has left keeps nobody waiting");
    assert_eq!(pool.lock().unwrap().asked.len(), 3);
    pool.lock().unwrap().gone.clear();
    pool.lock().unwrap().listed = vec![paying(7), paying(9)];
    assert_eq!(waiting(&reader).await, [7, 9], "what is gone does not wait any more");
    assert_eq!(pool.lock().unwrap().asked[3..], [paying(9).compute_txid().to_string()]);
}

#[tokio::test]
async fn should_not_take_a_node_that_does_not_answer_for_an_empty_mempool() {
    let watch: Watcher = Arc::new(Everybody);
    let starting = reader_saying(Coin::BTC.network("regtest").unwrap(), |_, _| Err((-28, "Loading")));
    assert_eq!(starting.pending(&watch).await, Err(SourceError::Starting("Loading".to_owned())));
}
