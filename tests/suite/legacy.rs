//! passwords of the LIS are kept wrapped, open nothing alone, and work once beside a mailed link.

use std::time::Duration;

use vestibule::admin::patients::{ColumnMap, ImportReport, InviteError, LegacyColumns, LegacyReport, Source, invite};
use vestibule::admin::patients::{import, issue_lab_code};
use vestibule::crypto::legacy::Scheme;
use vestibule::domain::audit::Actor;
use vestibule::domain::record::RecordNumber;
use vestibule::store::account::{legacy_passwords, records};

use crate::support::app::TestApp;
use crate::support::browser::{Browser, Page};
use crate::support::command::vestibule;
use crate::support::databases::on_both_databases;
use crate::support::patient::{PASSWORD, Patient};

on_both_databases![
    r17_a_password_of_the_lis_opens_nothing_alone,
    r17_with_a_mailed_link_and_the_birth_date_it_serves_once,
    r17_whoever_is_listed_has_no_password_of_before,
    an_import_that_was_cut_off_goes_on_and_hashes_nothing_twice,
    a_lab_code_ends_the_password_of_the_lis,
    r21_every_refusal_of_a_link_looks_the_same_and_counts,
    the_command_line_reads_no_password_unless_its_column_is_named,
];

const HEADER: &str = "record;identifier;birth_date;given_name;family_name;mdp;sel\n";

/// Of PASSWORD, after "sel".
fn salted() -> String {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    std::io::Write::write_all(&mut file, format!("sel{PASSWORD}").as_bytes()).unwrap();
    let out = std::process::Command::new("md5sum").arg(file.path()).output().unwrap();
    String::from_utf8(out.stdout).unwrap()[..32].to_owned()
}

pub fn line(record: &str) -> String {
    format!("{record};P-{record};1944-05-12;Odette;Lemaître;{};sel\n", salted())
}

pub async fn bring_in(app: &TestApp, lines: &str) -> (ImportReport, LegacyReport) {
    let file = app.directory.path().join("patients.csv");
    std::fs::write(&file, format!("{HEADER}{lines}")).unwrap();
    let map = ColumnMap::default().with_legacy(LegacyColumns {
        scheme: Scheme::Md5SaltFirst,
        password: Source::Header("mdp".to_owned()),
        salt: Some(Source::Number(7)),
    });
    let report = import(&app.core, &app.lab(), &file, &map, &actor(), &mut |_| {})
        .await
        .unwrap();
    let legacy = report.legacy.unwrap();
    (report, legacy)
}

fn actor() -> Actor {
    Actor::Machine {
        user: "test".to_owned(),
    }
}

fn number(text: &str) -> RecordNumber {
    RecordNumber::parse(text).unwrap()
}

async fn link(app: &TestApp, record: &str) -> String {
    let made = invite(&app.core, &app.lab(), Some(&number(record)), &actor())
        .await
        .unwrap();
    format!("{}/invite?token={}", app.portal, made[0].token.expose())
}

async fn has_legacy(app: &TestApp, record: &str) -> bool {
    let mut tx = app.core.db.begin_read().await.unwrap();
    let index = app.core.record_index(&app.lab(), record);
    let owner = records::lookup_owner(&mut tx, &app.lab(), &index)
        .await
        .unwrap()
        .unwrap();
    let found = legacy_passwords::lookup(&mut tx, &app.core.sealer, &app.lab(), owner).await;
    tx.commit().await.unwrap();
    found.unwrap().is_some()
}

/// Follows the link and sends its form.
async fn try_link(app: &TestApp, browser: &mut Browser, link: &str, birth_date: &str, password: &str) -> Page {
    let form = browser.visit(link).await;
    assert!(!form.url.as_str().contains("vst_"), "the token leaves the address");
    let csrf = form.field("csrf").unwrap();
    let fields = [("birth_date", birth_date), ("password", password), ("csrf", &csrf)];
    browser.post(&format!("{}/invite", app.portal), &fields).await
}

async fn r17_a_password_of_the_lis_opens_nothing_alone(app: TestApp) {
    let (report, legacy) = bring_in(&app, &line("1")).await;
    assert_eq!((report.added, legacy.wrapped, report.columns_dropped), (1, 1, 0));
    let hashes = app.core.metrics.password_hashes();
    for (password, code) in [(PASSWORD, "123456"), (PASSWORD, ""), (&salted(), "123456")] {
        let page = app.attempt(&mut app.browser(), "P-1", password, code).await;
        assert_eq!(page.status, 401);
        app.advance(Duration::from_secs(600));
    }
    assert_eq!(app.core.metrics.password_hashes(), hashes, "it is not even looked at");
    let mut written = Vec::new();
    for file in ["vestibule.db", "vestibule.db-wal"] {
        written.extend(std::fs::read(app.directory.path().join(file)).unwrap_or_default());
    }
    let digest = salted();
    for secret in [
        digest.as_bytes(),
        PASSWORD.as_bytes(),
        &data_encoding::HEXLOWER.decode(digest.as_bytes()).unwrap(),
    ] {
        let found = written.windows(secret.len()).any(|window| window == secret);
        assert!(!found, "the digest of the LIS is stored as it is");
    }
    app.stop().await;
}

