//! Reads what an operator gives: a key, with its origin and path or without, or a descriptor.

use std::ops::RangeInclusive;
use std::str::FromStr;

use bitcoin::base58;
use bitcoin::bip32::{ChildNumber, DerivationPath, KeySource, Xpub};
use miniscript::descriptor::checksum::verify_checksum;
use miniscript::descriptor::{ShInner, Wildcard};
use miniscript::{Descriptor, DescriptorPublicKey};

use super::error::XpubError;
use super::slip132::{XpubPrefix, known, letters_of};
use super::{SECP, secrets};
use crate::coins::{AccountFacts, AddressRule, Network};

/// Bytes of an extended key.
const EXTENDED: usize = 78;
/// Letters of one, with the versions of all chains.
const LETTERS: RangeInclusive<usize> = 107..=112;
/// Depth of `m/purpose'/coin'/account'` and of the chain below it.
const ACCOUNT_DEPTH: u8 = 3;
const CHAIN_DEPTH: u8 = 4;
/// The number of the chain of change (BIP-44).
const CHANGE: ChildNumber = ChildNumber::Normal { index: 1 };
const RECEIVING: ChildNumber = ChildNumber::Normal { index: 0 };

/// The key whose children are the addresses' keys, and what is made of them.
pub(super) fn read(text: &str, network: Network) -> Result<(AddressRule, Xpub), XpubError> {
    let text = text.trim();
    if let Some(secret) = secrets::find(text) {
        return Err(XpubError::Secret(secret));
    }
    let params = &network.facts().accounts;
    let (origin, rule, chain) =
        if text.contains('(') { descriptor(text, params)? } else { key(text, params)? };
    check_origin(origin.as_ref(), rule, network)?;
    Ok((rule, chain))
}

pub(super) fn looks_like_key(text: &str) -> bool {
    let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let is_descriptor = text.split_once('(').is_some_and(|(name, _)| name.chars().all(is_name));
    let key = text.split('/').next().unwrap_or_default();
    let is_extended = !matches!(extended(key), Ok(None));
    text.starts_with('[') || is_descriptor || is_extended || secrets::find(text).is_some()
}

/// Where a key comes from, what is made of it, and the key whose children are the addresses' keys.
type Account = (Option<KeySource>, AddressRule, Xpub);

fn descriptor(text: &str, params: &AccountFacts) -> Result<Account, XpubError> {
    let expected = params.expected;
    verify_checksum(text).map_err(|_| XpubError::DescriptorChecksum)?;
    refuse_prefixes(text, params)?;
    let descriptor =
        Descriptor::<DescriptorPublicKey>::from_str(text).map_err(|_| XpubError::NotKey { expected })?;
    let (rule, key) = match &descriptor {
        Descriptor::Pkh(script) => (AddressRule::P2pkh, script.as_inner()),
        Descriptor::Wpkh(script) => (AddressRule::P2wpkh, script.as_inner()),
        Descriptor::Tr(script) if script.tap_tree().is_none() => (AddressRule::P2tr, script.internal_key()),
        Descriptor::Sh(script) => match script.as_inner() {
            ShInner::Wpkh(script) => (AddressRule::P2shP2wpkh, script.as_inner()),
            ShInner::Wsh(_) | ShInner::Ms(_) | ShInner::SortedMulti(_) => {
                return Err(XpubError::Script { expected });
            }
        },
        Descriptor::Tr(_) | Descriptor::Bare(_) | Descriptor::Wsh(_) => {
            return Err(XpubError::Script { expected });
        }
    };
    if !params.rules.contains(&rule) {
        return Err(XpubError::Script { expected });
    }
    let (origin, chain) = chain(key)?;
    Ok((origin.cloned(), rule, chain))
}

/// Says of a key inside a descriptor what the library would not: that it is another chain's, or not written plainly.
fn refuse_prefixes(text: &str, params: &AccountFacts) -> Result<(), XpubError> {
    for token in text.split(|c: char| !c.is_ascii_alphanumeric()) {
        let Some(prefix) = extended(token)?.and_then(|bytes| known(version_of(&bytes))) else { continue };
        if !params.versions.iter().any(|(own, _)| *own == prefix.version) {
            return Err(foreign(&prefix, params));
        }
        if prefix.version != params.plain {
            return Err(XpubError::Prefixed { found: prefix.letters, plain: letters_of(params.plain) });
        }
    }
    Ok(())
}

fn foreign(prefix: &XpubPrefix, params: &AccountFacts) -> XpubError {
    let expected = params.expected;
    match prefix.several_signers {
        true => XpubError::Multisig { expected },
        false => XpubError::OtherChain { found: prefix.chain, expected },
    }
}

