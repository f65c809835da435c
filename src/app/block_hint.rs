//! bitcoind's ZMQ announcements of new blocks: a hint to look now rather than at the next scan period.
//!
//! Nothing depends on it. A hint that is lost, false or late changes when something is seen, never what.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use zeromq::{Socket, SocketRecv, SubSocket};

use crate::task::Shutdown;

/// Between two attempts to reach a publisher that is away.
const RETRY: Duration = Duration::from_secs(10);

/// Listens to one publisher.
pub(super) struct BlockHint {
    endpoint: String,
    nudge: Arc<Notify>,
}

impl BlockHint {
    pub(super) fn new(address: String, nudge: Arc<Notify>) -> Self {
        let endpoint = if address.contains("://") { address } else { format!("tcp://{address}") };
        BlockHint { endpoint, nudge }
    }

    /// Nudges at every announcement until the service stops.
    pub(super) async fn run(self, shutdown: Shutdown) {
        while !shutdown.is_triggered() {
            let result = tokio::select! {
                result = self.listen() => result,
                () = shutdown.wait() => return,
            };
            if let Err(error) = result {
                tracing::debug!(endpoint = %self.endpoint, %error, "no block announcements");
            }
            tokio::select! {
                () = tokio::time::sleep(RETRY) => {}
                () = shutdown.wait() => return,
            }
        }
    }

    async fn listen(&self) -> Result<(), zeromq::ZmqError> {
        let mut socket = SubSocket::new();
        socket.connect(&self.endpoint).await?;
        socket.subscribe("hashblock").await?;
        tracing::info!(endpoint = %self.endpoint, "listening to block announcements");
        loop {
            socket.recv().await?;
            self.nudge.notify_one();
        }
    }
}
