//! Address kinds of Bitcoin and its like: base58check, bech32 and bech32m, with the prefixes that the catalogue has.

use std::fmt;

use bitcoin::base58;
use bitcoin::bech32::{Fe32, Hrp, segwit};

use super::{AddressError, DepositAddress, Form};
use crate::coins::{BitcoinLike, Network};

/// Bytes of a legacy address: the prefix and a hash.
const LEGACY: usize = 21;

pub(super) fn parse(
    network: Network,
    like: &BitcoinLike,
    text: &str,
) -> Result<DepositAddress, AddressError> {
    match read(network, like, text) {
        Ok(Some(address)) => Ok(address),
        Err(why) => Err(AddressError::Invalid { coin: network.coin(), why }),
        Ok(None) => {
            let is_of = |other: &Network| {
                let like = other.bitcoin_like();
                like.is_some_and(|like| matches!(read(*other, like, text), Ok(Some(_))))
            };
            match network.coin().networks().any(|other| is_of(&other)) {
                true => Err(AddressError::WrongNetwork { expected: network }),
                false => Err(AddressError::Invalid {
                    coin: network.coin(),
                    why: "begins with what none of its addresses begins with".to_owned(),
                }),
            }
        }
    }
}

/// None where the text may be an address, and its prefix is none of this network's.
fn read(network: Network, like: &BitcoinLike, text: &str) -> Result<Option<DepositAddress>, String> {
    let hrp = text.rsplit_once('1').map(|(hrp, _)| hrp).unwrap_or_default();
    let is_own = like.bech32.is_some_and(|own| own.eq_ignore_ascii_case(hrp));
    // First, because some of these begin with the letters of a witness address: LTC1.
    let bytes = match base58::decode_check(text) {
        Ok(bytes) => bytes,
        Err(_) if is_own => return read_witness(network, text).map(Some),
        // Another network's may be a witness address.
        Err(_) if segwit::decode(text).is_ok() => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    let [prefix, hash @ ..] = bytes.as_slice() else { return Err("no address".to_owned()) };
    let hash = <&[u8; LEGACY - 1]>::try_from(hash)
        .map_err(|_| format!("has {} bytes, expected {LEGACY}", bytes.len()))?;
    let form = if *prefix == like.p2pkh {
        Form::P2pkh
    } else if like.p2sh.contains(prefix) {
        Form::P2sh
    } else {
        return Ok(None);
    };
    Ok(Some(DepositAddress::of(network, form, hash)))
}

fn read_witness(network: Network, text: &str) -> Result<DepositAddress, String> {
    let (_, version, program) = segwit::decode(text).map_err(|error| error.to_string())?;
    let form = match (version.to_u8(), program.len()) {
        (0, 20) => Form::P2wpkh,
        (0, 32) => Form::P2wsh,
        (1, 32) => Form::P2tr,
        _ => return Err("a witness version that has no standard address type yet".to_owned()),
    };
    Ok(DepositAddress::new(network, form, &program))
}

/// Looks at the script's template alone: one comparison per kind, no hashing, no base58.
pub(super) fn of_script(network: Network, like: &BitcoinLike, script: &[u8]) -> Option<DepositAddress> {
    let of_20 = |form, hash: &[u8]| Some(DepositAddress::of::<20>(network, form, hash.try_into().ok()?));
    let of_32 =
        |form, program: &[u8]| Some(DepositAddress::of::<32>(network, form, program.try_into().ok()?));
    match script {
        [0x76, 0xa9, 0x14, hash @ .., 0x88, 0xac] => of_20(Form::P2pkh, hash),
        [0xa9, 0x14, hash @ .., 0x87] => of_20(Form::P2sh, hash),
        _ if like.bech32.is_none() => None,
        [0x00, 0x14, program @ ..] => of_20(Form::P2wpkh, program),
        [0x00, 0x20, program @ ..] => of_32(Form::P2wsh, program),
        [0x51, 0x20, program @ ..] => of_32(Form::P2tr, program),
        _ => None,
    }
}

pub(super) fn fmt(address: &DepositAddress, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    const BUG: &str = "BUG: such an address is of a network that has a prefix for it";
    let network = address.network();
    let like = network.bitcoin_like().expect(BUG);
    let witness = |version| {
        let hrp =
            Hrp::parse(like.bech32.expect(BUG)).expect("BUG: the catalogue has what addresses begin with");
        segwit::encode(hrp, version, address.payload()).expect("BUG: a stored program has a legal length")
    };
    let legacy = |prefix: u8| base58::encode_check(&[&[prefix], address.payload()].concat());
    f.write_str(&match address.form {
        Form::P2pkh => legacy(like.p2pkh),
        Form::P2sh => legacy(*like.p2sh.first().expect(BUG)),
        Form::P2wpkh | Form::P2wsh => witness(Fe32::Q),
        Form::P2tr => witness(Fe32::P),
        Form::EthLower | Form::EthChecksummed | Form::EthUpper | Form::Sky => unreachable!("{BUG}"),
    })
}
