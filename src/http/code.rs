//! What refusals are called by programs: a code never changes its meaning, and stands beside the words.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::reply::text;

/// Declares the codes with their names, statuses and titles, which stand here once.
macro_rules! codes {
    ($($code:ident, $name:literal, $status:ident, $title:literal;)+) => {
        /// Why a request was refused.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        #[allow(missing_docs, reason = "the titles say it")]
        pub enum Code {
            $($code,)+
        }

        impl Code {
            /// Every code there is.
            pub const ALL: &'static [Code] = &[$(Code::$code),+];

            /// Returns the name that programs may rely on.
            pub const fn name(self) -> &'static str {
                match self { $(Code::$code => $name,)+ }
            }

            /// Returns the status of answers with this code.
            pub const fn status(self) -> StatusCode {
                match self { $(Code::$code => StatusCode::$status,)+ }
            }

            /// Returns what it means, in a sentence that is the same for every such refusal.
            pub const fn title(self) -> &'static str {
                match self { $(Code::$code => $title,)+ }
            }
        }
    };
}

codes! {
    InvalidParameter, "invalid_parameter", BAD_REQUEST, "A parameter is missing or cannot be understood";
    InvalidBody, "invalid_body", BAD_REQUEST, "The body cannot be read";
    InvalidJson, "invalid_json", BAD_REQUEST, "The body is not the JSON that is expected";
    InvalidHost, "invalid_host", BAD_REQUEST, "The Host header names no host";
    MissingPayee, "missing_payee", BAD_REQUEST, "The Skycoin address is missing";
    MissingCoin, "missing_coin", BAD_REQUEST, "The coin is missing";
    UnknownCoin, "unknown_coin", BAD_REQUEST, "There is no such coin here";
    CoinOff, "coin_off", BAD_REQUEST, "This desk does not take the coin";
    InvalidPayee, "invalid_payee", BAD_REQUEST, "The Skycoin address is none, or nobody can be paid there";
    PayeeIsOurs, "payee_is_ours", BAD_REQUEST, "The Skycoin address belongs to this desk";
    InvalidWebhook, "invalid_webhook", BAD_REQUEST, "The webhook's URL cannot be told anything";
    InvalidPage, "invalid_page", BAD_REQUEST, "There is no such page";
    InvalidKey, "invalid_key", BAD_REQUEST, "The Idempotency-Key is empty, too long, or not printable";
    Unauthorized, "unauthorized", UNAUTHORIZED, "The token is missing or wrong";
    UnknownClient, "unknown_client", UNAUTHORIZED, "The token belongs to no client of this desk";
    ForeignPage, "foreign_page", FORBIDDEN, "The request came from another site's page";
    BindingOff, "binding_off", FORBIDDEN, "The desk gives out no addresses at the moment";
    Shadow, "shadow", FORBIDDEN, "This desk only looks on beside another one, which does what is asked";
    WebhookRefused, "webhook_refused", FORBIDDEN, "Whoever asks may give no webhook";
    NotFound, "not_found", NOT_FOUND, "There is nothing here";
    UnknownEntry, "unknown_entry", NOT_FOUND, "There is no entry of this number or name";
    UnboundAddress, "unbound_address", NOT_FOUND, "The address is bound to nobody";
    MethodNotAllowed, "method_not_allowed", METHOD_NOT_ALLOWED, "The path does not take this method";
    BodyLate, "body_late", REQUEST_TIMEOUT, "The body did not come in time";
    LimitReached, "limit_reached", CONFLICT, "The Skycoin address has as many deposit addresses as it may have";
    WebhooksFull, "webhooks_full", CONFLICT, "The client has as many webhooks as it may have";
    KeyInUse, "key_in_use", CONFLICT, "The first request with this Idempotency-Key is still under way";
    RulingRefused, "ruling_refused", CONFLICT, "The payout's state does not allow this";
    CourseRefused, "course_refused", CONFLICT, "The transaction's state does not allow this";
    SpendRefused, "spend_refused", CONFLICT, "The transaction is not what it is said to be";
    AbandonRefused, "abandon_refused", CONFLICT, "The chain does not let the transaction be given up";
    PurchaseRefused, "purchase_refused", CONFLICT, "The state of the purchase does not allow this";
    OrderRefused, "order_refused", CONFLICT, "The order's state does not allow this";
    WithdrawalRefused, "withdrawal_refused", CONFLICT, "The withdrawal's state does not allow this";
    SwitchRefused, "switch_refused", CONFLICT, "The switch cannot be turned so";
    BreakerClosed, "breaker_closed", CONFLICT, "The circuit breaker is not open, or has opened once more";
    BlocksBusy, "blocks_busy", CONFLICT, "Other blocks are being read again first";
    AddressIsOurs, "address_is_ours", CONFLICT, "The address belongs to this desk";
    NotPushed, "not_pushed", CONFLICT, "The price is not one that is pushed";
    ProfileTaken, "profile_taken", CONFLICT, "A profile is being taken already";
    HistoryDiffers, "history_differs", CONFLICT, "The history of events is not the one that was read before";
    DepositContradicts, "deposit_contradicts", CONFLICT, "The deposit is known, and was another";
    BodyTooLarge, "body_too_large", PAYLOAD_TOO_LARGE, "The body is too large";
    InvalidContentType, "invalid_content_type", UNSUPPORTED_MEDIA_TYPE, "The body has another media type";
    BodyEncoded, "body_encoded", UNSUPPORTED_MEDIA_TYPE, "The body is compressed";
    KeyReused, "key_reused", UNPROCESSABLE_ENTITY, "The Idempotency-Key was sent with another request before";
    TooManyRequests, "too_many_requests", TOO_MANY_REQUESTS, "Too many requests of one client or network";
    TooManyKeys, "too_many_keys", TOO_MANY_REQUESTS, "Too many Idempotency-Keys in a day";
    Internal, "internal", INTERNAL_SERVER_ERROR, "The desk failed; its operator finds the reason in the log";
    Paused, "paused", SERVICE_UNAVAILABLE, "Something is in the way of this coin at the moment";
    Unreconciled, "unreconciled", SERVICE_UNAVAILABLE, "The operator has to look at the wallet first";
    NotVetted, "not_vetted", SERVICE_UNAVAILABLE, "The next addresses have not been checked yet";
    BudgetSpent, "budget_spent", SERVICE_UNAVAILABLE, "As many new addresses as may be given out have been";
    PoolEmpty, "pool_empty", SERVICE_UNAVAILABLE, "No address of this coin is left";
    Overloaded, "overloaded", SERVICE_UNAVAILABLE, "The desk has too much to do at the moment";
    NodeUntold, "node_untold", SERVICE_UNAVAILABLE, "The node cannot tell at the moment";
    PayerBusy, "payer_busy", SERVICE_UNAVAILABLE, "Payouts are not worked on at the moment; nothing was done";
    OutcomeUnknown, "outcome_unknown", SERVICE_UNAVAILABLE, "It is not known whether this was done";
    NoRoom, "no_room", INSUFFICIENT_STORAGE, "There is no room for a backup";
}

