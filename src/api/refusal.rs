//! The contract's status for whoever is refused.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};

use crate::engine::BindError;
use crate::http::{Code, internal_error, refusal};
use crate::live::Pause;
use crate::report::BuyerPause;
pub(super) use crate::report::{BadPayee, Refusal, WebhookTrouble};
use crate::store::StoreError;
use crate::types::Coin;

/// What a refusal is over HTTP.
pub(super) trait RefusalReply {
    fn of(error: BindError, coin: Coin) -> Self;

    /// What programs call it.
    fn code(&self) -> Code;

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
            BindError::Shadow => Refusal::Shadow,
            BindError::CoinOff(coin) => Refusal::CoinOff(coin),
            BindError::Paused(pause) => Refusal::Paused(coin, BuyerPause::Pause(pause)),
            BindError::Unreconciled => Refusal::Paused(coin, BuyerPause::Wallet),
            BindError::NotVetted => Refusal::Paused(coin, BuyerPause::Pause(Pause::NotVetted)),
            BindError::BudgetSpent(wait) => Refusal::BudgetSpent(wait),
            BindError::PoolEmpty => Refusal::PoolEmpty(coin),
            BindError::HooksFull => Refusal::Webhook(WebhookTrouble::Full),
            BindError::Store(StoreError::Busy) => Refusal::Overloaded,
            BindError::Store(error) => {
                // The cause goes to the log, not to the caller.
                let _ = internal_error(&error);
                Refusal::Internal
            }
        }
    }

    fn code(&self) -> Code {
        match self {
            Refusal::MissingPayee => Code::MissingPayee,
            Refusal::MissingCoin => Code::MissingCoin,
            Refusal::UnknownCoin => Code::UnknownCoin,
            Refusal::CoinOff(_) => Code::CoinOff,
            Refusal::OurAddress => Code::PayeeIsOurs,
            Refusal::BadPage => Code::InvalidPage,
            Refusal::BadPayee(_) => Code::InvalidPayee,
            Refusal::BindingOff => Code::BindingOff,
            Refusal::Shadow => Code::Shadow,
            Refusal::ForeignForm => Code::ForeignPage,
            Refusal::LimitReached => Code::LimitReached,
            Refusal::Paused(_, BuyerPause::Wallet) => Code::Unreconciled,
            Refusal::Paused(_, BuyerPause::Pause(Pause::NotVetted)) => Code::NotVetted,
            Refusal::Paused(..) => Code::Paused,
            Refusal::PoolEmpty(_) => Code::PoolEmpty,
            Refusal::BudgetSpent(_) => Code::BudgetSpent,
            Refusal::Webhook(WebhookTrouble::NoClient | WebhookTrouble::NoSecrets) => Code::WebhookRefused,
            Refusal::Webhook(WebhookTrouble::Full) => Code::WebhooksFull,
            Refusal::Webhook(_) => Code::InvalidWebhook,
            Refusal::Overloaded => Code::Overloaded,
            Refusal::Internal => Code::Internal,
        }
    }

    fn status(&self) -> StatusCode {
        self.code().status()
    }

    fn reply(&self) -> HttpResponse {
        let mut reply = refusal(self.code(), self.message());
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
