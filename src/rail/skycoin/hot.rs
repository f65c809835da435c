//! The hot wallet: keys in memory, never printed.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use zeroize::Zeroizing;

use super::ports::{Signer, SignerError};
use super::request::SigningRequest;
use crate::skycoin::{Address, SecretKey, Transaction, Wallet as WalletFile, WalletError};

/// The environment variable that may hold the password of an encrypted wallet.
pub const PASSWORD_VARIABLE: &str = "TELLER_WALLET_PASSWORD";

/// Why there is no hot wallet.
#[derive(Debug, thiserror::Error)]
pub enum HotWalletError {
    /// A file cannot be read.
    #[error("{key}: {}: {source}", path.display())]
    Unreadable {
        /// The setting that names the file.
        key: &'static str,
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// Others than its owner can read a file that holds secrets.
    #[error("{key}: {} can be read by others (mode {mode:o}); run: chmod 600 {}", path.display(), path.display())]
    Exposed {
        /// The setting that names the file.
        key: &'static str,
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// The file is no wallet that can be used.
    #[error("sky_exchanger.wallet: {}: {error}", path.display())]
    Unusable {
        /// The wallet's file.
        path: PathBuf,
        /// What is wrong with it.
        error: WalletError,
    },
}

/// The keys of the wallet that payouts are made from.
#[derive(Debug)]
pub struct HotWallet {
    file: WalletFile,
}

impl HotWallet {
    /// Returns the wallet with the keys of this file.
    pub fn new(file: WalletFile) -> Self {
        HotWallet { file }
    }

    /// Loads a wallet file; the password of an encrypted one comes from a file or from the environment.
    pub fn load(path: &Path, password_file: Option<&Path>) -> Result<Self, HotWalletError> {
        let text = read_secret("sky_exchanger.wallet", path)?;
        let password = match password_file {
            Some(path) => {
                let text = read_secret("sky_exchanger.wallet_password_file", path)?;
                let text = String::from_utf8_lossy(&text);
                Some(SecretString::from(text.trim_end_matches(['\r', '\n'])))
            }
            None => std::env::var(PASSWORD_VARIABLE).ok().map(SecretString::from),
        };
        let file = WalletFile::load(&text, password.as_ref());
        let unusable = |error| HotWalletError::Unusable { path: path.to_owned(), error };
        file.map(HotWallet::new).map_err(unusable)
    }

    /// Every address of the wallet.
    pub fn addresses(&self) -> Vec<Address> {
        self.file.keys().iter().map(|key| key.address).collect()
    }

    /// Signs each input with the key of its owner, in their order, whatever it is for.
    ///
    /// # Errors
    ///
    /// Where the wallet has no key of an owner, or the transaction is signed already.
    pub fn sign_inputs(
        &self,
        unsigned: &Transaction,
        owners: &[Address],
    ) -> Result<Transaction, SignerError> {
        let no_key = |owner| SignerError::Unsignable(format!("the hot wallet has no key for {owner}"));
        let key = |owner: &Address| self.file.key(*owner).ok_or_else(|| no_key(*owner));
        let keys: Vec<&SecretKey> = owners.iter().map(key).collect::<Result<_, _>>()?;
        unsigned.sign(&keys).map_err(|error| SignerError::Unsignable(error.to_string()))
    }
}

/// Whether systemd gave a file to this service: it belongs to root, an entry of its access list lets this user read
/// it, and the mask of that list shows as the group's right.
fn is_credential(path: &Path) -> bool {
    let directory = std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from);
    let directory = directory.filter(|directory| directory.is_absolute());
    directory.is_some_and(|directory| path.parent() == Some(&*directory))
}

/// Reads a file that only its owner may read.
fn read_secret(key: &'static str, path: &Path) -> Result<Zeroizing<Vec<u8>>, HotWalletError> {
    let unreadable = |source| HotWalletError::Unreadable { key, path: path.to_owned(), source };
    let mode = std::fs::metadata(path).map_err(unreadable)?.permissions().mode() & 0o777;
    let by_others = if is_credential(path) { 0o007 } else { 0o077 };
    if mode & by_others != 0 {
        return Err(HotWalletError::Exposed { key, path: path.to_owned(), mode });
    }
    std::fs::read(path).map(Zeroizing::new).map_err(unreadable)
}

impl Signer for HotWallet {
    fn addresses(&self) -> Vec<Address> {
        HotWallet::addresses(self)
    }

    fn change_address(&self) -> Address {
        self.file.change_address()
    }

    async fn sign(&self, request: &SigningRequest) -> Result<Transaction, SignerError> {
        let unsigned = request.check(|address| self.file.key(address).is_some());
        let unsigned = unsigned.map_err(|why| SignerError::Refused { attempt: request.attempt, why })?;
        self.sign_inputs(&unsigned, &request.owners())
    }
}
