//! How often a venue lets itself be asked.

use std::collections::HashMap;

/// What was asked already, by whatever a venue counts by.
#[derive(Debug, Clone, Default)]
pub(super) struct Limits {
    windows: HashMap<String, Window>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Window {
    /// When it was counted last, in milliseconds.
    since: u64,
    /// In thousandths.
    used: u64,
}

/// More than a venue takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Excess {
    /// After how many milliseconds it may be tried again.
    pub(super) wait: u64,
    pub(super) used: u64,
}

impl Limits {
    /// Counts in windows of so many milliseconds, which begin when the clock says so. Returns what is used of this one.
    ///
    /// # Errors
    /// Where it is more than the most.
    pub(super) fn window(
        &mut self,
        name: String,
        (weight, most, length): (u64, u64, u64),
        now: u64,
    ) -> Result<u64, Excess> {
        let begins = now - now % length;
        let window = self.windows.entry(name).or_default();
        if window.since != begins {
            *window = Window { since: begins, used: 0 };
        }
        window.used += weight;
        if window.used > most {
            Err(Excess { wait: begins + length - now, used: window.used })
        } else {
            Ok(window.used)
        }
    }

    /// Counts up, while time counts down: so many thousandths a second.
    ///
    /// # Errors
    /// Where it is more than the most.
    pub(super) fn decaying(
        &mut self,
        name: String,
        (weight, most, per_second): (u64, u64, u64),
        now: u64,
    ) -> Result<(), Excess> {
        let counter = self.windows.entry(name).or_default();
        let decayed = now.saturating_sub(counter.since) * per_second / 1_000;
        let used = counter.used.saturating_sub(decayed);
        if used + weight * 1_000 > most * 1_000 {
            let wait = (used + weight * 1_000 - most * 1_000) * 1_000 / per_second.max(1);
            return Err(Excess { wait, used: used / 1_000 });
        }
        *counter = Window { since: now, used: used + weight * 1_000 };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_count_in_windows() {
        let mut limits = Limits::default();
        let mut ask = |now| limits.window("a".to_owned(), (1, 2, 60_000), now);
        assert_eq!((ask(0), ask(1_000), ask(59_000)), (Ok(1), Ok(2), Err(Excess { wait: 1_000, used: 3 })));
        assert_eq!(ask(60_000), Ok(1));
    }

    #[test]
    fn should_forget_with_time() {
        let mut limits = Limits::default();
        let mut ask = |now| limits.decaying("a".to_owned(), (1, 2, 500), now);
        assert_eq!((ask(0), ask(0), ask(0)), (Ok(()), Ok(()), Err(Excess { wait: 2_000, used: 2 })));
        assert_eq!(ask(2_000), Ok(()));
    }
}
