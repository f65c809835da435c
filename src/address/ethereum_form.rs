//! Ethereum accounts, with the letter-case checksum of EIP-55.

use std::fmt;

use bitcoin::hex::FromHex;
use tiny_keccak::{Hasher, Keccak};

use super::{AddressError, DepositAddress, Form};
use crate::coins::Network;

pub(super) fn parse(network: Network, text: &str) -> Result<DepositAddress, AddressError> {
    let invalid = |why: &str| AddressError::Invalid { coin: network.coin(), why: why.to_owned() };
    let digits = text.strip_prefix("0x").ok_or_else(|| invalid("expected 0x and 40 hexadecimal digits"))?;
    let account =
        <[u8; 20]>::from_hex(digits).map_err(|_| invalid("expected 40 hexadecimal digits after 0x"))?;
    if account == [0; 20] {
        return Err(AddressError::Null);
    }
    let has_lower = digits.bytes().any(|b| b.is_ascii_lowercase());
    let has_upper = digits.bytes().any(|b| b.is_ascii_uppercase());
    let form = match (has_lower, has_upper) {
        (true, true) if checksummed(&account) != digits => return Err(AddressError::Checksum),
        (true, true) => Form::EthChecksummed,
        (false, true) => Form::EthUpper,
        (_, false) => Form::EthLower,
    };
    Ok(DepositAddress::of(network, form, &account))
}

pub(super) fn fmt(address: &DepositAddress, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let account = address.payload();
    match address.form {
        Form::EthChecksummed => write!(f, "0x{}", checksummed(account)),
        Form::EthUpper => write!(f, "0x{}", lower(account).to_ascii_uppercase()),
        _ => write!(f, "0x{}", lower(account)),
    }
}

fn lower(account: &[u8]) -> String {
    account.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The last 20 bytes of keccak256 over the key's two coordinates.
pub(super) fn account(key: &crate::skycoin::PublicKey) -> [u8; 20] {
    let hash = keccak256(&key.serialize_uncompressed()[1..]);
    let mut account = [0; 20];
    account.copy_from_slice(&hash[12..]);
    account
}

fn keccak256(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    let mut keccak = Keccak::v256();
    keccak.update(bytes);
    keccak.finalize(&mut hash);
    hash
}

/// EIP-55: a letter is a capital where the same digit of keccak256(lower-case text) is 8 or more.
fn checksummed(account: &[u8]) -> String {
    let text = lower(account);
    let hash = keccak256(text.as_bytes());
    let nibbles = hash.iter().flat_map(|byte| [byte >> 4, byte & 0x0f]);
    text.chars().zip(nibbles).map(|(c, n)| if n >= 8 { c.to_ascii_uppercase() } else { c }).collect()
}
