use crate::types::Claim;
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

fn output(n: u8, coins: u64, hours: u64) -> Output {
    let address = Address::from_bytes([n; 20]);
    Output { address, coins: Droplets::new(coins), hours: CoinHours::new(hours) }
}

fn key(n: u8) -> SecretKey {
    SecretKey::from_bytes(&[n; 32]).unwrap()
}

fn unsigned() -> Transaction {
    let inputs = vec![Claim([1; 32]), Claim([2; 32])];
    Transaction::new(inputs, vec![output(1, 5_000_000, 7), output(2, 1, 0)]).unwrap()
}

fn refusal(inputs: &[u8], outputs: Vec<Output>) -> TransactionError {
    let inputs = inputs.iter().map(|n| Claim([*n; 32])).collect();
    Transaction::new(inputs, outputs).unwrap_err()
}

#[test]
fn should_refuse_what_breaks_a_rule() {
    let one = output(1, 1, 0);
    assert_eq!(refusal(&[], vec![one]), TransactionError::NoInputs);
    assert_eq!(refusal(&[1], vec![]), TransactionError::NoOutputs);
    assert_eq!(refusal(&[1, 2, 1], vec![one]), TransactionError::DuplicateInput(Claim([1; 32])));
    assert_eq!(refusal(&[1], vec![one, one]), TransactionError::DuplicateOutput(one.address));
    assert_eq!(
        refusal(&[1], vec![output(3, 0, 9)]),
        TransactionError::ZeroCoins(Address::from_bytes([3; 20]))
    );
    assert_eq!(refusal(&[1], vec![one, output(2, u64::MAX, 0)]), TransactionError::CoinsOverflow);
    assert_eq!(refusal(&[1], vec![output(1, 1, 1), output(2, 1, u64::MAX)]), TransactionError::HoursOverflow);
    let many = (1..=1000).map(|coins| output(1, coins, 0)).collect();
    assert_eq!(refusal(&[1], many), TransactionError::TooLarge { size: 37 + 12 + 97 + 37_000 });
}

#[test]
fn should_take_outputs_that_differ_in_one_thing_only() {
    let inputs = vec![Claim([1; 32])];
    let outputs = vec![output(1, 1, 1), output(1, 1, 2), output(1, 2, 1), output(2, 1, 1)];
    assert!(Transaction::new(inputs, outputs).is_ok());
}

#[test]
fn should_sign_once_and_verify() {
    let (first, second) = (key(1), key(2));
    let owners = [first.address(), second.address()];
    let unsigned = unsigned();
    assert!(!unsigned.is_signed());
    let missing = VerifyError::Signature { index: 0, error: SignatureError::Missing };
    assert_eq!(unsigned.verify_signatures(&owners), Err(missing));

    let signed = unsigned.sign(&[&first, &second]).unwrap();
    assert!(signed.is_signed());
    assert_eq!(signed.verify_signatures(&owners), Ok(()));
    assert_eq!(signed.inner_hash(), unsigned.inner_hash());
    assert_ne!(signed.txid(), unsigned.txid());
    assert_eq!(signed, unsigned.sign(&[&first, &second]).unwrap());
    assert_eq!(signed.sign(&[&first, &second]), Err(SignError::AlreadySigned));
}

#[test]
fn should_want_one_key_and_one_owner_per_input() {
    let key = key(1);
    let transaction = unsigned();
    assert_eq!(transaction.sign(&[&key]), Err(SignError::KeyCount { keys: 1, inputs: 2 }));
    assert_eq!(
        transaction.verify_signatures(&[key.address()]),
        Err(VerifyError::OwnerCount { owners: 1, inputs: 2 })
    );
}

#[test]
fn should_name_the_input_that_another_signed() {
    let (first, second) = (key(1), key(2));
    let signed = unsigned().sign(&[&first, &first]).unwrap();
    let error = SignatureError::WrongSigner(second.address());
    assert_eq!(
        signed.verify_signatures(&[first.address(), second.address()]),
        Err(VerifyError::Signature { index: 1, error })
    );
}

