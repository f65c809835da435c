//! Encryption by age: to public keys, which a desk has, and with their secret halves, which it need not have.

use std::io::{Read, Write};
use std::path::Path;

use age::x25519::{Identity, Recipient};
use age::{Decryptor, Encryptor};
use zeroize::Zeroizing;

use super::BackupError;
use super::digest::{Digest, pour};

/// Those who can read copies; nobody in particular where there is none, and copies are not encrypted then.
#[derive(Debug, Clone, Default)]
pub struct Recipients(Vec<Recipient>);

impl From<Vec<Recipient>> for Recipients {
    fn from(keys: Vec<Recipient>) -> Self {
        Recipients(keys)
    }
}

impl Recipients {
    /// Returns whether nothing is encrypted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Encrypts what it reads.
    pub(super) fn encrypt(
        &self,
        from: &mut dyn Read,
        to: &mut dyn Write,
        go_on: &mut dyn FnMut() -> std::io::Result<()>,
    ) -> Result<Digest, BackupError> {
        let failed = |error: &dyn std::fmt::Display| BackupError::Age(error.to_string());
        let recipients = self.0.iter().map(|recipient| recipient as &dyn age::Recipient);
        let encryptor = Encryptor::with_recipients(recipients).map_err(|error| failed(&error))?;
        let mut sealed = encryptor.wrap_output(to).map_err(|error| failed(&error))?;
        let plain = pour(from, &mut sealed, go_on).map_err(|error| failed(&error))?;
        sealed.finish().map_err(|error| failed(&error))?;
        Ok(plain)
    }
}

/// The secret halves of keys.
#[derive(Default)]
pub struct Keys(Vec<Identity>);

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(..)")
    }
}

impl Keys {
    /// Reads a file as `age-keygen` writes it: a key a line, and lines that begin with `#`. None of it is repeated.
    ///
    /// # Errors
    ///
    /// Where it cannot be read, or holds anything else.
    pub fn read(file: &Path) -> Result<Keys, BackupError> {
        let text = Zeroizing::new(std::fs::read_to_string(file).map_err(BackupError::file(file))?);
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let no_key =
            || BackupError::Age(format!("{}: expected lines such as AGE-SECRET-KEY-1...", file.display()));
        let keys = lines
            .map(|line| line.parse::<Identity>().map_err(|_| no_key()))
            .collect::<Result<Vec<Identity>, _>>()?;
        if keys.is_empty() { Err(no_key()) } else { Ok(Keys(keys)) }
    }

    /// Decrypts what it reads.
    pub(super) fn decrypt(
        &self,
        from: &mut dyn Read,
        to: &mut dyn Write,
        go_on: &mut dyn FnMut() -> std::io::Result<()>,
    ) -> Result<Digest, BackupError> {
        let failed = |error: &dyn std::fmt::Display| BackupError::Age(error.to_string());
        let decryptor = Decryptor::new(from).map_err(|error| failed(&error))?;
        let identities = self.0.iter().map(|identity| identity as &dyn age::Identity);
        let mut plain = decryptor.decrypt(identities).map_err(|error| failed(&error))?;
        pour(&mut plain, to, go_on).map_err(|error| failed(&error))
    }
}

#[cfg(test)]
mod tests {
    use age::secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn should_read_back_with_the_key_alone() {
        let (key, other) = (Identity::generate(), Identity::generate());
        let recipients = Recipients::from(vec![key.to_public()]);
        let plain = vec![7; 200_000];
        let mut sealed = Vec::new();
        let told = recipients.encrypt(&mut &plain[..], &mut sealed, &mut || Ok(())).unwrap();
        let mut back = Vec::new();
        let found = Keys(vec![key]).decrypt(&mut &sealed[..], &mut back, &mut || Ok(())).unwrap();
        assert_eq!((back, found), (plain, told));
        let refused = Keys(vec![other]).decrypt(&mut &sealed[..], &mut Vec::new(), &mut || Ok(()));
        assert!(matches!(refused, Err(BackupError::Age(_))));
    }

    #[test]
    fn should_repeat_no_private_key() {
        let secret = Identity::generate().to_string();
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("key");
        std::fs::write(&file, format!("# made\n{}x\n", secret.expose_secret())).unwrap();
        let words = Keys::read(&file).unwrap_err().to_string();
        assert!(!words.contains(secret.expose_secret()), "{words}");
        std::fs::write(&file, format!("# made\n\n{}\n", secret.expose_secret())).unwrap();
        assert_eq!(format!("{:?}", Keys::read(&file).unwrap()), "Keys(..)");
    }
}
