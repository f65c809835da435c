//! Coinbase's errors: a name and words, or a text alone.

use serde::Deserialize;

use super::super::call_error::{CallError, Refusal};
use super::super::read::{json, refused, unclear};
use super::super::transport::Answer;

/// An error of a whole call; the older API has a list.
#[derive(Deserialize)]
struct Told {
    #[serde(default)]
    error: Option<String>,
    #[serde(default)]
    error_details: String,
    #[serde(default)]
    message: String,
    #[serde(default)]
    errors: Vec<ToldOlder>,
}

#[derive(Deserialize)]
struct ToldOlder {
    id: String,
    #[serde(default)]
    message: String,
}

/// Reads an answer, which may be an error.
pub(super) fn read<T: for<'a> Deserialize<'a>>(answer: &Answer) -> Result<T, CallError> {
    // Who is not believed is told so in plain words, whatever the status.
    if answer.status == 401 || answer.words() == "Unauthorized" {
        return Err(refused(Refusal::Credentials, answer.words()));
    }
    if let Ok(told) = json::<Told>(&answer.body) {
        let older = told.errors.into_iter().next().map(|error| (error.id, error.message));
        let words = if told.message.is_empty() { told.error_details } else { told.message };
        if let Some((name, words)) = told.error.map(|name| (name, words)).or(older) {
            return Err(error(&name, &words));
        }
    }
    if !(200..300).contains(&answer.status) {
        return Err(unclear(format_args!("HTTP {}: {}", answer.status, answer.words())));
    }
    json(&answer.body)
}

fn error(name: &str, words: &str) -> CallError {
    let told = format!("{name}: {words}");
    let low = words.to_lowercase();
    let kind = match name {
        "RATE_LIMIT_EXCEEDED" | "rate_limit_exceeded" => {
            return CallError::RateLimited { after: None, is_certain: false, words: told };
        }
        "INTERNAL"
        | "UNKNOWN"
        | "UNAVAILABLE"
        | "DEADLINE_EXCEEDED"
        | "internal_server_error"
        | "unknown" => {
            return unclear(told);
        }
        "UNAUTHENTICATED" | "PERMISSION_DENIED" | "invalid_scope" | "authentication_error" => {
            Refusal::Credentials
        }
        "NOT_FOUND" | "not_found" if low.contains("order") => Refusal::NoSuchOrder,
        "NOT_FOUND" | "not_found" if low.contains("transaction") => Refusal::NoSuchWithdrawal,
        "INVALID_ARGUMENT" | "NOT_FOUND" if low.contains("product") => Refusal::Market,
        // The older API has one name for what is wrong with a withdrawal.
        "validation_error"
            if low.contains("are free") || low.contains("enough") || low.contains("insufficient") =>
        {
            Refusal::Funds
        }
        "validation_error" if low.contains("at least") || low.contains("minimum") => Refusal::TooSmall,
        _ => Refusal::Other,
    };
    refused(kind, told)
}

/// Why an order was not taken: such an answer is no error of the call.
pub(super) fn rejection(name: &str, words: &str) -> CallError {
    let told = format!("{name}: {words}");
    let kind = match name {
        "" | "UNKNOWN_FAILURE_REASON" => return unclear(told),
        "INSUFFICIENT_FUND" | "INSUFFICIENT_FUNDS" => Refusal::Funds,
        "ORDER_ENTRY_DISABLED" | "INVALID_PRODUCT_ID" | "PRODUCT_NOT_FOUND" => Refusal::Market,
        "DUPLICATE_CLIENT_ORDER_ID" => Refusal::Duplicate,
        "INVALID_BASE_SIZE_TOO_SMALL" | "INVALID_QUOTE_SIZE_TOO_SMALL" => Refusal::TooSmall,
        "INVALID_PRICE_PRECISION"
        | "INVALID_SIZE_PRECISION"
        | "INVALID_LIMIT_PRICE"
        | "INVALID_ORDER_SIZE" => Refusal::Terms,
        "INVALID_BASE_SIZE_TOO_LARGE" | "INVALID_QUOTE_SIZE_TOO_LARGE" => Refusal::Terms,
        _ => Refusal::Other,
    };
    refused(kind, told)
}

#[cfg(test)]
mod tests {
    use serde::de::IgnoredAny;

    use super::*;

    fn told(status: u16, body: &str) -> CallError {
        read::<Vec<IgnoredAny>>(&Answer { status, body: body.into() }).unwrap_err()
    }

    #[test]
    fn should_sort_errors_of_calls() {
        let product = r#"{"error":"INVALID_ARGUMENT","message":"ProductID \"X\" could not be found."}"#;
        let order = r#"{"error":"NOT_FOUND","message":"order with this orderID was not found: x"}"#;
        let older = r#"{"errors":[{"id":"validation_error","message":"You don't have enough funds"}]}"#;
        for (status, body, kind) in [
            (401, "Unauthorized\n", Refusal::Credentials),
            (200, "Unauthorized\n", Refusal::Credentials),
            (400, product, Refusal::Market),
            (200, product, Refusal::Market),
            (404, order, Refusal::NoSuchOrder),
            (400, older, Refusal::Funds),
            (403, r#"{"error":"PERMISSION_DENIED","message":""}"#, Refusal::Credentials),
            (400, r#"{"error":"INVALID_ARGUMENT","message":"order_configuration"}"#, Refusal::Other),
        ] {
            assert_eq!(told(status, body).refusal(), Some(kind), "{body}");
        }
        for (status, body) in [
            (200, r#"{"error":"INTERNAL","message":"something went wrong"}"#),
            (403, "<html>"),
            (200, "<?xml?>"),
            (400, "{}"),
            (200, r#"{"error":"RATE_LIMIT_EXCEEDED","message":""}"#),
        ] {
            assert!(told(status, body).may_have_happened(), "{body}");
        }
    }

    #[test]
    fn should_sort_rejections_of_orders() {
        for (name, kind) in [
            ("INSUFFICIENT_FUND", Refusal::Funds),
            ("ORDER_ENTRY_DISABLED", Refusal::Market),
            ("INVALID_BASE_SIZE_TOO_SMALL", Refusal::TooSmall),
            ("INVALID_PRICE_PRECISION", Refusal::Terms),
            ("SOMETHING_NEW", Refusal::Other),
        ] {
            assert_eq!(rejection(name, "").refusal(), Some(kind), "{name}");
        }
        assert!(rejection("UNKNOWN_FAILURE_REASON", "").may_have_happened());
    }
}
