//! Two transactions at one account: whichever comes first, no session is left that rests on what the other ended. On
//! PostgreSQL both are stopped at the account's row, in an order of the test's choosing.

use std::future::Future;
use std::time::Duration;

use vestibule::admin::operators;
use vestibule::domain::account::AccountState;
use vestibule::domain::audit::Actor;
use vestibule::domain::ending::Change;
use vestibule::domain::operator::Role;
use vestibule::domain::session::Session;
use vestibule::kernel::ids::{AccountId, LabId};
use vestibule::store::account::locked;
use vestibule::store::sign_in::sessions;
use vestibule::store::{self, Tx};

use crate::support::app::TestApp;
use crate::support::browser::Page;
use crate::support::databases::on_both_databases;
use crate::support::operator::hire;
use crate::support::patient::{PASSWORD, Patient};

on_both_databases![
    a_sign_in_with_the_old_password_behind_a_rotation,
    a_sign_in_with_the_old_password_before_a_rotation,
    a_sign_in_behind_an_ending,
    a_passkey_behind_its_removal,
    a_step_up_behind_an_enrolment,
    an_operator_who_is_disabled,
];

const NEW: &str = "trois tortues sous la pluie";

/// Runs both, the first one ahead of the second at the account's row.
async fn race<A, B>(
    app: &TestApp,
    (lab, account): (&LabId, AccountId),
    first: impl Future<Output = A>,
    second: impl Future<Output = B>,
) -> (A, B) {
    let mut pause = app.core.db.begin().await.unwrap();
    if matches!(pause, Tx::Sqlite(_)) {
        // Its one writer lets them through as they come.
        pause.commit().await.unwrap();
        return futures_util::join!(first, second);
    }
    locked::lock(&mut pause, lab, account).await.unwrap();
    let (first, second, ()) = futures_util::join!(
        first,
        async {
            waiting(app, 1).await;
            second.await
        },
        async {
            waiting(app, 2).await;
            pause.commit().await.unwrap();
        }
    );
    (first, second)
}

