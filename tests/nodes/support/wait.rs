//! Waiting for what a node does in its own time.

use std::time::{Duration, Instant};

/// Often enough that a test loses nothing to it, seldom enough that two cores do not notice.
pub const POLL: Duration = Duration::from_millis(50);
/// What any node needs for anything but a block of Skycoin, with much to spare on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Asks until there is an answer, and panics with `what` when there is none in time.
pub async fn until<T>(what: &str, mut probe: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = probe().await {
            return answer;
        }
        assert!(Instant::now() < deadline, "waited {PATIENCE:?} in vain: {what}");
        tokio::time::sleep(POLL).await;
    }
}
