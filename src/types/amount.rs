//! Amounts: integers in the smallest unit, checked, exact in text.

use std::fmt;

use minicbor::{Decode, Encode};

/// Why a text is no amount.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum ParseAmountError {
    /// The text is not a plain decimal number.
    #[error("{0:?} is not an amount, expected digits with at most one decimal point")]
    NotANumber(String),
    /// More decimal places than the coin has.
    #[error("{text:?} has more than {decimals} decimal places")]
    TooPrecise {
        /// The text as it was given.
        text: String,
        /// How many decimal places the coin has.
        decimals: u8,
    },
    /// Larger than the type holds.
    #[error("amount is out of range")]
    OutOfRange,
}

/// A sum or a difference that is less than zero, or more than the type holds.
#[derive(Debug, Clone, Copy, thiserror::Error, PartialEq, Eq)]
#[error("amount is out of range")]
pub struct AmountOutOfRange;

/// An amount of SKY in droplets; 1 SKY is 1,000,000 droplets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Droplets(#[n(0)] u64);

impl Droplets {
    /// No coins.
    pub const ZERO: Droplets = Droplets(0);
    /// Decimal places of a SKY amount.
    pub const DECIMALS: u8 = 6;

    /// Returns so many droplets.
    pub const fn new(droplets: u64) -> Self {
        Droplets(droplets)
    }

    /// Returns the number of droplets.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// Returns whether it is nothing.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Returns the sum.
    ///
    /// # Errors
    ///
    /// Where it does not fit.
    pub fn checked_add(self, other: Self) -> Result<Self, AmountOutOfRange> {
        self.0.checked_add(other.0).map(Droplets).ok_or(AmountOutOfRange)
    }

    /// Returns the difference.
    ///
    /// # Errors
    ///
    /// Where it is less than nothing.
    pub fn checked_sub(self, other: Self) -> Result<Self, AmountOutOfRange> {
        self.0.checked_sub(other.0).map(Droplets).ok_or(AmountOutOfRange)
    }

    /// What is left of `self` after `other`, never below zero.
    pub const fn saturating_sub(self, other: Self) -> Self {
        Droplets(self.0.saturating_sub(other.0))
    }

    /// Cut down to so many decimal places of SKY. What is cut off stays with the desk.
    pub fn cut_to(self, max_decimals: u8) -> Self {
        let places = Self::DECIMALS.saturating_sub(max_decimals);
        let step = 10u64.saturating_pow(places.into());
        let rest = self.0.checked_rem(step).unwrap_or(0);
        Droplets(self.0.saturating_sub(rest))
    }

    /// Adds all, or says that the sum does not fit.
    pub fn sum(all: impl IntoIterator<Item = Droplets>) -> Result<Droplets, AmountOutOfRange> {
        all.into_iter().try_fold(Droplets::ZERO, Droplets::checked_add)
    }

    /// Parses whole coins in decimal, "12.5", exactly: no sign, no exponent, at most six places.
    pub fn parse_coins(text: &str) -> Result<Self, ParseAmountError> {
        let units = parse_decimal(text, Self::DECIMALS)?;
        u64::try_from(units).map(Droplets).map_err(|_| ParseAmountError::OutOfRange)
    }
}

/// Whole coins with six decimal places, as every API writes them: `1.000000`.
impl fmt::Display for Droplets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt_decimal(f, u128::from(self.0), Self::DECIMALS)
    }
}

/// An amount in the smallest unit of a deposit's coin (satoshi, wei, droplet). Which coin stands beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash)]
pub struct Units(u128);

impl Units {
    /// Nothing.
    pub const ZERO: Units = Units(0);

    /// Returns so many of the smallest unit.
    pub const fn new(units: u128) -> Self {
        Units(units)
    }

    /// Returns the number of the smallest unit.
    pub const fn get(self) -> u128 {
        self.0
    }

    /// Returns whether it is nothing.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Returns the sum.
    ///
    /// # Errors
    ///
    /// Where it does not fit.
    pub fn checked_add(self, other: Self) -> Result<Self, AmountOutOfRange> {
        self.0.checked_add(other.0).map(Units).ok_or(AmountOutOfRange)
    }

    /// Returns the difference.
    ///
    /// # Errors
    ///
    /// Where it is less than nothing.
    pub fn checked_sub(self, other: Self) -> Result<Self, AmountOutOfRange> {
        self.0.checked_sub(other.0).map(Units).ok_or(AmountOutOfRange)
    }

    /// One whole coin that has so many decimal places.
    pub fn one_coin(decimals: u8) -> Self {
        Units(10u128.checked_pow(decimals.into()).expect("BUG: no coin has 39 decimal places"))
    }

    /// Parses whole coins in decimal, exactly.
    pub fn parse_coins(text: &str, decimals: u8) -> Result<Self, ParseAmountError> {
        parse_decimal(text, decimals).map(Units)
    }

