//! Where a coin's deposit addresses come from: a file that holds them, or the public key that they follow from.

use std::path::{Path, PathBuf};

use super::{AccountXpub, Network, XpubError};

/// Where a coin's deposit addresses come from.
#[derive(Debug, Clone)]
pub enum AddressSource {
    /// A file of addresses, which ends and may be appended to.
    File(PathBuf),
    /// An account's public key, which never ends.
    Account(AccountXpub),
}

impl AddressSource {
    /// Reads what the configuration names: a file, or the key itself. What looks like a key and is no file is one.
    ///
    /// # Errors
    /// It is a secret, or a key that is none of this network. No error repeats any of the text.
    pub fn parse(network: Network, text: &str) -> Result<AddressSource, XpubError> {
        let path = Path::new(text);
        if path.exists() || !AccountXpub::looks_like_key(text) {
            return Ok(AddressSource::File(path.to_owned()));
        }
        AccountXpub::parse(network, text).map(AddressSource::Account)
    }

    /// The file; none where there is a key.
    pub fn file(&self) -> Option<&Path> {
        match self {
            AddressSource::File(path) => Some(path),
            AddressSource::Account(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Coin;

    const ZPUB: &str = "zpub6rFR7y4Q2AijBEqTUquhVz398htDFrtymD9xYYfG1m4wAcvPhXNfE\
                        3EfH1r1ADqtfSdVCToUG868RvUUkgDKf31mGDtKsAYz2oz2AGutZYs";

    fn parse(text: &str) -> Result<AddressSource, XpubError> {
        AddressSource::parse(Coin::BTC.main_network(), text)
    }

    #[test]
    fn should_tell_keys_from_files() {
        let in_descriptor = "wpkh(xpub6BosfCnifzxcFwrSzQiqu2DBVTshkCXacvNsWGYJVVhhawA7d4R5WSWGFNbi8\
                             Aw6ZRc1brxMyWMzG3DSSSSoekkudhUd9yLb6qx39T9nMdj/0/*)";
        for key in [ZPUB, &format!("{ZPUB}/0/*"), &format!("[73c5da0a/84h/0h/0h]{ZPUB}"), in_descriptor] {
            assert!(matches!(parse(key), Ok(AddressSource::Account(_))), "{key}");
        }
        for file in ["btc.json", "/etc/pool (1)/btc_addresses.txt", "wpkh/xpub.txt", "xpub", "./[a].json"] {
            let read = parse(file).unwrap();
            assert_eq!(read.file(), Some(Path::new(file)));
        }
    }

    /// A wrong key is never taken for the name of a file that is not there, which would be shown.
    #[test]
    fn should_refuse_what_looks_like_a_key_and_is_none() {
        let mnemonic =
            "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";
        for wrong in
            [mnemonic, &ZPUB.replace("zpub", "zprv"), &ZPUB.replace("2AijBE", "3AijBE"), "tr(a)", "[a]b"]
        {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    /// Names of hexadecimal digits are common, and a file that is there is no secret.
    #[test]
    fn should_take_a_file_that_is_there_whatever_its_name() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("c9bdb49cfbaedca21c4b1f3a7803c34636b1d7dc55a717132443fc3f4c5867e8.json");
        let text = path.to_str().unwrap();
        assert!(parse(text).is_err());
        std::fs::write(&path, "{}").unwrap();
        assert_eq!(parse(text).unwrap().file(), Some(path.as_path()));
    }
}
