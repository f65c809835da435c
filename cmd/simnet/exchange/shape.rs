//! How values are written: numbers as numbers or as text, ids and fees that are not told.

use serde_json::Value;

/// How an answer is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) numbers: Numbers,
    /// Client ids and page numbers are null.
    pub(super) has_null_ids: bool,
    /// Fees are 0, whatever was taken.
    pub(super) has_hidden_fees: bool,
}

/// How numbers are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Numbers {
    #[default]
    AsTheyAre,
    /// A text that is a number is written without quotes.
    Bare,
    /// Every number has quotes.
    Quoted,
}

/// Texts that stay texts, though they may be digits.
const NAMES: [&str; 12] = [
    "cid",
    "clientOrderId",
    "origClientOrderId",
    "cl_ord_id",
    "client_order_id",
    "order_id",
    "trade_id",
    "entry_id",
    "message",
    "msg",
    "address",
    "id",
];
const IDS: [&str; 6] =
    ["cid", "clientOrderId", "origClientOrderId", "cl_ord_id", "client_order_id", "pageindex"];
const FEES: [&str; 4] = ["fee", "commission", "total_fees", "fees"];

impl Shape {
    /// Returns a value as text.
    pub(super) fn write(self, value: &Value) -> String {
        let mut out = String::new();
        self.put(&mut out, "", value);
        out
    }

    fn put(self, out: &mut String, key: &str, value: &Value) {
        if self.has_null_ids && IDS.contains(&key) {
            return out.push_str("null");
        }
        let is_hidden =
            self.has_hidden_fees && FEES.contains(&key) && (value.is_string() || value.is_number());
        let value = if is_hidden { &Value::from("0") } else { value };
        match value {
            Value::Object(fields) => {
                let parts = fields.iter().map(|(name, value)| (Some(name.as_str()), value));
                self.put_all(out, parts, ['{', '}'], key);
            }
            Value::Array(values) => {
                self.put_all(out, values.iter().map(|value| (None, value)), ['[', ']'], key)
            }
            Value::String(text)
                if self.numbers == Numbers::Bare && !NAMES.contains(&key) && is_number(text) =>
            {
                out.push_str(text);
            }
            Value::Number(number) if self.numbers == Numbers::Quoted => {
                out.push_str(&Value::from(number.to_string()).to_string());
            }
            other => out.push_str(&other.to_string()),
        }
    }

    fn put_all<'a>(
        self,
        out: &mut String,
        parts: impl Iterator<Item = (Option<&'a str>, &'a Value)>,
        [open, close]: [char; 2],
        key: &str,
    ) {
        out.push(open);
        for (place, (name, value)) in parts.enumerate() {
            if place > 0 {
                out.push(',');
            }
            if let Some(name) = name {
                out.push_str(&Value::from(name).to_string());
                out.push(':');
            }
            // What stands in a list is what the list's name says.
            self.put(out, name.unwrap_or(key), value);
        }
        out.push(close);
    }
}

/// Whether a text is a plain number as JSON has it.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    are_digits(whole) && are_digits(part) && (whole == "0" || !whole.starts_with('0'))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn should_write_numbers_as_asked() {
        let value = json!({ "cid": "17", "fee": "0.10", "list": [["0.002", 3]], "text": "01" });
        let written = |numbers| Shape { numbers, ..Shape::default() }.write(&value);
        assert_eq!(written(Numbers::AsTheyAre), value.to_string());
        assert_eq!(written(Numbers::Bare), r#"{"cid":"17","fee":0.10,"list":[[0.002,3]],"text":"01"}"#);
        assert_eq!(
            written(Numbers::Quoted),
            r#"{"cid":"17","fee":"0.10","list":[["0.002","3"]],"text":"01"}"#
        );
    }

    #[test]
    fn should_leave_out_what_is_not_told() {
        let shape = Shape { has_null_ids: true, has_hidden_fees: true, ..Shape::default() };
        let value = json!({ "clientOrderId": "a", "commission": "0.1", "fees": [["0", "1"]] });
        assert_eq!(shape.write(&value), r#"{"clientOrderId":null,"commission":"0","fees":[["0","0"]]}"#);
    }
}