async fn r17_with_a_mailed_link_and_the_birth_date_it_serves_once(app: TestApp) {
    bring_in(&app, &line("1")).await;
    let first = link(&app, "1").await;
    let link = link(&app, "1").await;
    let mut browser = app.browser();
    let page = try_link(&app, &mut browser, &first, "12/05/1944", PASSWORD).await;
    assert_eq!(page.status, 401, "a newer link ends the earlier one");
    let page = try_link(&app, &mut browser, &link, "12/05/1944", PASSWORD).await;
    assert_eq!(
        (page.status.as_u16(), page.location()),
        (303, "/activate"),
        "{}",
        page.text()
    );
    assert_eq!(
        browser.get(&format!("{}/account", app.portal)).await.status,
        303,
        "not in yet"
    );
    let mut patient = Patient {
        account: vestibule::kernel::ids::AccountId::from_bytes([0; 16]),
        identifier: "P-1".to_owned(),
        record: "1".to_owned(),
        birth_date: "1944-05-12".to_owned(),
        password: PASSWORD.to_owned(),
        secret: String::new(),
        recovery_codes: Vec::new(),
    };
    app.finish_enrolment(&mut browser, &mut patient).await;
    assert_eq!(browser.get(&format!("{}/account", app.portal)).await.status, 200);
    assert!(!has_legacy(&app, "1").await, "upgraded at its first use");
    app.advance(Duration::from_secs(60));
    app.sign_in(&mut app.browser(), &patient).await;
    let page = try_link(&app, &mut app.browser(), &link, "12/05/1944", PASSWORD).await;
    assert_eq!(page.status, 401, "used");
    let again = invite(&app.core, &app.lab(), Some(&number("1")), &actor()).await;
    assert!(matches!(again, Err(InviteError::NotInvited)));
    app.stop().await;
}

async fn r17_whoever_is_listed_has_no_password_of_before(app: TestApp) {
    app.leak(&format!("P-1;{PASSWORD}\n")).await;
    let (_, legacy) = bring_in(&app, &[line("1"), line("2"), line("3")].concat()).await;
    assert_eq!((legacy.listed, legacy.wrapped), (1, 2));
    assert!(!has_legacy(&app, "1").await);
    let (before, under_way) = (link(&app, "2").await, link(&app, "3").await);
    let mut browser = app.browser();
    let page = try_link(&app, &mut browser, &under_way, "12/05/1944", PASSWORD).await;
    assert_eq!(page.status, 303);
    app.draft("P-2;\nP-3;x\n").await;
    let page = try_link(&app, &mut app.browser(), &before, "12/05/1944", PASSWORD).await;
    assert_eq!(
        page.status, 401,
        "listed after the import, even if nothing is applied yet"
    );
    let csrf = browser
        .get(&format!("{}/activate", app.portal))
        .await
        .field("csrf")
        .unwrap();
    let fields = [("new_password", "trois tortues sous la pluie"), ("csrf", csrf.as_str())];
    let page = browser
        .post(&format!("{}/activate/password", app.portal), &fields)
        .await;
    let secret = browser.follow(page).await.element("totp-secret").unwrap();
    let code = crate::support::oathtool::code(&secret, app.now().unix_seconds());
    let page = browser
        .post(
            &format!("{}/activate/code", app.portal),
            &[("code", &code), ("csrf", &csrf)],
        )
        .await;
    assert_eq!(page.status, 303, "an enrolment under way ends as well");
    assert_eq!(browser.get(&format!("{}/account", app.portal)).await.status, 303);
    assert!(invite(&app.core, &app.lab(), None, &actor()).await.unwrap().is_empty());
    app.stop().await;
}

async fn an_import_that_was_cut_off_goes_on_and_hashes_nothing_twice(app: TestApp) {
    let lines: Vec<String> = (1..=6).map(|record| line(&record.to_string())).collect();
    bring_in(&app, &lines[..4].concat()).await;
    let hashes = app.core.metrics.password_hashes();
    let mut broken = line("7");
    broken = broken.replace(&salted(), "not a digest");
    let (report, legacy) = bring_in(&app, &[lines.concat(), broken].concat()).await;
    assert_eq!((report.added, report.unchanged), (3, 4));
    assert_eq!((legacy.known, legacy.wrapped, legacy.unreadable), (4, 2, 1));
    assert_eq!(app.core.metrics.password_hashes(), hashes + 2);
    app.stop().await;
}

async fn a_lab_code_ends_the_password_of_the_lis(app: TestApp) {
    bring_in(&app, &line("1")).await;
    let issued = issue_lab_code(&app.core, &app.lab(), &number("1"), &actor())
        .await
        .unwrap();
    let (mut patient, _) = app.imported("P-9", "9").await;
    patient.password = "trois tortues sous la pluie".to_owned();
    app.enrol(&mut app.browser(), &mut patient, &issued.code()).await;
    assert!(!has_legacy(&app, "1").await, "whatever password is chosen");
    let (_, legacy) = bring_in(&app, &line("1")).await;
    assert_eq!((legacy.enrolled, legacy.wrapped), (1, 0), "and it does not come back");
    app.stop().await;
}

