//! What the daemon's API shows of blocks, transactions and outputs, field by field in its order.

use serde::Serialize;
use teller::types::{Claim, Droplets, Hash32, TxId};

use super::chain::{Block, Chain, Fate, UxOut};
use super::golang::moment;
use super::pool::Waiting;
use super::wire::{Tx, TxOut};

const NULL: TxId = TxId([0; 32]);
/// Go's moment zero, which says "never".
const NEVER: &str = "0001-01-01T00:00:00Z";

#[derive(Debug, Serialize)]
pub(crate) struct Header {
    seq: u64,
    block_hash: String,
    previous_block_hash: String,
    timestamp: u64,
    fee: u64,
    version: u32,
    tx_body_hash: String,
    ux_hash: String,
}

impl Header {
    pub(crate) fn of(block: &Block) -> Header {
        let header = &block.header;
        Header {
            seq: header.height.get(),
            block_hash: block.hash.to_string(),
            previous_block_hash: header.previous.to_string(),
            timestamp: header.time.get(),
            fee: header.fee.get(),
            version: header.version,
            tx_body_hash: header.body.to_string(),
            ux_hash: header.unspent.to_string(),
        }
    }

    /// A hash that the block does not have.
    pub(crate) fn lie(mut self) -> Header {
        self.block_hash = self.block_hash.chars().rev().collect();
        self
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct ShownBlock {
    header: Header,
    body: Body,
    size: u64,
}

#[derive(Debug, Serialize)]
struct Body {
    txns: Vec<Transaction>,
}

impl ShownBlock {
    pub(crate) fn of(block: &Block, chain: &Chain, verbose: bool, lie: bool) -> ShownBlock {
        let is_first = block.seq() == 0;
        let txns = block.txs.iter().map(|tx| match verbose {
            true => Transaction::verbose(tx, &inputs_before(tx, block, chain), is_first),
            false => Transaction::plain(tx, is_first),
        });
        let header = Header::of(block);
        ShownBlock {
            header: if lie { header.lie() } else { header },
            body: Body { txns: txns.collect() },
            size: block.size(),
        }
    }
}

/// What a block's transaction spent, with the hours of the block before.
pub(crate) fn inputs_before(tx: &Tx, block: &Block, chain: &Chain) -> Vec<Input> {
    let time = block.seq().checked_sub(1).and_then(|seq| chain.block(seq)).map_or(0, Block::time);
    tx.inputs.iter().filter_map(|uxid| chain.fate(uxid)).map(|fate| Input::of(&fate.ux, time)).collect()
}

/// What a waiting transaction would spend, or would have spent if another one had not.
pub(crate) fn inputs_now(tx: &Tx, chain: &Chain) -> Result<Vec<Input>, String> {
    let time = chain.head().time();
    let input =
        |uxid: &Claim| chain.fate(uxid).map(|fate| Input::of(&fate.ux, time)).ok_or_else(|| no_uxout(uxid));
    tx.inputs.iter().map(input).collect()
}

/// The daemon's words for an output that there never was.
pub(crate) fn no_uxout(uxid: &Claim) -> String {
    format!("uxout of {uxid} does not exist")
}

#[derive(Debug, Serialize)]
pub(crate) struct Transaction {
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp: Option<u64>,
    length: u32,
    #[serde(rename = "type")]
    kind: u8,
    txid: String,
    inner_hash: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    fee: Option<u64>,
    sigs: Vec<String>,
    inputs: Inputs,
    outputs: Vec<Output>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Inputs {
    Ids(Vec<String>),
    Whole(Vec<Input>),
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Input {
    uxid: String,
    owner: String,
    coins: String,
    src_txid: String,
    hours: u64,
    calculated_hours: u64,
}

#[derive(Debug, Serialize)]
struct Output {
    uxid: String,
    dst: String,
    coins: String,
    hours: u64,
}

impl Transaction {
    pub(crate) fn plain(tx: &Tx, is_first: bool) -> Transaction {
        let txid = tx.txid();
        let source = if is_first { NULL } else { txid };
        Transaction {
            timestamp: None,
            length: tx.length,
            kind: tx.kind,
            txid: txid.to_string(),
            inner_hash: Hash32(tx.inner_hash).to_string(),
            fee: None,
            sigs: tx.sigs.iter().map(|sig| digits(sig)).collect(),
            inputs: Inputs::Ids(tx.inputs.iter().map(ToString::to_string).collect()),
            outputs: tx.outputs.iter().map(|out| Output::of(out, source)).collect(),
        }
    }

    pub(crate) fn verbose(tx: &Tx, inputs: &[Input], is_first: bool) -> Transaction {
        let hours_in: u64 = inputs.iter().map(|input| input.calculated_hours).sum();
        let hours_out: u64 = tx.outputs.iter().map(|output| output.hours).sum();
        let fee = if is_first { 0 } else { hours_in.saturating_sub(hours_out) };
        Transaction {
            fee: Some(fee),
            inputs: Inputs::Whole(inputs.to_vec()),
            ..Transaction::plain(tx, is_first)
        }
    }

    fn at(mut self, time: u64) -> Transaction {
        self.timestamp = Some(time);
        self
    }
}

impl Input {
    fn of(ux: &UxOut, time: u64) -> Input {
        Input {
            uxid: ux.uxid().to_string(),
            owner: ux.out.address_text(),
            coins: coins(ux.out.coins),
            src_txid: ux.source.to_string(),
            hours: ux.out.hours,
            calculated_hours: ux.hours_at(time).unwrap_or(0),
        }
    }
}

impl Output {
    fn of(out: &TxOut, source: TxId) -> Output {
        Output {
            uxid: out.uxid(source).to_string(),
            dst: out.address_text(),
            coins: coins(out.coins),
            hours: out.hours,
        }
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct Status {
    confirmed: bool,
    unconfirmed: bool,
    height: u64,
    block_seq: u64,
}

impl Status {
    pub(crate) const WAITING: Status =
        Status { confirmed: false, unconfirmed: true, height: 0, block_seq: 0 };

    pub(crate) fn in_block(seq: u64, head: u64) -> Status {
        let height = head.saturating_sub(seq).saturating_add(1);
        Status { confirmed: true, unconfirmed: false, height, block_seq: seq }
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct WithStatus {
    status: Status,
    time: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    txn: Option<Transaction>,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoded_transaction: Option<String>,
}

impl WithStatus {
    pub(crate) fn shown(status: Status, time: u64, txn: Transaction) -> WithStatus {
        WithStatus { status, time, txn: Some(txn.at(time)), encoded_transaction: None }
    }

    pub(crate) fn encoded(status: Status, time: u64, tx: &Tx) -> WithStatus {
        WithStatus { status, time, txn: None, encoded_transaction: Some(digits(&tx.encode())) }
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct Unconfirmed {
    transaction: Transaction,
    received: String,
    checked: String,
    announced: &'static str,
    is_valid: bool,
}

impl Unconfirmed {
    pub(crate) fn of(waiting: &Waiting, transaction: Transaction) -> Unconfirmed {
        Unconfirmed {
            transaction,
            received: moment(waiting.received),
            checked: moment(waiting.checked),
            announced: NEVER,
            is_valid: waiting.is_valid,
        }
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct Unspent {
    hash: String,
    time: u64,
    block_seq: u64,
    src_tx: String,
    address: String,
    coins: String,
    hours: u64,
    calculated_hours: u64,
}

impl Unspent {
    pub(crate) fn of(ux: &UxOut, time: u64) -> Unspent {
        Unspent {
            hash: ux.uxid().to_string(),
            time: ux.time,
            block_seq: ux.seq,
            src_tx: ux.source.to_string(),
            address: ux.out.address_text(),
            coins: coins(ux.out.coins),
            hours: ux.out.hours,
            calculated_hours: ux.hours_at(time).unwrap_or(0),
        }
    }

    /// Newest first, then by their ids.
    pub(crate) fn sorted(mut all: Vec<Unspent>) -> Vec<Unspent> {
        all.sort_by(|one, other| other.time.cmp(&one.time).then_with(|| one.hash.cmp(&other.hash)));
        all
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct Spent {
    uxid: String,
    time: u64,
    src_block_seq: u64,
    src_tx: String,
    owner_address: String,
    coins: u64,
    hours: u64,
    calculated_hours: u64,
    spent_block_seq: u64,
    spent_tx: String,
}

impl Spent {
    pub(crate) fn of(fate: &Fate, time: u64) -> Spent {
        let ux = &fate.ux;
        let (spent_tx, spent_block_seq) = fate.spent.unwrap_or((NULL, 0));
        Spent {
            uxid: ux.uxid().to_string(),
            time: ux.time,
            src_block_seq: ux.seq,
            src_tx: ux.source.to_string(),
            owner_address: ux.out.address_text(),
            coins: ux.out.coins,
            hours: ux.out.hours,
            calculated_hours: match fate.spent {
                Some(_) => ux.out.hours,
                None => ux.hours_at(time).unwrap_or(0),
            },
            spent_block_seq,
            spent_tx: spent_tx.to_string(),
        }
    }
}

pub(crate) fn digits(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn coins(droplets: u64) -> String {
    Droplets::new(droplets).to_string()
}
