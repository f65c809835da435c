//! How Kraken is signed for: over the path, and a digest of nonce and body.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::{digest, hmac};

use super::super::settings::SetupError;

/// What requests are signed with.
pub(super) struct Signer(hmac::Key);

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signer")
    }
}

impl Signer {
    /// Returns the signer of a secret in base64.
    pub(super) fn new(secret: &str) -> Result<Self, SetupError> {
        let secret = STANDARD.decode(secret.trim()).map_err(|_| SetupError::Secret("not in base64"))?;
        Ok(Signer(hmac::Key::new(hmac::HMAC_SHA512, &secret)))
    }

    /// Returns the signature of a body in which the nonce stands.
    pub(super) fn signature(&self, path: &str, nonce: &str, body: &str) -> String {
        let inner = digest::digest(&digest::SHA256, format!("{nonce}{body}").as_bytes());
        STANDARD.encode(hmac::sign(&self.0, &[path.as_bytes(), inner.as_ref()].concat()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::form::encoded;
    use super::*;

    #[test]
    fn should_sign_as_kraken_documents_it() {
        let secret =
            "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg==";
        let parameters = [("ordertype", "limit"), ("pair", "XBTUSD"), ("price", "37500"), ("type", "buy")];
        let nonce = "1616492376594";
        let body = encoded(&[&[("nonce", nonce)], &parameters[..], &[("volume", "1.25")]].concat());
        assert_eq!(
            Signer::new(secret).unwrap().signature("/0/private/AddOrder", nonce, &body),
            "4/dpxb3iT4tp/ZCVEwSnEsLxx0bqyhLpdfOpc6fn7OR8+UClSV5n9E6aSS8MPtnRfp32bAb0nmbRn6H8ndwLUQ=="
        );
        assert_eq!(Signer::new("no base64!").unwrap_err(), SetupError::Secret("not in base64"));
    }
}
