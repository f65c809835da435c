//! Two contracts for tests, as data: coins that arrive by a call from a contract are the ones a reader of
//! plain transactions never sees.

/// Passes what it is sent on to the payee that its input names; without input it refuses.
///
/// ```text
/// 00  CALLDATASIZE ISZERO PUSH1 11 JUMPI      no input: to the refusal
/// 05  PUSH0 PUSH0 PUSH0 PUSH0                 no result, no arguments
/// 09  CALLVALUE PUSH0 CALLDATALOAD GAS CALL   all the coins, to the first word's address
/// 0e  PUSH1 15 JUMPI
/// 11  JUMPDEST PUSH0 PUSH0 REVERT
/// 15  JUMPDEST STOP
/// ```
pub const FORWARDER: &str = "36156011575f5f5f5f345f355af16015575b5f5ffd5b00";

/// Calls the address in its input's first word with the rest of the input and all the coins, and does not
/// care how that ends: around a [`FORWARDER`] that refuses, the transaction succeeds and nobody is paid.
///
/// ```text
/// 00  PUSH1 20 CALLDATASIZE SUB               how much input is left after the first word
/// 04  DUP1 PUSH1 20 PUSH0 CALLDATACOPY        that to memory
/// 09  PUSH0 PUSH0 SWAP2 PUSH0                 no result; the arguments
/// 0d  CALLVALUE PUSH0 CALLDATALOAD GAS CALL STOP
/// ```
pub const CARELESS: &str = "602036038060205f375f5f915f345f355af100";

/// The input of the transaction that makes a contract of this code.
///
/// `PUSH1 length DUP1 PUSH1 09 PUSH0 CODECOPY PUSH0 RETURN`, then the code itself.
pub fn deployment(code: &str) -> String {
    let length = code.len() / 2;
    assert!(length < 256, "one byte holds the length");
    format!("0x60{length:02x}8060095f395ff3{code}")
}

/// An input of addresses, each in a word of its own.
pub fn input(addresses: &[&str]) -> String {
    let words = addresses.iter().map(|address| format!("{:0>64}", address.trim_start_matches("0x")));
    format!("0x{}", words.collect::<String>())
}
