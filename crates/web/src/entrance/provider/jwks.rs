//! `/upstream/jwks`: the keys with which providers encrypt ID tokens for this lab. Public halves, for anyone.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use crate::kit::App;
use crate::kit::context::with_portal;

pub const PATH: &str = service::provider::JWKS;

pub async fn get(app: Data<App>, request: HttpRequest) -> HttpResponse {
    with_portal(&app, &request, async |context| {
        let keys = app.core.providers.jwk_set(context.lab());
        Ok(HttpResponse::Ok()
            .insert_header((CACHE_CONTROL, "public, max-age=300"))
            .content_type("application/jwk-set+json")
            .body(keys.to_string()))
    })
    .await
}
