//! What the reader of Ethereum makes of what real nodes tell: whatever is put into a block, every coin is seen once.

use serde_json::json;
use teller::chain::{Block, ChainSource, Effect, EthereumReader, EthereumSettings};
use teller::rpc::{Auth, HttpClient, HttpSettings, JsonRpc};
use teller::types::Height;

use crate::simnet::everybody;
use crate::support::anvil::Anvil;
use crate::support::contract::{FORWARDER, input};
use crate::support::eth::{Eth, PAYEE};
use crate::support::geth::Geth;
use crate::support::runner::Outcome;
use crate::support::wait;

/// Calls nobody over and over, each time with as much input as asked for.
pub(super) const MANY_CALLS: &str = include_str!("../data/ethereum/many-calls.hex");
/// Pays whom it is told to, and 1 wei to somebody else before that in blocks with an odd number.
const SHIFTING: &str = include_str!("../data/ethereum/shifting-transfer.hex");
/// Less than the calls of the one, more than everything else.
const MAX_ANSWER: usize = 1 << 20;

pub(super) fn reader(eth: &Eth, chain_id: u64) -> EthereumReader {
    let base = eth.rpc().url().to_owned();
    let settings = HttpSettings { base, auth: Auth::None, certificate: None, max_answer: MAX_ANSWER };
    let _ = rustls::crypto::ring::default_provider().install_default();
    let rpc = JsonRpc::new(HttpClient::new(settings).unwrap(), "2.0");
    EthereumReader::new(rpc, EthereumSettings { chain_id, traces: true })
}

pub(super) async fn read(reader: &EthereumReader, height: u64) -> Block {
    reader.block(Height::new(height), &everybody()).await.unwrap().unwrap()
}

/// What a block pays to somebody: transaction, number, wei.
pub(super) fn paid(block: &Block, to: &str) -> Vec<(String, u32, String)> {
    let own = block.payments.iter().filter(|payment| payment.address.to_string().eq_ignore_ascii_case(to));
    own.map(|payment| (payment.tx.clone(), payment.n, payment.amount.to_string())).collect()
}

pub(super) fn words(numbers: &[u64]) -> String {
    numbers.iter().map(|number| format!("{number:064x}")).collect()
}

/// A transaction whose calls are longer than any answer that is read, and one that pays from inside a contract.
async fn bomb(eth: &Eth, reader: &EthereumReader) {
    let (many, forwarder) = (eth.deploy(MANY_CALLS.trim()).await, eth.deploy(FORWARDER).await);
    reader.check_network().await.unwrap();
    // A call with 32 KB of input each.
    let bomb = eth.submit_with_gas(&many, &format!("0x{}", words(&[0x8000, 60])), 0, 1_000_000).await;
    let paid_inside = eth.forward(&forwarder, PAYEE, 7).await;
    let (bombed, forwarded) = (eth.confirmed(&bomb).await, eth.confirmed(&paid_inside).await);
    assert!(bombed.succeeded && forwarded.succeeded);

    let block = read(reader, bombed.block_number).await;
    let listed: Vec<&str> = block.gaps.unread.iter().map(|unread| unread.tx.as_str()).collect();
    assert_eq!(listed, [bomb.as_str()]);
    let Effect::Grew(grew) = &block.gaps.unread[0].effect else { panic!("{block:?}") };
    assert!(grew.iter().all(|(address, _)| address.to_string() != PAYEE), "{grew:?}");
    let block = read(reader, forwarded.block_number).await;
    assert_eq!(paid(&block, PAYEE), [(paid_inside, 1, "7".to_owned())]);
    assert_eq!(reader.limits(), None);
}

pub(crate) async fn should_get_past_a_transaction_that_geth_cannot_tell() -> Outcome {
    let node = Geth::start().await?;
    bomb(&node.eth, &reader(&node.eth, 1337)).await;
    Ok(())
}

pub(crate) async fn should_get_past_a_transaction_that_anvil_cannot_tell() -> Outcome {
    let node = Anvil::start().await?;
    bomb(&node.eth, &reader(&node.eth, 31337)).await;
    Ok(())
}

