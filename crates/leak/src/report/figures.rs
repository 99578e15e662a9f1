//! The report's figures: the table, the chart and the drafts take theirs from here.

use serde::Serialize;

use super::Pen;
use crate::campaign::Overview;
use service::outbox::TellingFigures;

#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    pub name: &'static str,
    pub label: String,
    pub count: u64,
    /// With separators, in the report's language.
    #[serde(skip)]
    pub shown: String,
}

pub(super) fn of(pen: &Pen<'_>, overview: &Overview, told: &TellingFigures) -> Vec<Figure> {
    let plain = |count: i64| u64::try_from(count).unwrap_or(0);
    let census = overview.reading.as_ref().map(|reading| &reading.census);
    let accounts = &overview.accounts;
    let found = plain(accounts.found);
    let mut all = vec![
        ("figure-rows", census.map_or(0, |census| census.rows)),
        ("figure-bad-rows", census.map_or(0, |census| census.bad_rows())),
        ("figure-found", found),
        ("figure-to-rotate", plain(accounts.to_rotate)),
        ("figure-to-disable", plain(accounts.to_disable)),
        ("figure-to-tell", plain(accounts.to_tell)),
        ("figure-told", told.people),
        ("figure-not-told", found.saturating_sub(told.people)),
        ("figure-mailed", told.mails_sent),
        ("figure-due", told.mails_due),
        ("figure-bounced", told.mails_failed),
        ("figure-letters", told.letters),
        ("figure-rotation-required", plain(accounts.rotation_required)),
        ("figure-rotated", plain(accounts.rotated)),
        ("figure-re-enrolled", plain(accounts.re_enrolled)),
        ("figure-disabled", plain(accounts.disabled)),
    ];
    if overview.verified_at.is_some() {
        all.push(("figure-confirmed", plain(accounts.confirmed)));
        all.push(("figure-listed-only", plain(accounts.listed_only)));
    }
    let figure = |(key, count): (&'static str, u64)| Figure {
        name: key.trim_start_matches("figure-"),
        label: pen.say(key),
        count,
        shown: pen.number(count),
    };
    all.into_iter().map(figure).collect()
}

/// `None` if there is no such figure.
pub(super) fn find<'f>(figures: &'f [Figure], name: &str) -> Option<&'f Figure> {
    figures.iter().find(|figure| figure.name == name)
}
