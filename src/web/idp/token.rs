//! `/oauth2/token`

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};

use crate::oidc::token::exchange;
use crate::web::idp::backchannel::{json, with_client};
use crate::web::kit::App;

pub async fn post(app: Data<App>, request: HttpRequest, body: Bytes) -> HttpResponse {
    with_client(&app, &request, &body, async |context, call| {
        let tokens = exchange(&context.app.core, context.lab(), &call.client, &call.params, None).await?;
        Ok(json(StatusCode::OK, &tokens))
    })
    .await
}