#[test]
fn should_refuse_every_way_of_bending_the_bytes() {
    let bytes = unsigned().sign(&[&key(1), &key(2)]).unwrap().encode();
    let size = bytes.len();
    let bent = |place: usize, with: &[u8]| {
        let mut bytes = bytes.clone();
        bytes.splice(place..(place + with.len()).min(size), with.iter().copied());
        Transaction::decode(&bytes).unwrap_err()
    };
    assert_eq!(bent(0, &[0]), DecodeError::Length { says: 0x100, has: size });
    assert_eq!(bent(4, &[1]), DecodeError::Type(1));
    assert_eq!(bent(5, &[0xff]), DecodeError::InnerHash);
    assert_eq!(bent(37, &u32::MAX.to_le_bytes()), DecodeError::CutOff);
    assert_eq!(bent(size, &[0, 0]), DecodeError::Trailing(2));
    assert_eq!(bent(size - 37, &[1]), DecodeError::AddressVersion(1));
    assert_eq!(bent(size - 1, &[1]), DecodeError::InnerHash);
    for length in 0..size {
        assert_eq!(Transaction::decode(&bytes[..length]), Err(DecodeError::CutOff));
    }
    let huge = vec![0; MAX_TRANSACTION_SIZE + 1];
    assert_eq!(Transaction::decode(&huge), Err(TransactionError::TooLarge { size: huge.len() }.into()));
}

/// A decoder that believed in the counts would give a transaction that cannot be verified input by input.
#[test]
fn should_refuse_signatures_without_inputs() {
    let mut transaction = unsigned();
    transaction.signatures.pop();
    let mut bytes = transaction.encode();
    let size = u32::try_from(bytes.len()).unwrap();
    bytes[..4].copy_from_slice(&size.to_le_bytes());
    let refused = DecodeError::SignatureCount { signatures: 1, inputs: 2 };
    assert_eq!(Transaction::decode(&bytes), Err(refused));
}

#[test]
fn should_refuse_broken_rules_when_decoding() {
    let one = output(1, 1, 0);
    let twice = Transaction {
        signatures: vec![Signature::NULL; 2],
        inputs: vec![Claim([1; 32]); 2],
        outputs: vec![one],
    };
    let refused = TransactionError::DuplicateInput(Claim([1; 32]));
    assert_eq!(Transaction::decode(&twice.encode()), Err(refused.into()));
}

fn any_transaction() -> impl Strategy<Value = Transaction> {
    let output =
        (any::<[u8; 20]>(), 1u64..1 << 40, 0u64..1 << 40).prop_map(|(address, coins, hours)| Output {
            address: Address::from_bytes(address),
            coins: Droplets::new(coins),
            hours: CoinHours::new(hours),
        });
    let input = any::<[u8; 32]>().prop_map(Claim);
    (vec(input, 1..20), vec(output, 1..20), any::<[u8; 65]>()).prop_map(|(inputs, outputs, signature)| {
        let mut transaction = Transaction::new(inputs, outputs).unwrap();
        transaction.signatures[0] = Signature::from_bytes(signature);
        transaction
    })
}

proptest! {
    #[test]
    fn should_read_what_it_writes(transaction in any_transaction()) {
        let bytes = transaction.encode();
        prop_assert_eq!(bytes.len(), encoded_size(transaction.inputs.len(), transaction.outputs.len()));
        prop_assert_eq!(Transaction::decode(&bytes), Ok(transaction));
    }

    #[test]
    fn should_have_one_encoding_only(transaction in any_transaction(), place: prop::sample::Index, bit in 0u8..8) {
        let mut bytes = transaction.encode();
        let place = place.index(bytes.len());
        bytes[place] ^= 1 << bit;
        if let Ok(other) = Transaction::decode(&bytes) {
            prop_assert_ne!(&other, &transaction);
            prop_assert_eq!(other.encode(), bytes);
        }
    }

    #[test]
    fn should_never_panic_on_any_bytes(bytes in vec(any::<u8>(), 0..400)) {
        let _ = Transaction::decode(&bytes);
    }

    #[test]
    fn should_never_panic_on_any_counts(
        transaction in any_transaction(), list in 0usize..3, count: u32,
    ) {
        let mut bytes = transaction.encode();
        let after_signatures = 41 + 65 * transaction.signatures.len();
        let after_inputs = after_signatures + 4 + 32 * transaction.inputs.len();
        let place = [37, after_signatures, after_inputs][list];
        bytes[place..place + 4].copy_from_slice(&count.to_le_bytes());
        if let Ok(same) = Transaction::decode(&bytes) {
            prop_assert_eq!(same, transaction);
        }
    }
}
