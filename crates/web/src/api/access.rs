//! Who calls, and whether their token reaches what they ask for.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};

use super::problem::{Declined, Problem};
use crate::kit::context::with_portal;
use crate::kit::{App, Context, bearer, proof};
use admin::clients::Authority;
use domain::client::{Scope, Scopes};
use kernel::ids::ClientId;
use oidc::Params;
use oidc::access_token::Audience;

/// A client of this lab with a token that is valid now.
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
        let mut response = answered.await.unwrap_or_else(|declined| declined.answer(context));
        proof::tell_nonce(context, &mut response);
        Ok(response)
    })
    .await
}

/// # Errors
/// No token, one that is not valid here, or one without this scope.
async fn authorize(context: &Context<'_>, scope: Scope) -> Result<Caller, Declined> {
    if !context.request.headers().contains_key(header::AUTHORIZATION) {
        let detail = "an access token of this lab is needed; /oauth2/token gives one";
        let problem = Problem::new(StatusCode::UNAUTHORIZED, "no_token", detail);
        return Err(problem.challenging("realm=\"api\"").into());
    }
    context.admit_session()?;
    let token = bearer::of(context, &Params::default(), Audience::Api).await?;
    if !token.scopes.contains(scope) {
        let (code, detail) = ("insufficient_scope", format!("this takes the scope {}", scope.as_str()));
        let challenge = format!("error=\"{code}\", scope=\"{}\"", scope.as_str());
        return Err(Problem::new(StatusCode::FORBIDDEN, code, detail)
            .challenging(challenge)
            .into());
    }
    Ok(Caller {
        id: token.client.id,
        scopes: token.scopes,
    })
}
