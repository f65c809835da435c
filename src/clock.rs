//! Time, as the rest of the house may know it. Nothing else reads the system's clock.

use std::fmt::Debug;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use crate::types::{Moment, UnixTime};

/// Where moments come from.
pub trait Clock: Debug + Send + Sync + 'static {
    /// What clocks show: for people, and for what is stored. It may be set to any time at any time.
    fn now(&self) -> UnixTime;

    /// Now, to measure from or up to.
    fn moment(&self) -> Moment;
}

/// The system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods)]
    fn now(&self) -> UnixTime {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        // A clock before 1970 is a clock that is not set.
        UnixTime::new(since.unwrap_or(Duration::ZERO).as_secs())
    }

    fn moment(&self) -> Moment {
        static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);
        Moment::new(self.now(), BEGAN.elapsed())
    }
}
