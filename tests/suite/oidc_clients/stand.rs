//! A provider whose clock goes with the real one, since other people's programs know no other; its patients and
//! clients.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use vestibule::kernel::clock::{Clock, SystemClock};

use crate::support::app::{TestApp, Wish};
use crate::support::patient::Patient;
use crate::support::relying_party::RelyingParty;

/// What every client here asks for.
pub const SCOPE: &str = "openid email records";
/// Enrolment moves the clock by as much.
const ENROLMENT: Duration = Duration::from_secs(60);

pub struct Stand {
    pub app: TestApp,
    /// Each signs in once: a code works once.
    pub patients: Vec<Patient>,
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

    /// A third party's: `changes` to what is usual here.
    pub async fn client(&self, id: &str, port: u16, changes: &Value) -> RelyingParty {
        let origin = format!("https://localhost:{port}");
        let authorities = std::fs::read_to_string(&self.app.ca_file).unwrap();
        let mut policy = json!({
            "redirect_uris": [format!("{origin}/callback")],
            "post_logout_redirect_uris": [format!("{origin}/signed-out")],
            "backchannel_logout_uri": format!("{origin}/backchannel"),
            "backchannel_ca": authorities,
            "scopes": SCOPE,
        });
        let changes = changes.as_object().unwrap().clone();
        policy.as_object_mut().unwrap().extend(changes);
        self.app.relying_party(id, policy).await
    }

    /// A client that acts for itself.
    pub async fn service(&self, id: &str) -> RelyingParty {
        let policy = json!({
            "grant_types": ["client_credentials"],
            "scopes": "clients:read",
            "redirect_uris": [],
            "post_logout_redirect_uris": [],
            "site": null,
        });
        self.app.relying_party(id, policy).await
    }
}
