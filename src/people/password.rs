//! Passwords: Argon2id with the parameters that OWASP recommends (19 MiB, two passes, one lane).

use std::sync::OnceLock;

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

use super::Trouble;
use crate::types::Hidden;

/// Fewest characters of a password.
const MIN_LEN: usize = 12;
/// Most bytes of one: hashing costs more the longer it is.
const MAX_LEN: usize = 1024;

/// What is wrong with a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// It is too short, too long, or the person's own name.
    #[error("expected at least {MIN_LEN} characters, at most {MAX_LEN} bytes, and not the name itself")]
    Unfit,
    /// It could not be hashed.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

/// Returns the hash of a password that a person is to have. Takes about 20 ms and 19 MiB.
///
/// # Errors
///
/// Where it is no password to be had.
pub fn hash_password(name: &str, password: &str) -> Result<Hidden, PasswordError> {
    let has_length = password.chars().count() >= MIN_LEN && password.len() <= MAX_LEN;
    if !has_length || password.to_lowercase().contains(&name.to_lowercase()) && password.len() < 2 * MIN_LEN {
        return Err(PasswordError::Unfit);
    }
    hash(password).map_err(PasswordError::from)
}

fn hash(password: &str) -> Result<Hidden, Trouble> {
    let hashed = Argon2::default().hash_password(password.as_bytes());
    hashed.map(|hash| Hidden::new(hash.to_string())).map_err(|error| Trouble(error.to_string()))
}

/// Returns whether a password is the one that was hashed. Takes as long as hashing it.
pub fn verify_password(hash: &Hidden, password: &str) -> bool {
    password.len() <= MAX_LEN && Argon2::default().verify_password(password.as_bytes(), hash.expose()).is_ok()
}

/// Takes as long as [`verify_password`], for a name that nobody has: who asks cannot tell the two apart.
pub fn verify_nobody(password: &str) {
    static NOBODY: OnceLock<Option<Hidden>> = OnceLock::new();
    if let Some(nobody) = NOBODY.get_or_init(|| hash("nobody has this password").ok()) {
        let _ = verify_password(nobody, password);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_know_the_password_that_was_hashed_and_no_other() {
        let hash = hash_password("anna", "correct horse battery").unwrap();
        assert!(hash.expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.expose());
        assert!(verify_password(&hash, "correct horse battery"));
        assert!(!verify_password(&hash, "correct horse batterz"));
        assert_ne!(hash, hash_password("anna", "correct horse battery").unwrap(), "each has its own salt");
    }

    #[test]
    fn should_refuse_what_is_guessed_first() {
        let long = "x".repeat(MAX_LEN + 1);
        for password in ["", "short", "elevenchars", "anna-anna-anna", long.as_str()] {
            assert_eq!(hash_password("anna", password), Err(PasswordError::Unfit), "{password}");
        }
    }
}
