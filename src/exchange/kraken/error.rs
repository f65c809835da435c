//! Kraken's errors: words in a list, with the status 200.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::super::call_error::{CallError, Refusal};
use super::super::read::{json, part, refused, unclear};
use super::super::transport::Answer;

#[derive(Deserialize)]
struct Envelope<'a> {
    error: Vec<String>,
    #[serde(borrow, default)]
    result: Option<&'a RawValue>,
}

/// Reads an answer, which may be an error.
pub(super) fn read<T: for<'a> Deserialize<'a>>(answer: &Answer) -> Result<T, CallError> {
    let envelope: Envelope<'_> = json(&answer.body)?;
    // Warnings begin with another letter, and come with a result.
    if let Some(words) = envelope.error.iter().find(|words| words.starts_with('E')) {
        return Err(error(words));
    }
    match envelope.result {
        Some(result) if answer.status == 200 => part(result.get()),
        _ => Err(unclear(format_args!("HTTP {}: {}", answer.status, answer.words()))),
    }
}

fn error(words: &str) -> CallError {
    // Its documents have these be turned away at the door.
    let is_too_often = ["EAPI:Rate limit exceeded", "EOrder:Rate limit exceeded"].contains(&words);
    if is_too_often || words.starts_with("EService:Throttled") || words == "EGeneral:Too many requests" {
        return CallError::RateLimited { after: None, is_certain: is_too_often, words: words.to_owned() };
    }
    match kind(words) {
        Some(kind) => refused(kind, words),
        // Of what its machines say of themselves, nobody knows how far the call got.
        None if words.starts_with("EService:") => unclear(words),
        None if words.starts_with("EGeneral:Internal error") => unclear(words),
        None if words.starts_with("EGeneral:Unknown error") => unclear(words),
        None if words.starts_with("EGeneral:Temporary lockout") => refused(Refusal::Credentials, words),
        None => refused(Refusal::Other, words),
    }
}

fn kind(words: &str) -> Option<Refusal> {
    let exact = match words {
        "EService:Deadline elapsed" => Refusal::Clock,
        "EOrder:Insufficient funds" | "EFunding:Insufficient funds" => Refusal::Funds,
        "EQuery:Unknown asset pair" => Refusal::Market,
        "EOrder:Unknown order" | "EOrder:Invalid order" => Refusal::NoSuchOrder,
        "EOrder:Order minimum not met" | "EOrder:Cost minimum not met" => Refusal::TooSmall,
        "EGeneral:Invalid arguments:volume minimum not met" | "EFunding:Below minimum withdrawal" => {
            Refusal::TooSmall
        }
        "EGeneral:Invalid arguments:volume" | "EGeneral:Invalid arguments:price" => Refusal::Terms,
        "EGeneral:Permission denied" | "EAPI:Invalid key" | "EAPI:Invalid signature" => Refusal::Credentials,
        _ => {
            let is_named = words.contains("cl_ord_id") && words.contains("in use");
            let is_taken = is_named || words.to_lowercase().contains("duplicate");
            return [
                (is_taken, Refusal::Duplicate),
                (words.starts_with("EService:Market in "), Refusal::Market),
                (words.starts_with("EOrder:Invalid price"), Refusal::Terms),
                (words.starts_with("EOrder:Tick size check failed"), Refusal::Terms),
            ]
            .into_iter()
            .find_map(|(is_it, kind)| is_it.then_some(kind));
        }
    };
    Some(exact)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_sort_errors_by_their_words() {
        for (words, kind) in [
            ("EOrder:Insufficient funds", Refusal::Funds),
            ("EQuery:Unknown asset pair", Refusal::Market),
            ("EService:Market in cancel_only mode", Refusal::Market),
            ("EOrder:Cost minimum not met", Refusal::TooSmall),
            ("EGeneral:Invalid arguments:volume minimum not met", Refusal::TooSmall),
            ("EOrder:Invalid price:SKY/XBT price can only be specified up to 5 decimals.", Refusal::Terms),
            ("EGeneral:Invalid arguments:cl_ord_id is already in use", Refusal::Duplicate),
            ("EGeneral:Invalid arguments:cl_ord_id", Refusal::Other),
            ("EService:Deadline elapsed", Refusal::Clock),
            ("EAPI:Invalid key", Refusal::Credentials),
            ("EAPI:Invalid nonce", Refusal::Other),
            ("EOrder:Unknown order", Refusal::NoSuchOrder),
        ] {
            assert_eq!(error(words).refusal(), Some(kind), "{words}");
        }
        for words in
            ["EService:Unavailable", "EService:Busy", "EGeneral:Internal error", "EService:Throttled: 17"]
        {
            assert!(error(words).may_have_happened(), "{words}");
        }
        let often = error("EAPI:Rate limit exceeded");
        assert!(matches!(often, CallError::RateLimited { .. }) && !often.may_have_happened(), "{often:?}");
    }

    #[test]
    fn should_read_results_beside_warnings_alone() {
        let told = |status, body: &str| read::<u8>(&Answer { status, body: body.into() });
        assert_eq!(told(200, r#"{"error":["WGeneral:Odd"],"result":7}"#), Ok(7));
        let refused = told(200, r#"{"error":["EOrder:Insufficient funds"],"result":7}"#);
        assert_eq!(refused.unwrap_err().refusal(), Some(Refusal::Funds));
        for (status, body) in [(200, r#"{"error":[]}"#), (403, r#"{"error":[],"result":7}"#), (200, "<xml>")]
        {
            assert!(matches!(told(status, body), Err(CallError::Ambiguous(_))), "{body}");
        }
    }
}
