//! Relying parties of the installation that is measured.

use std::time::Duration;

use serde_json::{Value, json};
use vestibule::crypto::token::{PlainToken, TokenKind};
use vestibule::domain::client::Client;
use vestibule::kernel::ids::SecretId;
use vestibule::service::Core;
use vestibule::store::oauth::clients;

/// What a client for people may ask for.
pub const SCOPE: &str = "openid email";
/// What a client that acts for itself may ask for.
pub const OWN_SCOPE: &str = "clients:read";
/// Nothing listens there: the load program reads the address it is sent to.
pub const REDIRECT_URI: &str = "https://localhost:1/callback";
const LASTS: Duration = Duration::from_secs(24 * 3600);

pub struct Credentials {
    pub id: &'static str,
    pub secret: String,
}

/// The lab's own, so that no consent is needed.
pub async fn for_people(core: &Core, id: &'static str) -> Credentials {
    let policy = json!({
        "name": "Portail",
        "authentication": {"method": "client_secret_basic"},
        "grant_types": ["authorization_code", "refresh_token"],
        "redirect_uris": [REDIRECT_URI],
        "scopes": SCOPE,
        "consent": "first-party",
    });
    register(core, id, policy).await
}

/// With tokens signed by that algorithm, written as in the policy of clients.
pub async fn for_itself(core: &Core, id: &'static str, algorithm: &str) -> Credentials {
    let policy = json!({
        "name": "Middleware",
        "authentication": {"method": "client_secret_basic"},
        "grant_types": ["client_credentials"],
        "scopes": OWN_SCOPE,
        "id_token_algorithm": algorithm,
    });
    register(core, id, policy).await
}

async fn register(core: &Core, id: &'static str, policy: Value) -> Credentials {
    let (lab, now) = (&core.config.labs[0].id, core.now());
    let client = Client {
        id: id.parse().unwrap(),
        policy: serde_json::from_value(policy).unwrap(),
        created_at: now,
        disabled_at: None,
    };
    assert_eq!(client.policy.problems(), []);
    let plain = PlainToken::generate(TokenKind::ClientSecret, &*core.entropy);
    let secret = clients::Secret {
        id: SecretId::generate(&*core.entropy),
        created_at: now,
        expires_at: now.plus(LASTS),
    };
    let mut tx = core.db.begin().await.unwrap();
    assert!(clients::insert(&mut tx, lab, &client).await.unwrap());
    clients::insert_secret(&mut tx, lab, &client.id, &secret, &plain.hashed())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    Credentials {
        id,
        secret: plain.expose().to_owned(),
    }
}

/// The header that says who the client is.
pub fn basic(id: &str, secret: &str) -> String {
    let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!("{}:{}", encode(id), encode(secret));
    format!("Basic {}", data_encoding::BASE64.encode(pair.as_bytes()))
}
