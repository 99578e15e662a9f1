//! The internal listener: metrics and probes for the machines around us, never for the public.

use actix_web::HttpResponse;
use actix_web::web::{Data, ServiceConfig, get, head, resource};

use crate::web::kit::{App, probes};

pub fn configure(service: &mut ServiceConfig) {
    service
        .service(
            resource("/healthz")
                .route(get().to(probes::healthz))
                .route(head().to(probes::healthz)),
        )
        .service(
            resource("/readyz")
                .route(get().to(probes::readyz))
                .route(head().to(probes::readyz)),
        )
        .service(resource("/metrics").route(get().to(metrics)));
}

async fn metrics(app: Data<App>) -> HttpResponse {
    match app.core.metrics.encode() {
        Ok(text) => HttpResponse::Ok()
            .content_type("application/openmetrics-text; version=1.0.0; charset=utf-8")
            .body(text),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}
