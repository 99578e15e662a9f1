//! An alert as a mail to the lab's own people: French, then English, as plain text without a link.

use std::time::SystemTime;

use lettre::message::Mailbox;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::{Address, Message};

use super::recipient;
use super::telling::{Outcome, Telling};
use crate::Core;
use crate::outbox::{Connection, Outgoing, SmtpOutcome, Unavailable, typed_address};
use config::{Lab, Mail};
use i18n::{AlertNotice, Language, Texts, Zone};
use kernel::clock::Timestamp;

pub(super) async fn send(core: &Core, texts: &Texts, telling: &Telling<'_>) -> Outcome {
    let mail = &core.config.mail;
    let (Some(host), Some((lab, to))) = (&mail.host, recipient(core, &telling.message.lab)) else {
        return Outcome::Failed("no mail server or no address is configured any more".to_owned());
    };
    let outgoing = match compose(mail, lab, to, telling, texts, core.now()) {
        Ok(outgoing) => outgoing,
        Err(why) => return Outcome::Failed(why.to_owned()),
    };
    let mut connection = match Connection::open(host, mail).await {
        Ok(connection) => connection,
        Err(Unavailable(answer)) => return Outcome::Unreachable(answer),
    };
    let ended = connection.deliver(&outgoing).await;
    connection.close().await;
    match ended {
        SmtpOutcome::Accepted => Outcome::Delivered,
        SmtpOutcome::Refused(answer) | SmtpOutcome::Deferred(answer) | SmtpOutcome::Uncertain(answer) => {
            Outcome::Failed(answer)
        }
    }
}

fn compose(
    mail: &Mail,
    lab: &Lab,
    to: Address,
    telling: &Telling<'_>,
    texts: &Texts,
    now: Timestamp,
) -> Result<Outgoing, &'static str> {
    let from = lab
        .mail_from
        .as_ref()
        .or(mail.from.as_ref())
        .ok_or("[mail] from is missing")?;
    let zone = Zone::named(&lab.time_zone).map_err(|_| "[[lab]] time_zone is not known")?;
    let (alert, id) = (telling.alert, telling.message.id);
    let notice = AlertNotice {
        kind: alert.kind.as_str(),
        about: telling.message.about.as_str(),
        subject: &alert.subject,
        figure: alert.figure,
        times: alert.times,
        first_at: alert.first_at,
        last_at: alert.last_at,
        owner: alert.owner.as_deref(),
        lab: &lab.name,
        address: &format!("{}/desk", typed_address(lab)),
    };
    let subject = Language::ALL
        .map(|language| notice.subject(texts, language))
        .join(" / ");
    let parts = Language::ALL.map(|language| notice.paragraphs(texts, language, &zone).join("\n\n"));
    let message = Message::builder()
        .message_id(Some(format!("<{id}@{}>", from.domain())))
        .date(SystemTime::UNIX_EPOCH + now.since(Timestamp::from_seconds(0)))
        .from(Mailbox::new(Some(lab.name.clone()), from.clone()))
        .to(Mailbox::new(None, to.clone()))
        .subject(subject)
        .raw_header(HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        ))
        .header(ContentType::TEXT_PLAIN)
        .body(parts.join("\n\n* * *\n\n"))
        .map_err(|_| "a mail could not be written")?;
    Ok(Outgoing {
        from: from.clone(),
        to,
        bytes: message.formatted(),
    })
}
