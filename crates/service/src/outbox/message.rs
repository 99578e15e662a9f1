//! A mail as it leaves: French, then English, as plain text and as simple HTML.

use std::time::SystemTime;

use askama::Template;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};

use crate::Fault;
use config::{Lab, Mail};
use i18n::{Language, Notice, Texts, Zone};
use kernel::clock::Timestamp;
use kernel::ids::NoticeId;

/// A mail with its sender and recipient.
#[derive(Debug)]
pub(crate) struct Outgoing {
    pub from: Address,
    pub to: Address,
    pub bytes: Vec<u8>,
}

#[derive(Template)]
#[template(path = "mail.html")]
struct Html<'a> {
    subject: &'a str,
    parts: &'a [(Language, Vec<String>)],
}

/// Of the portal, as a person types it.
pub fn typed_address(lab: &Lab) -> String {
    lab.portal_origin().trim_start_matches("https://").to_owned()
}

/// The return address for a mail that cannot be delivered: one of its own for each mail, if bounces are read.
fn envelope_sender(mail: &Mail, from: &Address, notice: NoticeId) -> Option<Address> {
    if mail.bounces.is_none() {
        return Some(from.clone());
    }
    let base = mail.bounce_address.as_ref().unwrap_or(from);
    Address::new(format!("{}+{notice}", base.user()), base.domain()).ok()
}

/// What tells one mail from another.
pub(super) struct Envelope {
    pub id: NoticeId,
    pub to: Address,
    pub at: Timestamp,
}

pub(super) fn compose(
    mail: &Mail,
    lab: &Lab,
    envelope: Envelope,
    notice: &Notice<'_>,
    texts: &Texts,
) -> Result<Outgoing, Fault> {
    let Envelope { id, to, at } = envelope;
    let unfit = |_| Fault::Broken("a mail could not be written");
    let from = lab.mail_from.as_ref().or(mail.from.as_ref());
    let from = from.ok_or(Fault::Broken("[mail] from is missing"))?;
    let zone = Zone::named(&lab.time_zone).map_err(|_| Fault::Broken("[[lab]] time_zone is not known"))?;
    let subject = Language::ALL
        .map(|language| texts.get(language, "notice-subject"))
        .join(" / ");
    let parts = Language::ALL.map(|language| (language, notice.paragraphs(texts, language, &zone)));
    let plain = parts
        .each_ref()
        .map(|(_, paragraphs)| paragraphs.join("\n\n"))
        .join("\n\n* * *\n\n");
    let html = Html {
        subject: &subject,
        parts: &parts,
    };
    let html = html
        .render()
        .map_err(|_| Fault::Broken("a mail could not be written"))?;
    let message = Message::builder()
        .message_id(Some(format!("<{id}@{}>", from.domain())))
        .date(SystemTime::UNIX_EPOCH + at.since(Timestamp::from_seconds(0)))
        .from(Mailbox::new(Some(lab.name.clone()), from.clone()))
        .to(Mailbox::new(None, to.clone()))
        .subject(subject)
        // So that no holiday answer comes back to it.
        .raw_header(HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        ))
        .multipart(
            MultiPart::alternative()
                .boundary(format!("=_{id}"))
                .singlepart(SinglePart::plain(plain))
                .singlepart(SinglePart::html(html)),
        )
        .map_err(unfit)?;
    let from = envelope_sender(mail, from, id).ok_or(Fault::Broken("[mail] bounce_address is too long"))?;
    Ok(Outgoing {
        from,
        to,
        bytes: message.formatted(),
    })
}
