//! What a deposit buys, counted once more in another way than the desk counts it.

/// Droplets for so many units of a coin with so many decimals, at a rate like "500", "0.25" or "1000/3", cut to three
/// decimals of a coin. None where the numbers are out of this count's range.
pub(super) fn droplets(rate: &str, units: u128, decimals: u32) -> Option<u64> {
    let (over, under) = rate.split_once('/').unwrap_or((rate, "1"));
    let (whole, part) = over.split_once('.').unwrap_or((over, ""));
    let over: u128 = format!("{whole}{part}").parse().ok()?;
    let under: u128 = under.parse().ok()?;
    let under = under.checked_mul(10u128.checked_pow(u32::try_from(part.len()).ok()?)?)?;
    let under = under.checked_mul(10u128.checked_pow(decimals)?)?;
    let thousandths = units.checked_mul(over)?.checked_mul(1_000)?.checked_div(under)?;
    u64::try_from(thousandths.checked_mul(1_000)?).ok()
}

#[cfg(test)]
mod tests {
    use super::droplets;

    #[test]
    fn should_price_what_is_deposited() {
        assert_eq!(droplets("500", 200_000, 8), Some(1_000_000));
        assert_eq!(droplets("0.25", 100_000_000, 8), Some(250_000));
        assert_eq!(droplets("1000/3", 1_000, 8), Some(3_000));
        assert_eq!(droplets("1", 100, 8), Some(0));
    }
}
