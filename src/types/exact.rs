//! Decimal numbers as exchanges count: exact, in whole coins.

use std::fmt;

use minicbor::{Decode, Encode};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::amount::{Units, pow10};

/// An exact decimal number that is not negative: an amount in whole coins, or a price. Stored as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Exact(Decimal);

impl Exact {
    /// Nothing.
    pub const ZERO: Exact = Exact(Decimal::ZERO);

    /// Returns this number; none where it is negative.
    pub fn new(number: Decimal) -> Option<Exact> {
        (!number.is_sign_negative() || number.is_zero()).then(|| Exact(number.normalize()))
    }

    /// Returns the number.
    pub const fn get(self) -> Decimal {
        self.0
    }

    /// Returns whole coins of an amount that has so many decimal places; none where that is more than can be counted.
    pub fn of_units(units: Units, decimals: u8) -> Option<Exact> {
        let number = i128::try_from(units.get()).ok()?;
        Decimal::try_from_i128_with_scale(number, decimals.into()).ok().and_then(Exact::new)
    }

    /// Returns it in the smallest unit of a coin that has so many decimal places, rounded down; none where that is more
    /// than can be counted.
    pub fn floor_units(self, decimals: u8) -> Option<Units> {
        let mantissa = u128::try_from(self.0.mantissa()).ok()?;
        let scale = u8::try_from(self.0.scale()).ok()?;
        let units = match decimals.checked_sub(scale) {
            Some(more) => mantissa.checked_mul(pow10(more)?)?,
            None => mantissa.checked_div(pow10(scale.checked_sub(decimals)?)?)?,
        };
        Some(Units::new(units))
    }

    /// Returns the same, rounded up.
    pub fn ceil_units(self, decimals: u8) -> Option<Units> {
        let down = self.floor_units(decimals)?;
        match Exact::of_units(down, decimals) {
            Some(floor) if floor == self => Some(down),
            _ => down.checked_add(Units::new(1)).ok(),
        }
    }

    /// Returns it as numerator and denominator, a power of ten; none where that cannot be counted.
    pub fn fraction(self) -> Option<(u128, u128)> {
        let num = u128::try_from(self.0.mantissa()).ok()?;
        Some((num, pow10(u8::try_from(self.0.scale()).ok()?)?))
    }

    /// Returns the sum; none where it cannot be written down.
    pub fn checked_add(self, other: Exact) -> Option<Exact> {
        self.0.checked_add(other.0).and_then(Exact::new)
    }

    /// Returns the difference; none where it is less than nothing.
    pub fn checked_sub(self, other: Exact) -> Option<Exact> {
        self.0.checked_sub(other.0).and_then(Exact::new)
    }

    /// Returns a part of a whole in per cent; none where that cannot be written down.
    pub fn percent(self) -> Option<Exact> {
        self.0.checked_mul(Decimal::ONE_HUNDRED).and_then(Exact::new)
    }

    /// Returns whether it is nothing.
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// Returns how many whole ones it is, rounded down; none where that is more than can be counted.
    pub fn whole(self) -> Option<u64> {
        self.0.trunc().to_u64()
    }
}

/// Reads a plain decimal: no sign, no exponent.
impl std::str::FromStr for Exact {
    type Err = ExactError;

    fn from_str(text: &str) -> Result<Self, ExactError> {
        let refused = || ExactError(text.to_owned());
        let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let number = Decimal::from_str_exact(text).ok().filter(|_| is_plain);
        number.and_then(Exact::new).ok_or_else(refused)
    }
}

/// Text that is no such number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a decimal number such as 0.25, got {0:?}")]
pub struct ExactError(pub String);

impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<C> Encode<C> for Exact {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.str(&self.0.to_string())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Exact {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        d.str()?.parse().map_err(|_| minicbor::decode::Error::message("an exact decimal number"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Exact {
        text.parse().unwrap()
    }

    #[test]
    fn should_turn_whole_coins_into_units_and_back() {
        for (text, decimals, down, up) in [
            ("1.5", 8, 150_000_000, 150_000_000),
            ("0.123456789", 8, 12_345_678, 12_345_679),
            ("0", 6, 0, 0),
            ("0.0000001", 6, 0, 1),
            ("7", 0, 7, 7),
            ("12.000000000000000001", 18, 12_000_000_000_000_000_001, 12_000_000_000_000_000_001),
        ] {
            assert_eq!(exact(text).floor_units(decimals), Some(Units::new(down)), "{text}");
            assert_eq!(exact(text).ceil_units(decimals), Some(Units::new(up)), "{text}");
        }
        assert_eq!(Exact::of_units(Units::new(150), 8), Some(exact("0.0000015")));
        assert_eq!(Exact::of_units(Units::new(u128::MAX), 8), None);
        assert_eq!(exact("79228162514264337593543950335").floor_units(18), None);
    }

    #[test]
    fn should_refuse_what_is_no_plain_number() {
        for text in ["", "-1", "+1", "1e3", "1_000", "0x1", "1.2.3", "nan"] {
            assert!(text.parse::<Exact>().is_err(), "{text}");
        }
        assert_eq!(Exact::new(Decimal::NEGATIVE_ONE), None);
    }

    #[test]
    fn should_have_one_stored_form() {
        let form = |text: &str| minicbor::to_vec(exact(text)).unwrap();
        assert_eq!(form("1.50"), form("1.5"));
        assert_eq!(minicbor::decode::<Exact>(&form("0.00020")).unwrap(), exact("0.0002"));
    }
}
