//! Added, listed and removed; what ends them and what does not.

use std::time::Duration;

use super::{lines, seen, trail};
use crate::support::app::TestApp;
use crate::support::databases::on_both_databases;
use crate::support::passkey::options;

on_both_databases![
    r40_a_passkey_is_added_only_after_password_and_code,
    r40_a_passkey_is_removed_only_after_password_and_code,
    r40_asking_again_counts_in_the_identifiers_bucket,
    enrolment_by_lab_code_ends_every_passkey_and_a_rotation_none,
    an_account_has_twenty_passkeys_and_no_more,
    nothing_of_a_passkey_is_readable_in_the_database,
    what_an_authenticator_shows_names_nobody,
];

async fn r40_a_passkey_is_added_only_after_password_and_code(app: TestApp) {
    let patient = app.patient("P-102477", "102477").await;
    let mut browser = app.browser();
    app.sign_in(&mut browser, &patient).await;
    let (add, new) = ("/account/passkeys/add", format!("{}/account/passkeys/new", app.portal));
    assert_eq!(
        browser.get(&new).await.location(),
        "/account/passkeys",
        "nobody was asked again"
    );
    app.advance(Duration::from_secs(30));
    let code = app.code(&patient);
    let hashes = app.metric("vestibule_password_hashes_total").await;
    let wrong_code = app.again(&mut browser, add, &patient.password, "000000", &[]).await;
    assert_eq!(
        app.metric("vestibule_password_hashes_total").await,
        hashes,
        "the code comes first"
    );
    let wrong_password = app.again(&mut browser, add, "not this one", &code, &[]).await;
    assert_eq!(wrong_code.status, 401);
    assert_eq!(
        seen(&wrong_code),
        seen(&wrong_password),
        "which of the two was wrong is not said"
    );
    let right = app.again(&mut browser, add, &patient.password, &code, &[]).await;
    assert_eq!(
        (right.status.as_u16(), right.location()),
        (303, "/account/passkeys/new")
    );
    let again = app.again(&mut browser, add, &patient.password, &code, &[]).await;
    assert_eq!(again.status, 401, "the code is used up");
    // What was begun is of no use to anyone else's session, nor after five minutes.
    let other = app.patient("P-2", "2").await;
    let mut stranger = app.browser();
    app.sign_in(&mut stranger, &other).await;
    let token = browser.cookie("localhost", "__Host-vst_passkey").unwrap().clone();
    let jar = stranger.jar.get_mut("localhost").unwrap();
    jar.insert("__Host-vst_passkey".to_owned(), token);
    assert_eq!(stranger.get(&new).await.location(), "/account/passkeys");
    assert_eq!(browser.get(&new).await.status, 200);
    app.advance(Duration::from_secs(300));
    assert_eq!(browser.get(&new).await.location(), "/account/passkeys");
    app.stop().await;
}

async fn r40_a_passkey_is_removed_only_after_password_and_code(app: TestApp) {
    let (patient, other) = (app.patient("P-102477", "102477").await, app.patient("P-2", "2").await);
    let (mut browser, mut stranger) = (app.browser(), app.browser());
    app.sign_in(&mut browser, &patient).await;
    app.sign_in(&mut stranger, &other).await;
    app.advance(Duration::from_secs(30));
    app.add_passkey(&mut browser, &patient, "one").await;
    let handle = lines(&app, &patient).await[0].id.to_string();
    let remove = "/account/passkeys/remove";
    let which = [("passkey", handle.as_str())];
    let shown = browser.get(&format!("{}{remove}?passkey={handle}", app.portal)).await;
    assert_eq!(
        (shown.status.as_u16(), shown.field("passkey")),
        (200, Some(handle.clone()))
    );
    app.advance(Duration::from_secs(30));
    let page = app
        .again(&mut browser, remove, "not this one", &app.code(&patient), &which)
        .await;
    assert_eq!((page.status.as_u16(), lines(&app, &patient).await.len()), (401, 1));
    app.advance(Duration::from_secs(30));
    let (code, password) = (app.code(&other), other.password.clone());
    let page = app.again(&mut stranger, remove, &password, &code, &which).await;
    assert_eq!(page.status, 404, "somebody else's does not exist");
    let page = app
        .again(&mut browser, remove, &patient.password, &app.code(&patient), &which)
        .await;
    assert_eq!(
        (page.status.as_u16(), page.location()),
        (303, "/account/passkeys?removed"),
        "{page:?}"
    );
    assert!(lines(&app, &patient).await.is_empty());
    let kinds: Vec<String> = trail(&app).await.into_iter().map(|event| event.kind).collect();
    for kind in ["passkey-removed", "passkey-added", "step-up-refused"] {
        assert!(kinds.iter().any(|found| found == kind), "{kind}: {kinds:?}");
    }
    app.stop().await;
}

