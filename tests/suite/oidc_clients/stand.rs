//! A provider whose clock goes with the real one, since other people's programs know no other; its patients and clients.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use vestibule::crypto::token::{PlainToken, TokenKind};
use vestibule::domain::client::{Client, Policy};
use vestibule::kernel::clock::{Clock, SystemClock};
use vestibule::kernel::ids::SecretId;
use vestibule::store::clients;

use crate::support::app::{TestApp, Wish};
use crate::support::patient::Patient;

/// What every client here asks for.
pub const SCOPE: &str = "openid email records";
const SECRET_LASTS: Duration = Duration::from_secs(3600);
/// Enrolment moves the clock by as much.
const ENROLMENT: Duration = Duration::from_secs(60);

pub struct Stand {
    pub app: TestApp,
    /// Each signs in once: a code serves once.
    pub patients: Vec<Patient>,
}

pub struct Credentials {
    pub id: String,
    pub secret: String,
}

impl Stand {
    pub async fn with_patients(count: u32) -> Self {
        let app = TestApp::wishing(Wish {
            clock_behind: ENROLMENT * count,
            ..Wish::default()
        })
        .await;
        let mut patients = Vec::new();
        for number in 0..count {
            patients.push(app.patient(&format!("P-10{number}"), &format!("9{number}")).await);
        }
        let clock = Arc::clone(&app.clock);
        actix_web::rt::spawn(async move {
            loop {
                clock.advance(SystemClock.now().since(clock.now()));
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        });
        Self { app, patients }
    }

    /// A client of the third sort, which asks: `more` goes on top of what is usual.
    pub async fn client(&self, id: &str, port: u16, more: &Value) -> Credentials {
        let origin = format!("https://localhost:{port}");
        let authorities = std::fs::read_to_string(&self.app.ca_file).unwrap();
        let mut policy = json!({
            "name": "Portail du CHU",
            "authentication": {"method": "client_secret_basic"},
            "grant_types": ["authorization_code", "refresh_token"],
            "redirect_uris": [format!("{origin}/callback")],
            "post_logout_redirect_uris": [format!("{origin}/signed-out")],
            "backchannel_logout_uri": format!("{origin}/backchannel"),
            "backchannel_ca": authorities,
            "scopes": SCOPE,
            "site": "results",
        });
        policy
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        self.register(id, serde_json::from_value(policy).unwrap()).await
    }

    /// A client that acts for itself.
    pub async fn service(&self, id: &str) -> Credentials {
        let policy = json!({
            "name": "Middleware",
            "authentication": {"method": "client_secret_basic"},
            "grant_types": ["client_credentials"],
            "scopes": "clients:read",
        });
        self.register(id, serde_json::from_value(policy).unwrap()).await
    }

    async fn register(&self, id: &str, policy: Policy) -> Credentials {
        assert_eq!(policy.problems(), []);
        let (core, lab, now) = (&self.app.core, self.app.lab(), self.app.now());
        let client = Client {
            id: id.parse().unwrap(),
            policy,
            created_at: now,
            disabled_at: None,
        };
        let plain = PlainToken::generate(TokenKind::ClientSecret, &*core.entropy);
        let secret = clients::Secret {
            id: SecretId::generate(&*core.entropy),
            created_at: now,
            expires_at: now.plus(SECRET_LASTS),
        };
        let mut tx = core.db.begin().await.unwrap();
        assert!(clients::insert(&mut tx, &lab, &client).await.unwrap());
        clients::insert_secret(&mut tx, &lab, &client.id, &secret, &plain.hashed())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        Credentials {
            id: id.to_owned(),
            secret: plain.expose().to_owned(),
        }
    }
}
