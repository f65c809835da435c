//! `sha256-xor`: a checksum and a nonce (32 bytes each), then blocks of 32 bytes, each under a mask of its own.
//! Under the mask: the hash of what follows, the length of the secrets (4 bytes), the secrets, zeros.

use zeroize::Zeroizing;

use super::error::WalletError;
use crate::skycoin::digest::sha256;
use crate::skycoin::keys::salted_hash;

const BLOCK: usize = 32;

pub(super) fn decrypt(bytes: &[u8], password: &[u8]) -> Result<Zeroizing<Vec<u8>>, WalletError> {
    let (blocks, nonce) = open(bytes).ok_or(WalletError::SecretsDamaged)?;
    let key = salted_hash(password);
    let nonce = sha256([nonce]);
    let mut plain = Zeroizing::new(Vec::with_capacity(bytes.len()));
    // The number of a block is doubled because the node writes it as a signed varint.
    for (number, block) in (0u64..).step_by(2).zip(blocks) {
        let mask = sha256([&*key, &sha256([&varint(number), &nonce.0]).0]);
        plain.extend(block.iter().zip(mask.0).map(|(byte, mask)| byte ^ mask));
    }
    let (hash, content) = plain.split_first_chunk::<BLOCK>().ok_or(WalletError::SecretsDamaged)?;
    if *hash != sha256([content]).0 {
        return Err(WalletError::PasswordWrong);
    }
    unpad(content).map(|secrets| Zeroizing::new(secrets.to_vec())).ok_or(WalletError::SecretsDamaged)
}

/// The blocks and the nonce, if the checksum is right and the blocks are whole.
fn open(bytes: &[u8]) -> Option<(&[[u8; BLOCK]], &[u8])> {
    let (checksum, rest) = bytes.split_first_chunk::<BLOCK>()?;
    if *checksum != sha256([rest]).0 {
        return None;
    }
    let (nonce, masked) = rest.split_first_chunk::<BLOCK>()?;
    match masked.as_chunks() {
        (blocks, []) => Some((blocks, nonce)),
        _ => None,
    }
}

fn unpad(content: &[u8]) -> Option<&[u8]> {
    let (length, secrets) = content.split_first_chunk()?;
    secrets.get(..usize::try_from(u32::from_le_bytes(*length)).ok()?)
}

/// Seven bits a byte, the lowest first, each byte but the last marked, in 32 bytes.
fn varint(mut number: u64) -> [u8; BLOCK] {
    let mut bytes = [0; BLOCK];
    for byte in &mut bytes {
        let [low, ..] = number.to_le_bytes();
        number >>= 7;
        if number == 0 {
            *byte = low;
            break;
        }
        *byte = low | 0x80;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_write_varints_like_the_node() {
        let starts = |number, with: &[u8]| {
            let bytes = varint(number);
            assert!(bytes.starts_with(with), "{number}");
            assert!(bytes[with.len()..].iter().all(|byte| *byte == 0), "{number}");
        };
        starts(0, &[0]);
        starts(2, &[2]);
        starts(127, &[0x7f]);
        starts(128, &[0x80, 1]);
        starts(300, &[0xac, 2]);
        starts(u64::MAX, &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]);
    }
}
