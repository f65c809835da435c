//! The kinds of transactions that came with the last forks, signed here, in the blocks of real nodes: those
//! with blobs, and those by which accounts lend themselves a contract's code.

use alloy_primitives::keccak256;
use alloy_rlp::{Encodable, Header};
use bitcoin::hashes::{Hash, sha256};
use bitcoin::hex::{DisplayHex, FromHex};
use bitcoin::secp256k1::{Message, PublicKey, Secp256k1, SecretKey};
use serde_json::json;
use teller::chain::{ChainSource, EthereumReader};

use crate::inside::{paid, read, reader};
use crate::support::anvil::Anvil;
use crate::support::eth::{Eth, PAYEE};
use crate::support::geth::Geth;
use crate::support::runner::Outcome;

const GWEI: u128 = 1_000_000_000;
const BLOB_LENGTH: usize = 131_072;
/// Proofs of a blob's cells, one for each.
const CELLS: usize = 128;
/// The commitment to, and every proof of, a blob of zeros: the point at infinity.
const INFINITY: [u8; 48] = {
    let mut point = [0; 48];
    point[0] = 0xc0;
    point
};

/// An item of RLP, encoded.
type Item = Vec<u8>;

fn bytes(bytes: &[u8]) -> Item {
    let mut out = Vec::new();
    bytes.encode(&mut out);
    out
}

fn number(number: u128) -> Item {
    let mut out = Vec::new();
    number.encode(&mut out);
    out
}

fn list(items: &[Item]) -> Item {
    let mut out = Vec::new();
    Header { list: true, payload_length: items.iter().map(Vec::len).sum() }.encode(&mut out);
    out.extend(items.concat());
    out
}

fn after(kind: u8, item: &[u8]) -> Vec<u8> {
    [&[kind], item].concat()
}

/// An account that this test has the key of.
struct Account(SecretKey);

impl Account {
    fn of(byte: u8) -> Account {
        Account(SecretKey::from_slice(&[byte; 32]).unwrap())
    }

    fn address(&self) -> Vec<u8> {
        let key = PublicKey::from_secret_key(&Secp256k1::new(), &self.0).serialize_uncompressed();
        keccak256(&key[1..])[12..].to_vec()
    }

    /// Parity and both halves of a signature.
    fn sign(&self, what: &[u8]) -> [Item; 3] {
        let message = Message::from_digest(keccak256(what).0);
        let (parity, halves) = Secp256k1::new().sign_ecdsa_recoverable(&message, &self.0).serialize_compact();
        let half = |bytes: &[u8]| {
            let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
            self::bytes(&bytes[zeros..])
        };
        [number(u128::try_from(parity.to_i32()).unwrap()), half(&halves[..32]), half(&halves[32..])]
    }

    /// The fields of a transaction of this kind, signed.
    fn signed(&self, kind: u8, mut fields: Vec<Item>) -> Item {
        let signature = self.sign(&after(kind, &list(&fields)));
        fields.extend(signature);
        list(&fields)
    }
}

/// What transactions of both kinds begin with: they pay 5 wei to [`PAYEE`].
fn begin(chain_id: u128, nonce: u128) -> Vec<Item> {
    let payee: Vec<u8> = FromHex::from_hex(&PAYEE[2..]).unwrap();
    let mut fields = [chain_id, nonce, 2 * GWEI, 60 * GWEI, 200_000].map(number).to_vec();
    fields.extend([bytes(&payee), number(5), bytes(&[]), list(&[])]);
    fields
}

/// With two blobs of zeros. Before and after the fork Osaka they are proved in different ways.
fn with_blobs(account: &Account, chain_id: u128, nonce: u128, has_cells: bool) -> Vec<u8> {
    let mut hash = sha256::Hash::hash(&INFINITY).to_byte_array();
    hash[0] = 1;
    let mut fields = begin(chain_id, nonce);
    fields.extend([number(GWEI), list(&[bytes(&hash), bytes(&hash)])]);
    let signed = account.signed(3, fields);
    let (blob, point) = (bytes(&[0; BLOB_LENGTH]), bytes(&INFINITY));
    let (blobs, points) = (list(&[blob.clone(), blob]), list(&[point.clone(), point.clone()]));
    let all = match has_cells {
        false => vec![signed, blobs, points.clone(), points],
        true => vec![signed, number(1), blobs, points, list(&vec![point; 2 * CELLS])],
    };
    after(3, &list(&all))
}

