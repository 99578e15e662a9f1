//! An access token that comes with a request (RFC 6750, RFC 9449 7.1).

use actix_web::http::header;

use crate::kit::{Context, proof};
use domain::authorization::OauthError;
use oidc::access_token::{AccessToken, Audience, verify};
use oidc::dpop::Nonce;
use oidc::refusal::ProtocolProblem;
use oidc::{Params, Refusal};

/// What was sent as a token, and in which way.
struct SentToken {
    token: String,
    as_dpop: bool,
}

/// # Errors
/// There is none, it is not valid, or it is bound and its key is not shown; or the database does not answer.
pub async fn of(context: &Context<'_>, form: &Params, audience: Audience) -> Result<AccessToken, ProtocolProblem> {
    let sent = sent(context, form)?;
    let token = verify(&context.app.core, context.lab(), &sent.token, audience).await?;
    let shown = match sent.as_dpop {
        true => proof::shown(context, &token.client.policy, Some(&sent.token), Nonce::Optional).await?,
        // A token that is bound to nothing may come over any connection.
        false if token.binding.is_some() => proof::certificate(context).map(proof::binding),
        false => None,
    };
    match sent.as_dpop == (token.token_type() == "DPoP") && token.is_shown_by(shown.as_ref()) {
        true => Ok(token),
        false => Err(unusable("the token is bound, and its key was not shown").into()),
    }
}

/// In one way alone.
fn sent(context: &Context<'_>, form: &Params) -> Result<SentToken, Refusal> {
    let header = context.request.headers().get(header::AUTHORIZATION);
    let header = header.map(|value| value.to_str()).transpose();
    let header = header.map_err(|_| unusable("the Authorization header cannot be read"))?;
    match (header, form.get("access_token")) {
        (Some(_), Some(_)) => Err(Refusal::invalid_request("the token was sent in more than one way")),
        (None, Some(token)) => Ok(SentToken {
            token: token.to_owned(),
            as_dpop: false,
        }),
        (Some(header), None) => {
            let (scheme, token) = header.split_once(' ').ok_or(unusable("no token was sent"))?;
            let as_dpop = scheme.eq_ignore_ascii_case("dpop");
            match as_dpop || scheme.eq_ignore_ascii_case("bearer") {
                true => Ok(SentToken {
                    token: token.trim().to_owned(),
                    as_dpop,
                }),
                false => Err(unusable("no token was sent")),
            }
        }
        (None, None) => Err(unusable("no token was sent")),
    }
}

const fn unusable(why: &'static str) -> Refusal {
    Refusal::new(OauthError::InvalidToken, why)
}
