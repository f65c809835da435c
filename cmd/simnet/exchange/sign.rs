//! How requests are signed: what the venues check, as their documents have it.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use md5::{Digest, Md5};
use ring::signature::{ECDSA_P256_SHA256_FIXED, ED25519, UnparsedPublicKey};
use ring::{digest, hmac};
use serde_json::Value;

/// Returns the upper-case MD5 that C2CX wants over parameters in the order of their names.
pub(super) fn c2cx(key: &str, secret: &str, parameters: &[(String, String)]) -> String {
    let mut sorted: Vec<_> = parameters.iter().collect();
    sorted.sort();
    let mut text = format!("apiKey={key}");
    for (name, value) in sorted {
        let _ = write!(text, "&{name}={value}");
    }
    let _ = write!(text, "&secretKey={secret}");
    hex(&Md5::digest(text.as_bytes())).to_uppercase()
}

/// Whether a signature in hexadecimal digits is Binance's over query and body, one behind the other.
pub(super) fn is_binance(secret: &str, payload: &str, signature: &str) -> bool {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    hmac::verify(&key, payload.as_bytes(), &unhex(signature).unwrap_or_default()).is_ok()
}

/// Whether a signature in base64, as it stands in a query, is Binance's by a key of Ed25519.
pub(super) fn is_binance_ed25519(public: &[u8], payload: &str, signature: &str) -> bool {
    let signature = STANDARD.decode(signature).unwrap_or_default();
    UnparsedPublicKey::new(&ED25519, public).verify(payload.as_bytes(), &signature).is_ok()
}

/// Whether a signature in base64 is Kraken's over path, nonce and body; the secret is in base64 too.
pub(super) fn is_kraken(secret: &str, path: &str, (nonce, body): (&str, &str), signature: &str) -> bool {
    let inner = digest::digest(&digest::SHA256, format!("{nonce}{body}").as_bytes());
    let key = hmac::Key::new(hmac::HMAC_SHA512, &STANDARD.decode(secret).unwrap_or_default());
    let message = [path.as_bytes(), inner.as_ref()].concat();
    hmac::verify(&key, &message, &STANDARD.decode(signature).unwrap_or_default()).is_ok()
}

/// A JSON web token, read and not yet believed.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) header: Value,
    pub(super) claims: Value,
    /// What the signature is over.
    signed: String,
    signature: Vec<u8>,
}

/// What a token is checked with.
#[derive(Debug, Clone, Copy)]
pub(super) enum TokenKey<'a> {
    /// An uncompressed point.
    Es256(&'a [u8]),
    Ed25519(&'a [u8]),
}

impl Token {
    /// Returns `None` where the text is no such token.
    pub(super) fn read(text: &str) -> Option<Token> {
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let part = |part: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok();
        Some(Token {
            header: part(header)?,
            claims: part(claims)?,
            signed: signed.to_owned(),
            signature: URL_SAFE_NO_PAD.decode(signature).ok()?,
        })
    }

    /// Whether it is signed by this key, by the algorithm that it names.
    pub(super) fn is_signed_by(&self, key: TokenKey<'_>) -> bool {
        let named = self.header["alg"].as_str();
        let verified = match key {
            TokenKey::Es256(point) if named == Some("ES256") => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
                    .verify(self.signed.as_bytes(), &self.signature)
            }
            TokenKey::Ed25519(public) if named == Some("EdDSA") => {
                UnparsedPublicKey::new(&ED25519, public).verify(self.signed.as_bytes(), &self.signature)
            }
            TokenKey::Es256(_) | TokenKey::Ed25519(_) => return false,
        };
        verified.is_ok()
    }
}

/// Returns lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

pub(super) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    if digits.len().is_multiple_of(2) { digits.chunks(2).map(pair).collect() } else { None }
}

#[cfg(test)]
mod tests {
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
    use serde_json::json;

    use super::*;

