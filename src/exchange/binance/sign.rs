//! How Binance is signed for: over the query with the body right behind it, as they are sent.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use ring::signature::Ed25519KeyPair;

use super::super::form::{encoded, hex};
use super::super::keys;
use super::super::settings::SetupError;

/// What requests are signed with.
pub(super) enum Signer {
    Hmac(hmac::Key),
    Ed25519(Box<Ed25519KeyPair>),
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Signer::Hmac(_) => "Hmac",
            Signer::Ed25519(_) => "Ed25519",
        })
    }
}

impl Signer {
    /// Returns the signer of a secret: a PEM is a key of Ed25519, everything else one of HMAC.
    pub(super) fn new(secret: &str) -> Result<Self, SetupError> {
        if !secret.contains("-----BEGIN") {
            return Ok(Signer::Hmac(hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes())));
        }
        let pair = keys::ed25519(secret).ok_or(SetupError::Secret("no PEM of an Ed25519 key"))?;
        Ok(Signer::Ed25519(Box::new(pair)))
    }

    /// Returns the signature as it is before it is encoded.
    fn signature(&self, payload: &str) -> String {
        match self {
            Signer::Hmac(key) => hex(hmac::sign(key, payload.as_bytes()).as_ref()),
            Signer::Ed25519(pair) => STANDARD.encode(pair.sign(payload.as_bytes())),
        }
    }

    /// Returns the parameter that is put behind the payload.
    pub(super) fn parameter(&self, payload: &str) -> String {
        encoded(&[("signature", &self.signature(payload))])
    }
}

#[cfg(test)]
mod tests {
    use ring::signature::{ED25519, KeyPair, UnparsedPublicKey};

    use super::*;

    const SECRET: &str = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j";

    #[test]
    fn should_sign_as_binance_documents_it() {
        let signer = Signer::new(SECRET).unwrap();
        let limit = [("side", "BUY"), ("type", "LIMIT"), ("timeInForce", "GTC")];
        let (quantity, dated) =
            ([("quantity", "1"), ("price", "0.1")], [("recvWindow", "5000"), ("timestamp", "1499827319559")]);
        let rest = [&quantity[..], &dated].concat();
        let whole = |symbol| encoded(&[&[("symbol", symbol)], &limit[..], &rest].concat());
        for (payload, expected) in [
            (whole("LTCBTC"), "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71"),
            (whole("１２３４５６"), "e1353ec6b14d888f1164ae9af8228a3dbd508bc82eb867db8ab6046442f33ef3"),
            (
                encoded(&[&[("symbol", "LTCBTC")], &limit[..]].concat()) + &encoded(&rest),
                "0fd168b8ddb4876a0358a8d14d0c9f3da0e9b20c5d52b2a00fcf7d1c602f9a77",
            ),
        ] {
            assert_eq!(signer.signature(&payload), expected, "{payload}");
            assert_eq!(signer.parameter(&payload), format!("signature={expected}"));
        }
    }

    #[test]
    fn should_sign_with_ed25519_where_the_secret_is_a_pem() {
        let pkcs8 = Ed25519KeyPair::generate_pkcs8(&ring::rand::SystemRandom::new()).unwrap();
        let pem = format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            STANDARD.encode(pkcs8.as_ref())
        );
        let signature = STANDARD.decode(Signer::new(&pem).unwrap().signature("a=1")).unwrap();
        let own = Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap();
        UnparsedPublicKey::new(&ED25519, own.public_key().as_ref()).verify(b"a=1", &signature).unwrap();
        assert!(Signer::new("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----").is_err());
    }
}
