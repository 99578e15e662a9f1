//! From the dry run to the last password, through the pages.

use std::time::Duration;

use vestibule::domain::audit::Actor;
use vestibule::domain::leak::{LeakId, LeakState};
use vestibule::domain::password::Password;
use vestibule::leak::campaign::{self, EffectStatus, LeakError, Overview, Warning};
use vestibule::store::account::{locked, passwords};
use vestibule::store::audit;
use vestibule::store::leak::leak_entries;
use vestibule::store::sign_in::sessions;

use crate::support::app::TestApp;
use crate::support::browser::Browser;
use crate::support::databases::on_both_databases;
use crate::support::patient::{Patient, operator};

on_both_databases![
    a_dry_run_says_what_would_happen_and_does_nothing,
    r14_an_applied_list_ends_sessions_and_holds_sign_ins_of_those_on_it_alone,
    r14_after_a_day_the_old_password_is_disabled_and_that_is_written_down,
    two_people_decide_and_neither_may_be_a_machine,
    an_undone_list_asks_nothing_of_anybody,
    the_same_list_again_is_the_same_leak,
    a_password_changed_after_the_list_was_read_is_not_locked_again,
    whoever_waits_for_a_lab_code_comes_back_with_it_and_is_counted,
    a_listed_pair_is_held_even_where_the_account_stood_free,
    two_lists_that_cross_are_both_satisfied_by_one_new_password,
    another_lab_knows_nothing_of_a_leak,
];

async fn overview(app: &TestApp, id: LeakId) -> Overview {
    campaign::overview(&app.core, &app.lab(), id).await.unwrap().unwrap()
}

async fn is_signed_in(app: &TestApp, browser: &mut Browser) -> bool {
    let page = browser.get(&format!("{}/account", app.portal)).await;
    page.status == 200
}

async fn kinds(app: &TestApp) -> Vec<String> {
    let mut tx = app.core.db.begin_read().await.unwrap();
    let events = audit::find_newest(&mut tx, &app.lab(), 1_000).await.unwrap();
    events.into_iter().map(|event| event.kind).collect()
}

async fn is_held(app: &TestApp, patient: &Patient) -> bool {
    app.advance(Duration::from_secs(60));
    let mut browser = app.browser();
    let page = app.sign_in(&mut browser, patient).await;
    let page = browser.follow(page).await;
    let held = page.element("held").is_some();
    assert_ne!(held, is_signed_in(app, &mut browser).await, "{}", page.text());
    held
}

fn line(patient: &Patient) -> String {
    format!("{};{}\n", patient.identifier, patient.password)
}

async fn a_dry_run_says_what_would_happen_and_does_nothing(app: TestApp) {
    let patient = app.patient("P-1", "1").await;
    let (_, _) = app.imported("P-2", "2").await;
    let mut browser = app.browser();
    app.sign_in(&mut browser, &patient).await;
    let id = app
        .draft("P-1;ein pferd\nP-1;zwei pferde\np-2;\nP-9;x y z 1 2\n\nnobody\n")
        .await;
    let said = overview(&app, id).await;
    let reading = said.reading.unwrap();
    assert_eq!((reading.census.rows, reading.census.with_password), (4, 3));
    assert_eq!(
        (said.accounts.found, said.accounts.to_rotate, said.accounts.to_tell),
        (2, 1, 1)
    );
    assert_eq!((said.state, said.sessions), (LeakState::Drafted, 2));
    assert!(is_signed_in(&app, &mut browser).await);
    assert!(!is_held(&app, &patient).await);
    assert!(kinds(&app).await.contains(&"leak-read".to_owned()), "R-44");
    app.stop().await;
}

async fn r14_an_applied_list_ends_sessions_and_holds_sign_ins_of_those_on_it_alone(app: TestApp) {
    let (listed, told, other) = (
        app.patient("P-1", "1").await,
        app.patient("P-2", "2").await,
        app.patient("P-3", "3").await,
    );
    let (mut one, mut two, mut three) = (app.browser(), app.browser(), app.browser());
    for (browser, patient) in [(&mut one, &listed), (&mut two, &told), (&mut three, &other)] {
        app.sign_in(browser, patient).await;
    }
    app.leak(&format!("{}{};\n", line(&listed), told.identifier)).await;
    assert_eq!(
        one.get(&format!("{}/account", app.portal)).await.status,
        401,
        "its session is over"
    );
    assert!(is_signed_in(&app, &mut two).await && is_signed_in(&app, &mut three).await);
    assert!(is_held(&app, &listed).await);
    assert!(!is_held(&app, &told).await && !is_held(&app, &other).await);
    app.stop().await;
}

