//! Who sends what: for each form, kinds of senders whose answers must look alike.

use std::io::Cursor;
use std::ops::Range;
use std::time::Duration;

use vestibule::crypto::human_code::{CodeKind, HumanCode};
use vestibule::domain::account::AccountState;
use vestibule::domain::audit::Actor;
use vestibule::kernel::clock::{Clock as _, SystemClock};
use vestibule::leak::campaign::{self, List, ListDescription};
use vestibule::service::Core;
use vestibule::store::account::{canaries, lab_codes};

use super::support::{BIRTH_DATE, Installation, PASSWORD, Patient, insert};

pub type Fields = Vec<(&'static str, String)>;

/// Those who are told to wait are asked so many times each, while the wait lasts.
const WAITS_EACH: usize = 10;
/// After which the next has to wait.
const FREE_TRIES: usize = 3;
/// The one kind that makes the server hash.
pub const HASHED: &str = "active, wrong password";
/// No account has one of these.
const NOBODYS: usize = 800_000;
const NOBODYS_CODE: &str = "ABCD-EFGH-JKMN-PQRS";
const ANOTHER_DATE: &str = "1944-05-13";

#[derive(Clone, Copy, Debug)]
pub enum Form {
    Login,
    Recover,
    Activate,
}

pub struct Kind {
    pub name: &'static str,
    pub senders: Vec<Sender>,
    /// Unmeasured, before the measured ones.
    pub tries_before: usize,
    pub tries: usize,
    pub status: u16,
}

/// What is typed, made in the moment of sending: codes are those of that moment.
pub type Sender = Box<dyn Fn() -> Fields>;

impl Form {
    pub const ALL: [Self; 3] = [Self::Login, Self::Recover, Self::Activate];

    pub fn path(self) -> &'static str {
        match self {
            Self::Login => "/login",
            Self::Recover => "/recover",
            Self::Activate => "/activate",
        }
    }

    pub fn name(self) -> &'static str {
        self.path().trim_start_matches('/')
    }

    pub async fn kinds(self, installation: &Installation, samples: usize) -> Vec<Kind> {
        let core = installation.open().await;
        let mut people = People { core: &core, next: 0 };
        let kinds = match self {
            Self::Login => login(&mut people, samples).await,
            Self::Recover => recover(&mut people, samples).await,
            Self::Activate => activate(&mut people, samples).await,
        };
        core.db.close().await;
        kinds
    }

    pub fn pairs(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Login => &[
                ("active, wrong code", "unknown"),
                (HASHED, "active, wrong code"),
                (HASHED, "unknown"),
                ("active, a recovery code", "unknown, a recovery code"),
                ("disabled", "active, wrong code"),
                ("disabled", "unknown"),
                ("leaked pair, wrong code", "active, wrong code"),
                ("leaked pair, wrong code", "unknown"),
                ("canary", "active, wrong code"),
                ("canary", "unknown"),
                ("waiting for enrolment", "active, wrong code"),
                ("waiting for enrolment", "unknown"),
                ("active, told to wait", "unknown, told to wait"),
            ],
            Self::Recover => &[
                ("active, wrong code", "unknown"),
                ("active, wrong recovery code", "active, wrong code"),
                ("active, wrong recovery code", "unknown"),
                ("disabled", "active, wrong code"),
                ("disabled", "unknown"),
                ("listed, wrong code", "active, wrong code"),
                ("listed, wrong code", "unknown"),
                ("canary", "active, wrong code"),
                ("canary", "unknown"),
                ("waiting for enrolment", "active, wrong code"),
                ("waiting for enrolment", "unknown"),
                ("active, told to wait", "unknown, told to wait"),
            ],
            Self::Activate => &[
                ("waiting, wrong date", "nobody's code"),
                ("waiting, wrong date", "no code at all"),
                ("active, wrong date", "nobody's code"),
                ("active, wrong date", "waiting, wrong date"),
                ("disabled, wrong date", "active, wrong date"),
                ("disabled, wrong date", "nobody's code"),
                ("listed, wrong date", "active, wrong date"),
                ("listed, wrong date", "nobody's code"),
                ("canary, right date", "waiting, wrong date"),
                ("canary, right date", "nobody's code"),
                ("ended code, right date", "nobody's code"),
            ],
        }
    }
}

struct People<'a> {
    core: &'a Core,
    next: usize,
}

