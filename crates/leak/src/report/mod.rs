//! What has happened, in figures and in words: for the laboratory, for the authority, for the sector's report (R-47 to
//! Nothing in it names a person; the list of people is apart.

mod chart;
mod draft;
mod figures;
mod page;
pub mod people;
mod timeline;

use std::time::Duration;

use serde::Serialize;

use crate::campaign::{self, LeakError, Overview};
use domain::leak::LeakId;
use i18n::{Language, Texts, Zone};
use kernel::clock::Timestamp;
use kernel::ids::LabId;
use service::outbox::{self, MailServer};
use service::{Core, Fault};
use store::leak::leaks;

pub use figures::Figure;
pub use page::page;
pub use timeline::Entry;

/// GDPR, article 33: from awareness to the notification.
const TO_NOTIFY: Duration = Duration::from_secs(72 * 3600);

#[derive(Debug, Serialize)]
pub struct Report {
    pub language: &'static str,
    pub title: String,
    pub clock: Clock,
    /// What prevents people from being told.
    pub remarks: Vec<String>,
    pub figures: Vec<Figure>,
    pub timeline: Vec<Entry>,
    /// SVG to be put into a page: title, description, and no style of its own.
    pub chart: String,
    /// The notification of article 33, its supplement and the sector's report, as text.
    pub draft: String,
    pub leak: Overview,
}

/// The 72 hours.
#[derive(Debug, Serialize)]
pub struct Clock {
    pub aware_at: String,
    pub deadline: String,
    pub is_over: bool,
    pub seconds_left: u64,
    pub text: String,
}

/// What the parts are written with.
struct Pen<'a> {
    texts: &'a Texts,
    language: Language,
    zone: Zone,
    now: Timestamp,
}

impl Pen<'_> {
    fn say(&self, key: &str) -> String {
        self.texts.get(self.language, key).into_owned()
    }

    fn moment(&self, at: Timestamp) -> String {
        self.texts.moment(self.language, &self.zone, at)
    }

    /// « 491 840 », "491,840".
    fn number(&self, number: u64) -> String {
        let separator = match self.language {
            Language::Fr => '\u{202f}',
            Language::En => ',',
        };
        let digits = number.to_string();
        let mut out = String::new();
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                out.push(separator);
            }
            out.push(digit);
        }
        out
    }
}

/// # Errors
/// This lab has no such leak, or the database does not answer.
pub async fn build(core: &Core, lab: &LabId, id: LeakId, language: Language) -> Result<Report, LeakError> {
    let lab = core.config.lab(lab).ok_or(LeakError::UnknownLab)?;
    let overview = campaign::overview(core, &lab.id, id)
        .await?
        .ok_or(LeakError::UnknownLeak)?;
    let mut tx = core.db.begin_read().await?;
    let leak = leaks::lookup(&mut tx, &lab.id, id)
        .await?
        .ok_or(LeakError::UnknownLeak)?;
    let steps = leaks::find_steps(&mut tx, &lab.id, id).await?;
    tx.commit().await?;
    let told = outbox::told(core, &lab.id, id).await?;
    let texts = Texts::load().map_err(|_| Fault::Broken("the texts cannot be read"))?;
    let pen = Pen {
        texts: &texts,
        language,
        zone: Zone::named(&lab.time_zone).map_err(|_| Fault::Broken("[[lab]] time_zone is not known"))?,
        now: core.now(),
    };
    let figures = figures::of(&pen, &overview, &told);
    let number = id.to_string();
    Ok(Report {
        language: language.code(),
        title: texts.with(language, "report-title", &[("leak", number.as_str().into())]),
        clock: clock(&pen, leak.aware_at),
        remarks: remarks(&pen, &told.server),
        timeline: timeline::of(&pen, &leak, &steps, &told),
        chart: chart::of(&pen, &figures).map_err(unwritten)?,
        draft: draft::of(&pen, core, lab, &leak, &overview, &figures).map_err(unwritten)?,
        figures,
        leak: overview,
    })
}

fn remarks(pen: &Pen<'_>, server: &MailServer) -> Vec<String> {
    match server {
        MailServer::Fine => Vec::new(),
        MailServer::None => vec![pen.say("report-no-mail")],
        MailServer::Trouble(answer) => {
            vec![
                pen.texts
                    .with(pen.language, "report-mail-trouble", &[("answer", answer.into())]),
            ]
        }
    }
}

fn unwritten(_: askama::Error) -> Fault {
    Fault::Broken("the report could not be written")
}

fn clock(pen: &Pen<'_>, aware_at: Timestamp) -> Clock {
    let deadline = aware_at.plus(TO_NOTIFY);
    let left = deadline.since(pen.now).as_secs();
    let (aware, until) = (pen.moment(aware_at), pen.moment(deadline));
    let mut args = vec![("aware", aware.as_str().into()), ("deadline", until.as_str().into())];
    // Rounded down: no one should count on an hour that is not there.
    let (unit, count) = match left / 3600 {
        0 => ("wait-minutes", left / 60),
        hours => ("wait-hours", hours),
    };
    let shown = pen.texts.with(pen.language, unit, &[("count", count.into())]);
    let is_over = pen.now >= deadline;
    let key = if is_over {
        "report-clock-over"
    } else {
        args.push(("left", shown.as_str().into()));
        "report-clock"
    };
    Clock {
        aware_at: aware_at.to_string(),
        deadline: deadline.to_string(),
        is_over,
        seconds_left: left,
        text: pen.texts.with(pen.language, key, &args),
    }
}
