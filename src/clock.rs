//! Time, as the rest of the house may know it. Nothing else reads the system's clock.

use std::fmt::Debug;
use std::time::Duration;

use crate::types::UnixTime;

/// Where moments come from.
pub trait Clock: Debug + Send + Sync + 'static {
    fn now(&self) -> UnixTime;
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
}
