//! Transfers of tokens: what their contracts tell in logs (ERC-20), held against what arrived.
//!
//! Logs are part of what a block's hash promises, so a node cannot make any up. A contract can: it may take a fee and
//! tell of the whole, or tell of what never moved. So the balance of whoever gets something is compared before and
//! after the block: what arrived counts, and comes out the same however often the block is read.

use std::collections::{BTreeMap, HashMap};

use alloy_primitives::{Bloom, BloomInput};
use serde_json::json;
use web3::types::{H160, H256, U64, U256};

use super::block::{At, EthBlock, EthLog, EthReceipt};
use super::{EthereumReader, changed, credit, source_error};
use crate::address::DepositAddress;
use crate::chain::{Effect, Payment, SourceError, Unread, Watch};
use crate::coins::{Contract, Token};
use crate::rpc::RpcError;
use crate::types::Units;

/// Keccak-256 of `Transfer(address,address,uint256)`.
const TRANSFER: [u8; 32] = [
    0xdd, 0xf2, 0x52, 0xad, 0x1b, 0xe2, 0xc8, 0x9b, 0x69, 0xc2, 0xb0, 0x68, 0xfc, 0x37, 0x8d, 0xaa, 0x95,
    0x2b, 0xa7, 0xf1, 0x63, 0xc4, 0xa1, 0x16, 0x28, 0xf5, 0x5a, 0x4d, 0xf5, 0x23, 0xb3, 0xef,
];
/// The first four bytes of the Keccak-256 of `balanceOf(address)` and of `decimals()`.
const BALANCE_OF: &str = "0x70a08231";
const DECIMALS: &str = "0x313ce567";
/// Tokens that are not configured and were seen coming, by contract: more are not remembered.
const MAX_STRANGERS: usize = 50;

/// A transfer as a contract tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Transfer {
    contract: Contract,
    tx: H256,
    from: H160,
    to: H160,
    value: U256,
}

/// What the logs of a block tell, by token and by whom they tell of.
type Told = BTreeMap<(Token, H160), Vec<Transfer>>;

/// Transfers of tokens in a block.
#[derive(Debug, Default)]
pub(super) struct TokenPayments {
    pub(super) payments: Vec<Payment>,
    pub(super) unread: Vec<Unread>,
}

/// What came of comparing balances.
enum Arrival {
    /// All that was told, or more.
    Whole,
    /// Of a single transfer, so much.
    Part(U256),
    /// Not what was told, and why.
    Untrue(String),
}

fn transfer(tx: H256, log: &EthLog) -> Option<Transfer> {
    let [what, from, to] = log.topics[..] else { return None };
    if what.0 != TRANSFER {
        return None;
    }
    let value = <[u8; 32]>::try_from(&log.data.0[..]).ok()?;
    let account = |topic: H256| H160::from_slice(&topic.0[12..]);
    Some(Transfer {
        contract: Contract(log.address.0),
        tx,
        from: account(from),
        to: account(to),
        value: U256::from_big_endian(&value),
    })
}

/// Whether a block can have transfers of tokens: what its header says is none is none.
fn may_have_transfers(block: &EthBlock) -> bool {
    block.logs_bloom.is_none_or(|bloom| Bloom::from(bloom.0).contains_input(BloomInput::Raw(&TRANSFER)))
}

impl EthereumReader {
    /// Whether the logs of this block have to be read.
    pub(super) fn wants_logs(&self, block: &EthBlock) -> bool {
        !self.tokens.is_empty() && !block.transactions.is_empty() && may_have_transfers(block)
    }

    /// What the block pays in tokens to watched addresses, by its receipts; where the node does not tell these
    /// together, by its word on the logs.
    pub(super) async fn token_payments(
        &self,
        block: &EthBlock,
        at: At,
        receipts: Option<&[EthReceipt]>,
        watch: &dyn Watch,
    ) -> Result<TokenPayments, SourceError> {
        let transfers = match receipts {
            Some(receipts) => receipts.iter().flat_map(told_by).collect(),
            None => self.asked_for(at).await?,
        };
        let mut found = TokenPayments::default();
        let mut equal: HashMap<(H256, Contract, H160, Units), u32> = HashMap::new();
        for ((token, to), told) in self.watched_among(&transfers, watch) {
            let address = DepositAddress::of_account(to.0);
            let left = transfers.iter().filter(|one| one.contract == token.contract && one.from == to);
            let left = left.map(|one| one.value).try_fold(U256::zero(), U256::checked_add);
            let arrival = self.arrival(token, to, &told, left, at).await?;
            for one in &told {
                let Some(amount) = arrived(&arrival, one) else {
                    untrue(&mut found.unread, token, address, one, &arrival);
                    continue;
                };
                let n = equal.entry((one.tx, token.contract, to, amount)).or_default();
                *n = n.saturating_add(1);
                let payment = Payment::new(format!("{:#x}", one.tx), *n, address, amount);
                // Whoever began it may have paid through a contract.
                let origin = credit::from([credit::sender(block, one.tx), Some(one.from)]);
                found.payments.push(Payment { origin, token: Some(token), ..payment });
            }
        }
        Ok(found)
    }

