//! Amounts as text: exact, in the smallest unit.

/// Why a text is no amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AmountError {
    NoNumber,
    /// More decimal places than there are.
    TooPrecise,
}

/// Reads `12.345` in units of so many decimal places. Zeros at the end do not count as places.
///
/// # Errors
/// Where it is no plain number above or equal to 0, or finer than the smallest unit.
pub(super) fn units(text: &str, decimals: u8) -> Result<u128, AmountError> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let part = part.trim_end_matches('0');
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if text.is_empty() || text == "." || !are_digits(whole) || !are_digits(part) || whole.len() > 30 {
        return Err(AmountError::NoNumber);
    }
    let places = usize::from(decimals);
    if part.len() > places {
        return Err(AmountError::TooPrecise);
    }
    // ".0" has no digit that is left, and is 0.
    format!("0{whole}{part:0<places$}").parse().map_err(|_| AmountError::NoNumber)
}

/// Returns units with all decimal places: `0.00200000`.
pub(super) fn decimal(units: u128, decimals: u8) -> String {
    let places = usize::from(decimals);
    if places == 0 {
        return units.to_string();
    }
    let digits = format!("{units:0>width$}", width = places + 1);
    let (whole, part) = digits.split_at(digits.len() - places);
    format!("{whole}.{part}")
}

/// Returns units without zeros at the end: `0.002`.
pub(super) fn short(units: u128, decimals: u8) -> String {
    let text = decimal(units, decimals);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// Returns the price that so much of quote for so much of base is, cut to a number of places; 0 for nothing, and
/// for more than there ever is.
pub(super) fn average(quote: (u128, u8), base: (u128, u8), places: u8) -> String {
    let ((quote, quote_decimals), (base, base_decimals)) = (quote, base);
    // Fewer places where the exact product does not fit.
    for kept in (0..=places).rev() {
        let up = u32::from(base_decimals) + u32::from(kept);
        let shift = up.checked_sub(quote_decimals.into());
        let scaled = match shift {
            Some(shift) => 10u128.checked_pow(shift).and_then(|scale| quote.checked_mul(scale)),
            None => Some(quote / 10u128.pow(u32::from(quote_decimals) - up)),
        };
        if let Some(scaled) = scaled {
            return decimal(scaled.checked_div(base).unwrap_or_default(), kept);
        }
    }
    decimal(0, places)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_read_amounts_exactly() {
        assert_eq!(units("12.345", 3), Ok(12_345));
        assert_eq!(units("0.0020000000", 5), Ok(200));
        assert_eq!(units(".5", 1), Ok(5));
        assert_eq!(units("7", 0), Ok(7));
        assert_eq!(units("0.001", 2), Err(AmountError::TooPrecise));
        for bad in ["", ".", "-1", "1e5", "1.2.3", " 1", "0x1"] {
            assert_eq!(units(bad, 8), Err(AmountError::NoNumber), "{bad:?}");
        }
    }

    #[test]
    fn should_write_amounts_exactly() {
        assert_eq!(decimal(200_000, 8), "0.00200000");
        assert_eq!((short(200_000, 8), short(100, 2)), ("0.002".to_owned(), "1".to_owned()));
        assert_eq!((decimal(10, 0), short(10, 0)), ("10".to_owned(), "10".to_owned()));
    }

    #[test]
    fn should_average_prices() {
        // 0.0025914 BTC for 12.34 SKY.
        assert_eq!(average((259_140, 8), (12_340_000, 6), 8), "0.00021000");
        assert_eq!(average((0, 8), (0, 6), 2), "0.00");
        assert_eq!(average((1 << 80, 6), (1 << 60, 18), 8), "1048576000000000000.00");
    }
}
