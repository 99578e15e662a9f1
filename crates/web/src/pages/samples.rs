//! Every page in every state, with plausible and with hostile data: what the tests render.

#[path = "samples_clients.rs"]
mod clients;
#[path = "samples_desk.rs"]
mod desk;
#[path = "samples_passkeys.rs"]
mod passkeys;
#[path = "samples_provider.rs"]
mod provider;

use std::collections::BTreeSet;

use askama::Template;
use zeroize::Zeroizing;

use super::*;
use domain::account::HoldReason;
use domain::authorization::Claim;
use domain::password::Personal;
use domain::pending::Remedy;
use i18n::{Language, Texts, Zone};
use kernel::clock::Timestamp;

/// Values that break out of HTML where they are not escaped.
pub(super) const HOSTILE: &str = "\"><script>alert('x')</script>&<img src=x onerror=alert(1)>";

const OTPAUTH: &str = "otpauth://totp/Labo%20des%20Tilleuls:70114202?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Labo%20des%20Tilleuls";
const SECRET: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
const STEP: Option<Step> = Some(Step { number: 2, total: 4 });

/// What the samples are filled with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words<'a> {
    pub lab: &'a str,
    pub name: &'a str,
    pub typed: &'a str,
    pub path: &'a str,
}

pub(super) const PLAUSIBLE: Words<'static> = Words {
    lab: "Laboratoire des Tilleuls",
    name: "Jeanne Moreau",
    typed: "70114202",
    path: "/login?site=resultats&to=%2Fdossier%2F12",
};

pub(super) const HOSTILE_WORDS: Words<'static> = Words {
    lab: HOSTILE,
    name: HOSTILE,
    typed: HOSTILE,
    path: HOSTILE,
};

pub(super) fn chrome<'a>(texts: &'a Texts, zone: &'a Zone, language: Language) -> Chrome<'a> {
    Chrome {
        texts,
        door: &PORTAL,
        language,
        zone,
        lab: PLAUSIBLE.lab,
        phone: Some("01 23 45 67 89"),
        csrf: "c3JmLXRva2Vu",
        path: PLAUSIBLE.path,
        portal: "",
        assets: "/static",
        signed_in: false,
    }
}

/// `(name, html)` of every page in every state.
pub(super) fn all(texts: &Texts, zone: &Zone, language: Language, words: Words<'_>) -> Vec<(String, String)> {
    let plain = Chrome {
        lab: words.lab,
        path: words.path,
        ..chrome(texts, zone, language)
    };
    let mut pages = Vec::new();
    logins(&mut pages, plain, words);
    activations(&mut pages, plain, words);
    passwords(&mut pages, plain, words);
    codes(&mut pages, plain, words);
    accounts(
        &mut pages,
        Chrome {
            signed_in: true,
            ..plain
        },
        words,
    );
    passkeys::all(&mut pages, plain, words);
    provider::all(&mut pages, plain, words);
    invitations(&mut pages, plain, words);
    recoveries(&mut pages, plain, words);
    put(
        &mut pages,
        "signed-out",
        &SignedOut {
            chrome: plain,
            elsewhere: None,
        },
    );
    errors(&mut pages, plain, words);
    clients::all(&mut pages, plain, words);
    desk::all(&mut pages, plain, words);
    pages
}

type Pages = Vec<(String, String)>;

fn put(pages: &mut Pages, name: &str, page: &impl Template) {
    pages.push((name.to_owned(), page.render().unwrap()));
}

