//! How requests that came through a door were answered: counts, by kind.

use std::sync::atomic::{AtomicU64, Ordering};

/// Statuses of refusals that say something of the load or of who is calling.
const REFUSALS: [u16; 7] = [401, 403, 408, 413, 429, 503, 507];
/// The first digits of statuses.
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// See the module's documentation.
#[derive(Debug, Default)]
pub struct Answers {
    by_class: [AtomicU64; CLASSES.len()],
    refused: [AtomicU64; REFUSALS.len()],
}

impl Answers {
    /// Counts an answer with this status.
    pub(super) fn count(&self, status: u16) {
        let class = usize::from(status / 100).checked_sub(1).and_then(|class| self.by_class.get(class));
        let refusal = REFUSALS.iter().zip(&self.refused).find(|(known, _)| **known == status);
        for counter in class.into_iter().chain(refusal.map(|(_, counter)| counter)) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Returns how many answers there were since the start, by the first digit of their status.
    pub fn by_class(&self) -> impl Iterator<Item = (&'static str, u64)> {
        CLASSES.into_iter().zip(self.by_class.iter().map(|count| count.load(Ordering::Relaxed)))
    }

    /// Returns how many requests were refused since the start, by the status of the refusal.
    pub fn refused(&self) -> impl Iterator<Item = (u16, u64)> {
        REFUSALS.into_iter().zip(self.refused.iter().map(|count| count.load(Ordering::Relaxed)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_count_each_answer_by_its_kind() {
        let answers = Answers::default();
        [200, 200, 404, 429, 503, 0, 999].into_iter().for_each(|status| answers.count(status));
        let by_class: Vec<_> = answers.by_class().filter(|(_, count)| *count > 0).collect();
        assert_eq!(by_class, [("2xx", 2), ("4xx", 2), ("5xx", 1)]);
        let refused: Vec<_> = answers.refused().filter(|(_, count)| *count > 0).collect();
        assert_eq!(refused, [(429, 1), (503, 1)]);
    }
}
