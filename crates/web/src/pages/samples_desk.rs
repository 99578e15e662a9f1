//! The desk's pages, and what operators see of those they share with patients.

use super::*;
use crate::pages::desk::{
    AlertError, AlertPage, AlertsPage, DeskHome, LeakAlert, LeakLine, LeakPage, LeaksPage, NewLeakError, NewLeakPage,
    ReportPage, Work,
};
use domain::alert::MessageStatus;
use domain::alert::{About, Alert as Raised, Channel, Delivery, Kind};
use domain::leak::Leak;
use domain::leak::{LeakId, LeakState};
use domain::operator::Role;
use domain::siege::{Counts, Siege};
use kernel::ids::{AlertId, LabId};
use leak::campaign::{Identifiers, Interpretation, Overview, Reading, Shape, Unmatched, Warning};
use leak::dump::Census;
use leak::report::{Clock, Entry, Figure, Report};
use service::siege::CurrentSiege;

/// A quarter of an hour, four hours.
const STAY: Stay = Stay {
    now: SIGNED_IN,
    ends_at: Timestamp::from_seconds(1_795_462_200),
    ends_at_latest: Timestamp::from_seconds(1_795_475_700),
};

const SIEGE: CurrentSiege = CurrentSiege {
    siege: Siege {
        began: SIGNED_IN,
        limit: 100,
        seen: COUNTS,
    },
    recent: COUNTS,
};
const COUNTS: Counts = Counts {
    failures: 107,
    turned_away: 85_114,
    successes: 31,
};

pub(super) fn all(pages: &mut Pages, plain: Chrome<'_>, words: Words<'_>) {
    let outside = Chrome { door: &DESK, ..plain };
    let inside = Chrome {
        signed_in: true,
        ..outside
    };
    shared(pages, outside, words);
    for (name, role) in [("desk-home", Role::Desk), ("desk-home-security", Role::Security)] {
        let page = DeskHome {
            chrome: inside,
            stay: STAY,
            holder: words.name,
            role,
            is_limited: false,
            siege: (role == Role::Security).then_some(SIEGE),
            staff_siege: (role == Role::Security).then_some(SIEGE),
            stayed: role == Role::Security,
            open_alerts: u64::from(role == Role::Security) * 2,
        };
        put(pages, name, &page);
    }
    let limited = DeskHome {
        chrome: inside,
        stay: STAY,
        holder: words.name,
        role: Role::Desk,
        is_limited: true,
        siege: None,
        staff_siege: None,
        open_alerts: 0,
        stayed: false,
    };
    put(pages, "desk-home-limited", &limited);
    alerts(pages, inside, words);
    leaks(pages, inside, words);
    new_leaks(pages, inside, words);
    leak_pages(pages, inside, words);
    report(pages, inside, words);
}

fn raised(kind: Kind, words: Words<'_>) -> Raised {
    Raised {
        id: AlertId::from_bytes([7; 16]),
        lab: "port".parse().unwrap_or_else(|_| LabId::operators()),
        kind,
        subject: words.typed.to_owned(),
        figure: 120,
        times: 7,
        first_at: SIGNED_IN,
        last_at: SIGNED_IN,
        told_at: None,
        cause_told_at: None,
        reminded_at: None,
        owner: None,
        owned_at: None,
        closed_at: None,
        note: None,
    }
}

fn alerts(pages: &mut Pages, chrome: Chrome<'_>, words: Words<'_>) {
    let stay = STAY;
    let all: Vec<Raised> = Kind::ALL.iter().map(|kind| raised(*kind, words)).collect();
    for (name, alerts, may_act) in [("alerts", all.as_slice(), true), ("alerts-none", &[], false)] {
        let page = AlertsPage {
            chrome,
            stay,
            alerts,
            may_act,
        };
        put(pages, name, &page);
    }
    let standing = |channel, state| MessageStatus {
        channel,
        about: About::Raised,
        state,
        at: SIGNED_IN,
    };
    let ways = Channel::ALL
        .iter()
        .zip([Delivery::Sent, Delivery::Due, Delivery::GivenUp]);
    let told: Vec<MessageStatus> = ways.map(|(channel, state)| standing(*channel, state)).collect();
    for alert in &all {
        let page = AlertPage {
            chrome,
            stay,
            alert,
            told: &told,
            error: None,
        };
        put(pages, &format!("alert-{}", alert.kind.as_str()), &page);
    }
    let owned = Raised {
        owner: Some(words.typed.to_owned()),
        owned_at: Some(SIGNED_IN),
        figure: 0,
        times: 1,
        ..raised(Kind::Stuffing, words)
    };
    let closed = Raised {
        closed_at: Some(SIGNED_IN),
        note: Some(words.typed.to_owned()),
        ..owned.clone()
    };
    for (name, alert, error) in [
        ("alert-closed", &closed, None),
        ("alert-owned", &owned, None),
        ("alert-no-note", &owned, Some(AlertError::NoNote)),
        ("alert-not-now", &closed, Some(AlertError::NotNow)),
        ("alert-expired", &owned, Some(AlertError::Expired)),
    ] {
        let page = AlertPage {
            chrome,
            stay,
            alert,
            told: &[],
            error,
        };
        put(pages, name, &page);
    }
}