impl Code {
    /// Returns what a refusal with this status is called where nobody says more.
    pub(super) fn of_status(status: StatusCode) -> Code {
        let first = Code::ALL.iter().find(|code| code.status() == status);
        first.copied().unwrap_or(match status.is_server_error() {
            true => Code::Internal,
            false => Code::InvalidParameter,
        })
    }
}

/// Returns a refusal in words, with its code for programs; see [`super::problems`].
pub fn refusal(code: Code, words: impl std::fmt::Display) -> HttpResponse {
    coded(text(code.status(), words), code)
}

/// Returns an answer with a code for programs.
pub(super) fn coded(mut reply: HttpResponse, code: Code) -> HttpResponse {
    reply.extensions_mut().insert(code);
    reply
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_have_a_name_of_its_own_for_each_in_small_letters() {
        let mut names: Vec<&str> = Code::ALL.iter().map(|code| code.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Code::ALL.len());
        assert!(names.iter().all(|name| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')));
    }

    #[test]
    fn should_call_what_nobody_named_by_its_status() {
        for (status, code) in [
            (400, Code::InvalidParameter),
            (404, Code::NotFound),
            (405, Code::MethodNotAllowed),
            (418, Code::InvalidParameter),
            (500, Code::Internal),
            (502, Code::Internal),
        ] {
            assert_eq!(Code::of_status(StatusCode::from_u16(status).unwrap()), code);
        }
    }
}