/// Until so many transactions wait for a lock.
async fn waiting(app: &TestApp, expected: i64) {
    for _ in 0..500 {
        let mut tx = app.core.db.begin_read().await.unwrap();
        let Tx::Postgres(connection) = &mut tx else { return };
        let sql = "SELECT COUNT(*) FROM pg_stat_activity \
                   WHERE datname = current_database() AND wait_event_type = 'Lock'";
        let found: i64 = sqlx::query_scalar(sql).fetch_one(&mut **connection).await.unwrap();
        if found >= expected {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{expected} transactions were to wait for the account");
}

async fn open(app: &TestApp, patient: &Patient) -> Vec<Session> {
    let mut tx = app.core.db.begin_read().await.unwrap();
    sessions::find_open(&mut tx, &app.lab(), patient.account).await.unwrap()
}

/// A hold's page, and the new password that its holder is about to send; then an old sign-in of somebody else.
async fn rotation_and_sign_in(app: &TestApp, patient: &Patient, rotation_first: bool) {
    app.require_rotation(patient).await;
    let mut holder = app.browser();
    let answer = app.sign_in(&mut holder, patient).await;
    let csrf = holder.follow(answer).await.field("csrf").unwrap();
    app.advance(Duration::from_secs(60));
    let url = format!("{}/password", app.portal);
    let fields = [("new_password", NEW), ("csrf", csrf.as_str())];
    let (mut thief, code) = (app.browser(), app.code(patient));
    let rotating = holder.post(&url, &fields);
    let signing_in = app.attempt(&mut thief, &patient.identifier, &patient.password, &code);
    let done: Page = if rotation_first {
        let (done, refused) = race(app, (&app.lab(), patient.account), rotating, signing_in).await;
        // On SQLite whoever comes first; a hold then, which the rotation ended.
        let is_ordered = matches!(app.core.db, store::Db::Postgres(_));
        assert!(
            refused.status == 401 || !is_ordered,
            "the old password is nothing any more"
        );
        done
    } else {
        race(app, (&app.lab(), patient.account), signing_in, rotating).await.1
    };
    assert_eq!(done.status, 303, "{}", done.text());
    let page = thief.get(&url).await;
    assert_eq!(page.location(), "/login", "nothing is left of the old sign-in");
    assert_eq!(open(app, patient).await.len(), 1);
}

async fn a_sign_in_with_the_old_password_behind_a_rotation(app: TestApp) {
    let patient = app.patient("P-1", "1").await;
    rotation_and_sign_in(&app, &patient, true).await;
    app.stop().await;
}

async fn a_sign_in_with_the_old_password_before_a_rotation(app: TestApp) {
    let patient = app.patient("P-1", "1").await;
    rotation_and_sign_in(&app, &patient, false).await;
    app.stop().await;
}

async fn stop_account(app: &TestApp, patient: &Patient) {
    let mut tx = app.core.db.begin().await.unwrap();
    let holder = locked::lock(&mut tx, &app.lab(), patient.account).await.unwrap();
    holder
        .unwrap()
        .set_state(AccountState::Suspended, app.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

async fn a_sign_in_behind_an_ending(app: TestApp) {
    let patient = app.patient("P-1", "1").await;
    let (mut browser, code) = (app.browser(), app.code(&patient));
    let signing_in = app.attempt(&mut browser, &patient.identifier, &patient.password, &code);
    let ((), page) = race(
        &app,
        (&app.lab(), patient.account),
        stop_account(&app, &patient),
        signing_in,
    )
    .await;
    assert_eq!(page.status, 401);
    assert!(open(&app, &patient).await.is_empty());
    app.stop().await;
}

async fn a_passkey_behind_its_removal(app: TestApp) {
    let (patient, mut key) = app.patient_with_passkey("P-1", "1").await;
    let mut browser = app.browser();
    let ((), page) = race(
        &app,
        (&app.lab(), patient.account),
        stop_account(&app, &patient),
        app.sign_in_with(&mut browser, &mut key),
    )
    .await;
    assert_eq!(page.status, 401);
    assert!(open(&app, &patient).await.is_empty());
    app.stop().await;
}

async fn a_step_up_behind_an_enrolment(app: TestApp) {
    let patient = app.patient("P-1", "1").await;
    let mut thief = app.browser();
    app.sign_in(&mut thief, &patient).await;
    app.advance(Duration::from_secs(60));
    let enrolled = async {
        let mut tx = app.core.db.begin().await.unwrap();
        let mut holder = locked::lock(&mut tx, &app.lab(), patient.account)
            .await
            .unwrap()
            .unwrap();
        holder.end(Change::AuthenticatorBound, app.now()).await.unwrap();
        tx.commit().await.unwrap();
    };
    let (add, code) = ("/account/passkeys/add", app.code(&patient));
    let stepping_up = app.again(&mut thief, add, &patient.password, &code, &[]);
    let ((), page) = race(&app, (&app.lab(), patient.account), enrolled, stepping_up).await;
    assert_ne!(page.header("location"), Some("/account/passkeys/new"));
    assert!(thief.cookie("localhost", "__Host-vst_passkey").is_none());
    app.stop().await;
}

async fn an_operator_who_is_disabled(app: TestApp) {
    let colleague = hire(&app.core, "claire", &[("port", Role::Desk)]).await;
    let realm = LabId::operators();
    let account = {
        let mut tx = app.core.db.begin_read().await.unwrap();
        store::account::operators::find(&mut tx).await.unwrap()[0]
    };
    let (mut browser, code) = (app.browser(), colleague.code(&app.core));
    let disabling = async {
        operators::disable(&app.core, &colleague.name, &Actor::Vestibule)
            .await
            .unwrap();
    };
    let signing_in = app.desk_attempt(&mut browser, colleague.name.as_str(), PASSWORD, &code);
    race(&app, (&realm, account), disabling, signing_in).await;
    let mut tx = app.core.db.begin_read().await.unwrap();
    let open = sessions::find_open(&mut tx, &realm, account).await.unwrap();
    assert!(open.is_empty(), "{open:?}");
    tx.commit().await.unwrap();
    app.stop().await;
}
