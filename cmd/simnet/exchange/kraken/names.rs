//! Kraken's names: XBT for BTC, XDG for DOGE, letters before old coins, and ids in groups.

use super::super::engine::{MarketId, OrderId, WithdrawalId};
use super::super::markets::{codes, find};
use super::super::venue::View;
use super::ApiError;

/// Returns the short name of a coin.
pub(super) fn short(code: &str) -> &str {
    match code {
        "BTC" => "XBT",
        "DOGE" => "XDG",
        code => code,
    }
}

/// Returns the name that balances have.
pub(super) fn long(code: &str) -> String {
    match code {
        "BTC" | "DOGE" | "ETH" | "LTC" => format!("X{}", short(code)),
        code => code.to_owned(),
    }
}

/// Returns the code of a coin by any of its names.
pub(super) fn code(name: &str) -> &str {
    match name {
        "XBT" | "XXBT" => "BTC",
        "XDG" | "XXDG" => "DOGE",
        "XETH" => "ETH",
        "XLTC" => "LTC",
        name => name,
    }
}

/// Returns the name of a market: `SKYXBT`.
pub(super) fn pair(view: &View<'_>, market: MarketId) -> String {
    let (base, quote) = codes(view.market(market));
    format!("{}{}", short(base), short(quote))
}

/// Returns the name of a market with a slash between its coins: `SKY/XBT`.
pub(super) fn with_slash(view: &View<'_>, market: MarketId) -> String {
    let (base, quote) = codes(view.market(market));
    format!("{}/{}", short(base), short(quote))
}

/// Returns the market of a name, also with a slash between its coins.
pub(super) fn market(view: &View<'_>, name: &str) -> Result<MarketId, ApiError> {
    let is_named = |base: &str, quote: &str| {
        let together = format!("{}{}", short(base), short(quote));
        let apart = format!("{}/{}", short(base), short(quote));
        [together, apart, format!("{base}/{quote}"), format!("{base}{quote}")]
            .iter()
            .any(|known| known == name)
    };
    find(&view.state.exchange, is_named).ok_or_else(|| ApiError::new("EQuery:Unknown asset pair"))
}

/// Returns a number as `OSIMNT-00000-00000A`: six digits of base 36 at the end, and five before them.
fn grouped(letter: char, mut number: u64) -> String {
    let mut digits = [b'0'; 11];
    for digit in digits.iter_mut().rev() {
        let value = u8::try_from(number % 36).unwrap_or_default();
        *digit = if value < 10 { b'0' + value } else { b'A' + value - 10 };
        number /= 36;
    }
    let digits = String::from_utf8_lossy(&digits);
    format!("{letter}SIMNT-{}-{}", &digits[..5], &digits[5..])
}

fn number(letter: char, text: &str) -> Option<u64> {
    let digits = text.strip_prefix(letter)?.strip_prefix("SIMNT-")?.replace('-', "");
    if digits.len() == 11 { u64::from_str_radix(&digits, 36).ok() } else { None }
}

pub(super) fn order(id: OrderId) -> String {
    grouped('O', id.get())
}

pub(super) fn read_order(text: &str) -> Option<OrderId> {
    number('O', text).map(OrderId::new)
}

pub(super) fn withdrawal(id: WithdrawalId) -> String {
    grouped('A', id.get())
}

/// Returns the id of a trade: they count within their market, and Kraken's do not.
pub(super) fn trade(view: &View<'_>, market: MarketId, number: u64) -> String {
    let place = view.state.exchange.markets().position(|known| known.id() == market).unwrap_or_default();
    grouped('T', number * 1_000 + u64::try_from(place).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_read_the_ids_that_it_writes() {
        for id in [1, 35, 36, 123_456_789] {
            assert_eq!(read_order(&order(OrderId::new(id))), Some(OrderId::new(id)));
        }
        assert_eq!(order(OrderId::new(10)), "OSIMNT-00000-00000A");
        assert_eq!(read_order("OSIMNT-1"), None);
        assert_eq!((long("BTC"), long("SKY"), code("XXBT")), ("XXBT".to_owned(), "SKY".to_owned(), "BTC"));
    }
}
