//! What a block's hash promises: its header, and through the roots in that its transactions, receipts and withdrawals.
//!
//! A node that leaves something out, or makes something up, cannot make the hash fit. What later forks bring, kinds of
//! transactions and fields of headers that are not known here, cannot be checked; then that is said, and nothing stands
//! still for it.

use alloy_primitives::keccak256;
use alloy_rlp::{Encodable, Header};
use alloy_trie::root::ordered_trie_root_with_encoder;
use web3::types::{H160, H256, U64, U256};

use super::block::{
    EthAccess, EthAuthorization, EthBlock, EthLog, EthReceipt, EthTransaction, EthWithdrawal,
};

/// Why something does not fit the block that it is said to belong to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// It is of a kind that is not known here: whether it fits cannot be told.
    #[error("a {0} of a kind that is not known")]
    Unknown(&'static str),
    /// It contradicts the block.
    #[error("{0}")]
    Wrong(String),
}

/// The fields of a list, one after the other.
#[derive(Default)]
struct Fields(Vec<u8>);

impl Fields {
    fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        bytes.encode(&mut self.0);
        self
    }

    fn number(&mut self, number: U256) -> &mut Self {
        let mut bytes = [0; 32];
        number.to_big_endian(&mut bytes);
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        self.bytes(&bytes[zeros..])
    }

    /// An account, or nothing.
    fn account(&mut self, account: Option<H160>) -> &mut Self {
        self.bytes(account.as_ref().map_or(&[], H160::as_bytes))
    }

    fn list<T>(&mut self, items: &[T], put: impl Fn(&mut Fields, &T)) -> &mut Self {
        let mut inner = Fields::default();
        items.iter().for_each(|item| put(&mut inner, item));
        inner.close(&mut self.0);
        self
    }

    /// Appends these fields as one list.
    fn close(&self, out: &mut Vec<u8>) {
        Header { list: true, payload_length: self.0.len() }.encode(out);
        out.extend_from_slice(&self.0);
    }

    fn access(&mut self, list: Option<&[EthAccess]>) -> &mut Self {
        self.list(list.unwrap_or_default(), |out, access| {
            let mut pair = Fields::default();
            pair.account(Some(access.address)).hashes(&access.storage_keys);
            pair.close(&mut out.0);
        })
    }

    fn hashes(&mut self, hashes: &[H256]) -> &mut Self {
        self.list(hashes, |out, hash| {
            out.bytes(hash.as_bytes());
        })
    }

    fn authorizations(&mut self, list: Option<&[EthAuthorization]>) -> &mut Self {
        self.list(list.unwrap_or_default(), |out, one| {
            let mut fields = Fields::default();
            fields.number(one.chain_id).account(Some(one.address)).number(one.nonce);
            fields.number(one.y_parity).number(one.r).number(one.s);
            fields.close(&mut out.0);
        })
    }
}

fn wrong(words: impl std::fmt::Display) -> Misfit {
    Misfit::Wrong(words.to_string())
}

fn hash_of(bytes: &[u8]) -> H256 {
    H256(keccak256(bytes).0)
}

/// The root over a list whose items are encoded already.
fn root(items: &[Vec<u8>]) -> H256 {
    let root = ordered_trie_root_with_encoder(items, |item, out| out.extend_from_slice(item));
    H256(root.0)
}

impl EthTransaction {
    /// The transaction as it stands in the block.
    fn encoded(&self) -> Result<Vec<u8>, Misfit> {
        let kind = self.kind.unwrap_or_default().as_u64();
        let known = u8::try_from(kind).ok().filter(|kind| *kind <= 4);
        let kind = known.ok_or(Misfit::Unknown("transaction"))?;
        let mut fields = Fields::default();
        if kind > 0 {
            fields.number(self.chain_id.unwrap_or_default());
        }
        fields.number(self.nonce);
        if kind < 2 {
            fields.number(self.gas_price.unwrap_or_default());
        } else {
            fields.number(self.max_priority_fee_per_gas.unwrap_or_default());
            fields.number(self.max_fee_per_gas.unwrap_or_default());
        }
        fields.number(self.gas).account(self.to).number(self.value).bytes(&self.input.0);
        if kind > 0 {
            fields.access(self.access_list.as_deref());
        }
        if kind == 3 {
            fields.number(self.max_fee_per_blob_gas.unwrap_or_default());
            fields.hashes(self.blob_versioned_hashes.as_deref().unwrap_or_default());
        }
        if kind == 4 {
            fields.authorizations(self.authorization_list.as_deref());
        }
        let parity = if kind == 0 { self.v } else { self.y_parity.or(self.v) };
        fields.number(parity.unwrap_or_default()).number(self.r).number(self.s);
        Ok(typed(kind, &fields))
    }
}

/// A list, with its kind before it unless that is the first of all kinds.
fn typed(kind: u8, fields: &Fields) -> Vec<u8> {
    let mut out: Vec<u8> = (kind > 0).then_some(kind).into_iter().collect();
    fields.close(&mut out);
    out
}

impl EthReceipt {
    fn encoded(&self) -> Result<Vec<u8>, Misfit> {
        let kind = self.kind.unwrap_or_default().as_u64();
        let known = u8::try_from(kind).ok().filter(|kind| *kind <= 4);
        let kind = known.ok_or(Misfit::Unknown("receipt"))?;
        let mut fields = Fields::default();
        match (self.status, self.root) {
            (Some(status), _) => fields.number(wide(status)),
            (None, Some(root)) => fields.bytes(root.as_bytes()),
            (None, None) => return Err(wrong("a receipt says nothing of how its transaction ended")),
        };
        let bloom = self.logs_bloom.ok_or_else(|| wrong("a receipt without its filter of logs"))?;
        fields.number(self.cumulative_gas_used).bytes(bloom.as_bytes());
        fields.list(&self.logs, |out, log: &EthLog| {
            let mut fields = Fields::default();
            fields.account(Some(log.address)).hashes(&log.topics).bytes(&log.data.0);
            fields.close(&mut out.0);
        });
        Ok(typed(kind, &fields))
    }
}

