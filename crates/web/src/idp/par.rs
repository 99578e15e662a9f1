//! `/oauth2/par`: a client's server leaves a request here before it sends a browser (RFC 9126).

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use crate::idp::backchannel::{self, with_client};
use crate::kit::{App, ForeignPost, proof};
use oidc::authorize::push;
use oidc::dpop::Nonce;

pub async fn post(app: Data<App>, request: HttpRequest, posted: ForeignPost) -> HttpResponse {
    with_client(&app, &request, &posted, async |context, call| {
        let binding = proof::shown(context, &call.client.policy, None, Nonce::Optional).await?;
        let pushed = push(
            &context.app.core,
            context.lab(),
            &call.client,
            &call.params,
            binding.as_ref(),
        )
        .await?;
        let body = json!({ "request_uri": pushed.request_uri, "expires_in": pushed.expires_in });
        Ok(backchannel::json(StatusCode::CREATED, &body))
    })
    .await
}
