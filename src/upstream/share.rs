//! Sharing a whole out, to the last unit.

use ruint::aliases::U256;

/// Shares `whole` out in proportion to `weights`: each gets its part rounded down, and what is left over goes, one
/// unit each, to those that were cut most, the first of equals. The parts sum up to the whole, unless all weights are
/// zero. No part is larger than its weight where the whole is not larger than their sum.
pub fn share_out(whole: u128, weights: &[u128]) -> Vec<u128> {
    let sum = weights.iter().fold(U256::ZERO, |sum, weight| sum.saturating_add(U256::from(*weight)));
    if sum.is_zero() {
        return vec![0; weights.len()];
    }
    let parts: Vec<(U256, U256)> = weights.iter().map(|weight| part(whole, *weight, sum)).collect();
    let mut shares: Vec<u128> = parts.iter().map(|(share, _)| share.saturating_to()).collect();
    let given = shares.iter().fold(0u128, |sum, share| sum.saturating_add(*share));
    let left = usize::try_from(whole.saturating_sub(given)).unwrap_or(usize::MAX);
    let mut by_rest: Vec<usize> = (0..parts.len()).collect();
    by_rest.sort_by_key(|at| std::cmp::Reverse(parts.get(*at).map(|(_, rest)| *rest)));
    for at in by_rest.into_iter().take(left) {
        if let Some(share) = shares.get_mut(at) {
            *share = share.saturating_add(1);
        }
    }
    shares
}

/// A part, rounded down, and what was cut off.
fn part(whole: u128, weight: u128, sum: U256) -> (U256, U256) {
    let product = U256::from(whole).saturating_mul(U256::from(weight));
    product.checked_div(sum).zip(product.checked_rem(sum)).unwrap_or_default()
}
