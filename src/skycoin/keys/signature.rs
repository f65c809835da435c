//! Signatures: 64 compact bytes and the recovery id, from which the signer's public key follows.

use std::fmt;

use bitcoin::hex::FromHex;
use bitcoin::secp256k1::ecdsa::{RecoverableSignature, RecoveryId};
use bitcoin::secp256k1::{Message, PublicKey};

use super::SECP;
use crate::skycoin::address::Address;
use crate::types::Hash32;

/// Why a signature does not hold.
#[derive(Debug, Clone, Copy, thiserror::Error, PartialEq, Eq)]
pub enum SignatureError {
    /// All zeros, as in an unsigned transaction.
    #[error("it is not signed")]
    Missing,
    /// No public key follows from it, or it is of the malleable form that nodes refuse.
    #[error("the signature is invalid")]
    Invalid,
    /// Made by a key that owns another address.
    #[error("the signature is of another key than that of {0}")]
    WrongSigner(Address),
    /// Not 130 hexadecimal digits.
    #[error("not a signature, expected 130 hexadecimal digits")]
    Text,
}

/// A signature over a digest: r, s and the recovery id.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Signature([u8; Signature::SIZE]);

impl Signature {
    /// The bytes of a signature: 32 for r, 32 for s, one for the recovery id.
    pub const SIZE: usize = 65;
    /// Stands where a signature is missing.
    pub const NULL: Signature = Signature([0; Signature::SIZE]);

    /// Takes these bytes for a signature; whether it is a right one shows when it is verified.
    pub const fn from_bytes(bytes: [u8; Signature::SIZE]) -> Signature {
        Signature(bytes)
    }

    /// Returns r, s and the recovery id, as transactions hold them.
    pub const fn as_bytes(&self) -> &[u8; Signature::SIZE] {
        &self.0
    }

    /// Parses 130 hexadecimal digits.
    pub fn parse(hex: &str) -> Result<Signature, SignatureError> {
        FromHex::from_hex(hex).map(Signature).map_err(|_| SignatureError::Text)
    }

    /// Returns whether this only stands where a signature is missing.
    pub fn is_null(&self) -> bool {
        *self == Signature::NULL
    }

    /// The public key that signed `digest`.
    pub fn recover(&self, digest: &Hash32) -> Result<PublicKey, SignatureError> {
        if self.is_null() {
            return Err(SignatureError::Missing);
        }
        self.recoverable()
            .and_then(|signature| SECP.recover_ecdsa(&Message::from_digest(digest.0), &signature).ok())
            .ok_or(SignatureError::Invalid)
    }

    /// Whether the owner of `signer` signed `digest`.
    pub fn verify(&self, digest: &Hash32, signer: Address) -> Result<(), SignatureError> {
        match Address::from_pubkey(&self.recover(digest)?) == signer {
            true => Ok(()),
            false => Err(SignatureError::WrongSigner(signer)),
        }
    }

    fn recoverable(&self) -> Option<RecoverableSignature> {
        let [compact @ .., id] = &self.0;
        // Nodes call s malleable by its highest bit alone, so this lets pass a few that are not the lower half.
        let malleable = compact[32] >= 0x80;
        let id = RecoveryId::from_i32(i32::from(*id)).ok().filter(|_| !malleable)?;
        RecoverableSignature::from_compact(compact, id).ok()
    }
}

impl From<RecoverableSignature> for Signature {
    fn from(signature: RecoverableSignature) -> Signature {
        let (id, compact) = signature.serialize_compact();
        let mut bytes = [0; Signature::SIZE];
        let (front, back) = bytes.split_at_mut(compact.len());
        front.copy_from_slice(&compact);
        back[0] = u8::try_from(id.to_i32()).expect("BUG: a recovery id is 0 to 3");
        Signature(bytes)
    }
}

/// 130 hexadecimal digits.
impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::super::SecretKey;
    use super::*;

    fn signed() -> (SecretKey, Hash32, Signature) {
        let key = SecretKey::from_bytes(&[7; 32]).unwrap();
        let digest = Hash32([9; 32]);
        let signature = key.sign(&digest);
        (key, digest, signature)
    }

    #[test]
    fn should_refuse_what_nodes_refuse() {
        let (key, digest, signature) = signed();
        let with = |place: usize, byte: u8| {
            let mut bytes = *signature.as_bytes();
            bytes[place] = byte;
            Signature::from_bytes(bytes).verify(&digest, key.address())
        };
        assert_eq!(with(64, 4), Err(SignatureError::Invalid));
        assert_eq!(with(64, 0xdd), Err(SignatureError::Invalid));
        assert_eq!(with(32, 0x80), Err(SignatureError::Invalid));
        assert_eq!(Signature::NULL.verify(&digest, key.address()), Err(SignatureError::Missing));
        assert_eq!(Signature::from_bytes([0xff; 65]).recover(&digest), Err(SignatureError::Invalid));
    }

    #[test]
    fn should_refuse_another_signer_and_another_digest() {
        let (key, digest, signature) = signed();
        let other = SecretKey::from_bytes(&[8; 32]).unwrap().address();
        assert_eq!(signature.verify(&digest, other), Err(SignatureError::WrongSigner(other)));
        assert!(signature.verify(&Hash32([1; 32]), key.address()).is_err());
    }

    #[test]
    fn should_read_the_text_it_writes() {
        let (_, _, signature) = signed();
        assert_eq!(Signature::parse(&signature.to_string()), Ok(signature));
        assert_eq!(Signature::parse("00"), Err(SignatureError::Text));
    }
}