impl People<'_> {
    fn numbers(&mut self, count: usize) -> Range<usize> {
        let first = self.next;
        self.next += count;
        first..self.next
    }

    async fn in_state(&mut self, count: usize, state: AccountState) -> Vec<Patient> {
        insert(self.core, self.numbers(count), state).await
    }

    async fn active(&mut self, count: usize) -> Vec<Patient> {
        self.in_state(count, AccountState::Active).await
    }

    /// As they are once a list with their identifiers and passwords is in effect.
    async fn listed(&mut self, count: usize) -> Vec<Patient> {
        let (core, lab) = (self.core, self.core.config.labs[0].id.clone());
        let people = self.active(count).await;
        let lines = people
            .iter()
            .map(|patient| format!("{};{PASSWORD}\n", patient.identifier));
        let lines = lines.collect::<String>();
        let list = List::Stream {
            name: "list".to_owned(),
            length: lines.len() as u64,
            read: Box::new(Cursor::new(lines.into_bytes())),
        };
        let about = ListDescription {
            source: "bench".to_owned(),
            aware_at: None,
            mapping: Some("identifier=1,password=2".to_owned()),
        };
        let actor = |name: &str| Actor::Operator { name: name.to_owned() };
        let first = actor("first");
        let id = campaign::draft(core, &lab, list, about, &first, &mut |_| {})
            .await
            .unwrap();
        campaign::apply(core, &lab, id, &first).await.unwrap();
        campaign::approve(core, &lab, id, &actor("second")).await.unwrap();
        campaign::settle(core, &lab, id, &mut |_| {}).await.unwrap();
        people
    }

    async fn canaries(&mut self, count: usize) -> Vec<Patient> {
        let people = self.in_state(count, AccountState::Waiting).await;
        let (lab, now) = (&self.core.config.labs[0].id, self.core.now());
        let mut tx = self.core.db.begin().await.unwrap();
        for canary in &people {
            canaries::insert(&mut tx, lab, canary.account, now).await.unwrap();
        }
        tx.commit().await.unwrap();
        people
    }

    /// A lab code each; `ended` by a later one.
    async fn lab_codes(&self, people: &[Patient], ended: bool) -> Vec<String> {
        let (core, lab, now) = (self.core, &self.core.config.labs[0].id, self.core.now());
        let until = now.plus(Duration::from_secs(24 * 3600));
        let mut tx = core.db.begin().await.unwrap();
        let mut codes = Vec::with_capacity(people.len());
        for patient in people {
            let code = HumanCode::generate(&*core.entropy);
            let mac = code.mac(&core.keyring, lab, CodeKind::Lab);
            lab_codes::issue(
                &mut tx,
                lab,
                patient.account,
                &lab_codes::NewLabCode {
                    mac: &mac,
                    issued_by: "bench",
                    issued_at: now,
                    expires_at: until,
                },
            )
            .await
            .unwrap();
            if ended {
                lab_codes::end_all(&mut tx, lab, patient.account, now).await.unwrap();
            }
            codes.push(code.grouped().to_string());
        }
        tx.commit().await.unwrap();
        codes
    }
}

fn kind(name: &'static str, senders: Vec<Sender>) -> Kind {
    Kind {
        name,
        senders,
        tries_before: 0,
        tries: 1,
        status: 401,
    }
}

fn told_to_wait(name: &'static str, senders: Vec<Sender>) -> Kind {
    Kind {
        name,
        senders,
        tries_before: FREE_TRIES,
        tries: WAITS_EACH,
        status: 429,
    }
}

fn each(people: Vec<Patient>, typed: fn(&Patient) -> Fields) -> Vec<Sender> {
    let sender = |patient: Patient| -> Sender { Box::new(move || typed(&patient)) };
    people.into_iter().map(sender).collect()
}

/// Identifiers that belong to no one, `from` one on.
fn unknown(from: usize, count: usize, typed: fn(&str) -> Fields) -> Vec<Sender> {
    let sender = |number: usize| -> Sender { Box::new(move || typed(&format!("P-{}", NOBODYS + number))) };
    (from..from + count).map(sender).collect()
}

fn sign_in(identifier: &str, password: &str, code: &str) -> Fields {
    let fields = [("identifier", identifier), ("password", password), ("code", code)];
    fields.map(|(name, value)| (name, value.to_owned())).into()
}

/// Of no account, and as costly to make as the others'.
fn some_code() -> String {
    use vestibule::crypto::totp::Seed;
    use vestibule::kernel::entropy::SystemEntropy;
    Seed::generate(&SystemEntropy).code(SystemClock.now())
}

