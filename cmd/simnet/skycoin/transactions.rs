//! Transactions: waiting and in blocks.

use teller::types::TxId;

use crate::serve::{Answer, Parameters};

use super::golang::flag;
use super::parameters::{hash, verbose};
use super::readable::{Status, Transaction, Unconfirmed, WithStatus, digits, inputs_before, inputs_now};
use super::{View, ok, refusal};

impl View<'_> {
    pub(super) fn transaction(&self, parameters: &Parameters) -> Result<Answer, Answer> {
        let txid = parameters.get("txid");
        if txid.is_empty() {
            return Err(refusal(400, "txid is empty"));
        }
        let verbose = verbose(parameters)?;
        let encoded = flag(parameters.get("encoded"));
        let encoded = encoded.ok_or_else(|| refusal(400, "Invalid value for encoded"))?;
        if verbose && encoded {
            return Err(refusal(400, "verbose and encoded cannot be combined"));
        }
        let txid = TxId(hash(txid)?.0);
        let found = match self.pool.get(&txid) {
            Some(waiting) => {
                let (tx, time) = (&waiting.tx, waiting.received);
                let shown = || match verbose {
                    true => inputs_now(tx, self.chain).map(|inputs| Transaction::verbose(tx, &inputs, false)),
                    false => Ok(Transaction::plain(tx, false)),
                };
                match encoded {
                    true => WithStatus::encoded(Status::WAITING, time, tx),
                    false => {
                        let shown = shown().map_err(|words| refusal(500, &words))?;
                        WithStatus::shown(Status::WAITING, time, shown)
                    }
                }
            }
            None => self.confirmed(&txid, verbose, encoded)?,
        };
        Ok(ok(&found))
    }

    fn confirmed(&self, txid: &TxId, verbose: bool, encoded: bool) -> Result<WithStatus, Answer> {
        let (block, tx) = self.chain.find(txid).ok_or_else(|| refusal(404, ""))?;
        let (is_first, time) = (block.seq() == 0, block.time());
        let status = Status::in_block(block.seq(), self.chain.head().seq());
        Ok(match (encoded, verbose) {
            (true, _) => WithStatus::encoded(status, time, tx),
            (false, true) => {
                let inputs = inputs_before(tx, block, self.chain);
                WithStatus::shown(status, time, Transaction::verbose(tx, &inputs, is_first))
            }
            (false, false) => WithStatus::shown(status, time, Transaction::plain(tx, is_first)),
        })
    }

    pub(super) fn raw_transaction(&self, parameters: &Parameters) -> Result<Answer, Answer> {
        let txid = parameters.get("txid");
        if txid.is_empty() {
            return Err(refusal(400, "txid is empty"));
        }
        let txid = TxId(hash(txid)?.0);
        let waiting = self.pool.get(&txid).map(|waiting| &waiting.tx);
        let tx = waiting.or_else(|| self.chain.find(&txid).map(|(_, tx)| tx));
        let tx = tx.ok_or_else(|| refusal(404, ""))?;
        Ok(ok(&digits(&tx.encode())))
    }

    pub(super) fn pending(&self, parameters: &Parameters) -> Result<Answer, Answer> {
        let verbose = verbose(parameters)?;
        let shown = self.pool.all().map(|waiting| {
            let transaction = match verbose {
                true => Transaction::verbose(&waiting.tx, &inputs_now(&waiting.tx, self.chain)?, false),
                false => Transaction::plain(&waiting.tx, false),
            };
            Ok(Unconfirmed::of(waiting, transaction))
        });
        let shown: Result<Vec<_>, String> = shown.collect();
        Ok(ok(&shown.map_err(|words| refusal(500, &words))?))
    }

    /// What would be broadcast again, if there were anybody.
    pub(super) fn resend(&self) -> Result<Answer, Answer> {
        let known = self.pool.all().filter(|_| self.node.settings.peers > 0);
        let txids: Vec<String> = known.map(|waiting| waiting.tx.txid().to_string()).collect();
        Ok(ok(&std::collections::BTreeMap::from([("txids", txids)])))
    }
}