    /// The transfers to watched addresses of tokens that are configured; of others it is remembered that they came.
    fn watched_among(&self, transfers: &[Transfer], watch: &dyn Watch) -> Told {
        let mut told = Told::new();
        for one in transfers.iter().filter(|one| credit::watched(Some(one.to), one.value, watch).is_some()) {
            match self.tokens.iter().find(|token| token.contract == one.contract) {
                Some(token) => told.entry((*token, one.to)).or_default().push(*one),
                None => self.remember_stranger(one),
            }
        }
        told
    }

    fn remember_stranger(&self, one: &Transfer) {
        let mut strangers = self.strangers.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if strangers.contains_key(&one.contract) || strangers.len() >= MAX_STRANGERS {
            return;
        }
        let (to, tx) = (DepositAddress::of_account(one.to.0), one.tx);
        tracing::warn!(contract = %one.contract, %to, tx = format!("{tx:#x}"), value = %one.value,
            "a token that is not configured came to a deposit address: it is not paid for");
        strangers.insert(one.contract, format!("{} to {to} by {tx:#x}", one.contract));
    }

    /// Tokens that came and are not configured, in words; none where there were none.
    pub(super) fn strangers(&self) -> Option<String> {
        let strangers = self.strangers.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let all: Vec<&str> = strangers.values().map(String::as_str).collect();
        let (first, count) = (all.first()?, all.len());
        let more =
            if count == 1 { String::new() } else { format!(" and {} others", count.saturating_sub(1)) };
        Some(format!(
            "tokens that are not configured came to deposit addresses, and are not paid for: {first}{more}"
        ))
    }

    /// The transfers of a block by the node's own word, which no hash proves.
    async fn asked_for(&self, at: At) -> Result<Vec<Transfer>, SourceError> {
        let filter = json!([{ "blockHash": at.hash, "topics": [H256(TRANSFER)] }]);
        let logs: Vec<NamedLog> = self.rpc.call("eth_getLogs", filter).await.map_err(source_error)?;
        if logs.iter().any(|log| log.block_hash != Some(at.hash)) {
            return Err(changed());
        }
        Ok(logs.iter().filter_map(|log| transfer(log.transaction_hash, &log.log)).collect())
    }

    /// Whether what was told arrived.
    async fn arrival(
        &self,
        token: Token,
        to: H160,
        told: &[Transfer],
        left: Option<U256>,
        at: At,
    ) -> Result<Arrival, SourceError> {
        let untrue = |why: &str| Ok(Arrival::Untrue(why.to_owned()));
        let came = told.iter().map(|one| one.value).try_fold(U256::zero(), U256::checked_add);
        let (Some(came), Some(left)) = (came, left) else {
            return untrue("its logs tell of more than can be");
        };
        let parent = at.number.checked_sub(U64::one()).unwrap_or_default();
        let (before, after) = match self.held(token, to, parent, at.number).await? {
            Ok(told) => told,
            Err(why) => return Ok(Arrival::Untrue(format!("its balances are not told ({why})"))),
        };
        self.still_stands(at).await?;
        let (Some(had), Some(has)) = (before.checked_add(came), after.checked_add(left)) else {
            return untrue("its balances are more than can be");
        };
        if has >= had {
            return Ok(Arrival::Whole);
        }
        let grew = after.saturating_sub(before);
        if told.len() == 1 && left.is_zero() && !grew.is_zero() {
            return Ok(Arrival::Part(grew));
        }
        let told = told.len();
        Ok(Arrival::Untrue(format!(
            "its logs tell of {told} transfer(s) of {came} in all, and the balance went from {before} to {after}"
        )))
    }

    /// What an account held of a token after each of two blocks; else why its contract does not tell.
    ///
    /// # Errors
    ///
    /// Where the node does not tell, also where it has not the state of so long ago: what a log tells alone may be more
    /// than what arrived, and would be another deposit than the one that was seen when balances were still told.
    async fn held(&self, token: Token, of: H160, before: U64, after: U64) -> Result<Held, SourceError> {
        let mut told = [U256::zero(); 2];
        for (number, told) in [before, after].into_iter().zip(&mut told) {
            let balance = self.balance_of(token, of, format!("{number:#x}")).await;
            match balance.map_err(|error| unable(token, error))? {
                Ok(balance) => *told = balance,
                Err(why) => return Ok(Err(why)),
            }
        }
        let [before, after] = told;
        Ok(Ok((before, after)))
    }

