//! Signing in with a linked identity: complete with two factors there, and with a code of ours where there was one.

use std::time::Duration;

use super::stand::{OTHER, PLAIN, STRONG, Stand, Twist, leads_to, with_a_provider};
use super::{causes, give_code, kinds, lines, signed_in, trail};

with_a_provider![
    r33_two_factors_there_are_a_complete_sign_in,
    r33_one_factor_there_takes_a_code_here,
    r20_wrong_codes_are_counted_as_at_a_sign_in,
    r14_a_listed_account_is_held,
    it_leads_where_they_were_going,
    a_key_that_the_provider_replaced_is_asked_for_once_more,
    both_doors_keep_the_books_that_every_door_keeps,
];

async fn r33_two_factors_there_are_a_complete_sign_in(stand: Stand) {
    let (patient, _) = stand.linked("70114201", "12", STRONG).await;
    let mut browser = stand.app.browser();
    let leaving = stand.leave(&mut browser).await;
    let url = leads_to(&leaving);
    let asked: std::collections::HashMap<_, _> = url.query_pairs().into_owned().collect();
    assert_eq!(asked["response_type"], "code");
    assert_eq!(asked["code_challenge_method"], "S256");
    assert_eq!(asked["acr_values"], "eidas2 eidas3");
    assert_eq!(asked["redirect_uri"], format!("{}/upstream/callback", stand.app.portal));
    assert!(
        asked["state"].len() >= 32 && asked["nonce"].len() >= 32,
        "FranceConnect wants no less"
    );
    let back = stand.show(&mut browser, &leaving, STRONG).await;
    let page = browser.get(&back).await;
    assert_eq!((page.status.as_u16(), page.location()), (303, "/account"), "{page:?}");
    assert!(signed_in(&mut browser, &stand.app).await);
    let event = trail(&stand.app)
        .await
        .into_iter()
        .find(|event| event.kind == "signed-in")
        .unwrap();
    assert!(event.detail.contains("\"means\":\"provider\""), "{}", event.detail);
    assert_eq!(lines(&stand.app, &patient).await[0].last_used_at, Some(stand.app.now()));
    assert_eq!(
        stand.app.metric("vestibule_sign_ins_total{result=\"refused\"}").await,
        0.0
    );
    stand.app.stop().await;
}

async fn r33_one_factor_there_takes_a_code_here(stand: Stand) {
    let (patient, _) = stand.linked("70114201", "12", STRONG).await;
    let mut browser = stand.app.browser();
    let page = stand.sign_in(&mut browser, PLAIN).await;
    assert_eq!(
        (page.status.as_u16(), page.location()),
        (303, "/login/provider/code"),
        "{page:?}"
    );
    assert!(!signed_in(&mut browser, &stand.app).await, "one factor opens nothing");
    let page = browser.get(&format!("{}/login/provider/code", stand.app.portal)).await;
    assert!(page.text().contains("Compte+"), "{page:?}");
    let page = give_code(&stand.app, &mut browser, "000000").await;
    assert_eq!(page.status, 401);
    assert!(page.element("error").is_some() && !signed_in(&mut browser, &stand.app).await);
    assert_eq!(causes(&stand.app).await, ["wrong-code"]);

    let code = stand.app.code(&patient);
    let page = give_code(&stand.app, &mut browser, &code).await;
    assert_eq!((page.status.as_u16(), page.location()), (303, "/account"), "{page:?}");
    assert!(signed_in(&mut browser, &stand.app).await);
    let event = trail(&stand.app)
        .await
        .into_iter()
        .find(|event| event.kind == "signed-in")
        .unwrap();
    assert!(
        event.detail.contains("\"means\":\"provider-and-code\""),
        "{}",
        event.detail
    );

    // The same code does not work again, and the page is over.
    let mut second = stand.app.browser();
    stand.sign_in(&mut second, PLAIN).await;
    assert_eq!(give_code(&stand.app, &mut second, &code).await.status, 401);
    assert!(!signed_in(&mut second, &stand.app).await);
    let page = browser.get(&format!("{}/login/provider/code", stand.app.portal)).await;
    assert_eq!(page.status, 303);
    stand.app.stop().await;
}

