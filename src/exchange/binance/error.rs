//! Binance's errors: a code and words, whatever the status of HTTP.

use serde::Deserialize;

use super::super::call_error::{CallError, Refusal};
use super::super::exact::Word;
use super::super::read::{json, refused, unclear};
use super::super::transport::Answer;

#[derive(Deserialize)]
struct Told {
    code: Word,
    #[serde(default)]
    msg: String,
}

/// Reads an answer, which may be an error.
pub(super) fn read<T: for<'a> Deserialize<'a>>(answer: &Answer) -> Result<T, CallError> {
    if answer.body.trim_ascii_start().starts_with(b"{")
        && let Ok(told) = json::<Told>(&answer.body)
    {
        return Err(error(told.code.as_str(), &told.msg));
    }
    if answer.status != 200 {
        return Err(unclear(format_args!("HTTP {}: {}", answer.status, answer.words())));
    }
    json(&answer.body)
}

fn error(code: &str, words: &str) -> CallError {
    let told = format!("{code}: {words}");
    let kind = match code {
        "-1003" | "-1015" => return CallError::RateLimited { after: None, is_certain: false, words: told },
        // The last three: overloaded, shutting down, and an answer from its back end that it did not expect.
        "-1000" | "-1001" | "-1006" | "-1007" | "-1008" | "-1016" | "-1099" => return unclear(told),
        "-1021" => Refusal::Clock,
        "-1013" => filter(words),
        "-1111" => Refusal::Terms,
        "-1121" | "-4019" => Refusal::Market,
        "-2010" => rejection(words),
        "-2011" | "-2013" => Refusal::NoSuchOrder,
        "-1002" | "-1022" | "-2014" | "-2015" => Refusal::Credentials,
        "-4003" => Refusal::TooSmall,
        "-4026" => Refusal::Funds,
        _ if code.starts_with('-') => Refusal::Other,
        _ => return unclear(told),
    };
    refused(kind, told)
}

/// Which rule of the market an order breaks.
fn filter(words: &str) -> Refusal {
    match words.strip_prefix("Filter failure: ") {
        // Quantities are multiples of the step already: what is left of this filter is the least.
        Some("NOTIONAL" | "MIN_NOTIONAL" | "LOT_SIZE") => Refusal::TooSmall,
        Some(_) => Refusal::Terms,
        None if words.contains("closed") => Refusal::Market,
        None => Refusal::Terms,
    }
}

/// Why an order is not taken.
fn rejection(words: &str) -> Refusal {
    let words = words.to_lowercase();
    match words {
        words if words.contains("insufficient balance") => Refusal::Funds,
        words if words.contains("duplicate") => Refusal::Duplicate,
        words if words.contains("market is closed") => Refusal::Market,
        _ => Refusal::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_sort_errors_by_code_and_words() {
        for (code, words, kind) in [
            ("-1021", "Timestamp for this request is outside of the recvWindow.", Refusal::Clock),
            ("-1013", "Filter failure: NOTIONAL", Refusal::TooSmall),
            ("-1013", "Filter failure: LOT_SIZE", Refusal::TooSmall),
            ("-1013", "Filter failure: PRICE_FILTER", Refusal::Terms),
            ("-1013", "Market is closed.", Refusal::Market),
            ("-1111", "Parameter 'price' has too much precision.", Refusal::Terms),
            ("-1121", "Invalid symbol.", Refusal::Market),
            ("-2010", "Account has insufficient balance for requested action.", Refusal::Funds),
            ("-2010", "Duplicate order sent.", Refusal::Duplicate),
            ("-2010", "Order would trigger immediately.", Refusal::Other),
            ("-2011", "Unknown order sent.", Refusal::NoSuchOrder),
            ("-2013", "Order does not exist.", Refusal::NoSuchOrder),
            ("-2014", "API-key format invalid.", Refusal::Credentials),
            ("-2015", "Invalid API-key, IP, or permissions for action.", Refusal::Credentials),
            ("-1022", "Signature for this request is not valid.", Refusal::Credentials),
            ("-1102", "Mandatory parameter 'x' was not sent.", Refusal::Other),
        ] {
            assert_eq!(error(code, words).refusal(), Some(kind), "{code} {words}");
        }
        for code in ["-1000", "-1003", "-1006", "-1007", "-1015", "0", "x"] {
            assert!(error(code, "").may_have_happened(), "{code}");
        }
    }

    #[test]
    fn should_read_errors_whatever_the_status() {
        for status in [200, 400] {
            let answer = Answer { status, body: br#"{"code":-1121,"msg":"Invalid symbol."}"#.to_vec() };
            let error = read::<serde::de::IgnoredAny>(&answer).unwrap_err();
            assert_eq!(error.refusal(), Some(Refusal::Market));
        }
        for (status, body) in [(403, "<html>"), (200, "<?xml?>"), (400, "{}"), (200, ""), (400, "[]")] {
            let error = read::<Vec<Word>>(&Answer { status, body: body.into() }).unwrap_err();
            assert!(matches!(error, CallError::Ambiguous(_)), "{body}: {error:?}");
        }
    }
}
