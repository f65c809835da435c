//! The service.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use teller::app::{App, Listening};
use teller::config::{self, Config, Located};
use teller::telemetry::{self, LogFile};
use teller::types::Coin;
use tokio::signal::unix::{SignalKind, signal};

/// A self-hosted OTC desk for coins.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Arguments {
    /// Config file [default: config.toml in the data directory, else in the working directory]
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Data directory [default: ~/.teller-skycoin]
    #[arg(short, long, value_name = "DIR")]
    dir: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check the config file, tell everything that is wrong with it, and end
    CheckConfig,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("teller: {error}"), true);
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> anyhow::Result<()> {
    let located = config::locate(arguments.config, arguments.dir)?;
    let config = config::read(&located.config)?;
    if let Some(Command::CheckConfig) = arguments.command {
        config.warnings.iter().for_each(|warning| say(&format!("warning: {warning}"), false));
        say(&format!("{}: ok", located.config.display()), false);
        return Ok(());
    }
    // Fails only where it was done before.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(serve(config, located))
}

async fn serve(config: Config, located: Located) -> anyhow::Result<()> {
    let log = telemetry::init(&config)?;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), config = %located.config.display(),
        data = %located.data_dir.display(), "teller starts");
    let coin = config.enabled_coins().next().map_or(Coin::Btc, |coin| coin.coin);
    let app = App::start(config, located.data_dir).await.inspect_err(|error| {
        tracing::error!(%error, "teller cannot start");
    })?;
    say(&banner(app.listening(), coin), false);
    listen_to_signals(&app, log)?;
    Ok(app.run().await?)
}

/// The first SIGINT or SIGTERM drains, the second ends at once. SIGHUP reopens the log and looks at the address files.
fn listen_to_signals(app: &App, log: LogFile) -> std::io::Result<()> {
    let (shutdown, reload) = (app.shutdown(), app.reload());
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
                _ = hangup.recv() => {
                    match log.reopen() {
                        Ok(()) => tracing::info!("log file reopened, looking at the address files"),
                        Err(error) => tracing::error!(%error, "log file cannot be reopened, the old one goes on"),
                    }
                    reload.notify_one();
                    continue;
                }
            }
            if shutdown.is_triggered() {
                tracing::warn!("second signal, ending at once");
                // Being killed at any instant loses nothing: see the store.
                std::process::exit(130);
            }
            shutdown.trigger();
        }
    });
    Ok(())
}

/// What listens where, and how to take a purchase through.
fn banner(listening: &Listening, coin: Coin) -> String {
    let mut lines = vec![format!("teller {}", env!("CARGO_PKG_VERSION"))];
    let mut line = |name: &str, scheme: &str, address: Option<std::net::SocketAddr>| {
        if let Some(address) = address {
            lines.push(format!("  {name:<8}{scheme}://{address}"));
        }
    };
    line("public", "http", listening.http);
    line("public", "https", listening.https);
    line("admin", "http", listening.admin);
    line("dummy", "http", listening.dummy);
    if let (Some(public), Some(dummy)) = (listening.http, listening.dummy) {
        lines.push(walk(public, dummy, coin));
    }
    lines.join("\n")
}

fn walk(public: std::net::SocketAddr, dummy: std::net::SocketAddr, coin: Coin) -> String {
    let skyaddr = "2ANKJFgszWDKS9vUEEkHCDBUDmsxSfxc12y";
    let tx = "edb29a9b561a8d6a6118eb1f724c87f853bf471d7e4f0e9ccb9e1d340235687b";
    let value = match coin {
        Coin::Btc => "200000",
        Coin::Eth => "10000000000000000",
        Coin::Sky => "1000000",
    };
    format!(
        "\nTake a purchase through:\n  \
         curl -H 'Content-Type: application/json' -d '{{\"skyaddr\":\"{skyaddr}\",\"coin_type\":\"{coin}\"}}' \
         http://{public}/api/bind\n  \
         curl 'http://{dummy}/dummy/scanner/deposit?coin={coin}&addr=DEPOSIT_ADDRESS&value={value}&height=1&tx={tx}'\n  \
         sleep 1; curl 'http://{dummy}/dummy/sender/confirm?seq=0'; sleep 1; \
         curl 'http://{public}/api/status?skyaddr={skyaddr}'\n"
    )
}

/// The banner and the last words are for the person at the terminal, not for the log.
#[allow(clippy::print_stdout, clippy::print_stderr)]
fn say(text: &str, is_error: bool) {
    if is_error { eprintln!("{text}") } else { println!("{text}") }
}
