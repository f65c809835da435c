//! How webhooks are told, and the clients that have them.

use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use reqwest::Url;
use tokio::sync::Notify;

use crate::config;
use crate::outbox::SetupError;
use crate::outbox::port::{Message, Refusal};
use crate::outbox::private::{PRIVATE, is_private_url};
use crate::outbox::sender::Sender;
use crate::types::{Hidden, UnixTime};

/// How long a webhook may take for one event.
pub(super) const TIMEOUT: Duration = Duration::from_secs(15);

/// The webhooks of one client. What one has answered with `Ok` it is not told again, unless the process ends at that
/// moment.
#[async_trait]
pub trait HookPort: Debug + Send + Sync {
    /// Tells the one at this URL. `now` is what clocks show.
    ///
    /// # Errors
    ///
    /// Why it did not take it.
    async fn tell(&self, url: &Hidden, message: &Message, now: UnixTime) -> Result<(), Refusal>;
}

/// Webhooks over HTTP, signed with the client's secrets.
#[derive(Debug)]
pub struct ClientHooks {
    sender: Sender,
    allow_private: bool,
}

impl ClientHooks {
    /// Returns those of a client that has told nobody anything yet.
    ///
    /// # Errors
    ///
    /// Where a secret is none.
    pub fn new(settings: &config::ClientWebhooks) -> Result<ClientHooks, SetupError> {
        let allow_private = settings.allow_private;
        Ok(ClientHooks { sender: Sender::new(&settings.secrets, allow_private, TIMEOUT)?, allow_private })
    }
}

#[async_trait]
impl HookPort for ClientHooks {
    async fn tell(&self, url: &Hidden, message: &Message, now: UnixTime) -> Result<(), Refusal> {
        // What was given before may be allowed no more.
        let url = Url::parse(url.expose()).map_err(|_| Refusal::failed("it is no URL"))?;
        if !self.allow_private && is_private_url(&url) {
            return Err(Refusal::failed(PRIVATE));
        }
        if !self.allow_private && url.scheme() != "https" {
            return Err(Refusal::failed("it is plain HTTP, which webhook_allow_private = true would allow"));
        }
        self.sender.post(&url, message, now).await
    }
}

/// A client that has webhooks, or may have.
#[derive(Debug)]
pub struct HookClient {
    /// The name that the configuration gives it.
    pub name: String,
    /// How its webhooks are told.
    pub port: Arc<dyn HookPort>,
    /// Whether those that failed are to be tried at once.
    is_resumed: AtomicBool,
    nudge: Notify,
}

impl HookClient {
    /// Returns one.
    pub fn new(name: &str, port: Arc<dyn HookPort>) -> Arc<HookClient> {
        let (name, is_resumed, nudge) = (name.to_owned(), AtomicBool::new(false), Notify::new());
        Arc::new(HookClient { name, port, is_resumed, nudge })
    }

    /// Has its courier look at once.
    pub fn wake(&self) {
        self.nudge.notify_one();
    }

    /// Has those tried at once that failed.
    pub fn resume(&self) {
        self.is_resumed.store(true, Ordering::Release);
        self.wake();
    }

    /// Whether that was wanted since this was asked last.
    pub(super) fn take_resumed(&self) -> bool {
        self.is_resumed.swap(false, Ordering::AcqRel)
    }

    pub(super) async fn woken(&self) {
        self.nudge.notified().await;
    }
}

/// The clients that may have webhooks, as the configuration has them.
#[derive(Debug, Clone, Default)]
pub struct HookClients(Arc<Vec<Arc<HookClient>>>);

impl HookClients {
    /// Returns these.
    pub fn new(clients: Vec<Arc<HookClient>>) -> HookClients {
        HookClients(Arc::new(clients))
    }

    /// Returns the client of this name; none where there is none.
    pub fn get(&self, name: &str) -> Option<&Arc<HookClient>> {
        self.0.iter().find(|client| client.name == name)
    }

    /// Returns all, in the order of the configuration.
    pub fn all(&self) -> &[Arc<HookClient>] {
        &self.0
    }
}
