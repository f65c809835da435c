//! What an amount buys, and what has to be sent for one: at the price of the moment.

use serde::Serialize;

use crate::types::{Droplets, Rate, Units};

/// An asset as the page's calculator needs it. The script reckons with the same numbers.
#[derive(Debug, Clone, Serialize)]
pub struct Scale {
    /// The code of the coin or the symbol of the token.
    pub code: String,
    /// SKY for one whole of it, as a fraction.
    pub num: String,
    /// See `num`.
    pub den: String,
    /// Its decimal places.
    pub decimals: u8,
    /// Decimal places of SKY that are paid.
    pub places: u8,
    #[serde(skip)]
    rate: Rate,
}

/// What somebody asked.
#[derive(Debug, Clone, Default)]
pub(super) struct Asked {
    /// What would be sent.
    pub(super) send: String,
    /// SKY that are wanted.
    pub(super) get: String,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sum {
    Known {
        send: Units,
        get: Droplets,
    },
    /// It buys nothing.
    TooLittle,
    NoNumber,
}

impl Scale {
    pub(super) fn new(code: &str, decimals: u8, places: u8, rate: Rate) -> Scale {
        let (num, den) = rate.fraction();
        Scale { code: code.to_owned(), num: num.to_string(), den: den.to_string(), decimals, places, rate }
    }

    /// Reckons from what would be sent, or else from what is wanted; none where nothing was asked.
    pub(super) fn sum(&self, asked: &Asked) -> Option<Sum> {
        let sent = match (asked.send.trim(), asked.get.trim()) {
            ("", "") => return None,
            ("", get) => match Droplets::parse_coins(get) {
                Ok(wanted) => self.rate.deposit_for(rounded_up(wanted, self.places)?, self.decimals),
                Err(_) => None,
            },
            (send, _) => Units::parse_coins(send, self.decimals).ok(),
        };
        let Some(send) = sent else { return Some(Sum::NoNumber) };
        let quote = self.rate.quote(send, self.decimals, self.places);
        Some(match quote.map(|quote| quote.payout) {
            Ok(get) if get.is_zero() => Sum::TooLittle,
            Ok(get) => Sum::Known { send, get },
            Err(_) => Sum::NoNumber,
        })
    }
}

/// What is paid has so many places: who wants a little more than that wants the next amount.
fn rounded_up(wanted: Droplets, places: u8) -> Option<Droplets> {
    let cut = wanted.cut_to(places);
    if cut == wanted {
        return Some(wanted);
    }
    let step = 10_u64.checked_pow(u32::from(Droplets::DECIMALS.checked_sub(places)?))?;
    cut.get().checked_add(step).map(Droplets::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(send: &str, get: &str) -> Asked {
        Asked { send: send.to_owned(), get: get.to_owned() }
    }

    fn known(send: u128, get: u64) -> Option<Sum> {
        Some(Sum::Known { send: Units::new(send), get: Droplets::new(get) })
    }

    #[test]
    fn should_reckon_both_ways() {
        let btc = Scale::new("BTC", 8, 3, Rate::parse("500").unwrap());
        assert_eq!(btc.sum(&asked("", "")), None);
        assert_eq!(btc.sum(&asked("0.002", "")), known(200_000, 1_000_000));
        assert_eq!(btc.sum(&asked("", "1")), known(200_000, 1_000_000));
        // More than three places are not paid: it is the next amount that holds what is wanted.
        assert_eq!(btc.sum(&asked("", "0.0005")), known(200, 1_000));
        assert_eq!(btc.sum(&asked("0.00000199", "")), Some(Sum::TooLittle));
        for (send, get) in
            [("x", ""), ("-1", ""), ("", "1e9"), ("0.000000001", ""), ("99999999999999999999999", "")]
        {
            assert_eq!(btc.sum(&asked(send, get)), Some(Sum::NoNumber), "{send} {get}");
        }
        let third = Scale::new("SKY", 6, 6, Rate::parse("1/3").unwrap());
        assert_eq!(third.sum(&asked("", "1")), known(3_000_000, 1_000_000));
        assert_eq!(third.sum(&asked("1", "")), known(1_000_000, 333_333));
    }
}
