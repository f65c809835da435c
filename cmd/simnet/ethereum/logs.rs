//! `eth_getLogs`.

use serde_json::{Map, Value};

use crate::rpc::{Call, Failure, Outcome, value};

use super::block::Block;
use super::calls::{View, invalid};
use super::shown;

/// What is looked for: every topic that is not left out, and one of the addresses where there are any.
struct Filter {
    addresses: Vec<Value>,
    topics: Vec<Vec<Value>>,
}

impl View<'_> {
    pub(super) fn logs(&self, call: &Call) -> Outcome {
        let asked = call.params.first().and_then(Value::as_object);
        let asked = asked.ok_or_else(|| invalid("missing value for required argument 0"))?;
        let filter = Filter::read(asked)?;
        let logs: Vec<Value> = self.asked(asked)?.into_iter().flat_map(shown::logs_of_block).collect();
        value(&logs.into_iter().filter(|log| filter.takes(log)).collect::<Vec<_>>())
    }

    /// The blocks that are asked about.
    fn asked(&self, asked: &Map<String, Value>) -> Result<Vec<&Block>, Failure> {
        let given = |key| asked.get(key).filter(|value| !value.is_null());
        let (from, to) = (given("fromBlock"), given("toBlock"));
        if let Some(hash) = given("blockHash") {
            if from.is_some() || to.is_some() {
                let words = "cannot specify both BlockHash and FromBlock/ToBlock, choose one or the other";
                return Err(invalid(&format!("invalid argument 0: {words}")));
            }
            let block = self.by_hash(Some(hash))?;
            return block.map(|block| vec![block]).ok_or_else(|| Failure::new(-32000, "unknown block"));
        }
        let latest = Value::from("latest");
        let [from, to] = [from, to].map(|which| self.number(which.unwrap_or(&latest)));
        let (from, to) = (from?, to?);
        if from > to {
            return Err(Failure::new(-32000, "invalid block range params"));
        }
        Ok((from..=to.min(self.tip().number)).filter_map(|number| self.chain.at(number)).collect())
    }

    fn number(&self, which: &Value) -> Result<u64, Failure> {
        match which.as_str().filter(|text| text.starts_with("0x")) {
            Some(number) => super::calls::parse_quantity(number),
            None => Ok(self.by_number(Some(which))?.map_or(self.settings.start, |block| block.number)),
        }
    }
}

impl Filter {
    fn read(asked: &Map<String, Value>) -> Result<Filter, Failure> {
        let topics = match asked.get("topics") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(topics)) => topics.iter().map(one_of).collect::<Result<_, _>>()?,
            Some(_) => return Err(invalid("invalid argument 0: topics are a list")),
        };
        Ok(Filter { addresses: asked.get("address").map_or(Ok(Vec::new()), one_of)?, topics })
    }

    fn takes(&self, log: &Value) -> bool {
        let takes = |wanted: &[Value], value: Option<&Value>| {
            value.is_some_and(|value| wanted.is_empty() || wanted.contains(value))
        };
        takes(&self.addresses, log.get("address"))
            && (0..).zip(&self.topics).all(|(n, topic): (usize, _)| takes(topic, log["topics"].get(n)))
    }
}

/// One value, several of which one will do, or none for any.
fn one_of(wanted: &Value) -> Result<Vec<Value>, Failure> {
    let text = |value: &Value| match value {
        Value::String(text) => Ok(Value::from(text.to_ascii_lowercase())),
        _ => Err(invalid("invalid argument 0: no hex string")),
    };
    match wanted {
        Value::Null => Ok(Vec::new()),
        Value::Array(all) => all.iter().map(text).collect(),
        one => Ok(vec![text(one)?]),
    }
}
