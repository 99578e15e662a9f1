//! Back-Channel Logout 1.0: clients are told of sessions that ended, at servers of the tests' own.

use std::time::Duration;

use serde_json::{Value, json};
use vestibule::auth::session;
use vestibule::demo::certificate;
use vestibule::domain::audit::Actor;
use vestibule::kernel::clock::{Clock, SystemClock, Timestamp};
use vestibule::oidc::backchannel_logout::turn;

use crate::support::app::TestApp;
use crate::support::browser::Browser;
use crate::support::databases::on_both_databases;
use crate::support::hook::Hook;
use crate::support::patient::Patient;
use crate::support::relying_party::{RelyingParty, claims};

on_both_databases![
    a_sign_out_is_told_once,
    however_a_session_ends_its_clients_are_told,
    a_client_that_is_down_is_told_later_and_keeps_nobody_waiting,
];

/// A client with a server of its own, whose certificate the lab's CA made.
struct Told {
    client: RelyingParty,
    hook: Hook,
}

impl Told {
    async fn new(app: &TestApp, id: &str) -> Self {
        let hook = Hook::tls(app.directory.path());
        let entry = json!({
            "consent": "first-party",
            "backchannel_logout_uri": format!("https://localhost:{}/signed-out?from=labo", hook.port),
            "backchannel_ca": std::fs::read_to_string(&app.ca_file).unwrap(),
        });
        let client = app.relying_party(id, entry).await;
        Self { client, hook }
    }

