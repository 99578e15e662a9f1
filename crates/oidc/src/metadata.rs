//! What a lab's provider can do, described for programs (OpenID Connect Discovery 1.0, RFC 8414).

use serde_json::{Map, Value, json};

use crypto::jose::Algorithm;
use domain::authorization::Claim;
use domain::client::Scope;

pub const AUTHORIZE: &str = "/oauth2/authorize";
pub const TOKEN: &str = "/oauth2/token";
pub const PUSH: &str = "/oauth2/par";
pub const USERINFO: &str = "/oauth2/userinfo";
pub const INTROSPECT: &str = "/oauth2/introspect";
pub const REVOKE: &str = "/oauth2/revoke";
pub const JWKS: &str = "/oauth2/jwks";
pub const LOGOUT: &str = "/oauth2/logout";

/// What differs from lab to lab.
#[derive(Clone, Copy, Debug)]
pub struct Provider<'a> {
    /// The portal's origin.
    pub issuer: &'a str,
    /// Whether any means of this lab's patients are worth it.
    pub has_eidas2: bool,
    /// Origin of the listener that asks clients for a certificate, if there is one.
    pub mutual_tls: Option<&'a str>,
}

/// Endpoints that clients call themselves, by their names in the document.
const BACK_CHANNEL: [(&str, &str); 5] = [
    ("token_endpoint", TOKEN),
    ("pushed_authorization_request_endpoint", PUSH),
    ("userinfo_endpoint", USERINFO),
    ("introspection_endpoint", INTROSPECT),
    ("revocation_endpoint", REVOKE),
];

/// Claims of every ID token, whatever is requested.
const OF_THE_SIGN_IN: [&str; 9] = ["sub", "iss", "aud", "exp", "iat", "auth_time", "acr", "amr", "sid"];

impl Provider<'_> {
    pub fn metadata(&self) -> Value {
        let named = |(name, value): (&str, Value)| (name.to_owned(), value);
        let mut document = Map::from_iter([
            named(("issuer", json!(self.issuer))),
            named(("authorization_endpoint", json!(at(self.issuer, AUTHORIZE)))),
            named(("jwks_uri", json!(at(self.issuer, JWKS)))),
            named(("end_session_endpoint", json!(at(self.issuer, LOGOUT)))),
        ]);
        document.extend(BACK_CHANNEL.map(|(name, path)| named((name, json!(at(self.issuer, path))))));
        document.extend(self.of_requests().map(named));
        document.extend(of_tokens().map(named));
        document.extend(self.of_clients());
        Value::Object(document)
    }

    fn of_requests(&self) -> [(&'static str, Value); 16] {
        let acr: &[&str] = if self.has_eidas2 {
            &["eidas1", "eidas2"]
        } else {
            &["eidas1"]
        };
        let scopes = Scope::ALL.into_iter().filter(|scope| !scope.is_of_the_api());
        let claims = OF_THE_SIGN_IN
            .into_iter()
            .chain(Claim::ALL.into_iter().map(Claim::as_str));
        [
            ("response_types_supported", json!(["code"])),
            ("response_modes_supported", json!(["query", "form_post"])),
            (
                "grant_types_supported",
                json!(["authorization_code", "refresh_token", "client_credentials"]),
            ),
            (
                "prompt_values_supported",
                json!(["none", "login", "consent", "select_account"]),
            ),
            ("code_challenge_methods_supported", json!(["S256"])),
            ("authorization_response_iss_parameter_supported", json!(true)),
            ("request_parameter_supported", json!(true)),
            // Only addresses that we gave out ourselves, for requests that were pushed.
            ("request_uri_parameter_supported", json!(false)),
            ("require_request_uri_registration", json!(false)),
            (
                "request_object_signing_alg_values_supported",
                names(&Algorithm::CLIENTS),
            ),
            ("claims_parameter_supported", json!(true)),
            ("scopes_supported", json!(scopes.map(Scope::as_str).collect::<Vec<_>>())),
            ("claims_supported", json!(claims.collect::<Vec<_>>())),
            ("claim_types_supported", json!(["normal"])),
            ("acr_values_supported", json!(acr)),
            ("ui_locales_supported", json!(["fr", "en"])),
        ]
    }

    fn of_clients(&self) -> Map<String, Value> {
        let mut methods = vec!["private_key_jwt", "client_secret_basic", "client_secret_post"];
        if self.mutual_tls.is_some() {
            methods.push("tls_client_auth");
        }
        let mut said = Map::new();
        for endpoint in ["token", "introspection", "revocation"] {
            said.insert(format!("{endpoint}_endpoint_auth_methods_supported"), json!(methods));
            let algorithms = format!("{endpoint}_endpoint_auth_signing_alg_values_supported");
            said.insert(algorithms, names(&Algorithm::CLIENTS));
        }
        said.insert(
            "tls_client_certificate_bound_access_tokens".to_owned(),
            json!(self.mutual_tls.is_some()),
        );
        if let Some(origin) = self.mutual_tls {
            let aliases = BACK_CHANNEL.map(|(name, path)| (name.to_owned(), json!(at(origin, path))));
            said.insert(
                "mtls_endpoint_aliases".to_owned(),
                Value::Object(aliases.into_iter().collect()),
            );
        }
        said
    }
}

fn of_tokens() -> [(&'static str, Value); 6] {
    [
        ("subject_types_supported", json!(["pairwise", "public"])),
        ("id_token_signing_alg_values_supported", names(&Algorithm::OURS)),
        ("userinfo_signing_alg_values_supported", names(&Algorithm::OURS)),
        ("dpop_signing_alg_values_supported", names(&Algorithm::CLIENTS)),
        ("backchannel_logout_supported", json!(true)),
        ("backchannel_logout_session_supported", json!(true)),
    ]
}

fn names(algorithms: &[Algorithm]) -> Value {
    json!(algorithms)
}

fn at(origin: &str, path: &str) -> String {
    format!("{origin}{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_of_a_lab() {
        let mut provider = Provider {
            issuer: "https://portal.lab.example",
            has_eidas2: true,
            mutual_tls: None,
        };
        let plain = provider.metadata();
        insta::assert_snapshot!(serde_json::to_string_pretty(&plain).unwrap());
        assert!(plain.get("mtls_endpoint_aliases").is_none());
        provider.mutual_tls = Some("https://portal.lab.example:8444");
        let with_certificates = provider.metadata();
        let aliases = &with_certificates["mtls_endpoint_aliases"];
        assert_eq!(
            aliases["token_endpoint"],
            "https://portal.lab.example:8444/oauth2/token"
        );
        assert_eq!(with_certificates["token_endpoint"], plain["token_endpoint"]);
        let text = with_certificates.to_string();
        for never in ["none", "HS256", "implicit", "plain"] {
            let allowed = usize::from(never == "none"); // prompt
            assert_eq!(text.matches(&format!("\"{never}\"")).count(), allowed, "{never}");
        }
    }
}
