//! Scripts: what coinbases say, and what outputs are called.

use bitcoin::hashes::Hash;
use bitcoin::opcodes::all::OP_PUSHNUM_1;
use bitcoin::script::Builder;
use bitcoin::{PubkeyHash, Script, ScriptBuf, ScriptHash, WitnessProgram, WitnessVersion};
use teller::address::DepositAddress;
use teller::coins::Network;

/// The height (BIP 34), and a number that makes it the only one of its kind.
pub(super) fn coinbase(height: u64, serial: u64) -> ScriptBuf {
    let height = i64::try_from(height).unwrap_or(i64::MAX);
    Builder::new().push_int(height).push_slice(serial.to_le_bytes()).into_script()
}

/// Spendable by whoever wants to.
pub(super) fn anybody() -> ScriptBuf {
    Builder::new().push_opcode(OP_PUSHNUM_1).into_script()
}

/// The script that pays an address of this network.
pub(super) fn paying(address: &str, network: Network) -> Result<ScriptBuf, String> {
    let parsed = DepositAddress::parse(network, address).map_err(|error| format!("{address:?}: {error}"))?;
    let is_its = |script: &ScriptBuf| {
        DepositAddress::of_script(script.as_bytes(), network).is_some_and(|paid| paid.key() == parsed.key())
    };
    let found = scripts_of(parsed.payload()).into_iter().find(is_its);
    found.ok_or_else(|| format!("{address:?}: no script pays it"))
}

/// All that pay this hash or program.
fn scripts_of(payload: &[u8]) -> Vec<ScriptBuf> {
    let hash = <[u8; 20]>::try_from(payload).ok();
    let legacy = hash.into_iter().flat_map(|hash| {
        let (key, script) = (PubkeyHash::from_byte_array(hash), ScriptHash::from_byte_array(hash));
        [ScriptBuf::new_p2pkh(&key), ScriptBuf::new_p2sh(&script)]
    });
    let witness = [WitnessVersion::V0, WitnessVersion::V1].into_iter().filter_map(|version| {
        let program = WitnessProgram::new(version, payload).ok()?;
        Some(ScriptBuf::new_witness_program(&program))
    });
    legacy.chain(witness).collect()
}

/// What nodes call the form of a script.
pub(super) fn kind_of(script: &Script) -> &'static str {
    match () {
        () if script.is_p2pkh() => "pubkeyhash",
        () if script.is_p2sh() => "scripthash",
        () if script.is_p2wpkh() => "witness_v0_keyhash",
        () if script.is_p2wsh() => "witness_v0_scripthash",
        () if script.is_p2tr() => "witness_v1_taproot",
        () if script.is_op_return() => "nulldata",
        () => "nonstandard",
    }
}

/// The address of a script, where it has one.
pub(super) fn address_of(script: &Script, network: Network) -> Option<String> {
    DepositAddress::of_script(script.as_bytes(), network).map(|address| address.to_string())
}
