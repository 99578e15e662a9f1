//! no one learns from an answer who is a patient, which of the things they typed was right, or in what state an
//! account is. Byte for byte (but for the order of header lines, which is by chance), at the three forms that a
//! stranger can send, in both languages. How long the answers take is measured by `benches/enumeration`.

use std::time::Duration;

use futures_util::future::join_all;
use url::form_urlencoded::Serializer;
use vestibule::crypto::human_code::{CodeKind, HumanCode};
use vestibule::domain::account::AccountState;
use vestibule::kernel::clock::Stopwatch;
use vestibule::store::account::{canaries, lab_codes, locked};

use crate::support::app::TestApp;
use crate::support::databases::on_both_databases;
use crate::support::patient::{PASSWORD, Patient};
use crate::support::raw::{RawAnswer, exchange};

on_both_databases![
    r21_refusals_at_the_sign_in_are_the_same_bytes,
    r21_refusals_at_the_recovery_are_the_same_bytes,
    r21_refusals_at_the_activation_are_the_same_bytes,
    r21_being_told_to_wait_is_the_same_bytes,
];

const DAY: Duration = Duration::from_secs(24 * 3600);
const FLOOR: Duration = Duration::from_millis(200);
const LANGUAGES: [&str; 2] = ["fr", "en"];

/// No account has these.
const NOBODY: &str = "P-999999";
const NOBODYS_CODE: &str = "ABCD-EFGH-JKMN-PQRS";
/// As long as an identifier, and none.
const BLANK: &str = "        ";
const BIRTH_DATE: &str = "12/05/1944";

