use bitcoin::hashes::{Hash, sha256};
use bitcoin::hex::{DisplayHex, FromHex};
use serde_json::Value;
use teller::skycoin::{
    Address, BurnFactor, CoinHours, DecodeError, Output, Signature, SignatureError, Transaction,
    TransactionError, VerifyError, Wallet,
};
use teller::types::{Claim, Hash32, TxId};

use super::{address, coins, data, files, hash, json, list, number, objects, text};

/// One of two names a field has in the node's answers.
fn either<'a>(object: &'a Value, name: &str, other: &str) -> &'a Value {
    object.get(name).unwrap_or(&object[other])
}

/// The uxid of an input: plain, or beside what the node knows of it.
pub(crate) fn uxid(input: &Value) -> Claim {
    hash(input.get("uxid").unwrap_or(input))
}

pub(crate) fn output(json: &Value) -> Output {
    let address = address(either(json, "dst", "address"));
    Output { address, coins: coins(&json["coins"]), hours: CoinHours::new(number(&json["hours"])) }
}

/// The bytes of a transaction, put together here from what the node says of it.
pub(crate) fn bytes(json: &Value) -> Vec<u8> {
    let (signatures, inputs, outputs) = (list(&json["sigs"]), list(&json["inputs"]), list(&json["outputs"]));
    let count = |list: &[Value]| u32::try_from(list.len()).unwrap().to_le_bytes();
    let mut bytes = u32::try_from(number(&json["length"])).unwrap().to_le_bytes().to_vec();
    bytes.push(u8::try_from(number(&json["type"])).unwrap());
    bytes.extend(hash::<Hash32>(&json["inner_hash"]).0);
    bytes.extend(count(signatures));
    signatures.iter().for_each(|signature| bytes.extend(Vec::from_hex(text(signature)).unwrap()));
    bytes.extend(count(inputs));
    inputs.iter().for_each(|input| bytes.extend(uxid(input).0));
    bytes.extend(count(outputs));
    for output in outputs.iter().map(output) {
        bytes.push(0);
        bytes.extend(output.address.as_bytes());
        bytes.extend(output.coins.get().to_le_bytes());
        bytes.extend(output.hours.get().to_le_bytes());
    }
    bytes
}

/// The transaction the node describes, with everything checked that the description has.
pub(crate) fn transaction(json: &Value) -> Transaction {
    let bytes = bytes(json);
    let transaction = Transaction::decode(&bytes).unwrap();
    assert_eq!(transaction.encode(), bytes);
    assert_eq!(transaction.txid(), hash(&json["txid"]));
    assert_eq!(transaction.inner_hash(), hash(&json["inner_hash"]));
    let uxids: Vec<Claim> = list(&json["outputs"]).iter().map(|output| hash(&output["uxid"])).collect();
    assert_eq!(transaction.uxids(), uxids);
    let inputs: Vec<_> = list(&json["inputs"]).iter().map(uxid).collect();
    assert_eq!((transaction.inputs(), transaction.outputs().len()), (inputs.as_slice(), uxids.len()));
    transaction
}

/// Who owns the inputs, where the answer says so.
fn owners(json: &Value) -> Option<Vec<Address>> {
    let inputs = list(&json["inputs"]).iter();
    inputs.map(|input| either(input, "owner", "address").as_str()).map(|a| Address::decode(a?).ok()).collect()
}

fn answers() -> Vec<(String, Value)> {
    let mut names = files("api");
    names.push("api-recorded-testchain.json".to_owned());
    names.into_iter().map(|name| (name.clone(), json(&name))).collect()
}

#[test]
fn should_recompute_every_transaction_in_every_answer() {
    let (mut seen, mut verified) = (0, 0);
    for (name, answer) in answers() {
        let described = objects(&answer).into_iter().filter(|object| object.get("inner_hash").is_some());
        // The genesis transaction and the empty one have no header: they are not transactions by the rules.
        for json in described.filter(|json| number(&json["length"]) != 0) {
            let transaction = transaction(json);
            seen += 1;
            if let Some(owners) = owners(json).filter(|_| transaction.is_signed()) {
                let valid = transaction.verify_signatures(&owners);
                assert_eq!(valid.is_ok(), !name.contains("bad-sig"), "{name}: {valid:?}");
                verified += 1;
            }
        }
    }
    assert!(seen > 380 && verified > 180, "{seen} {verified}");
}

#[test]
fn should_round_trip_every_encoded_transaction() {
    let (mut seen, mut refused) = (0, Vec::new());
    for (_, answer) in answers() {
        for (object, raw) in
            objects(&answer).into_iter().filter_map(|object| Some((object, encoded(object)?)))
        {
            match Transaction::decode(&raw) {
                Ok(transaction) => {
                    assert_eq!(transaction.encode(), raw);
                    let described = object.get("transaction").map(self::transaction);
                    assert!(described.is_none_or(|described| described == transaction));
                    seen += 1;
                }
                Err(error) => refused.push(error),
            }
        }
    }
    // The genesis transaction, and one that was cut off to see what the node says.
    assert_eq!(refused, [DecodeError::Length { says: 0, has: 86 }, DecodeError::CutOff]);
    assert!(seen > 10, "{seen}");
}

