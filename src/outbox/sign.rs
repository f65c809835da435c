//! Signatures by the Standard Webhooks specification.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use secrecy::{ExposeSecret, SecretString};

use super::SetupError;
use crate::types::UnixTime;

/// What messages are signed with: each with every secret, so that a receiver can change to another one.
pub struct Signer(Vec<hmac::Key>);

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("secrets", &self.0.len()).finish()
    }
}

impl Signer {
    /// Returns the signer of secrets as they are written, `whsec_` and base64.
    ///
    /// # Errors
    ///
    /// Where there is none, or one is no secret.
    pub fn new(secrets: &[SecretString]) -> Result<Signer, SetupError> {
        let wrong = || SetupError("a secret must be whsec_ and then base64".to_owned());
        let key = |secret: &SecretString| {
            let text = secret.expose_secret().strip_prefix("whsec_").ok_or_else(wrong)?;
            let key = STANDARD.decode(text).map_err(|_| wrong())?;
            Ok(hmac::Key::new(hmac::HMAC_SHA256, &key))
        };
        let keys = secrets.iter().map(key).collect::<Result<Vec<_>, SetupError>>()?;
        if keys.is_empty() { Err(wrong()) } else { Ok(Signer(keys)) }
    }

    /// Returns the signatures of a message, one for each secret, with spaces between them.
    pub fn signatures(&self, id: &str, at: UnixTime, body: &[u8]) -> String {
        let signed = [id.as_bytes(), b".", at.get().to_string().as_bytes(), b".", body].concat();
        let one = |key: &hmac::Key| format!("v1,{}", STANDARD.encode(hmac::sign(key, &signed)));
        self.0.iter().map(one).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer(secrets: &[&str]) -> Result<Signer, SetupError> {
        Signer::new(&secrets.iter().map(|secret| SecretString::from(*secret)).collect::<Vec<_>>())
    }

    #[test]
    fn should_sign_as_the_specification_does() {
        // The example of the specification's own libraries.
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let (id, at) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", UnixTime::new(1_614_265_330));
        let body = br#"{"test": 2432232314}"#;
        let signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(signer(&[secret]).unwrap().signatures(id, at, body), signature);
        let both = signer(&["whsec_c2hvcnRzaG9ydHNob3J0c2hvcnRzaG9ydA==", secret]).unwrap();
        let signatures = both.signatures(id, at, body);
        assert_eq!(signatures.split(' ').count(), 2);
        assert!(signatures.ends_with(&format!(" {signature}")), "{signatures}");
    }

    #[test]
    fn should_refuse_what_is_no_secret_and_never_show_one() {
        for wrong in [&[][..], &["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], &["whsec_?"]] {
            assert!(signer(wrong).is_err());
        }
        let shown = format!("{:?}", signer(&["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]).unwrap());
        assert_eq!(shown, "Signer { secrets: 1 }");
    }
}
