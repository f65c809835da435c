//! Why a buyer is refused: the contract's status and message, and the words that the page has for people.

use actix_web::HttpResponse;
use std::time::Duration;

use actix_web::http::{StatusCode, header};

use crate::engine::BindError;
use crate::http::{internal_error, text};
use crate::store::StoreError;
use crate::types::Coin;

/// The reasons, in the order in which they are looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    MissingPayee,
    MissingCoin,
    UnknownCoin,
    CoinOff(Coin),
    BadPayee(String),
    BindingOff,
    /// The payee is an address of this desk.
    OurAddress,
    /// The coin's chain is not followed well enough at the moment.
    Paused(Coin, String),
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
            BindError::Paused(_) | BindError::Unreconciled | BindError::NotVetted => {
                Refusal::Paused(coin, error.to_string())
            }
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
            | Refusal::BadPayee(_) => StatusCode::BAD_REQUEST,
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
        match self {
            Refusal::MissingPayee => "Missing skyaddr".to_owned(),
            Refusal::MissingCoin => "Missing coin_type".to_owned(),
            Refusal::UnknownCoin => "Invalid coin_type".to_owned(),
            Refusal::CoinOff(coin) => format!("{coin} not enabled"),
            Refusal::BadPayee(why) => format!("Invalid skycoin address: {why}"),
            Refusal::BindingOff => "Address binding is disabled".to_owned(),
            Refusal::OurAddress => BindError::PayeeIsOurs.to_string(),
            Refusal::Paused(coin, why) => format!("{coin} cannot be bound at the moment: {why}"),
            Refusal::LimitReached => BindError::LimitReached.to_string(),
            Refusal::PoolEmpty(_) => BindError::PoolEmpty.to_string(),
            Refusal::BudgetSpent(_) => {
                "No more new deposit addresses are given out at the moment, try again later".to_owned()
            }
            Refusal::BadPage => "Invalid page".to_owned(),
            Refusal::ForeignForm => "Forbidden: the form was sent by another site's page".to_owned(),
            Refusal::Overloaded => "Service is overloaded, try again later".to_owned(),
            Refusal::Internal => "Internal Server Error".to_owned(),
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

    /// What the page tells a person, who wants to know what to do now.
    pub(super) fn words(&self) -> String {
        match self {
            Refusal::MissingPayee => "Please enter your Skycoin address.".to_owned(),
            Refusal::MissingCoin | Refusal::UnknownCoin => {
                "Please choose what you want to pay with.".to_owned()
            }
            Refusal::CoinOff(coin) => format!("{coin} is not taken here. Please choose another coin."),
            Refusal::BadPayee(why) => format!(
                "That is not a Skycoin address ({}). Please copy it from your wallet once more, from the first \
                 letter to the last.",
                lower_first(why)
            ),
            Refusal::BindingOff => {
                "No new addresses are given out at the moment. The ones given out before are good as ever."
                    .to_owned()
            }
            Refusal::OurAddress => {
                "This is an address of this service. Please enter an address of your own wallet.".to_owned()
            }
            Refusal::Paused(coin, why) => format!(
                "No address for {coin} can be given out at the moment: {why}. Please choose another coin, or come back \
                 later. The ones given out before are good as ever."
            ),
            Refusal::LimitReached => {
                "This Skycoin address has as many deposit addresses as it can have. Please use \
                                      one of them: each can be used again and again."
                    .to_owned()
            }
            Refusal::PoolEmpty(coin) => format!(
                "There is no deposit address for {coin} left at the moment. Please choose another coin, or come \
                 back later."
            ),
            Refusal::BudgetSpent(_) => {
                "No more new deposit addresses are given out at the moment. Addresses that you have keep working. \
                 Please try again later."
                    .to_owned()
            }
            Refusal::BadPage => "These purchases are not there. Please ask for the newest ones below.".to_owned(),
            Refusal::ForeignForm => {
                "The form came from another site's page. Please fill in the one below.".to_owned()
            }
            Refusal::Overloaded => {
                "Too many people are asking at once. Please try again in a moment.".to_owned()
            }
            Refusal::Internal => "Something went wrong on our side. Please try again later.".to_owned(),
        }
    }
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(letters).collect()
}