fn encoded(object: &Value) -> Option<Vec<u8>> {
    let raw = object.get("encoded_transaction").or(object.get("rawtx"))?;
    Vec::from_hex(text(raw)).ok()
}

#[test]
fn should_agree_with_the_encoded_form_of_described_transactions() {
    for (described, encoded) in [
        ("api/transaction-block-101.json", "api/transaction-encoded-block-101.json"),
        ("api/transaction-verbose-block-101.json", "api/transaction-encoded-block-101.json"),
        ("api/transaction-unconfirmed.json", "api/transaction-unconfirmed-encoded.json"),
    ] {
        let raw = Vec::<u8>::from_hex(text(&json(encoded)["encoded_transaction"])).unwrap();
        assert_eq!(transaction(&json(described)["txn"]).encode(), raw);
    }
}

/// The genesis transaction was never signed: it has neither length nor inner hash, and its outputs are those of
/// the null transaction.
#[test]
fn should_know_the_genesis_output() {
    let genesis = &json("api/genesis-transaction.json")["txn"];
    let raw = &json("api/genesis-transaction-encoded.json")["encoded_transaction"];
    let bytes = bytes(genesis);
    assert_eq!(bytes.to_lower_hex_string(), text(raw));
    assert_eq!(Hash32(sha256::Hash::hash(&bytes).to_byte_array()), hash(&genesis["txid"]));
    assert_eq!(Transaction::decode(&bytes), Err(DecodeError::Length { says: 0, has: bytes.len() }));
    let output = output(&genesis["outputs"][0]);
    assert_eq!(output.uxid(TxId([0; 32])), hash(&genesis["outputs"][0]["uxid"]));
}

/// What the node made burns just what it must: a tenth, where it was set up so, or half.
#[test]
fn should_burn_what_the_node_burns() {
    for (file, factor, expected) in
        [("api-recorded-testchain", 10, 5), ("api/verify-transaction-invalid-bad-sig", 2, 1)]
    {
        let answer = json(&format!("{file}.json"));
        let factor = BurnFactor::new(factor).unwrap();
        let described = objects(&answer).into_iter().filter(|object| object["fee"].is_string());
        let described: Vec<_> = described.filter(|object| !list(&object["inputs"]).is_empty()).collect();
        assert_eq!(described.len(), expected);
        for json in described {
            let hours = |name, field| {
                let all = list(&json[name]).iter().map(|one| CoinHours::new(number(&one[field])));
                CoinHours::sum(all).unwrap()
            };
            let (inputs, outputs) = (hours("inputs", "calculated_hours"), hours("outputs", "hours"));
            assert_eq!(factor.required(inputs).unwrap().get(), number(&json["fee"]));
            assert_eq!(factor.check(inputs, outputs).unwrap().get(), number(&json["fee"]));
        }
    }
}

#[test]
fn should_refuse_what_nodes_refuse() {
    let bad = &json("api/verify-transaction-invalid-bad-sig.json")["transaction"];
    let owners = owners(bad).unwrap();
    let refused = VerifyError::Signature { index: 0, error: SignatureError::Invalid };
    assert_eq!(transaction(bad).verify_signatures(&owners), Err(refused));

    let empty = &json("api/verify-transaction-invalid-empty.json")["transaction"];
    assert_eq!(Hash32(sha256::Hash::hash(&bytes(empty)).to_byte_array()), hash(&empty["txid"]));
    assert_eq!(Transaction::decode(&bytes(empty)), Err(DecodeError::Length { says: 0, has: 49 }));
    assert_eq!(Transaction::new(vec![], vec![]), Err(TransactionError::NoInputs));
}

/// The node made the transaction and signed it with this wallet; so do we, and only the nonce differs.
#[test]
fn should_sign_what_the_node_made() {
    let wallet = std::fs::read(data("wallets/testchain-genesis.wlt")).unwrap();
    let wallet = Wallet::load(&wallet, None).unwrap();
    let recorded = json("api-recorded-testchain.json");
    let answer = |name: &str| {
        let call = list(&recorded["calls"]).iter().find(|call| text(&call[0]) == name).unwrap();
        transaction(&call[7]["data"]["transaction"])
    };
    let unsigned = answer("create unsigned transaction");
    let theirs = answer("sign with a node wallet");
    let owner = wallet.change_address();
    let ours = unsigned.sign(&[wallet.key(owner).unwrap()]).unwrap();
    assert_eq!(ours.verify_signatures(&[owner]), Ok(()));
    assert_eq!(theirs.verify_signatures(&[owner]), Ok(()));
    assert_eq!(ours.inner_hash(), theirs.inner_hash());
    assert_ne!(ours.txid(), theirs.txid());
    assert_eq!(unsigned, Transaction::new(ours.inputs().to_vec(), ours.outputs().to_vec()).unwrap());
    assert!(unsigned.signatures().iter().all(Signature::is_null));
}