async fn r20_wrong_codes_are_counted_as_at_a_sign_in(stand: Stand) {
    let (patient, _) = stand.linked("70114201", "12", STRONG).await;
    let mut browser = stand.app.browser();
    stand.sign_in(&mut browser, PLAIN).await;
    let mut statuses = Vec::new();
    for _ in 0..7 {
        let page = give_code(&stand.app, &mut browser, "000000").await;
        statuses.push(page.status.as_u16());
    }
    assert_eq!(statuses.first(), Some(&401));
    assert_eq!(statuses.last(), Some(&429), "{statuses:?}");
    // It is the bucket of the identifier: the sign-in form has to wait as well.
    let code = stand.app.code(&patient);
    let mut other = stand.app.browser();
    let page = stand
        .app
        .attempt(&mut other, &patient.identifier, &patient.password, &code)
        .await;
    assert_eq!(page.status, 429);
    // And a person who showed two factors there need not: that cannot be guessed.
    let page = stand.sign_in(&mut stand.app.browser(), STRONG).await;
    assert_eq!((page.status.as_u16(), page.location()), (303, "/account"), "{page:?}");
    stand.app.stop().await;
}

async fn r14_a_listed_account_is_held(stand: Stand) {
    let (patient, _) = stand.linked("70114201", "12", STRONG).await;
    stand.app.require_rotation(&patient).await;
    stand.app.advance(Duration::from_secs(1));
    for identity in [STRONG, PLAIN] {
        let mut browser = stand.app.browser();
        let mut page = stand.sign_in(&mut browser, identity).await;
        if page.location() == "/login/provider/code" {
            page = give_code(&stand.app, &mut browser, &stand.app.code(&patient)).await;
        }
        assert_eq!((page.status.as_u16(), page.location()), (303, "/password"), "{page:?}");
        assert!(!signed_in(&mut browser, &stand.app).await);
        let page = browser.get(&format!("{}/password", stand.app.portal)).await;
        assert!(
            page.element("held").is_some() && page.field("recovery_code").is_none(),
            "{page:?}"
        );
    }
    assert_eq!(kinds(&stand.app, "sign-in-held").await, 2);
    stand.app.stop().await;
}

async fn it_leads_where_they_were_going(stand: Stand) {
    let (patient, _) = stand.linked("70114201", "12", STRONG).await;
    let results = format!("{}/dossiers/12/sommaire", stand.app.site);
    for identity in [STRONG, PLAIN] {
        let mut browser = stand.app.browser();
        let login = browser.get(&results).await.location().to_owned();
        let login = login.strip_prefix(&stand.app.portal).unwrap();
        let leaving = stand.leave_from(&mut browser, login).await;
        let back = stand.show(&mut browser, &leaving, identity).await;
        let mut page = browser.get(&back).await;
        if page.location() == "/login/provider/code" {
            page = give_code(&stand.app, &mut browser, &stand.app.code(&patient)).await;
        }
        let page = browser.follow(page).await;
        assert_eq!(
            (page.status.as_u16(), page.url.as_str()),
            (200, results.as_str()),
            "{page:?}"
        );
    }
    stand.app.stop().await;
}

async fn a_key_that_the_provider_replaced_is_asked_for_once_more(mut stand: Stand) {
    let (_, _) = stand.linked("70114201", "12", STRONG).await;
    stand.begin_anew();
    stand.app.advance(Duration::from_secs(15));
    let page = stand.sign_in(&mut stand.app.browser(), STRONG).await;
    assert_eq!((page.status.as_u16(), page.location()), (303, "/account"), "{page:?}");
    stand.app.stop().await;
}

/// The other algorithm, the other way to show a secret, and a time since when.
#[actix_web::test]
async fn r33_the_lab_and_the_provider_agree_on_how() {
    let twist = Twist {
        keys: "client_auth = \"client_secret_post\"\nmax_age_seconds = 600\n".to_owned(),
        client: serde_json::json!({
            "token_endpoint_auth_method": "client_secret_post",
            "id_token_signed_response_alg": "RS256",
        }),
    };
    let Some(stand) = Stand::twisted("sqlite:vestibule.db", twist).await else {
        return;
    };
    let (_, _) = stand.linked("70114201", "12", STRONG).await;
    let page = stand.sign_in(&mut stand.app.browser(), STRONG).await;
    assert_eq!((page.status.as_u16(), page.location()), (303, "/account"), "{page:?}");
    stand.app.stop().await;
}

