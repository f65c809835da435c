//! The head of a wallet file: what kind it is, of which coin, and whether it is encrypted.

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::error::WalletError;
use super::secrets::{Crypto, Secrets};

/// How a wallet comes by its keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WalletKind {
    /// One chain of keys from a seed, Skycoin's own way.
    Deterministic,
    /// Accounts with an external and a change chain (BIP-44).
    Bip44,
    /// Loose keys.
    Collection,
}

#[derive(Deserialize)]
pub(super) struct Head {
    pub(super) meta: Meta,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Meta {
    #[serde(rename = "type")]
    kind: Option<String>,
    coin: Option<String>,
    pub(super) label: Option<String>,
    encrypted: Option<String>,
    crypto_type: Option<String>,
    secrets: Option<String>,
    seed: Option<SecretString>,
}

impl Meta {
    pub(super) fn kind(&self) -> Result<WalletKind, WalletError> {
        match present(&self.kind).ok_or(WalletError::KindMissing)? {
            "deterministic" => Ok(WalletKind::Deterministic),
            "bip44" => Ok(WalletKind::Bip44),
            "collection" => Ok(WalletKind::Collection),
            "xpub" => Err(WalletError::WatchOnly),
            other => Err(WalletError::KindUnknown(other.to_owned())),
        }
    }

    /// Old wallets write "sky" for "skycoin".
    pub(super) fn check_coin(&self) -> Result<(), WalletError> {
        let coin = present(&self.coin).ok_or(WalletError::CoinMissing)?;
        match coin.to_ascii_lowercase().as_str() {
            "sky" | "skycoin" => Ok(()),
            _ => Err(WalletError::CoinUnknown(coin.to_owned())),
        }
    }

    /// The secrets of an encrypted wallet; none where the file is plain.
    pub(super) fn decrypt(
        &self,
        kind: WalletKind,
        password: Option<&SecretString>,
    ) -> Result<Option<Secrets>, WalletError> {
        let secrets = present(&self.secrets);
        if !self.is_encrypted()? {
            self.check_plain(kind)?;
            return match secrets {
                None => Ok(None),
                Some(_) => Err(WalletError::SecretsUnexpected),
            };
        }
        let secrets = secrets.ok_or(WalletError::SecretsMissing)?;
        let crypto = Crypto::parse(present(&self.crypto_type).ok_or(WalletError::CryptoMissing)?)?;
        let password = password.map(ExposeSecret::expose_secret).filter(|password| !password.is_empty());
        Secrets::decrypt(crypto, secrets, password.ok_or(WalletError::PasswordMissing)?).map(Some)
    }

    fn is_encrypted(&self) -> Result<bool, WalletError> {
        match present(&self.encrypted) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(other) => Err(WalletError::EncryptedUnknown(other.to_owned())),
        }
    }

    fn check_plain(&self, kind: WalletKind) -> Result<(), WalletError> {
        let has_seed = self.seed.as_ref().is_some_and(|seed| !seed.expose_secret().is_empty());
        match kind {
            WalletKind::Deterministic if !has_seed => Err(WalletError::SeedMissing),
            WalletKind::Deterministic | WalletKind::Bip44 | WalletKind::Collection => Ok(()),
        }
    }
}

/// Nodes write empty texts for what is not there.
fn present(field: &Option<String>) -> Option<&str> {
    field.as_deref().filter(|text| !text.is_empty())
}
