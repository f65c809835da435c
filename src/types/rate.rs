//! Exchange rates as exact rationals, and the one place where a deposit is turned into a payout.

use std::fmt;

use ruint::aliases::U256;
use rust_decimal::Decimal;

use super::amount::{Droplets, Units, pow10};
use super::exact::Exact;

/// Longest rate text that is looked at; a rate of more digits is a mistake, not a price.
const MAX_RATE_TEXT: usize = 64;

/// Why a text is not a rate.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum ParseRateError {
    /// Neither an integer, nor a decimal, nor a fraction.
    #[error(
        "{0:?} is not a rate, expected an integer (\"500\"), a decimal (\"0.25\") or a fraction (\"1/3\")"
    )]
    NotANumber(String),
    /// Zero buys nothing.
    #[error("rate must be greater than zero")]
    NotPositive,
    /// More digits than can be computed exactly.
    #[error("rate has too many digits")]
    TooManyDigits,
}

/// Why a deposit has no price at a rate.
#[derive(Debug, Clone, Copy, thiserror::Error, PartialEq, Eq)]
pub enum QuoteError {
    /// The payout would not fit in 64 bits of droplets.
    #[error("the amount to pay at this rate is out of range")]
    PayoutOutOfRange,
    /// The coin, or the payout, has more decimal places than can be computed exactly.
    #[error("{0} decimal places are more than can be computed")]
    TooManyPlaces(u8),
}

/// SKY for one whole coin, as the exact fraction `num / den`, with the text it was configured as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rate {
    num: u128,
    den: u128,
    text: String,
}

/// What a deposit is worth: the droplets to pay, already truncated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quote {
    /// In droplets.
    pub payout: Droplets,
}

impl Rate {
    /// Parses "500", "0.25" or "1/3" (either side may be a decimal). No sign, no exponent.
    pub fn parse(text: &str) -> Result<Rate, ParseRateError> {
        let text = text.trim();
        if text.len() > MAX_RATE_TEXT {
            return Err(ParseRateError::TooManyDigits);
        }
        let not_a_number = || ParseRateError::NotANumber(text.to_owned());
        let (num, den) = match text.split_once('/') {
            None => (parse_decimal(text, not_a_number)?, (1, 1)),
            Some((num, den)) => (parse_decimal(num, not_a_number)?, parse_decimal(den, not_a_number)?),
        };
        // (a/b) / (c/d) = (a*d) / (b*c)
        let top = num.0.checked_mul(den.1).ok_or(ParseRateError::TooManyDigits)?;
        let bottom = num.1.checked_mul(den.0).ok_or(ParseRateError::TooManyDigits)?;
        if top == 0 || bottom == 0 {
            return Err(ParseRateError::NotPositive);
        }
        Ok(Rate { num: top, den: bottom, text: text.to_owned() })
    }

    /// The text it was configured as, shown to operators as the conversion rate.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the rate `num / den` in lowest terms; none where it is nothing, or has more digits than can be read
    /// back.
    pub fn of(num: u128, den: u128) -> Option<Rate> {
        let common = greatest_common(num, den);
        let (num, den) = (num.checked_div(common)?, den.checked_div(common)?);
        let text = if den == 1 { num.to_string() } else { format!("{num}/{den}") };
        Rate::parse(&text).ok()
    }

    /// Returns SKY for one coin where one SKY costs so many coins; none where that cannot be written down.
    pub fn of_price(price: Exact) -> Option<Rate> {
        let (num, den) = price.fraction()?;
        Rate::of(den, num)
    }

    /// Returns the rate less this part of it, exactly; none where that cannot be written down.
    pub fn less(&self, part: Exact) -> Option<Rate> {
        let (cut, whole) = part.fraction()?;
        let kept = whole.checked_sub(cut)?;
        let common = greatest_common(kept, self.den);
        let (kept, den) = (kept.checked_div(common)?, self.den.checked_div(common)?);
        let common = greatest_common(self.num, whole);
        let (num, whole) = (self.num.checked_div(common)?, whole.checked_div(common)?);
        Rate::of(num.checked_mul(kept)?, den.checked_mul(whole)?)
    }