    /// What an account holds of a token after a block, by number or tag; else why its contract does not tell.
    pub(super) async fn balance_of(&self, token: Token, of: H160, block: String) -> Result<View, RpcError> {
        let input = format!("{BALANCE_OF}{}{of:x}", "0".repeat(24));
        self.view(token, input, block).await
    }

    /// Asks a contract for a number. That a contract fails is an answer; that the node does is none.
    async fn view(&self, token: Token, input: String, block: String) -> Result<View, RpcError> {
        let call = json!([{ "to": H160(token.contract.0), "data": input }, block]);
        let told: web3::types::Bytes = match self.rpc.call("eth_call", call).await {
            Ok(told) => told,
            Err(RpcError::Call { message, .. }) if has_failed(&message) => return Ok(Err(message)),
            Err(error) => return Err(error),
        };
        // Some answer with more than one word.
        let word = told.0.get(..32).map(U256::from_big_endian);
        Ok(word.ok_or_else(|| format!("it answers with {} bytes", told.0.len())))
    }

    /// Makes sure that each token is what it is configured to be.
    pub(super) async fn check_tokens(&self) -> Result<(), SourceError> {
        for token in &self.tokens {
            let Token { contract, symbol, decimals } = token;
            let wrong =
                |what: String| SourceError::WrongNetwork(format!("token {symbol} at {contract} {what}"));
            let told = self.view(*token, DECIMALS.to_owned(), "latest".to_owned()).await;
            match told.map_err(source_error)? {
                Ok(told) if told == U256::from(*decimals) => {}
                Ok(told) => {
                    return Err(wrong(format!(
                        "has {told} decimals, eth_tokens.{symbol}.decimals is {decimals}"
                    )));
                }
                Err(why) => return Err(wrong(format!("does not tell its decimals: {why}"))),
            }
        }
        Ok(())
    }
}

/// What a contract answers; else why it does not.
type View = Result<U256, String>;
/// A balance before and after a block; else why they are not told.
type Held = Result<(U256, U256), String>;

/// How nodes say that a contract failed: all else is the node's own trouble.
const FAILED: [&str; 7] =
    ["revert", "invalid opcode", "out of gas", "invalid jump", "stack", "EVM error", "VM execution error"];

fn has_failed(message: &str) -> bool {
    FAILED.iter().any(|words| message.contains(words))
}

/// Why a balance is not known. Without it nobody knows what arrived.
fn unable(token: Token, error: RpcError) -> SourceError {
    match source_error(error) {
        SourceError::Pruned(words) => {
            let words = words.split(": ").next().unwrap_or_default();
            SourceError::Pruned(format!(
                "{words}: what arrived of {} is not known; a node that keeps more of its history gets past it",
                token.symbol
            ))
        }
        other => other,
    }
}

/// A log with where it is.
#[derive(Debug, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct NamedLog {
    block_hash: Option<H256>,
    transaction_hash: H256,
    #[serde(flatten)]
    log: EthLog,
}

fn told_by(receipt: &EthReceipt) -> impl Iterator<Item = Transfer> + '_ {
    receipt.logs.iter().filter_map(|log| transfer(receipt.transaction_hash, log))
}

/// How much of a transfer arrived; none where that is not known.
fn arrived(arrival: &Arrival, told: &Transfer) -> Option<Units> {
    let value = match arrival {
        Arrival::Whole => told.value,
        Arrival::Part(value) => *value,
        Arrival::Untrue(_) => return None,
    };
    u128::try_from(value).ok().map(Units::new)
}

/// Notes a transfer that is not credited: by its transaction and token, once.
fn untrue(
    unread: &mut Vec<Unread>,
    token: Token,
    address: DepositAddress,
    one: &Transfer,
    arrival: &Arrival,
) {
    let tx = format!("{:#x}:{}", one.tx, token.symbol);
    if unread.iter().any(|known| known.tx == tx) {
        return;
    }
    let why = match arrival {
        Arrival::Untrue(why) => why.clone(),
        Arrival::Whole | Arrival::Part(_) => "it is more than can be".to_owned(),
    };
    let amount = Units::new(u128::try_from(one.value).unwrap_or(u128::MAX));
    unread.push(Unread { tx, why, effect: Effect::Untrue(address, token, amount) });
}
