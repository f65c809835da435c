//! Tokens against forged requests: the daemon's own form, good for thirty seconds.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bitcoin::hashes::{Hash, HashEngine, Hmac, HmacEngine, sha256};
use bitcoin::secp256k1::rand::{RngCore, thread_rng};

use super::golang::moment;

/// Seconds that a token is good for.
const MAX_AGE: u64 = 30;

/// Makes and checks tokens.
pub(crate) struct Csrf {
    secret: [u8; 64],
}

impl Csrf {
    pub(crate) fn new() -> Csrf {
        Csrf { secret: random() }
    }

    pub(crate) fn token(&self, now: u64) -> String {
        let (nonce, expires) = (STANDARD.encode(random()), moment(now.saturating_add(MAX_AGE)));
        let token = format!("{{\"Nonce\":\"{nonce}\",\"ExpiresAt\":\"{expires}\"}}");
        format!("{}.{}", URL_SAFE_NO_PAD.encode(&token), self.signature(token.as_bytes()))
    }

    /// The daemon's words for what is wrong with a token.
    pub(crate) fn check(&self, token: &str, now: u64) -> Result<(), String> {
        let Some((text, signature)) = token.split_once('.').filter(|(_, rest)| !rest.contains('.')) else {
            return Err("invalid CSRF token".to_owned());
        };
        let text = URL_SAFE_NO_PAD.decode(text).map_err(|error| illegal(&error, text))?;
        if self.signature(&text) != signature {
            return Err("invalid CSRF token signature".to_owned());
        }
        // What is signed here was written here: the moment stands between the last two quotation marks.
        let expires = String::from_utf8_lossy(&text).rsplit('"').nth(1).unwrap_or_default().to_owned();
        // Moments of one form sort as texts do.
        if moment(now) > expires { Err("csrf token expired".to_owned()) } else { Ok(()) }
    }

    fn signature(&self, text: &[u8]) -> String {
        let mut engine = HmacEngine::<sha256::Hash>::new(&self.secret);
        engine.input(text);
        URL_SAFE_NO_PAD.encode(Hmac::from_engine(engine).to_byte_array())
    }
}

fn illegal(error: &base64::DecodeError, text: &str) -> String {
    let place = match error {
        base64::DecodeError::InvalidByte(place, _)
        | base64::DecodeError::InvalidLastSymbol { offset: place, .. } => *place,
        _ => text.len(),
    };
    format!("illegal base64 data at input byte {place}")
}

fn random() -> [u8; 64] {
    let mut bytes = [0; 64];
    thread_rng().fill_bytes(&mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_take_its_own_tokens_for_thirty_seconds() {
        let csrf = Csrf::new();
        let token = csrf.token(1000);
        assert_eq!(csrf.check(&token, 1030), Ok(()));
        assert_eq!(csrf.check(&token, 1031).unwrap_err(), "csrf token expired");
        assert_eq!(Csrf::new().check(&token, 1000).unwrap_err(), "invalid CSRF token signature");
        assert_eq!(csrf.check("", 1000).unwrap_err(), "invalid CSRF token");
    }
}