fn wide(number: U64) -> U256 {
    U256::from(number.as_u64())
}

/// The hash of a transaction.
///
/// # Errors
///
/// [`Misfit::Unknown`] for a kind that is not known here.
pub fn transaction_hash(transaction: &EthTransaction) -> Result<H256, Misfit> {
    transaction.encoded().map(|bytes| hash_of(&bytes))
}

/// The root over transactions, each of which has the hash that it says.
///
/// # Errors
///
/// Where one is of an unknown kind, or has another hash.
pub fn transactions_root(transactions: &[EthTransaction]) -> Result<H256, Misfit> {
    let encoded = |transaction: &EthTransaction| {
        let bytes = transaction.encoded()?;
        let is_its = hash_of(&bytes) == transaction.hash;
        is_its.then_some(bytes).ok_or_else(|| {
            wrong(format_args!("transaction {:#x} does not hash to what it is called", transaction.hash))
        })
    };
    Ok(root(&transactions.iter().map(encoded).collect::<Result<Vec<_>, _>>()?))
}

/// The root over receipts.
///
/// # Errors
///
/// Where one is of an unknown kind, or says too little.
pub fn receipts_root(receipts: &[EthReceipt]) -> Result<H256, Misfit> {
    Ok(root(&receipts.iter().map(EthReceipt::encoded).collect::<Result<Vec<_>, _>>()?))
}

/// The root over withdrawals.
pub fn withdrawals_root(withdrawals: &[EthWithdrawal]) -> H256 {
    let encoded = |one: &EthWithdrawal| {
        let mut fields = Fields::default();
        fields.number(wide(one.index)).number(wide(one.validator_index));
        fields.account(Some(one.address)).number(wide(one.amount));
        typed(0, &fields)
    };
    root(&withdrawals.iter().map(encoded).collect::<Vec<_>>())
}

/// The hash of a block's header, of the fields that are known here.
pub fn header_hash(block: &EthBlock) -> H256 {
    let mut fields = Fields::default();
    fields.bytes(block.parent_hash.as_bytes()).bytes(block.sha3_uncles.as_bytes());
    fields.account(Some(block.miner)).bytes(block.state_root.as_bytes());
    fields.bytes(block.transactions_root.as_bytes()).bytes(block.receipts_root.as_bytes());
    fields.bytes(block.logs_bloom.unwrap_or_default().as_bytes());
    fields.number(block.difficulty).number(wide(block.number.unwrap_or_default()));
    fields.number(block.gas_limit).number(block.gas_used).number(block.timestamp);
    fields.bytes(&block.extra_data.0).bytes(block.mix_hash.unwrap_or_default().as_bytes());
    fields.bytes(block.nonce.unwrap_or_default().as_bytes());
    let later = [
        block.base_fee_per_gas.map(Later::Number),
        block.withdrawals_root.map(Later::Hash),
        block.blob_gas_used.map(Later::Number),
        block.excess_blob_gas.map(Later::Number),
        block.parent_beacon_block_root.map(Later::Hash),
        block.requests_hash.map(Later::Hash),
    ];
    for field in later.into_iter().flatten() {
        match field {
            Later::Number(number) => fields.number(number),
            Later::Hash(hash) => fields.bytes(hash.as_bytes()),
        };
    }
    hash_of(&typed(0, &fields))
}

/// A field that came to headers with a fork.
enum Later {
    Number(U256),
    Hash(H256),
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const TO: &str = "3535353535353535353535353535353535353535";

    fn encoded(fields: &Value) -> String {
        let mut transaction = json!({ "hash": H256::zero(), "from": H160::zero(), "to": format!("0x{TO}") });
        transaction.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        let transaction: EthTransaction = serde_json::from_value(transaction).unwrap();
        transaction.encoded().unwrap().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn should_write_a_transaction_as_the_chain_does() {
        // The example of EIP-155.
        let r = "28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276";
        let s = "67cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83";
        let legacy = json!({
            "nonce": "0x9", "gasPrice": "0x4a817c800", "gas": "0x5208", "value": "0xde0b6b3a7640000", "chainId": "0x1",
            "v": "0x25", "r": format!("0x{r}"), "s": format!("0x{s}"),
        });
        let before = format!("f86c098504a817c80082520894{TO}880de0b6b3a764000080");
        assert_eq!(encoded(&legacy), format!("{before}25a0{r}a0{s}"));
        // By hand, after EIP-2930 and EIP-1559.
        let listed = json!({
            "type": "0x1", "chainId": "0x1", "nonce": "0x2", "gasPrice": "0x3", "gas": "0x5208", "value": "0x5",
            "accessList": [], "yParity": "0x1", "v": "0x1", "r": "0x6", "s": "0x7",
        });
        assert_eq!(encoded(&listed), format!("01e101020382520894{TO}0580c0010607"));
        let priced = json!({
            "type": "0x2", "chainId": "0x1", "nonce": "0x2", "maxPriorityFeePerGas": "0x3", "maxFeePerGas": "0x4",
            "gasPrice": "0x9", "gas": "0x5208", "value": "0x5", "accessList": [], "yParity": "0x0", "v": "0x0",
            "r": "0x6", "s": "0x7",
        });
        assert_eq!(encoded(&priced), format!("02e20102030482520894{TO}0580c0800607"));
    }
}