/// As FranceConnect+ does it: signed, and encrypted with the key that the portal publishes.
#[actix_web::test]
async fn r33_encrypted_id_tokens_are_opened() {
    let twist = Twist {
        keys: "decryption_key_file = \"decrypt.pem\"\n".to_owned(),
        client: serde_json::json!({}),
    };
    let Some(mut stand) = Stand::twisted("sqlite:vestibule.db", twist).await else {
        return;
    };
    let key = rcgen::KeyPair::generate().unwrap();
    std::fs::write(stand.app.directory.path().join("decrypt.pem"), key.serialize_pem()).unwrap();
    let keys = stand
        .app
        .browser()
        .get(&format!("{}/upstream/jwks", stand.app.portal))
        .await;
    let keys: serde_json::Value = serde_json::from_slice(&keys.body).unwrap();
    assert_eq!(keys["keys"].as_array().unwrap().len(), 1, "{keys}");
    assert!(keys["keys"][0].get("d").is_none());
    stand.change_client(serde_json::json!({
        "id_token_encrypted_response_alg": "ECDH-ES",
        "id_token_encrypted_response_enc": "A256GCM",
        "jwks": keys,
    }));
    let (_, _) = stand.linked("70114201", "12", STRONG).await;
    let page = stand.sign_in(&mut stand.app.browser(), STRONG).await;
    assert_eq!((page.status.as_u16(), page.location()), (303, "/account"), "{page:?}");
    // With another key, nothing is read.
    let other = rcgen::KeyPair::generate().unwrap();
    std::fs::write(stand.app.directory.path().join("decrypt.pem"), other.serialize_pem()).unwrap();
    let page = stand.sign_in(&mut stand.app.browser(), STRONG).await;
    assert_eq!(page.status, 401, "{page:?}");
    assert_eq!(causes(&stand.app).await, ["token"]);
    stand.app.stop().await;
}

async fn attempts(stand: &Stand, door: &str, result: &str) -> f64 {
    let name = format!("vestibule_attempts_total{{door=\"{door}\",result=\"{result}\"}}");
    stand.app.metric(&name).await
}

async fn sign_ins(stand: &Stand, result: &str) -> f64 {
    let name = format!("vestibule_sign_ins_total{{result=\"{result}\"}}");
    stand.app.metric(&name).await
}

fn is_seen_by_alerts(stand: &Stand) -> bool {
    let mut limits = stand.app.core.config.alerts.clone();
    limits.network_identifiers = 1;
    !stand.app.core.detector.evaluate(&limits, stand.app.now()).is_empty()
}

/// As `attempts/` asks it of the others.
async fn both_doors_keep_the_books_that_every_door_keeps(stand: Stand) {
    let (patient, _) = stand.linked("70114201", "12", STRONG).await;
    let app = &stand.app;
    app.advance(Duration::from_secs(60));
    let signed_in = sign_ins(&stand, "signed_in").await;
    stand.sign_in(&mut app.browser(), OTHER).await;
    assert_eq!(attempts(&stand, "provider", "refused").await, 1.0);
    assert_eq!(sign_ins(&stand, "refused").await, 1.0);

    let mut browser = app.browser();
    stand.sign_in(&mut browser, PLAIN).await;
    assert_eq!(attempts(&stand, "provider", "continued").await, 1.0);
    assert_eq!(
        sign_ins(&stand, "signed_in").await,
        signed_in,
        "one factor is no sign-in"
    );
    assert!(!is_seen_by_alerts(&stand));

    let mut statuses = Vec::new();
    while !statuses.contains(&429) {
        assert!(statuses.len() < 10, "{statuses:?}");
        statuses.push(give_code(app, &mut browser, "000000").await.status.as_u16());
    }
    let wrong = (statuses.len() - 1) as f64;
    assert_eq!(attempts(&stand, "provider_code", "refused").await, wrong);
    assert_eq!(attempts(&stand, "provider_code", "delayed").await, 1.0);
    assert_eq!(sign_ins(&stand, "refused").await, 1.0 + wrong);
    assert_eq!(sign_ins(&stand, "delayed").await, 1.0);
    assert_eq!(kinds(app, "sign-in-delayed").await, 1);
    assert!(is_seen_by_alerts(&stand));

    app.advance(Duration::from_secs(300));
    let code = app.code(&patient);
    let page = give_code(app, &mut browser, &code).await;
    assert_eq!(page.status, 303, "{page:?}");
    assert_eq!(attempts(&stand, "provider_code", "passed").await, 1.0);
    assert_eq!(sign_ins(&stand, "signed_in").await, signed_in + 1.0);
    stand.app.stop().await;
}