fn logins(pages: &mut Pages, chrome: Chrome<'_>, words: Words<'_>) {
    let fresh = Login {
        chrome,
        identifier: "",
        site: None,
        to: None,
        via: None,
        request: None,
        providers: &[],
        provider: "",
        asks_two: false,
        error: None,
    };
    put(pages, "login", &fresh);
    let asks_two = true;
    put(
        pages,
        "login-two-codes",
        &Login {
            asks_two,
            ..fresh.clone()
        },
    );
    for (name, error) in [
        ("login-two-codes-wanted", LoginError::TwoCodes),
        ("login-two-codes-refused", LoginError::Refused),
    ] {
        let (identifier, error) = (words.typed, Some(error));
        put(
            pages,
            name,
            &Login {
                identifier,
                asks_two,
                error,
                ..fresh.clone()
            },
        );
    }
    for (name, error) in [
        ("login-refused", LoginError::Refused),
        ("login-wait", LoginError::Wait { seconds: 95 }),
        ("login-busy", LoginError::Busy { seconds: 20 }),
        ("login-expired", LoginError::Expired),
        ("login-over", LoginError::Over),
        ("login-signed-out", LoginError::SignedOut),
        ("login-passkey-refused", LoginError::Passkey),
    ] {
        let (site, to) = (Some(words.typed), Some(words.typed));
        put(
            pages,
            name,
            &Login {
                identifier: words.typed,
                site,
                to,
                error: Some(error),
                ..fresh.clone()
            },
        );
    }
}

fn activations(pages: &mut Pages, chrome: Chrome<'_>, words: Words<'_>) {
    let fresh = ActivateStart {
        chrome,
        step: Some(Step { number: 1, total: 4 }),
        lab_code: "",
        birth_date: "",
        error: None,
    };
    put(pages, "activate", &fresh);
    let chrome = Chrome {
        signed_in: true,
        ..chrome
    };
    put(
        pages,
        "activate-open",
        &ActivateStart {
            chrome,
            ..fresh.clone()
        },
    );
    for (name, error) in [
        ("activate-refused", ActivateError::Refused),
        ("activate-birth-unread", ActivateError::BirthDateUnread),
        ("activate-wait", ActivateError::Wait { seconds: 4_000 }),
        ("activate-busy", ActivateError::Busy { seconds: 1 }),
        ("activate-expired", ActivateError::Expired),
        ("activate-over", ActivateError::Over),
    ] {
        let page = ActivateStart {
            step: None,
            lab_code: words.typed,
            birth_date: words.typed,
            error: Some(error),
            ..fresh
        };
        put(pages, name, &page);
    }
}

fn invitations(pages: &mut Pages, chrome: Chrome<'_>, words: Words<'_>) {
    let fresh = Invite {
        chrome,
        step: Some(Step { number: 1, total: 4 }),
        birth_date: "",
        error: None,
    };
    put(pages, "invite", &fresh);
    for (name, error) in [
        ("invite-refused", ActivateError::Refused),
        ("invite-birth-unread", ActivateError::BirthDateUnread),
    ] {
        let page = Invite {
            birth_date: words.typed,
            error: Some(error),
            ..fresh.clone()
        };
        put(pages, name, &page);
    }
}

fn recoveries(pages: &mut Pages, chrome: Chrome<'_>, words: Words<'_>) {
    let fresh = Recover {
        chrome,
        identifier: "",
        asks_two: false,
        error: None,
    };
    put(pages, "recover", &fresh);
    for (name, error) in [
        ("recover-two-codes", None),
        ("recover-two-codes-wanted", Some(RecoverError::TwoCodes)),
        ("recover-two-codes-refused", Some(RecoverError::Refused)),
    ] {
        let page = Recover {
            asks_two: true,
            error,
            ..fresh.clone()
        };
        put(pages, name, &page);
    }
    let chrome = Chrome { phone: None, ..chrome };
    put(
        pages,
        "recover-no-phone",
        &Recover {
            chrome,
            ..fresh.clone()
        },
    );
    for (name, error) in [
        ("recover-refused", RecoverError::Refused),
        ("recover-wait", RecoverError::Wait { seconds: 95 }),
        ("recover-expired", RecoverError::Expired),
    ] {
        let page = Recover {
            identifier: words.typed,
            error: Some(error),
            ..fresh.clone()
        };
        put(pages, name, &page);
    }
}

