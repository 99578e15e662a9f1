//! `/oauth2/introspect` and `/oauth2/revoke`

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use crate::idp::backchannel::{json, with_client};
use crate::kit::{App, ForeignPost};
use oidc::introspect::{introspect, revoke};

pub async fn post(app: Data<App>, request: HttpRequest, posted: ForeignPost) -> HttpResponse {
    with_client(&app, &request, &posted, async |context, call| {
        let told = introspect(&context.app.core, context.lab(), &call.client, &call.params).await?;
        Ok(json(StatusCode::OK, &told))
    })
    .await
}

pub async fn post_revoke(app: Data<App>, request: HttpRequest, posted: ForeignPost) -> HttpResponse {
    with_client(&app, &request, &posted, async |context, call| {
        revoke(&context.app.core, context.lab(), &call.client, &call.params).await?;
        Ok(json(StatusCode::OK, &json!({})))
    })
    .await
}
