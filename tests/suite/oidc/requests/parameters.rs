//! The other parameters: language, claims, assurance, and what is not known here.

use actix_web::http::StatusCode;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::browser::{Browser, Page};
use crate::support::databases::on_both_databases;
use crate::support::oidc::code_on_page;
use crate::support::relying_party::{RelyingParty, answered, claims, field, follow_to_client};

on_both_databases![claims_are_asked_for_one_by_one];

async fn asked(client: &RelyingParty, browser: &mut Browser, changes: &[(&str, &str)]) -> Page {
    let page = browser.get(&client.url(changes)).await;
    follow_to_client(browser, page).await
}

fn error(page: &Page) -> String {
    field(&answered(page), "error").unwrap_or_else(|| panic!("{page:?}"))
}

#[actix_web::test]
async fn ui_locales_choose_for_those_who_did_not() {
    let app = TestApp::start().await;
    let patient = app.patient("70114202", "12").await;
    let client = app.relying_party("carnet", json!({})).await;
    let language = |page: &Page| page.attribute("lang").unwrap();
    for (wished, spoken) in [
        ("en", "en"),
        ("en-GB fr", "en"),
        ("de fr en", "fr"),
        ("de", "fr"),
        ("!", "fr"),
        ("", "fr"),
    ] {
        let login = asked(&client, &mut app.browser(), &[("ui_locales", wished)]).await;
        assert_eq!(language(&login), spoken, "{wished}");
    }
    let mut english = app.server(&[("Accept-Language", "en")]);
    let login = asked(&client, &mut english, &[("ui_locales", "fr")]).await;
    assert_eq!(language(&login), "fr");
    let failed = english
        .post(
            &format!("{}/login", app.portal),
            &[("csrf", "x"), ("request", &login.field("request").unwrap())],
        )
        .await;
    assert_eq!(language(&failed), "fr", "the form again");
    let consent = app.fill_in(&mut english, &login, &patient).await;
    assert!(
        consent.element("consent").is_some() && language(&consent) == "fr",
        "{consent:?}"
    );

    let mut chosen = app.browser();
    chosen.get(&format!("{}/login?lang=fr", app.portal)).await;
    let login = asked(&client, &mut chosen, &[("ui_locales", "en")]).await;
    assert_eq!(language(&login), "fr", "who chose keeps it");
    app.stop().await;
}

async fn claims_are_asked_for_one_by_one(app: TestApp) {
    let patient = app.patient("70114202", "12").await;
    let client = app
        .relying_party("carnet", json!({ "scopes": "openid profile records" }))
        .await;
    let mut browser = app.signed_in(&patient).await;
    let wanted = json!({
        "userinfo": { "given_name": { "essential": true }, "email": null, "picture": null },
        "id_token": { "family_name": null, "auth_time": { "essential": true }, "x": { "value": [1] } },
    });
    let changes = [("claims", wanted.to_string())];
    let changes = [("claims", changes[0].1.as_str())];
    let page = asked(&client, &mut browser, &changes).await;
    let shown = page.element("consent").unwrap();
    assert!(shown.contains("Odette") && shown.contains("Lemaître"), "{shown}");
    assert!(
        !shown.contains("1944") && !shown.contains("odette@"),
        "not wanted, or not this client's: {shown}"
    );
    let code = field(&answered(&client.consent(&mut browser, &page, "allow").await), "code").unwrap();
    let (_, tokens) = client.redeem(&app, &code).await;
    let told = claims(tokens["id_token"].as_str().unwrap());
    assert_eq!(
        (&told["family_name"], told.get("given_name")),
        (&json!("Lemaître"), None)
    );
    let page = app.userinfo(tokens["access_token"].as_str().unwrap()).await;
    let told: Value = serde_json::from_slice(&page.body).unwrap();
    let members: Vec<&String> = told.as_object().unwrap().keys().collect();
    assert_eq!(members, ["given_name", "sub"]);
    for bad in ["{", "[]", "7", "\"x\""] {
        assert_eq!(
            error(&asked(&client, &mut browser, &[("claims", bad)]).await),
            "invalid_request",
            "{bad}"
        );
    }
    for odd in ["{}", "{\"userinfo\":7}", "{\"id_token\":{\"acr\":7}}"] {
        let page = asked(&client, &mut browser, &[("claims", odd)]).await;
        assert!(field(&answered(&page), "code").is_some(), "{odd}");
    }
    app.stop().await;
}

