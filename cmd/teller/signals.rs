//! What signals ask for, from the first moment on: a signal that nobody listens to ends the process, or is not
//! heard at all where the process is the first of a container.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use teller::app::{App, remove_pidfile};
use teller::task::Shutdown;
use teller::telemetry::LogFile;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Notify;

/// The exit code after a second signal, as shells tell it of an interrupted command.
const INTERRUPTED: i32 = 130;

/// What was asked for so far.
pub(crate) struct SignalRequest {
    stop: Shutdown,
    reload: Arc<Notify>,
}

impl SignalRequest {
    /// Ends with the first SIGINT or SIGTERM.
    pub(crate) async fn stop(&self) {
        self.stop.wait().await;
    }

    /// From now on the app is asked; what was asked before included.
    pub(crate) fn pass_on(self, app: &App) {
        let (shutdown, reload) = (app.shutdown(), app.reload());
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    () = self.stop.wait() => return shutdown.trigger(),
                    () = self.reload.notified() => reload.ask(),
                }
            }
        });
    }
}

struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
}

enum Heard {
    End,
    HangUp,
}

impl Signals {
    async fn next(&mut self) -> Heard {
        tokio::select! {
            _ = self.interrupt.recv() => Heard::End,
            _ = self.terminate.recv() => Heard::End,
            _ = self.hangup.recv() => Heard::HangUp,
        }
    }
}

/// The first SIGINT or SIGTERM drains, the second ends at once. SIGHUP reopens the log, looks at the address
/// files, and loads the certificate and the prices of the configuration anew.
pub(crate) fn listen(log: LogFile, pidfile: Option<PathBuf>) -> io::Result<SignalRequest> {
    let mut signals = Signals {
        interrupt: signal(SignalKind::interrupt())?,
        terminate: signal(SignalKind::terminate())?,
        hangup: signal(SignalKind::hangup())?,
    };
    let asked = SignalRequest { stop: Shutdown::default(), reload: Arc::default() };
    let (stop, reload) = (asked.stop.clone(), Arc::clone(&asked.reload));
    tokio::spawn(async move {
        loop {
            match signals.next().await {
                Heard::HangUp => {
                    reopen(&log);
                    reload.notify_one();
                }
                Heard::End if stop.is_triggered() => {
                    tracing::warn!("second signal, ending at once");
                    pidfile.iter().for_each(|path| remove_pidfile(path));
                    // Being killed at any instant loses nothing: see the store.
                    std::process::exit(INTERRUPTED);
                }
                Heard::End => stop.trigger(),
            }
        }
    });
    Ok(asked)
}

fn reopen(log: &LogFile) {
    match log.reopen() {
        Ok(()) => tracing::info!("log file reopened, looking at address files, certificate and prices"),
        Err(error) => tracing::error!(%error, "log file cannot be reopened, the old one goes on"),
    }
}
