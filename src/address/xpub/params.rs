//! What extended keys and their addresses are on each chain, as data: one more chain is one more [`AccountParams`].

use bitcoin::{CompressedPublicKey, Network, Script, ScriptBuf};

use super::SECP;
use super::slip132::{TPUB, UPUB, VPUB, XPUB, XpubPrefix, YPUB, ZPUB};
use crate::address::DepositAddress;
use crate::coins::Family;
use crate::skycoin::{self, PublicKey};
use crate::types::Coin;

/// How a key becomes an address. The numbers are part of a key's identity: never change one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressRule {
    /// BIP-44 on Bitcoin and its like.
    P2pkh,
    /// BIP-49.
    P2shP2wpkh,
    /// BIP-84.
    P2wpkh,
    /// BIP-86.
    P2tr,
    /// BIP-44 with Ethereum's accounts.
    Ethereum,
    /// BIP-44 as Skycoin's wallets have it.
    Skycoin,
}

impl AddressRule {
    pub(super) const fn tag(self) -> u8 {
        match self {
            AddressRule::P2pkh => 0,
            AddressRule::P2shP2wpkh => 1,
            AddressRule::P2wpkh => 2,
            AddressRule::P2tr => 3,
            AddressRule::Ethereum => 4,
            AddressRule::Skycoin => 5,
        }
    }

    /// The number of the BIP that says at which path such an account stands.
    pub const fn purpose(self) -> u32 {
        match self {
            AddressRule::P2pkh | AddressRule::Ethereum | AddressRule::Skycoin => 44,
            AddressRule::P2shP2wpkh => 49,
            AddressRule::P2wpkh => 84,
            AddressRule::P2tr => 86,
        }
    }
}

/// What the account keys of one chain are like.
#[derive(Debug)]
pub struct AccountParams {
    /// The coin that its addresses receive.
    pub coin: Coin,
    /// The coin's number in paths (SLIP-44).
    pub coin_type: u32,
    /// What is expected, for people.
    pub(super) expected: &'static str,
    /// The prefix that descriptors know and that says no script.
    pub(super) plain: XpubPrefix,
    /// What each prefix makes of a key.
    pub(super) prefixes: &'static [(XpubPrefix, AddressRule)],
    /// Every rule of this chain.
    pub(super) rules: &'static [AddressRule],
    /// The address that an output script pays on this chain.
    pub(super) of_script: fn(&Script) -> Option<DepositAddress>,
}

use AddressRule::{P2pkh, P2shP2wpkh, P2tr, P2wpkh};

const SCRIPTS: &[AddressRule] = &[P2pkh, P2shP2wpkh, P2wpkh, P2tr];

const BITCOIN: AccountParams = AccountParams {
    coin: Coin::BTC,
    coin_type: 0,
    expected: "Bitcoin's xpub, ypub or zpub, or a descriptor: pkh(KEY), sh(wpkh(KEY)), wpkh(KEY) or tr(KEY)",
    plain: XPUB,
    prefixes: &[(XPUB, P2pkh), (YPUB, P2shP2wpkh), (ZPUB, P2wpkh)],
    rules: SCRIPTS,
    of_script: |script| DepositAddress::of_script(script.as_bytes(), Network::Bitcoin),
};

const BITCOIN_TEST: AccountParams = AccountParams {
    coin_type: 1,
    expected: "tpub, upub or vpub of a Bitcoin test network, or a descriptor: \
               pkh(KEY), sh(wpkh(KEY)), wpkh(KEY) or tr(KEY)",
    plain: TPUB,
    prefixes: &[(TPUB, P2pkh), (UPUB, P2shP2wpkh), (VPUB, P2wpkh)],
    of_script: |script| DepositAddress::of_script(script.as_bytes(), Network::Testnet),
    ..BITCOIN
};

const BITCOIN_REGTEST: AccountParams = AccountParams {
    of_script: |script| DepositAddress::of_script(script.as_bytes(), Network::Regtest),
    ..BITCOIN_TEST
};

const ETHEREUM: AccountParams = AccountParams {
    coin: Coin::ETH,
    coin_type: 60,
    expected: "the xpub of an Ethereum account, m/44'/60'/0'",
    plain: XPUB,
    prefixes: &[(XPUB, AddressRule::Ethereum)],
    rules: &[AddressRule::Ethereum],
    of_script: |_| None,
};

const SKYCOIN: AccountParams = AccountParams {
    coin: Coin::SKY,
    coin_type: skycoin::BIP44_COIN,
    expected: "the xpub of a Skycoin bip44 wallet's account, m/44'/8000'/0'",
    prefixes: &[(XPUB, AddressRule::Skycoin)],
    rules: &[AddressRule::Skycoin],
    ..ETHEREUM
};

impl AccountParams {
    /// Returns what account keys of `coin` are like; `network` matters for Bitcoin alone.
    pub fn of(coin: Coin, network: Network) -> &'static AccountParams {
        match (coin.family(), network) {
            (Family::BitcoinLike, Network::Bitcoin) => &BITCOIN,
            (Family::BitcoinLike, Network::Regtest) => &BITCOIN_REGTEST,
            (Family::BitcoinLike, _) => &BITCOIN_TEST,
            (Family::Ethereum, _) => &ETHEREUM,
            (Family::Skycoin, _) => &SKYCOIN,
        }
    }

    /// Returns the place where coins for `key` are received; none where this chain has no such rule.
    pub(super) fn address(&self, rule: AddressRule, key: PublicKey) -> Option<DepositAddress> {
        let compressed = CompressedPublicKey(key);
        let script = match rule {
            AddressRule::Ethereum => return Some(DepositAddress::of_public_key(&key)),
            AddressRule::Skycoin => {
                return Some(DepositAddress::of_skycoin(skycoin::Address::from_pubkey(&key)));
            }
            AddressRule::P2pkh => ScriptBuf::new_p2pkh(&compressed.pubkey_hash()),
            AddressRule::P2wpkh => ScriptBuf::new_p2wpkh(&compressed.wpubkey_hash()),
            AddressRule::P2shP2wpkh => {
                ScriptBuf::new_p2sh(&ScriptBuf::new_p2wpkh(&compressed.wpubkey_hash()).script_hash())
            }
            AddressRule::P2tr => ScriptBuf::new_p2tr(&SECP, key.into(), None),
        };
        (self.of_script)(&script)
    }
}
