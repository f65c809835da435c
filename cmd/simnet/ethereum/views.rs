//! What contracts answer to calls that no block holds.

use serde_json::Value;

use crate::rpc::{Call, Failure, Outcome, value};

use super::block::{Block, account};
use super::calls::{View, invalid};
use super::shown::data;
use super::tokens;

impl View<'_> {
    /// `eth_call`: of a token's contract, in the state after a block.
    pub(super) fn ask_contract(&self, call: &Call) -> Outcome {
        let asked = call.params.first().and_then(Value::as_object);
        let asked = asked.ok_or_else(|| invalid("missing value for required argument 0"))?;
        let block = self.state(call.params.get(1))?;
        let Some(to) = asked.get("to").filter(|to| !to.is_null()) else { return value(&"0x") };
        let to = to.as_str().and_then(account).ok_or_else(|| invalid("invalid argument 0: no address"))?;
        let input = asked.get("input").or_else(|| asked.get("data")).and_then(Value::as_str).unwrap_or("0x");
        let input = bytes(input).ok_or_else(|| invalid("invalid argument 0: no hex string"))?;
        // Where there is no contract nothing is executed.
        let Some(token) = tokens::at(&to) else { return value(&"0x") };
        let told = tokens::answer(token, &input, |of| self.chain.held(&to, of, block.number));
        let reverted = || Failure { data: Some("0x"), ..Failure::new(3, "execution reverted") };
        value(&data(&told.ok_or_else(reverted)?))
    }

    /// The block after which something is asked: by number, tag or hash, also by name (EIP-1898); else the newest one.
    fn state(&self, which: Option<&Value>) -> Result<&Block, Failure> {
        let named = |key| which.and_then(|which| which.get(key));
        let by_hash = |hash| {
            let block = self.by_hash(Some(hash))?;
            block.ok_or_else(|| Failure::new(-32000, "header for hash not found"))
        };
        let which = match which {
            None | Some(Value::Null) => return Ok(self.tip()),
            Some(Value::String(text)) if text.len() == 66 => return by_hash(&Value::from(text.as_str())),
            Some(Value::Object(_)) => match (named("blockHash"), named("blockNumber")) {
                (Some(hash), _) => return by_hash(hash),
                (None, number) => number,
            },
            other => other,
        };
        self.by_number(which)?.ok_or_else(|| Failure::new(-32000, "header not found"))
    }
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    bitcoin::hex::FromHex::from_hex(text.strip_prefix("0x")?).ok()
}