const PASSWORD_ERRORS: [(&str, PasswordError); 13] = [
    ("too-short", PasswordError::TooShort),
    ("too-long", PasswordError::TooLong),
    ("too-common", PasswordError::TooCommon),
    ("guessable", PasswordError::Guessable),
    ("has-name", PasswordError::ContainsPersonal(Personal::Name)),
    ("has-birth", PasswordError::ContainsPersonal(Personal::BirthDate)),
    ("has-identifier", PasswordError::ContainsPersonal(Personal::Identifier)),
    ("has-lab", PasswordError::ContainsPersonal(Personal::LabName)),
    ("same", PasswordError::SameAsBefore),
    ("close", PasswordError::CloseToLeaked),
    ("wait", PasswordError::Wait { seconds: 95 }),
    ("busy", PasswordError::Busy { seconds: 20 }),
    ("expired", PasswordError::Expired),
];

fn passwords(pages: &mut Pages, chrome: Chrome<'_>, words: Words<'_>) {
    let choose = ChoosePassword {
        noted: None,
        not_noted: None,
        providers: &[],
        chrome,
        step: STEP,
        action: "/activate/password",
        identifier: words.typed,
        error: None,
    };
    let held = Held {
        chrome,
        reason: HoldReason::Listed,
        wanted: Remedy::NewPassword,
        action: "/held/password",
        identifier: words.typed,
        error: None,
    };
    put(pages, "password", &choose);
    put(pages, "held-listed", &held);
    let known = Held {
        reason: HoldReason::KnownPassword,
        ..held.clone()
    };
    put(pages, "held-known", &known);
    let forgotten = Held {
        reason: HoldReason::Forgotten,
        ..held.clone()
    };
    put(pages, "held-forgotten", &forgotten);
    let disabled = Held {
        reason: HoldReason::Disabled,
        wanted: Remedy::NewPasswordAndRecoveryCode,
        ..held.clone()
    };
    put(pages, "held-disabled", &disabled);
    let refused = Held {
        error: Some(PasswordError::WrongRecoveryCode),
        ..disabled.clone()
    };
    put(pages, "held-code-refused", &refused);
    let wanted = Remedy::LabCode;
    put(pages, "held-disabled-lab", &Held { wanted, ..disabled });
    for (name, error) in [
        ("held-too-common", PasswordError::TooCommon),
        ("held-expired", PasswordError::Expired),
    ] {
        let error = Some(error);
        put(pages, name, &Held { error, ..held.clone() });
    }
    for (name, error) in PASSWORD_ERRORS {
        let error = Some(error);
        let refused = ChoosePassword {
            error,
            ..choose.clone()
        };
        put(pages, &format!("password-{name}"), &refused);
    }
}

fn codes(pages: &mut Pages, chrome: Chrome<'_>, words: Words<'_>) {
    let enrol = EnrolTotp {
        chrome,
        step: Some(Step { number: 3, total: 4 }),
        action: "/activate/app",
        otpauth_url: OTPAUTH,
        qr: Some(Qr::of(OTPAUTH).unwrap()),
        secret: SECRET,
        error: None,
    };
    put(pages, "enrol", &enrol);
    put(
        pages,
        "enrol-no-image",
        &EnrolTotp {
            qr: None,
            step: None,
            otpauth_url: words.typed,
            ..enrol.clone()
        },
    );
    for (name, error) in [
        ("enrol-wrong", EnrolError::WrongCode),
        ("enrol-wait", EnrolError::Wait { seconds: 61 }),
        ("enrol-busy", EnrolError::Busy { seconds: 20 }),
        ("enrol-expired", EnrolError::Expired),
    ] {
        put(
            pages,
            name,
            &EnrolTotp {
                error: Some(error),
                ..enrol.clone()
            },
        );
    }
    let codes: Vec<Zeroizing<String>> = (0..10)
        .map(|n| Zeroizing::new(format!("7QM{n}-K2RX-P4H{n}-TW8C")))
        .collect();
    let step = Some(Step { number: 4, total: 4 });
    put(
        pages,
        "recovery-codes",
        &RecoveryCodes {
            chrome,
            step,
            codes: &codes,
        },
    );
}

