//! The calls.

use serde_json::{Value, json};

use crate::rpc::{Call, Failure, Outcome, value};
use crate::trouble::Lies;

use super::block::{Account, Block, Hash, Tx, account};
use super::chain::Chain;
use super::shown::{self, data, quantity};
use super::{Settings, Traces, sealed, traces};

/// What a request sees.
pub(super) struct View<'a> {
    pub(super) settings: &'a Settings,
    pub(super) chain: &'a Chain,
    pub(super) lies: Lies,
}

impl View<'_> {
    pub(super) fn answer(&self, call: &Call) -> Outcome {
        let has_debug = matches!(self.settings.traces, Traces::Debug | Traces::Both);
        let has_trace = matches!(self.settings.traces, Traces::Trace | Traces::Both);
        let first = call.params.first();
        match call.method.as_str() {
            "eth_chainId" => value(&quantity(self.chain_id())),
            "net_version" => value(&self.chain_id().to_string()),
            "net_listening" => value(&true),
            "net_peerCount" => value(&"0x1"),
            "web3_clientVersion" => value(&concat!("simnet/v", env!("CARGO_PKG_VERSION"))),
            "eth_syncing" => value(&false),
            "eth_blockNumber" => value(&quantity(self.tip().number)),
            "eth_getTransactionCount" => self.sent(call),
            "eth_getBlockByNumber" => self.block(self.by_number(first)?, call),
            "eth_getBlockByHash" => self.block(self.by_hash(first)?, call),
            "eth_getTransactionByHash" => self.transaction(&hash(first)?),
            "eth_getTransactionReceipt" => self.receipt(&hash(first)?),
            "eth_getBlockReceipts" => self.receipts(first),
            "eth_getBalance" => self.balance(call),
            "eth_getLogs" => self.logs(call),
            "eth_call" => self.ask_contract(call),
            "debug_traceBlockByHash" if has_debug => self.debug(call),
            "debug_traceTransaction" if has_debug => self.debug_one(call),
            "trace_block" if has_trace => self.trace(first),
            "trace_transaction" if has_trace => self.trace_one(&hash(first)?),
            other => {
                let words = format!("the method {other} does not exist/is not available");
                Err(Failure::new(-32601, words))
            }
        }
    }

    fn chain_id(&self) -> u64 {
        self.settings.chain_id.saturating_add(u64::from(self.lies.wrong_network))
    }

    pub(super) fn tip(&self) -> &Block {
        self.chain.tip(self.lies.behind)
    }

    fn known<'b>(&self, block: Option<&'b Block>) -> Option<&'b Block> {
        block.filter(|block| block.number <= self.tip().number)
    }

    /// By a number or a tag. The block to come has no hash, and is not shown by anything but its transactions.
    pub(super) fn by_number(&self, which: Option<&Value>) -> Result<Option<&Block>, Failure> {
        let text =
            which.and_then(Value::as_str).ok_or_else(|| invalid("missing value for required argument 0"))?;
        match text {
            "latest" | "pending" => Ok(Some(self.tip())),
            "earliest" => Ok(self.chain.at(self.settings.start)),
            "safe" | "finalized" => {
                let depth =
                    if text == "safe" { self.settings.final_depth / 2 } else { self.settings.final_depth };
                let number = self.tip().number.checked_sub(depth);
                let block = number.and_then(|number| self.chain.at(number));
                block.map(Some).ok_or_else(|| Failure::new(-39001, format!("{text} block not found")))
            }
            number => Ok(self.known(self.chain.at(parse_quantity(number)?))),
        }
    }

    pub(super) fn by_hash(&self, which: Option<&Value>) -> Result<Option<&Block>, Failure> {
        Ok(self.known(self.chain.by_hash(&hash(which)?)))
    }

    fn block(&self, block: Option<&Block>, call: &Call) -> Outcome {
        let is_full = call.params.get(1).and_then(Value::as_bool).unwrap_or(false);
        let is_pending = call.params.first().is_some_and(|which| which == "pending");
        match block {
            Some(_) if is_pending => value(&self.next_block(is_full)),
            Some(block) => value(&shown::block(block, &self.said_hash(block), is_full)),
            None => value(&Value::Null),
        }
    }

    /// The block to come: what waits, on top of the newest one.
    fn next_block(&self, is_full: bool) -> Value {
        let tip = self.tip();
        let txs = self.chain.pool().to_vec();
        let (number, time) = (tip.number.saturating_add(1), tip.time.saturating_add(1));
        let next = sealed::block(number, tip.hash, time, txs, Vec::new(), 0);
        let mut shown = shown::block(&next, &data(&next.hash), is_full);
        for unknown in ["hash", "nonce", "miner"] {
            shown[unknown] = Value::Null;
        }
        shown
    }

    /// Its own hash, or one that it does not have.
    fn said_hash(&self, block: &Block) -> String {
        let mut hash = block.hash;
        if self.lies.wrong_hash {
            hash.reverse();
        }
        data(&hash)
    }

    /// One account pays for everything.
    fn sent(&self, call: &Call) -> Outcome {
        let (account, number) = self.account_at(call)?;
        value(&quantity(self.chain.sent_by(number, &account)))
    }

    fn account_at(&self, call: &Call) -> Result<(Account, u64), Failure> {
        let text = call.params.first().and_then(Value::as_str);
        let account = text.and_then(account).ok_or_else(|| invalid("invalid argument 0: no address"))?;
        let block = self.by_number(call.params.get(1))?;
        let block = block.ok_or_else(|| Failure::new(-32000, "header not found"))?;
        Ok((account, block.number))
    }

    fn transaction(&self, hash: &Hash) -> Outcome {
        if let Some((block, index, tx)) = self.mined(hash) {
            let index = u64::try_from(index).unwrap_or(u64::MAX);
            return value(&shown::transaction(tx, Some((block, &self.said_hash(block), index))));
        }
        let waiting = self.chain.pool().iter().find(|tx| tx.hash == *hash);
        value(&waiting.map(|tx| shown::transaction(tx, None)))
    }

    fn receipt(&self, hash: &Hash) -> Outcome {
        value(&self.mined(hash).map(|(block, index, tx)| shown::receipt(block, index, tx)))
    }

    /// By number, tag or hash.
    fn receipts(&self, which: Option<&Value>) -> Outcome {
        let is_hash = which.and_then(Value::as_str).is_some_and(|text| text.len() == 66);
        let block = if is_hash { self.by_hash(which)? } else { self.by_number(which)? };
        let receipts = |block: &Block| -> Vec<Value> {
            block.txs.iter().enumerate().map(|(index, tx)| shown::receipt(block, index, tx)).collect()
        };
        value(&block.map(receipts))
    }

    fn balance(&self, call: &Call) -> Outcome {
        let account = call.params.first().and_then(Value::as_str).and_then(account);
        let account = account.ok_or_else(|| invalid("missing value for required argument 0"))?;
        let block = self.by_number(call.params.get(1))?;
        let block = block.ok_or_else(|| Failure::new(-32000, "header not found"))?;
        value(&quantity(self.chain.balance_before(block.number.saturating_add(1), 0, &account)))
    }

    fn debug(&self, call: &Call) -> Outcome {
        if tracer_of(call) != Some("callTracer") {
            return Err(Failure::new(-32000, "simnet has the callTracer alone for blocks"));
        }
        let hash = hash(call.params.first())?;
        let block = self.known(self.chain.by_hash(&hash));
        let block = block.ok_or_else(|| Failure::new(-32000, format!("block {} not found", data(&hash))))?;
        value(&traces::debug(block))
    }

    fn debug_one(&self, call: &Call) -> Outcome {
        let hash = hash(call.params.first())?;
        let (block, index, tx) =
            self.mined(&hash).ok_or_else(|| Failure::new(-32000, "transaction not found"))?;
        match tracer_of(call) {
            Some("callTracer") => value(&traces::frame(tx)),
            Some("prestateTracer") => value(&traces::change(self.chain, block, index, tx)),
            _ => Err(Failure::new(-32000, "simnet has the callTracer and the prestateTracer alone")),
        }
    }

    fn mined(&self, hash: &Hash) -> Option<(&Block, usize, &Tx)> {
        self.chain.find(hash).filter(|(block, ..)| block.number <= self.tip().number)
    }

    /// By number or tag, as with Erigon, which knows no hashes here.
    fn trace(&self, which: Option<&Value>) -> Outcome {
        let block = self.by_number(which)?.ok_or_else(|| Failure::new(-32000, "block not found"))?;
        value(&traces::list(block))
    }

    fn trace_one(&self, hash: &Hash) -> Outcome {
        value(&self.mined(hash).map(|(block, index, tx)| traces::entries(block, index, tx)))
    }
}

fn tracer_of(call: &Call) -> Option<&str> {
    call.params.get(1)?.get("tracer")?.as_str()
}

pub(super) fn invalid(words: &str) -> Failure {
    Failure::new(-32602, words)
}

pub(super) fn parse_quantity(text: &str) -> Result<u64, Failure> {
    let digits =
        text.strip_prefix("0x").ok_or_else(|| invalid("invalid argument 0: hex string without 0x prefix"))?;
    u64::from_str_radix(digits, 16).map_err(|error| invalid(&format!("invalid argument 0: {error}")))
}

fn hash(param: Option<&Value>) -> Result<Hash, Failure> {
    let text =
        param.and_then(Value::as_str).ok_or_else(|| invalid("missing value for required argument 0"))?;
    let digits = text.strip_prefix("0x").unwrap_or(text);
    bitcoin::hex::FromHex::from_hex(digits)
        .map_err(|_| invalid(&format!("invalid argument 0: {} is no hash", json!(text))))
}