    /// Returns which of two rates gives more SKY.
    pub fn compare(&self, other: &Rate) -> std::cmp::Ordering {
        let times = |one: u128, two: u128| product([one, two, 1]);
        // Two factors of 128 bits fit into 256.
        times(self.num, other.den).cmp(&times(other.num, self.den))
    }

    /// Whether it is away from another one by no more than this part of that. What cannot be counted is not.
    pub fn is_near(&self, other: &Rate, part: Exact) -> bool {
        let near = || {
            let (part, whole) = part.fraction()?;
            let own = product([self.num, other.den, whole])?;
            let least = product([other.num, self.den, whole.saturating_sub(part)])?;
            let most = product([other.num, self.den, whole.checked_add(part)?])?;
            Some(least <= own && own <= most)
        };
        near().unwrap_or(false)
    }

    /// What `deposit` (smallest units of a coin with `coin_decimals`) buys, truncated to `max_decimals`
    /// places of SKY. Truncation is downwards, and what is cut off stays with the desk.
    ///
    /// # Errors
    ///
    /// Where that is more than can be paid, or written down.
    pub fn quote(&self, deposit: Units, coin_decimals: u8, max_decimals: u8) -> Result<Quote, QuoteError> {
        let places = |places: u8| pow10(places).ok_or(QuoteError::TooManyPlaces(places));
        let coin = places(coin_decimals)?;
        let step = places(Droplets::DECIMALS.saturating_sub(max_decimals))?;
        let sky = places(Droplets::DECIMALS)?;
        // steps = floor(deposit * num * 10^6 / (den * 10^coin_decimals * step)), exact in 256 bits.
        let top = product([deposit.get(), self.num, sky]).ok_or(QuoteError::PayoutOutOfRange)?;
        let bottom = product([self.den, coin, step]).ok_or(QuoteError::TooManyPlaces(coin_decimals))?;
        let steps = top.checked_div(bottom).expect("BUG: a rate's denominator is not zero");
        let droplets = steps.checked_mul(U256::from(step)).ok_or(QuoteError::PayoutOutOfRange)?;
        let droplets = u64::try_from(droplets).map_err(|_| QuoteError::PayoutOutOfRange)?;
        Ok(Quote { payout: Droplets::new(droplets) })
    }

    /// Returns the numerator and the denominator of SKY for one coin.
    pub const fn fraction(&self) -> (u128, u128) {
        (self.num, self.den)
    }

    /// The smallest deposit that buys at least so much; none where no deposit is that large. What is paid for it may
    /// be cut to fewer places than that.
    pub fn deposit_for(&self, payout: Droplets, coin_decimals: u8) -> Option<Units> {
        let price = product([self.den, pow10(coin_decimals)?, payout.get().into()])?;
        let worth = product([self.num, pow10(Droplets::DECIMALS)?, 1])?;
        let smallest = price.checked_add(worth.checked_sub(U256::from(1))?)?.checked_div(worth)?;
        u128::try_from(smallest).ok().map(Units::new)
    }

    /// The smallest deposit that [`Rate::quote`] has anything for; none where no deposit is that large.
    pub fn smallest_deposit(&self, coin_decimals: u8, max_decimals: u8) -> Option<Units> {
        let step = pow10(Droplets::DECIMALS.saturating_sub(max_decimals))?;
        self.deposit_for(Droplets::new(u64::try_from(step).ok()?), coin_decimals)
    }
}

fn greatest_common(one: u128, two: u128) -> u128 {
    let (mut one, mut two) = (one, two);
    while let Some(rest) = one.checked_rem(two) {
        (one, two) = (two, rest);
    }
    one
}

