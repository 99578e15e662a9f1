//! What programs read before they talk to a lab: its metadata and its public keys.

use serde_json::Value;
use vestibule::crypto::jose::Jwks;

use crate::support::app::TestApp;
use crate::support::browser::Page;
use crate::support::databases::on_both_databases;
use crate::support::raw;

const METADATA: [&str; 2] = [
    "/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server",
];

on_both_databases!(anybody_may_read_metadata_and_keys);

async fn read(app: &TestApp, url: &str, known: Option<&str>) -> Page {
    let mut browser = app.browser();
    browser
        .headers
        .extend(known.map(|etag| ("If-None-Match".to_owned(), etag.to_owned())));
    browser.get(url).await
}

async fn anybody_may_read_metadata_and_keys(app: TestApp) {
    let mut documents = Vec::new();
    for path in METADATA {
        let page = read(&app, &format!("{}{path}", app.portal), None).await;
        assert_eq!(page.status, 200);
        documents.push(page.text());
    }
    assert_eq!(documents[0], documents[1]);
    let metadata: Value = serde_json::from_str(&documents[0]).unwrap();
    assert_eq!(metadata["issuer"], app.portal.as_str());
    let jwks_uri = metadata["jwks_uri"].as_str().unwrap();
    let keys = read(&app, jwks_uri, None).await.text();
    Jwks::parse(&keys).unwrap();
    let listed: Value = serde_json::from_str(&keys).unwrap();
    let mut algorithms: Vec<_> = listed["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| &key["alg"])
        .collect();
    algorithms.sort_by_key(|alg| alg.to_string());
    assert_eq!(algorithms, ["ES256", "EdDSA", "RS256"]);

    for url in [&format!("{}{}", app.portal, METADATA[0]), jwks_uri] {
        let page = read(&app, url, None).await;
        assert_eq!(page.header("content-type"), Some("application/json"));
        assert_eq!(page.header("access-control-allow-origin"), Some("*"));
        assert!(page.header("cache-control").unwrap().starts_with("public, max-age="));
        assert_eq!(page.header("set-cookie"), None);
        let etag = page.header("etag").unwrap();
        let again = read(&app, url, Some(etag)).await;
        assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
        let other = read(&app, url, Some("\"other\"")).await;
        assert_eq!((other.status.as_u16(), &other.body), (200, &page.body));
    }
    // Some clients send no User-Agent.
    for path in [METADATA[0], "/oauth2/jwks"] {
        let answer = raw::exchange(&app, &format!("GET {path} HTTP/1.1"), "").await;
        assert_eq!(answer.status, "HTTP/1.1 200 OK");
    }
    // A site is not an issuer.
    for path in METADATA.iter().chain(&["/oauth2/jwks"]) {
        let page = app.browser().get(&format!("{}{path}", app.site)).await;
        assert!(!page.status.is_success(), "{path}");
    }
    app.stop().await;
}
