//! A leak in words, for a terminal.

use domain::leak::LeakState;
use leak::campaign::{EffectStatus, Identifiers, Overview, Reading, Shape, Warning};
use leak::dump::Census;
use service::outbox::{MailServer, TellingFigures};

pub(super) fn overview(of: &Overview, told: &TellingFigures, applied: Option<EffectStatus>) -> String {
    let mut lines = vec![format!("Leak {} of {}: {}", of.leak, of.lab, state(of, applied))];
    if let Some(reading) = &of.reading {
        lines.extend(list(reading));
    }
    let accounts = &of.accounts;
    lines.push(format!(
        "  accounts   {} found, of {} that the lab has",
        accounts.found, accounts.of_lab
    ));
    lines.push(format!(
        "             {} with a second factor: must choose a new password at the next sign-in",
        accounts.to_rotate
    ));
    lines.push(format!(
        "             {} without one: the old password no longer works, a lab code is needed",
        accounts.to_disable
    ));
    lines.push(format!(
        "             {} listed without a password: told, nothing to change",
        accounts.to_tell
    ));
    if of.state.is_in_effect() {
        lines.push(format!(
            "  progress   {} still to rotate, {} rotated, {} disabled, {} enrolled again",
            accounts.rotation_required, accounts.rotated, accounts.disabled, accounts.re_enrolled
        ));
        lines.push(people(told));
    } else if of.reading.is_some() {
        lines.push(format!("  sessions   {} would end", of.sessions));
    }
    if accounts.confirmed + accounts.listed_only > 0 {
        lines.push(format!(
            "  verified   {} confirmed, {} listed only",
            accounts.confirmed, accounts.listed_only
        ));
    }
    lines.extend(
        of.warnings
            .iter()
            .map(|warning| format!("  warning    {}", said(*warning))),
    );
    lines.push(next(of));
    lines.join("\n")
}

fn people(told: &TellingFigures) -> String {
    let mut text = format!(
        "  told       {} people; mails: {} sent, {} waiting, {} that did not arrive or may not have; {} letters",
        told.people, told.mails_sent, told.mails_due, told.mails_failed, told.letters
    );
    match &told.server {
        MailServer::Fine => {}
        MailServer::None => {
            text.push_str("\n  mail       no server is configured ([mail] host): people are told by letter only")
        }
        MailServer::Trouble(answer) => text.push_str(&format!("\n  mail       the server accepts none: {answer}")),
    }
    text
}

fn state(of: &Overview, applied: Option<EffectStatus>) -> String {
    match (of.state, applied) {
        (LeakState::Drafted, _) => "a dry run; nothing has happened yet".to_owned(),
        (LeakState::Awaiting, _) => {
            let who = of.requested_by.as_deref().unwrap_or("someone");
            format!("{who} asked to apply it; it waits for a second operator, and nothing has happened yet")
        }
        (LeakState::Applied | LeakState::Closed, _) => {
            let since = of.effective_at.as_deref().unwrap_or_default();
            let until = of.rotate_until.as_deref().unwrap_or_default();
            format!(
                "{}, in effect since {since}; passwords not changed by {until} are disabled",
                of.state.as_str()
            )
        }
        (state, _) => state.as_str().to_owned(),
    }
}

fn list(reading: &Reading) -> Vec<String> {
    let (census, understood) = (&reading.census, &reading.understood);
    let column = |at: Option<usize>| at.map_or_else(|| "none".to_owned(), |at| format!("column {at}"));
    let mut lines = vec![
        format!("  list       {}, {}", understood.format, understood.encoding),
        format!(
            "             identifier: {}, password: {}; left unread: {}",
            column(understood.identifier_column),
            column(understood.password_column),
            other_columns(reading)
        ),
        format!(
            "  rows       {} read, {} of them with a password{}; {} could not be read",
            census.rows,
            census.with_password,
            digests(census),
            census.bad_rows()
        ),
    ];
    if !census.changes.is_empty() {
        let places: Vec<String> = census.changes.iter().map(|change| change.line.to_string()).collect();
        lines.push(format!("             its shape changes in lines {}", places.join(", ")));
    }
    lines.extend(reading.identifiers.as_ref().map(identifiers).unwrap_or_default());
    for bad in &census.bad {
        let places: Vec<String> = bad.lines.iter().map(u64::to_string).collect();
        let more = if bad.count > bad.lines.len() as u64 { "…" } else { "" };
        lines.push(format!(
            "             {} × {} (lines {}{more})",
            bad.count,
            bad.reason,
            places.join(", ")
        ));
    }
    lines
}

fn identifiers(of: &Identifiers) -> Vec<String> {
    let mut lines = vec![format!(
        "  people     {} different identifiers: {} found, {} found in another form, {} not found",
        of.distinct, of.found, of.folded, of.not_found
    )];
    for unmatched in &of.unmatched {
        let shape = match unmatched.shape {
            Shape::Email => "e-mail addresses",
            Shape::Number => "numbers",
            Shape::Code => "codes of letters and digits",
            Shape::Other => "other texts",
        };
        let (first, last) = (unmatched.first_line, unmatched.last_line);
        let place = if first == last {
            format!("line {first}")
        } else {
            format!("lines {first} to {last}")
        };
        lines.push(format!(
            "             {} of {} are {shape} of no account ({place})",
            unmatched.count, of.distinct
        ));
    }
    lines
}

fn digests(census: &Census) -> String {
    match census.hashed_passwords {
        0 => String::new(),
        all if all == census.with_password => ", as digests all of them".to_owned(),
        some => format!(" ({some} as digests)"),
    }
}

fn other_columns(reading: &Reading) -> usize {
    let understood = &reading.understood;
    let used = [understood.identifier_column, understood.password_column];
    understood.columns.saturating_sub(used.iter().flatten().count())
}

const fn said(warning: Warning) -> &'static str {
    match warning {
        Warning::NothingFound => {
            "no account of this lab is on the list: is it another lab's, or is the identifier in another column (--map)?"
        }
        Warning::FewFound => "fewer than a tenth of the rows are accounts of this lab",
        Warning::PartNotFound => {
            "many of its identifiers are nobody's here (see above): is it another lab's list, or are they in another column (--map)? \
             --apply wants --accept-unmatched with their number"
        }
        Warning::NearlyEverybody => {
            "nearly every account of the lab is on the list: check where it comes from, a made-up list would lock everyone out"
        }
        Warning::ManyBadRows => "more than one row in fifty could not be read: look at the lines named above",
        Warning::NoPasswords => "no clear password was read: no one would have to choose a new one (--map password=…)",
        Warning::DamagedFile => "the file is damaged: what follows the damage was not read",
        Warning::Seeds => "the list contains one-time-code seeds: hand new lab codes to these people",
        Warning::Canaries => "the list contains canaries: it was exported from this lab",
    }
}

fn next(of: &Overview) -> String {
    let id = of.leak;
    match of.state {
        LeakState::Reading | LeakState::Suspected => {
            format!("Next: vestibule leak import FILE --lab {} --source …", of.lab)
        }
        LeakState::Drafted => {
            format!("Next: the same command with --apply instead of --dry-run. Or: vestibule leak undo {id}")
        }
        LeakState::Awaiting => format!("Next: vestibule leak approve {id} --as OPERATOR. Or: vestibule leak undo {id}"),
        LeakState::Applied => {
            format!(
                "Next: vestibule leak report {id}, vestibule leak letters {id}. If it was a mistake: vestibule leak undo {id}"
            )
        }
        LeakState::Closed | LeakState::Undone => "Nothing is left to do.".to_owned(),
    }
}
