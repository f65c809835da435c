//! Says to the manager of services that this one serves, and from then on that it lives: as long as the store's writer
//! answers and no worker hangs in a step. A node that is down is nothing of that, and restarts nobody.
//!
//! Listeners are asked once, before it is said that they answer. Later they are not: whoever floods them could have
//! the service restarted.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::manager::{Manager, Told};
use super::{Listening, Reload, reachable};
use crate::clock::Clock;
use crate::live::Live;
use crate::store::Store;
use crate::task::{Pulse, Shutdown};
use crate::types::Coin;

/// A step that has not moved for so long hangs. Each request to a node ends long before; reading millions of
/// addresses takes minutes.
const LONGEST_SILENCE: Duration = Duration::from_secs(600);
/// How often the words are looked at where no signs of life are asked for.
const USUAL: Duration = Duration::from_secs(30);
/// For each listener, each time.
const ANSWER: Duration = Duration::from_secs(5);
/// After so long it is said that a reload is over, even where a part of it waits for something.
const LONGEST_RELOAD: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(50);

/// See the module's documentation.
#[derive(Debug)]
pub(super) struct Watchdog {
    pub(super) manager: Manager,
    pub(super) listening: Listening,
    pub(super) store: Store,
    pub(super) pulses: Vec<(&'static str, Pulse)>,
    pub(super) live: Arc<Live>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) reload: Reload,
    pub(super) is_play: bool,
}

impl Watchdog {
    /// Tells until the service is told to stop.
    pub(super) async fn run(self, shutdown: Shutdown) {
        tokio::select! {
            () = self.work() => {}
            () = shutdown.wait() => {}
        }
    }

    async fn work(self) {
        self.greet().await;
        self.manager.tell(Told::Ready);
        let every = self.manager.watchdog().unwrap_or(USUAL) / 3;
        let (mut words, mut committed) = (String::new(), 0);
        loop {
            let now = match self.hangs(every, committed).await {
                None => {
                    self.manager.tell(Told::Alive);
                    self.words()
                }
                Some(what) => {
                    tracing::error!(what, "hangs: the service's manager is told of no life");
                    format!("hangs: {what}")
                }
            };
            committed = self.store.committed();
            if now != words {
                self.manager.tell(Told::Status(now.clone()));
                words = now;
            }
            tokio::select! {
                () = sleep(every) => {}
                () = self.reload.begun.notified() => self.end_of_reload().await,
            }
        }
    }

    /// Ends once every listener has answered.
    async fn greet(&self) {
        let Listening { http, https, admin, dummy } = &self.listening;
        for address in [http, https, admin, dummy].into_iter().flatten() {
            // To a listener for TLS that is no greeting, and it hangs up: which is an answer as well.
            while !timeout(ANSWER, answers(reachable(*address))).await.is_ok_and(|result| result.is_ok()) {
                tracing::warn!(%address, "does not answer yet");
                sleep(POLL).await;
            }
        }
    }

    /// What does not move, in words; none while everything does. The writer is given `patience`, and has moved also
    /// where it has committed something since there were `committed`.
    async fn hangs(&self, patience: Duration, committed: u64) -> Option<String> {
        let now = self.clock.moment();
        let is_silent = |pulse: &Pulse| pulse.silence(now).is_some_and(|silence| silence > LONGEST_SILENCE);
        if let Some((name, _)) = self.pulses.iter().find(|(_, pulse)| is_silent(pulse)) {
            return Some(format!("worker {name} has not moved in a step for {LONGEST_SILENCE:?}"));
        }
        // It changes nothing, and is written nowhere; but it has to be waited for like any other job.
        let answer = timeout(patience, self.store.write(|_| Ok(()))).await;
        let moves = answer.is_ok_and(|answer| answer.is_ok()) || self.store.committed() != committed;
        (!moves).then(|| "the store's writer does not answer".to_owned())
    }

    /// What it does, for `systemctl status`.
    fn words(&self) -> String {
        if self.is_play {
            return "serving, in dummy mode: play money".to_owned();
        }
        let chains = Coin::all().filter_map(|coin| Some((coin, self.live.chain(coin)?)));
        let chains = chains.map(|(coin, chain)| match (chain.node.trouble(), chain.tip) {
            (Some(trouble), _) => format!("{coin} waits ({})", trouble.name()),
            (None, Some(tip)) => format!("{coin} at block {}", tip.block.height),
            (None, None) => format!("{coin} begins"),
        });
        format!("following: {}", chains.collect::<Vec<_>>().join(", "))
    }

    /// Ends when what was asked for has been done.
    async fn end_of_reload(&self) {
        let rests = |name: &str| {
            let mut pulses = self.pulses.iter().filter(|(known, _)| *known == name);
            pulses.all(|(_, pulse)| pulse.silence(self.clock.moment()).is_none())
        };
        let done = async {
            while self.reload.is_asked() || !rests("pool-keeper") || !rests("pricer") {
                sleep(POLL).await;
            }
        };
        if timeout(LONGEST_RELOAD, done).await.is_err() {
            tracing::warn!("what was to be read anew is not read yet, and will be");
        }
        self.manager.tell(Told::Ready);
    }
}

/// Ends when somebody who listens has said something, or has hung up: not as long as a connection only waits to be
/// accepted.
async fn answers(address: SocketAddr) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET /livez HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    // Nothing at all is an answer as well: somebody has hung up.
    let _length = stream.read(&mut [0; 16]).await?;
    Ok(())
}
