//! The real service in this process: its own directory, its own ports, its own runtime.
//!
//! It is stopped as SIGTERM stops it, at the latest when the test ends; a stop that is not clean fails the test.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, Once};

use teller::app::{App, Listening, RunError, StartError};
use teller::config::Config;
use teller::task::Shutdown;
use teller::types::Coin;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

use super::client::{self, Reply, Request};
use super::pools;
use super::setup::Setup;

/// A service with its directory.
#[derive(Debug)]
pub struct TestApp {
    setup: Setup,
    dir: TempDir,
    running: Option<Running>,
    /// What binds were answered with, by payee.
    pub(super) secrets: Mutex<Vec<(String, String)>>,
}

#[derive(Debug)]
struct Running {
    runtime: Runtime,
    service: JoinHandle<Result<(), RunError>>,
    shutdown: Shutdown,
    listening: Listening,
}

impl TestApp {
    /// The contract's base settings.
    pub fn new() -> Self {
        TestApp::start(Setup::new())
    }

    pub fn start(setup: Setup) -> Self {
        let dir = tempfile::tempdir().unwrap();
        setup.lay_out(dir.path());
        let mut app = TestApp { setup, dir, running: None, secrets: Mutex::default() };
        app.go_on();
        app
    }

    /// A service that is started on what `prepare` makes of its configuration and directory.
    pub fn start_on(setup: Setup, prepare: impl FnOnce(&Config, &Path)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        setup.lay_out(dir.path());
        prepare(&setup.config(dir.path()).expect("a legal configuration"), dir.path());
        let mut app = TestApp { setup, dir, running: None, secrets: Mutex::default() };
        app.go_on();
        app
    }

    /// The error of a start that must not succeed.
    pub fn refused(setup: Setup) -> StartError {
        let dir = tempfile::tempdir().unwrap();
        setup.lay_out(dir.path());
        Running::start(&setup, dir.path()).map(|_| ()).expect_err("the service starts")
    }

    /// Stops and starts again on the same directory.
    pub fn restart(&mut self) {
        self.stop();
        self.go_on();
    }

    /// Stops, changes the settings, and starts again on the same directory.
    pub fn restart_with(&mut self, change: impl FnOnce(Setup) -> Setup) {
        self.stop();
        self.setup = change(self.setup.clone());
        self.go_on();
    }

    /// Stops as SIGTERM does.
    pub fn stop(&mut self) {
        let running = self.running.take().expect("it runs");
        running.stop().expect("a clean stop");
    }

    /// Starts again after [`TestApp::stop`].
    pub fn go_on(&mut self) {
        self.running = Some(Running::start(&self.setup, self.dir.path()).expect("the service starts"));
    }

    fn listening(&self) -> &Listening {
        &self.running.as_ref().expect("it runs").listening
    }

    pub fn public_address(&self) -> SocketAddr {
        self.listening().http.unwrap()
    }

    pub fn https_address(&self) -> SocketAddr {
        self.listening().https.unwrap()
    }

    pub fn admin_address(&self) -> SocketAddr {
        self.listening().admin.unwrap()
    }

    pub fn dummy_address(&self) -> SocketAddr {
        self.listening().dummy.unwrap()
    }

    pub fn public(&self, request: &Request) -> Reply {
        client::send(self.public_address(), request).expect("a reply")
    }

    pub fn admin(&self, request: &Request) -> Reply {
        client::send(self.admin_address(), request).expect("a reply")
    }

    /// The same from another address of this machine: one of 127.0.0.0/24.
    pub fn admin_from(&self, last: u8, request: &Request) -> Reply {
        client::send_from([127, 0, 0, last].into(), self.admin_address(), request).expect("a reply")
    }

    pub fn dummy(&self, request: &Request) -> Reply {
        client::send(self.dummy_address(), request).expect("a reply")
    }

    /// Where database and address files lie.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    pub fn address_file(&self, coin: Coin) -> PathBuf {
        self.dir().join(pools::file_name(coin))
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        let Some(running) = self.running.take() else { return };
        let stopped = running.stop();
        // A second panic would hide what the test has to say.
        if !std::thread::panicking() {
            stopped.expect("a clean stop");
        }
    }
}

impl Running {
    fn start(setup: &Setup, dir: &Path) -> Result<Running, StartError> {
        install_crypto();
        let config = setup.config(dir).expect("a legal configuration");
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let app = runtime.block_on(App::start(config, dir.to_owned()))?;
        let (shutdown, listening) = (app.shutdown(), app.listening().clone());
        let service = runtime.spawn(app.run());
        Ok(Running { runtime, service, shutdown, listening })
    }

    fn stop(self) -> Result<(), RunError> {
        self.shutdown.trigger();
        self.runtime.block_on(self.service).expect("the service does not panic")
    }
}

/// As the service's own `main` does.
fn install_crypto() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        rustls::crypto::ring::default_provider().install_default().expect("nobody was faster");
    });
}
