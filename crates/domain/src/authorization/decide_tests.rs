use std::time::Duration;

use super::*;
use crate::authorization::{AcrWish, ResponseMode};
use crate::client::Demand;

fn policy(consent: Consent) -> Policy {
    serde_json::from_value(serde_json::json!({
        "name": "Portail", "authentication": { "method": "client_secret_basic" },
        "grant_types": ["authorization_code"], "redirect_uris": ["https://app.example/cb"],
        "scopes": "openid", "consent": consent, "pkce": Demand::Required,
    }))
    .unwrap()
}

fn request(prompts: &[Prompt]) -> AuthorizationRequest {
    AuthorizationRequest {
        redirect_uri: "https://app.example/cb".to_owned(),
        response_mode: ResponseMode::Query,
        scopes: "openid".parse().unwrap(),
        state: None,
        nonce: None,
        code_challenge: None,
        prompts: prompts.to_vec(),
        max_age: None,
        login_hint: None,
        subject: None,
        ui_locales: None,
        claims: Default::default(),
        dpop_jkt: None,
        pushed: None,
    }
}

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_seconds(1_790_000_000).plus(Duration::from_secs(seconds))
}

/// Asked at 1000, looked at at 1010.
fn situation(signed_in: Option<SignedIn<'_>>) -> Situation<'_> {
    Situation {
        signed_in,
        is_held: false,
        requested_at: at(1000),
        now: at(1010),
    }
}

fn person(authenticated_at: u64) -> SignedIn<'static> {
    SignedIn {
        authenticated_at: at(authenticated_at),
        subject: "her",
        acr: "eidas1",
        has_consented: false,
    }
}

fn next(request: &AuthorizationRequest, signed_in: Option<SignedIn<'_>>) -> Next {
    decide(request, &policy(Consent::FirstParty), &situation(signed_in))
}

#[test]
fn whoever_is_not_there_signs_in_or_the_client_is_told() {
    assert_eq!(next(&request(&[]), None), Next::SignIn);
    assert_eq!(
        next(&request(&[Prompt::None]), None),
        Next::Refuse(OauthError::LoginRequired)
    );
    let held = Situation {
        is_held: true,
        ..situation(None)
    };
    let silent = request(&[Prompt::None]);
    assert_eq!(
        decide(&silent, &policy(Consent::FirstParty), &held),
        Next::Refuse(OauthError::InteractionRequired)
    );
}

#[test]
fn an_old_sign_in_is_not_enough_for_a_fresh_one() {
    for prompt in [Prompt::Login, Prompt::SelectAccount] {
        assert_eq!(next(&request(&[prompt]), Some(person(0))), Next::SignInAgain);
        assert_eq!(next(&request(&[prompt]), Some(person(1001))), Next::Grant);
    }
    let aged = |max_age, prompts: &[Prompt]| AuthorizationRequest {
        max_age: Some(max_age),
        ..request(prompts)
    };
    assert_eq!(next(&aged(2000, &[]), Some(person(0))), Next::Grant);
    assert_eq!(next(&aged(500, &[]), Some(person(0))), Next::SignInAgain);
    assert_eq!(
        next(&aged(0, &[]), Some(person(1001))),
        Next::Grant,
        "they came for this"
    );
    assert_eq!(
        next(&aged(500, &[Prompt::None]), Some(person(0))),
        Next::Refuse(OauthError::LoginRequired)
    );
}

#[test]
fn somebody_else_is_not_the_person_that_is_expected() {
    let expects = |who: &str| AuthorizationRequest {
        subject: Some(who.to_owned()),
        ..request(&[])
    };
    assert_eq!(next(&expects("her"), Some(person(0))), Next::Grant);
    assert_eq!(next(&expects("him"), Some(person(0))), Next::SignInAgain);
    assert_eq!(
        next(&expects("him"), Some(person(1001))),
        Next::Refuse(OauthError::LoginRequired)
    );
}

#[test]
fn an_essential_assurance_is_reached_or_refused() {
    let mut wants = request(&[]);
    let values = vec!["eidas2".to_owned()];
    wants.claims.acr = Some(AcrWish {
        is_essential: true,
        values: values.clone(),
    });
    assert_eq!(next(&wants, Some(person(0))), Next::SignInAgain);
    let unmet = Next::Refuse(OauthError::UnmetAuthenticationRequirements);
    assert_eq!(next(&wants, Some(person(1001))), unmet);
    wants.claims.acr = Some(AcrWish {
        is_essential: false,
        values,
    });
    assert_eq!(next(&wants, Some(person(0))), Next::Grant);
}

#[test]
fn people_are_asked_unless_it_is_the_labs_own_or_they_said_yes() {
    let asked = |request: &AuthorizationRequest, has_consented| {
        let person = SignedIn {
            has_consented,
            ..person(0)
        };
        decide(request, &policy(Consent::Asked), &situation(Some(person)))
    };
    assert_eq!(asked(&request(&[]), false), Next::AskConsent);
    assert_eq!(asked(&request(&[]), true), Next::Grant);
    assert_eq!(asked(&request(&[Prompt::Consent]), true), Next::AskConsent);
    assert_eq!(
        asked(&request(&[Prompt::None]), false),
        Next::Refuse(OauthError::ConsentRequired)
    );
    let offline = AuthorizationRequest {
        scopes: "openid offline_access".parse().unwrap(),
        ..request(&[])
    };
    assert_eq!(asked(&offline, true), Next::AskConsent);
    assert_eq!(next(&request(&[]), Some(person(0))), Next::Grant);
}
