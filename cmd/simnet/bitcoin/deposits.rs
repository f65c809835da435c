//! Deposits: by the control API, and by the original simulator's `POST /api/nextdeposit`.

use std::sync::Arc;

use bitcoin::{Amount, ScriptBuf, TxOut};
use serde::Deserialize;

use crate::serve::{Answer, Ask, Node};
use crate::trouble::Lies;

use super::chain::{Chain, ChainError};
use super::shown::{Place, ShownBlock};
use super::{Btc, Dialect, script};

/// Most outputs of a transaction made here.
const MAX_OUTPUTS: u32 = 10_000;

/// A deposit as the original has it. Height and Tx are what it tells, not what it takes.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Payment {
    #[serde(rename = "Address", alias = "address")]
    address: String,
    /// Satoshi.
    #[serde(rename = "Value", alias = "value", alias = "amount")]
    value: u64,
    /// Which output of the transaction.
    #[serde(rename = "N", alias = "n", default)]
    n: u32,
}

impl Btc {
    /// One transaction for all. Gives its id; none for no deposits.
    pub(crate) fn deposit(
        &self,
        payments: &[Payment],
        pool_only: bool,
    ) -> Result<Option<String>, ChainError> {
        let mut chain = self.chain();
        let txid = self.take(&mut chain, payments)?;
        if !pool_only {
            chain.mine(1, Btc::now())?;
        }
        Ok(txid)
    }

    fn take(&self, chain: &mut Chain, payments: &[Payment]) -> Result<Option<String>, ChainError> {
        if payments.is_empty() {
            return Ok(None);
        }
        let outputs = self.outputs(payments).map_err(ChainError::Refused)?;
        let transaction = chain.payment(outputs);
        let txid = transaction.compute_txid().to_string();
        chain.wait(transaction);
        Ok(Some(txid))
    }

    /// Each where it is to be, and worthless ones between.
    fn outputs(&self, payments: &[Payment]) -> Result<Vec<TxOut>, String> {
        let mut sorted: Vec<&Payment> = payments.iter().collect();
        sorted.sort_by_key(|payment| payment.n);
        let mut outputs = Vec::new();
        for payment in sorted {
            if payment.n >= MAX_OUTPUTS {
                return Err(format!("N has to be below {MAX_OUTPUTS}"));
            }
            let coin = self.settings.kind.network.coin().facts();
            if u128::from(payment.value) > coin.most {
                return Err(format!("{} {} are more than there are", payment.value, coin.unit));
            }
            let place = usize::try_from(payment.n).unwrap_or(usize::MAX);
            if outputs.len() > place {
                return Err(format!("N {} is there twice", payment.n));
            }
            outputs.resize(place, TxOut { value: Amount::ZERO, script_pubkey: ScriptBuf::new() });
            let script_pubkey = script::paying(&payment.address, self.settings.kind.network)?;
            outputs.push(TxOut { value: Amount::from_sat(payment.value), script_pubkey });
        }
        Ok(outputs)
    }

    /// The newest block in full, as btcd shows it.
    fn newest(&self, chain: &Chain) -> Result<Vec<u8>, String> {
        let height = chain.height(0);
        let block = chain.at(height).ok_or("Block not found")?;
        let place = Place { height, tip: height, next: None, dialect: Dialect::Btcd };
        let shown =
            ShownBlock::raw(block, &place, self.settings.kind.network).map_err(|failure| failure.message)?;
        serde_json::to_vec_pretty(&shown).map_err(|error| error.to_string())
    }
}

/// The original simulator's own API, on a port of its own.
pub(crate) struct Deposits {
    pub(crate) node: Arc<Btc>,
}

impl Deposits {
    fn next(&self, ask: &Ask) -> Result<Vec<u8>, String> {
        let payments: Vec<Payment> = serde_json::from_slice(&ask.body)
            .map_err(|error| format!("400 error reading JSON message: {error}"))?;
        let mut chain = self.node.chain();
        let failed = |error: &dyn std::fmt::Display| format!("400 error processing data: {error}");
        self.node.take(&mut chain, &payments).map_err(|error| failed(&error))?;
        chain.mine(1, Btc::now()).map_err(|error| failed(&error))?;
        self.node.newest(&chain).map_err(|error| failed(&error))
    }
}

impl Node for Deposits {
    fn name_of(&self, ask: &Ask) -> String {
        ask.path.clone()
    }

    fn answer(&self, ask: &Ask, _: Lies) -> Answer {
        let text = |status, words: String| Answer::new(status, "text/plain; charset=utf-8", words + "\n");
        if ask.path != "/api/nextdeposit" {
            return text(404, "404 page not found".to_owned());
        }
        if ask.method != "POST" {
            return text(405, "Accepts POST requests only".to_owned());
        }
        match self.next(ask) {
            Ok(block) => Answer::new(200, "application/json", block),
            Err(words) => text(400, words),
        }
    }

    fn error(&self, _: &Ask) -> Answer {
        Answer::new(500, "text/plain; charset=utf-8", "simnet was told to answer with errors\n")
    }
}
