//! What `demo.json` says of its client is true.

use std::path::Path;

use data_encoding::BASE64;
use serde_json::Value;
use url::Url;

use crate::support::browser::Browser;
use crate::support::demo::Demo;
use crate::support::relying_party::{VERIFIER, challenge};

#[actix_web::test]
async fn the_demos_client_may_ask_for_people_and_proves_who_it_is() {
    let demo = Demo::start();
    let story = demo.story().await;
    let of = |value: &Value| value.as_str().unwrap().to_owned();
    let portal = of(&story["portal"]);
    let client = &story["client"];
    let (id, secret, back) = (
        of(&client["client_id"]),
        of(&client["client_secret"]),
        of(&client["redirect_uri"]),
    );
    let mut browser = Browser::new(Path::new(story["ca_file"].as_str().unwrap()), demo.address);
    let challenge = challenge();
    let asks = [
        ("client_id", id.as_str()),
        ("redirect_uri", &back),
        ("response_type", "code"),
        ("scope", "openid profile email records"),
        ("nonce", "n"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    let url = Url::parse_with_params(&format!("{portal}/oauth2/authorize"), asks).unwrap();
    let page = browser.visit(url.as_str()).await;
    assert!(
        page.url.path() == "/login" && page.field("request").is_some(),
        "{page:?}"
    );
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", "vst_c_nobodys"),
        ("redirect_uri", &back),
        ("code_verifier", VERIFIER),
    ];
    for (secret, error) in [(secret.as_str(), "invalid_grant"), ("vst_k_other", "invalid_client")] {
        let credentials = BASE64.encode(format!("{id}:{secret}").as_bytes());
        browser.headers = vec![("Authorization".to_owned(), format!("Basic {credentials}"))];
        let page = browser.post(&format!("{portal}/oauth2/token"), &fields).await;
        let answer: Value = serde_json::from_slice(&page.body).unwrap();
        assert_eq!(answer["error"], error, "{page:?}");
    }
}