    /// Whole coins with all the coin's decimal places.
    pub fn to_coins(self, decimals: u8) -> String {
        struct Coins(u128, u8);
        impl fmt::Display for Coins {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt_decimal(f, self.0, self.1)
            }
        }
        Coins(self.0, decimals).to_string()
    }

    /// Whole coins without the zeros at their end.
    pub fn to_coins_trimmed(self, decimals: u8) -> String {
        let text = self.to_coins(decimals);
        match text.contains('.') {
            true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
            false => text,
        }
    }
}

/// Droplets as the smallest unit of SKY, for sums that may pass what one payout can be.
impl From<Droplets> for Units {
    fn from(droplets: Droplets) -> Units {
        Units(u128::from(droplets.0))
    }
}

/// The bare integer.
impl fmt::Display for Units {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<C> Encode<C> for Units {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        match u64::try_from(self.0) {
            Ok(small) => e.u64(small)?.ok(),
            Err(_) => e.bytes(&self.0.to_be_bytes())?.ok(),
        }
    }
}

impl<'b, C> Decode<'b, C> for Units {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        if d.datatype()? != minicbor::data::Type::Bytes {
            return Ok(Units(u128::from(d.u64()?)));
        }
        let bytes = <[u8; 16]>::try_from(d.bytes()?)
            .map_err(|_| minicbor::decode::Error::message("an amount has 16 bytes"))?;
        Ok(Units(u128::from_be_bytes(bytes)))
    }
}

/// Ten to the power of `exponent`, for the small exponents that coins have.
pub(super) const fn pow10(exponent: u8) -> Option<u128> {
    let mut result: u128 = 1;
    let mut left = exponent;
    while left > 0 {
        match result.checked_mul(10) {
            Some(next) => result = next,
            None => return None,
        }
        left = left.saturating_sub(1);
    }
    Some(result)
}

fn parse_decimal(text: &str, decimals: u8) -> Result<u128, ParseAmountError> {
    let not_a_number = || ParseAmountError::NotANumber(text.to_owned());
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let has_point = text.contains('.');
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || (has_point && fraction.is_empty()) || !digits(whole) || !digits(fraction) {
        return Err(not_a_number());
    }
    let places = usize::from(decimals);
    if fraction.len() > places {
        return Err(ParseAmountError::TooPrecise { text: text.to_owned(), decimals });
    }
    format!("{whole}{fraction:0<places$}").parse().map_err(|_| ParseAmountError::OutOfRange)
}

fn fmt_decimal(f: &mut fmt::Formatter<'_>, units: u128, decimals: u8) -> fmt::Result {
    let places = usize::from(decimals);
    if places == 0 {
        return write!(f, "{units}");
    }
    let one = 10u128.checked_pow(decimals.into());
    let parts = one.and_then(|one| Some((units.checked_div(one)?, units.checked_rem(one)?)));
    // Where a whole coin has more units than fit, there is no whole coin.
    let (whole, fraction) = parts.unwrap_or((0, units));
    write!(f, "{whole}.{fraction:0>places$}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn should_write_amounts_with_all_decimals() {
        assert_eq!(Droplets::new(1_000_000).to_string(), "1.000000");
        assert_eq!(Droplets::new(50_000).to_string(), "0.050000");
        assert_eq!(Droplets::ZERO.to_string(), "0.000000");
        assert_eq!(Units::new(153_420_000).to_coins(8), "1.53420000");
        assert_eq!(Units::ZERO.to_coins(18), "0.000000000000000000");
        assert_eq!(Units::new(7).to_coins(0), "7");
        assert_eq!(Units::new(7).to_coins(40), format!("0.{}7", "0".repeat(39)));
    }

    #[test]
    fn should_refuse_what_is_not_exact() {
        for text in ["", ".", "1.", ".5", "-1", "+1", "1e3", "1_000", "1,5", " 1", "0x10", "١"] {
            assert!(matches!(Droplets::parse_coins(text), Err(ParseAmountError::NotANumber(_))), "{text:?}");
        }
        assert!(matches!(Droplets::parse_coins("1.0000001"), Err(ParseAmountError::TooPrecise { .. })));
        assert_eq!(Droplets::parse_coins("18446744073709.551616"), Err(ParseAmountError::OutOfRange));
    }

    proptest! {
        #[test]
        fn should_read_what_it_writes(units: u128, decimals in 0u8..=18) {
            let amount = Units::new(units);
            prop_assert_eq!(Units::parse_coins(&amount.to_coins(decimals), decimals), Ok(amount));
        }

        #[test]
        fn should_keep_amounts_through_the_codec(units: u128) {
            let bytes = minicbor::to_vec(Units::new(units)).unwrap();
            prop_assert_eq!(minicbor::decode::<Units>(&bytes).unwrap(), Units::new(units));
        }
    }
}
