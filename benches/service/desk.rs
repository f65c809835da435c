//! The service itself, started in this process on a data directory of its own.

use std::path::{Path, PathBuf};

use teller::app::{App, Listening};
use teller::task::Shutdown;

/// A running desk.
pub(crate) struct Desk {
    pub(crate) listening: Listening,
    shutdown: Shutdown,
    thread: Option<std::thread::JoinHandle<()>>,
}

/// A configuration without limits, on free ports. `TELLER_BENCH_CACHE_MIB` sets the database's cache.
pub(crate) fn config(dir: &Path, addresses: &Path) -> String {
    let cache = std::env::var("TELLER_BENCH_CACHE_MIB").map(|mib| format!("db_cache_mib = {mib}"));
    format!(
        r#"
        {}
        btc_addresses = {addresses:?}
        logfile = {:?}
        [teller]
        max_bound_addrs = 0
        bind_budget = 0
        [sky_exchanger]
        tx_confirmation_check_wait = "100ms"
        [web]
        http_addr = "127.0.0.1:0"
        throttle_max = 0
        throttle_network_max = 0
        [admin_panel]
        host = "127.0.0.1:0"
        [dummy]
        scanner = true
        sender = true
        http_addr = "127.0.0.1:0"
        balance = "100000000"
        "#,
        cache.unwrap_or_default(),
        dir.join("teller.log")
    )
}

impl Desk {
    pub(crate) fn start(dir: &Path, addresses: &Path) -> Desk {
        Desk::start_with(dir, &config(dir, addresses))
    }

    /// Starts one with this configuration.
    pub(crate) fn start_with(dir: &Path, text: &str) -> Desk {
        let config = teller::config::parse(text, Path::new("bench.toml")).unwrap();
        let dir: PathBuf = dir.to_owned();
        let (tell, told) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let app = App::start(config, dir).await.unwrap();
                tell.send((app.listening().clone(), app.shutdown())).unwrap();
                app.run().await.unwrap();
            });
        });
        let (listening, shutdown) = told.recv().unwrap();
        Desk { listening, shutdown, thread: Some(thread) }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.shutdown.trigger();
        self.thread.take().unwrap().join().unwrap();
    }
}
