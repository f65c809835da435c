//! Any bytes are a transaction or are refused; a transaction has one encoding only, and keeps its rules.
#![no_main]

use libfuzzer_sys::fuzz_target;
use teller::skycoin::{Address, Transaction, encoded_size};

fuzz_target!(|bytes: &[u8]| {
    let Ok(transaction) = Transaction::decode(bytes) else { return };
    assert_eq!(transaction.encode(), bytes);
    let (inputs, outputs) = (transaction.inputs(), transaction.outputs());
    assert_eq!(encoded_size(inputs.len(), outputs.len()), bytes.len());
    assert_eq!(transaction.uxids().len(), outputs.len());
    assert_eq!(transaction.signatures().len(), inputs.len());
    let unsigned =
        Transaction::new(inputs.to_vec(), outputs.to_vec()).expect("decoded, so the rules are kept");
    assert_eq!(unsigned.inner_hash(), transaction.inner_hash());
    let nobody = vec![Address::from_bytes([0; 20]); inputs.len()];
    assert!(transaction.verify_signatures(&nobody).is_err());
});
