//! `response_mode=form_post`: a page that a browser without scripts can send on.

use serde_json::json;
use url::Url;

use crate::support::app::TestApp;
use crate::support::browser::Page;
use crate::support::relying_party::{CALLBACK, follow_to_client};

/// The form that leads to the client, as a browser of 2005 reads it: its fields, and nothing else.
fn form(page: &Page) -> Vec<(String, String)> {
    let text = page.text();
    let opening = format!("<form method=\"post\" action=\"{CALLBACK}\"");
    let form = text.split_once(&opening).unwrap_or_else(|| panic!("{page:?}")).1;
    let form = form.split_once("</form>").unwrap().0;
    assert!(form.contains("type=\"submit\""), "a button for those without scripts");
    let names = form.split("<input type=\"hidden\" name=\"").skip(1);
    let names: Vec<&str> = names.map(|rest| rest.split('"').next().unwrap()).collect();
    names
        .iter()
        .map(|name| ((*name).to_owned(), page.field(name).unwrap()))
        .collect()
}

#[actix_web::test]
async fn the_answer_is_a_form_for_the_client_alone() {
    let app = TestApp::start().await;
    let patient = app.patient("70114202", "12").await;
    let client = app.relying_party("carnet", json!({})).await;
    let mut browser = app.signed_in(&patient).await;
    let by_form = [("response_mode", "form_post"), ("state", "a\"b<c>&d=e")];
    let page = browser.get(&client.url(&by_form)).await;
    let consent = follow_to_client(&mut browser, page).await;
    let page = client.consent(&mut browser, &consent, "allow").await;
    assert_eq!(page.status, 200);
    let fields = form(&page);
    let names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["code", "state", "iss"], "and no secret of ours");
    assert_eq!(fields[1].1, "a\"b<c>&d=e");
    assert_eq!(page.header("cache-control"), Some("no-store"));
    let policy = page.header("content-security-policy").unwrap();
    assert!(
        policy.contains("form-action 'self' ") && policy.contains(" https://app.example;"),
        "{policy}"
    );
    assert!(policy.contains("script-src 'self';"), "{policy}");
    let (status, tokens) = client.redeem(&app, &fields[0].1).await;
    assert_eq!(status, 200, "{tokens}");

    // Errors go the same way, the client's own as well as the person's no.
    let refused = browser
        .get(&client.url(&[("response_mode", "form_post"), ("scope", "x")]))
        .await;
    let fields = form(&refused);
    assert_eq!((fields[0].0.as_str(), fields[0].1.as_str()), ("error", "invalid_scope"));
    let again = [("response_mode", "form_post"), ("prompt", "consent")];
    let page = browser.get(&client.url(&again)).await;
    let consent = follow_to_client(&mut browser, page).await;
    let denied = form(&client.consent(&mut browser, &consent, "deny").await);
    assert_eq!(denied[0].1, "access_denied");
    assert_eq!(denied.last().unwrap().1, app.portal);

    // Its script is one of ours, and sends that form only.
    let text = page_script(&app, &client.url(&[("response_mode", "form_post"), ("scope", "x")])).await;
    assert!(text.contains("data-goes-on") && text.contains("submit"), "{text}");
    app.stop().await;
}

async fn page_script(app: &TestApp, url: &str) -> String {
    let page = app.browser().get(url).await;
    let text = page.text();
    let address = text.split_once("<script src=\"").unwrap().1.split('"').next().unwrap();
    let address = Url::parse(&app.portal).unwrap().join(address).unwrap();
    app.browser().get(address.as_str()).await.text()
}