fn report(pages: &mut Pages, chrome: Chrome<'_>, words: Words<'_>) {
    let leak = leak(LeakState::Applied, words);
    let report = Report {
        language: chrome.language.code(),
        title: words.typed.to_owned(),
        clock: Clock {
            aware_at: String::new(),
            deadline: String::new(),
            is_over: false,
            seconds_left: 7,
            text: words.typed.to_owned(),
        },
        remarks: vec![words.typed.to_owned()],
        figures: vec![Figure {
            name: "figure-rows",
            label: words.typed.to_owned(),
            count: 7,
            shown: "7".to_owned(),
        }],
        timeline: vec![Entry {
            at: String::new(),
            when: words.typed.to_owned(),
            what: words.typed.to_owned(),
            who: words.typed.to_owned(),
        }],
        chart: String::new(),
        draft: words.typed.to_owned(),
        leak: overview(&leak, words, &[]),
    };
    let page = ReportPage {
        chrome,
        stay: STAY,
        id: leak.id,
        report: &report,
    };
    put(pages, "leak-report", &page);
}

/// The pages of the entrance.
fn shared(pages: &mut Pages, chrome: Chrome<'_>, words: Words<'_>) {
    let login = Login {
        chrome,
        identifier: words.typed,
        site: None,
        to: None,
        via: None,
        request: None,
        providers: &[],
        provider: "",
        asks_two: false,
        error: Some(LoginError::Refused),
    };
    put(pages, "desk-login", &login);
    let (asks_two, error) = (true, None);
    put(
        pages,
        "desk-login-two-codes",
        &Login {
            asks_two,
            error,
            ..login
        },
    );
    let activate = ActivateStart {
        chrome,
        step: STEP,
        lab_code: words.typed,
        birth_date: "",
        error: Some(ActivateError::Refused),
    };
    put(pages, "desk-activate", &activate);
    let held = Held {
        chrome,
        reason: HoldReason::KnownPassword,
        wanted: Remedy::NewPassword,
        action: "/desk/password",
        identifier: words.typed,
        error: None,
    };
    put(pages, "desk-held", &held);
    let reason = HoldReason::Aged;
    put(pages, "desk-held-aged", &Held { reason, ..held });
    put(
        pages,
        "desk-signed-out",
        &SignedOut {
            chrome,
            elsewhere: None,
        },
    );
    let refused = ErrorPage {
        chrome,
        kind: ErrorKind::RoleNeeded,
        results: None,
    };
    put(pages, "desk-error-role", &refused);
}

fn leaks(pages: &mut Pages, chrome: Chrome<'_>, words: Words<'_>) {
    let line = |number, state| LeakLine {
        id: LeakId::from_number(number),
        state,
        source: words.typed,
        aware_at: SIGNED_IN,
    };
    let states = LeakState::ALL.iter().zip(1..);
    let lines: Vec<LeakLine<'_>> = states.map(|(state, number)| line(number, *state)).collect();
    for (name, leaks, may_act) in [("leaks", lines.as_slice(), true), ("leaks-none", &[], false)] {
        let stay = STAY;
        put(
            pages,
            name,
            &LeaksPage {
                chrome,
                stay,
                leaks,
                may_act,
            },
        );
    }
}

fn new_leaks(pages: &mut Pages, chrome: Chrome<'_>, words: Words<'_>) {
    let files = [words.typed.to_owned()];
    let fresh = NewLeakPage {
        chrome,
        stay: STAY,
        source: "",
        aware_at: "",
        mapping: "",
        files: &[],
        error: None,
    };
    put(pages, "leak-new", &fresh);
    for (name, error) in [
        ("leak-new-no-list", NewLeakError::NoList),
        ("leak-new-no-source", NewLeakError::NoSource),
        ("leak-new-time-unread", NewLeakError::TimeUnread),
        ("leak-new-time-future", NewLeakError::TimeInFuture),
        ("leak-new-mapping-unread", NewLeakError::MappingUnread),
        ("leak-new-broken", NewLeakError::Broken),
        ("leak-new-expired", NewLeakError::Expired),
        (
            "leak-new-unreadable",
            NewLeakError::Unreadable {
                what: words.typed.to_owned(),
                remedy: words.typed.to_owned(),
            },
        ),
    ] {
        let page = NewLeakPage {
            source: words.typed,
            aware_at: words.typed,
            mapping: words.typed,
            files: &files,
            error: Some(error),
            ..fresh
        };
        put(pages, name, &page);
    }
}

fn leak(state: LeakState, words: Words<'_>) -> Leak {
    Leak {
        id: LeakId::from_number(3),
        state,
        source: words.typed.to_owned(),
        mapping: String::new(),
        census: String::new(),
        aware_at: SIGNED_IN,
        began_at: later(5),
        requested_by: None,
        effective_at: state.is_in_effect().then(|| later(20)),
        settled_at: (state == LeakState::Closed).then(|| later(21)),
        expired_at: None,
        verified_at: None,
        ended_at: None,
    }
}