async fn login(people: &mut People<'_>, samples: usize) -> Vec<Kind> {
    let wrong = |patient: &Patient| sign_in(&patient.identifier, PASSWORD, &patient.wrong_code());
    let nobody = |identifier: &str| sign_in(identifier, PASSWORD, &some_code());
    let waits = samples.div_ceil(WAITS_EACH);
    vec![
        kind("unknown", unknown(0, samples, nobody)),
        kind("active, wrong code", each(people.active(samples).await, wrong)),
        kind(
            HASHED,
            each(people.active(samples).await, |patient| {
                sign_in(
                    &patient.identifier,
                    "la cigogne repasse ses rideaux jaunes",
                    &patient.code(),
                )
            }),
        ),
        kind(
            "unknown, a recovery code",
            unknown(samples, samples, |who| sign_in(who, PASSWORD, NOBODYS_CODE)),
        ),
        kind(
            "active, a recovery code",
            each(people.active(samples).await, |patient| {
                sign_in(&patient.identifier, PASSWORD, NOBODYS_CODE)
            }),
        ),
        kind(
            "disabled",
            each(people.in_state(samples, AccountState::Disabled).await, |patient| {
                sign_in(&patient.identifier, PASSWORD, &patient.code())
            }),
        ),
        kind("leaked pair, wrong code", each(people.listed(samples).await, wrong)),
        kind("canary", each(people.canaries(samples).await, wrong)),
        kind(
            "waiting for enrolment",
            each(people.in_state(samples, AccountState::Waiting).await, wrong),
        ),
        told_to_wait("active, told to wait", each(people.active(waits).await, wrong)),
        told_to_wait("unknown, told to wait", unknown(2 * samples, waits, nobody)),
    ]
}

fn recovery(identifier: &str, code: &str) -> Fields {
    let fields = [
        ("identifier", identifier),
        ("code", code),
        ("recovery_code", NOBODYS_CODE),
    ];
    fields.map(|(name, value)| (name, value.to_owned())).into()
}

async fn recover(people: &mut People<'_>, samples: usize) -> Vec<Kind> {
    let wrong = |patient: &Patient| recovery(&patient.identifier, &patient.wrong_code());
    let right = |patient: &Patient| recovery(&patient.identifier, &patient.code());
    let nobody = |identifier: &str| recovery(identifier, &some_code());
    let waits = samples.div_ceil(WAITS_EACH);
    vec![
        kind("unknown", unknown(0, samples, nobody)),
        kind("active, wrong code", each(people.active(samples).await, wrong)),
        kind("active, wrong recovery code", each(people.active(samples).await, right)),
        kind(
            "disabled",
            each(people.in_state(samples, AccountState::Disabled).await, right),
        ),
        kind("listed, wrong code", each(people.listed(samples).await, wrong)),
        kind("canary", each(people.canaries(samples).await, wrong)),
        kind(
            "waiting for enrolment",
            each(people.in_state(samples, AccountState::Waiting).await, wrong),
        ),
        told_to_wait("active, told to wait", each(people.active(waits).await, wrong)),
        told_to_wait("unknown, told to wait", unknown(samples, waits, nobody)),
    ]
}

fn coded(codes: Vec<String>, birth_date: &'static str) -> Vec<Sender> {
    let sender = |code: String| -> Sender {
        Box::new(move || vec![("lab_code", code.clone()), ("birth_date", birth_date.to_owned())])
    };
    codes.into_iter().map(sender).collect()
}

async fn activate(people: &mut People<'_>, samples: usize) -> Vec<Kind> {
    let entropy = &*people.core.entropy;
    let nobodys = (0..samples).map(|_| HumanCode::generate(entropy).grouped().to_string());
    let nobodys = nobodys.collect();
    let none = vec!["this is not a code!".to_owned(); samples];
    let waiting = people.in_state(samples, AccountState::Waiting).await;
    let active = people.active(samples).await;
    let disabled = people.in_state(samples, AccountState::Disabled).await;
    let listed = people.listed(samples).await;
    let canaries = people.canaries(samples).await;
    let ended = people.in_state(samples, AccountState::Waiting).await;
    let codes = async |people_of: &[Patient]| people.lab_codes(people_of, false).await;
    vec![
        kind("nobody's code", coded(nobodys, BIRTH_DATE)),
        kind("no code at all", coded(none, BIRTH_DATE)),
        kind("waiting, wrong date", coded(codes(&waiting).await, ANOTHER_DATE)),
        kind("active, wrong date", coded(codes(&active).await, ANOTHER_DATE)),
        kind("disabled, wrong date", coded(codes(&disabled).await, ANOTHER_DATE)),
        kind("listed, wrong date", coded(codes(&listed).await, ANOTHER_DATE)),
        kind("canary, right date", coded(codes(&canaries).await, BIRTH_DATE)),
        kind(
            "ended code, right date",
            coded(people.lab_codes(&ended, true).await, BIRTH_DATE),
        ),
    ]
}
