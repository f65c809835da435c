//! How long whoever does not take an event is left alone.

use std::time::Duration;

use twox_hash::XxHash3_64;

/// Returns how long one is left alone after so many tries, by waits in seconds of which the last is the longest: up
/// to a fifth longer, each in its own way, so that those that were away together are not told together.
pub(super) fn backoff(waits: &[u64], mark: &str, tries: u32) -> Duration {
    let at = usize::try_from(tries.saturating_sub(1)).unwrap_or(usize::MAX);
    let seconds = waits.get(at).or(waits.last()).copied().unwrap_or_default();
    let mark = XxHash3_64::oneshot(format!("{mark} {tries}").as_bytes());
    let part = mark.checked_rem(1_000).unwrap_or_default();
    Duration::from_millis(seconds.saturating_mul(1_000).saturating_add(seconds.saturating_mul(part) / 5))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_wait_longer_each_time_and_differ_by_whom() {
        let waits = [5, 30, 120];
        let of = |mark, tries| backoff(&waits, mark, tries);
        assert!(of("shop 7", 1) < of("shop 7", 2) && of("shop 7", 2) < of("shop 7", 3));
        assert!(of("shop 7", 1) >= Duration::from_secs(5) && of("shop 7", 1) <= Duration::from_secs(6));
        assert!(of("shop 7", 99) >= Duration::from_secs(120) && of("shop 7", 99) <= Duration::from_secs(144));
        assert_ne!(of("shop 7", 9), of("other 7", 9));
    }
}
