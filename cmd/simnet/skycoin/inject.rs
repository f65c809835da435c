//! Taking a transaction in.

use serde_json::Value;

use crate::serve::{Answer, Ask};

use super::verify::verify_user;
use super::wire::Tx;
use super::{Sky, State, golang, ok, refusal};

/// The daemon's words where nobody is connected.
const NO_PEERS: &str = "No addresses provided";

/// What is asked for.
struct Request {
    raw: String,
    no_broadcast: bool,
}

pub(super) fn inject(node: &Sky, state: &mut State, ask: &Ask, now: u64) -> Answer {
    taken(node, state, ask, now).map_or_else(|refusal| refusal, |txid| ok(&txid))
}

fn taken(node: &Sky, state: &mut State, ask: &Ask, now: u64) -> Result<String, Answer> {
    let bad = |words: String| refusal(400, &words);
    let request = read(&ask.body).map_err(bad)?;
    if request.raw.is_empty() {
        return Err(bad("rawtx is required".to_owned()));
    }
    let bytes = golang::hex(&request.raw).map_err(bad)?;
    let tx = Tx::decode(&bytes).map_err(|error| bad(format!("Invalid transaction: {error}")))?;
    verify_user(&tx, &state.chain, &node.settings.rules).map_err(|violation| bad(violation.to_string()))?;
    if !request.no_broadcast && node.settings.peers == 0 {
        // The daemon keeps nothing that it could not pass on.
        return Err(refusal(503, NO_PEERS));
    }
    let txid = tx.txid().to_string();
    state.pool.put(tx, now);
    Ok(txid)
}

fn read(body: &[u8]) -> Result<Request, String> {
    const TYPE: &str = "InjectTransactionRequest";
    let value = golang::first_value(body)?;
    let fields = match &value {
        Value::Object(fields) => fields.clone(),
        Value::Null => serde_json::Map::new(),
        other => {
            let kind = golang::kind_of(other);
            return Err(format!("json: cannot unmarshal {kind} into Go value of type api.{TYPE}"));
        }
    };
    let wrong = |value: &Value, field: &str, wanted: &str| {
        let kind = golang::kind_of(value);
        format!("json: cannot unmarshal {kind} into Go struct field {TYPE}.{field} of type {wanted}")
    };
    let raw = match fields.get("rawtx") {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(raw)) => raw.clone(),
        Some(other) => return Err(wrong(other, "rawtx", "string")),
    };
    let no_broadcast = match fields.get("no_broadcast") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(flag)) => *flag,
        Some(other) => return Err(wrong(other, "no_broadcast", "bool")),
    };
    Ok(Request { raw, no_broadcast })
}
