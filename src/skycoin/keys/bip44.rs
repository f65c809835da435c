//! Keys of `bip44` wallets: `m/44'/coin'/account'/change/index`.

use bip39::{Language, Mnemonic};
use bitcoin::NetworkKind;
use bitcoin::bip32::{ChildNumber, Xpriv};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::{KeyError, SECP, SecretKey};

/// Skycoin's number in the list of coins (SLIP-44).
pub const BIP44_COIN: u32 = 8000;

/// The two chains of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountChain {
    /// Addresses that others pay to.
    External,
    /// Addresses for what is left of a payment.
    Change,
}

impl AccountChain {
    const fn number(self) -> u32 {
        match self {
            AccountChain::External => 0,
            AccountChain::Change => 1,
        }
    }

    /// The chain that wallet files call so.
    pub fn from_name(name: &str) -> Option<AccountChain> {
        [AccountChain::External, AccountChain::Change].into_iter().find(|chain| chain.name() == name)
    }

    /// The word wallet files use.
    pub const fn name(self) -> &'static str {
        match self {
            AccountChain::External => "external",
            AccountChain::Change => "change",
        }
    }
}

/// The extended private key of an account, from which its keys follow.
pub struct AccountKey(Xpriv);

impl AccountKey {
    /// The account of a mnemonic. A passphrase outside ASCII is taken as it is, like nodes do.
    pub fn from_mnemonic(
        words: &SecretString,
        passphrase: &SecretString,
        coin: u32,
        account: u32,
    ) -> Result<AccountKey, KeyError> {
        let mnemonic = Mnemonic::parse_in_normalized(Language::English, words.expose_secret())
            .map_err(KeyError::Mnemonic)?;
        let seed = Zeroizing::new(mnemonic.to_seed_normalized(passphrase.expose_secret()));
        AccountKey::from_seed(&*seed, coin, account)
    }

    /// The account of a BIP-32 seed.
    pub fn from_seed(seed: &[u8], coin: u32, account: u32) -> Result<AccountKey, KeyError> {
        let hardened = |n| ChildNumber::from_hardened_idx(n).map_err(|_| KeyError::Child(n));
        let path = [hardened(44)?, hardened(coin)?, hardened(account)?];
        let master = Xpriv::new_master(NetworkKind::Main, seed).map_err(|_| KeyError::Extended)?;
        master.derive_priv(&SECP, &path).map(AccountKey).map_err(|_| KeyError::Child(account))
    }

    /// Parses `xprv...`, as wallet files keep it.
    pub fn parse(text: &str) -> Result<AccountKey, KeyError> {
        text.parse().map(AccountKey).map_err(|_| KeyError::Extended)
    }

    /// The key of one address.
    pub fn key(&self, chain: AccountChain, index: u32) -> Result<SecretKey, KeyError> {
        let normal = |n| ChildNumber::from_normal_idx(n).map_err(|_| KeyError::Child(n));
        let path = [normal(chain.number())?, normal(index)?];
        let key = self.0.derive_priv(&SECP, &path).map_err(|_| KeyError::Child(index))?;
        Ok(SecretKey(key.private_key))
    }

    /// The key in the clear, as wallet files hold it.
    pub fn expose_xprv(&self) -> Zeroizing<String> {
        Zeroizing::new(self.0.to_string())
    }
}

impl Drop for AccountKey {
    fn drop(&mut self) {
        self.0.private_key.non_secure_erase();
    }
}

impl std::fmt::Debug for AccountKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AccountKey(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(words: &str) -> Result<AccountKey, KeyError> {
        AccountKey::from_mnemonic(&words.into(), &"".into(), BIP44_COIN, 0)
    }

    #[test]
    fn should_read_the_text_it_writes() {
        let key =
            account("voyage say extend find sheriff surge priority merit ignore maple cash argue").unwrap();
        let again = AccountKey::parse(&key.expose_xprv()).unwrap();
        assert_eq!(key.key(AccountChain::Change, 7), again.key(AccountChain::Change, 7));
        assert_eq!(format!("{key:?}"), "AccountKey(redacted)");
    }

    #[test]
    fn should_refuse_wrong_words_without_repeating_them() {
        for words in
            ["", "voyage", "voyage say extend find sheriff surge priority merit ignore maple cash say"]
        {
            let error = account(words).unwrap_err();
            assert!(matches!(error, KeyError::Mnemonic(_)), "{words:?}");
            assert!(!error.to_string().contains("voyage"));
        }
        assert_eq!(AccountKey::parse("xprv9x").unwrap_err(), KeyError::Extended);
    }

    #[test]
    fn should_refuse_hardened_children() {
        let key =
            account("voyage say extend find sheriff surge priority merit ignore maple cash argue").unwrap();
        assert_eq!(key.key(AccountChain::External, 1 << 31).unwrap_err(), KeyError::Child(1 << 31));
    }
}