async fn r21_every_refusal_of_a_link_looks_the_same_and_counts(app: TestApp) {
    bring_in(&app, &line("1")).await;
    let right = link(&app, "1").await;
    let unknown = format!("{}/invite?token=vst_i_{}", app.portal, "A".repeat(43));
    let mut expected: Option<(u16, String)> = None;
    for (what, link, date, password) in [
        ("wrong date", &right, "13/05/1944", PASSWORD),
        ("wrong password", &right, "12/05/1944", "x"),
        ("the digest", &right, "12/05/1944", &salted()),
        ("no such link", &unknown, "12/05/1944", PASSWORD),
    ] {
        let watch = vestibule::kernel::clock::Stopwatch::start();
        let page = try_link(&app, &mut app.browser(), link, date, password).await;
        assert!(
            watch.elapsed() >= Duration::from_millis(200),
            "{what} left before the floor"
        );
        let body = page
            .text()
            .replace(&page.field("csrf").unwrap(), "CSRF")
            .replace(&format!("value=\"{date}\""), "DATE");
        let seen = (page.status.as_u16(), body);
        assert_eq!(&seen, expected.get_or_insert_with(|| seen.clone()), "{what}");
    }
    assert_eq!(expected.unwrap().0, 401);
    let page = app.attempt(&mut app.browser(), "P-1", "x", "123456").await;
    assert_eq!(page.status, 429, "one bucket for every way in");
    let page = try_link(&app, &mut app.browser(), &right, "12/05/1944", PASSWORD).await;
    assert_eq!(page.status, 429);
    assert!(page.header("retry-after").is_some());
    app.advance(Duration::from_secs(60));
    let page = try_link(&app, &mut app.browser(), &right, "12/05/1944", PASSWORD).await;
    assert_eq!(page.status, 303, "{}", page.text());
    app.advance(Duration::from_secs(8 * 24 * 3600));
    let page = try_link(&app, &mut app.browser(), &right, "12/05/1944", PASSWORD).await;
    assert_eq!(page.status, 401, "seven days");
    app.stop().await;
}

async fn the_command_line_reads_no_password_unless_its_column_is_named(app: TestApp) {
    let folder = app.directory.path();
    std::fs::write(folder.join("p.csv"), format!("{HEADER}{}", line("1"))).unwrap();
    let import = ["--json", "patient", "import", "p.csv", "--lab", "port"];
    let plain = vestibule(folder, &import);
    assert_eq!(plain.json()["columns_dropped"], 2);
    assert!(plain.json()["legacy"].is_null());
    for bad in [
        &["--legacy-column", "mdp"][..],
        &["--legacy-scheme", "md5"],
        &["--legacy-column", "mdp", "--legacy-scheme", "md5-salted"],
        &["--legacy-column", "mdp", "--legacy-scheme", "sha512"],
    ] {
        assert_eq!(vestibule(folder, &[&import, bad].concat()).code, 2, "{bad:?}");
    }
    let named = ["--legacy-column", "mdp", "--legacy-scheme", "md5-salted"];
    let salt = ["--legacy-salt-column", "sel", "--legacy-salt-order", "before"];
    let wrapped = vestibule(folder, &[&import[..], &named, &salt].concat());
    assert_eq!(wrapped.json()["legacy"]["wrapped"], 1, "{}", wrapped.out);
    let missing = ["--legacy-column", "secret", "--legacy-scheme", "sha1"];
    let missing = vestibule(folder, &[&import[..], &missing].concat());
    assert!(
        missing.code == 1 && missing.out.contains("--legacy-column"),
        "{}",
        missing.out
    );

    let links = vestibule(folder, &["patient", "invite", "--lab", "port", "--out", "links.csv"]);
    assert_eq!(links.code, 0, "{}", links.err);
    let written = std::fs::read_to_string(folder.join("links.csv")).unwrap();
    let link = written.lines().nth(1).unwrap().split(',').nth(2).unwrap();
    assert!(
        link.starts_with(&format!("{}/invite?token=vst_i_", app.portal)),
        "{link}"
    );
    let page = try_link(&app, &mut app.browser(), link, "1944-05-12", PASSWORD).await;
    assert_eq!(page.status, 303);
    let again = vestibule(folder, &["patient", "invite", "--lab", "port", "--out", "links.csv"]);
    assert_eq!(again.code, 1, "no list is overwritten");

    let canaries = ["--json", "patient", "canary", "--lab", "port", "--count", "3"];
    let made = vestibule(folder, &canaries).json();
    assert_eq!(made["canaries"].as_array().unwrap().len(), 3);
    assert!(made["canaries"][0]["password"].is_string());
    app.stop().await;
}
