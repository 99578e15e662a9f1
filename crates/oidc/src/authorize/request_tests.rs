use serde_json::json;

use super::*;

fn policy() -> Policy {
    serde_json::from_value(json!({
        "name": "Portail", "authentication": { "method": "client_secret_basic" },
        "grant_types": ["authorization_code"], "redirect_uris": ["https://app.example/cb"],
        "scopes": "openid profile",
    }))
    .unwrap()
}

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A good request with some parameters replaced; an empty one is left out.
fn asked(changes: &[(&str, &str)]) -> Result<AuthorizationRequest, Refusal> {
    let good = [
        ("redirect_uri", "https://app.example/cb"),
        ("response_type", "code"),
        ("scope", "openid"),
        ("nonce", "n"),
        ("state", "s"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let kept = good
        .into_iter()
        .filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    let pairs = kept.chain(changes.iter().copied());
    let params = Params::of(pairs.map(|(name, value)| (name.to_owned(), value.to_owned()))).unwrap();
    let policy = policy();
    read(&params, &policy, &way_back(&params, &policy)?)
}

fn error(changes: &[(&str, &str)]) -> &'static str {
    asked(changes).unwrap_err().error.as_str()
}

#[test]
fn a_good_request_is_read_whole() {
    let request = asked(&[
        ("prompt", "login consent"),
        ("max_age", "60"),
        ("response_mode", "form_post"),
    ])
    .unwrap();
    assert_eq!(request.prompts, [Prompt::Login, Prompt::Consent]);
    assert_eq!(
        (request.max_age, request.response_mode),
        (Some(60), ResponseMode::FormPost)
    );
    assert_eq!(
        (request.state.as_deref(), request.nonce.as_deref()),
        (Some("s"), Some("n"))
    );
}

#[test]
fn what_is_missing_or_wrong_is_refused_by_its_code() {
    for (changes, code) in [
        (&[("redirect_uri", "")], "invalid_request"),
        (&[("redirect_uri", "https://app.example/cb/")], "invalid_request"),
        (&[("response_type", "")], "invalid_request"),
        (&[("response_type", "token")], "unsupported_response_type"),
        (&[("response_type", "code id_token")], "unsupported_response_type"),
        (&[("response_mode", "fragment")], "invalid_request"),
        (&[("scope", "profile")], "invalid_scope"),
        (&[("scope", "openid email")], "invalid_scope"),
        (&[("nonce", "")], "invalid_request"),
        (&[("code_challenge", "")], "invalid_request"),
        (&[("code_challenge_method", "plain")], "invalid_request"),
        (&[("code_challenge_method", "")], "invalid_request"),
        (&[("code_challenge", "short")], "invalid_request"),
        (&[("prompt", "none login")], "invalid_request"),
        (&[("prompt", "create")], "invalid_request"),
        (&[("max_age", "soon")], "invalid_request"),
        (&[("claims", "[]")], "invalid_request"),
        (&[("registration", "{}")], "registration_not_supported"),
        (&[("request_uri", "https://app.example/r")], "request_uri_not_supported"),
        (&[("dpop_jkt", "short")], "invalid_request"),
    ] {
        assert_eq!(error(changes), code, "{changes:?}");
    }
}

#[test]
fn claims_are_those_that_the_client_may_have() {
    let wanted = json!({
        "userinfo": { "given_name": null, "email": { "essential": true }, "phone_number": null },
        "id_token": { "family_name": null, "acr": { "essential": true, "values": ["eidas2"] } },
    });
    let request = asked(&[("claims", &wanted.to_string())]).unwrap();
    assert_eq!(request.claims.userinfo, [Claim::GivenName].into());
    assert_eq!(request.claims.id_token, [Claim::FamilyName].into());
    assert_eq!(request.claims.acr.unwrap().values, ["eidas2"]);
    assert_eq!(request.subject, None);
    let whose = json!({ "id_token": { "sub": { "value": "her" } }, "userinfo": { "sub": { "value": "him" } } });
    let request = asked(&[("claims", &whose.to_string())]).unwrap();
    assert_eq!(request.subject.as_deref(), Some("her"));
}
