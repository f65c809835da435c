//! What stands on the buyer's page beside what becomes of a purchase, in each language.
//!
//! Names in braces stand for what is put in their places. The same ones stand in a text of every language.

mod chinese;
mod english;
mod russian;
mod spanish;

use crate::types::Language;

/// The texts of one language. See the English ones for what each is.
#[allow(missing_docs)]
#[derive(Debug)]
pub struct PageTexts {
    pub title: &'static str,
    pub heading: &'static str,
    pub lead: &'static str,
    pub language: &'static str,
    pub play_title: &'static str,
    pub play_note: &'static str,
    pub problem_title: &'static str,
    pub skip: &'static str,

    pub buy_title: &'static str,
    pub buy_another: &'static str,
    pub payee_label: &'static str,
    pub payee_hint: &'static str,
    pub payee_good: &'static str,
    pub pay_with: &'static str,
    pub no_price: &'static str,
    pub not_taken: &'static str,
    pub counts: &'static str,
    pub usual: &'static str,
    pub paused_note: &'static str,
    pub get_address: &'static str,
    pub binding_off: &'static str,
    pub stock: &'static str,
    pub sold_out: &'static str,
    pub sold_out_note: &'static str,

    pub calculator: &'static str,
    pub you_send: &'static str,
    pub you_get: &'static str,
    pub calculate: &'static str,
    pub into_code: &'static str,
    pub too_little: &'static str,
    pub beyond_stock: &'static str,
    pub no_number: &'static str,
    pub price_note: &'static str,
    pub price_note_bind: &'static str,
    pub price_note_final: &'static str,
    pub price_note_promised: &'static str,
    pub price_until: &'static str,
    pub price_not_anew: &'static str,
    pub bought_note: &'static str,

    pub find_title: &'static str,
    pub find_button: &'static str,

    pub send_title: &'static str,
    pub qr_label: &'static str,
    pub copy: &'static str,
    pub copied: &'static str,
    pub open_wallet: &'static str,
    pub rate_row: &'static str,
    pub rate_value: &'static str,
    pub rate_later: &'static str,
    pub spread_value: &'static str,
    pub contract: &'static str,
    pub counts_row: &'static str,
    pub least_row: &'static str,
    pub fees_row: &'static str,
    pub fees_value: &'static str,
    pub goes_to: &'static str,
    pub only: &'static str,
    pub only_tokens: &'static str,
    pub yours: &'static str,
    pub keep_link: &'static str,
    pub copy_link: &'static str,

    pub deposits_title: &'static str,
    pub nothing_yet: &'static str,
    pub more_below: &'static str,
    pub refreshes: &'static str,
    pub live: &'static str,
    pub not_live: &'static str,
    pub stage_seen: &'static str,
    pub stage_confirmed: &'static str,
    pub stage_bought: &'static str,
    pub stage_sent: &'static str,
    pub stage_done: &'static str,
    pub confirmations: &'static str,
    pub not_paid: &'static str,
    pub transactions: &'static str,
    pub deposit_tx: &'static str,
    pub payout_tx: &'static str,
    pub changed: &'static str,

    pub purchases_title: &'static str,
    pub purchases_none: &'static str,
    pub purchases_brief: &'static str,
    pub older: &'static str,
    pub refresh: &'static str,

    pub link_unknown_title: &'static str,
    pub link_unknown: &'static str,
    pub missing_title: &'static str,
    pub missing: &'static str,
    pub too_many_title: &'static str,
    pub too_many: &'static str,
    pub address_kept: &'static str,
    pub link_kept: &'static str,

    pub questions: &'static str,
    pub ask_time: &'static str,
    pub answer_time: &'static str,
    pub ask_price: &'static str,
    pub answer_price_bind: &'static str,
    pub answer_price_seen: &'static str,
    pub answer_price_final: &'static str,
    pub ask_again: &'static str,
    pub answer_again: &'static str,
    pub ask_little: &'static str,
    pub answer_little: &'static str,
    pub support: &'static str,

    pub play_panel: &'static str,
    pub play_panel_note: &'static str,
    pub play_deposit: &'static str,
    pub play_confirm: &'static str,
    pub play_fork: &'static str,
    pub play_shortage: &'static str,
    pub play_refill: &'static str,
}

impl PageTexts {
    /// Returns the texts of a language.
    pub const fn of(language: Language) -> &'static PageTexts {
        match language {
            Language::English => &english::TEXTS,
            Language::Chinese => &chinese::TEXTS,
            Language::Russian => &russian::TEXTS,
            Language::Spanish => &spanish::TEXTS,
        }
    }
}

/// Returns a text with what is put in the places that it names in braces.
pub fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = text.to_owned();
    for (name, value) in values {
        filled = filled.replace(&format!("{{{name}}}"), value);
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn places(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
    }

    /// Names and texts, as `Debug` writes them: no field can be forgotten here.
    fn all(language: Language) -> Vec<(String, String)> {
        let debug = format!("{:#?}", PageTexts::of(language));
        let fields = debug.lines().filter_map(|line| line.trim().trim_end_matches(',').split_once(": "));
        fields.map(|(name, text)| (name.to_owned(), text.trim_matches('"').to_owned())).collect()
    }

    #[test]
    fn should_say_everything_in_every_language() {
        let english = all(Language::English);
        assert!(english.len() > 80);
        for language in Language::ALL {
            for ((name, text), (_, model)) in all(language).iter().zip(&english) {
                assert!(!text.is_empty(), "{language:?} {name}");
                assert_eq!(places(text), places(model), "{language:?} {name}");
                // A price is written alike everywhere.
                let is_formula = name == "rate_value";
                let is_translated = language == Language::English || text != model || is_formula;
                assert!(is_translated || text.len() < 6, "{language:?} {name}: {text}");
            }
        }
    }

    #[test]
    fn should_put_values_in_their_places() {
        assert_eq!(fill("1 {coin} = {rate} SKY", &[("coin", "BTC"), ("rate", "500")]), "1 BTC = 500 SKY");
    }
}
