//! What a buyer is told who is refused: by the API in the contract's words, and by the page in those for people.

use super::pause::BuyerPause;
use crate::skycoin::AddressError;
use crate::types::Coin;

/// What a buyer is told who is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusalText {
    /// What the API answers: part of its contract, to the letter.
    pub message: String,
    /// What the page tells a person, who wants to know what to do now.
    pub page: String,
}

impl RefusalText {
    fn new(message: impl Into<String>, page: impl Into<String>) -> Self {
        RefusalText { message: message.into(), page: page.into() }
    }
}

/// Returns what is said where no address was given to pay to.
pub fn missing_payee() -> RefusalText {
    RefusalText::new("Missing skyaddr", "Please enter your Skycoin address.")
}

/// Returns what is said where no coin was chosen.
pub fn missing_coin() -> RefusalText {
    RefusalText::new("Missing coin_type", "Please choose what you want to pay with.")
}

/// Returns what is said where the coin that was chosen is none.
pub fn unknown_coin() -> RefusalText {
    RefusalText::new("Invalid coin_type", "Please choose what you want to pay with.")
}

/// Returns what is said where the desk does not take the coin.
pub fn coin_off(coin: Coin) -> RefusalText {
    RefusalText::new(
        format!("{coin} not enabled"),
        format!("{coin} is not taken here. Please choose another coin."),
    )
}

/// Returns what is said where a text is no address to pay to.
pub fn bad_payee(error: AddressError) -> RefusalText {
    no_payee(&error.to_string())
}

/// Returns what is said where the address to pay to is nobody's.
pub fn null_payee() -> RefusalText {
    no_payee("it is the null address, what is sent there is lost")
}

fn no_payee(why: &str) -> RefusalText {
    RefusalText::new(
        format!("Invalid skycoin address: {why}"),
        format!(
            "That is not a Skycoin address ({}). Please copy it from your wallet once more, from the first letter to \
             the last.",
            lower_first(why)
        ),
    )
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(letters).collect()
}

/// Returns what is said where the operator gives out no new addresses.
pub fn binding_off() -> RefusalText {
    RefusalText::new(
        "Address binding is disabled",
        "No new addresses are given out at the moment. The ones given out before are good as ever.",
    )
}

/// Returns what is said where the address to pay to is one of this desk.
pub fn our_address() -> RefusalText {
    RefusalText::new(
        "Invalid skycoin address: it belongs to this service",
        "This is an address of this service. Please enter an address of your own wallet.",
    )
}

/// Returns what is said where something is in the way of the coin for now.
pub fn paused(coin: Coin, why: BuyerPause) -> RefusalText {
    let why = why.text();
    RefusalText::new(
        format!("{coin} cannot be bound at the moment: {why}"),
        format!(
            "No address for {coin} can be given out at the moment: {why}. Please choose another coin, or come back \
             later. The ones given out before are good as ever."
        ),
    )
}

/// Returns what is said where the payee has as many addresses as allowed.
pub fn limit_reached() -> RefusalText {
    RefusalText::new(
        "The maximum number of addresses have been assigned to this SKY address",
        "This Skycoin address has as many deposit addresses as it can have. Please use one of them: each can be used \
         again and again.",
    )
}

/// Returns what is said where no address of the coin is left.
pub fn pool_empty(coin: Coin) -> RefusalText {
    RefusalText::new(
        "Deposit address pool is empty",
        format!(
            "There is no deposit address for {coin} left at the moment. Please choose another coin, or come back later."
        ),
    )
}

/// Returns what is said where as many new addresses as may be given out have been.
pub fn budget_spent() -> RefusalText {
    RefusalText::new(
        "No more new deposit addresses are given out at the moment, try again later",
        "No more new deposit addresses are given out at the moment. Addresses that you have keep working. Please try \
         again later.",
    )
}

/// Returns what is said where the part of a list that was asked for is none.
pub fn bad_page() -> RefusalText {
    RefusalText::new("Invalid page", "These purchases are not there. Please ask for the newest ones below.")
}

/// Returns what is said where the form that was sent is another site's.
pub fn foreign_form() -> RefusalText {
    RefusalText::new(
        "Forbidden: the form was sent by another site's page",
        "The form came from another site's page. Please fill in the one below.",
    )
}

/// Returns what is said where more is asked for than can be answered.
pub fn overloaded() -> RefusalText {
    RefusalText::new(
        "Service is overloaded, try again later",
        "Too many people are asking at once. Please try again in a moment.",
    )
}

/// Returns what is said where the fault is ours; its cause is for the log alone.
pub fn internal() -> RefusalText {
    RefusalText::new("Internal Server Error", "Something went wrong on our side. Please try again later.")
}
