//! Whose address a request counts for, and what the LIS is told of it.

use vestibule::admin::doctor::{Status, examine};
use vestibule::config::Config;

use crate::support::app::{TestApp, Wish};
use crate::support::browser::Browser;

const PEER: &str = "127.0.0.1";
const UNREADABLE: &str = "vestibule_client_address_unreadable_total";

async fn start(server_keys: &str) -> TestApp {
    TestApp::wishing(Wish {
        server_keys: server_keys.to_owned(),
        ..Wish::default()
    })
    .await
}

/// At the page of the LIS that shows the headers it got.
async fn at_the_site(app: &TestApp) -> Browser {
    let patient = app.patient("P-1", "1").await;
    let mut browser = app.browser();
    app.sign_in(&mut browser, &patient).await;
    assert_eq!(browser.visit(&format!("{}/entetes", app.site)).await.status, 200);
    browser
}

async fn told(app: &TestApp, browser: &mut Browser, headers: &[(&str, &str)]) -> String {
    browser.headers = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let page = browser.get(&format!("{}/entetes", app.site)).await;
    assert_eq!(page.status, 200, "{headers:?}");
    let text = page.text();
    let (_, rest) = text
        .split_once("<td>x-forwarded-for</td><td class=\"valeur\">")
        .unwrap();
    rest.split('<').next().unwrap().to_owned()
}

#[actix_web::test]
async fn the_visitors_address_is_read_as_proxies_write_it() {
    let app = start("trusted_proxies = [\"127.0.0.0/8\"]").await;
    let mut browser = at_the_site(&app).await;
    for (header, value, address) in [
        ("X-Forwarded-For", "198.51.100.1:40000", "198.51.100.1"),
        ("X-Forwarded-For", "203.0.113.9:1, 198.51.100.1:65535", "198.51.100.1"),
        ("X-Forwarded-For", "\"198.51.100.1:40000\"", "198.51.100.1"),
        ("X-Forwarded-For", "garbage, 198.51.100.1:40000", "198.51.100.1"),
        ("X-Forwarded-For", "[2001:db8::1]:443", "2001:db8::1"),
        ("X-Forwarded-For", "[2001:db8::1]", "2001:db8::1"),
        ("Forwarded", "for=198.51.100.1;proto=https", "198.51.100.1"),
        ("Forwarded", "for=203.0.113.9, for=198.51.100.1", "198.51.100.1"),
        ("Forwarded", "For=\"[2001:db8::1]:4711\"", "2001:db8::1"),
    ] {
        assert_eq!(
            told(&app, &mut browser, &[(header, value)]).await,
            address,
            "{header}: {value}"
        );
    }
    let both = [("X-Forwarded-For", "198.51.100.1"), ("Forwarded", "for=203.0.113.66")];
    assert_eq!(told(&app, &mut browser, &both).await, "198.51.100.1");
    assert_eq!(app.metric(UNREADABLE).await, 0.0);
    for (count, header, value) in [
        (1, "X-Forwarded-For", "198.51.100.1, nonsense"),
        (2, "X-Forwarded-For", "198.51.100.1,"),
        (3, "Forwarded", "for=198.51.100.1, for=unknown"),
        (4, "Forwarded", "for=198.51.100.1;by=_hidden, for=_hidden"),
    ] {
        assert_eq!(
            told(&app, &mut browser, &[(header, value)]).await,
            PEER,
            "{header}: {value}"
        );
        assert_eq!(app.metric(UNREADABLE).await, f64::from(count), "{header}: {value}");
    }
    let mut config = Config::clone(&app.core.config);
    config.server.internal_listen = app.internal().trim_start_matches("http://").parse().unwrap();
    let checks = examine(&app.directory.path().join("vestibule.toml"), Ok(config), &*app.clock).await;
    let named = checks.iter().find(|check| check.name == "visitors' addresses").unwrap();
    assert_eq!(named.status, Status::Warning, "{named:?}");
    assert!(named.what.contains("for 4 requests"), "{named:?}");
    app.stop().await;
}

#[actix_web::test]
async fn the_header_that_the_configuration_names_is_the_only_one_believed() {
    let app = start("trusted_proxies = [\"127.0.0.0/8\"]\nclient_header = \"forwarded\"").await;
    let mut browser = at_the_site(&app).await;
    let both = [("X-Forwarded-For", "203.0.113.66"), ("Forwarded", "for=198.51.100.1")];
    assert_eq!(told(&app, &mut browser, &both).await, "198.51.100.1");
    assert_eq!(told(&app, &mut browser, &both[..1]).await, PEER);
    app.stop().await;
}

#[actix_web::test]
async fn a_stranger_chooses_no_address() {
    let app = start("trusted_proxies = [\"10.0.0.0/8\"]").await;
    let mut browser = at_the_site(&app).await;
    for header in [("X-Forwarded-For", "198.51.100.1"), ("Forwarded", "for=198.51.100.1")] {
        assert_eq!(told(&app, &mut browser, &[header]).await, PEER, "{header:?}");
    }
    app.stop().await;
}
