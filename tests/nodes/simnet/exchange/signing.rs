//! How each venue wants its requests signed.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use md5::{Digest as _, Md5};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair};
use ring::{digest, hmac};
use serde_json::json;

use super::Parameters;

/// Milliseconds since 1970.
#[allow(clippy::disallowed_methods, reason = "what is signed is held against the clock of another process")]
pub(super) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    u64::try_from(since.as_millis()).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Nothing here needs to be encoded.
pub(super) fn form(parameters: Parameters<'_>) -> String {
    parameters.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

/// The whole body.
pub(super) fn c2cx((key, secret): (&str, &str), parameters: Parameters<'_>) -> String {
    let mut sorted = parameters.to_vec();
    sorted.sort_unstable();
    let signed = [&[("apiKey", key)], &sorted[..], &[("secretKey", secret)]].concat();
    let sign = hex(&Md5::digest(form(&signed))).to_uppercase();
    form(&[parameters, &[("apiKey", key), ("sign", &sign)]].concat())
}

/// The whole query.
pub(super) fn binance(secret: &str, parameters: Parameters<'_>, now: u64) -> String {
    let now = now.to_string();
    let text = form(&[parameters, &[("timestamp", &now)]].concat());
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    format!("{text}&signature={}", hex(hmac::sign(&key, text.as_bytes()).as_ref()))
}

/// The whole query, signed by a key in a PEM of PKCS 8, whose end is the seed.
pub(super) fn binance_ed25519(pem: &str, parameters: Parameters<'_>, now: u64) -> String {
    let now = now.to_string();
    let text = form(&[parameters, &[("timestamp", &now)]].concat());
    let der = STANDARD.decode(pem.lines().nth(1).unwrap()).unwrap();
    let pair = Ed25519KeyPair::from_seed_unchecked(&der[der.len() - 32..]).unwrap();
    let signature = STANDARD.encode(pair.sign(text.as_bytes()));
    let encoded = signature.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    format!("{text}&signature={encoded}")
}

/// Body and signature.
pub(super) fn kraken(secret: &str, path: &str, nonce: u64, parameters: Parameters<'_>) -> (String, String) {
    let nonce = nonce.to_string();
    let body = form(&[&[("nonce", nonce.as_str())], parameters].concat());
    let inner = digest::digest(&digest::SHA256, format!("{nonce}{body}").as_bytes());
    let key = hmac::Key::new(hmac::HMAC_SHA512, &STANDARD.decode(secret).unwrap());
    let signature = hmac::sign(&key, &[path.as_bytes(), inner.as_ref()].concat());
    (body, STANDARD.encode(signature))
}

pub(super) fn ed25519_token((name, secret): (&str, &str), uri: &str) -> String {
    let pair = Ed25519KeyPair::from_seed_unchecked(&STANDARD.decode(secret).unwrap()[..32]).unwrap();
    token(("EdDSA", name), uri, now(), |text| pair.sign(text).as_ref().to_vec())
}

/// By a key as Coinbase gives them out: a PEM of SEC 1, in which private and public key have their places.
pub(super) fn es256_token((name, pem): (&str, &str), uri: &str, now: u64) -> String {
    let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let der = STANDARD.decode(base64).unwrap();
    let (private, public) = (&der[7..39], &der[der.len() - 65..]);
    let (algorithm, random) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
    let pair = EcdsaKeyPair::from_private_key_and_public_key(algorithm, private, public, &random).unwrap();
    token(("ES256", name), uri, now, |text| pair.sign(&random, text).unwrap().as_ref().to_vec())
}

fn token((algorithm, name): (&str, &str), uri: &str, now: u64, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let header = json!({ "alg": algorithm, "kid": name, "typ": "JWT", "nonce": "00" });
    let from = now / 1_000;
    let claims = json!({ "sub": name, "iss": "cdp", "nbf": from, "exp": from + 120, "uri": uri });
    let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&header), part(&claims));
    let signature = URL_SAFE_NO_PAD.encode(sign(signed.as_bytes()));
    format!("{signed}.{signature}")
}