    fn parameters(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn should_sign_as_c2cx_does() {
        let (key, secret) = ("C821DB84-6FBD-11E4-A9E3-C86000D26D7C", "12D857DE-7A92-F555-10AC-7566A0D84D1B");
        for (list, expected) in [
            (vec![], "BC0DE7EBA50C730BDFC575FE2CD54082"),
            (vec![("bar", "345"), ("foo", "123")], "8744DB365DE080C0A45C9940879E9644"),
            (vec![("foo", "a:b")], "965DAC47B580945BFB97338AA7C34218"),
        ] {
            assert_eq!(c2cx(key, secret, &parameters(&list)), expected, "{list:?}");
        }
        assert_eq!(c2cx("KEY", "SECRET", &[]), "4E6E93E1E904BF1A00637B4CC9347A17");
    }

    #[test]
    fn should_check_as_binance_does() {
        let secret = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j";
        let limit = "&side=BUY&type=LIMIT&timeInForce=GTC";
        let rest = "quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559";
        let digits = "%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95%EF%BC%96";
        for (payload, expected) in [
            (
                format!("symbol=LTCBTC{limit}&{rest}"),
                "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71",
            ),
            (
                format!("symbol={digits}{limit}&{rest}"),
                "e1353ec6b14d888f1164ae9af8228a3dbd508bc82eb867db8ab6046442f33ef3",
            ),
            (
                format!("symbol=LTCBTC{limit}{rest}"),
                "0fd168b8ddb4876a0358a8d14d0c9f3da0e9b20c5d52b2a00fcf7d1c602f9a77",
            ),
        ] {
            assert!(is_binance(secret, &payload, expected), "{payload}");
            assert!(!is_binance(secret, &format!("{payload}0"), expected), "{payload}");
        }
    }

    #[test]
    fn should_check_as_kraken_does() {
        let secret =
            "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg==";
        let body = "nonce=1616492376594&ordertype=limit&pair=XBTUSD&price=37500&type=buy&volume=1.25";
        let expected =
            "4/dpxb3iT4tp/ZCVEwSnEsLxx0bqyhLpdfOpc6fn7OR8+UClSV5n9E6aSS8MPtnRfp32bAb0nmbRn6H8ndwLUQ==";
        let path = "/0/private/AddOrder";
        assert!(is_kraken(secret, path, ("1616492376594", body), expected));
        assert!(!is_kraken(secret, path, ("1616492376595", body), expected));
    }

    #[test]
    fn should_believe_tokens_of_their_key_and_algorithm_alone() {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let ecdsa =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap();
        let edwards = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
        let token = |alg: &str, sign: &dyn Fn(&[u8]) -> Vec<u8>| {
            let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
            let signed = format!("{}.{}", part(json!({ "alg": alg })), part(json!({ "sub": "me" })));
            Token::read(&format!("{signed}.{}", URL_SAFE_NO_PAD.encode(sign(signed.as_bytes())))).unwrap()
        };
        let by_ecdsa = |text: &[u8]| ecdsa.sign(&random, text).unwrap().as_ref().to_vec();
        let by_edwards = |text: &[u8]| edwards.sign(text).as_ref().to_vec();
        let point = ecdsa.public_key().as_ref();
        let public = edwards.public_key().as_ref();
        assert!(token("ES256", &by_ecdsa).is_signed_by(TokenKey::Es256(point)));
        assert!(token("EdDSA", &by_edwards).is_signed_by(TokenKey::Ed25519(public)));
        assert!(!token("EdDSA", &by_ecdsa).is_signed_by(TokenKey::Es256(point)));
        assert!(!token("ES256", &by_edwards).is_signed_by(TokenKey::Es256(point)));
        assert!(!token("EdDSA", &|_: &[u8]| vec![0; 64]).is_signed_by(TokenKey::Ed25519(public)));
        assert!(Token::read("a.b").is_none());
    }
}
