//! Named operators enrol and sign in as patients do, in a realm of their own.

use std::time::Duration;

use vestibule::admin::operators::disable;
use vestibule::domain::audit::Actor;
use vestibule::domain::operator::Role;

use crate::support::app::TestApp;
use crate::support::databases::on_both_databases;
use crate::support::operator::{add, hire};
use crate::support::patient::PASSWORD;

on_both_databases![
    r05_an_operator_enrols_from_paper_without_a_birth_date,
    r39_a_patients_session_opens_no_desk_and_the_reverse,
    r38_an_operators_session_ends_after_15_minutes_idle_and_4_hours_at_the_latest,
    r12_an_operators_password_ages_where_the_lab_wants_it,
    r21_the_desk_refuses_as_the_portal_does,
    r37_a_disabled_operator_is_out_at_the_next_click,
];

const SECURITY: &[(&str, Role)] = &[("port", Role::Security)];

async fn r05_an_operator_enrols_from_paper_without_a_birth_date(app: TestApp) {
    let paper = add(&app.core, "claire", SECURITY).await;
    let mut browser = app.browser();
    let at = |path: &str| format!("{}{path}", app.portal);
    let start = browser.get(&at("/desk/activate")).await;
    assert!(start.field("lab_code").is_some() && start.field("birth_date").is_none());
    let csrf = start.field("csrf").unwrap();
    let fields = [
        ("lab_code", paper.as_str()),
        ("birth_date", "1944-05-12"),
        ("csrf", &csrf),
    ];
    let wrong = browser.post(&at("/activate"), &fields).await;
    assert_eq!(wrong.status, 401, "an operator's code opens nothing at the portal");
    let page = browser
        .post(&at("/desk/activate"), &[("lab_code", &paper), ("csrf", &csrf)])
        .await;
    assert_eq!((page.status.as_u16(), page.location()), (303, "/desk/activate"));
    for weak in ["Laboratoire du Port", "Guillou44!"] {
        let fields = [("new_password", weak), ("csrf", &csrf)];
        let page = browser.post(&at("/desk/activate/password"), &fields).await;
        assert_eq!(page.status, 422, "R-11: {weak}");
    }
    let fields = [("new_password", PASSWORD), ("csrf", &csrf)];
    let page = browser.post(&at("/desk/activate/password"), &fields).await;
    let page = browser.follow(page).await;
    let secret = page.element("totp-secret").unwrap();
    let code = crate::support::oathtool::code(&secret, app.now().unix_seconds());
    let page = browser
        .post(&at("/desk/activate/code"), &[("code", &code), ("csrf", &csrf)])
        .await;
    let page = browser.follow(page).await;
    assert!(page.element("recovery-codes").is_some(), "{page:?}");
    let home = browser.get(&at("/desk")).await;
    assert!(home.text().contains("Claire Guillou"), "{home:?}");
    app.stop().await;
}

async fn r39_a_patients_session_opens_no_desk_and_the_reverse(app: TestApp) {
    const PATIENT: &str = "__Host-vst_session";
    const OPERATOR: &str = "__Host-vst_desk";
    let patient = app.patient("P-1", "1").await;
    let claire = hire(&app.core, "claire", SECURITY).await;
    let mut portal = app.browser();
    app.sign_in(&mut portal, &patient).await;
    let desk = app.at_desk(&claire).await;
    let token = |browser: &crate::support::browser::Browser, name| browser.cookie("localhost", name).cloned();
    assert!(token(&portal, OPERATOR).is_none() && token(&desk, PATIENT).is_none());
    for (own, name, path, login) in [
        (token(&portal, PATIENT), OPERATOR, "/desk", "/desk/login"),
        (token(&desk, OPERATOR), PATIENT, "/account", "/login"),
    ] {
        let mut thief = app.browser();
        let url = format!("{}{path}", app.portal);
        thief.headers = vec![("Cookie".to_owned(), format!("{name}={}", own.unwrap()))];
        let page = thief.get(&url).await;
        assert_eq!(page.status, 401, "{path}");
        assert!(page.text().contains(&format!("action=\"{login}\"")), "{page:?}");
    }
    // The same means at the other door: an operator is not a patient, and no site lets one in.
    let mut browser = app.browser();
    app.advance(Duration::from_secs(30));
    let code = claire.code(&app.core);
    let page = app.attempt(&mut browser, "claire", PASSWORD, &code).await;
    assert_eq!(page.status, 401);
    let site = format!("{}/dossiers/1/sommaire", app.site);
    let to_portal = browser.get(&site).await;
    let query = to_portal.location().split_once('?').unwrap().1.to_owned();
    let form = browser.get(&format!("{}/desk/login?{query}", app.portal)).await;
    let field = |name| form.field(name).unwrap_or_default();
    let (csrf, to, via) = (field("csrf"), field("to"), field("via"));
    let fields = [
        ("identifier", "claire"),
        ("password", PASSWORD),
        ("code", &code),
        ("csrf", &csrf),
        ("site", "results"),
        ("to", &to),
        ("via", &via),
    ];
    let page = browser.post(&format!("{}/desk/login", app.portal), &fields).await;
    assert_eq!((page.status.as_u16(), page.location()), (303, "/desk"), "{page:?}");
    app.stop().await;
}