async fn r40_asking_again_counts_in_the_identifiers_bucket(app: TestApp) {
    let patient = app.patient("P-102477", "102477").await;
    let mut browser = app.browser();
    app.sign_in(&mut browser, &patient).await;
    for _ in 0..3 {
        let page = app
            .again(&mut browser, "/account/passkeys/add", "x", "000000", &[])
            .await;
        assert_eq!(page.status, 401);
    }
    let page = app
        .again(&mut browser, "/account/passkeys/add", "x", "000000", &[])
        .await;
    assert_eq!(page.status, 429);
    assert!(page.header("retry-after").is_some() && page.element("error").is_some());
    let page = app.attempt(&mut browser, &patient.identifier, "x", "000000").await;
    assert_eq!(page.status, 429, "it is the bucket of a sign-in from here");
    app.stop().await;
}

async fn enrolment_by_lab_code_ends_every_passkey_and_a_rotation_none(app: TestApp) {
    let (mut patient, mut key) = app.patient_with_passkey("P-102477", "102477").await;
    let code = app.new_lab_code(&patient).await;
    app.enrol(&mut app.browser(), &mut patient, &code).await;
    assert!(lines(&app, &patient).await.is_empty());
    assert_eq!(app.sign_in_with(&mut app.browser(), &mut key).await.status, 401);
    app.stop().await;
}

async fn an_account_has_twenty_passkeys_and_no_more(app: TestApp) {
    let patient = app.patient("P-102477", "102477").await;
    let mut browser = app.browser();
    app.sign_in(&mut browser, &patient).await;
    let mut first = None;
    for number in 1..=20 {
        let key = app.add_passkey(&mut browser, &patient, &format!("n° {number}")).await;
        first.get_or_insert(key);
    }
    app.advance(Duration::from_secs(30));
    let code = app.code(&patient);
    let page = app
        .again(&mut browser, "/account/passkeys/add", &patient.password, &code, &[])
        .await;
    assert_eq!(page.location(), "/account/passkeys");
    assert!(!browser.follow(page).await.text().contains("/account/passkeys/add"));
    assert_eq!(lines(&app, &patient).await.len(), 20);
    let mut first = first.unwrap();
    assert_eq!(app.sign_in_with(&mut app.browser(), &mut first).await.status, 303);
    app.stop().await;
}

async fn nothing_of_a_passkey_is_readable_in_the_database(app: TestApp) {
    let patient = app.patient("P-102477", "102477").await;
    let mut browser = app.browser();
    app.sign_in(&mut browser, &patient).await;
    let key = app.add_passkey(&mut browser, &patient, "a name to look for").await;
    assert_ne!(
        key.handle.as_slice(),
        patient.account.as_bytes(),
        "authenticators learn no id of ours"
    );
    let rows: Vec<Vec<u8>> = match &app.core.db {
        vestibule::store::Db::Sqlite { writer, .. } => {
            let sql = "SELECT CAST(hex(credential) || hex(name) || hex(credential_index) AS BLOB) FROM passkeys";
            sqlx::query_scalar(sql).fetch_all(writer).await.unwrap()
        }
        vestibule::store::Db::Postgres(pool) => {
            let sql =
                "SELECT convert_to(upper(encode(credential || name || credential_index, 'hex')), 'UTF8') FROM passkeys";
            sqlx::query_scalar(sql).fetch_all(pool).await.unwrap()
        }
    };
    let row = String::from_utf8(rows.concat()).unwrap();
    assert!(row.len() > 200);
    let hex = |bytes: &[u8]| data_encoding::HEXUPPER.encode(bytes);
    for secret in [hex(b"a name to look for"), hex(b"cred_id"), hex(&key.handle)] {
        assert!(!row.contains(&secret));
    }
    app.stop().await;
}

async fn what_an_authenticator_shows_names_nobody(app: TestApp) {
    let patient = app.patient("P-102477", "102477").await;
    let mut browser = app.browser();
    app.sign_in(&mut browser, &patient).await;
    app.advance(Duration::from_secs(30));
    let (code, add) = (app.code(&patient), "/account/passkeys/add");
    let begun = app.again(&mut browser, add, &patient.password, &code, &[]).await;
    let options = options(&browser.follow(begun).await);
    assert_eq!(options["rp"]["name"], "Laboratoire du Port");
    for name in ["name", "displayName"] {
        assert_eq!(options["user"][name], "Laboratoire du Port", "{options}");
    }
    app.stop().await;
}