async fn r14_after_a_day_the_old_password_is_disabled_and_that_is_written_down(app: TestApp) {
    let (late, prompt) = (app.patient("P-1", "1").await, app.patient("P-2", "2").await);
    let id = app.leak(&(line(&late) + &line(&prompt))).await;
    rotate(&app, &prompt, "trois tortues sous la pluie").await;
    app.advance(Duration::from_secs(24 * 3600));
    campaign::follow_up(&app.core).await.unwrap();
    let accounts = overview(&app, id).await.accounts;
    assert_eq!(
        (accounts.disabled, accounts.rotated, accounts.rotation_required),
        (1, 1, 0)
    );
    campaign::follow_up(&app.core).await.unwrap();
    let disabled = kinds(&app)
        .await
        .iter()
        .filter(|kind| *kind == "password-disabled")
        .count();
    assert_eq!(disabled, 1, "once");
    assert!(is_held(&app, &late).await, "and no further than its own page");
    app.stop().await;
}

async fn two_people_decide_and_neither_may_be_a_machine(app: TestApp) {
    let patient = app.patient("P-1", "1").await;
    let (core, lab) = (&app.core, app.lab());
    let id = app.draft(&line(&patient)).await;
    let early = campaign::approve(core, &lab, id, &operator("second")).await;
    assert!(matches!(
        early,
        Err(LeakError::NotNow {
            state: LeakState::Drafted,
            ..
        })
    ));
    for _ in 0..2 {
        let asked = campaign::apply(core, &lab, id, &operator("first")).await.unwrap();
        assert_eq!(asked, EffectStatus::AwaitingApproval);
    }
    assert!(!is_held(&app, &patient).await, "nothing yet");
    let same = campaign::approve(core, &lab, id, &operator("first")).await;
    assert!(matches!(same, Err(LeakError::SamePerson)));
    let machine = Actor::Machine {
        user: "root".to_owned(),
    };
    let machine = campaign::approve(core, &lab, id, &machine).await;
    assert!(matches!(machine, Err(LeakError::NotAnOperator)));
    campaign::approve(core, &lab, id, &operator("second")).await.unwrap();
    assert!(
        is_held(&app, &patient).await,
        "at once, before anything is written down"
    );
    let close = campaign::close(core, &lab, id, &operator("first")).await;
    assert!(matches!(close, Err(LeakError::NotSettled)));
    campaign::follow_up(core).await.unwrap();
    campaign::close(core, &lab, id, &operator("first")).await.unwrap();
    let undo = campaign::undo(core, &lab, id, &operator("first")).await;
    assert!(matches!(
        undo,
        Err(LeakError::NotNow {
            state: LeakState::Closed,
            ..
        })
    ));
    assert!(is_held(&app, &patient).await, "closed, and still in effect");
    app.stop().await;
}

async fn an_undone_list_asks_nothing_of_anybody(app: TestApp) {
    let patient = app.patient("P-1", "1").await;
    let id = app.leak(&line(&patient)).await;
    assert!(is_held(&app, &patient).await);
    app.advance(Duration::from_secs(25 * 3600));
    campaign::undo(&app.core, &app.lab(), id, &operator("first"))
        .await
        .unwrap();
    assert!(!is_held(&app, &patient).await, "the old password serves again");
    campaign::follow_up(&app.core).await.unwrap();
    let mut tx = app.core.db.begin_read().await.unwrap();
    let left = leak_entries::lookup_stretch(&mut tx, &app.lab(), id, &[], 1)
        .await
        .unwrap();
    assert_eq!(left, None, "R-02: its digests are gone");
    drop(tx);
    app.stop().await;
}

async fn the_same_list_again_is_the_same_leak(app: TestApp) {
    let patient = app.patient("P-1", "1").await;
    let id = app.leak(&line(&patient)).await;
    let before = kinds(&app).await;
    assert_eq!(app.leak_again(&line(&patient)).await, id);
    assert_eq!(kinds(&app).await, before, "nothing happened twice");
    let other = app.draft(&(line(&patient) + "P-7;x\n")).await;
    assert_ne!(other, id);
    campaign::undo(&app.core, &app.lab(), id, &operator("first"))
        .await
        .unwrap();
    assert_ne!(app.draft(&line(&patient)).await, id, "what was undone is begun anew");
    app.stop().await;
}

