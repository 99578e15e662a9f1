//! Reads the parameters of an authorization request, each by its specification, for one client.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{Params, Refusal};
use domain::authorization::{AcrWish, AuthorizationRequest, Claim, ClaimsRequest, OauthError, Prompt, ResponseMode};
use domain::client::{GrantType, Policy, Scope, Scopes};

/// Where an error may be told to the client itself: its address is known to be its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WayBack {
    pub redirect_uri: String,
    pub mode: ResponseMode,
    pub state: Option<String>,
}

/// # Errors
/// The address is missing or not one of the client's: nothing may be sent there.
pub fn way_back(params: &Params, policy: &Policy) -> Result<WayBack, Refusal> {
    let Some(redirect_uri) = params.get("redirect_uri") else {
        return Err(Refusal::invalid_request("redirect_uri is missing"));
    };
    if !policy.is_redirect_uri(redirect_uri) {
        return Err(Refusal::invalid_request(
            "redirect_uri is not one of the addresses registered for this client, character for character",
        ));
    }
    // A malformed one is refused later, in the query.
    let mode = match params.get("response_mode") {
        Some("form_post") => ResponseMode::FormPost,
        _ => ResponseMode::Query,
    };
    Ok(WayBack {
        redirect_uri: redirect_uri.to_owned(),
        mode,
        state: params.owned("state"),
    })
}

/// Everything but the `id_token_hint`, which takes keys to read.
///
/// # Errors
/// What the client is told.
pub fn read(params: &Params, policy: &Policy, back: &WayBack) -> Result<AuthorizationRequest, Refusal> {
    refuse_unsupported(params)?;
    check_response(params, policy)?;
    let scopes = scopes(params, policy)?;
    let nonce = params.owned("nonce");
    if nonce.is_none() && policy.nonce.is_required() {
        return Err(Refusal::invalid_request(
            "nonce is missing: this client has to send one",
        ));
    }
    let (mut claims, subject) = claims(params.get("claims"))?;
    claims.keep_allowed(&policy.scopes);
    Ok(AuthorizationRequest {
        redirect_uri: back.redirect_uri.clone(),
        response_mode: back.mode,
        scopes,
        state: back.state.clone(),
        nonce,
        code_challenge: code_challenge(params, policy)?,
        prompts: prompts(params.get("prompt"))?,
        max_age: max_age(params.get("max_age"))?,
        login_hint: params.owned("login_hint"),
        subject,
        ui_locales: params.owned("ui_locales"),
        claims,
        dpop_jkt: dpop_jkt(params.get("dpop_jkt"))?,
        pushed: None,
    })
}

fn refuse_unsupported(params: &Params) -> Result<(), Refusal> {
    if params.has("registration") {
        let (error, why) = (
            OauthError::RegistrationNotSupported,
            "clients are registered by the lab",
        );
        return Err(Refusal::new(error, why));
    }
    if params.has("request_uri") {
        let (error, why) = (
            OauthError::RequestUriNotSupported,
            "only requests that were pushed here have an address",
        );
        return Err(Refusal::new(error, why));
    }
    Ok(())
}

fn check_response(params: &Params, policy: &Policy) -> Result<(), Refusal> {
    match params.get("response_type") {
        None => return Err(Refusal::invalid_request("response_type is missing")),
        Some("code") => {}
        Some(_) => {
            let (error, why) = (
                OauthError::UnsupportedResponseType,
                "only the response type code is given here",
            );
            return Err(Refusal::new(error, why));
        }
    }
    if !policy.may(GrantType::AuthorizationCode) {
        let (error, why) = (
            OauthError::UnauthorizedClient,
            "this client acts for itself, not for people",
        );
        return Err(Refusal::new(error, why));
    }
    match params.get("response_mode") {
        None | Some("query" | "form_post") => Ok(()),
        Some(_) => Err(Refusal::invalid_request("response_mode is query or form_post here")),
    }
}

fn scopes(params: &Params, policy: &Policy) -> Result<Scopes, Refusal> {
    let refused = |why| Refusal::new(OauthError::InvalidScope, why);
    let scopes = Scopes::known_in(params.get("scope").unwrap_or_default());
    if !scopes.contains(Scope::OpenId) {
        return Err(refused("scope has to hold openid"));
    }
    if !policy.scopes.covers(&scopes) {
        return Err(refused("scope holds what the lab did not allow this client"));
    }
    Ok(scopes)
}

