use super::*;

fn policy() -> Policy {
    serde_json::from_value(serde_json::json!({
        "name": "Portail du cabinet",
        "authentication": { "method": "client_secret_basic" },
        "grant_types": ["authorization_code", "refresh_token"],
        "redirect_uris": ["https://app.example/callback"],
        "scopes": "openid profile",
    }))
    .unwrap()
}

fn fields(policy: &Policy) -> Vec<&'static str> {
    policy.problems().iter().map(|problem| problem.field).collect()
}

#[test]
fn an_entry_that_says_little_is_strict() {
    let policy = policy();
    assert_eq!(policy.problems(), []);
    assert!(policy.pkce.is_required() && policy.nonce.is_required());
    assert_eq!(
        (policy.consent, policy.subject),
        (Consent::Asked, SubjectType::Pairwise)
    );
    assert_eq!(policy.id_token_algorithm, Algorithm::Es256);
    assert_eq!(policy.sector(), "client:app.example");
}

#[test]
fn a_redirect_address_is_compared_as_it_was_written() {
    let policy = policy();
    assert!(policy.is_redirect_uri("https://app.example/callback"));
    for other in [
        "https://app.example/callback/",
        "https://app.example/callback?x=1",
        "https://app.example:443/callback",
        "https://APP.example/callback",
        "https://app.example/",
        "",
    ] {
        assert!(!policy.is_redirect_uri(other), "{other}");
    }
}

#[test]
fn what_cannot_work_is_named() {
    let with = |change: &dyn Fn(&mut Policy)| {
        let mut policy = policy();
        change(&mut policy);
        fields(&policy)
    };
    for address in [
        "http://app.example/",
        "app.example",
        "https://a.example/#x",
        "https://*.example/",
        "https://u@a.example/",
    ] {
        assert_eq!(
            with(&|p| p.redirect_uris = vec![address.to_owned()]),
            ["redirect_uris"],
            "{address}"
        );
    }
    assert_eq!(
        with(&|p| p.redirect_uris = vec!["http://127.0.0.1:9/cb".to_owned()]),
        [] as [&str; 0]
    );
    assert_eq!(with(&|p| p.pkce = Demand::WaivedBecause(" ".to_owned())), ["pkce"]);
    assert_eq!(with(&|p| p.scopes = "openid records".parse().unwrap()), ["site"]);
    assert_eq!(with(&|p| p.scopes = "openid clients:read".parse().unwrap()), ["scopes"]);
    assert_eq!(
        with(&|p| p.grant_types = vec![GrantType::RefreshToken]),
        ["grant_types"]
    );
    assert_eq!(with(&|p| p.refresh = Refresh::Kept), ["refresh"]);
    assert_eq!(
        with(&|p| p.redirect_uris.push("https://other.example/".to_owned())),
        ["sector"]
    );
    assert_eq!(with(&|p| p.lifetimes.access_token_seconds = 0), ["lifetimes"]);
    assert_eq!(
        with(&|p| p.backchannel_logout_uri = Some("https://app.example/bye".to_owned())),
        ["backchannel_ca"]
    );
}

#[test]
fn where_a_sign_out_may_lead_is_compared_as_it_was_written_too() {
    let mut policy = policy();
    policy.post_logout_redirect_uris = vec!["https://app.example/bye".to_owned()];
    assert!(policy.is_post_logout_redirect_uri("https://app.example/bye"));
    for other in ["https://app.example/bye/", "https://app.example/callback", ""] {
        assert!(!policy.is_post_logout_redirect_uri(other), "{other}");
    }
}

#[test]
fn lifetimes_are_in_the_units_of_their_names() {
    let lifetimes = Lifetimes {
        access_token_seconds: 60,
        id_token_seconds: 90,
        offline_days: 2,
    };
    let seconds = [lifetimes.access_token(), lifetimes.id_token(), lifetimes.offline()].map(|time| time.as_secs());
    assert_eq!(seconds, [60, 90, 172_800]);
}

#[test]
fn ways_to_authenticate_say_what_they_are_and_whether_they_share_a_secret() {
    let keys = serde_json::json!({ "keys": [] });
    let certificate = CertificateName::SanDns("lis.example".to_owned());
    for (authentication, method, has_secret) in [
        (Authentication::ClientSecretBasic, "client_secret_basic", true),
        (Authentication::ClientSecretPost, "client_secret_post", true),
        (
            Authentication::PrivateKeyJwt { jwks: keys.clone() },
            "private_key_jwt",
            false,
        ),
        (
            Authentication::TlsClientAuth {
                name: certificate,
                jwks: None,
            },
            "tls_client_auth",
            false,
        ),
    ] {
        assert_eq!(
            (authentication.method(), authentication.has_secret()),
            (method, has_secret)
        );
    }
}

#[test]
fn a_certificate_is_named_whole() {
    let named = |name: CertificateName| {
        let mut policy = policy();
        policy.authentication = Authentication::TlsClientAuth { name, jwks: None };
        fields(&policy)
    };
    assert_eq!(
        named(CertificateName::SanDns("lis.example".to_owned())),
        [] as [&str; 0]
    );
    assert_eq!(
        named(CertificateName::SubjectDn("CN=lis,C=FR".to_owned())),
        [] as [&str; 0]
    );
    for wrong in [
        CertificateName::SanDns(String::new()),
        CertificateName::SanDns("*.example".to_owned()),
        CertificateName::SubjectDn("lis".to_owned()),
    ] {
        assert_eq!(named(wrong.clone()).len(), 1, "{wrong:?}");
    }
}

#[test]
fn no_scopes_are_empty_and_one_is_not() {
    assert!(Scopes::default().is_empty() && !"openid".parse::<Scopes>().unwrap().is_empty());
}
