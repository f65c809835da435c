//! The service.

mod arguments;
mod banner;
mod doctor;
mod health;
#[cfg(test)]
mod manual;
mod signals;

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context;
use arguments::{Arguments, Command};
use clap::Parser;
use teller::app::App;
use teller::config::{self, Config, Located, LogFormat, Overrides};
use teller::telemetry;

/// What the pages of the manual are made of.
#[cfg(test)]
fn described() -> (&'static str, clap::Command) {
    ("teller", <Arguments as clap::CommandFactory>::command())
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments) {
        Ok(code) => code,
        Err(error) => {
            say(&format!("teller: {}", in_full(&error)), true);
            ExitCode::FAILURE
        }
    }
}

/// The error with its causes. Many say their cause themselves: it is not said again.
fn in_full(error: &anyhow::Error) -> String {
    let causes = error.chain().skip(1).map(ToString::to_string);
    causes.fold(
        error.to_string(),
        |said, cause| if said.ends_with(&cause) { said } else { format!("{said}: {cause}") },
    )
}

fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let located = config::locate(arguments.config, arguments.dir)?;
    let overrides = Overrides::gather(&arguments.set);
    match arguments.command {
        Some(Command::Doctor) => {
            let (text, code) = doctor::examine(&located, &overrides)?;
            say(&text, false);
            return Ok(code);
        }
        Some(Command::CheckConfig { show: true }) => {
            let settings = config::settings(&located.config, &overrides)?;
            settings.iter().for_each(|setting| say(&setting.to_string(), false));
        }
        _ => {}
    }
    let config = config::read_with(&located.config, &overrides)?;
    match arguments.command {
        Some(Command::CheckConfig { .. }) => check_config(&config, &located)?,
        Some(Command::Health) => say(&health::ask(&config.web)?, false),
        Some(Command::Doctor) | None => start(config, located)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Tells everything that would keep this teller from starting, as far as it shows without a network.
fn check_config(config: &Config, located: &Located) -> anyhow::Result<()> {
    // Fails only where it was done before.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let found = teller::app::check(config, &located.data_dir);
    let warnings = config.warnings.iter().chain(&found.warnings);
    warnings.for_each(|warning| say(&format!("warning: {warning}"), false));
    let (file, problems) = (located.config.display(), &found.problems);
    if problems.is_empty() {
        say(&format!("{file}: ok"), false);
        return Ok(());
    }
    anyhow::bail!("{file}: {} problem(s):\n  {}", problems.len(), problems.join("\n  "))
}

fn start(config: Config, located: Located) -> anyhow::Result<()> {
    // Fails only where it was done before.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let result = runtime.block_on(serve(config, located));
    // What still blocks a thread of the runtime has been given up: the end does not wait for it.
    runtime.shutdown_background();
    result
}

async fn serve(config: Config, located: Located) -> anyhow::Result<()> {
    let telemetry = telemetry::init(&config)?;
    let asked =
        signals::listen(telemetry.file(), config.pidfile.clone()).context("cannot listen to signals")?;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), config = %located.config.display(),
        data = %located.data_dir.display(), "teller starts");
    let is_play = config.dummy.is_on();
    let coin = config.enabled_coins().next().filter(|_| is_play).map(|coin| coin.coin);
    // Programs read what is JSON.
    let is_for_people = config.logfile.is_some() || config.log_format == LogFormat::Text;
    let app = tokio::select! {
        app = App::start(config, located.data_dir) => app.inspect_err(|error| {
            tracing::error!(%error, "teller cannot start");
        })?,
        () = asked.stop() => {
            tracing::info!("told to stop while starting");
            return Ok(());
        }
    };
    asked.pass_on(&app);
    if is_for_people {
        say(&banner::banner(app.listening(), coin), false);
    }
    Ok(app.run().await?)
}

/// The banner and the last words are for the person at the terminal, not for the log. Nobody there is no reason to end.
fn say(text: &str, is_error: bool) {
    let text = format!("{text}\n");
    let _ = match is_error {
        true => std::io::stderr().write_all(text.as_bytes()),
        false => std::io::stdout().write_all(text.as_bytes()),
    };
}
