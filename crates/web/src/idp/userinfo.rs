//! `/oauth2/userinfo`, by GET or POST, with the token in the header or in the form.

use actix_web::http::{StatusCode, header};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;
use url::form_urlencoded;

use crate::idp::backchannel;
use crate::kit::context::with_portal;
use crate::kit::{App, Context, ForeignPost, bearer, proof};
use domain::authorization::OauthError;
use oidc::access_token::Audience;
use oidc::refusal::ProtocolProblem;
use oidc::userinfo::{Userinfo, userinfo};
use oidc::{Params, Refusal};

pub async fn get(app: Data<App>, request: HttpRequest) -> HttpResponse {
    answer(&app, &request, &[]).await
}

pub async fn post(app: Data<App>, request: HttpRequest, posted: ForeignPost) -> HttpResponse {
    answer(&app, &request, posted.body()).await
}

async fn answer(app: &App, request: &HttpRequest, body: &[u8]) -> HttpResponse {
    with_portal(app, request, async |context| {
        if let Err(failure) = context.admit_session() {
            return Ok(backchannel::not_now(failure));
        }
        let mut response = match told(context, body).await {
            Ok(Userinfo::Plain(claims)) => backchannel::json(StatusCode::OK, &claims),
            Ok(Userinfo::Signed(token)) => HttpResponse::Ok()
                .insert_header((header::CONTENT_TYPE, "application/jwt"))
                .insert_header((header::CACHE_CONTROL, "no-store"))
                .body(token),
            Err(ProtocolProblem::Refused(refusal)) => refused(&refusal),
            Err(ProtocolProblem::Fault(fault)) => backchannel::broken(context, fault),
        };
        proof::tell_nonce(context, &mut response);
        Ok(response)
    })
    .await
}

async fn told(context: &Context<'_>, body: &[u8]) -> Result<Userinfo, ProtocolProblem> {
    let form = Params::of(form_urlencoded::parse(body).into_owned())?;
    let token = bearer::of(context, &form, Audience::Userinfo).await?;
    userinfo(&context.app.core, context.lab(), &token).await
}

/// RFC 6750 3: why the token was not taken, in the header that clients read.
fn refused(refusal: &Refusal) -> HttpResponse {
    let status = match refusal.error {
        OauthError::InvalidToken | OauthError::UseDpopNonce | OauthError::InvalidDpopProof => StatusCode::UNAUTHORIZED,
        OauthError::InsufficientScope => StatusCode::FORBIDDEN,
        _ => StatusCode::BAD_REQUEST,
    };
    let (error, description) = (refusal.error.as_str(), refusal.description);
    let mut response = backchannel::json(status, &json!({ "error": error, "error_description": description }));
    let told = format!("error=\"{error}\", error_description=\"{description}\"");
    for scheme in ["Bearer", "DPoP"] {
        if let Ok(value) = header::HeaderValue::from_str(&format!("{scheme} {told}")) {
            response.headers_mut().append(header::WWW_AUTHENTICATE, value);
        }
    }
    response
}
