//! Blocks and transactions as the nodes show them in JSON.

use bitcoin::consensus::serialize;
use bitcoin::hex::DisplayHex;
use bitcoin::{Block, Transaction};
use serde::Serialize;
use serde_json::value::RawValue;
use teller::coins::Network;
use teller::types::Units;

use crate::rpc::{Failure, decimal};

use super::{Dialect, script};

/// Regtest's difficulty as nodes write it.
pub(super) const DIFFICULTY: &str = "4.656542373906925e-10";
/// Decimal places of an amount.
const DECIMALS: u8 = 8;

#[derive(Debug, Serialize)]
pub(super) struct ShownHeader {
    hash: String,
    confirmations: u64,
    height: u64,
    version: i32,
    #[serde(rename = "versionHex")]
    version_hex: String,
    merkleroot: String,
    time: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    mediantime: Option<u32>,
    nonce: u32,
    bits: String,
    difficulty: Box<RawValue>,
    #[serde(rename = "nTx", skip_serializing_if = "Option::is_none")]
    transactions: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    previousblockhash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nextblockhash: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct ShownBlock {
    #[serde(flatten)]
    header: ShownHeader,
    strippedsize: usize,
    size: usize,
    weight: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    tx: Option<Transactions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rawtx: Option<Vec<ShownTransaction>>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Transactions {
    Ids(Vec<String>),
    Whole(Vec<ShownTransaction>),
}

#[derive(Debug, Serialize)]
pub(super) struct ShownTransaction {
    txid: String,
    hash: String,
    version: i32,
    size: usize,
    vsize: usize,
    weight: u64,
    locktime: u32,
    vin: Vec<Input>,
    vout: Vec<Output>,
    hex: String,
}

#[derive(Debug, Serialize)]
struct Input {
    #[serde(skip_serializing_if = "Option::is_none")]
    coinbase: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    txid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vout: Option<u32>,
    sequence: u32,
}

#[derive(Debug, Serialize)]
struct Output {
    value: Box<RawValue>,
    n: usize,
    #[serde(rename = "scriptPubKey")]
    script: ShownScript,
}

#[derive(Debug, Serialize)]
struct ShownScript {
    asm: String,
    hex: String,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    addresses: Vec<String>,
}

/// A block's place in the chain.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) height: u64,
    pub(super) tip: u64,
    pub(super) next: Option<String>,
    /// Who shows it.
    pub(super) dialect: Dialect,
}

impl ShownHeader {
    pub(super) fn of(block: &Block, place: &Place) -> Result<ShownHeader, Failure> {
        let header = &block.header;
        let is_bitcoind = place.dialect == Dialect::Bitcoind;
        Ok(ShownHeader {
            hash: block.block_hash().to_string(),
            confirmations: place.tip.saturating_sub(place.height).saturating_add(1),
            height: place.height,
            version: header.version.to_consensus(),
            version_hex: format!("{:08x}", header.version.to_consensus()),
            merkleroot: header.merkle_root.to_string(),
            time: header.time,
            mediantime: is_bitcoind.then_some(header.time),
            nonce: header.nonce,
            bits: format!("{:08x}", header.bits.to_consensus()),
            difficulty: decimal(DIFFICULTY.to_owned())?,
            transactions: is_bitcoind.then_some(block.txdata.len()),
            previousblockhash: (place.height > 0).then(|| header.prev_blockhash.to_string()),
            nextblockhash: place.next.clone(),
        })
    }
}

impl ShownBlock {
    /// With the ids of its transactions.
    pub(super) fn short(block: &Block, place: &Place) -> Result<ShownBlock, Failure> {
        let ids = block.txdata.iter().map(|tx| tx.compute_txid().to_string()).collect();
        Ok(ShownBlock {
            header: ShownHeader::of(block, place)?,
            strippedsize: block.total_size(),
            size: block.total_size(),
            weight: block.weight().to_wu(),
            tx: Some(Transactions::Ids(ids)),
            rawtx: None,
        })
    }

    /// With its transactions, where bitcoind shows them.
    pub(super) fn whole(block: &Block, place: &Place, network: Network) -> Result<ShownBlock, Failure> {
        let tx = Some(Transactions::Whole(transactions(block, network)?));
        Ok(ShownBlock { tx, ..ShownBlock::short(block, place)? })
    }

    /// With its transactions, where btcd shows them.
    pub(super) fn raw(block: &Block, place: &Place, network: Network) -> Result<ShownBlock, Failure> {
        let rawtx = Some(transactions(block, network)?);
        Ok(ShownBlock { tx: None, rawtx, ..ShownBlock::short(block, place)? })
    }
}

fn transactions(block: &Block, network: Network) -> Result<Vec<ShownTransaction>, Failure> {
    block.txdata.iter().map(|tx| ShownTransaction::of(tx, network)).collect()
}

impl ShownTransaction {
    pub(super) fn of(tx: &Transaction, network: Network) -> Result<ShownTransaction, Failure> {
        let outputs = tx.output.iter().enumerate().map(|(n, output)| {
            let script = &output.script_pubkey;
            let address = script::address_of(script, network);
            Ok(Output {
                value: decimal(Units::new(output.value.to_sat().into()).to_coins(DECIMALS))?,
                n,
                script: ShownScript {
                    asm: script.to_asm_string(),
                    hex: script.to_hex_string(),
                    kind: script::kind_of(script),
                    addresses: address.iter().cloned().collect(),
                    address,
                },
            })
        });
        let is_coinbase = tx.is_coinbase();
        let inputs = tx.input.iter().map(|input| Input {
            coinbase: is_coinbase.then(|| input.script_sig.to_hex_string()),
            txid: (!is_coinbase).then(|| input.previous_output.txid.to_string()),
            vout: (!is_coinbase).then_some(input.previous_output.vout),
            sequence: input.sequence.to_consensus_u32(),
        });
        Ok(ShownTransaction {
            txid: tx.compute_txid().to_string(),
            hash: tx.compute_wtxid().to_string(),
            version: tx.version.0,
            size: tx.total_size(),
            vsize: tx.vsize(),
            weight: tx.weight().to_wu(),
            locktime: tx.lock_time.to_consensus_u32(),
            vin: inputs.collect(),
            vout: outputs.collect::<Result<_, Failure>>()?,
            hex: serialize(tx).to_lower_hex_string(),
        })
    }
}