/// `[origin]key/path`, where both may be left out.
fn key(text: &str, params: &AccountFacts) -> Result<Account, XpubError> {
    let not_key = XpubError::NotKey { expected: params.expected };
    let (origin, rest) = match text.find(']') {
        Some(end) if text.starts_with('[') => text.split_at(end + 1),
        _ => ("", text),
    };
    let (key, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let mut bytes = extended(key)?.ok_or(not_key.clone())?;
    let prefix = known(version_of(&bytes)).ok_or(not_key.clone())?;
    let own = params.versions.iter().find(|(own, _)| *own == prefix.version);
    let (_, by_prefix) = own.ok_or_else(|| foreign(&prefix, params))?;
    bytes[..4].copy_from_slice(&params.plain.to_be_bytes());
    let extended = Xpub::decode(&bytes).map_err(|_| not_key.clone())?;
    let path = if path.is_empty() { usual_path(&extended)? } else { path };
    let expression = format!("{origin}{extended}{path}");
    let key = DescriptorPublicKey::from_str(&expression).map_err(|_| not_key)?;
    let (origin, chain) = chain(&key)?;
    let by_origin = purpose_of(origin).and_then(|purpose| rule_of(purpose, params));
    let rule = by_origin.filter(|_| prefix.version == params.plain).unwrap_or(*by_prefix);
    Ok((origin.cloned(), rule, chain))
}

/// The bytes of an extended key; none where it does not look like one.
fn extended(token: &str) -> Result<Option<Vec<u8>>, XpubError> {
    match base58::decode_check(token) {
        Ok(bytes) if bytes.len() == EXTENDED => match bytes[4] == 0 && bytes[5..13] != [0; 8] {
            true => Err(XpubError::Orphan),
            false => Ok(Some(bytes)),
        },
        Ok(_) => Ok(None),
        Err(_) if LETTERS.contains(&token.len()) => Err(XpubError::KeyChecksum),
        Err(_) => Ok(None),
    }
}

fn version_of(bytes: &[u8]) -> u32 {
    bytes.first_chunk().map_or(0, |version| u32::from_be_bytes(*version))
}

/// The path to the addresses below a key that came without one.
fn usual_path(key: &Xpub) -> Result<&'static str, XpubError> {
    match (key.depth, key.child_number) {
        (ACCOUNT_DEPTH, ChildNumber::Hardened { .. }) => Ok("/0/*"),
        (CHAIN_DEPTH, RECEIVING) => Ok("/*"),
        (CHAIN_DEPTH, CHANGE) => Err(XpubError::Change),
        (depth, _) => Err(XpubError::Depth { depth }),
    }
}

/// The origin of a key, and the key whose children are the addresses' keys.
fn chain(key: &DescriptorPublicKey) -> Result<(Option<&KeySource>, Xpub), XpubError> {
    let (origin, key, path, wildcard) = match key {
        DescriptorPublicKey::Single(_) => return Err(XpubError::SingleKey),
        DescriptorPublicKey::XPub(key) => (&key.origin, &key.xkey, &key.derivation_path, key.wildcard),
        DescriptorPublicKey::MultiXPub(key) => match key.derivation_paths.paths().as_slice() {
            [receiving, _] => (&key.origin, &key.xkey, receiving, key.wildcard),
            _ => return Err(XpubError::Path),
        },
    };
    let hardened = path.into_iter().any(ChildNumber::is_hardened);
    match wildcard {
        Wildcard::Hardened => return Err(XpubError::Hardened),
        Wildcard::Unhardened | Wildcard::None if hardened => return Err(XpubError::Hardened),
        Wildcard::None => return Err(XpubError::OneAddress),
        Wildcard::Unhardened => {}
    }
    if is_change(key, path) {
        return Err(XpubError::Change);
    }
    let chain = key.derive_pub(&*SECP, path).map_err(|_| XpubError::Path)?;
    Ok((origin.as_ref(), chain))
}

/// Whether the addresses are those that the wallet itself sends its change to.
fn is_change(key: &Xpub, path: &DerivationPath) -> bool {
    let last = path.into_iter().last();
    last.copied().or((key.depth == CHAIN_DEPTH).then_some(key.child_number)) == Some(CHANGE)
}

/// The number of the BIP at the beginning of an origin's path.
fn purpose_of(origin: Option<&KeySource>) -> Option<u32> {
    match origin?.1.into_iter().next()? {
        ChildNumber::Hardened { index } => Some(*index),
        ChildNumber::Normal { .. } => None,
    }
}

fn rule_of(purpose: u32, params: &AccountFacts) -> Option<AddressRule> {
    params.rules.iter().copied().find(|rule| rule.purpose() == purpose)
}

/// An origin that says another coin or another script than the key is used for is somebody's mistake.
fn check_origin(origin: Option<&KeySource>, rule: AddressRule, network: Network) -> Result<(), XpubError> {
    let Some(purpose) = purpose_of(origin).filter(|purpose| [44, 49, 84, 86].contains(purpose)) else {
        return Ok(());
    };
    let expected = network.facts().accounts.coin_type;
    let coin = origin.and_then(|(_, path)| path.into_iter().nth(1));
    match coin {
        Some(ChildNumber::Hardened { index }) if *index != expected => {
            Err(XpubError::OriginCoin { found: *index, expected, name: network.coin().code() })
        }
        _ if purpose != rule.purpose() => {
            Err(XpubError::OriginPurpose { origin: purpose, script: rule.purpose() })
        }
        _ => Ok(()),
    }
}
