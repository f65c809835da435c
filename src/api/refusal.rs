//! The contract's status for whoever is refused.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};

use crate::engine::BindError;
use crate::http::{internal_error, text};
use crate::live::Pause;
use crate::report::BuyerPause;
pub(super) use crate::report::{BadPayee, Refusal};
use crate::store::StoreError;
use crate::types::Coin;

/// What a refusal is over HTTP.
pub(super) trait RefusalReply {
    fn of(error: BindError, coin: Coin) -> Self;

    fn status(&self) -> StatusCode;

    /// What the API answers.
    fn reply(&self) -> HttpResponse;

    /// Tells when trying again is of use, where that is known.
    fn add_wait(&self, reply: &mut HttpResponse);
}

impl RefusalReply for Refusal {
    fn of(error: BindError, coin: Coin) -> Self {
        match error {
            BindError::LimitReached => Refusal::LimitReached,
            BindError::PayeeIsOurs => Refusal::OurAddress,
            BindError::Off => Refusal::BindingOff,
            BindError::CoinOff(coin) => Refusal::CoinOff(coin),
            BindError::Paused(pause) => Refusal::Paused(coin, BuyerPause::Pause(pause)),
            BindError::Unreconciled => Refusal::Paused(coin, BuyerPause::Wallet),
            BindError::NotVetted => Refusal::Paused(coin, BuyerPause::Pause(Pause::NotVetted)),
            BindError::BudgetSpent(wait) => Refusal::BudgetSpent(wait),
            BindError::PoolEmpty => Refusal::PoolEmpty(coin),
            BindError::Store(StoreError::Busy) => Refusal::Overloaded,
            BindError::Store(error) => {
                // The cause goes to the log, not to the caller.
                let _ = internal_error(&error);
                Refusal::Internal
            }
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Refusal::MissingPayee
            | Refusal::MissingCoin
            | Refusal::UnknownCoin
            | Refusal::CoinOff(_)
            | Refusal::OurAddress
            | Refusal::BadPage
            | Refusal::BadPayee(_) => StatusCode::BAD_REQUEST,
            Refusal::BindingOff | Refusal::ForeignForm => StatusCode::FORBIDDEN,
            Refusal::LimitReached => StatusCode::CONFLICT,
            Refusal::Paused(..) | Refusal::PoolEmpty(_) | Refusal::BudgetSpent(_) | Refusal::Overloaded => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Refusal::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn reply(&self) -> HttpResponse {
        let mut reply = text(self.status(), self.message());
        self.add_wait(&mut reply);
        reply
    }

    fn add_wait(&self, reply: &mut HttpResponse) {
        if let Refusal::BudgetSpent(wait) = self {
            let seconds = wait.as_secs().saturating_add(1);
            reply.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
    }
}
