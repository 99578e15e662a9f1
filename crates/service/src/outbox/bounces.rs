//! Mails that came back, read from the Maildir that the configuration names. Each was sent under an address of its own,
//! so that the report needs to be believed about one thing only: that it is final.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use mail_parser::{Address, HeaderValue, Message, MessageParser, MimeHeaders};

use super::{not_told, smtp};
use crate::{Core, Fault};
use domain::outbox::State;
use kernel::ids::NoticeId;
use store::telling::outbox;

/// A report quotes the mail at most; what is longer is not a report.
const LARGEST: u64 = 1 << 20;
/// Read in one go; the rest waits for the next.
const AT_ONCE: usize = 500;

/// A mail that will not arrive.
#[derive(Debug, PartialEq, Eq)]
struct Bounce {
    notice: NoticeId,
    /// `5.1.1`
    status: String,
}

/// Reads what is new, records what came back, and marks all of it as seen. Returns how many mails came back.
///
/// # Errors
/// The database does not answer. A folder that cannot be read is logged: the mails themselves are not concerned.
pub async fn read_bounces(core: &Core) -> Result<u64, Fault> {
    let Some(folder) = &core.config.mail.bounces else {
        return Ok(0);
    };
    let new = match listed(&folder.join("new")) {
        Ok(new) => new,
        Err(error) => {
            tracing::warn!(folder = %folder.display(), %error, "mails that came back cannot be read");
            return Ok(0);
        }
    };
    let mut bounced = 0;
    for path in new {
        let bytes = match read(&path) {
            Ok(bytes) => bytes,
            // Another server was faster.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => {
                tracing::warn!(file = %path.display(), %error, "a mail that came back cannot be read");
                continue;
            }
        };
        if let Some(bounce) = MessageParser::default().parse(&bytes).as_ref().and_then(understand) {
            bounced += u64::from(record(core, &bounce).await?);
        }
        mark_seen(folder, &path);
    }
    Ok(bounced)
}

fn listed(folder: &Path) -> io::Result<Vec<PathBuf>> {
    fs::read_dir(folder)?
        .take(AT_ONCE)
        .map(|entry| Ok(entry?.path()))
        .collect()
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(LARGEST).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// As mail programs do it: out of `new`, into `cur`, with the flag S.
fn mark_seen(folder: &Path, path: &Path) {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
        return;
    };
    let seen = folder
        .join("cur")
        .join(format!("{}:2,S", name.split(':').next().unwrap_or(name)));
    if let Err(error) = fs::rename(path, &seen) {
        tracing::warn!(file = %path.display(), %error, "a mail that was read cannot be marked as seen");
    }
}

async fn record(core: &Core, bounce: &Bounce) -> Result<bool, Fault> {
    let mut tx = core.db.begin().await?;
    let found = outbox::record_bounce(&mut tx, bounce.notice, &bounce.status, core.now()).await?;
    if let Some(telling) = &found {
        let subject = outbox::lookup_subject(&mut tx, telling).await?;
        let account = subject.map(|subject| subject.account);
        not_told(core, &mut tx, telling, account, State::Bounced).await?;
    }
    tx.commit().await?;
    Ok(found.is_some())
}

/// None: no report, or one of a mail that is only late.
fn understand(message: &Message<'_>) -> Option<Bounce> {
    let report = message.parts.iter().find(|part| {
        let kind = part.content_type();
        kind.is_some_and(|kind| kind.ctype() == "message" && kind.subtype().is_some_and(is_status))
    })?;
    Some(Bounce {
        notice: addressed(message)?,
        status: final_status(report.contents())?,
    })
}

/// The report for machines, of RFC 3464 or, for addresses beyond ASCII, of RFC 6533.
fn is_status(subtype: &str) -> bool {
    ["delivery-status", "global-delivery-status"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(subtype))
}

/// Reads the fields of RFC 3464: one block for the message and one for each recipient.
fn final_status(report: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(report).replace("\r\n", "\n");
    text.split("\n\n").find_map(|block| {
        let fields = MessageParser::default().parse_headers(block.as_bytes())?;
        let field = |name| fields.header(name).and_then(HeaderValue::as_text).map(str::trim);
        // Some servers add a comment: failed (mailbox full).
        let action = field("Action")?.split(['(', ';']).next().unwrap_or_default().trim();
        if !action.eq_ignore_ascii_case("failed") {
            return None;
        }
        let status = field("Status").and_then(|status| status.split_whitespace().next());
        let status = status.filter(|status| smtp::is_enhanced(status));
        Some(status.unwrap_or_default().to_owned())
    })
}

/// The name behind the `+`, wherever the server that delivered the report wrote down for whom it was.
fn addressed(message: &Message<'_>) -> Option<NoticeId> {
    let stamps = ["Delivered-To", "X-Original-To", "Envelope-To"];
    let stamped = stamps.into_iter().filter_map(|name| message.header(name)?.as_text());
    let to = message.to().into_iter().flat_map(Address::iter);
    stamped
        .chain(to.filter_map(|address| address.address()))
        .find_map(|text| {
            let user = text.split('@').next()?;
            let name = user.rsplit('+').next()?;
            name.to_ascii_lowercase().parse().ok()
        })
}
