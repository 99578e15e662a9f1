//! Pages of ours inside others', or talking with them.

use serde_json::json;

use crate::support::app::TestApp;
use crate::support::browser::Page;
use crate::support::relying_party::{answered, field, follow_to_client};

async fn pages(app: &TestApp) -> Vec<(&'static str, Page)> {
    let patient = app.patient("70114202", "12").await;
    let client = app.relying_party("carnet", json!({})).await;
    let mut browser = app.browser();
    let by_form = [("response_mode", "form_post")];
    let page = browser.get(&client.url(&by_form)).await;
    let login = follow_to_client(&mut browser, page).await;
    let consent = app.fill_in(&mut browser, &login, &patient).await;
    let form_post = client.consent(&mut browser, &consent, "allow").await;
    assert_eq!(
        form_post.attribute("action").as_deref(),
        Some("/logout"),
        "the page's own head"
    );
    let error = browser
        .get(&client.url(&[("redirect_uri", "https://evil.example")]))
        .await;
    let sign_out = browser.get(&format!("{}/oauth2/logout", app.portal)).await;
    assert!(sign_out.text().contains("/oauth2/logout/confirm"), "{sign_out:?}");
    vec![
        ("login", login),
        ("consent", consent),
        ("form_post", form_post),
        ("error", error),
        ("sign-out", sign_out),
    ]
}

#[actix_web::test]
async fn s4_16_no_page_of_ours_stands_in_a_frame() {
    let app = TestApp::start().await;
    for (name, page) in pages(&app).await {
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains("frame-ancestors 'none'"), "{name}: {policy}");
        assert!(
            !policy.contains("unsafe") && policy.contains("script-src 'self'"),
            "{name}: {policy}"
        );
    }
    app.stop().await;
}

#[actix_web::test]
async fn s4_17_no_page_of_ours_talks_with_another_window() {
    let app = TestApp::start().await;
    for (name, page) in pages(&app).await {
        assert_eq!(page.header("cross-origin-opener-policy"), Some("same-origin"), "{name}");
        let text = page.text();
        for script in text.split("<script src=\"").skip(1) {
            let address = script.split('"').next().unwrap();
            let script = app.browser().get(&format!("{}{address}", app.portal)).await;
            assert_eq!(script.status, 200, "{address}");
            for word in ["postMessage", "opener", "parent", "message"] {
                assert!(!script.text().contains(word), "{name}: {address} says {word}");
            }
        }
    }
    let client = app.relying_party("fenetre", json!({})).await;
    for mode in ["web_message", "fragment", "query.jwt"] {
        let page = app.browser().get(&client.url(&[("response_mode", mode)])).await;
        assert_eq!(field(&answered(&page), "error").unwrap(), "invalid_request", "{mode}");
    }
    app.stop().await;
}
