//! Tells people by mail: take one, send it, record how it ended. What was interrupted in between is never sent
//! again, since it cannot be known whether it was sent; a letter takes its place.

pub mod bounces;
mod message;
mod smtp;
mod told;

use lettre::Address;

pub(super) use self::message::Outgoing;
pub use self::message::typed_address;
pub(super) use self::smtp::SmtpOutcome;
pub use self::smtp::{Connection, Unavailable};
pub use self::told::{MailServer, TellingFigures, told};

use self::message::{Envelope, compose};
use crate::{Core, Fault, audit};
use config::Mail;
use domain::audit::{Actor, Event};
use domain::leak::{Effect, Progress};
use domain::outbox::{State, retry_after};
use i18n::Texts;
use i18n::notice::{Medium, Notice, Situation};
use kernel::clock::Timestamp;
use kernel::ids::{AccountId, NoticeId};
use store::account::accounts;
use store::leak::leaks;
use store::telling::outbox::{self, ClaimedMessage, Telling};
use store::{StoreFault, Tx};

/// Sends what is due, as far as the server takes it and the hour has room. Returns how many mails it took.
///
/// # Errors
/// The database does not answer. A mail server that does not is recorded, not an error.
pub async fn send_due(core: &Core, texts: &Texts) -> Result<u64, Fault> {
    let mail = &core.config.mail;
    settle_interrupted(core).await?;
    let Some(host) = &mail.host else { return Ok(0) };
    let mut sent = 0;
    let mut open: Option<Connection> = None;
    while is_ready(core, mail).await? {
        let mut connection = match open.take() {
            Some(connection) => connection,
            None => match Connection::open(host, mail).await {
                Ok(connection) => connection,
                Err(Unavailable(answer)) => {
                    leave_alone(core, &answer).await?;
                    break;
                }
            },
        };
        let Some(claimed) = claim(core, mail).await? else {
            open = Some(connection);
            break;
        };
        let ended = match prepare(core, texts, &claimed).await? {
            PreparedMessage::Mail(outgoing) => connection.deliver(&outgoing).await,
            PreparedMessage::Void(state, why) => {
                record(core, &claimed, state, why, core.now()).await?;
                open = Some(connection);
                continue;
            }
        };
        sent += u64::from(ended == SmtpOutcome::Accepted);
        settle(core, &claimed, ended).await?;
        open = Some(connection).filter(Connection::is_usable);
    }
    if let Some(connection) = open {
        connection.close().await;
    }
    Ok(sent)
}

async fn is_ready(core: &Core, mail: &Mail) -> Result<bool, StoreFault> {
    let mut tx = core.db.begin_read().await?;
    outbox::is_ready(&mut tx, mail.per_hour, core.now()).await
}

/// Called with an open dialogue only.
async fn claim(core: &Core, mail: &Mail) -> Result<Option<ClaimedMessage>, StoreFault> {
    let mut tx = core.db.begin().await?;
    outbox::forget_failures(&mut tx).await?;
    let notice = NoticeId::generate(&*core.entropy);
    let claimed = outbox::claim(&mut tx, notice, mail.per_hour, core.now()).await?;
    tx.commit().await?;
    Ok(claimed)
}

async fn settle_interrupted(core: &Core) -> Result<(), StoreFault> {
    let now = core.now();
    let mut tx = core.db.begin().await?;
    for telling in outbox::settle_interrupted(&mut tx, now.minus(smtp::LONGEST), now).await? {
        not_told(core, &mut tx, &telling, None, State::Uncertain).await?;
    }
    tx.commit().await
}

