//! Deposit addresses: read with their coin's full rules, kept compact, matched against scripts by bytes.
//!
//! Invariant: a [`DepositAddress`] names exactly one place where coins can be received, and two texts for the
//! same place (Ethereum's letter cases) have the same [`DepositAddress::key`].

mod bitcoin_like_form;
mod ethereum_form;
mod examples;
mod file;
mod file_error;
mod source;
#[cfg(test)]
mod tests;
mod walk;
mod xpub;

use std::fmt;
use std::hash::{Hash, Hasher};

use crate::coins::{Coin, Family};

pub use crate::coins::{AddressRule, Network, UnknownNetwork};
pub use examples::is_example;
pub use file::{AddressFile, address_file_digest, read_address_file};
pub use file_error::{AddressFileError, FileProblem};
pub use source::AddressSource;
pub use xpub::{AccountXpub, Secret, XpubError};

/// The longest payload: a witness program of 32 bytes.
const MAX_PAYLOAD: usize = 32;
/// What stands before the payload in a key: the coin and the form.
const KEY_HEAD: usize = 2;

/// Why a text is not a deposit address of a coin.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum AddressError {
    /// Not an address of this coin at all; the inner text is the decoder's.
    #[error("not a {coin} address: {why}")]
    Invalid {
        /// The coin that an address of is expected.
        coin: Coin,
        /// What is wrong, in words.
        why: String,
    },
    /// An address of another network of the coin's chain.
    #[error("a {} address, but not of network {expected}", expected.coin().facts().name)]
    WrongNetwork {
        /// The network that is configured.
        expected: Network,
    },
    /// Ethereum letter case that does not match its EIP-55 checksum.
    #[error("EIP-55 checksum does not match, a letter is wrong")]
    Checksum,
    /// The address that nobody has the key of.
    #[error("the null address: what is sent there is lost")]
    Null,
}

/// The shape of an address: what kind of place it is and how its text is written. Stored: never renumber.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Form {
    P2pkh,
    P2sh,
    P2wpkh,
    P2wsh,
    P2tr,
    EthLower,
    EthChecksummed,
    EthUpper,
    Sky,
}

/// An address that coins can be deposited to.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct DepositAddress {
    coin: Coin,
    form: Form,
    /// The number of the network among those of the coin.
    network: u8,
    len: u8,
    payload: [u8; MAX_PAYLOAD],
}

impl DepositAddress {
    /// Reads an address of this network.
    ///
    /// # Errors
    /// It is none, or one of another network.
    pub fn parse(network: Network, text: &str) -> Result<Self, AddressError> {
        match network.bitcoin_like() {
            Some(like) => bitcoin_like_form::parse(network, like, text),
            None if network.coin().family() == Family::Ethereum => ethereum_form::parse(network, text),
            None => parse_sky(network.coin(), text),
        }
    }

    /// The address that an output script pays on a Bitcoin-like network, if it is one of the standard kinds.
    pub fn of_script(script: &[u8], network: Network) -> Option<Self> {
        bitcoin_like_form::of_script(network, network.bitcoin_like()?, script)
    }

    /// The Ethereum account with these 20 bytes, as it is matched against transactions.
    pub fn of_account(account: [u8; 20]) -> Self {
        DepositAddress::of(Coin::ETH.main_network(), Form::EthLower, &account)
    }

    /// The Ethereum account of a key, written with its checksum.
    pub fn of_public_key(key: &crate::skycoin::PublicKey) -> Self {
        let account = ethereum_form::account(key);
        DepositAddress::of(Coin::ETH.main_network(), Form::EthChecksummed, &account)
    }

    /// The Skycoin address as a place of deposit.
    pub fn of_skycoin(address: crate::skycoin::Address) -> Self {
        DepositAddress::new(Coin::SKY.main_network(), Form::Sky, address.as_bytes())
    }

    /// The address that SKY is paid to, where it is one.
    pub fn as_skycoin(&self) -> Option<crate::skycoin::Address> {
        let key = <[u8; 20]>::try_from(self.payload()).ok().filter(|_| self.form == Form::Sky)?;
        Some(crate::skycoin::Address::from_bytes(key))
    }

    /// The coin whose chain it stands on.
    pub fn coin(&self) -> Coin {
        self.coin
    }

    /// The network that it is written for.
    pub fn network(&self) -> Network {
        let network = self.coin.network_numbered(self.network);
        network.expect("BUG: an address is of a network of its coin")
    }

    /// What identifies the place: equal for two texts of one place, different for two places.
    pub fn key(&self) -> AddressKey {
        let form = match self.form {
            Form::EthChecksummed | Form::EthUpper => Form::EthLower,
            form => form,
        };
        let mut bytes = [0; KEY_HEAD + MAX_PAYLOAD];
        bytes[..KEY_HEAD].copy_from_slice(&[self.coin.tag(), form.tag()]);
        bytes[KEY_HEAD..].copy_from_slice(&self.payload);
        AddressKey { bytes, len: self.len }
    }

    /// The 20 to 32 bytes that the address stands for: a hash, a witness program or an account.
    pub fn payload(&self) -> &[u8] {
        &self.payload[..usize::from(self.len)]
    }

