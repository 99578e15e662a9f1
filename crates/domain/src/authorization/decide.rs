//! What happens next with an authorization request, as a function of what is known of the person.

use std::time::Duration;

use super::error::OauthError;
use super::request::{AuthorizationRequest, Prompt};
use crate::client::{Consent, Policy, Scope};
use kernel::clock::Timestamp;

/// What is known about the person at the browser.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    /// `None` if no one is signed in there.
    pub signed_in: Option<SignedIn<'a>>,
    /// A sign-in waits there for something that its holder has to do first.
    pub is_held: bool,
    pub requested_at: Timestamp,
    pub now: Timestamp,
}

#[derive(Clone, Copy, Debug)]
pub struct SignedIn<'a> {
    pub authenticated_at: Timestamp,
    /// Their name towards this client.
    pub subject: &'a str,
    pub acr: &'a str,
    /// They agreed to all of this before.
    pub has_consented: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    SignIn,
    /// As before, even if a person is signed in.
    SignInAgain,
    AskConsent,
    Grant,
    Refuse(OauthError),
}

pub fn decide(request: &AuthorizationRequest, policy: &Policy, situation: &Situation<'_>) -> Next {
    let silent = request.prompts(Prompt::None);
    let or = |next, error| if silent { Next::Refuse(error) } else { next };
    let Some(person) = situation.signed_in else {
        return match situation.is_held {
            true => or(Next::SignIn, OauthError::InteractionRequired),
            false => or(Next::SignIn, OauthError::LoginRequired),
        };
    };
    let came_for_this = person.authenticated_at >= situation.requested_at;
    if !came_for_this && wants_fresh(request, &person, situation.now) {
        return or(Next::SignInAgain, OauthError::LoginRequired);
    }
    if request
        .subject
        .as_deref()
        .is_some_and(|expected| expected != person.subject)
    {
        return match came_for_this {
            true => Next::Refuse(OauthError::LoginRequired),
            false => or(Next::SignInAgain, OauthError::LoginRequired),
        };
    }
    let unmet = |wish: &super::AcrWish| wish.is_essential && !wish.values.iter().any(|value| value == person.acr);
    if request.claims.acr.as_ref().is_some_and(unmet) {
        return match came_for_this || silent {
            true => Next::Refuse(OauthError::UnmetAuthenticationRequirements),
            false => Next::SignInAgain,
        };
    }
    match needs_consent(request, policy, &person) {
        true => or(Next::AskConsent, OauthError::ConsentRequired),
        false => Next::Grant,
    }
}

fn wants_fresh(request: &AuthorizationRequest, person: &SignedIn<'_>, now: Timestamp) -> bool {
    let too_old = |most: u64| now.since(person.authenticated_at) > Duration::from_secs(most);
    request.prompts(Prompt::Login) || request.prompts(Prompt::SelectAccount) || request.max_age.is_some_and(too_old)
}

/// Tokens that outlive the session need consent each time (OpenID Connect Core 11).
fn needs_consent(request: &AuthorizationRequest, policy: &Policy, person: &SignedIn<'_>) -> bool {
    let asked_again = request.prompts(Prompt::Consent) || request.scopes.contains(Scope::OfflineAccess);
    asked_again || (policy.consent == Consent::Asked && !person.has_consented)
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;
