//! Tokens: what their contracts move, tell and answer. Those of the main network that the service knows by symbol are
//! there, whatever the chain's id.

use alloy_primitives::{Bloom, BloomInput, keccak256};
use teller::config::known_tokens;
use teller::types::Token;

type Account = [u8; 20];
type Word = [u8; 32];

/// What there is of each token, in its smallest unit. All of it belongs to whoever pays.
pub(super) const STOCK: u128 = 1_000_000_000_000_000_000_000_000;
/// Who gets what transfers cost.
const COLLECTOR: Account = [0xfe; 20];

/// Returns the token that has its contract there.
pub(super) fn at(contract: &Account) -> Option<Token> {
    known_tokens().find(|token| token.contract.0 == *contract)
}

/// Returns the token of this symbol.
pub(super) fn named(symbol: &str) -> Option<Token> {
    known_tokens().find(|token| token.symbol.as_str() == symbol)
}

/// Returns all symbols, for people.
pub(super) fn symbols() -> String {
    known_tokens().map(|token| token.symbol.to_string()).collect::<Vec<_>>().join(", ")
}

/// A call of a token's `transfer(address,uint256)`.
#[derive(Debug, Clone)]
pub(super) struct Transfer {
    pub(super) contract: Account,
    pub(super) to: Account,
    pub(super) amount: u128,
    /// A part of the amount that does not arrive.
    pub(super) fee: u128,
    /// The contract tells as if all of it arrived.
    pub(super) is_fee_hidden: bool,
}

/// So much of a token from one account to another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Move {
    pub(super) from: Account,
    pub(super) to: Account,
    pub(super) amount: u128,
}

/// What a contract notes of a transfer: `Transfer(address,address,uint256)`.
#[derive(Debug, Clone)]
pub(super) struct Log {
    pub(super) contract: Account,
    pub(super) topics: [Word; 3],
    pub(super) data: Word,
}

impl Transfer {
    /// Returns the input of the call.
    pub(super) fn input(&self) -> Vec<u8> {
        let words = [account_word(&self.to), number_word(self.amount)].concat();
        [&selector("transfer(address,uint256)")[..], &words].concat()
    }

    /// Returns what moves; the fee first, as with USDT.
    pub(super) fn moves(&self, from: Account) -> Vec<Move> {
        let fee = (self.fee > 0).then_some(Move { from, to: COLLECTOR, amount: self.fee });
        let rest = Move { from, to: self.to, amount: self.amount.saturating_sub(self.fee) };
        fee.into_iter().chain([rest]).collect()
    }

    /// Returns what the contract tells of it.
    pub(super) fn logs(&self, from: Account) -> Vec<Log> {
        let told = match self.is_fee_hidden {
            true => vec![Move { from, to: self.to, amount: self.amount }],
            false => self.moves(from),
        };
        let what = keccak256("Transfer(address,address,uint256)").0;
        let log = |told: &Move| Log {
            contract: self.contract,
            topics: [what, account_word(&told.from), account_word(&told.to)],
            data: number_word(told.amount),
        };
        told.iter().map(log).collect()
    }
}

/// Returns the filter that finds these logs.
pub(super) fn bloom(logs: &[Log]) -> [u8; 256] {
    let mut bloom = Bloom::ZERO;
    for log in logs {
        bloom.accrue(BloomInput::Raw(&log.contract));
        log.topics.iter().for_each(|topic| bloom.accrue(BloomInput::Raw(topic)));
    }
    bloom.0.0
}

/// Returns what a token's contract answers to this input; none where it fails, as for a function that it has not.
pub(super) fn answer(token: Token, input: &[u8], balance: impl FnOnce(&Account) -> u128) -> Option<Vec<u8>> {
    let (function, words) = input.split_first_chunk::<4>()?;
    match *function {
        it if it == selector("decimals()") => Some(number_word(token.decimals.into()).to_vec()),
        it if it == selector("symbol()") => Some(text(token.symbol.as_str())),
        it if it == selector("balanceOf(address)") => {
            let (word, _) = words.split_first_chunk::<32>()?;
            let (zeros, account) = word.split_first_chunk::<12>()?;
            let account = account.try_into().ok().filter(|_| *zeros == [0; 12])?;
            Some(number_word(balance(account)).to_vec())
        }
        _ => None,
    }
}

fn selector(function: &str) -> [u8; 4] {
    let [a, b, c, d, ..] = keccak256(function).0;
    [a, b, c, d]
}

fn account_word(account: &Account) -> Word {
    let mut word = [0; 32];
    word[12..].copy_from_slice(account);
    word
}

fn number_word(number: u128) -> Word {
    let mut word = [0; 32];
    word[16..].copy_from_slice(&number.to_be_bytes());
    word
}

/// A text of at most a word: where it begins, how long it is, and its letters.
fn text(text: &str) -> Vec<u8> {
    let mut letters = [0; 32];
    letters[..text.len()].copy_from_slice(text.as_bytes());
    let length = u128::try_from(text.len()).unwrap_or(u128::MAX);
    [number_word(32), number_word(length), letters].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn should_know_the_tokens_of_the_main_network() {
        let usdt = named("USDT").unwrap();
        assert_eq!(usdt.contract.to_string(), "0xdac17f958d2ee523a2206206994597c13d831ec7");
        assert_eq!(at(&usdt.contract.0), Some(usdt));
        assert_eq!((named("usdt"), at(&[0; 20])), (None, None));
    }

    #[test]
    fn should_answer_in_words_of_32_bytes() {
        let usdt = named("USDT").unwrap();
        let asked = |input: &[u8]| answer(usdt, input, |of| u128::from(of[19])).map(|told| hex(&told));
        assert_eq!(asked(&[0x31, 0x3c, 0xe5, 0x67]).unwrap(), format!("{:0>64}", 6));
        let symbol = format!("{:0>64}{:0>64}{:0<64}", "20", 4, "55534454");
        assert_eq!(asked(&[0x95, 0xd8, 0x9b, 0x41]).unwrap(), symbol);
        let balance_of = |word: &[u8]| asked(&[&[0x70, 0xa0, 0x82, 0x31], word].concat());
        assert_eq!(balance_of(&account_word(&[7; 20])).unwrap(), format!("{:0>64}", 7));
        // Too short, no account, and no function of it.
        assert_eq!((balance_of(&[0; 31]), balance_of(&[7; 32]), asked(&[1, 2, 3, 4])), (None, None, None));
        assert_eq!(asked(&[]), None);
    }

    #[test]
    fn should_tell_of_a_fee_or_hide_it() {
        let transfer = Transfer { contract: [1; 20], to: [2; 20], amount: 100, fee: 3, is_fee_hidden: false };
        let arrives = |transfer: &Transfer| transfer.moves([9; 20]).last().unwrap().amount;
        let told =
            |transfer: &Transfer| transfer.logs([9; 20]).iter().map(|log| log.data[31]).collect::<Vec<_>>();
        assert_eq!((arrives(&transfer), told(&transfer)), (97, vec![3, 97]));
        let hidden = Transfer { is_fee_hidden: true, ..transfer.clone() };
        assert_eq!((arrives(&hidden), told(&hidden)), (97, vec![100]));
        let free = Transfer { fee: 0, ..transfer };
        assert_eq!((arrives(&free), told(&free)), (100, vec![100]));
        assert!(free.input().starts_with(&[0xa9, 0x05, 0x9c, 0xbb]));
    }
}
