//! Which addresses have coins, by a walk through all unspent outputs: no index is needed for it, and what was
//! spent does not show. It takes a node of the main network minutes, however many addresses are asked for,
//! and a node does one at a time.

use std::time::Duration;

use bitcoin::hex::FromHex;
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::{BitcoinReader, nonsense};
use crate::address::DepositAddress;
use crate::chain::{Past, PastUse, SourceError};
use crate::rpc::RpcError;
use crate::types::{Height, Units};

/// A slow disk takes half an hour.
const LONGEST_WALK: Duration = Duration::from_secs(3_600);
/// Another walk goes on, as one that nobody waits for any more.
const TRY_AGAIN: Duration = Duration::from_secs(30);
const METHOD_NOT_FOUND: i64 = -32_601;
const IN_PROGRESS: &str = "already in progress";

#[derive(Debug, Deserialize)]
struct Walk {
    success: bool,
    unspents: Vec<Unspent>,
}

#[derive(Debug, Deserialize)]
struct Unspent {
    txid: String,
    #[serde(rename = "scriptPubKey")]
    script: String,
    /// In bitcoins, with eight decimals; as text, for it is no float.
    amount: Box<RawValue>,
    height: u64,
}

impl BitcoinReader {
    /// See [`crate::chain::ChainSource::past`].
    pub(super) async fn unspent_of(&self, addresses: &[DepositAddress]) -> Result<Past, SourceError> {
        let wanted: Vec<String> = addresses.iter().map(|address| format!("addr({address})")).collect();
        let rpc = self.node.patient(LONGEST_WALK)?;
        let walk: Walk = match rpc.call("scantxoutset", json!(["start", wanted])).await {
            Err(RpcError::Call { code: METHOD_NOT_FOUND, .. }) => {
                return Ok(Past::Untold("it has no scantxoutset".to_owned()));
            }
            Err(error @ RpcError::Forbidden { .. }) => return Ok(Past::Untold(error.to_string())),
            Err(RpcError::Call { message, .. }) if message.contains(IN_PROGRESS) => {
                return Err(SourceError::RateLimited { after: Some(TRY_AGAIN), why: message });
            }
            walked => walked?,
        };
        if !walk.success {
            return Err(SourceError::Unreachable(
                "the walk through the unspent outputs was ended".to_owned(),
            ));
        }
        let mut used: Vec<PastUse> = Vec::new();
        for unspent in &walk.unspents {
            let found = self.used(unspent)?;
            match used.iter_mut().find(|known| known.address.key() == found.address.key()) {
                Some(known) if known.height <= found.height => {}
                Some(known) => *known = found,
                None => used.push(found),
            }
        }
        Ok(Past::Told(used))
    }

    fn used(&self, unspent: &Unspent) -> Result<PastUse, SourceError> {
        let script = Vec::<u8>::from_hex(&unspent.script).map_err(nonsense)?;
        let address = DepositAddress::of_script(&script, self.place.network);
        let address = address.ok_or_else(|| nonsense("an unspent output of another address"))?;
        let amount = bitcoin::Amount::from_str_in(unspent.amount.get(), bitcoin::Denomination::Bitcoin)
            .map_err(nonsense)?;
        Ok(PastUse {
            address,
            tx: Some(unspent.txid.clone()),
            amount: Some(Units::new(amount.to_sat().into())),
            height: Height::new(unspent.height),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_read_amounts_as_text() {
        let told = r#"{"success":true,"txouts":3,"height":9,"unspents":[{"txid":"ab","vout":0,"scriptPubKey":"00",
            "desc":"addr(x)#y","amount":0.00200000,"coinbase":false,"height":7}]}"#;
        let walk: Walk = serde_json::from_str(told).unwrap();
        assert_eq!((walk.unspents[0].amount.get(), walk.unspents[0].height), ("0.00200000", 7));
    }
}
