//! `vestibule doctor` looks at each provider, and shows until when each means is accepted.

use serde_json::{Value, json};
use vestibule::admin::doctor::{Check, Status, examine};
use vestibule::config::Config;

use super::hostile::Hostile;
use super::stand::entry;
use crate::support::app::{TestApp, Wish};

async fn checks(app: &TestApp, name: &str) -> Vec<Check> {
    let file = app.directory.path().join("vestibule.toml");
    let all = examine(&file, Config::load(&file), &*app.clock).await;
    all.into_iter().filter(|check| check.name == name).collect()
}

async fn app(lab_keys: String) -> TestApp {
    let app = TestApp::wishing(Wish {
        lab_keys,
        ..Wish::default()
    })
    .await;
    std::fs::write(app.directory.path().join("secret"), "secret").unwrap();
    app
}

fn usual() -> Value {
    json!({
        "id_token_signing_alg_values_supported": ["RS256", "ES256"],
        "acr_values_supported": ["eidas1", "eidas2", "eidas3"],
        "scopes_supported": ["openid", "profile"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        "code_challenge_methods_supported": ["S256"],
    })
}

#[actix_web::test]
async fn r33_doctor_asks_each_provider_whether_it_does_what_the_lab_wants() {
    let hostile = Hostile::start();
    hostile.describe(&usual());
    let app = app(entry(&hostile.issuer, "")).await;
    let name = "provider compte of port";
    let fine = checks(&app, name).await;
    assert!(fine.len() == 1 && fine[0].status == Status::Ok, "{fine:#?}");
    for (member, value, said, status) in [
        ("issuer", json!("https://evil.example"), "evil.example", Status::Problem),
        (
            "id_token_signing_alg_values_supported",
            json!(["HS256"]),
            "id_token_alg",
            Status::Problem,
        ),
        (
            "acr_values_supported",
            json!(["eidas1", "eidas2"]),
            "eidas3",
            Status::Problem,
        ),
        (
            "token_endpoint_auth_methods_supported",
            json!(["private_key_jwt"]),
            "client_secret_basic",
            Status::Problem,
        ),
        ("scopes_supported", json!(["openid"]), "profile", Status::Warning),
        (
            "code_challenge_methods_supported",
            json!(["plain"]),
            "PKCE",
            Status::Warning,
        ),
        (
            "jwks_uri",
            json!(format!("{}/nothing", hostile.issuer)),
            "404",
            Status::Problem,
        ),
    ] {
        let mut metadata = usual();
        metadata[member] = value;
        hostile.describe(&metadata);
        let found = checks(&app, name).await;
        assert_eq!(found.len(), 1, "{found:#?}");
        assert!(found[0].status == status && found[0].what.contains(said), "{found:#?}");
    }
    hostile.describe(&usual());
    std::fs::remove_file(app.directory.path().join("secret")).unwrap();
    let found = checks(&app, name).await;
    assert!(found[0].what.contains("client_secret_file"), "{found:#?}");
    app.stop().await;
}

#[actix_web::test]
async fn r30_doctor_shows_which_means_are_accepted_until_when() {
    let name = "means of port";
    let plain = app(String::new()).await;
    let found = checks(&plain, name).await.remove(0);
    assert_eq!(found.status, Status::Ok);
    assert!(
        found.what.contains("password-and-code, without a last day"),
        "{found:?}"
    );
    plain.stop().await;
    let policy = "[lab.accepted_until]\npassword-and-code = \"2999-12-31\"\npasskey = \"2020-12-31\"\n";
    let provider = entry("http://127.0.0.1:1", "until = \"2998-06-30\"\n");
    let app = app(format!("{policy}{provider}")).await;
    let found = checks(&app, name).await.remove(0);
    assert_eq!(found.status, Status::Problem, "{found:?}");
    for said in [
        "password-and-code until 2999-12-31",
        "passkey until 2020-12-31",
        "Compte+ (http://127.0.0.1:1) until 2998-06-30",
    ] {
        assert!(found.what.contains(said), "{found:?}");
    }
    let unreachable = checks(&app, "provider compte of port").await.remove(0);
    assert_eq!(unreachable.status, Status::Problem, "{unreachable:?}");
    app.stop().await;
}
