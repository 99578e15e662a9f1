//! `/oauth2/jwks`: the public keys with which clients check what the lab signed.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::public;
use crate::kit::App;
use service::signing_keys;

/// Far less than the day for which a key is announced at least.
const CACHE_CONTROL: &str = "public, max-age=900";

pub async fn get(app: Data<App>, request: HttpRequest) -> HttpResponse {
    let Some(lab) = public::lab(&app, &request) else {
        return HttpResponse::NotFound().finish();
    };
    match signing_keys::published(&app.core, lab).await {
        Ok(published) => public::answer(&request, &published.document, &published.etag, CACHE_CONTROL),
        Err(fault) => {
            tracing::error!(%fault, %lab, "the published keys cannot be read");
            HttpResponse::ServiceUnavailable().finish()
        }
    }
}