    /// The server's own job and the test's turn may both be at it; in either case it comes this many times.
    async fn has(&self, app: &TestApp, count: usize) -> Vec<String> {
        for _ in 0..400 {
            turn(&app.core, Timestamp::from_micros(0)).await.unwrap();
            if self.hook.received().len() >= count {
                break;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        turn(&app.core, Timestamp::from_micros(0)).await.unwrap();
        let received = self.hook.received();
        assert_eq!(received.len(), count, "{}", self.client.id);
        received.iter().map(|one| token(&one.body)).collect()
    }

    async fn sid(&self, app: &TestApp, browser: &mut Browser) -> Value {
        let tokens = self.client.tokens(app, browser, &[]).await;
        claims(tokens.id())["sid"].clone()
    }
}

fn token(body: &str) -> String {
    let fields: Vec<(String, String)> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    assert_eq!((fields.len(), fields[0].0.as_str()), (1, "logout_token"));
    fields[0].1.clone()
}

async fn sign_out(app: &TestApp, browser: &mut Browser) {
    let csrf = browser
        .get(&format!("{}/account", app.portal))
        .await
        .field("csrf")
        .unwrap();
    let page = browser
        .post(&format!("{}/logout", app.portal), &[("csrf", &csrf)])
        .await;
    assert_eq!(page.status, 303);
}

async fn a_sign_out_is_told_once(app: TestApp) {
    let patient = app.patient("70114202", "12").await;
    let (one, two) = (Told::new(&app, "carnet").await, Told::new(&app, "agenda").await);
    let silent = app.relying_party("muet", json!({ "consent": "first-party" })).await;
    let mut browser = app.signed_in(&patient).await;
    let id_token = claims(one.client.tokens(&app, &mut browser, &[]).await.id());
    one.client.tokens(&app, &mut browser, &[]).await;
    let other_sid = two.sid(&app, &mut browser).await;
    silent.tokens(&app, &mut browser, &[]).await;
    let mut bystander = app.signed_in(&patient).await;
    one.sid(&app, &mut bystander).await;
    one.has(&app, 0).await;

    sign_out(&app, &mut browser).await;
    let received = one.has(&app, 1).await;
    let request = &one.hook.received()[0];
    assert_eq!(request.request, "POST /signed-out?from=labo HTTP/1.1");
    assert_eq!(request.header("content-type"), "application/x-www-form-urlencoded");
    let (header, told) = app.verified(&received[0], "carnet").await;
    assert_eq!(header.typ.as_deref(), Some("logout+jwt"));
    assert_eq!((&told["sub"], &told["sid"]), (&id_token["sub"], &id_token["sid"]));
    assert_eq!(
        told["events"],
        json!({ "http://schemas.openid.net/event/backchannel-logout": {} })
    );
    assert!(told["jti"].is_string() && told["iat"].is_i64() && told["exp"].is_i64());
    let mut members: Vec<&String> = told.as_object().unwrap().keys().collect();
    members.sort();
    assert_eq!(
        members,
        ["aud", "events", "exp", "iat", "iss", "jti", "sid", "sub"],
        "no nonce above all"
    );
    let (_, others) = app.verified(&two.has(&app, 1).await[0], "agenda").await;
    assert_eq!(others["sid"], other_sid);
    assert_ne!(
        (&others["sid"], &others["sub"], &others["jti"]),
        (&told["sid"], &told["sub"], &told["jti"])
    );

    app.advance(Duration::from_secs(3600));
    one.has(&app, 1).await;
    app.stop().await;
}

/// Ends the session of the browser in some way.
async fn end(app: &TestApp, how: &str, client: &RelyingParty, browser: &mut Browser, patient: &mut Patient) {
    match how {
        "everywhere" => {
            let csrf = browser
                .get(&format!("{}/account", app.portal))
                .await
                .field("csrf")
                .unwrap();
            let all = format!("{}/account/sessions/end-all", app.portal);
            browser.post(&all, &[("csrf", &csrf)]).await;
        }
        "campaign" => {
            app.advance(Duration::from_secs(1));
            app.require_rotation(patient).await;
        }
        "new password" => {
            let code = app.new_lab_code(patient).await;
            patient.password = "trois tortues sous la pluie".to_owned();
            app.enrol(&mut app.browser(), patient, &code).await;
        }
        "by the client" => {
            let tokens = client.tokens(app, browser, &[]).await;
            let hint = tokens.id();
            browser
                .get(&format!("{}/oauth2/logout?id_token_hint={hint}", app.portal))
                .await;
        }
        "somebody else signs in" => {
            let other = app.patient("70114203", "13").await;
            app.sign_in_again(browser, &other).await;
        }
        other => panic!("{other}"),
    }
}

async fn however_a_session_ends_its_clients_are_told(app: TestApp) {
    let mut patient = app.patient("70114202", "12").await;
    let told = Told::new(&app, "carnet").await;
    let ways = [
        "everywhere",
        "by the client",
        "somebody else signs in",
        "new password",
        "campaign",
    ];
    for (before, how) in ways.into_iter().enumerate() {
        let mut browser = app.signed_in(&patient).await;
        let sid = told.sid(&app, &mut browser).await;
        told.has(&app, before).await;
        end(&app, how, &told.client, &mut browser, &mut patient).await;
        let received = told.has(&app, before + 1).await;
        assert_eq!(claims(&received[before])["sid"], sid, "{how}");
    }
    app.stop().await;
}

async fn a_client_that_is_down_is_told_later_and_keeps_nobody_waiting(mut app: TestApp) {
    let patient = app.patient("70114202", "12").await;
    let (down, up) = (Told::new(&app, "panne").await, Told::new(&app, "debout").await);
    let picky = Told::new(&app, "difficile").await;
    for _ in 0..3 {
        let mut browser = app.signed_in(&patient).await;
        for told in [&down, &up, &picky] {
            told.sid(&app, &mut browser).await;
        }
    }
    app.pause().await; // so that the turns of this test are all there are
    down.hook.answer_next(&["503 Service Unavailable\r\n"]);
    picky.hook.answer_next(&["400 Bad Request\r\n"]);
    session::end_all(&app.core, &app.lab(), patient.account, &Actor::Vestibule)
        .await
        .unwrap();
    up.has(&app, 3).await;
    picky.has(&app, 3).await; // one session that it does not want does not stop the others
    down.has(&app, 1).await; // whoever is down is not asked three times

    // Five seconds later, and for the last time.
    app.advance(Duration::from_secs(6));
    let received = down.has(&app, 4).await;
    let mut sids: Vec<String> = received.iter().map(|token| claims(token)["sid"].to_string()).collect();
    let mut ids: Vec<String> = received.iter().map(|token| claims(token)["jti"].to_string()).collect();
    for list in [&mut sids, &mut ids] {
        list.sort();
        list.dedup();
    }
    assert_eq!(
        (sids.len(), ids.len()),
        (3, 4),
        "each session, the first one twice, each token new"
    );
    assert_eq!(picky.has(&app, 4).await.len(), 4);
    app.advance(Duration::from_secs(48 * 3600));
    for (told, count) in [(&down, 4), (&up, 3), (&picky, 4)] {
        told.has(&app, count).await;
    }
    app.stop().await;
}

#[actix_web::test]
async fn whoever_signs_in_again_is_the_same_session_towards_clients() {
    let app = TestApp::start().await;
    let patient = app.patient("70114202", "12").await;
    let told = Told::new(&app, "carnet").await;
    let mut browser = app.signed_in(&patient).await;
    let first = told.client.tokens(&app, &mut browser, &[]).await;
    let login = browser.get(&told.client.url(&[("prompt", "login")])).await;
    let login = crate::support::relying_party::follow_to_client(&mut browser, login).await;
    app.fill_in(&mut browser, &login, &patient).await;
    told.has(&app, 0).await;
    let first = told.client.refreshed(&app, first.refresh()).await;
    assert_eq!(told.sid(&app, &mut browser).await, claims(first.id())["sid"]);
    sign_out(&app, &mut browser).await;
    let received = told.has(&app, 1).await;
    assert_eq!(claims(&received[0])["sid"], claims(first.id())["sid"]);
    assert_eq!(told.client.unrefreshed(&app, first.refresh()).await, "invalid_grant");
    app.stop().await;
}

#[actix_web::test]
async fn a_server_that_is_not_the_named_one_gets_nothing() {
    let app = TestApp::start().await;
    let patient = app.patient("70114202", "12").await;
    let stranger = tempfile::tempdir().unwrap();
    certificate::ensure(stranger.path(), SystemClock.now()).unwrap();
    let impostor = Told {
        hook: Hook::tls(stranger.path()),
        client: {
            let real = Told::new(&app, "carnet").await;
            real.client
        },
    };
    let entry = crate::support::relying_party::policy(json!({
        "consent": "first-party",
        "backchannel_logout_uri": format!("https://localhost:{}/", impostor.hook.port),
        "backchannel_ca": std::fs::read_to_string(&app.ca_file).unwrap(),
    }));
    let mut tx = app.core.db.begin().await.unwrap();
    let (lab, id) = (app.lab(), "carnet".parse().unwrap());
    assert!(
        vestibule::store::oauth::clients::update(&mut tx, &lab, &id, &entry, app.now())
            .await
            .unwrap()
    );
    tx.commit().await.unwrap();
    let mut browser = app.signed_in(&patient).await;
    impostor.sid(&app, &mut browser).await;
    sign_out(&app, &mut browser).await;
    for _ in 0..3 {
        turn(&app.core, Timestamp::from_micros(0)).await.unwrap();
        app.advance(Duration::from_secs(60));
    }
    assert!(impostor.hook.received().is_empty());
    app.stop().await;
}

/// Idleness at the portal ends nothing at clients; a sign-out does, however late it comes.
#[actix_web::test]
async fn a_sign_out_after_a_long_while_reaches_clients_too() {
    let app = TestApp::start().await;
    let patient = app.patient("70114202", "12").await;
    let told = Told::new(&app, "carnet").await;
    let away = Duration::from_secs(31 * 60);
    let account = format!("{}/account", app.portal);

    // The page was left open, and its button is pressed.
    let mut browser = app.signed_in(&patient).await;
    let tokens = told.client.tokens(&app, &mut browser, &[]).await;
    app.advance(away);
    let tokens = told.client.refreshed(&app, tokens.refresh()).await;
    sign_out(&app, &mut browser).await;
    told.has(&app, 1).await;
    assert_eq!(told.client.unrefreshed(&app, tokens.refresh()).await, "invalid_grant");

    // They sign in again first, and sign out then.
    app.sign_in_again(&mut browser, &patient).await;
    let tokens = told.client.tokens(&app, &mut browser, &[]).await;
    app.advance(away);
    assert_eq!(browser.get(&account).await.status, 401);
    app.sign_in_again(&mut browser, &patient).await;
    let tokens = told.client.refreshed(&app, tokens.refresh()).await;
    told.has(&app, 1).await;
    sign_out(&app, &mut browser).await;
    let received = told.has(&app, 2).await;
    assert_eq!(claims(&received[1])["sid"], claims(tokens.id())["sid"]);
    assert_eq!(told.client.unrefreshed(&app, tokens.refresh()).await, "invalid_grant");

    // A client asks for it.
    app.sign_in_again(&mut browser, &patient).await;
    told.sid(&app, &mut browser).await;
    app.advance(away);
    let asked = browser.get(&format!("{}/oauth2/logout", app.portal)).await;
    let fields = [("csrf", asked.field("csrf").unwrap()), ("asked", String::new())];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser
        .post(&format!("{}/oauth2/logout/confirm", app.portal), &fields)
        .await;
    told.has(&app, 3).await;
    app.stop().await;
}