#[actix_web::test]
async fn an_essential_assurance_is_reached_or_refused() {
    let mut app = TestApp::start().await;
    let patient = app.patient("70114202", "12").await;
    app.restart_with(|config| config.labs[0].eidas2_means = vec!["passkey".to_owned()])
        .await;
    let client = app.relying_party("carnet", json!({ "consent": "first-party" })).await;
    let mut browser = app.signed_in(&patient).await;
    let wish = |essential: bool, values: Value| {
        json!({ "id_token": { "acr": { "essential": essential, "values": values } } }).to_string()
    };
    let high = wish(true, json!(["eidas2"]));
    let silent = [("claims", high.as_str()), ("prompt", "none")];
    let unmet = "unmet_authentication_requirements";
    assert_eq!(error(&asked(&client, &mut browser, &silent).await), unmet);
    let login = asked(&client, &mut browser, &[("claims", &high)]).await;
    assert_eq!(
        error(&app.fill_in(&mut browser, &login, &patient).await),
        unmet,
        "once, not in a circle"
    );
    for enough in [
        wish(true, json!(["eidas1", "eidas2"])),
        wish(false, json!(["eidas2"])),
        wish(true, json!([])),
    ] {
        let tokens = client.tokens(&app, &mut browser, &[("claims", &enough)]).await;
        assert_eq!(claims(tokens.id())["acr"], "eidas1");
    }
    let tokens = client.tokens(&app, &mut browser, &[("acr_values", "eidas2 x")]).await;
    assert_eq!(claims(tokens.id())["acr"], "eidas1", "a wish, and what came of it");

    app.restart_with(|config| config.labs[0].eidas2_means = vec!["password-and-code".to_owned()])
        .await;
    let tokens = client.tokens(&app, &mut browser, &[("claims", &high)]).await;
    assert_eq!(claims(tokens.id())["acr"], "eidas2");
    app.stop().await;
}

#[actix_web::test]
async fn what_is_not_known_is_ignored_and_what_stands_twice_is_not() {
    let app = TestApp::start().await;
    let patient = app.patient("70114202", "12").await;
    let client = app.relying_party("carnet", json!({ "consent": "first-party" })).await;
    let mut browser = app.signed_in(&patient).await;
    let unknown = [
        ("foo", "bar"),
        ("display", "touch"),
        ("claims_locales", "fr"),
        ("acr_values", "1 2"),
        ("resource", "https://api.example"),
        ("scope", "openid phone address x:y"),
        ("code", "x"),
        ("iss", "x"),
    ];
    let answer = client.answer(&mut browser, &unknown).await;
    assert_eq!(answer.iter().filter(|(name, _)| name == "code").count(), 1);
    assert_eq!(field(&answer, "iss").unwrap(), app.portal);
    let code = field(&answer, "code").unwrap();
    let (_, tokens) = client.redeem(&app, &code).await;
    assert_eq!(tokens["scope"], "openid", "unknown scopes are not given: {tokens}");

    for twice in [
        "state=a",
        "scope=openid",
        "nonce=n",
        "foo=1&foo=2",
        "client_id=carnet",
        "prompt=&prompt=",
    ] {
        let address = format!("{}&{twice}", client.url(&[]));
        let page = browser.get(&address).await;
        assert_eq!(
            (page.status, code_on_page(&page).as_str()),
            (StatusCode::BAD_REQUEST, "invalid_request"),
            "{twice}"
        );
    }
    let many: String = (0..100).map(|number| format!("&x{number}=")).collect();
    assert_eq!(
        code_on_page(&browser.get(&(client.url(&[]) + &many)).await),
        "invalid_request"
    );

    // By form as by link, also from another site's page: no cookie comes along with that.
    let asked = client.asks(&[]);
    let fields: Vec<(&str, &str)> = asked.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let authorize = format!("{}/oauth2/authorize", app.portal);
    let sent = app
        .server(&[("Origin", "https://app.example"), ("Sec-Fetch-Site", "cross-site")])
        .post(&authorize, &fields)
        .await;
    let next = browser.get(sent.url.join(sent.location()).unwrap().as_str()).await;
    assert!(field(&answered(&next), "code").is_some(), "{next:?}");
    app.stop().await;
}