async fn a_password_changed_after_the_list_was_read_is_not_locked_again(app: TestApp) {
    let mut patient = app.patient("P-1", "1").await;
    let id = app.draft(&line(&patient)).await;
    app.advance(Duration::from_secs(60));
    let code = app.new_lab_code(&patient).await;
    patient.password = "trois tortues sous la pluie".to_owned();
    let mut browser = app.browser();
    app.enrol(&mut browser, &mut patient, &code).await;
    campaign::apply(&app.core, &app.lab(), id, &operator("first"))
        .await
        .unwrap();
    campaign::approve(&app.core, &app.lab(), id, &operator("second"))
        .await
        .unwrap();
    campaign::follow_up(&app.core).await.unwrap();
    assert!(
        is_signed_in(&app, &mut browser).await,
        "its session is not of the old password"
    );
    assert!(!is_held(&app, &patient).await);
    assert_eq!(overview(&app, id).await.accounts.re_enrolled, 1);
    app.stop().await;
}

async fn whoever_waits_for_a_lab_code_comes_back_with_it_and_is_counted(app: TestApp) {
    let (mut waiting, code) = app.imported("P-1", "1").await;
    let id = app.leak("P-1;soleil2020\n").await;
    assert_eq!(
        overview(&app, id).await.accounts.disabled,
        1,
        "no second factor: nothing but a lab code"
    );
    app.advance(Duration::from_secs(60));
    let mut browser = app.browser();
    app.enrol(&mut browser, &mut waiting, &code).await;
    assert!(!is_held(&app, &waiting).await);
    let accounts = overview(&app, id).await.accounts;
    assert_eq!((accounts.disabled, accounts.re_enrolled), (0, 1));
    app.stop().await;
}

async fn a_listed_pair_is_held_even_where_the_account_stood_free(app: TestApp) {
    let mut patient = app.patient("P-1", "1").await;
    let id = app.draft("P-1;une autre chose\n").await;
    app.advance(Duration::from_secs(60));
    // Set by an import or a script: no page would accept it.
    let listed = Password::typed("une autre chose").unwrap();
    let hash = app.core.hashing.make(listed).await.unwrap();
    let mut tx = app.core.db.begin().await.unwrap();
    let holder = locked::lock(&mut tx, &app.lab(), patient.account).await.unwrap();
    passwords::set(&mut holder.unwrap(), &hash, app.now()).await.unwrap();
    tx.commit().await.unwrap();
    patient.password = "une autre chose".to_owned();
    assert!(
        !is_held(&app, &patient).await,
        "newer than the list, and the list is not in effect"
    );
    campaign::apply(&app.core, &app.lab(), id, &operator("first"))
        .await
        .unwrap();
    campaign::approve(&app.core, &app.lab(), id, &operator("second"))
        .await
        .unwrap();
    assert!(is_held(&app, &patient).await, "this very pair circulates");
    app.stop().await;
}

async fn two_lists_that_cross_are_both_satisfied_by_one_new_password(app: TestApp) {
    let mut patient = app.patient("P-1", "1").await;
    let one = app.leak(&line(&patient)).await;
    let two = app.leak(&(line(&patient) + "P-8;y\n")).await;
    rotate(&app, &patient, "trois tortues sous la pluie").await;
    patient.password = "trois tortues sous la pluie".to_owned();
    assert!(!is_held(&app, &patient).await);
    for id in [one, two] {
        assert_eq!(overview(&app, id).await.accounts.rotated, 1);
    }
    campaign::undo(&app.core, &app.lab(), one, &operator("first"))
        .await
        .unwrap();
    assert!(!is_held(&app, &patient).await);
    app.stop().await;
}

async fn another_lab_knows_nothing_of_a_leak(app: TestApp) {
    let patient = app.patient("P-1", "1").await;
    let id = app.draft(&line(&patient)).await;
    let elsewhere = "elsewhere".parse().unwrap();
    assert!(campaign::overview(&app.core, &elsewhere, id).await.unwrap().is_none());
    let applied = campaign::apply(&app.core, &elsewhere, id, &operator("first")).await;
    assert!(matches!(applied, Err(LeakError::UnknownLeak)), "R-46");
    assert_eq!(overview(&app, id).await.warnings, [] as [Warning; 0]);
    let mut tx = app.core.db.begin_read().await.unwrap();
    assert!(
        sessions::find_open(&mut tx, &elsewhere, patient.account)
            .await
            .unwrap()
            .is_empty()
    );
    drop(tx);
    app.stop().await;
}

/// Signs in, is held, chooses.
async fn rotate(app: &TestApp, patient: &Patient, new: &str) {
    app.advance(Duration::from_secs(60));
    let mut browser = app.browser();
    let held = app.sign_in(&mut browser, patient).await;
    let page = browser.follow(held).await;
    let csrf = page.field("csrf").unwrap();
    let fields = [("new_password", new), ("csrf", csrf.as_str())];
    let done = browser.post(&format!("{}/password", app.portal), &fields).await;
    assert_eq!(done.status, 303, "{}", done.text());
}
