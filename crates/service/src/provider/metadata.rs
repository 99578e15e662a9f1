//! What a provider says of itself (OpenID Connect Discovery 1.0).

use serde::Deserialize;
use url::Url;

use super::ProviderClient;
use config::is_this_machine;

/// What is read of it; lists that are missing say nothing.
#[derive(Clone, Debug, Deserialize)]
pub struct Metadata {
    pub issuer: String,
    pub authorization_endpoint: Url,
    pub token_endpoint: Url,
    pub jwks_uri: Url,
    pub end_session_endpoint: Option<Url>,
    pub id_token_signing_alg_values_supported: Option<Vec<String>>,
    pub acr_values_supported: Option<Vec<String>>,
    pub scopes_supported: Option<Vec<String>>,
    pub token_endpoint_auth_methods_supported: Option<Vec<String>>,
    pub code_challenge_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
}

pub(super) async fn fetch(client: &ProviderClient) -> Result<Metadata, String> {
    let issuer = &client.config.issuer;
    let place = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let place = Url::parse(&place).map_err(|error| format!("{issuer}: {error}"))?;
    read(issuer, &client.fetch(&place).await?).map_err(|why| format!("{place}: {why}"))
}

/// Everything it leads to is as well protected as it is itself.
fn read(issuer: &str, text: &str) -> Result<Metadata, String> {
    let metadata: Metadata = serde_json::from_str(text).map_err(|error| format!("not as expected: {error}"))?;
    if metadata.issuer != issuer {
        return Err(format!("it is of the issuer {}", metadata.issuer));
    }
    match unprotected(&metadata) {
        Some(why) => Err(why),
        None => Ok(metadata),
    }
}

fn unprotected(metadata: &Metadata) -> Option<String> {
    let endpoints = [
        &metadata.authorization_endpoint,
        &metadata.token_endpoint,
        &metadata.jwks_uri,
    ];
    let is_plain = metadata.issuer.starts_with("http://");
    let protected =
        |url: &&Url| url.scheme() == "https" || (is_plain && url.scheme() == "http" && is_this_machine(url));
    let mut all = endpoints.into_iter().chain(&metadata.end_session_endpoint);
    let found = all.find(|url| !protected(url))?;
    Some(format!("{found} is not https"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn with(member: &str, value: Value) -> Result<Metadata, String> {
        let mut text = json!({
            "issuer": "https://fc.example", "authorization_endpoint": "https://fc.example/a",
            "token_endpoint": "https://fc.example/t", "jwks_uri": "https://keys.example/j", "other": [1],
        });
        text[member] = value;
        read("https://fc.example", &text.to_string())
    }

    #[test]
    fn metadata_are_of_the_issuer_that_was_asked_and_lead_nowhere_unprotected() {
        assert!(with("end_session_endpoint", json!("https://fc.example/e")).is_ok());
        assert!(
            with("issuer", json!("https://fc.example/"))
                .unwrap_err()
                .contains("issuer")
        );
        for member in [
            "authorization_endpoint",
            "token_endpoint",
            "jwks_uri",
            "end_session_endpoint",
        ] {
            for bad in ["http://fc.example/x", "http://127.0.0.1/x", "javascript:alert(1)"] {
                assert!(
                    with(member, json!(bad)).unwrap_err().contains("not https"),
                    "{member} {bad}"
                );
            }
        }
        assert!(with("token_endpoint", json!("/t")).is_err());
    }
}
