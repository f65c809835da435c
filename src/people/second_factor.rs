//! The second factor: codes of six digits that change every thirty seconds (RFC 6238), and codes for whoever lost the
//! device that shows them.

use bitcoin::hex::DisplayHex;
use totp_rs::{Builder, Secret, Totp};

use super::Trouble;
use super::secret::{hash_of, random};
use crate::types::{Hash32, Hidden, UnixTime};

/// How many recovery codes there are.
pub const RECOVERY_CODES: usize = 10;
/// What programs that show codes list them under.
const ISSUER: &str = "Teller";

/// What a person needs to set up a second factor.
#[derive(Debug, Clone)]
pub struct Enrolment {
    /// The key, in base 32.
    pub key: Hidden,
    /// The same as a program on a phone reads it.
    pub url: Hidden,
}

impl Enrolment {
    /// Returns a new key for this person.
    ///
    /// # Errors
    ///
    /// Where the system gives no chance.
    pub fn new(name: &str) -> Result<Enrolment, Trouble> {
        let secret = Secret::from(random::<20>()?.to_vec());
        let key = Hidden::new(secret.to_base32());
        let url = totp(&key, name)?.to_url().map_err(|error| Trouble(error.to_string()))?;
        Ok(Enrolment { key, url: Hidden::new(url) })
    }
}

fn totp(key: &Hidden, name: &str) -> Result<Totp, Trouble> {
    let wrong = |error: &dyn std::fmt::Display| Trouble(format!("the key is none: {error}"));
    let secret = Secret::try_from_base32(key.expose()).map_err(|error| wrong(&error))?;
    // One step to either side: clocks of phones are seldom further off.
    let builder = Builder::new().with_secret(secret).with_skew(1).with_issuer(Some(ISSUER));
    builder.with_account_name(name).build().map_err(|error| wrong(&error))
}

/// Returns the step that a code is of, where it is one of now; the same step is never to be accepted again.
///
/// # Errors
///
/// Where the key is none.
pub fn check_code(key: &Hidden, code: &str, now: UnixTime) -> Result<Option<u64>, Trouble> {
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    Ok(totp(key, "")?.check(&code, now.get()))
}

/// Returns new recovery codes, which are shown once.
///
/// # Errors
///
/// Where the system gives no chance.
pub fn recovery_codes() -> Result<Vec<String>, Trouble> {
    let code = |_| {
        let hex = random::<10>()?.to_lower_hex_string();
        let parts: Vec<&str> = (0..5).map(|n| &hex[n * 4..n * 4 + 4]).collect();
        Ok(parts.join("-"))
    };
    (0..RECOVERY_CODES).map(code).collect()
}

/// Returns what is kept of a recovery code, whatever was typed between its letters. It has 80 bits of chance.
pub fn recovery_code_hash(code: &str) -> Hash32 {
    let letters: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    hash_of(&letters.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of RFC 6238's appendix B, "12345678901234567890", in base 32.
    const KEY: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    #[test]
    fn should_take_the_codes_of_the_standard() {
        let key = Hidden::new(KEY.to_owned());
        for (at, code, step) in
            [(59, "287082", 1), (1_111_111_109, "081804", 37_037_036), (2_000_000_000, "279037", 66_666_666)]
        {
            assert_eq!(check_code(&key, code, UnixTime::new(at)).unwrap(), Some(step));
            assert_eq!(check_code(&key, code, UnixTime::new(at + 30)).unwrap(), Some(step), "a step late");
            assert_eq!(check_code(&key, code, UnixTime::new(at + 90)).unwrap(), None, "long ago");
        }
        for code in ["", "28708", "287083", "2870820", "abcdef", "-87082"] {
            assert_eq!(check_code(&key, code, UnixTime::new(59)).unwrap(), None, "{code}");
        }
    }

    #[test]
    fn should_make_a_key_that_a_phone_reads() {
        let one = Enrolment::new("anna").unwrap();
        let url = one.url.expose();
        assert!(url.starts_with("otpauth://totp/Teller:anna?") && url.contains(one.key.expose()), "{url}");
        assert_ne!(one.key, Enrolment::new("anna").unwrap().key);
    }

    #[test]
    fn should_know_a_recovery_code_however_it_is_typed() {
        let codes = recovery_codes().unwrap();
        assert_eq!(codes.len(), RECOVERY_CODES);
        let typed = codes[0].to_uppercase().replace('-', " ");
        assert_eq!(recovery_code_hash(&typed), recovery_code_hash(&codes[0]));
        assert_ne!(recovery_code_hash(&codes[0]), recovery_code_hash(&codes[1]));
    }
}
