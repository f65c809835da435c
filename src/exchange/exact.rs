//! Numbers and names as venues write them: with quotes or without, and never rounded on their way in.

use rust_decimal::Decimal;
use serde::de::{Deserialize, Deserializer, Error};
use serde_json::value::RawValue;

/// A number of JSON, or a text that is one, to its last digit.
///
/// It is read from the text of the answer itself: it does not work inside types that serde reads twice, such as
/// flattened or untagged ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Exact(pub(super) Decimal);

/// A name or a small number that some venues quote and others do not: ids, codes, states.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Word(pub(super) String);

impl Word {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Word(text) = Word::deserialize(deserializer)?;
        read(&text)
            .map(Exact)
            .ok_or_else(|| D::Error::custom(format_args!("no number that is kept: {text:.60}")))
    }
}

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let text = raw.get();
        match text.bytes().next() {
            Some(b'"') => serde_json::from_str(text).map(Word).map_err(D::Error::custom),
            Some(b'-' | b'0'..=b'9') => Ok(Word(text.to_owned())),
            _ => Err(D::Error::custom(format_args!("neither text nor number: {text:.60}"))),
        }
    }
}

/// Reads a number, also one with an exponent; none where it is no number, or has more digits than can be kept.
pub(super) fn read(text: &str) -> Option<Decimal> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    // Zeros at the end say nothing, and some venues write very many.
    let digits = match mantissa.split_once('.') {
        Some(_) => mantissa.trim_end_matches('0').trim_end_matches('.'),
        None => mantissa,
    };
    let is_plain = digits.bytes().any(|byte| byte.is_ascii_digit())
        && digits.bytes().all(|byte| byte.is_ascii_digit() || b"-.".contains(&byte));
    let number = if is_plain { Decimal::from_str_exact(digits).ok()? } else { return zero(mantissa) };
    moved(number, exponent)
}

/// Nothing but zeros is left of nothing.
fn zero(mantissa: &str) -> Option<Decimal> {
    let is_zero = mantissa.contains('0') && mantissa.bytes().all(|byte| b"-.0".contains(&byte));
    is_zero.then_some(Decimal::ZERO)
}

/// Moves the point to the right by so many places.
fn moved(number: Decimal, places: i32) -> Option<Decimal> {
    if number.is_zero() {
        return Some(number);
    }
    let scale = i64::from(number.scale()).checked_sub(i64::from(places))?;
    let mut moved = number;
    match u32::try_from(scale) {
        Ok(scale) => moved.set_scale(scale).ok()?,
        Err(_) => {
            moved.set_scale(0).ok()?;
            for _ in 0..scale.unsigned_abs().min(40) {
                moved = moved.checked_mul(Decimal::TEN)?;
            }
        }
    }
    Some(moved)
}

/// Returns a number as venues take it: all its digits, no zeros at the end and no exponent.
pub(super) fn written(number: Decimal) -> String {
    number.normalize().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::from_str_exact(text).unwrap()
    }

    #[test]
    fn should_read_numbers_and_texts_to_the_last_digit() {
        for (json, expected) in [
            ("0.1", "0.1"),
            (r#""0.1""#, "0.1"),
            ("0.12345678901234567890", "0.1234567890123456789"),
            (r#""1.000000000000000000000000000000000000""#, "1"),
            ("79228162514264337593543950335", "79228162514264337593543950335"),
            ("-3.50", "-3.5"),
            ("1e-8", "0.00000001"),
            ("1.5E+3", "1500"),
            ("0e-400", "0"),
            ("0.000", "0"),
            ("100", "100"),
        ] {
            let Exact(number) = serde_json::from_str(json).unwrap();
            assert_eq!(number, decimal(expected), "{json}");
        }
        for json in
            ["null", "true", "[1]", r#""""#, r#""1,5""#, r#""0x1""#, r#""NaN""#, r#""1e999999""#, r#"".""#]
        {
            assert!(serde_json::from_str::<Exact>(json).is_err(), "{json}");
        }
        // More digits than can be kept are not cut.
        assert!(serde_json::from_str::<Exact>("0.12345678901234567890123456789012345").is_err());
    }

    #[test]
    fn should_read_names_with_and_without_quotes() {
        let word = |json| serde_json::from_str::<Word>(json).unwrap().0;
        assert_eq!(
            (word("12"), word(r#""12""#), word(r#""a\"b""#)),
            ("12".into(), "12".into(), "a\"b".into())
        );
        assert_eq!(serde_json::from_str::<Option<Word>>("null").unwrap(), None);
        assert_eq!(serde_json::from_str::<Option<Exact>>("null").unwrap(), None);
    }

    #[test]
    fn should_write_numbers_without_exponent() {
        assert_eq!(written(decimal("0.00000001000")), "0.00000001");
        assert_eq!((written(decimal("1000.00")), written(Decimal::ZERO)), ("1000".into(), "0".into()));
    }

    proptest::proptest! {
        /// Whatever is written is what was read, with quotes, without, and with an exponent.
        #[test]
        fn should_lose_no_digit(mantissa in -(1_i64 << 62)..(1_i64 << 62), scale in 0_u32..19, places in 0_i32..9) {
            let number = Decimal::new(mantissa, scale);
            let text = number.to_string();
            let moved = format!("{}e-{places}", moved(number, places).unwrap());
            for json in [text.clone(), format!("\"{text}\""), written(number), moved] {
                proptest::prop_assert_eq!(serde_json::from_str::<Exact>(&json).unwrap(), Exact(number), "{}", json);
            }
        }

        #[test]
        fn should_read_anything_without_panic(text in ".{0,40}") {
            let _ = read(&text);
        }
    }
}
