//! Why a buyer is refused, and the words of the contract for it.

use std::time::Duration;

use super::pause::BuyerPause;
use crate::report::requests;
use crate::skycoin::AddressError;
use crate::types::{Coin, Language};

/// The reasons, in the order in which they are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// No address was given to pay to.
    MissingPayee,
    /// No coin was chosen.
    MissingCoin,
    /// The coin that was chosen is none.
    UnknownCoin,
    /// The desk does not take the coin.
    CoinOff(Coin),
    /// What was given is no address to pay to.
    BadPayee(BadPayee),
    /// The operator gives out no new addresses.
    BindingOff,
    /// Another desk gives out the addresses, which this one looks on beside.
    Shadow,
    /// The payee is an address of this desk.
    OurAddress,
    /// Something is in the way of the coin for now.
    Paused(Coin, BuyerPause),
    /// The payee has as many addresses as allowed.
    LimitReached,
    /// No address of the coin is left.
    PoolEmpty(Coin),
    /// As many new addresses as may be given out have been; after this time there is one again.
    BudgetSpent(Duration),
    /// The form that was sent is another site's.
    ForeignForm,
    /// The part of a list that was asked for is none.
    BadPage,
    /// A webhook was given with the bind that cannot be. No page gives one.
    Webhook(WebhookTrouble),
    /// More is asked for than can be answered.
    Overloaded,
    /// The fault is ours; its cause is for the log alone.
    Internal,
}

/// Why nobody can be paid at an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadPayee {
    /// The text is no address.
    Malformed(AddressError),
    /// It is the address that nobody has the key of.
    Null,
}

/// Why a webhook cannot be given with a bind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookTrouble {
    /// Whoever asks is no client that the operator knows.
    NoClient,
    /// The client has no secrets that messages would be signed with.
    NoSecrets,
    /// It is no URL that can be told anything.
    NoUrl,
    /// It is plain HTTP.
    Plain,
    /// It has a user or a password.
    HasUser,
    /// It is longer than so many bytes.
    TooLong(usize),
    /// It is an address that the Internet does not reach.
    Private,
    /// The client has as many as it may have.
    Full,
}

impl WebhookTrouble {
    fn message(self) -> String {
        let why = match self {
            WebhookTrouble::NoClient => "only a client that this desk knows may give one: send its token",
            WebhookTrouble::NoSecrets => {
                "this client may give none: the operator has set no webhook_secrets to sign messages with"
            }
            WebhookTrouble::NoUrl => "expected a URL that begins with https://",
            WebhookTrouble::Plain => "expected https://, so that nobody in between reads what is told",
            WebhookTrouble::HasUser => "it must have no user and no password: messages are signed",
            WebhookTrouble::TooLong(most) => return format!("Invalid webhook_url: longer than {most} bytes"),
            WebhookTrouble::Private => "it is on the desk's own machine or in a private network",
            WebhookTrouble::Full => return "This client has as many webhooks as it may have".to_owned(),
        };
        format!("Invalid webhook_url: {why}")
    }
}

impl Refusal {
    /// Returns what the API answers, in English: part of its contract, to the letter.
    pub fn message(&self) -> String {
        let words = match self {
            Refusal::MissingPayee => "Missing skyaddr",
            Refusal::MissingCoin => "Missing coin_type",
            Refusal::UnknownCoin => "Invalid coin_type",
            Refusal::CoinOff(coin) => return format!("{coin} not enabled"),
            Refusal::BadPayee(BadPayee::Malformed(why)) => return format!("Invalid skycoin address: {why}"),
            Refusal::BadPayee(BadPayee::Null) => {
                "Invalid skycoin address: it is the null address, what is sent there is lost"
            }
            Refusal::BindingOff => "Address binding is disabled",
            Refusal::Shadow => {
                "This desk only looks on beside another one, which gives out the addresses: ask that one"
            }
            Refusal::OurAddress => "Invalid skycoin address: it belongs to this service",
            Refusal::Paused(coin, why) => {
                return format!("{coin} cannot be bound at the moment: {}", why.text(Language::English));
            }
            Refusal::LimitReached => "The maximum number of addresses have been assigned to this SKY address",
            Refusal::PoolEmpty(_) => "Deposit address pool is empty",
            Refusal::BudgetSpent(_) => {
                "No more new deposit addresses are given out at the moment, try again later"
            }
            Refusal::ForeignForm => "Forbidden: the form was sent by another site's page",
            Refusal::BadPage => "Invalid page",
            Refusal::Webhook(trouble) => return trouble.message(),
            Refusal::Overloaded => "Service is overloaded, try again later",
            Refusal::Internal => requests::INTERNAL,
        };
        words.to_owned()
    }
}
