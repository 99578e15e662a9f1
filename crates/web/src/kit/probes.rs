//! Does the process live, and can it serve patients?

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Data;

use crate::kit::App;
use admin::installation;

pub async fn healthz() -> HttpResponse {
    plain("ok\n")
}

/// Ready while the database answers.
pub async fn readyz(app: Data<App>) -> HttpResponse {
    match installation::answers(&app.core).await {
        Ok(()) => plain("ready\n"),
        Err(fault) => {
            tracing::warn!(%fault, "not ready");
            HttpResponse::ServiceUnavailable()
                .content_type("text/plain; charset=utf-8")
                .body("not ready\n")
        }
    }
}

fn plain(text: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(text)
}
