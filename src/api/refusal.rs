//! Why a buyer is refused, and the contract's status for it.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};

use crate::engine::BindError;
use crate::http::{internal_error, text};
use crate::live::Pause;
use crate::report::BuyerPause;
use crate::report::refusals::{self, RefusalText};
use crate::skycoin::AddressError;
use crate::store::StoreError;
use crate::types::{Coin, Language};

/// The reasons, in the order in which they are looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    MissingPayee,
    MissingCoin,
    UnknownCoin,
    CoinOff(Coin),
    BadPayee(AddressError),
    /// The payee is the address that nobody has the key of.
    NullPayee,
    BindingOff,
    /// The payee is an address of this desk.
    OurAddress,
    /// The coin's chain is not followed well enough at the moment.
    Paused(Coin, BuyerPause),
    LimitReached,
    PoolEmpty(Coin),
    /// As many new addresses as may be given out have been.
    BudgetSpent(Duration),
    /// The form that was sent is another site's.
    ForeignForm,
    /// The part of a list that was asked for is none.
    BadPage,
    Overloaded,
    Internal,
}

impl Refusal {
    pub(super) fn of(error: BindError, coin: Coin) -> Self {
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

    pub(super) const fn status(&self) -> StatusCode {
        match self {
            Refusal::MissingPayee
            | Refusal::MissingCoin
            | Refusal::UnknownCoin
            | Refusal::CoinOff(_)
            | Refusal::OurAddress
            | Refusal::BadPage
            | Refusal::BadPayee(_)
            | Refusal::NullPayee => StatusCode::BAD_REQUEST,
            Refusal::BindingOff | Refusal::ForeignForm => StatusCode::FORBIDDEN,
            Refusal::LimitReached => StatusCode::CONFLICT,
            Refusal::Paused(..) | Refusal::PoolEmpty(_) | Refusal::BudgetSpent(_) | Refusal::Overloaded => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Refusal::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What the API answers.
    pub(super) fn message(&self) -> String {
        self.text().message
    }

    /// What the page tells a person.
    pub(super) fn words(&self, _language: Language) -> String {
        self.text().page
    }

    fn text(&self) -> RefusalText {
        match self {
            Refusal::MissingPayee => refusals::missing_payee(),
            Refusal::MissingCoin => refusals::missing_coin(),
            Refusal::UnknownCoin => refusals::unknown_coin(),
            Refusal::CoinOff(coin) => refusals::coin_off(*coin),
            Refusal::BadPayee(error) => refusals::bad_payee(*error),
            Refusal::NullPayee => refusals::null_payee(),
            Refusal::BindingOff => refusals::binding_off(),
            Refusal::OurAddress => refusals::our_address(),
            Refusal::Paused(coin, why) => refusals::paused(*coin, *why),
            Refusal::LimitReached => refusals::limit_reached(),
            Refusal::PoolEmpty(coin) => refusals::pool_empty(*coin),
            Refusal::BudgetSpent(_) => refusals::budget_spent(),
            Refusal::BadPage => refusals::bad_page(),
            Refusal::ForeignForm => refusals::foreign_form(),
            Refusal::Overloaded => refusals::overloaded(),
            Refusal::Internal => refusals::internal(),
        }
    }

    pub(super) fn reply(&self) -> HttpResponse {
        let mut reply = text(self.status(), self.message());
        self.add_wait(&mut reply);
        reply
    }

    /// Tells when trying again is of use, where that is known.
    pub(super) fn add_wait(&self, reply: &mut HttpResponse) {
        if let Refusal::BudgetSpent(wait) = self {
            let seconds = wait.as_secs().saturating_add(1);
            reply.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
    }
}
