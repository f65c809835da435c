//! The calls, and the errors that btcd and bitcoind each have for them.

use bitcoin::consensus::serialize;
use bitcoin::hex::DisplayHex;
use bitcoin::{Block, BlockHash, Transaction, TxOut, Txid};
use serde_json::{Value, json};
use teller::address::DepositAddress;
use teller::coins::Network;
use teller::types::Units;

use crate::rpc::{Call, Failure, Outcome, decimal, value};
use crate::serve::Answer;
use crate::trouble::Lies;

use super::chain::{Chain, Made};
use super::shown::{DIFFICULTY, Place, ShownBlock, ShownHeader, ShownTransaction};
use super::{Btc, Dialect};

pub(super) const NO_METHOD: i64 = -32601;
pub(super) const NO_REQUEST: i64 = -32600;
const NOT_FOUND: i64 = -5;

/// What a request sees.
pub(super) struct View<'a> {
    pub(super) node: &'a Btc,
    pub(super) chain: &'a Chain,
    pub(super) lies: Lies,
}

impl View<'_> {
    pub(super) fn answer(&self, call: &Call) -> Outcome {
        match (call.method.as_str(), self.dialect()) {
            ("getblockcount", _) => value(&self.tip()),
            ("getbestblockhash", _) => value(&self.tip_hash()),
            ("getbestblock", Dialect::Btcd) => {
                value(&json!({ "hash": self.tip_hash(), "height": self.tip() }))
            }
            ("getblockhash", _) => self.block_hash(call),
            ("getblock", _) => self.block(call),
            ("getblockheader", _) => self.header(call),
            ("getblockchaininfo", _) => self.chain_info(),
            ("getnetworkinfo", Dialect::Btcd) => Err(Failure::new(-1, "Command unimplemented")),
            ("getnetworkinfo", Dialect::Bitcoind) => self.network_info(),
            ("getinfo", Dialect::Btcd) => self.info(),
            ("getconnectioncount", _) => value(&1),
            ("getdifficulty", Dialect::Btcd) => decimal(DIFFICULTY.to_owned()),
            ("ping", _) => value(&Value::Null),
            ("getrawmempool", _) => self.mempool(),
            ("getrawtransaction", _) => self.raw_transaction(call),
            ("scantxoutset", Dialect::Bitcoind) if self.node.settings.kind.has_scan => {
                self.scan_unspent(call)
            }
            _ => Err(Failure::new(NO_METHOD, "Method not found")),
        }
    }

    fn dialect(&self) -> Dialect {
        self.node.settings.dialect
    }

    fn network(&self) -> Network {
        self.node.settings.kind.network
    }

    fn tip(&self) -> u64 {
        self.chain.height(self.lies.behind)
    }

    fn tip_hash(&self) -> String {
        self.chain.at(self.tip()).map(|block| block.block_hash().to_string()).unwrap_or_default()
    }

    fn at(&self, height: u64) -> Option<&Made> {
        self.chain.at(height).filter(|_| height <= self.tip())
    }

    fn block_hash(&self, call: &Call) -> Outcome {
        let height = call.params.first().and_then(Value::as_u64);
        if height == Some(0) && self.lies.wrong_network {
            return value(&self.node.settings.kind.other_genesis.to_string());
        }
        let found = height.and_then(|height| self.at(height));
        let block = found.ok_or_else(|| match self.dialect() {
            Dialect::Btcd => Failure::new(-1, "Block number out of range"),
            Dialect::Bitcoind => Failure::new(-8, "Block height out of range"),
        })?;
        value(&block.block_hash().to_string())
    }

    /// The block that a call names, with its place.
    fn named(&self, call: &Call) -> Result<(&Made, Place), Failure> {
        let text = call.params.first().and_then(Value::as_str).unwrap_or_default();
        let hash: BlockHash = text.parse().map_err(|_| self.no_hash(text))?;
        let found = self.chain.find(&hash).filter(|(height, _)| *height <= self.tip());
        let (height, block) = found.ok_or_else(|| Failure::new(NOT_FOUND, "Block not found"))?;
        let next = self.at(height + 1).map(|block| block.block_hash().to_string());
        Ok((block, Place { height, tip: self.tip(), next, dialect: self.dialect() }))
    }

    fn no_hash(&self, text: &str) -> Failure {
        match self.dialect() {
            Dialect::Btcd => Failure::new(-22, format!("Argument must be hexadecimal string (not {text:?})")),
            Dialect::Bitcoind => {
                let digits = text.chars().count();
                Failure::new(-8, format!("blockhash must be of length 64 (not {digits}, for '{text}')"))
            }
        }
    }

    fn block(&self, call: &Call) -> Outcome {
        let (block, place) = self.named(call)?;
        self.is_there(place.height)?;
        match verbosity(call.params.get(1), 1)? {
            0 => value(&self.perhaps_another(block).bytes().to_lower_hex_string()),
            1 => value(&ShownBlock::short(block, &place)?),
            _ if self.dialect() == Dialect::Btcd => value(&ShownBlock::raw(block, &place, self.network())?),
            _ => value(&ShownBlock::whole(block, &place, self.network())?),
        }
    }

    /// The head of a block is known longer than the rest of it, and sooner.
    fn is_there(&self, height: u64) -> Result<(), Failure> {
        let depth = self.tip().saturating_sub(height);
        if self.lies.kept.is_some_and(|kept| depth >= kept) {
            return Err(match self.dialect() {
                Dialect::Btcd => Failure::new(NOT_FOUND, "Block not found"),
                Dialect::Bitcoind => Failure::new(-1, "Block not available (pruned data)"),
            });
        }
        if depth < self.lies.missing {
            return Err(match self.dialect() {
                Dialect::Btcd => Failure::new(NOT_FOUND, "Block not found"),
                Dialect::Bitcoind => Failure::new(-1, "Block not available (not fully downloaded)"),
            });
        }
        Ok(())
    }

    /// Where it is to lie about hashes: a block with another one.
    fn perhaps_another(&self, made: &Made) -> Made {
        let mut made = made.clone();
        if self.lies.wrong_hash {
            made.block.header.nonce = made.block.header.nonce.wrapping_add(1);
        }
        made
    }

    fn header(&self, call: &Call) -> Outcome {
        let (block, place) = self.named(call)?;
        match verbosity(call.params.get(1), 1)? {
            0 => value(&self.perhaps_another(block).head_bytes().to_lower_hex_string()),
            _ => value(&ShownHeader::of(block, &place)?),
        }
    }

    fn chain_info(&self) -> Outcome {
        let name = self.node.settings.kind.name();
        let name = match name {
            "main" if self.lies.wrong_network => "test",
            _ if self.lies.wrong_network => "main",
            name => name,
        };
        let time = self.at(self.tip()).map_or(0, |block| block.header.time);
        let mut info = json!({
            "chain": name, "blocks": self.tip(), "headers": self.tip(),
            "bestblockhash": self.tip_hash(), "difficulty": decimal(DIFFICULTY.to_owned())?,
            "mediantime": time, "pruned": false,
        });
        if self.dialect() == Dialect::Bitcoind {
            info["time"] = json!(time);
            info["verificationprogress"] = json!(1);
            info["initialblockdownload"] = json!(self.lies.missing > 0);
            info["chainwork"] = json!("0".repeat(64));
            info["warnings"] = json!([]);
        }
        value(&info)
    }

    fn network_info(&self) -> Outcome {
        value(&json!({
            "version": 290_000, "subversion": self.agent(), "protocolversion": 70_016, "connections": 1,
            "networkactive": true, "relayfee": decimal("0.00001000".to_owned())?, "warnings": [],
        }))
    }

    fn agent(&self) -> String {
        let name = if self.dialect() == Dialect::Btcd { "btcd" } else { "Satoshi" };
        format!("/{name}:simnet/")
    }

    fn info(&self) -> Outcome {
        value(&json!({
            "version": 260_000, "protocolversion": 70_016, "blocks": self.tip(), "timeoffset": 0, "connections": 1,
            "proxy": "", "difficulty": decimal(DIFFICULTY.to_owned())?,
            "testnet": !self.network().is_main(), "relayfee": decimal("0.00001000".to_owned())?,
            "errors": "",
        }))
    }

    fn mempool(&self) -> Outcome {
        let ids: Vec<String> = self.chain.pool().iter().map(|tx| tx.compute_txid().to_string()).collect();
        value(&ids)
    }

    /// Of waiting transactions alone: there is no index of the others.
    fn raw_transaction(&self, call: &Call) -> Outcome {
        let text = call.params.first().and_then(Value::as_str).unwrap_or_default();
        let txid: Txid = text.parse().map_err(|_| self.no_hash(text))?;
        let found = self.chain.pool().iter().find(|tx| tx.compute_txid() == txid);
        let tx = found.ok_or_else(|| match self.dialect() {
            Dialect::Btcd => {
                let words = "The transaction index must be enabled to query the blockchain";
                Failure::new(NOT_FOUND, format!("{words} (specify --txindex)"))
            }
            Dialect::Bitcoind => {
                let words = "No such mempool transaction. Use -txindex or provide a block hash to enable";
                let words = format!(
                    "{words} blockchain transaction queries. Use gettransaction for wallet transactions."
                );
                Failure::new(NOT_FOUND, words)
            }
        })?;
        match verbosity(call.params.get(1), 0)? {
            0 => value(&serialize(tx).to_lower_hex_string()),
            _ => value(&ShownTransaction::of(tx, self.network())?),
        }
    }

    /// Every output to addresses, as `addr(...)`: nothing is ever spent here.
    fn scan_unspent(&self, call: &Call) -> Outcome {
        if call.params.first().and_then(Value::as_str) != Some("start") {
            return value(&Value::Null);
        }
        let asked = call.params.get(1).and_then(Value::as_array);
        let asked =
            asked.ok_or_else(|| Failure::new(-1, "scanobjects argument is required for the start action"))?;
        let mut wanted = Vec::with_capacity(asked.len());
        for one in asked {
            let text = one.as_str().and_then(|text| text.strip_prefix("addr(")?.strip_suffix(')'));
            let address = text.and_then(|text| DepositAddress::parse(self.network(), text).ok());
            let invalid = || Failure::new(-5, format!("Invalid descriptor '{one}'"));
            wanted.push(address.ok_or_else(invalid)?.key());
        }
        let (mut unspents, decimals) = (Vec::new(), self.network().coin().decimals());
        for (height, block) in (0..=self.tip()).filter_map(|height| Some((height, self.at(height)?))) {
            for (tx, n, output) in outputs(block).filter(|(.., output)| {
                let paid = DepositAddress::of_script(output.script_pubkey.as_bytes(), self.network());
                paid.is_some_and(|paid| wanted.contains(&paid.key()))
            }) {
                let amount = Units::new(output.value.to_sat().into()).to_coins(decimals);
                unspents.push(json!({
                    "txid": tx.compute_txid().to_string(), "vout": n, "coinbase": false, "height": height,
                    "scriptPubKey": output.script_pubkey.as_bytes().to_lower_hex_string(),
                    "amount": decimal(amount)?,
                }));
            }
        }
        value(
            &json!({ "success": true, "height": self.tip(), "bestblock": self.tip_hash(), "unspents": unspents }),
        )
    }

    /// `HASH.bin` and `HASH.hex` of bitcoind's REST interface.
    pub(super) fn rest_block(&self, file: &str) -> Answer {
        let (hash, form) = file.split_once('.').unwrap_or((file, ""));
        let refused = |status, words: String| Answer::new(status, "text/plain", words);
        let Ok(parsed) = hash.parse::<BlockHash>() else {
            return refused(400, format!("Invalid hash: {hash}\r\n"));
        };
        let found = self.chain.find(&parsed).filter(|(height, _)| *height <= self.tip());
        let Some((height, block)) = found else { return refused(404, format!("{hash} not found\r\n")) };
        if let Err(failure) = self.is_there(height) {
            let words = failure.message.strip_prefix("Block ").unwrap_or(&failure.message);
            return refused(404, format!("{hash} {words}\r\n"));
        }
        let bytes = self.perhaps_another(block).bytes();
        match form {
            "bin" => Answer::new(200, "application/octet-stream", bytes),
            "hex" => Answer::new(200, "text/plain", bytes.to_lower_hex_string() + "\n"),
            _ => refused(404, "output format not found (available: bin, hex)\r\n".to_owned()),
        }
    }
}

fn outputs(block: &Block) -> impl Iterator<Item = (&Transaction, usize, &TxOut)> {
    block.txdata.iter().flat_map(|tx| tx.output.iter().enumerate().map(move |(n, output)| (tx, n, output)))
}

/// A number, or true for the usual one and false for none.
fn verbosity(param: Option<&Value>, usual: u64) -> Result<u64, Failure> {
    match param {
        None | Some(Value::Null) => Ok(usual),
        Some(Value::Bool(verbose)) => Ok(u64::from(*verbose)),
        Some(number) => {
            number.as_u64().ok_or_else(|| Failure::new(-32602, "the verbosity has to be a number"))
        }
    }
}
