//! Tells a secret from a public key, also where it was mistyped or stands inside something else.
//!
//! Rather too much is taken for a secret than too little: nothing public looks like this.

use bip39::Language;
use bitcoin::base58;
use zeroize::Zeroizing;

use super::error::Secret;
use super::slip132::begins_like_private;

/// Letters from which on something that begins like a private key is one.
const MIN_EXTENDED: usize = 20;
/// Letters of a private key in wallet import format, uncompressed and compressed.
const WIF: [usize; 2] = [51, 52];
/// Digits of a private key and of a BIP-39 seed.
const HEX: [usize; 2] = [64, 128];
/// Bytes of an extended key: version, depth, parent, number, chain code, and the key with a byte before it.
const EXTENDED: usize = 78;
/// Where that byte stands: zero before a private key.
const KEY_AT: usize = 45;
/// So many words in a row are no key and no descriptor. A path may have spaces, but hardly as many.
const MIN_WORDS: usize = 6;
/// So many words of BIP-39's list, with whatever stands between them.
const MIN_LISTED_WORDS: usize = 10;

/// Returns what this text gives away; none where it gives nothing away.
pub(super) fn find(text: &str) -> Option<Secret> {
    let secret = text.split(|c: char| !c.is_ascii_alphanumeric()).find_map(in_token);
    secret.or_else(|| is_mnemonic(text).then_some(Secret::Words))
}

fn in_token(token: &str) -> Option<Secret> {
    let base58 = token.bytes().all(|byte| byte.is_ascii_alphanumeric() && !b"0OIl".contains(&byte));
    let digits = token.strip_prefix("0x").unwrap_or(token);
    if token.len() >= MIN_EXTENDED && (begins_like_private(token) || is_private_extended(token)) {
        Some(Secret::ExtendedKey)
    } else if HEX.contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Some(Secret::Hex)
    } else if WIF.contains(&token.len()) && base58 {
        Some(Secret::Wif)
    } else {
        None
    }
}

/// Of whatever chain: the key's first byte tells.
fn is_private_extended(token: &str) -> bool {
    let Ok(bytes) = base58::decode_check(token).map(Zeroizing::new) else { return false };
    bytes.len() == EXTENDED && bytes[KEY_AT] == 0
}

fn is_mnemonic(text: &str) -> bool {
    let words = |part: &str| part.chars().all(char::is_alphabetic);
    let listed = text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    let listed = listed.filter(|word| Language::English.find_word(&word.to_ascii_lowercase()).is_some());
    text.split_whitespace().filter(|part| words(part)).count() >= MIN_WORDS
        || listed.count() >= MIN_LISTED_WORDS
}