async fn r38_an_operators_session_ends_after_15_minutes_idle_and_4_hours_at_the_latest(app: TestApp) {
    let claire = hire(&app.core, "claire", SECURITY).await;
    let desk = format!("{}/desk", app.portal);
    let minutes = |n: u64| Duration::from_secs(60 * n);
    let mut browser = app.at_desk(&claire).await;
    app.advance(minutes(14));
    let page = browser.get(&desk).await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("class=\"soon after-10\""), "R-54: {page:?}");
    app.advance(minutes(15));
    assert_eq!(browser.get(&desk).await.status, 401);
    let mut browser = app.at_desk(&claire).await;
    for _ in 0..23 {
        app.advance(minutes(10));
        assert_eq!(browser.get(&desk).await.status, 200);
    }
    app.advance(minutes(10));
    assert_eq!(browser.get(&desk).await.status, 401, "however busy");
    app.stop().await;
}

async fn r21_the_desk_refuses_as_the_portal_does(app: TestApp) {
    let claire = hire(&app.core, "claire", SECURITY).await;
    let hashes = app.metric("vestibule_password_hashes_total").await;
    let (mut known, mut unknown) = (app.browser(), app.browser());
    let wrong = app.desk_attempt(&mut known, "claire", PASSWORD, "000000").await;
    let nobody = app.desk_attempt(&mut unknown, "denise", PASSWORD, "000000").await;
    let without = |page: &crate::support::browser::Page, name| {
        let csrf = page.field("csrf").unwrap();
        page.text().replace(&csrf, "CSRF").replace(name, "NAME")
    };
    assert_eq!(
        (wrong.status, nobody.status),
        (401.try_into().unwrap(), 401.try_into().unwrap())
    );
    assert_eq!(without(&wrong, "claire"), without(&nobody, "denise"));
    assert_eq!(
        app.metric("vestibule_password_hashes_total").await,
        hashes,
        "no stranger makes the server hash"
    );
    let code = claire.code(&app.core);
    let page = app.desk_attempt(&mut known, "CLAIRE", PASSWORD, &code).await;
    assert_eq!(page.status, 303, "a name is the same however it is written");
    app.stop().await;
}

async fn r37_a_disabled_operator_is_out_at_the_next_click(app: TestApp) {
    let claire = hire(&app.core, "claire", SECURITY).await;
    let mut browser = app.at_desk(&claire).await;
    disable(&app.core, &claire.name, &Actor::Vestibule).await.unwrap();
    assert_eq!(browser.get(&format!("{}/desk", app.portal)).await.status, 401);
    app.advance(Duration::from_secs(60));
    let code = claire.code(&app.core);
    let page = app.desk_attempt(&mut browser, "claire", PASSWORD, &code).await;
    assert_eq!(page.status, 401);
    app.stop().await;
}

async fn r12_an_operators_password_ages_where_the_lab_wants_it(mut app: TestApp) {
    let claire = hire(&app.core, "claire", SECURITY).await;
    let patient = app.patient("P-1", "1").await;
    app.restart_with(|config| config.operator.password_days = Some(90))
        .await;
    app.at_desk(&claire).await;
    app.advance(Duration::from_secs(90 * 86_400));
    let mut browser = app.browser();
    let code = claire.code(&app.core);
    let held = app.desk_attempt(&mut browser, "claire", PASSWORD, &code).await;
    assert_eq!((held.status.as_u16(), held.location()), (303, "/desk/password"));
    assert_eq!(
        browser.get(&format!("{}/desk", app.portal)).await.location(),
        "/desk/login"
    );
    let page = browser.follow(held).await;
    assert!(page.element("held").is_some(), "{page:?}");
    let csrf = page.field("csrf").unwrap();
    let password = format!("{}/desk/password", app.portal);
    for (new, status) in [(PASSWORD, 422), ("trois tortues sous la pluie", 303)] {
        let page = browser.post(&password, &[("new_password", new), ("csrf", &csrf)]).await;
        assert_eq!(page.status, status, "{page:?}");
    }
    assert_eq!(browser.get(&format!("{}/desk", app.portal)).await.status, 200);
    let patients = app.sign_in(&mut app.browser(), &patient).await;
    assert_eq!(patients.location(), "/account", "patients' passwords do not age");
    app.stop().await;
}
