//! Alerts as mail, over SMTP.

use std::fmt;
use std::time::Duration;

use lettre::message::header::ContentType;
use lettre::message::{Mailbox, MessageBuilder};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::ExposeSecret;

use super::{Notice, Receiver, SetupError};
use crate::config::{MailConfig, MailSecurity};
use crate::types::UnixTime;

/// For each answer of the server.
const PATIENCE: Duration = Duration::from_secs(10);

/// A mail server, and who is written to.
pub struct Mail {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    envelope: MessageBuilder,
    runbooks: String,
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail").finish_non_exhaustive()
    }
}

impl Mail {
    /// Returns one that has not connected yet; `runbooks` is put before the paths of runbooks.
    ///
    /// # Errors
    ///
    /// Where an address is none, or the server's certificate cannot be used.
    pub fn new(settings: &MailConfig, runbooks: &str) -> Result<Mail, SetupError> {
        let mailbox = |key: &str, text: &str| {
            text.parse::<Mailbox>().map_err(|error| SetupError(format!("alerts.{key}: {text:?}: {error}")))
        };
        let mut envelope = Message::builder().from(mailbox("mail_from", &settings.from)?);
        for to in &settings.to {
            envelope = envelope.to(mailbox("mail_to", to)?);
        }
        let builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&settings.host);
        let mut builder = builder.port(settings.port).timeout(Some(PATIENCE)).tls(tls(settings)?);
        if !settings.user.is_empty() {
            let pass = settings.pass.expose_secret().to_owned();
            builder = builder.credentials(Credentials::new(settings.user.clone(), pass));
        }
        Ok(Mail { transport: builder.build(), envelope, runbooks: runbooks.to_owned() })
    }

    /// Connects, says who we are, and goes: nobody is written to.
    ///
    /// # Errors
    ///
    /// Why the server cannot be reached, or does not let us in.
    pub async fn greet(&self) -> Result<(), String> {
        match self.transport.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err("it hangs up".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }
}

fn tls(settings: &MailConfig) -> Result<Tls, SetupError> {
    if settings.security == MailSecurity::None {
        return Ok(Tls::None);
    }
    let mut parameters = TlsParameters::builder(settings.host.clone());
    if let Some(path) = &settings.cert {
        let failed =
            |error: &dyn fmt::Display| SetupError(format!("alerts.mail_cert: {}: {error}", path.display()));
        let pem = std::fs::read(path).map_err(|error| failed(&error))?;
        let certificate = Certificate::from_pem(&pem).map_err(|error| failed(&error))?;
        parameters = parameters.add_root_certificate(certificate);
    }
    let parameters = parameters.build_rustls();
    let parameters = parameters.map_err(|error| SetupError(format!("alerts.mail_server: {error}")))?;
    Ok(match settings.security {
        MailSecurity::Tls => Tls::Wrapper(parameters),
        MailSecurity::StartTls | MailSecurity::None => Tls::Required(parameters),
    })
}

impl Receiver for Mail {
    fn name(&self) -> &'static str {
        "mail"
    }

    async fn tell(&self, notice: &Notice, _: UnixTime) -> Result<(), String> {
        let message = self.envelope.clone().subject(notice.subject()).header(ContentType::TEXT_PLAIN);
        let message = message.body(notice.text(&self.runbooks)).map_err(|error| error.to_string())?;
        self.transport.send(message).await.map(drop).map_err(|error| error.to_string())
    }
}