/// Another account lends itself the code of a contract that there need not be.
fn with_lent_code(account: &Account, chain_id: u128, nonce: u128) -> Vec<u8> {
    let lent = [number(chain_id), bytes(&[0x33; 20]), number(0)].to_vec();
    let authorization = Account::of(0x42).signed(5, lent);
    let mut fields = begin(chain_id, nonce);
    fields.push(list(&[authorization]));
    after(4, &account.signed(4, fields))
}

async fn send(eth: &Eth, raw: &[u8]) -> Result<String, String> {
    let told = eth.rpc().try_call("eth_sendRawTransaction", json!([format!("0x{}", raw.as_hex())])).await;
    told.map(|hash| hash.as_str().unwrap().to_owned()).map_err(|error| error.to_string())
}

async fn assert_read(eth: &Eth, reader: &EthereumReader, kind: &str, tx: &str) {
    let receipt = eth.confirmed(tx).await;
    assert!(receipt.succeeded);
    let shown = eth.rpc().call("eth_getTransactionByHash", json!([tx])).await;
    assert_eq!(shown["type"], kind);
    let block = read(reader, receipt.block_number).await;
    assert_eq!(paid(&block, PAYEE), [(tx.to_owned(), 0, "5".to_owned())]);
    assert_eq!(reader.limits(), None, "everything could be checked");
    if let Ok(folder) = std::env::var("TELLER_RECORD_PRAGUE") {
        let block = eth.rpc().call("eth_getBlockByHash", json!([receipt.block_hash, true])).await;
        let receipts = eth.rpc().call("eth_getBlockReceipts", json!([receipt.block_hash])).await;
        let whole = json!({ "block": block, "receipts": receipts });
        std::fs::write(format!("{folder}/kind_{kind}.json"), format!("{whole:#}\n")).unwrap();
    }
}

async fn later_kinds(eth: &Eth, reader: &EthereumReader, chain_id: u128, has_blobs: bool) {
    reader.check_network().await.unwrap();
    let account = Account::of(0x41);
    let address = format!("0x{}", account.address().as_hex());
    assert!(eth.confirmed(&eth.pay(&address, 1_000_000_000 * GWEI).await).await.succeeded);
    let mut nonce = 0;
    if has_blobs {
        let tx = match send(eth, &with_blobs(&account, chain_id, nonce, false)).await {
            Ok(tx) => tx,
            Err(before) => match send(eth, &with_blobs(&account, chain_id, nonce, true)).await {
                Ok(tx) => tx,
                Err(after) => panic!("no blobs are taken: {before}; {after}"),
            },
        };
        assert_read(eth, reader, "0x3", &tx).await;
        nonce += 1;
    }
    let tx = send(eth, &with_lent_code(&account, chain_id, nonce)).await.unwrap();
    assert_read(eth, reader, "0x4", &tx).await;
    let lent = format!("0x{}", Account::of(0x42).address().as_hex());
    let code = eth.rpc().call("eth_getCode", json!([lent, "latest"])).await;
    assert_eq!(code, format!("0xef0100{}", "33".repeat(20)), "the node took it for an authorization");
}

pub(crate) async fn should_check_blobs_and_lent_code_on_geth() -> Outcome {
    let node = Geth::start().await?;
    later_kinds(&node.eth, &reader(&node.eth, 1337), 1337, true).await;
    Ok(())
}

/// Without blobs: anvil 1.7 gives a block with those another root over its transactions than the protocol does.
pub(crate) async fn should_check_lent_code_on_anvil() -> Outcome {
    let node = Anvil::start().await?;
    later_kinds(&node.eth, &reader(&node.eth, 31337), 31337, false).await;
    Ok(())
}
