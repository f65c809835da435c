//! Bitcoin's address kinds, by the rules of the `bitcoin` crate (base58check, bech32 and bech32m).

use std::fmt;
use std::str::FromStr;

use bitcoin::address::{NetworkUnchecked, ParseError};
use bitcoin::hashes::Hash;
use bitcoin::{Address, PubkeyHash, ScriptBuf, ScriptHash, WitnessProgram, WitnessVersion};

use super::{AddressError, DepositAddress, Form, Prefix};
use crate::types::Coin;

pub use bitcoin::Network;

/// A name that is no Bitcoin network.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("unknown network {0:?}, expected one of bitcoin, testnet, testnet4, signet, regtest")]
pub struct UnknownNetwork(pub String);

/// The network that the configuration names.
pub fn network_from_name(name: &str) -> Result<Network, UnknownNetwork> {
    match name {
        "bitcoin" => Ok(Network::Bitcoin),
        "testnet" => Ok(Network::Testnet),
        "testnet4" => Ok(Network::Testnet4),
        "signet" => Ok(Network::Signet),
        "regtest" => Ok(Network::Regtest),
        other => Err(UnknownNetwork(other.to_owned())),
    }
}

pub(super) fn parse(coin: Coin, text: &str, network: Network) -> Result<DepositAddress, AddressError> {
    let unchecked = Address::<NetworkUnchecked>::from_str(text).map_err(|error| invalid(coin, &error))?;
    let address =
        unchecked.require_network(network).map_err(|_| AddressError::WrongNetwork { expected: network })?;
    of_script(coin, address.script_pubkey().as_bytes(), network).ok_or_else(|| AddressError::Invalid {
        coin,
        why: "a witness version that has no standard address type yet".to_owned(),
    })
}

/// Looks at the script's template alone: one comparison per kind, no hashing, no base58.
pub(super) fn of_script(coin: Coin, script: &[u8], network: Network) -> Option<DepositAddress> {
    let of_20 = |form, hash: &[u8]| {
        Some(DepositAddress::of::<20>(coin, form, prefix(form, network), hash.try_into().ok()?))
    };
    let of_32 = |form, program: &[u8]| {
        Some(DepositAddress::of::<32>(coin, form, prefix(form, network), program.try_into().ok()?))
    };
    match script {
        [0x76, 0xa9, 0x14, hash @ .., 0x88, 0xac] => of_20(Form::P2pkh, hash),
        [0xa9, 0x14, hash @ .., 0x87] => of_20(Form::P2sh, hash),
        [0x00, 0x14, program @ ..] => of_20(Form::P2wpkh, program),
        [0x00, 0x20, program @ ..] => of_32(Form::P2wsh, program),
        [0x51, 0x20, program @ ..] => of_32(Form::P2tr, program),
        _ => None,
    }
}

pub(super) fn fmt(address: &DepositAddress, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let network = match address.prefix {
        Prefix::Main => Network::Bitcoin,
        Prefix::Test => Network::Testnet,
        Prefix::Regtest => Network::Regtest,
    };
    let text =
        Address::from_script(&script(address), network).expect("BUG: a standard script has an address");
    fmt::Display::fmt(&text, f)
}

/// The output script that pays this address.
fn script(address: &DepositAddress) -> ScriptBuf {
    let payload = address.payload();
    let witness = |version| {
        let program =
            WitnessProgram::new(version, payload).expect("BUG: a stored program has a legal length");
        ScriptBuf::new_witness_program(&program)
    };
    match address.form {
        Form::P2sh => ScriptBuf::new_p2sh(&ScriptHash::from_slice(payload).expect("BUG: 20 bytes")),
        Form::P2wpkh | Form::P2wsh => witness(WitnessVersion::V0),
        Form::P2tr => witness(WitnessVersion::V1),
        Form::P2pkh | Form::EthLower | Form::EthChecksummed | Form::EthUpper | Form::Sky => {
            ScriptBuf::new_p2pkh(&PubkeyHash::from_slice(payload).expect("BUG: 20 bytes"))
        }
    }
}

/// Legacy addresses of regtest are written like those of testnet; segwit ones have a prefix of their own.
fn prefix(form: Form, network: Network) -> Prefix {
    match (network, form) {
        (Network::Bitcoin, _) => Prefix::Main,
        (Network::Regtest, Form::P2wpkh | Form::P2wsh | Form::P2tr) => Prefix::Regtest,
        _ => Prefix::Test,
    }
}

fn invalid(coin: Coin, error: &ParseError) -> AddressError {
    AddressError::Invalid { coin, why: error.to_string() }
}
