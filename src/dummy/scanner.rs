//! Deposits by hand: what `/dummy/scanner/deposit` takes, checked with the rules of the deposit's coin.

use crate::address::{DepositAddress, Network};
use crate::deposit::BlockAt;
use crate::engine::FoundDeposit;
use crate::http::Params;
use crate::report::dummy_words as words;
use crate::types::{Coin, DepositId, Height, PerCoin, Token, Units};

/// Longest transaction id: any chain's is far shorter, and it becomes a key in the store.
const MAX_TX: usize = 256;
/// The original's limit of a value, kept for the coins whose values fit in it; of ether there is more.
const MAX_I64: u128 = i64::MAX.unsigned_abs() as u128;

/// Reads a deposit; the error is what the original answers with 400. None where the value is zero: such a deposit
/// is taken without complaint and counts for nothing.
pub(super) fn parse(
    params: &Params,
    networks: &PerCoin<Network>,
    tokens: impl Iterator<Item = Token>,
) -> Result<Option<FoundDeposit>, String> {
    let (coin, token) = what(params.get("coin"), tokens)?;
    let addr = required(params, "addr")?;
    let address = DepositAddress::parse(networks[coin], addr).map_err(|_| words::invalid("addr"))?;
    let value = required(params, "value")?;
    let amount = number(value)
        .filter(|value| *value <= max_value(coin, token))
        .ok_or_else(|| words::invalid("value"))?;
    let height = required(params, "height")?;
    let height =
        number(height).filter(|height| *height <= MAX_I64).ok_or_else(|| words::invalid("height"))?;
    let tx = required(params, "tx")?;
    if tx.len() > MAX_TX {
        return Err(words::TX_TOO_LONG.to_owned());
    }
    let n = match params.get("n") {
        "" => 0,
        text => number(text).filter(|n| *n <= MAX_I64).ok_or_else(|| words::invalid("n"))?,
    };
    let n = u32::try_from(n).map_err(|_| words::N_TOO_LARGE)?;
    if amount == 0 {
        return Ok(None);
    }
    Ok(Some(FoundDeposit {
        id: DepositId { coin, tx: tx.to_owned(), n, token: token.map(|token| token.contract) },
        token,
        address,
        amount: Units::new(amount),
        block: BlockAt {
            height: Height::new(u64::try_from(height).unwrap_or(u64::MAX)),
            hash: None,
            waits: 0,
        },
        is_final: true,
    }))
}

fn required<'p>(params: &'p Params, name: &str) -> Result<&'p str, String> {
    Some(params.get(name)).filter(|value| !value.is_empty()).ok_or_else(|| words::required(name))
}

/// What a code stands for: a coin, or a token that is configured.
fn what(code: &str, mut tokens: impl Iterator<Item = Token>) -> Result<(Coin, Option<Token>), String> {
    if code.is_empty() {
        return Ok((Coin::BTC, None));
    }
    match tokens.find(|token| token.symbol.as_str() == code) {
        Some(token) => Ok((Coin::ETH, Some(token))),
        None => Coin::from_code(code).map(|coin| (coin, None)).map_err(|_| words::invalid("coin")),
    }
}

fn max_value(coin: Coin, token: Option<Token>) -> u128 {
    if token.is_some() { u128::MAX } else { coin.facts().most.max(MAX_I64) }
}

/// A number as Go reads it: digits, with a sign at most.
fn number(text: &str) -> Option<u128> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let value = digits.parse().ok()?;
    (value == 0 || !text.starts_with('-')).then_some(value)
}
