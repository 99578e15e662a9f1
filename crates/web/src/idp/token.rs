//! `/oauth2/token`

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use crate::idp::backchannel::{json, with_client};
use crate::kit::{App, ForeignPost, proof};
use oidc::dpop::Nonce;
use oidc::token::exchange;

pub async fn post(app: Data<App>, request: HttpRequest, posted: ForeignPost) -> HttpResponse {
    with_client(&app, &request, &posted, async |context, call| {
        let binding = proof::shown(context, &call.client.policy, None, Nonce::Required).await?;
        let tokens = exchange(&context.app.core, context.lab(), &call.client, &call.params, binding).await?;
        Ok(json(StatusCode::OK, &tokens))
    })
    .await
}
