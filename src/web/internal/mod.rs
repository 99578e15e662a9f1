//! The internal listener: metrics and probes for the machines around us, never for the public.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Data, ServiceConfig, get, head, resource};

use crate::web::kit::App;

pub fn configure(service: &mut ServiceConfig) {
    service
        .service(resource("/healthz").route(get().to(healthz)).route(head().to(healthz)))
        .service(resource("/readyz").route(get().to(readyz)).route(head().to(readyz)))
        .service(resource("/metrics").route(get().to(metrics)));
}

/// The process lives.
pub async fn healthz() -> HttpResponse {
    plain("ok\n")
}

/// It can serve patients: the database answers.
pub async fn readyz(app: Data<App>) -> HttpResponse {
    let answered = match app.core.db.begin_read().await {
        Ok(mut tx) => crate::store::installation::keyring_fingerprint(&mut tx)
            .await
            .map(|_| ()),
        Err(fault) => Err(fault),
    };
    match answered {
        Ok(()) => plain("ready\n"),
        Err(fault) => {
            tracing::warn!(%fault, "not ready");
            HttpResponse::ServiceUnavailable()
                .content_type("text/plain; charset=utf-8")
                .body("database unavailable\n")
        }
    }
}

async fn metrics(app: Data<App>) -> HttpResponse {
    match app.core.metrics.encode() {
        Ok(text) => HttpResponse::Ok()
            .content_type("application/openmetrics-text; version=1.0.0; charset=utf-8")
            .body(text),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}

fn plain(text: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(text)
}
