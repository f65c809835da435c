//! What the public keys of accounts are like, and how addresses follow from them.

/// First bytes of extended public keys that more than one chain uses (BIP-32, SLIP-132).
pub(super) const XPUB: u32 = 0x0488_b21e;
pub(super) const YPUB: u32 = 0x049d_7cb2;
pub(super) const ZPUB: u32 = 0x04b2_4746;
pub(super) const TPUB: u32 = 0x0435_87cf;
pub(super) const UPUB: u32 = 0x044a_5262;
pub(super) const VPUB: u32 = 0x045f_1cf6;

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
    /// Returns the number that stands for this rule in a key's identity.
    pub const fn tag(self) -> u8 {
        match self {
            AddressRule::P2pkh => 0,
            AddressRule::P2shP2wpkh => 1,
            AddressRule::P2wpkh => 2,
            AddressRule::P2tr => 3,
            AddressRule::Ethereum => 4,
            AddressRule::Skycoin => 5,
        }
    }

    /// Returns the number of the BIP that says at which path such an account stands.
    pub const fn purpose(self) -> u32 {
        match self {
            AddressRule::P2pkh | AddressRule::Ethereum | AddressRule::Skycoin => 44,
            AddressRule::P2shP2wpkh => 49,
            AddressRule::P2wpkh => 84,
            AddressRule::P2tr => 86,
        }
    }
}

/// What the account keys of one network are like.
#[derive(Debug, Clone, Copy)]
pub struct AccountFacts {
    /// The coin's number in paths (SLIP-44).
    pub coin_type: u32,
    /// What is expected, for people.
    pub expected: &'static str,
    /// First bytes of a key that says no script, as descriptors have it: xpub's or tpub's.
    pub plain: u32,
    /// What each first bytes make of a key, `plain` among them.
    pub versions: &'static [(u32, AddressRule)],
    /// Every rule of this chain.
    pub rules: &'static [AddressRule],
    /// The first addresses of account 0 of "abandon ... about" and "test ... junk", by BIP: everybody knows these
    /// mnemonics, and what is sent there is gone in the same minute.
    pub published: &'static [&'static str],
}