enum PreparedMessage {
    Mail(Box<Outgoing>),
    /// There is nothing to send, and why.
    Void(State, &'static str),
}

async fn prepare(core: &Core, texts: &Texts, claimed: &ClaimedMessage) -> Result<PreparedMessage, Fault> {
    let telling = &claimed.telling;
    let Some(lab) = core.config.lab(&telling.lab) else {
        return Ok(PreparedMessage::Void(
            State::GivenUp,
            "the laboratory is not configured",
        ));
    };
    let mut tx = core.db.begin_read().await?;
    let Some(subject) = outbox::lookup_subject(&mut tx, telling).await? else {
        return Ok(PreparedMessage::Void(State::GivenUp, "no account"));
    };
    if !subject.leak.is_in_effect() {
        return Ok(PreparedMessage::Void(State::Cancelled, "the leak is not in effect"));
    }
    let person = accounts::lookup_person(&mut tx, &core.sealer, &telling.lab, subject.account).await?;
    let address = person
        .as_ref()
        .and_then(|person| mail_address(person.email.as_deref()?));
    let (Some(person), Some(address)) = (person, address) else {
        return Ok(PreparedMessage::Void(State::GivenUp, "no usable address"));
    };
    drop(tx);
    let holder = format!("{} {}", person.given_name, person.family_name);
    let until = subject
        .effective_at
        .map(|at| at.plus(core.config.leak.rotation_within()));
    let notice = Notice {
        lab: &lab.name,
        holder: holder.trim(),
        situation: situation(subject.effect, subject.progress, until, core.now()),
        medium: Medium::Mail,
        address: &typed_address(lab),
        phone: lab.phone.as_deref(),
        contact: lab.data_protection_contact.as_deref(),
    };
    let outgoing = compose(
        &core.config.mail,
        lab,
        Envelope {
            id: claimed.notice,
            to: address,
            at: core.now(),
        },
        &notice,
        texts,
    )?;
    Ok(PreparedMessage::Mail(Box::new(outgoing)))
}

/// In bytes.
const LONGEST_ADDRESS: usize = 254;

/// An address as it is written to, which is the only question about one: with a domain of letters beyond ASCII as mail
/// servers know it (`xn--…`), and with a dot in it, as no patient's mailbox is on our own machines.
pub fn mail_address(text: &str) -> Option<Address> {
    let (user, domain) = text.trim().rsplit_once('@')?;
    let domain = idna::domain_to_ascii(domain)
        .ok()
        .filter(|domain| domain.contains('.'))?;
    let is_plain = user.chars().all(|c| !c.is_whitespace() && !c.is_control() && c != '"');
    let is_short = user.len() <= 64 && user.len() + 1 + domain.len() <= LONGEST_ADDRESS;
    Address::new(user, domain).ok().filter(|_| is_plain && is_short)
}

/// What is true at the moment of telling, which may be days after the list took effect. `until` is when the time to
/// choose a new password ends.
pub fn situation(effect: Effect, progress: Progress, until: Option<Timestamp>, now: Timestamp) -> Situation {
    match (effect, progress, until) {
        (Effect::Tell, ..) => Situation::Listed,
        (_, Progress::Rotated | Progress::ReEnrolled, _) => Situation::Changed,
        (Effect::Rotate, progress, Some(until)) if now < until && progress != Progress::Disabled => {
            Situation::Rotate { until }
        }
        _ => Situation::Disabled,
    }
}

async fn settle(core: &Core, claimed: &ClaimedMessage, ended: SmtpOutcome) -> Result<(), Fault> {
    let now = core.now();
    match ended {
        SmtpOutcome::Accepted => record(core, claimed, State::Sent, "250", now).await,
        SmtpOutcome::Refused(answer) => record(core, claimed, State::Bounced, &answer, now).await,
        SmtpOutcome::Uncertain(answer) => record(core, claimed, State::Uncertain, &answer, now).await,
        SmtpOutcome::Deferred(answer) => match retry_after(claimed.attempts) {
            Some(wait) => record(core, claimed, State::Due, &answer, now.plus(wait)).await,
            None => record(core, claimed, State::GivenUp, &answer, now).await,
        },
    }
}

async fn record(
    core: &Core,
    claimed: &ClaimedMessage,
    state: State,
    answer: &str,
    due_at: Timestamp,
) -> Result<(), Fault> {
    let mut tx = core.db.begin().await?;
    if outbox::record(&mut tx, claimed, state, answer, due_at, core.now()).await? {
        let Telling { leak, kind: what, .. } = claimed.telling;
        let account = outbox::lookup_subject(&mut tx, &claimed.telling)
            .await?
            .map(|subject| subject.account);
        if state == State::Sent {
            let event = Event::Told { leak, what };
            audit::record(core, &mut tx, &claimed.telling.lab, &Actor::Vestibule, account, event).await?;
        } else if state.has_failed() {
            not_told(core, &mut tx, &claimed.telling, account, state).await?;
        }
    }
    Ok(tx.commit().await?)
}

async fn not_told(
    core: &Core,
    tx: &mut Tx,
    telling: &Telling,
    account: Option<AccountId>,
    outcome: State,
) -> Result<(), StoreFault> {
    let event = Event::NotTold {
        leak: telling.leak,
        what: telling.kind,
        outcome,
    };
    audit::record(core, tx, &telling.lab, &Actor::Vestibule, account, event).await
}

/// The server cannot be reached or does not let us in: it is left alone for a while, longer each time, and after three
/// days everything that is due is given up, so that letters can be written.
async fn leave_alone(core: &Core, answer: &str) -> Result<(), Fault> {
    tracing::warn!(answer, "the mail server cannot be used");
    let now = core.now();
    let mut tx = core.db.begin().await?;
    let failures = outbox::count_failure(&mut tx, answer).await?;
    match retry_after(failures) {
        Some(wait) => outbox::keep_quiet(&mut tx, now.plus(wait)).await?,
        None => {
            for (lab, leak, mails) in outbox::give_up_due(&mut tx, now).await? {
                let event = Event::MailGivenUp { leak, mails };
                leaks::add_step(&mut tx, &lab, leak, event.kind(), &Actor::Vestibule.label(), now).await?;
                audit::record(core, &mut tx, &lab, &Actor::Vestibule, None, event).await?;
            }
            outbox::forget_failures(&mut tx).await?;
        }
    }
    Ok(tx.commit().await?)
}
