//! Errors as Binance has them: a status, a code and words.

use serde_json::json;

use super::super::engine::PlaceError;
use super::super::venue::Reply;

/// Status, code and words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ApiError(pub(super) u16, pub(super) i32, pub(super) String);

impl ApiError {
    pub(super) fn new(code: i32, words: impl Into<String>) -> ApiError {
        ApiError(400, code, words.into())
    }

    pub(super) fn mandatory(name: &str) -> ApiError {
        ApiError::new(
            -1102,
            format!("Mandatory parameter '{name}' was not sent, was empty/null, or malformed."),
        )
    }

    pub(super) fn filter(name: &str) -> ApiError {
        ApiError::new(-1013, format!("Filter failure: {name}"))
    }

    pub(super) fn reply(&self) -> Reply {
        Reply::json(self.0, json!({ "code": self.1, "msg": self.2 }))
    }
}

impl From<PlaceError> for ApiError {
    fn from(error: PlaceError) -> ApiError {
        match error {
            PlaceError::NotTrading { .. } => ApiError::new(-1013, "Market is closed."),
            PlaceError::IdTaken { .. } => ApiError::new(-2010, "Duplicate order sent."),
            PlaceError::Price { .. } => ApiError::filter("PRICE_FILTER"),
            PlaceError::Step { .. } | PlaceError::Quantity { .. } => ApiError::filter("LOT_SIZE"),
            PlaceError::OutOfRange { .. } | PlaceError::Notional { .. } | PlaceError::Spend { .. } => {
                ApiError::filter("NOTIONAL")
            }
            PlaceError::SpendOnSell => {
                ApiError::new(-1106, "Parameter 'quoteOrderQty' sent when not required.")
            }
            PlaceError::Balance { .. } => {
                ApiError::new(-2010, "Account has insufficient balance for requested action.")
            }
            PlaceError::WouldTake { .. } => ApiError::new(-2010, "Order would immediately match and take."),
        }
    }
}
