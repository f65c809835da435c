//! Scripts: what coinbases say, and what outputs are called.

use bitcoin::opcodes::all::OP_PUSHNUM_1;
use bitcoin::script::Builder;
use bitcoin::{Address, Network, Script, ScriptBuf};

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
    let parsed: Address<_> = address.parse().map_err(|error| format!("{address:?}: {error}"))?;
    let checked = parsed.require_network(network);
    checked
        .map(|address| address.script_pubkey())
        .map_err(|_| format!("{address:?} is of another network than {network}"))
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
    Address::from_script(script, network).ok().map(|address| address.to_string())
}
