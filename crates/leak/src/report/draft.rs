//! The notification of article 33 in two phases, and the facts of the sector's report. What Vestibule does not know is
//! marked and never invented.

use askama::Template;

use super::figures::{Figure, find};
use super::{Pen, TO_NOTIFY};
use crate::campaign::{Overview, Reading};
use config::Lab;
use domain::leak::Leak;
use i18n::Language;
use service::Core;

struct Rows {
    read: String,
    clear: String,
    /// None: there are none.
    digests: Option<String>,
    bad: String,
    unread: usize,
    seeds: bool,
}

impl Rows {
    fn of(pen: &Pen<'_>, reading: &Reading) -> Self {
        let (census, understood) = (&reading.census, &reading.understood);
        let read = [understood.identifier_column, understood.password_column];
        Self {
            read: pen.number(census.rows),
            clear: pen.number(census.with_password.saturating_sub(census.hashed_passwords)),
            digests: (census.hashed_passwords > 0).then(|| pen.number(census.hashed_passwords)),
            bad: pen.number(census.bad_rows()),
            unread: understood.columns.saturating_sub(read.iter().flatten().count()),
            seeds: !understood.seed_columns.is_empty(),
        }
    }
}

/// Two templates, one set of facts: neither language can know more than the other.
macro_rules! notification {
    ($($name:ident $path:literal)+) => {$(
        #[derive(Template)]
        #[template(path = $path, escape = "none", whitespace = "preserve")]
        struct $name<'a> {
            now: &'a str,
            leak: i64,
            lab: &'a str,
            controller: Option<&'a str>,
            contact: Option<&'a str>,
            phone: Option<&'a str>,
            aware: &'a str,
            deadline: &'a str,
            late: bool,
            source: &'a str,
            rows: Option<&'a Rows>,
            with_password: bool,
            found: &'a str,
            verified: bool,
            confirmed: &'a str,
            effective: Option<&'a str>,
            to_rotate: &'a str,
            to_disable: &'a str,
            rotation_hours: u32,
            freeze_days: u32,
            told: &'a str,
            not_told: &'a str,
            letters: &'a str,
            figures: &'a [Figure],
        }
    )+};
}

notification!(French "notification_fr.txt" English "notification_en.txt");

pub(super) fn of(
    pen: &Pen<'_>,
    core: &Core,
    lab: &Lab,
    leak: &Leak,
    overview: &Overview,
    figures: &[Figure],
) -> Result<String, askama::Error> {
    let shown = |name| {
        find(figures, name)
            .map(|figure| figure.shown.as_str())
            .unwrap_or_default()
    };
    let deadline = leak.aware_at.plus(TO_NOTIFY);
    let (now, aware) = (pen.moment(pen.now), pen.moment(leak.aware_at));
    let until = pen.moment(deadline);
    let effective = leak
        .effective_at
        .filter(|_| leak.state.is_in_effect())
        .map(|at| pen.moment(at));
    let rows = overview.reading.as_ref().map(|reading| Rows::of(pen, reading));
    let with_password = overview
        .reading
        .as_ref()
        .is_some_and(|reading| reading.census.with_password > 0);
    macro_rules! filled {
        ($name:ident) => {
            $name {
                now: &now,
                leak: leak.id.number(),
                lab: &lab.name,
                controller: lab.controller.as_deref(),
                contact: lab.data_protection_contact.as_deref(),
                phone: lab.phone.as_deref(),
                aware: &aware,
                deadline: &until,
                late: pen.now >= deadline,
                source: &leak.source,
                rows: rows.as_ref(),
                with_password,
                found: shown("found"),
                verified: leak.verified_at.is_some(),
                confirmed: shown("confirmed"),
                effective: effective.as_deref(),
                to_rotate: shown("to-rotate"),
                to_disable: shown("to-disable"),
                rotation_hours: core.config.leak.rotation_hours,
                freeze_days: core.config.leak.contact_freeze_days,
                told: shown("told"),
                not_told: shown("not-told"),
                letters: shown("letters"),
                figures,
            }
            .render()
        };
    }
    match pen.language {
        Language::Fr => filled!(French),
        Language::En => filled!(English),
    }
}
