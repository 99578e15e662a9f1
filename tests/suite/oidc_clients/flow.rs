//! The whole way, for programs that have the same pages.

use serde_json::{Value, json};

use super::program::Program;
use super::stand::Stand;
use super::walk::{said, until};
use crate::support::browser::Browser;

pub struct Expected {
    pub client: &'static str,
    pub token_type: &'static str,
    /// Whether each refresh gives another refresh token.
    pub rotated: bool,
}

impl Expected {
    /// Signs in, refreshes, has its token looked at, and learns that the person has signed out elsewhere.
    pub async fn until_signed_out_elsewhere(&self, stand: &Stand, program: &Program) {
        let mut browser = stand.app.browser();
        let arrived = stand.sign_in(&mut browser, 0, &program.page("/login")).await;
        let first = said(&arrived);
        self.claims_are_right(stand, 0, &first);
        let page = browser.get(&program.page("/refresh")).await;
        let second = said(&page);
        self.claims_are_right(stand, 0, &second);
        assert_eq!(second["rotated"], self.rotated, "{second}");
        let introspected = said(&browser.get(&program.page("/introspect")).await);
        assert_eq!(introspected["active"], true, "{introspected}");
        assert_eq!(introspected["client_id"], self.client);

        stand.sign_out_at_the_portal(&mut browser).await;
        until("told of the sign-out", program, async || {
            said(&browser.get(&program.page("/session")).await)["signed_in"] == false
        })
        .await;
        let told = said(&browser.get(&program.page("/told")).await);
        assert_eq!(told.as_array().unwrap().len(), 1, "{told}");
        assert_eq!(told[0]["sid"], first["claims"]["sid"]);
        // A grant ends with its session.
        self.refresh_is_refused(&mut browser, program).await;
    }

    /// Signs in, gives its tokens back, and signs out from its own page.
    pub async fn until_signed_out_from_here(&self, stand: &Stand, program: &Program) {
        let mut browser = stand.app.browser();
        let arrived = stand.sign_in(&mut browser, 1, &program.page("/login")).await;
        self.claims_are_right(stand, 1, &said(&arrived));
        let revoked = browser.get(&program.page("/revoke")).await;
        assert_eq!(revoked.status, 200, "{revoked:?}");
        self.refresh_is_refused(&mut browser, program).await;
        let introspected = said(&browser.get(&program.page("/introspect")).await);
        assert_eq!(introspected["active"], false, "{introspected}");

        let signed_out = stand.sign_in(&mut browser, 1, &program.page("/logout")).await;
        assert_eq!(
            (signed_out.url.path(), signed_out.status.as_u16()),
            ("/signed-out", 200),
            "{signed_out:?}"
        );
        assert!(!stand.is_signed_in_at_the_portal(&mut browser).await);
    }

    async fn refresh_is_refused(&self, browser: &mut Browser, program: &Program) {
        let refused = said(&browser.get(&program.page("/refresh")).await);
        assert_eq!(refused["failed"], "invalid_grant", "{refused}");
    }

    fn claims_are_right(&self, stand: &Stand, patient: usize, said: &Value) {
        let (claims, userinfo) = (&said["claims"], &said["userinfo"]);
        assert_eq!(claims["iss"], stand.app.portal, "{said}");
        assert_eq!(claims["aud"], self.client, "{said}");
        assert!(
            claims["auth_time"].is_i64() && claims["sid"].is_string() && claims["amr"].is_array(),
            "{said}"
        );
        assert_eq!(userinfo["sub"], claims["sub"], "{said}");
        assert_eq!(userinfo["email"], "odette@example.org", "{said}");
        assert_eq!(userinfo["records"], json!([stand.patients[patient].record]), "{said}");
        let token_type = said["token_type"].as_str().unwrap_or_default();
        assert!(token_type.eq_ignore_ascii_case(self.token_type), "{said}");
        assert_eq!(
            (&said["expires_in"], &said["refreshable"]),
            (&300.into(), &true.into()),
            "{said}"
        );
    }
}
