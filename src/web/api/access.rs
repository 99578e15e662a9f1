//! Who calls, and whether their token reaches what they ask for.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};

use super::problem::{Declined, Problem};
use crate::admin::clients::Authority;
use crate::domain::client::{Scope, Scopes};
use crate::kernel::ids::ClientId;
use crate::oidc::access_token::{Audience, verify};
use crate::web::kit::context::with_portal;
use crate::web::kit::{App, Context};

/// A client of this lab with a token that serves now.
#[derive(Debug)]
pub struct Caller {
    id: ClientId,
    /// Of the token, as far as the lab still allows them.
    scopes: Scopes,
}

impl Caller {
    pub fn authority(&self) -> Authority {
        Authority::of_client(&self.id, &self.scopes)
    }
}

/// Answers a call: who it is first, then `work`, then problem details of whatever went wrong.
pub async fn with_caller(
    app: &App,
    request: &HttpRequest,
    scope: Scope,
    work: impl AsyncFnOnce(&Context<'_>, &Caller) -> Result<HttpResponse, Declined>,
) -> HttpResponse {
    with_portal(app, request, async |context| {
        let answered = async {
            let caller = authorize(context, scope).await?;
            work(context, &caller).await
        };
        Ok(answered.await.unwrap_or_else(|declined| declined.answer(context)))
    })
    .await
}

/// # Errors
/// No token, one that does not serve here, or one without this scope.
async fn authorize(context: &Context<'_>, scope: Scope) -> Result<Caller, Declined> {
    let sent = sent(context)?;
    context.admit_session()?;
    let token = verify(&context.app.core, context.lab(), sent.token, Audience::Api).await?;
    let is_shown = sent.as_dpop == (token.token_type() == "DPoP") && token.is_shown_by(None);
    if token.grant.is_some() || !is_shown {
        let detail = "the token is bound, and its key was not shown";
        return Err(unauthorized("invalid_token", detail).into());
    }
    let allowed = &token.client.policy.scopes;
    let scopes: Scopes = token.scopes.iter().filter(|scope| allowed.contains(*scope)).collect();
    if !scopes.contains(scope) {
        let (code, detail) = ("insufficient_scope", format!("this takes the scope {}", scope.as_str()));
        let challenge = format!("error=\"{code}\", scope=\"{}\"", scope.as_str());
        return Err(Problem::new(StatusCode::FORBIDDEN, code, detail)
            .challenging(challenge)
            .into());
    }
    Ok(Caller {
        id: token.client.id,
        scopes,
    })
}

struct Sent<'a> {
    token: &'a str,
    as_dpop: bool,
}

/// In the header alone (RFC 6750 2.1, RFC 9449 7.1).
fn sent<'a>(context: &Context<'a>) -> Result<Sent<'a>, Problem> {
    let header = context.request.headers().get(header::AUTHORIZATION);
    let header = header.ok_or_else(|| {
        let detail = "an access token of this lab is needed; /oauth2/token gives one";
        Problem::new(StatusCode::UNAUTHORIZED, "no_token", detail).challenging("realm=\"api\"")
    })?;
    let parts = header.to_str().ok().and_then(|header| header.split_once(' '));
    let (scheme, token) = parts.ok_or_else(|| unauthorized("invalid_token", "no token was sent"))?;
    let as_dpop = scheme.eq_ignore_ascii_case("dpop");
    match as_dpop || scheme.eq_ignore_ascii_case("bearer") {
        true => Ok(Sent {
            token: token.trim(),
            as_dpop,
        }),
        false => Err(unauthorized(
            "invalid_token",
            "the scheme is Bearer, or DPoP for bound tokens",
        )),
    }
}

fn unauthorized(code: &'static str, detail: &'static str) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, code, detail).challenging(format!("error=\"{code}\""))
}
