//! The dialogue with the mail server, step by step, so that it is known what an interruption leaves open.

use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use secrecy::ExposeSecret;
use tokio::time::timeout;

use super::message::Outgoing;
use config::{Mail, MailTls};

const CONNECT: Duration = Duration::from_secs(20);
const STEP: Duration = Duration::from_secs(60);
/// From the end of the text to the answer; RFC 5321 asks for patience here.
const ANSWER: Duration = Duration::from_secs(300);
/// No dialogue about one mail lasts longer.
pub(super) const LONGEST: Duration = Duration::from_secs(600);

const ANSWER_LENGTH: usize = 200;

/// How an attempt ended, with what the server said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SmtpOutcome {
    Accepted,
    /// For good.
    Refused(String),
    /// For now; nothing left.
    Deferred(String),
    /// It is unknown whether it was sent.
    Uncertain(String),
}

/// The server cannot be reached, or does not let us in.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unavailable(pub(crate) String);

/// A dialogue that was opened: encrypted and let in, as the configuration asks.
pub struct Connection {
    smtp: AsyncSmtpConnection,
    is_usable: bool,
}

kernel::opaque!(Connection);

impl Connection {
    /// # Errors
    /// What the server, or the way to it, objected to.
    pub async fn open(host: &str, mail: &Mail) -> Result<Self, Unavailable> {
        match timeout(STEP, Self::connect(host, mail)).await {
            Ok(opened) => opened,
            Err(_) => Err(Unavailable("the server is silent".to_owned())),
        }
    }

    async fn connect(host: &str, mail: &Mail) -> Result<Self, Unavailable> {
        let refused = |error: Error| Unavailable(words(&error));
        let us = ClientId::default();
        let tls = (mail.tls != MailTls::None).then(|| tls(host, mail)).transpose()?;
        let (at_once, later) = match mail.tls {
            MailTls::Implicit => (tls, None),
            MailTls::Starttls | MailTls::None => (None, tls),
        };
        let server = (host, mail.port());
        let mut smtp = AsyncSmtpConnection::connect_tokio1(server, Some(CONNECT), &us, at_once, None)
            .await
            .map_err(refused)?;
        if let Some(tls) = later {
            smtp.starttls(tls, &us).await.map_err(refused)?;
        }
        let credentials = mail
            .credentials()
            .map_err(|problems| Unavailable(problems.to_string()))?;
        if let Some((user, password)) = credentials {
            let credentials = Credentials::new(user, password.expose_secret().to_owned());
            smtp.auth(DEFAULT_MECHANISMS, &credentials).await.map_err(refused)?;
        }
        Ok(Self { smtp, is_usable: true })
    }

    /// Whether another mail may go through it.
    pub(super) fn is_usable(&self) -> bool {
        self.is_usable
    }

    pub async fn close(mut self) {
        if self.is_usable {
            // It has done its work; how it ends is the server's affair.
            let _ = timeout(CONNECT, self.smtp.quit()).await;
        }
    }

    pub(crate) async fn deliver(&mut self, mail: &Outgoing) -> SmtpOutcome {
        let ended = match self.announce(mail).await {
            Ok(()) => match timeout(ANSWER, self.smtp.message(&mail.bytes)).await {
                Ok(Ok(_)) => return SmtpOutcome::Accepted,
                Ok(Err(error)) => self.judged(&error, SmtpOutcome::Uncertain),
                Err(_) => self.broken(SmtpOutcome::Uncertain("no answer to the mail".to_owned())),
            },
            Err(ended) => ended,
        };
        if self.is_usable && !matches!(timeout(STEP, self.smtp.command(Rset)).await, Ok(Ok(_))) {
            self.is_usable = false;
        }
        ended
    }

    /// Up to the moment at which the server waits for the text.
    async fn announce(&mut self, mail: &Outgoing) -> Result<(), SmtpOutcome> {
        let is_plain = |address: &Address| address.user().is_ascii() && address.domain().is_ascii();
        let mut parameters = Vec::new();
        if !is_plain(&mail.from) || !is_plain(&mail.to) {
            if !self.smtp.server_info().supports_feature(Extension::SmtpUtfEight) {
                return Err(SmtpOutcome::Refused("no SMTPUTF8".to_owned()));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        let sender = MailFrom::new(Some(mail.from.clone()), parameters);
        self.step(sender).await.map_err(|ended| match ended {
            // It is not the recipient who is refused, but us: that will be fixed.
            SmtpOutcome::Refused(answer) => SmtpOutcome::Deferred(answer),
            other => other,
        })?;
        self.step(Rcpt::new(mail.to.clone(), Vec::new())).await?;
        self.step(Data).await
    }

    async fn step(&mut self, command: impl std::fmt::Display) -> Result<(), SmtpOutcome> {
        match timeout(STEP, self.smtp.command(command)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(self.judged(&error, SmtpOutcome::Deferred)),
            Err(_) => Err(self.broken(SmtpOutcome::Deferred("the server is silent".to_owned()))),
        }
    }

    /// An answer says what it says; anything else ends the connection and is `otherwise`.
    fn judged(&mut self, error: &Error, otherwise: fn(String) -> SmtpOutcome) -> SmtpOutcome {
        if error.is_permanent() {
            SmtpOutcome::Refused(codes(error))
        } else if error.is_transient() {
            SmtpOutcome::Deferred(codes(error))
        } else {
            self.broken(otherwise("the connection broke".to_owned()))
        }
    }

    fn broken(&mut self, ended: SmtpOutcome) -> SmtpOutcome {
        self.is_usable = false;
        ended
    }
}

fn tls(host: &str, mail: &Mail) -> Result<TlsParameters, Unavailable> {
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(file) = &mail.ca_file {
        let unreadable = |error: String| Unavailable(format!("[mail] ca_file {}: {error}", file.display()));
        let pem = std::fs::read(file).map_err(|error| unreadable(error.to_string()))?;
        let certificate = Certificate::from_pem(&pem).map_err(|error| unreadable(words(&error)))?;
        builder = builder.add_root_certificate(certificate);
    }
    builder.build().map_err(|error| Unavailable(words(&error)))
}

/// About the server itself: it contains no one's address.
fn words(error: &Error) -> String {
    let plain = error.to_string().replace(|c: char| c.is_control(), " ");
    plain.chars().take(ANSWER_LENGTH).collect()
}

/// About a recipient: the reply's codes alone, `550 5.1.1`, since its words often repeat the address.
fn codes(error: &Error) -> String {
    let code = error.status().map(|code| code.to_string()).unwrap_or_default();
    let text = std::error::Error::source(error)
        .map(ToString::to_string)
        .unwrap_or_default();
    match text.split_whitespace().next().filter(|word| is_enhanced(word)) {
        Some(enhanced) => format!("{code} {enhanced}"),
        None => code,
    }
}

/// `5.1.1`, as of RFC 3463.
pub(super) fn is_enhanced(word: &str) -> bool {
    let parts: Vec<_> = word.split('.').collect();
    let is_number = |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    parts.len() == 3 && parts.iter().all(is_number)
}
