//! Private keys, in the forms that venues give them out in.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair};

/// Tags of DER.
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const SEQUENCE: u8 = 0x30;
const FIRST_CHOICE: u8 = 0xa0;
const SECOND_CHOICE: u8 = 0xa1;

/// Returns the bytes of a PEM; none where the text is none. Line ends may be written as `\n`, as in files of JSON.
pub(super) fn pem(text: &str) -> Option<Vec<u8>> {
    let text = text.replace("\\n", "\n");
    let (_, rest) = text.split_once("-----BEGIN ")?;
    let (_, rest) = rest.split_once("-----")?;
    let (inner, _) = rest.split_once("-----END ")?;
    STANDARD.decode(inner.split_whitespace().collect::<String>()).ok()
}

/// Returns a key of Ed25519 out of a PEM of PKCS 8, or out of its seed in base64, with the public key behind it or not.
pub(super) fn ed25519(text: &str) -> Option<Ed25519KeyPair> {
    if let Some(der) = pem(text) {
        return Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der).ok();
    }
    let bytes = STANDARD.decode(text.trim()).ok()?;
    match bytes.split_at_checked(32)? {
        (seed, []) => Ed25519KeyPair::from_seed_unchecked(seed).ok(),
        (seed, public) => Ed25519KeyPair::from_seed_and_public_key(seed, public).ok(),
    }
}

/// Returns a key of the curve P-256 out of a PEM of SEC 1 or PKCS 8 that holds the public key too.
pub(super) fn p256(text: &str, random: &SystemRandom) -> Option<EcdsaKeyPair> {
    let der = pem(text)?;
    let (private, public) = sec1(sec1_of(&der)?)?;
    EcdsaKeyPair::from_private_key_and_public_key(&ECDSA_P256_SHA256_FIXED_SIGNING, private, public, random)
        .ok()
}

/// Returns what is inside the sequence of SEC 1: PKCS 8 has that in a string of bytes.
fn sec1_of(der: &[u8]) -> Option<&[u8]> {
    let (outer, _) = element(der, SEQUENCE)?;
    let (version, rest) = element(outer, INTEGER)?;
    if version == [1] {
        return Some(outer);
    }
    let (_, rest) = element(rest, SEQUENCE)?;
    let (inner, _) = element(rest, OCTET_STRING)?;
    element(inner, SEQUENCE).map(|(inner, _)| inner)
}

/// Returns private and public key.
fn sec1(inner: &[u8]) -> Option<(&[u8], &[u8])> {
    let (_, rest) = element(inner, INTEGER)?;
    let (private, rest) = element(rest, OCTET_STRING)?;
    // The name of the curve may be left out.
    let rest = element(rest, FIRST_CHOICE).map_or(rest, |(_, rest)| rest);
    let (public, _) = element(element(rest, SECOND_CHOICE)?.0, BIT_STRING)?;
    Some((private, public.strip_prefix(&[0])?))
}

/// Returns what an element of this tag holds, and what stands behind it.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (found, rest) = der.split_first()?;
    let (length, rest) = rest.split_first()?;
    let (length, rest) = match length {
        0..=0x7f => (usize::from(*length), rest),
        0x81 => rest.split_first().map(|(length, rest)| (usize::from(*length), rest))?,
        0x82 => {
            let (length, rest) = rest.split_first_chunk::<2>()?;
            (usize::from(u16::from_be_bytes(*length)), rest)
        }
        _ => return None,
    };
    if *found == tag { rest.split_at_checked(length) } else { None }
}

#[cfg(test)]
mod tests {
    use ring::signature::KeyPair;

    use super::*;

    /// What PKCS 8 has inside is SEC 1.
    fn sec1_pem() -> String {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let (inner, _) = element(pkcs8.as_ref(), SEQUENCE).unwrap();
        let (_, rest) = element(inner, INTEGER).unwrap();
        let (_, rest) = element(rest, SEQUENCE).unwrap();
        let (sec1, _) = element(rest, OCTET_STRING).unwrap();
        written("EC PRIVATE KEY", sec1)
    }

    fn written(name: &str, der: &[u8]) -> String {
        format!("-----BEGIN {name}-----\n{}\n-----END {name}-----\n", STANDARD.encode(der))
    }

    #[test]
    fn should_read_keys_of_p256_in_both_forms() {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let own =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap();
        let read = p256(&written("PRIVATE KEY", pkcs8.as_ref()), &random).unwrap();
        assert_eq!(read.public_key().as_ref(), own.public_key().as_ref());
        let sec1 = sec1_pem();
        assert!(p256(&sec1, &random).is_some());
        assert!(p256(&sec1.replace('\n', "\\n"), &random).is_some(), "as files of JSON have it");
        for text in ["", "AAAA", "-----BEGIN X-----\nAAAA\n-----END X-----", "-----BEGIN X-----"] {
            assert!(p256(text, &random).is_none(), "{text}");
        }
        assert!(p256(&sec1.replace("M", "N"), &random).is_none());
    }

    #[test]
    fn should_read_keys_of_ed25519_in_all_forms() {
        let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        let own = Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap();
        let read = ed25519(&written("PRIVATE KEY", pkcs8.as_ref())).unwrap();
        assert_eq!(read.public_key().as_ref(), own.public_key().as_ref());
        let own = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
        let public = own.public_key().as_ref();
        for bytes in [vec![7; 32], [&[7; 32], public].concat()] {
            assert_eq!(ed25519(&STANDARD.encode(bytes)).unwrap().public_key().as_ref(), public);
        }
        for bytes in [vec![], vec![7; 31], vec![7; 33], vec![7; 64]] {
            assert!(ed25519(&STANDARD.encode(bytes)).is_none());
        }
    }
}
