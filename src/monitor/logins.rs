//! Checking passwords: two at a time, and not on the threads that answer.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use crate::config::Admin;
use crate::people::{PasswordError, Throttle, hash_password, verify_nobody, verify_password};
use crate::types::Hidden;

/// Hashes that are made at once: each takes 19 MiB and a core, and log-ins are not to eat the machine.
const AT_ONCE: usize = 2;
/// Longest that somebody waits for their turn.
const PATIENCE: Duration = Duration::from_secs(10);

/// What log-ins share.
#[derive(Debug)]
pub struct Logins {
    pub(super) throttle: Throttle,
    hashing: Arc<Semaphore>,
    /// How long a session lasts that is not used.
    pub(super) idle: Duration,
    /// How long a session lasts.
    pub(super) max: Duration,
}

/// Too many want a password checked.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("too many log-ins at once, try again in a moment")]
pub(super) struct Crowded;

impl Logins {
    /// Returns log-ins by these settings.
    pub fn new(admin: &Admin) -> Logins {
        Logins {
            throttle: Throttle::default(),
            hashing: Arc::new(Semaphore::new(AT_ONCE)),
            idle: admin.session_idle,
            max: admin.session_max,
        }
    }

    async fn aside<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Crowded> {
        let turn = tokio::time::timeout(PATIENCE, Arc::clone(&self.hashing).acquire_owned()).await;
        let turn = turn.ok().and_then(Result::ok).ok_or(Crowded)?;
        let done = spawn_blocking(move || {
            // Not given back before it is done, whoever waits for it.
            let _turn = turn;
            work()
        });
        done.await.map_err(|_| Crowded)
    }

    /// Whether a password is the one with this hash; without a hash it takes as long.
    pub(super) async fn verify(&self, hash: Option<Hidden>, password: String) -> Result<bool, Crowded> {
        let verify = move || match hash {
            Some(hash) => verify_password(&hash, &password),
            None => {
                verify_nobody(&password);
                false
            }
        };
        self.aside(verify).await
    }

    /// The hash of a new password.
    pub(super) async fn hash(
        &self,
        name: String,
        password: String,
    ) -> Result<Result<Hidden, PasswordError>, Crowded> {
        self.aside(move || hash_password(&name, &password)).await
    }
}