fn code_challenge(params: &Params, policy: &Policy) -> Result<Option<String>, Refusal> {
    let Some(challenge) = params.get("code_challenge") else {
        let stray = params.has("code_challenge_method");
        return match policy.pkce.is_required() || stray {
            true => Err(Refusal::invalid_request(
                "code_challenge is missing: PKCE with S256 is needed",
            )),
            false => Ok(None),
        };
    };
    if params.get("code_challenge_method") != Some("S256") {
        return Err(Refusal::invalid_request("code_challenge_method has to be S256"));
    }
    match is_digest(challenge) {
        true => Ok(Some(challenge.to_owned())),
        false => Err(Refusal::invalid_request("code_challenge is not a SHA-256 in base64url")),
    }
}

fn dpop_jkt(text: Option<&str>) -> Result<Option<String>, Refusal> {
    match text {
        None => Ok(None),
        Some(text) if is_digest(text) => Ok(Some(text.to_owned())),
        Some(_) => Err(Refusal::invalid_request("dpop_jkt is not a thumbprint in base64url")),
    }
}

fn is_digest(text: &str) -> bool {
    text.len() == 43 && data_encoding::BASE64URL_NOPAD.decode(text.as_bytes()).is_ok()
}

fn prompts(text: Option<&str>) -> Result<Vec<Prompt>, Refusal> {
    let prompt = |word| match word {
        "none" => Ok(Prompt::None),
        "login" => Ok(Prompt::Login),
        "consent" => Ok(Prompt::Consent),
        "select_account" => Ok(Prompt::SelectAccount),
        _ => Err(Refusal::invalid_request(
            "prompt: none, login, consent or select_account",
        )),
    };
    let words = text.unwrap_or_default().split(' ').filter(|word| !word.is_empty());
    let prompts = words.map(prompt).collect::<Result<Vec<_>, _>>()?;
    match prompts.contains(&Prompt::None) && prompts.len() > 1 {
        true => Err(Refusal::invalid_request(
            "prompt: none cannot be combined with other values",
        )),
        false => Ok(prompts),
    }
}

fn max_age(text: Option<&str>) -> Result<Option<u64>, Refusal> {
    let seconds = text.map(str::parse).transpose();
    seconds.map_err(|_| Refusal::invalid_request("max_age is a number of seconds"))
}

/// OpenID Connect Core 5.5: what is wanted, and whose. Claims that are not known are ignored.
fn claims(text: Option<&str>) -> Result<(ClaimsRequest, Option<String>), Refusal> {
    let Some(text) = text else {
        return Ok(Default::default());
    };
    let wanted: Value =
        serde_json::from_str(text).map_err(|_| Refusal::invalid_request("claims is not a JSON object"))?;
    let wanted = wanted
        .as_object()
        .ok_or(Refusal::invalid_request("claims is not a JSON object"))?;
    let names = |member: &str| -> BTreeSet<Claim> {
        let members = wanted.get(member).and_then(Value::as_object);
        members
            .into_iter()
            .flatten()
            .filter_map(|(name, _)| name.parse().ok())
            .collect()
    };
    let of_the_sign_in = |name: &str| wanted.get("id_token").and_then(|members| members.get(name));
    let subject = of_the_sign_in("sub").and_then(|wish| wish.get("value")?.as_str());
    let request = ClaimsRequest {
        userinfo: names("userinfo"),
        id_token: names("id_token"),
        acr: of_the_sign_in("acr").and_then(acr_wish),
    };
    Ok((request, subject.map(str::to_owned)))
}

fn acr_wish(wish: &Value) -> Option<AcrWish> {
    let one = wish.get("value").into_iter();
    let several = wish.get("values").and_then(Value::as_array).into_iter().flatten();
    Some(AcrWish {
        is_essential: wish.get("essential").and_then(Value::as_bool).unwrap_or_default(),
        values: one
            .chain(several)
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
    })
    .filter(|wish| !wish.values.is_empty())
}

#[cfg(test)]
#[path = "request_tests.rs"]
mod tests;
