//! How Go writes: indented JSON, complaints about hexadecimal digits and JSON, moments.

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{PrettyFormatter, Serializer};

/// `json.MarshalIndent` with four spaces.
pub(crate) fn json(value: &impl Serialize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut bytes, PrettyFormatter::with_indent(b"    "));
    // What is written here are plain structs with text keys, into memory.
    value.serialize(&mut serializer).expect("BUG: the value is no JSON");
    bytes
}

/// `hex.DecodeString`.
pub(crate) fn hex(text: &str) -> Result<Vec<u8>, String> {
    let digit = |byte: u8| {
        let value = char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        value.ok_or_else(|| format!("encoding/hex: invalid byte: {}", shown(byte)))
    };
    let mut bytes = Vec::with_capacity(text.len() / 2);
    for pair in text.as_bytes().chunks(2) {
        match pair {
            [high, low] => bytes.push(digit(*high)? << 4 | digit(*low)?),
            _ => {
                pair.iter().try_for_each(|byte| digit(*byte).map(drop))?;
                return Err("encoding/hex: odd length hex string".to_owned());
            }
        }
    }
    Ok(bytes)
}

/// Go's `%#U`.
fn shown(byte: u8) -> String {
    let letter = char::from(byte);
    let point = u32::from(byte);
    if letter.is_control() || matches!(byte, 0xa0 | 0xad) {
        format!("U+{point:04X}")
    } else {
        format!("U+{point:04X} '{letter}'")
    }
}

/// Reads the first JSON value of a body as the decoder does, which does not look behind it.
pub(crate) fn first_value(body: &[u8]) -> Result<Value, String> {
    let mut values = serde_json::Deserializer::from_slice(body).into_iter::<Value>();
    match values.next() {
        None => Err("EOF".to_owned()),
        Some(Ok(value)) => Ok(value),
        Some(Err(error)) if error.is_eof() => Err("unexpected EOF".to_owned()),
        Some(Err(error)) => {
            let line =
                body.split(|byte| *byte == b'\n').nth(error.line().saturating_sub(1)).unwrap_or_default();
            let odd = line.get(error.column().saturating_sub(1)).copied().unwrap_or_default();
            Err(format!("invalid character '{}' looking for beginning of value", char::from(odd)))
        }
    }
}

/// What Go calls a JSON value.
pub(crate) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// `strconv.ParseBool`, with nothing for false.
pub(crate) fn flag(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Some(true),
        "" | "0" | "f" | "F" | "FALSE" | "false" | "False" => Some(false),
        _ => None,
    }
}

/// `%q` of what comes in parameters.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            letter if letter.is_control() => quoted.push_str(&format!("\\x{:02x}", u32::from(letter))),
            letter => quoted.push(letter),
        }
    }
    quoted + "\""
}

/// A moment in RFC 3339, UTC; 0 is Go's own 1970.
pub(crate) fn moment(seconds: u64) -> String {
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = date(days);
    let (hour, minute, second) = (rest / 3600, rest % 3600 / 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// The date so many days after 1970-01-01, by the calendar's 400 years of equal length.
fn date(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_complain_about_digits_as_go_does() {
        assert_eq!(hex("00ff"), Ok(vec![0, 255]));
        assert_eq!(hex("zz").unwrap_err(), "encoding/hex: invalid byte: U+007A 'z'");
        assert_eq!(hex("abc").unwrap_err(), "encoding/hex: odd length hex string");
        assert_eq!(hex("ab\n").unwrap_err(), "encoding/hex: invalid byte: U+000A");
    }

    #[test]
    fn should_write_moments() {
        assert_eq!(moment(0), "1970-01-01T00:00:00Z");
        assert_eq!(moment(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(moment(1_700_000_000), "2023-11-14T22:13:20Z");
    }
}
