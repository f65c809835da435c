//! How Coinbase is signed for: a token of JSON for each call, by a key of Ed25519 or of the curve P-256.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{EcdsaKeyPair, Ed25519KeyPair};
use serde::Serialize;

use super::super::call_error::CallError;
use super::super::form::hex;
use super::super::keys;
use super::super::settings::SetupError;
use crate::types::UnixTime;

/// Seconds that a token counts for. A call that is held up for longer is turned away.
pub(super) const LIFE: u64 = 60;

/// What tokens are signed with.
enum Pair {
    Ed25519(Box<Ed25519KeyPair>),
    P256(Box<EcdsaKeyPair>),
}

/// Makes tokens.
pub(super) struct Signer {
    pair: Pair,
    random: SystemRandom,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.algorithm())
    }
}

#[derive(Serialize)]
struct Header<'a> {
    alg: &'a str,
    kid: &'a str,
    typ: &'a str,
    nonce: &'a str,
}

#[derive(Serialize)]
struct Claims<'a> {
    sub: &'a str,
    iss: &'a str,
    nbf: u64,
    exp: u64,
    uri: &'a str,
}

impl Signer {
    /// Returns the signer of a secret: a PEM is a key of P-256, base64 one of Ed25519.
    pub(super) fn new(secret: &str) -> Result<Self, SetupError> {
        let random = SystemRandom::new();
        let pair = if secret.contains("-----BEGIN") {
            keys::p256(secret, &random).map(|pair| Pair::P256(Box::new(pair)))
        } else {
            keys::ed25519(secret).map(|pair| Pair::Ed25519(Box::new(pair)))
        };
        let pair =
            pair.ok_or(SetupError::Secret("neither a PEM of a P-256 key nor an Ed25519 key in base64"))?;
        Ok(Signer { pair, random })
    }

    fn algorithm(&self) -> &'static str {
        match self.pair {
            Pair::Ed25519(_) => "EdDSA",
            Pair::P256(_) => "ES256",
        }
    }

    /// Returns a token for one call. `uri` is its method, host and path, without a query.
    pub(super) fn token(&self, key: &str, uri: &str, now: UnixTime) -> Result<String, CallError> {
        let mut nonce = [0; 16];
        self.random.fill(&mut nonce).map_err(|_| unsigned())?;
        self.token_with(key, uri, (now, &hex(&nonce)))
    }

    fn token_with(&self, key: &str, uri: &str, (now, nonce): (UnixTime, &str)) -> Result<String, CallError> {
        let (from, until) = (now.get(), now.get().saturating_add(LIFE));
        let header = part(&Header { alg: self.algorithm(), kid: key, typ: "JWT", nonce })?;
        let claims = part(&Claims { sub: key, iss: "cdp", nbf: from, exp: until, uri })?;
        let text = format!("{header}.{claims}");
        let signature = match &self.pair {
            Pair::Ed25519(pair) => URL_SAFE_NO_PAD.encode(pair.sign(text.as_bytes())),
            Pair::P256(pair) => {
                let signature = pair.sign(&self.random, text.as_bytes()).map_err(|_| unsigned())?;
                URL_SAFE_NO_PAD.encode(signature)
            }
        };
        Ok(format!("{text}.{signature}"))
    }
}

fn part(value: &impl Serialize) -> Result<String, CallError> {
    serde_json::to_string(value).map(|text| URL_SAFE_NO_PAD.encode(text)).map_err(|_| unsigned())
}

fn unsigned() -> CallError {
    CallError::NotSent("no token could be made".to_owned())
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;
    use ring::signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ED25519, KeyPair, UnparsedPublicKey,
    };

    use super::*;

    const URI: &str = "GET api.coinbase.com/api/v3/brokerage/accounts";

    /// What is signed, and the signature.
    fn split(token: &str) -> (&str, Vec<u8>) {
        let (text, signature) = token.rsplit_once('.').unwrap();
        (text, URL_SAFE_NO_PAD.decode(signature).unwrap())
    }

    /// The seed of the first test of RFC 8032; Ed25519 signs the same text in the same way each time.
    #[test]
    fn should_sign_tokens_with_ed25519() {
        let seed = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";
        let signer = Signer::new(seed).unwrap();
        let token = signer
            .token_with("organizations/a/apiKeys/b", URI, (UnixTime::new(1_700_000_000), "00"))
            .unwrap();
        let (text, signature) = split(&token);
        let header = r#"{"alg":"EdDSA","kid":"organizations/a/apiKeys/b","typ":"JWT","nonce":"00"}"#;
        let claims = format!(
            r#"{{"sub":"organizations/a/apiKeys/b","iss":"cdp","nbf":1700000000,"exp":1700000060,"uri":"{URI}"}}"#
        );
        assert_eq!(text, [header, &claims].map(|part| URL_SAFE_NO_PAD.encode(part)).join("."));
        let own = Ed25519KeyPair::from_seed_unchecked(&STANDARD.decode(seed).unwrap()).unwrap();
        let public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
        assert_eq!(hex(own.public_key().as_ref()), public);
        UnparsedPublicKey::new(&ED25519, own.public_key().as_ref())
            .verify(text.as_bytes(), &signature)
            .unwrap();
    }

    #[test]
    fn should_sign_tokens_with_es256() {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let own =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap();
        let pem = format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            STANDARD.encode(pkcs8.as_ref())
        );
        let token = Signer::new(&pem).unwrap().token("b", URI, UnixTime::new(1)).unwrap();
        let (text, signature) = split(&token);
        let header = URL_SAFE_NO_PAD.decode(text.split('.').next().unwrap()).unwrap();
        assert!(
            String::from_utf8(header)
                .unwrap()
                .starts_with(r#"{"alg":"ES256","kid":"b","typ":"JWT","nonce":""#)
        );
        let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, own.public_key().as_ref());
        public.verify(text.as_bytes(), &signature).unwrap();
    }

    #[test]
    fn should_tell_nothing_of_a_secret_that_is_none() {
        for secret in ["", "hunter2", "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----"] {
            let error = Signer::new(secret).unwrap_err();
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
        assert_eq!(
            format!("{:?}", Signer::new("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=").unwrap()),
            "EdDSA"
        );
    }
}
