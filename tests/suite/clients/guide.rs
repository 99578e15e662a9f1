//! The commands of the guide, as they stand there.

use std::process::Command;

use serde_json::json;
use vestibule::crypto::jose::{Algorithm, SigningKey};
use vestibule::demo::certificate;
use vestibule::domain::client::{Client, Demand, Refresh};
use vestibule::store::oauth::clients;

use crate::admin::stand::{Stand, lab};

const GUIDE: &str = include_str!("../../../docs/guide.md");

/// Lines of shell that add clients, and what they need before them.
fn commands() -> String {
    let (_, chapters) = GUIDE.split_once("## 16. An application signs people in").unwrap();
    let whole = chapters.replace("\\\n", " ");
    let wanted = whole
        .lines()
        .filter(|line| line.starts_with("sudo vestibule client add") || line.starts_with("BASE="));
    wanted.map(|line| format!("{line}\n")).collect()
}

#[tokio::test]
async fn every_client_of_the_guide_can_be_added() {
    let stand = Stand::sqlite();
    certificate::ensure(stand.folder.path(), vestibule::kernel::clock::Clock::now(&*stand.clock)).unwrap();
    std::fs::copy(stand.path("ca.pem"), stand.path("suite-ca.pem")).unwrap();
    for file in ["client.jwks", "client2.jwks"] {
        let key = SigningKey::generate(Algorithm::Es256).unwrap().public_jwk();
        stand.write(file, json!({ "keys": [key] }).to_string());
    }
    let script = commands()
        .replace("sudo vestibule", env!("CARGO_BIN_EXE_vestibule"))
        .replace("--lab example", "--lab port");
    let ran = Command::new("sh")
        .args(["-e", "-c", &script])
        .current_dir(stand.folder.path())
        .env("VESTIBULE_CONFIG", "vestibule.toml")
        .output()
        .unwrap();
    assert!(ran.status.success(), "{script}\n{ran:?}");

    let core = stand.open_now().await;
    let mut tx = core.db.begin_read().await.unwrap();
    let all = clients::find(&mut tx, &lab()).await.unwrap();
    let names: Vec<&str> = all.iter().map(|client| client.id.as_str()).collect();
    assert_eq!(
        names,
        [
            "carnet",
            "client",
            "client-post",
            "client2",
            "fapi",
            "fapi2",
            "terraform"
        ]
    );
    let of = |id: &str| all.iter().find(|client| client.id.as_str() == id).unwrap();
    let back = "https://www.certification.openid.net/test/a/ALIAS/callback?dummy1=lorem&dummy2=ipsum";
    for client in all
        .iter()
        .filter(|client| !["carnet", "terraform"].contains(&client.id.as_str()))
    {
        assert!(client.policy.is_redirect_uri(back), "{client:?}");
    }
    let is_strict = |client: &Client| {
        let policy = &client.policy;
        policy.pkce.is_required()
            && policy.pushed_requests_only
            && policy.bound_tokens_only
            && policy.refresh == Refresh::Kept
    };
    assert!(is_strict(of("fapi")) && is_strict(of("fapi2")));
    assert!(matches!(&of("client").policy.pkce, Demand::WaivedBecause(reason) if reason.contains("suite")));
}