fn product(factors: [u128; 3]) -> Option<U256> {
    factors.into_iter().try_fold(U256::from(1), |acc, factor| acc.checked_mul(U256::from(factor)))
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A plain decimal as (numerator, power of ten). The strict check comes first because the decimal parser also
/// takes "1e3" and "+1_000.5", which the configuration must not.
fn parse_decimal(text: &str, error: impl Fn() -> ParseRateError) -> Result<(u128, u128), ParseRateError> {
    let text = text.trim();
    let plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if !plain || !text.starts_with(|c: char| c.is_ascii_digit()) || text.ends_with('.') {
        return Err(error());
    }
    let decimal = Decimal::from_str_exact(text).map_err(|_| match text.matches('.').count() {
        0 | 1 => ParseRateError::TooManyDigits,
        _ => error(),
    })?;
    let mantissa = u128::try_from(decimal.mantissa()).map_err(|_| error())?;
    let scale = u8::try_from(decimal.scale()).ok().and_then(pow10).ok_or(ParseRateError::TooManyDigits)?;
    Ok((mantissa, scale))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pay(rate: &str, deposit: u128, coin_decimals: u8, max_decimals: u8) -> u64 {
        let rate = Rate::parse(rate).unwrap();
        rate.quote(Units::new(deposit), coin_decimals, max_decimals).unwrap().payout.get()
    }

    #[test]
    fn should_equal_the_worked_examples() {
        // The recorded purchases of the original service.
        assert_eq!(pay("500", 200_000, 8, 3), 1_000_000);
        assert_eq!(pay("500", 10_000, 8, 3), 50_000);
        assert_eq!(pay("500", 4_000, 8, 3), 20_000);
        assert_eq!(pay("500", 1, 8, 3), 0);
        assert_eq!(pay("100", 10_000_000_000_000_000, 18, 3), 1_000_000);
        assert_eq!(pay("1", 2_000_000, 6, 3), 2_000_000);
        // 201234 satoshi at 500 SKY/BTC is 1.00617 SKY, cut to three places.
        assert_eq!(pay("500", 201_234, 8, 3), 1_006_000);
        assert_eq!(pay("500", 201_234, 8, 6), 1_006_170);
        // The integration checklist: 0.0025 BTC at 0.001 BTC/SKY with no decimals is 2 SKY.
        assert_eq!(pay("1/0.001", 250_000, 8, 0), 2_000_000);
        assert_eq!(pay("1/0.001", 90_000, 8, 0), 0);
    }

    #[test]
    fn should_be_exact_where_the_original_rounds_fractions_to_eight_places() {
        assert_eq!(pay("1/3", 300_000_000, 8, 6), 1_000_000);
        assert_eq!(pay("2/3", 300_000_000_000_000, 8, 6), 2_000_000_000_000);
        assert_eq!(pay("0.3333", 100_000_000, 8, 6), 333_300);
    }

    #[test]
    fn should_refuse_what_is_no_rate() {
        for text in ["", "abc", "-1", "+1", "1e3", "1_000", ".5", "5.", "1.2.3", "1/", "/2", "1/2/3", "0x5"] {
            assert!(matches!(Rate::parse(text), Err(ParseRateError::NotANumber(_))), "{text:?}");
        }
        for text in ["0", "0.0", "0/5", "5/0"] {
            assert_eq!(Rate::parse(text), Err(ParseRateError::NotPositive), "{text:?}");
        }
        assert_eq!(Rate::parse(&"9".repeat(40)), Err(ParseRateError::TooManyDigits));
        assert_eq!(Rate::parse(&"9".repeat(65)), Err(ParseRateError::TooManyDigits));
    }

    #[test]
    fn should_refuse_a_payout_that_does_not_fit() {
        let rate = Rate::parse("79228162514264337593543950335").unwrap();
        assert_eq!(rate.quote(Units::new(u128::MAX), 8, 3), Err(QuoteError::PayoutOutOfRange));
        assert_eq!(rate.quote(Units::new(100_000_000), 8, 3), Err(QuoteError::PayoutOutOfRange));
    }

    #[test]
    fn should_turn_a_price_round_and_lessen_it_exactly() {
        let exact = |text: &str| text.parse::<Exact>().unwrap();
        let rate = Rate::of_price(exact("0.0021")).unwrap();
        assert_eq!(rate.text(), "10000/21");
        assert_eq!(rate.less(exact("0.01")).unwrap().text(), "3300/7");
        assert_eq!(rate.less(exact("0")).unwrap(), rate);
        assert_eq!(Rate::of_price(exact("0.00200000")).unwrap().text(), "500");
        assert_eq!(Rate::of_price(exact("0")), None);
        assert_eq!(rate.less(exact("1")), None);
        assert_eq!(Rate::of(u128::MAX, 1), None);
    }

    #[test]
    fn should_know_what_is_near() {
        let rate = |text: &str| Rate::parse(text).unwrap();
        let part = "0.05".parse().unwrap();
        for (one, is_near) in
            [("475", true), ("525", true), ("500", true), ("474.9", false), ("525.1", false)]
        {
            assert_eq!(rate(one).is_near(&rate("500"), part), is_near, "{one}");
        }
        assert!(rate("1").is_near(&rate("1000"), "1".parse().unwrap()));
    }

    proptest! {
        #[test]
        fn should_compare_as_fractions_do(
            a in 1u64..1_000_000, b in 1u64..1_000_000, c in 1u64..1_000_000, d in 1u64..1_000_000,
        ) {
            let one = Rate::of(a.into(), b.into()).unwrap();
            let two = Rate::of(c.into(), d.into()).unwrap();
            prop_assert_eq!(one.compare(&two), (u128::from(a) * u128::from(d)).cmp(&(u128::from(c) * u128::from(b))));
            prop_assert_eq!(Rate::parse(one.text()).unwrap(), one);
        }

        /// The definition, computed another way: payout p is the largest multiple of the step with
        /// p * den * 10^coin <= deposit * num * 10^6.
        #[test]
        fn should_equal_exact_rational_arithmetic(
            num in 1u64..1_000_000_000, den in 1u64..1_000_000_000,
            deposit in 0u64..1_000_000_000_000_000, max_decimals in 0u8..=6,
            coin_decimals in prop::sample::select(vec![6u8, 8, 18]),
        ) {
            let rate = Rate::parse(&format!("{num}/{den}")).unwrap();
            let quoted = rate.quote(Units::new(deposit.into()), coin_decimals, max_decimals);
            let worth = U256::from(deposit) * U256::from(num) * U256::from(1_000_000u64);
            let price = U256::from(den) * U256::from(10u64).pow(U256::from(coin_decimals));
            let step = U256::from(10u64).pow(U256::from(6 - max_decimals));
            match quoted {
                Ok(Quote { payout }) => {
                    let p = U256::from(payout.get());
                    prop_assert_eq!(p % step, U256::ZERO);
                    prop_assert!(p * price <= worth);
                    prop_assert!((p + step) * price > worth);
                }
                Err(error) => {
                    prop_assert_eq!(error, QuoteError::PayoutOutOfRange);
                    prop_assert!(worth / price > U256::from(u64::MAX));
                }
            }
        }

        #[test]
        fn should_know_the_smallest_deposit(
            num in 1u64..1_000_000, den in 1u64..1_000_000, max_decimals in 0u8..=6,
            coin_decimals in prop::sample::select(vec![6u8, 8, 18]),
        ) {
            let rate = Rate::parse(&format!("{num}/{den}")).unwrap();
            let smallest = rate.smallest_deposit(coin_decimals, max_decimals).unwrap();
            let buys = |deposit| rate.quote(deposit, coin_decimals, max_decimals).unwrap().payout;
            prop_assert!(!buys(smallest).is_zero());
            prop_assert!(buys(smallest.checked_sub(Units::new(1)).unwrap()).is_zero());
        }

        #[test]
        fn should_never_pay_more_for_less(
            a in 0u64..1_000_000_000_000,
            b in 0u64..1_000_000_000_000,
            rate in 1u32..100_000,
        ) {
            let (low, high) = (a.min(b), a.max(b));
            let rate = rate.to_string();
            prop_assert!(pay(&rate, low.into(), 8, 3) <= pay(&rate, high.into(), 8, 3));
        }

        #[test]
        fn should_never_panic_on_any_text(text in ".{0,80}") {
            let _ = Rate::parse(&text);
        }
    }
}