/// 23 November 2026, 20:15 in Paris.
const SIGNED_IN: Timestamp = Timestamp::from_seconds(1_795_461_300);

fn later(minutes: u64) -> Timestamp {
    SIGNED_IN.plus(std::time::Duration::from_secs(60 * minutes))
}

fn session<'a>(handle: &'a str, device: Option<&'a str>) -> SessionLine<'a> {
    SessionLine {
        handle,
        device,
        signed_in_at: SIGNED_IN,
        last_used_at: later(4),
        is_current: false,
    }
}

fn device<'a>(handle: &'a str, description: Option<&'a str>) -> DeviceLine<'a> {
    DeviceLine {
        handle,
        description,
        trusted_at: SIGNED_IN,
        last_used_at: later(4),
        is_this: false,
    }
}

fn accounts(pages: &mut Pages, chrome: Chrome<'_>, words: Words<'_>) {
    let mut this = session("s1", Some("Firefox, Windows"));
    this.is_current = true;
    let mut own = device("d1", Some("Firefox, Windows"));
    own.is_this = true;
    let devices = [own, device("d2", None)];
    let site = SiteLink {
        name: words.lab,
        address: "https://resultats.labo-tilleuls.fr/",
    };
    let sites = [site, site];
    let sessions = [this, session(words.typed, None), session("s3", Some(words.name))];
    let (much, little) = (Claim::ALL.into_iter().collect(), BTreeSet::new());
    let service = |claims| ServiceLine {
        handle: words.typed,
        name: words.name,
        claims,
        since: SIGNED_IN,
    };
    let services = [service(&much), service(&little)];
    let full = Account {
        links: Some(1),
        chrome,
        holder: words.name,
        sites: &sites[..1],
        sessions: &sessions,
        passkeys: 1,
        devices: &devices,
        services: &services,
        recovery_codes_left: 8,
        stay: Stay {
            now: later(4),
            ends_at: later(34),
            ends_at_latest: later(720),
        },
        stayed: false,
    };
    put(pages, "account", &full);
    let mut stayed = full.clone();
    (stayed.stayed, stayed.recovery_codes_left) = (true, 1);
    put(pages, "account-stayed", &stayed);
    let mut two_sites = full.clone();
    (two_sites.sites, two_sites.stay.ends_at) = (&sites, later(5));
    put(pages, "account-two-sites", &two_sites);
    let mut last_minutes = full.clone();
    (last_minutes.stay.now, last_minutes.stay.ends_at) = (later(716), later(720));
    put(pages, "account-last-minutes", &last_minutes);
    let mut bare = full.clone();
    (bare.sites, bare.sessions, bare.recovery_codes_left) = (&[], &sessions[..1], 0);
    (bare.passkeys, bare.services) = (0, &[]);
    put(pages, "account-bare", &bare);
}

fn errors(pages: &mut Pages, chrome: Chrome<'_>, words: Words<'_>) {
    for kind in [
        ErrorKind::BadLink,
        ErrorKind::NotYours,
        ErrorKind::NotFound,
        ErrorKind::MethodNotAllowed,
        ErrorKind::Late,
        ErrorKind::TooLarge,
        ErrorKind::WrongHost,
        ErrorKind::TooMany { seconds: 30 },
        ErrorKind::Fault { reference: words.typed },
        ErrorKind::Unreachable,
        ErrorKind::Busy { seconds: 5 },
        ErrorKind::Slow,
    ] {
        put(
            pages,
            &format!("error-{}", kind.status()),
            &ErrorPage {
                chrome,
                kind,
                results: None,
            },
        );
    }
    let on_site = Chrome {
        path: "",
        portal: "https://portail.example",
        assets: "/.vestibule/static",
        signed_in: true,
        ..chrome
    };
    put(
        pages,
        "error-403-on-site",
        &ErrorPage {
            chrome: on_site,
            kind: ErrorKind::NotYours,
            results: Some("/"),
        },
    );
}
