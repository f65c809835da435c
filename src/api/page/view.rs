//! What the page shows, put together so that the template has nothing to reckon.

use super::super::PriceTags;
use super::moment::utc;
use crate::config::{ChainConfig, Config};
use crate::report::StatusEntry;
use crate::types::{Coin, Token, UnixTime};

/// A coin that can be bound, as the page offers it.
#[derive(Debug, Clone)]
pub struct CoinOffer {
    /// The coin.
    pub coin: Coin,
    /// Its code, as the API has it.
    pub code: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// SKY for one whole coin; empty where there is no price.
    pub rate: String,
    /// When a deposit counts.
    pub wait: String,
    /// What is deposited below this buys nothing.
    pub smallest: String,
    /// Tokens that the same address takes.
    pub tokens: Vec<TokenOffer>,
}

/// A token that is taken at a coin's addresses.
#[derive(Debug, Clone)]
pub struct TokenOffer {
    pub symbol: String,
    pub contract: String,
    /// SKY for one whole token; empty where there is no price.
    pub rate: String,
    /// What is deposited below this buys nothing.
    pub smallest: String,
}

impl TokenOffer {
    fn new(tags: &PriceTags<'_>, coin: Coin, token: Token) -> Self {
        let smallest = tags.smallest(coin, Some(token));
        TokenOffer {
            symbol: token.symbol.to_string(),
            contract: token.contract.to_string(),
            rate: shown_rate(tags, coin, Some(token)),
            smallest: smallest.map_or(String::new(), |coins| trimmed(&coins)),
        }
    }
}

/// A rate that the places of a payout cannot show is told as it was configured; nothing where there is no price.
fn shown_rate(tags: &PriceTags<'_>, coin: Coin, token: Option<Token>) -> String {
    let shown = trimmed(&tags.buys(coin, token));
    let whole = || tags.rate(coin, token).map(|rate| rate.text().to_owned());
    if shown == "0" { whole().unwrap_or(shown) } else { shown }
}

impl CoinOffer {
    fn new(config: &Config, tags: &PriceTags<'_>, coin: &ChainConfig) -> Self {
        let smallest = tags.smallest(coin.coin, None);
        CoinOffer {
            coin: coin.coin,
            code: coin.coin.code(),
            name: coin.coin.facts().name,
            rate: shown_rate(tags, coin.coin, None),
            wait: wait(coin.confirmations_required),
            smallest: smallest.map_or(String::new(), |coins| trimmed(&coins)),
            tokens: config
                .tokens_at(coin.coin)
                .map(|(token, _)| TokenOffer::new(tags, coin.coin, token))
                .collect(),
        }
    }
}

fn wait(confirmations: u64) -> String {
    match confirmations {
        0 => "as soon as it is in a block".to_owned(),
        1 => "after 1 confirmation".to_owned(),
        more => format!("after {more} confirmations"),
    }
}

/// `Bitcoin or Ether`: what is worth a headline. Skycoin is, where nothing else is taken.
pub(super) fn headline(offers: &[CoinOffer]) -> String {
    let others: Vec<&str> =
        offers.iter().filter(|offer| offer.coin != Coin::SKY).map(|offer| offer.name).collect();
    if others.is_empty() { "Skycoin".to_owned() } else { others.join(" or ") }
}

/// The enabled coins.
pub(in crate::api) fn offers(config: &Config, tags: &PriceTags<'_>) -> Vec<CoinOffer> {
    config.enabled_coins().map(|coin| CoinOffer::new(config, tags, coin)).collect()
}

/// A line of the status list.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) seq: u32,
    pub(super) status: &'static str,
    /// The status in one or two words.
    pub(super) label: &'static str,
    pub(super) coin: String,
    pub(super) message: String,
    pub(super) changed: String,
    /// Whether it is a deposit; else it is an address that waits for one.
    pub(super) is_deposit: bool,
    /// How many of the stages Received, Sent, Confirmed are reached; none where nothing will be sent.
    pub(super) stages: Option<u8>,
    /// Told to whoever has the secret of the address.
    pub(super) deposit: Option<RowDeposit>,
}

#[derive(Debug)]
pub(super) struct RowDeposit {
    pub(super) amount: String,
    pub(super) sky: String,
    pub(super) txid: String,
    pub(super) n: u32,
    pub(super) payout_txid: Option<String>,
}

impl Row {
    pub(super) fn new(entry: StatusEntry) -> Self {
        let stages = match entry.status {
            _ if !entry.is_deposit || entry.is_void => None,
            "waiting_deposit" => Some(0),
            "waiting_confirm" => Some(2),
            "done" => Some(3),
            _ => Some(1),
        };
        let deposit = entry.deposit.map(|deposit| RowDeposit {
            amount: trimmed(&deposit.amount),
            sky: trimmed(&deposit.sky_amount),
            txid: deposit.txid,
            n: deposit.n,
            payout_txid: deposit.payout_txid,
        });
        Row {
            seq: entry.seq,
            status: entry.status,
            label: if entry.is_void { "Not paid" } else { label(entry.status) },
            coin: entry.coin_type,
            message: sentence(&entry.message),
            changed: utc(UnixTime::new(entry.updated_at)),
            is_deposit: entry.is_deposit,
            stages,
            deposit,
        }
    }

    /// Whether amounts and transactions are left out of it.
    pub(super) fn is_brief(&self) -> bool {
        self.is_deposit && self.deposit.is_none()
    }

    pub(super) fn is_settled(&self) -> bool {
        self.status == "done"
    }
}

fn label(status: &str) -> &'static str {
    match status {
        "waiting_deposit" => "Waiting",
        "waiting_passthrough" | "waiting_passthrough_order_complete" => "Buying",
        "waiting_send" => "To be sent",
        "waiting_confirm" => "Sent",
        "done" => "Done",
        _ => "Received",
    }
}

/// A decimal without the zeros that say nothing. A fraction stays as it is.
fn trimmed(decimal: &str) -> String {
    let is_decimal = decimal.contains('.') && !decimal.contains('/');
    let short = if is_decimal { decimal.trim_end_matches('0').trim_end_matches('.') } else { decimal };
    short.to_owned()
}

fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).chain(['.']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_leave_out_zeros_that_say_nothing() {
        for (decimal, short) in [
            ("1.000000", "1"),
            ("0.00200000", "0.002"),
            ("100", "100"),
            ("0.000000000000000001", "0.000000000000000001"),
            ("10.0", "10"),
            ("1000/3", "1000/3"),
            ("1/0.10", "1/0.10"),
        ] {
            assert_eq!(trimmed(decimal), short);
        }
    }

    #[test]
    fn should_write_sentences() {
        assert_eq!(sentence("waiting to be sent"), "Waiting to be sent.");
    }
}
