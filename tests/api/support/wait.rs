//! Waiting for what the service does in its own time.

use std::time::{Duration, Instant};

/// Often enough that a test loses nothing to it.
const POLL: Duration = Duration::from_millis(10);
/// Far more than anything here needs, for machines that are busy with other tests.
const PATIENCE: Duration = Duration::from_secs(30);

/// Asks until there is an answer, and panics with `what` when there is none in time.
pub fn eventually<T>(what: &str, mut probe: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = probe() {
            return answer;
        }
        assert!(Instant::now() < deadline, "waited {PATIENCE:?} in vain: {what}");
        std::thread::sleep(POLL);
    }
}