    /// [`DepositAddress::new`] where the length is known when this is compiled.
    fn of<const N: usize>(network: Network, form: Form, payload: &[u8; N]) -> Self {
        let mut bytes = [0; MAX_PAYLOAD];
        bytes[..N].copy_from_slice(payload);
        let len = u8::try_from(N).expect("BUG: a payload has at most 32 bytes");
        DepositAddress { coin: network.coin(), form, network: network.facts().number, len, payload: bytes }
    }

    fn new(network: Network, form: Form, payload: &[u8]) -> Self {
        let mut bytes = [0; MAX_PAYLOAD];
        bytes[..payload.len()].copy_from_slice(payload);
        let len = u8::try_from(payload.len()).expect("BUG: a payload has at most 32 bytes");
        DepositAddress { coin: network.coin(), form, network: network.facts().number, len, payload: bytes }
    }

    /// Appends the compact stored form: a byte of the coin, one of form and network, then the payload.
    pub(crate) fn write_compact(&self, out: &mut Vec<u8>) {
        out.push(self.coin.tag());
        out.push(self.form.tag() | (self.network << 4));
        out.extend_from_slice(self.payload());
    }

    /// Reads one address that [`Self::write_compact`] wrote, and what follows it.
    pub(crate) fn read_compact(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (&[coin, head], rest) = bytes.split_first_chunk::<2>()?;
        let coin = Coin::from_tag(coin)?;
        let (form, network) = (Form::from_tag(head & 0x0f)?, coin.network_numbered(head >> 4)?);
        let (payload, rest) = rest.split_at_checked(form.payload_len())?;
        Some((DepositAddress::new(network, form, payload), rest))
    }
}

impl fmt::Display for DepositAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.form {
            Form::P2pkh | Form::P2sh | Form::P2wpkh | Form::P2wsh | Form::P2tr => {
                bitcoin_like_form::fmt(self, f)
            }
            Form::EthLower | Form::EthChecksummed | Form::EthUpper => ethereum_form::fmt(self, f),
            Form::Sky => fmt_sky(self, f),
        }
    }
}

impl fmt::Debug for DepositAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{self}", self.coin())
    }
}

/// The bytes that identify a place of deposit; see [`DepositAddress::key`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct AddressKey {
    bytes: [u8; KEY_HEAD + MAX_PAYLOAD],
    /// Of the payload.
    len: u8,
}

impl AddressKey {
    /// Returns the key as bytes: the coin, the form, then the payload.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..KEY_HEAD + usize::from(self.len)]
    }
}

/// A fixed number of words, whatever the form: this is done for every output of every block.
impl Hash for AddressKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let (head, payload) = self.bytes.split_at(KEY_HEAD);
        for word in payload.as_chunks::<8>().0 {
            state.write_u64(u64::from_ne_bytes(*word));
        }
        state.write_u16(u16::from_ne_bytes([head[0], head[1]]));
    }
}

impl fmt::Debug for AddressKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Form {
    const ALL: [Form; 9] = [
        Form::P2pkh,
        Form::P2sh,
        Form::P2wpkh,
        Form::P2wsh,
        Form::P2tr,
        Form::EthLower,
        Form::EthChecksummed,
        Form::EthUpper,
        Form::Sky,
    ];

    const fn tag(self) -> u8 {
        match self {
            Form::P2pkh => 0,
            Form::P2sh => 1,
            Form::P2wpkh => 2,
            Form::P2wsh => 3,
            Form::P2tr => 4,
            Form::EthLower => 5,
            Form::EthChecksummed => 6,
            Form::EthUpper => 7,
            Form::Sky => 8,
        }
    }

    fn from_tag(tag: u8) -> Option<Form> {
        Form::ALL.into_iter().find(|form| form.tag() == tag)
    }

    const fn payload_len(self) -> usize {
        match self {
            Form::P2wsh | Form::P2tr => 32,
            Form::P2pkh | Form::P2sh | Form::P2wpkh => 20,
            Form::EthLower | Form::EthChecksummed | Form::EthUpper | Form::Sky => 20,
        }
    }
}

fn parse_sky(coin: Coin, text: &str) -> Result<DepositAddress, AddressError> {
    let invalid = |why: String| AddressError::Invalid { coin, why };
    let address = crate::skycoin::Address::decode(text).map_err(|error| invalid(error.to_string()))?;
    if address.is_null() { Err(AddressError::Null) } else { Ok(DepositAddress::of_skycoin(address)) }
}

fn fmt_sky(address: &DepositAddress, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let key = <[u8; 20]>::try_from(address.payload()).expect("BUG: a Skycoin address has 20 bytes");
    fmt::Display::fmt(&crate::skycoin::Address::from_bytes(key), f)
}

impl<C> minicbor::Encode<C> for DepositAddress {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        let mut compact = Vec::with_capacity(2 + MAX_PAYLOAD);
        self.write_compact(&mut compact);
        e.bytes(&compact)?.ok()
    }
}

impl<'b, C> minicbor::Decode<'b, C> for DepositAddress {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        match DepositAddress::read_compact(d.bytes()?) {
            Some((address, [])) => Ok(address),
            _ => Err(minicbor::decode::Error::message("not a stored deposit address")),
        }
    }
}
