//! Everything that a buyer can be told, as typed facts, and what it is in each language.
//!
//! A new sentence is a new variant: the compiler then asks for it in every language.

mod chinese;
mod english;
mod pause;
mod purchase;
mod refusal;
mod russian;
mod span;
mod spanish;
#[cfg(test)]
mod tests;
mod tongue;

use std::time::Duration;

use crate::types::Language;

pub(in crate::report) use english::catching_up;
pub use pause::BuyerPause;
pub use purchase::{Awaited, BuyerWords, Confirmations, DepositWait, Label, LeftPayout, Since};
pub use refusal::{BadPayee, Refusal, WebhookTrouble};
use tongue::Tongue;

fn tongue(language: Language) -> &'static dyn Tongue {
    match language {
        Language::English => &english::English,
        Language::Chinese => &chinese::Chinese,
        Language::Russian => &russian::Russian,
        Language::Spanish => &spanish::Spanish,
    }
}

impl BuyerWords {
    /// Returns it as the API has it in English: without a capital letter, and without a full stop.
    pub fn text(&self, language: Language) -> String {
        tongue(language).purchase(*self)
    }

    /// Returns it as a whole sentence.
    pub fn sentence(&self, language: Language) -> String {
        sentence(&self.text(language), language)
    }
}

impl BuyerPause {
    /// Returns it as the part of a sentence that tells the reason.
    pub fn text(&self, language: Language) -> String {
        tongue(language).pause(*self)
    }
}

impl Refusal {
    /// Returns what the page tells a person, who wants to know what to do now: whole sentences.
    pub fn page(&self, language: Language) -> String {
        tongue(language).refusal(*self)
    }
}

impl Label {
    /// Returns it in one or two words.
    pub fn text(self, language: Language) -> &'static str {
        tongue(language).label(self)
    }
}

impl DepositWait {
    /// Returns when a deposit counts, as the end of a sentence.
    pub fn text(self, language: Language) -> String {
        tongue(language).wait(self)
    }
}

/// Returns names that one can choose among: `Bitcoin, Ether or Skycoin`.
pub fn alternatives(names: &[&str], language: Language) -> String {
    let [comma, or] = tongue(language).between();
    match names {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{}{or}{last}", first.join(comma)),
    }
}

/// Returns a duration in the unit that people say it in: `43 seconds`, `12 minutes`.
pub fn span(duration: Duration, language: Language) -> String {
    tongue(language).span(duration.into())
}

fn sentence(words: &str, language: Language) -> String {
    let mut letters = words.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).chain([tongue(language).full_stop()]).collect()
}
