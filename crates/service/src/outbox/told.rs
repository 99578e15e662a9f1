//! How far telling people has come.

use serde::Serialize;

use crate::Core;
use domain::leak::LeakId;
use domain::outbox::State;
use kernel::clock::Timestamp;
use kernel::ids::LabId;
use store::StoreFault;
use store::telling::outbox;

#[derive(Clone, Debug, Serialize)]
pub struct TellingFigures {
    /// Each once, by mail or by letter.
    pub people: u64,
    pub mails_sent: u64,
    pub mails_due: u64,
    /// Refused, come back, given up, or uncertain.
    pub mails_failed: u64,
    pub letters: u64,
    pub server: MailServer,
    #[serde(skip)]
    pub first_mail: Option<Timestamp>,
    #[serde(skip)]
    pub last_mail: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MailServer {
    /// None is named: only letters tell people.
    None,
    Fine,
    /// Its objection when it was last asked.
    Trouble(String),
}

pub async fn told(core: &Core, lab: &LabId, leak: LeakId) -> Result<TellingFigures, StoreFault> {
    let mut tx = core.db.begin_read().await?;
    let counts = outbox::count(&mut tx, lab, leak).await?;
    let reached = outbox::lookup_reached(&mut tx, lab, leak).await?;
    let (failures, answer) = outbox::lookup_server(&mut tx).await?;
    tx.commit().await?;
    let count = |wanted: fn(State) -> bool| {
        let matching = counts.iter().filter(|(_, state, _)| wanted(*state));
        matching.map(|(.., count)| count).sum()
    };
    Ok(TellingFigures {
        people: reached.people,
        mails_sent: count(|state| state == State::Sent),
        mails_due: count(|state| matches!(state, State::Due | State::Sending)),
        mails_failed: count(State::has_failed),
        letters: count(|state| state == State::Written),
        server: match &core.config.mail.host {
            None => MailServer::None,
            Some(_) if failures > 0 => MailServer::Trouble(answer.unwrap_or_default()),
            Some(_) => MailServer::Fine,
        },
        first_mail: reached.first_mail,
        last_mail: reached.last_mail,
    })
}