type Fields = Vec<(&'static str, String)>;

/// One of each kind of account.
struct People {
    active: Patient,
    listed: Patient,
    disabled: Patient,
    waiting: Patient,
    canary: Patient,
}

impl People {
    async fn of(app: &TestApp) -> Self {
        let people = Self {
            active: app.patient("P-102477", "102477").await,
            listed: app.patient("P-102478", "102478").await,
            disabled: app.patient("P-102479", "102479").await,
            waiting: app.imported("P-102480", "102480").await.0,
            canary: app.imported("P-102481", "102481").await.0,
        };
        app.leak(&format!("P-102478;{PASSWORD}\n")).await;
        let (lab, now) = (app.lab(), app.now());
        let mut tx = app.core.db.begin().await.unwrap();
        let disabled = AccountState::Disabled;
        let holder = locked::lock(&mut tx, &lab, people.disabled.account).await.unwrap();
        holder.unwrap().set_state(disabled, now).await.unwrap();
        canaries::insert(&mut tx, &lab, people.canary.account, now)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        people
    }

    fn all(&self) -> [&Patient; 5] {
        [&self.active, &self.listed, &self.disabled, &self.waiting, &self.canary]
    }
}

/// Sends a form from a browser that was never here before.
async fn send(app: &TestApp, path: &str, language: &str, fields: &Fields) -> RawAnswer {
    let language = format!("Accept-Language: {language}");
    let form = exchange(app, &format!("GET {path} HTTP/1.1\r\n{language}"), "").await;
    let cookie = form.header("set-cookie").unwrap().split(';').next().unwrap();
    let csrf = value_of(&form.body, "csrf");
    let body = Serializer::new(String::new())
        .extend_pairs(fields)
        .append_pair("csrf", &csrf)
        .finish();
    let lines = format!("POST {path} HTTP/1.1\r\n{language}\r\nCookie: {cookie}");
    let watch = Stopwatch::start();
    let answer = exchange(app, &lines, &body).await;
    let refused = answer.status.contains(" 401 ");
    assert!(!refused || watch.elapsed() >= FLOOR, "{fields:?} left before the floor");
    without_what_was_sent(answer, fields, &csrf)
}

fn value_of(body: &str, name: &str) -> String {
    let (_, after) = body.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
    after.split('"').next().unwrap().to_owned()
}

/// What the sender knows is replaced by as many dots; so is the moment.
fn without_what_was_sent(mut answer: RawAnswer, fields: &Fields, csrf: &str) -> RawAnswer {
    let dots = |text: &str| ".".repeat(text.len());
    assert_eq!(value_of(&answer.body, "csrf"), csrf, "the browser keeps its own");
    answer.body = answer.body.replace(csrf, &dots(csrf));
    for (_, sent) in fields.iter().filter(|(_, sent)| !sent.is_empty()) {
        let (echo, dots) = (format!("value=\"{sent}\""), format!("value=\"{}\"", dots(sent)));
        answer.body = answer.body.replace(&echo, &dots);
    }
    for (_, value) in answer.headers.iter_mut().filter(|(name, _)| name == "date") {
        *value = dots(value);
    }
    // The HTTP library shuffles their order for each answer: its map has a new seed each time.
    answer.headers.sort();
    answer
}

/// All at once, so that only what differs between the cases could make a difference.
async fn same(app: &TestApp, path: &str, language: &str, status: &str, cases: &[(&str, Fields)]) {
    let answers = join_all(cases.iter().map(|(_, fields)| send(app, path, language, fields))).await;
    let first = &answers[0];
    assert_eq!(first.status, format!("HTTP/1.1 {status}"));
    for part in [&format!("<html lang=\"{language}\">"), "id=\"error\""] {
        assert!(first.body.contains(part), "{part} is not in {}", first.body);
    }
    for ((what, _), answer) in cases.iter().zip(&answers) {
        assert_eq!(answer, first, "{path}, {language}: {what}");
    }
}

fn fields<const N: usize>(named: [(&'static str, &str); N]) -> Fields {
    named.map(|(name, value)| (name, value.to_owned())).into()
}

fn sign_in(identifier: &str, password: &str, code: &str) -> Fields {
    fields([("identifier", identifier), ("password", password), ("code", code)])
}

fn recovery(identifier: &str, code: &str, recovery_code: &str) -> Fields {
    fields([
        ("identifier", identifier),
        ("code", code),
        ("recovery_code", recovery_code),
    ])
}

fn activation(lab_code: &str, birth_date: &str) -> Fields {
    fields([("lab_code", lab_code), ("birth_date", birth_date)])
}

async fn r21_refusals_at_the_sign_in_are_the_same_bytes(app: TestApp) {
    let people = People::of(&app).await;
    let long = "a".repeat(5_000);
    for language in LANGUAGES {
        let right = |patient| app.code(patient);
        let to = |patient: &Patient, password: &str, code: &str| sign_in(&patient.identifier, password, code);
        let People {
            active,
            listed,
            disabled,
            waiting,
            canary,
        } = &people;
        let cases = [
            ("nobody", sign_in(NOBODY, PASSWORD, &right(active))),
            ("nobody, a recovery code", sign_in(NOBODY, PASSWORD, NOBODYS_CODE)),
            ("nobody, no code", sign_in(NOBODY, "", "")),
            ("no identifier", sign_in(BLANK, "", "not a code")),
            ("wrong code", to(active, PASSWORD, "000000")),
            ("wrong password", to(active, "mistyped", &right(active))),
            ("wrong recovery code", to(active, PASSWORD, NOBODYS_CODE)),
            ("leaked pair, wrong code", to(listed, PASSWORD, "000000")),
            ("listed, wrong password", to(listed, "mistyped", &right(listed))),
            ("no password can be so long", to(listed, &long, &right(listed))),
            ("disabled, all right", to(disabled, PASSWORD, &right(disabled))),
            (
                "disabled, recovery code",
                to(disabled, PASSWORD, &disabled.recovery_codes[0]),
            ),
            ("not enrolled", to(waiting, PASSWORD, "000000")),
            ("canary", to(canary, PASSWORD, "000000")),
        ];
        same(&app, "/login", language, "401 Unauthorized", &cases).await;
        app.advance(DAY);
    }
    app.stop().await;
}

async fn r21_refusals_at_the_recovery_are_the_same_bytes(app: TestApp) {
    let people = People::of(&app).await;
    for language in LANGUAGES {
        let right = |patient| app.code(patient);
        let to = |patient: &Patient, code: &str, other: &str| recovery(&patient.identifier, code, other);
        let People {
            active,
            listed,
            disabled,
            waiting,
            canary,
        } = &people;
        let cases = [
            ("nobody", recovery(NOBODY, &right(active), &active.recovery_codes[0])),
            ("nothing", recovery(BLANK, "", "")),
            ("wrong code", to(active, "000000", &active.recovery_codes[0])),
            ("wrong recovery code", to(active, &right(active), NOBODYS_CODE)),
            ("no recovery code", to(active, &right(active), "not a code")),
            ("listed, wrong code", to(listed, "000000", &listed.recovery_codes[0])),
            ("listed, wrong recovery code", to(listed, &right(listed), NOBODYS_CODE)),
            (
                "disabled, all right",
                to(disabled, &right(disabled), &disabled.recovery_codes[0]),
            ),
            ("not enrolled", to(waiting, "000000", NOBODYS_CODE)),
            ("canary", to(canary, "000000", NOBODYS_CODE)),
        ];
        same(&app, "/recover", language, "401 Unauthorized", &cases).await;
        app.advance(DAY);
    }
    app.stop().await;
}

/// A code as the lab hands it over, good until `lasts` from now; `tried` times already.
async fn lab_code(app: &TestApp, patient: &Patient, lasts: Duration, tried: usize) -> String {
    let (core, lab, now) = (&app.core, app.lab(), app.now());
    let code = HumanCode::generate(&*core.entropy);
    let mac = code.mac(&core.keyring, &lab, CodeKind::Lab);
    let mut tx = core.db.begin().await.unwrap();
    lab_codes::issue(
        &mut tx,
        &lab,
        patient.account,
        &lab_codes::NewLabCode {
            mac: &mac,
            issued_by: "test",
            issued_at: now,
            expires_at: now.plus(lasts),
        },
    )
    .await
    .unwrap();
    for _ in 0..tried {
        let found = lab_codes::try_code(&mut tx, &lab, &mac, now).await.unwrap();
        assert!(found.is_some());
    }
    tx.commit().await.unwrap();
    code.grouped().to_string()
}

async fn r21_refusals_at_the_activation_are_the_same_bytes(app: TestApp) {
    let people = People::of(&app).await;
    let expired = app.imported("P-102482", "102482").await.0;
    let worn = app.imported("P-102483", "102483").await.0;
    for language in LANGUAGES {
        let replaced = lab_code(&app, &people.active, DAY, 0).await;
        let [active, listed, disabled, waiting, canary] =
            join_all(people.all().map(|patient| lab_code(&app, patient, DAY, 0)))
                .await
                .try_into()
                .unwrap();
        let expired = lab_code(&app, &expired, Duration::ZERO, 0).await;
        let worn = lab_code(&app, &worn, DAY, 5).await;
        let wrong_date = "13/05/1944";
        let cases = [
            ("nobody's code", activation(NOBODYS_CODE, BIRTH_DATE)),
            ("no code", activation("this is not a code!", BIRTH_DATE)),
            ("not enrolled, wrong date", activation(&waiting, wrong_date)),
            ("active, wrong date", activation(&active, wrong_date)),
            ("disabled, wrong date", activation(&disabled, wrong_date)),
            ("listed, wrong date", activation(&listed, wrong_date)),
            ("canary", activation(&canary, BIRTH_DATE)),
            ("a later code was handed over", activation(&replaced, BIRTH_DATE)),
            ("expired", activation(&expired, BIRTH_DATE)),
            ("tried too often", activation(&worn, BIRTH_DATE)),
        ];
        same(&app, "/activate", language, "401 Unauthorized", &cases).await;
        app.advance(DAY);
    }
    app.stop().await;
}

async fn r21_being_told_to_wait_is_the_same_bytes(app: TestApp) {
    let people = People::of(&app).await;
    let identifiers: Vec<&str> = people.all().map(|patient| patient.identifier.as_str()).into();
    let all = || identifiers.iter().copied().chain([NOBODY]);
    for language in LANGUAGES {
        for _ in 0..3 {
            let wrong: Vec<_> = all().map(|identifier| sign_in(identifier, "x", "000000")).collect();
            let answers = join_all(wrong.iter().map(|wrong| send(&app, "/login", language, wrong))).await;
            assert!(answers.iter().all(|answer| answer.status.contains(" 401 ")));
        }
        let (code, recovery_code) = (app.code(&people.active), &people.active.recovery_codes[0]);
        let cases: Vec<_> = all().map(|who| (who, sign_in(who, PASSWORD, &code))).collect();
        same(&app, "/login", language, "429 Too Many Requests", &cases).await;
        let cases: Vec<_> = all().map(|who| (who, recovery(who, &code, recovery_code))).collect();
        same(&app, "/recover", language, "429 Too Many Requests", &cases).await;
        app.advance(DAY);
    }
    app.stop().await;
}