/// The same transfer in an odd block and in an even one.
async fn shift(eth: &Eth, reader: &EthereumReader) {
    let shifting = eth.deploy(SHIFTING.trim()).await;
    reader.check_network().await.unwrap();
    let to_payee = format!("{}{}", input(&[PAYEE]), words(&[5]));
    let mut seen = [None, None];
    wait::until("blocks are all odd, or all even", async || {
        let tx = eth.submit(Some(&shifting), &to_payee, 10).await;
        let receipt = eth.confirmed(&tx).await;
        assert!(receipt.succeeded);
        let block = read(reader, receipt.block_number).await;
        let inside: Vec<u32> =
            block.payments.iter().filter(|one| one.tx == tx && one.n > 0).map(|one| one.n).collect();
        let [(_, n, wei)] = &paid(&block, PAYEE)[..] else { panic!("{block:?}") };
        seen[usize::from(receipt.block_number % 2 == 1)] = Some((inside.len(), *n, wei.clone()));
        matches!(seen, [Some(_), Some(_)]).then_some(())
    })
    .await;
    assert_eq!(seen, [Some((1, 1, "5".to_owned())), Some((2, 1, "5".to_owned()))]);
}

pub(crate) async fn should_name_a_transfer_on_geth_by_what_cannot_shift() -> Outcome {
    let node = Geth::start().await?;
    shift(&node.eth, &reader(&node.eth, 1337)).await;
    Ok(())
}

pub(crate) async fn should_name_a_transfer_on_anvil_by_what_cannot_shift() -> Outcome {
    let node = Anvil::start().await?;
    shift(&node.eth, &reader(&node.eth, 31337)).await;
    Ok(())
}

pub(crate) async fn should_credit_what_validators_are_paid() -> Outcome {
    let node = Geth::start().await?;
    let reader = reader(&node.eth, 1337);
    reader.check_network().await.unwrap();
    let withdrawal = json!({ "index": "0x0", "validatorIndex": "0x5", "address": PAYEE, "amount": "0x3" });
    node.eth.rpc().call("dev_addWithdrawal", json!([withdrawal])).await;
    let paid = wait::until("no block has the withdrawal", async || {
        for height in (1..=node.eth.height().await).rev() {
            let found = paid(&read(&reader, height).await, PAYEE);
            if !found.is_empty() {
                return Some(found);
            }
        }
        None
    })
    .await;
    assert_eq!(paid, [("withdrawal:0".to_owned(), 1, "3000000000".to_owned())]);
    assert_eq!(node.eth.balance(PAYEE).await, 3_000_000_000);
    Ok(())
}

/// Every kind of transaction that a node signs by itself hashes to what it is called, and so do its block and receipts.
async fn kinds(eth: &Eth, reader: &EthereumReader) {
    reader.check_network().await.unwrap();
    let list = json!([{ "address": PAYEE, "storageKeys": [format!("0x{:064x}", 1)] }]);
    for fees in [
        json!({ "gasPrice": "0xba43b7400" }),
        json!({ "gasPrice": "0xba43b7400", "accessList": list }),
        json!({ "maxFeePerGas": "0xba43b7400", "maxPriorityFeePerGas": "0x1", "accessList": list }),
    ] {
        let mut tx = json!({ "from": eth.account(), "to": PAYEE, "value": "0x5", "gas": "0x15f90" });
        tx.as_object_mut().unwrap().extend(fees.as_object().unwrap().clone());
        let hash = eth.rpc().call("eth_sendTransaction", json!([tx])).await.as_str().unwrap().to_owned();
        let receipt = eth.confirmed(&hash).await;
        let block = read(reader, receipt.block_number).await;
        assert_eq!(paid(&block, PAYEE), [(hash, 0, "5".to_owned())], "{fees}");
    }
    assert_eq!(reader.limits(), None, "everything could be checked");
}

pub(crate) async fn should_check_every_kind_of_transaction_on_geth() -> Outcome {
    let node = Geth::start().await?;
    kinds(&node.eth, &reader(&node.eth, 1337)).await;
    Ok(())
}

pub(crate) async fn should_check_every_kind_of_transaction_on_anvil() -> Outcome {
    let node = Anvil::start().await?;
    kinds(&node.eth, &reader(&node.eth, 31337)).await;
    Ok(())
}
