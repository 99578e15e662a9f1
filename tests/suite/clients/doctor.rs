//! A client whose last secret is about to expire is named before its people are locked out.

use vestibule::admin::clients::{self, Authority, Days};
use vestibule::admin::doctor::{Status, examine};
use vestibule::config::Config;
use vestibule::domain::audit::Actor;

use super::support::{api_entry, entry};
use crate::admin::stand::{Stand, lab};

#[tokio::test]
async fn the_doctor_names_clients_whose_secrets_all_expire_soon() {
    for stand in Stand::all().await {
        let core = stand.open().await;
        let whole = Authority::whole(Actor::Vestibule);
        let mut keyed = entry();
        let key = vestibule::crypto::jose::SigningKey::derive(&[7; 32])
            .unwrap()
            .public_jwk();
        keyed["authentication"] = serde_json::json!({ "method": "private_key_jwt", "jwks": { "keys": [key] } });
        for (id, entry, days) in [
            ("soon", entry(), 30),
            ("later", entry(), 31),
            ("gone", api_entry("clients:read"), 20),
            ("keyed", keyed, 1),
            ("disabled", entry(), 1),
        ] {
            let (policy, days) = (
                serde_json::from_value(entry).unwrap(),
                Days::of_secret(Some(days)).unwrap(),
            );
            clients::add(&core, &lab(), &id.parse().unwrap(), policy, days, &whole)
                .await
                .unwrap();
        }
        clients::disable(&core, &lab(), &"disabled".parse().unwrap(), &whole)
            .await
            .unwrap();
        core.db.close().await;
        assert_eq!(named(&stand).await, ["gone expires", "soon expires"]);
        stand.advance(std::time::Duration::from_secs(20 * 86_400));
        assert_eq!(named(&stand).await, ["gone serves", "later expires", "soon expires"]);
    }
}

/// Each client with the verb of what is said about it.
async fn named(stand: &Stand) -> Vec<String> {
    let file = stand.path("vestibule.toml");
    let checks = examine(&file, Config::load(&file), &*stand.clock).await;
    let about = checks.iter().filter(|check| check.name == "secrets of clients");
    let said = about.map(|check| {
        assert_eq!(check.status, Status::Warning, "{check:?}");
        let (_, words) = check.what.split_once("the client ").unwrap();
        let id = words.split(' ').next().unwrap();
        assert_eq!(
            check.remedy.as_deref(),
            Some(format!("run: vestibule client rotate {id} --lab port").as_str())
        );
        let verb = if check.what.starts_with("lab port: no secret") {
            "serves"
        } else {
            "expires"
        };
        format!("{id} {verb}")
    });
    said.collect()
}