fn identifiers() -> Identifiers {
    let unmatched = |shape, count| Unmatched {
        shape,
        count,
        first_line: 1,
        last_line: 491_840,
    };
    let shapes = [Shape::Email, Shape::Number, Shape::Code, Shape::Other];
    Identifiers {
        distinct: 300_000,
        found: 290_000,
        folded: 0,
        not_found: 10_000,
        unmatched: shapes
            .into_iter()
            .zip([1, 2, 3, 9_994])
            .map(|(shape, count)| unmatched(shape, count))
            .collect(),
    }
}

fn overview(leak: &Leak, words: Words<'_>, warnings: &[Warning]) -> Overview {
    let read = !matches!(leak.state, LeakState::Reading | LeakState::Suspected);
    let understood = Interpretation {
        format: "a table with ';'".to_owned(),
        encoding: words.typed.to_owned(),
        header: true,
        columns: 60,
        identifier_column: Some(3),
        password_column: Some(7),
        password_is_hashed: false,
        seed_columns: Vec::new(),
    };
    let census = Census {
        rows: 491_840,
        with_password: 480_000,
        ..Census::default()
    };
    let reading = Reading {
        census,
        damage: Vec::new(),
        understood,
        identifiers: Some(identifiers()),
    };
    let mut overview = Overview {
        leak: leak.id,
        lab: LabId::operators(),
        state: leak.state,
        source: leak.source.clone(),
        aware_at: String::new(),
        began_at: String::new(),
        requested_by: None,
        effective_at: None,
        rotate_until: None,
        settled_at: None,
        verified_at: None,
        ended_at: None,
        identifiers: read.then(identifiers),
        reading: read.then_some(reading),
        bad_rows: Vec::new(),
        accounts: Default::default(),
        sessions: 1,
        warnings: warnings.to_vec(),
    };
    if read {
        let accounts = &mut overview.accounts;
        (accounts.found, accounts.of_lab) = (295_104, 500_000);
        (accounts.to_rotate, accounts.to_disable, accounts.to_tell) = (200_000, 1, 95_103);
        (accounts.rotated, accounts.re_enrolled) = (50_000, 1);
    }
    overview
}

const WARNINGS: [Warning; 9] = [
    Warning::NothingFound,
    Warning::FewFound,
    Warning::PartNotFound,
    Warning::NearlyEverybody,
    Warning::ManyBadRows,
    Warning::NoPasswords,
    Warning::DamagedFile,
    Warning::Seeds,
    Warning::Canaries,
];

fn leak_pages(pages: &mut Pages, chrome: Chrome<'_>, words: Words<'_>) {
    let mut show = |name: &str, state, change: &dyn Fn(&mut LeakPage<'_>)| {
        let leak = leak(state, words);
        let warnings = if state == LeakState::Drafted {
            &WARNINGS[..]
        } else {
            &[]
        };
        let overview = overview(&leak, words, warnings);
        let mut page = LeakPage {
            chrome,
            stay: STAY,
            leak: &leak,
            overview: &overview,
            work: None,
            rotation_hours: 24,
            two_person: true,
            may_act: true,
            asked_by_me: false,
            live: false,
            alert: None,
        };
        change(&mut page);
        put(pages, name, &page);
    };
    for (name, work) in [
        ("leak-loading", Work::Loading { percent: 7 }),
        ("leak-matching", Work::Matching { percent: 100 }),
    ] {
        show(name, LeakState::Reading, &|page| {
            (page.work, page.live) = (Some(work), true);
        });
    }
    show("leak-stopped", LeakState::Reading, &|_| {});
    show("leak-drafted", LeakState::Drafted, &|_| {});
    show("leak-drafted-one", LeakState::Drafted, &|page| page.two_person = false);
    show("leak-drafted-desk", LeakState::Drafted, &|page| page.may_act = false);
    show("leak-awaiting", LeakState::Awaiting, &|_| {});
    show("leak-awaiting-mine", LeakState::Awaiting, &|page| {
        page.asked_by_me = true
    });
    for (name, state) in [
        ("leak-applied", LeakState::Applied),
        ("leak-closed", LeakState::Closed),
        ("leak-undone", LeakState::Undone),
        ("leak-suspected", LeakState::Suspected),
    ] {
        show(name, state, &|_| {});
    }
    for (name, alert) in [
        ("leak-wrong-code", LeakAlert::WrongCode),
        ("leak-wait", LeakAlert::Wait { seconds: 40 }),
        ("leak-same-person", LeakAlert::SamePerson),
        ("leak-not-now", LeakAlert::NotNow),
        ("leak-not-settled", LeakAlert::NotSettled),
        ("leak-expired", LeakAlert::Expired),
    ] {
        show(name, LeakState::Undone, &|page| page.alert = Some(alert));
    }
}
